//! The requests that the harness makes of a probed job, and what came back.

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use ideamine_core::ports::{Exchange, ProbeRequest};
use serde_json::Value;

use super::http;

/// Longest wait for one answer. The first includes the program's start.
const ANSWER_WAIT: Duration = Duration::from_secs(10);

/// JSON answers so far, by request id.
type Answers = HashMap<String, Value>;

/// Makes all requests in order; those that can no longer be made say why.
pub(super) fn make(
    socket: &Path,
    requests: &[ProbeRequest],
    body_limit: usize,
    deadline: Instant,
) -> Vec<Exchange> {
    let mut answers = Answers::new();
    requests.iter().map(|request| one(socket, request, body_limit, deadline, &mut answers)).collect()
}

fn one(
    socket: &Path,
    request: &ProbeRequest,
    body_limit: usize,
    deadline: Instant,
    answers: &mut Answers,
) -> Exchange {
    let answer = (|| {
        let path = fill_path(&request.path, answers)?;
        let body =
            request.body.as_ref().map(|(text, kind)| Ok::<_, String>((fill_body(text, answers)?, kind)));
        let body = body.transpose()?;
        let body = body.as_ref().map(|(text, kind)| (text.as_str(), kind.as_str()));
        plain_words(&request.method, &path, body.map_or("", |b| b.1))?;
        let until = deadline.min(Instant::now() + ANSWER_WAIT);
        http::request(socket, &request.method, &path, body, until)
    })();
    let id = request.id.clone();
    match answer {
        Err(reason) => {
            Exchange { id, status: None, content_type: None, body: String::new(), error: Some(reason) }
        }
        Ok(http::Answer { status, content_type, body }) => {
            if let Ok(json) = serde_json::from_slice(&body) {
                answers.insert(id.clone(), json);
            }
            let content_type = Some(content_type).filter(|kind| !kind.is_empty());
            Exchange { id, status: Some(status), content_type, body: cut(&body, body_limit), error: None }
        }
    }
}

fn cut(body: &[u8], limit: usize) -> String {
    String::from_utf8_lossy(&body[..body.len().min(limit)]).into_owned()
}

/// A value that an answer chose must not be able to write a request of its own.
fn plain_words(method: &str, path: &str, kind: &str) -> Result<(), String> {
    let visible = |text: &str| text.bytes().all(|b| (0x21..=0x7e).contains(&b));
    let kind_fits = kind.bytes().all(|b| (0x20..=0x7e).contains(&b));
    if path.starts_with('/') && visible(path) && visible(method) && !method.is_empty() && kind_fits {
        return Ok(());
    }
    Err("the request has no usable method, path or content type".to_owned())
}

/// `{ID:/pointer}` in `template`, percent-encoded.
fn fill_path(template: &str, answers: &Answers) -> Result<String, String> {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (reference, behind) = after.split_once('}').ok_or("a `{` in the path is never closed")?;
        filled.push_str(before);
        filled.push_str(&percent_encoded(&as_text(look_up(reference, answers)?)?));
        rest = behind;
    }
    filled.push_str(rest);
    Ok(filled)
}

/// `"{ID:/pointer}"`, quotes included, becomes the value as JSON; other braces are JSON's own.
fn fill_body(template: &str, answers: &Answers) -> Result<String, String> {
    let mut filled = String::new();
    let mut rest = template;
    while let Some(at) = rest.find("\"{") {
        let (before, after) = rest.split_at(at);
        let reference = after[2..].split_once("}\"").filter(|(reference, _)| is_reference(reference));
        filled.push_str(before);
        rest = match reference {
            Some((reference, behind)) => {
                filled.push_str(&look_up(reference, answers)?.to_string());
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

fn is_reference(text: &str) -> bool {
    let word =
        |id: &str| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    text.split_once(":/").is_some_and(|(id, pointer)| word(id) && !pointer.contains(['"', '{', ' ']))
}

fn look_up<'a>(reference: &str, answers: &'a Answers) -> Result<&'a Value, String> {
    let (id, pointer) =
        reference.split_once(':').ok_or_else(|| format!("`{{{reference}}}` is no reference"))?;
    let answer =
        answers.get(id).ok_or_else(|| format!("request `{id}` had no JSON answer to take a value from"))?;
    answer.pointer(pointer).ok_or_else(|| format!("the answer to request `{id}` has no `{pointer}`"))
}

fn as_text(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err("a value for the path is neither text nor a number".to_owned()),
    }
}

fn percent_encoded(text: &str) -> String {
    let keep = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    text.bytes().map(|b| if keep(b) { (b as char).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn answers() -> Answers {
        HashMap::from([("a".to_owned(), json!({"id": 7, "name": "x y/é\r\n", "list": [{"id": "u-1"}]}))])
    }

    #[test]
    fn references_in_a_path_are_filled_and_encoded() {
        let check = |path: &str, filled: Option<&str>| {
            assert_eq!(fill_path(path, &answers()).ok().as_deref(), filled)
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
            assert_eq!(fill_body(body, &answers()).ok().as_deref(), filled)
        };
        check(r#"{"of":"{a:/id}"}"#, Some(r#"{"of":7}"#));
        check(r#"{"of":"{a:/list/0/id}","x":{}}"#, Some(r#"{"of":"u-1","x":{}}"#));
        check(r#"{"text":"{not one}"}"#, Some(r#"{"text":"{not one}"}"#));
        check(r#"{"of":"{b:/id}"}"#, None);
        check("{broken", Some("{broken"));
    }

    #[test]
    fn an_unusable_request_is_never_sent() {
        assert!(plain_words("GET", "/a b", "").is_err());
        assert!(plain_words("GET\r\n", "/", "").is_err());
        assert!(plain_words("GET", "", "").is_err());
        assert!(plain_words("POST", "/a?b=%20", "application/json; charset=utf-8").is_ok());
    }
}
