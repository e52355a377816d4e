//! Choice rules.

use serde_json::Value;

use super::path::{INPUT, path, text_of};
use super::{Fields, Part};

const NOT_RULES: &[&str] = &["Next", "Comment", "Assign", "Output", "Variable"];

/// The condition of a rule as a JSONata expression.
pub(super) fn condition(rule: &Fields) -> Part<String> {
    for (field, word) in [("And", " and "), ("Or", " or ")] {
        if let Some(Value::Array(rules)) = rule.get(field) {
            let parts: Vec<String> = rules.iter().map(inner).collect::<Part<_>>()?;
            return Ok(format!("({})", parts.join(word)));
        }
    }
    if let Some(not) = rule.get("Not") {
        return Ok(format!("$not({})", inner(not)?));
    }
    let variable = path(text_of(rule.get("Variable").unwrap_or(&Value::Null))?, INPUT)?;
    let (operator, operand) = rule
        .iter()
        .find(|(field, _)| !NOT_RULES.contains(&field.as_str()))
        .ok_or_else(|| "a rule without an operator".to_owned())?;
    comparison(&variable, operator, operand)
}

fn inner(rule: &Value) -> Part<String> {
    condition(rule.as_object().ok_or_else(|| format!("{rule} is not a rule"))?)
}

fn comparison(variable: &str, operator: &str, operand: &Value) -> Part<String> {
    if let Some(test) = type_test(variable, operator) {
        return Ok(if operand == &Value::Bool(true) { test } else { format!("$not({test})") });
    }
    let (operator, operand) = match operator.strip_suffix("Path") {
        Some(operator) => (operator, path(text_of(operand)?, INPUT)?),
        None => (operator, operand.to_string()),
    };
    let (kind, sign) = ["String", "Numeric", "Boolean"]
        .iter()
        .find_map(|kind| Some((*kind, sign(operator.strip_prefix(kind)?)?)))
        .ok_or_else(|| format!("the operator {operator}"))?;
    let kind = match kind {
        "Numeric" => "number".to_owned(),
        other => other.to_lowercase(),
    };
    Ok(format!(
        "($type({variable}) = '{kind}' and $type({operand}) = '{kind}' and {variable} {sign} {operand})"
    ))
}

fn sign(word: &str) -> Option<&'static str> {
    Some(match word {
        "Equals" => "=",
        "LessThan" => "<",
        "GreaterThan" => ">",
        "LessThanEquals" => "<=",
        "GreaterThanEquals" => ">=",
        _ => return None,
    })
}

fn type_test(variable: &str, operator: &str) -> Option<String> {
    let kind = match operator {
        "IsPresent" => return Some(format!("$exists({variable})")),
        "IsNull" => "null",
        "IsString" => "string",
        "IsNumeric" => "number",
        "IsBoolean" => "boolean",
        _ => return None,
    };
    Some(format!("($type({variable}) = '{kind}')"))
}
