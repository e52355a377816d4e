//! Why something failed, for a person: its name and what it said.
//!
//! A machine carries a failure's Cause as data. Where a function failed, the Cause is what a Lambda reports,
//! `{"errorMessage": …, "errorType": …}`; elsewhere it is plain text, or nothing. Functions keep secrets, prompts and
//! documents out of their messages; what is shown here is bounded and holds no control characters besides.

use serde_json::Value;

/// Longest message that is kept, characters.
const MESSAGE_CHARS_MAX: usize = 500;

/// `Model.Unavailable: connection refused`, or the name alone.
pub(crate) fn told(error: Option<&str>, cause: Option<&str>) -> String {
    let name = line(error.filter(|name| !name.is_empty()).unwrap_or("Unknown"));
    match message(cause.unwrap_or_default()) {
        message if message.is_empty() => name,
        message => format!("{name}: {message}"),
    }
}

fn message(cause: &str) -> String {
    let reported = serde_json::from_str::<Value>(cause).ok();
    let reported = reported.as_ref().and_then(|report| report["errorMessage"].as_str());
    line(reported.unwrap_or(cause))
}

/// On one line, without control characters and marks that turn the writing direction.
fn line(text: &str) -> String {
    let plain = |c: char| if c.is_control() || is_direction(c) { ' ' } else { c };
    let text: String = text.chars().map(plain).collect();
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(MESSAGE_CHARS_MAX) {
        Some((end, _)) => format!("{} …", words[..end].trim_end()),
        None => words,
    }
}

/// Unicode's explicit directional formatting characters (UAX #9, 2.1 to 2.6).
const fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_told_by_its_name_and_its_message() {
        let check = |error: Option<&str>, cause: Option<&str>, expected: &str| {
            assert_eq!(told(error, cause), expected, "{error:?} {cause:?}");
        };
        let reported = r#"{"errorMessage":"no route\n to host","errorType":"Model.Unavailable"}"#;
        check(Some("Model.Unavailable"), Some(reported), "Model.Unavailable: no route to host");
        check(Some("States.Timeout"), None, "States.Timeout");
        check(Some("States.Timeout"), Some(""), "States.Timeout");
        check(Some("X"), Some("plain \u{1b}[31mred\u{202e}"), "X: plain [31mred");
        check(Some("X"), Some(r#"{"errorMessage":"cut o"#), r#"X: {"errorMessage":"cut o"#);
        check(None, Some("why"), "Unknown: why");
        check(Some(""), None, "Unknown");
    }

    #[test]
    fn a_long_message_is_cut() {
        let told = told(Some("X"), Some(&"é ".repeat(5_000)));
        assert!(told.ends_with(" …") && told.chars().count() <= MESSAGE_CHARS_MAX + 5, "{told}");
    }
}
