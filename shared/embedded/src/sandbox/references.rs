//! References of a request to the answer of an earlier one: `{ID:/pointer}`.

use serde_json::Value;

/// `{ID:/pointer}` in `template`, by what `value` gives for `ID:/pointer`.
///
/// # Errors
/// What `value` says, or that a brace stays open.
pub(super) fn fill_path(
    template: &str,
    mut value: impl FnMut(&str) -> Result<String, String>,
) -> Result<String, String> {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (reference, behind) = after.split_once('}').ok_or("a `{` in the path is never closed")?;
        filled.push_str(before);
        filled.push_str(&value(reference)?);
        rest = behind;
    }
    filled.push_str(rest);
    Ok(filled)
}

/// `"{ID:/pointer}"`, quotes included, by what `value` gives; other braces are JSON's own.
///
/// # Errors
/// What `value` says.
pub(super) fn fill_body(
    template: &str,
    mut value: impl FnMut(&str) -> Result<String, String>,
) -> Result<String, String> {
    let mut filled = String::new();
    let mut rest = template;
    while let Some(at) = rest.find("\"{") {
        let (before, after) = rest.split_at(at);
        let reference = after[2..].split_once("}\"").filter(|(reference, _)| is_reference(reference));
        filled.push_str(before);
        rest = match reference {
            Some((reference, behind)) => {
                filled.push_str(&value(reference)?);
                behind
            }
            None => {
                filled.push_str("\"{");
                &after[2..]
            }
        };
    }
    filled.push_str(rest);
    Ok(filled)
}

/// Request and pointer.
pub(super) fn parts(reference: &str) -> Option<(&str, &str)> {
    reference.split_once(':')
}

/// A value as a part of a path.
///
/// # Errors
/// For anything but text and numbers.
pub(super) fn as_text(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err("a value for the path is neither text nor a number".to_owned()),
    }
}

/// With nothing left that means something in a URL.
pub(super) fn percent_encoded(text: &str) -> String {
    let keep = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    text.bytes().map(|b| if keep(b) { (b as char).to_string() } else { format!("%{b:02X}") }).collect()
}

fn is_reference(text: &str) -> bool {
    let word =
        |id: &str| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    text.split_once(":/").is_some_and(|(id, pointer)| word(id) && !pointer.contains(['"', '{', ' ']))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn value(reference: &str) -> Result<Value, String> {
        let (id, pointer) = parts(reference).ok_or("no reference")?;
        let answer = json!({"id": 7, "name": "x y/é\r\n", "list": [{"id": "u-1"}]});
        answer.pointer(pointer).filter(|_| id == "a").cloned().ok_or_else(|| "no value".to_owned())
    }

    #[test]
    fn references_in_a_path_are_filled_and_encoded() {
        let check = |path: &str, filled: Option<&str>| {
            let got = fill_path(path, |r| Ok(percent_encoded(&as_text(&value(r)?)?)));
            assert_eq!(got.ok().as_deref(), filled)
        };
        check("/things", Some("/things"));
        check("/things/{a:/id}", Some("/things/7"));
        check("/things/{a:/list/0/id}?q={a:/name}", Some("/things/u-1?q=x%20y%2F%C3%A9%0D%0A"));
        check("/things/{b:/id}", None);
        check("/things/{a:/nothing}", None);
        check("/things/{a:/list}", None);
        check("/things/{a:/id", None);
    }

    #[test]
    fn references_in_a_body_become_json_and_other_braces_stay() {
        let check = |body: &str, filled: Option<&str>| {
            assert_eq!(fill_body(body, |r| Ok(value(r)?.to_string())).ok().as_deref(), filled)
        };
        check(r#"{"of":"{a:/id}"}"#, Some(r#"{"of":7}"#));
        check(r#"{"of":"{a:/list/0/id}","x":{}}"#, Some(r#"{"of":"u-1","x":{}}"#));
        check(r#"{"text":"{not one}"}"#, Some(r#"{"text":"{not one}"}"#));
        check(r#"{"of":"{b:/id}"}"#, None);
        check("{broken", Some("{broken"));
    }
}
