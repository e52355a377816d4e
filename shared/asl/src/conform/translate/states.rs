//! One state: its five JSONPath fields become `Arguments`, `Output` and `Assign`.

use serde_json::{Map, Value};

use super::super::subset;
use super::path::{ERROR, INPUT, RESULT, expression, members, path, template, text_of};
use super::{Fields, Part, braces, choice, region};

/// Fields that mean the same in both languages.
const KEPT: &[&str] = &[
    "Type",
    "Comment",
    "Next",
    "End",
    "Default",
    "Resource",
    "Retry",
    "TimeoutSeconds",
    "HeartbeatSeconds",
    "Seconds",
    "Timestamp",
    "Error",
    "Cause",
    "MaxConcurrency",
];
/// Fields that hold a path to what another field would hold.
const BY_PATH: &[&str] = &[
    "TimeoutSecondsPath",
    "HeartbeatSecondsPath",
    "SecondsPath",
    "TimestampPath",
    "ErrorPath",
    "CausePath",
    "MaxConcurrencyPath",
    "ToleratedFailureCountPath",
    "ToleratedFailurePercentagePath",
];

pub(super) fn state(state: &Value) -> Part<Fields> {
    let json = state.as_object().ok_or_else(|| "a state that is no object".to_owned())?;
    if let Some(resource) = json.get("Resource").and_then(Value::as_str) {
        scripted(resource)?;
    }
    if json.get("QueryLanguage").is_some_and(|language| language == "JSONata") {
        return Ok(json.clone());
    }
    let mut out: Fields =
        KEPT.iter().filter_map(|field| Some(((*field).to_owned(), json.get(*field)?.clone()))).collect();
    let input = input(json)?;
    for field in BY_PATH {
        if let Some(given) = json.get(*field) {
            out.insert(field.trim_end_matches("Path").to_owned(), braces(&path(text_of(given)?, &input)?));
        }
    }
    match json.get("Type").and_then(Value::as_str).unwrap_or_default() {
        "Pass" => pass(json, &input, &mut out)?,
        "Task" => work(json, &input, &mut out)?,
        "Parallel" => {
            branches(json, &mut out)?;
            work(json, &input, &mut out)?;
        }
        "Map" => map(json, &input, &mut out)?,
        "Choice" => choices(json, &mut out)?,
        "Succeed" | "Wait" => output(json, INPUT, &mut out, &input)?,
        _ => {}
    }
    Ok(out)
}

/// Any service will do: what the task answered is played back. Activities have records of their own.
fn scripted(resource: &str) -> Part<()> {
    if resource.starts_with("arn:aws:states:::") { Ok(()) } else { subset::task(resource) }
}

/// The expression for the state's input after `InputPath`.
fn input(json: &Fields) -> Part<String> {
    match json.get("InputPath") {
        None => Ok(INPUT.into()),
        Some(Value::Null) => Ok("{}".into()),
        Some(given) => path(text_of(given)?, INPUT),
    }
}

fn pass(json: &Fields, input: &str, out: &mut Fields) -> Part<()> {
    let result = match (json.get("Result"), json.get("Parameters")) {
        (Some(result), _) => literal(result),
        (None, Some(parameters)) => expression(parameters, input)?,
        (None, None) => input.to_owned(),
    };
    if json.contains_key("Result") && json.get("Assign").is_some_and(has_paths) {
        return Err("Assign beside Result".into());
    }
    assign(json, &result, out)?;
    output(json, &result, out, input)
}

/// A constant, whose `.$` keys mean nothing.
fn literal(value: &Value) -> String {
    value.to_string()
}

fn has_paths(value: &Value) -> bool {
    value
        .as_object()
        .is_some_and(|fields| fields.iter().any(|(key, field)| key.ends_with(".$") || has_paths(field)))
}

/// Task and Parallel: arguments in, result out.
fn work(json: &Fields, input: &str, out: &mut Fields) -> Part<()> {
    match json.get("Parameters") {
        Some(parameters) => {
            out.insert("Arguments".into(), template(parameters, input)?);
        }
        None if input != INPUT => {
            out.insert("Arguments".into(), braces(input));
        }
        None => {}
    }
    after(json, input, out)
}

/// What follows a result: `ResultSelector`, `ResultPath`, `OutputPath`, `Assign` and `Catch`.
fn after(json: &Fields, input: &str, out: &mut Fields) -> Part<()> {
    let result = match json.get("ResultSelector") {
        Some(selector) => expression(selector, RESULT)?,
        None => RESULT.to_owned(),
    };
    assign(json, RESULT, out)?;
    output(json, &result, out, input)?;
    catch(json, out)
}

fn map(json: &Fields, input: &str, out: &mut Fields) -> Part<()> {
    if ["ItemReader", "ItemBatcher", "ResultWriter"].iter().any(|field| json.contains_key(*field)) {
        return Err("distributed Map".into());
    }
    let processor = json.get("ItemProcessor").or_else(|| json.get("Iterator")).unwrap_or(&Value::Null);
    if processor["ProcessorConfig"]["Mode"] == "DISTRIBUTED" {
        return Err("distributed Map".into());
    }
    let items = match json.get("ItemsPath") {
        Some(given) => path(text_of(given)?, input)?,
        None => input.to_owned(),
    };
    out.insert("Items".into(), braces(&items));
    if let Some(selector) = json.get("ItemSelector").or_else(|| json.get("Parameters")) {
        out.insert("ItemSelector".into(), template(selector, input)?);
    }
    out.insert("ItemProcessor".into(), Value::Object(region(processor)?));
    after(json, input, out)
}

fn branches(json: &Fields, out: &mut Fields) -> Part<()> {
    let given = json.get("Branches").and_then(Value::as_array).into_iter().flatten();
    let branches: Vec<Value> = given.map(|branch| region(branch).map(Value::Object)).collect::<Part<_>>()?;
    out.insert("Branches".into(), Value::Array(branches));
    Ok(())
}

fn choices(json: &Fields, out: &mut Fields) -> Part<()> {
    if json.contains_key("InputPath") || json.contains_key("OutputPath") {
        return Err("a Choice with InputPath or OutputPath".into());
    }
    let mut rules = Vec::new();
    for rule in json.get("Choices").and_then(Value::as_array).into_iter().flatten() {
        let given = rule.as_object().ok_or_else(|| "a rule that is no object".to_owned())?;
        let mut rule = Map::new();
        rule.insert("Condition".into(), braces(&choice::condition(given)?));
        rule.extend(given.get("Next").map(|next| ("Next".to_owned(), next.clone())));
        assign(given, INPUT, &mut rule)?;
        rules.push(Value::Object(rule));
    }
    out.insert("Choices".into(), Value::Array(rules));
    assign(json, INPUT, out)
}

fn assign(json: &Fields, base: &str, out: &mut Fields) -> Part<()> {
    if let Some(assign) = json.get("Assign") {
        out.insert("Assign".into(), template(assign, base)?);
    }
    Ok(())
}

fn catch(json: &Fields, out: &mut Fields) -> Part<()> {
    let Some(Value::Array(catchers)) = json.get("Catch") else { return Ok(()) };
    let mut translated = Vec::new();
    for catcher in catchers {
        let given = catcher.as_object().ok_or_else(|| "a catcher that is no object".to_owned())?;
        let mut catcher = given.clone();
        if let Some(place) = catcher.remove("ResultPath") {
            catcher.insert("Output".into(), braces(&placed(&place, ERROR)?));
        }
        assign(given, ERROR, &mut catcher)?;
        translated.push(Value::Object(catcher));
    }
    out.insert("Catch".into(), Value::Array(translated));
    Ok(())
}

/// `ResultPath` and `OutputPath` as `Output`; nothing where the default is the same.
fn output(json: &Fields, result: &str, out: &mut Fields, input: &str) -> Part<()> {
    let placed = match json.get("ResultPath") {
        Some(place) => placed(place, result)?,
        None => result.to_owned(),
    };
    let output = match json.get("OutputPath") {
        None => placed,
        Some(Value::Null) => "{}".to_owned(),
        Some(given) => path(text_of(given)?, &format!("({placed})"))?,
    };
    let default =
        if json.get("Type").is_some_and(|kind| kind == "Task" || kind == "Map" || kind == "Parallel") {
            RESULT
        } else {
            INPUT
        };
    let output = if output == INPUT && input != INPUT && !json.contains_key("ResultPath") {
        input.into()
    } else {
        output
    };
    if output != default {
        out.insert("Output".into(), braces(&output));
    }
    Ok(())
}

/// The state's input with `result` put at `place`.
fn placed(place: &Value, result: &str) -> Part<String> {
    if place.is_null() {
        return Ok(INPUT.into());
    }
    let members = members(text_of(place)?)?;
    let mut at = INPUT.to_owned();
    let mut layers = Vec::new();
    for member in members {
        layers.push((at.clone(), member.clone()));
        at += &format!(".`{member}`");
    }
    Ok(layers.into_iter().rev().fold(result.to_owned(), |inner, (at, member)| {
        format!("$merge([{at}, {{{}: {inner}}}])", Value::from(member))
    }))
}
