//! A model's raw text read as JSON: plain, or in one fenced block.

use serde_json::Value;

use crate::check::Problem;

/// Largest answer that is read, bytes.
pub const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Reads the text as JSON.
///
/// # Errors
/// What is wrong with it, for the repair brief.
pub fn read(bytes: &[u8]) -> Result<Value, Problem> {
    if bytes.len() > ANSWER_BYTES_MAX {
        let message = format!("the answer has {} bytes; at most {ANSWER_BYTES_MAX} are read", bytes.len());
        return Err(Problem::new("", "too-large", message));
    }
    let text =
        std::str::from_utf8(bytes).map_err(|e| Problem::new("", "not-utf8", format!("not UTF-8: {e}")))?;
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err(Problem::new("", "empty", "the answer is empty; answer with one JSON document"));
    }
    let json = if text.starts_with(['{', '[']) { text } else { fenced(text).unwrap_or(text) };
    serde_json::from_str(json)
        .map_err(|e| Problem::new("", "not-json", format!("not one JSON document: {e}")))
}

/// The contents of the only fenced block; two blocks are ambiguous.
fn fenced(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("```")?;
    let (language, rest) = rest.split_once('\n')?;
    let (block, after) = rest.split_once("\n```").or_else(|| rest.split_once("```"))?;
    let named = matches!(language.trim(), "" | "json" | "JSON");
    (named && !after.contains("```")).then_some(block.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn plain_and_fenced_json_is_read() {
        let check = |text: &str| assert_eq!(read(text.as_bytes()).unwrap(), json!({ "a": "```" }), "{text}");
        check(r#"{"a": "```"}"#);
        check("\u{feff}  {\"a\": \"```\"}\n");
        let fence = |text: &str| assert_eq!(read(text.as_bytes()).unwrap(), json!([1]), "{text}");
        fence("```json\n[1]\n```");
        fence("Here it is:\n```\n[1]\n```\nDone.");
    }

    #[test]
    fn anything_else_is_told() {
        let check = |text: &[u8], rule: &str| assert_eq!(read(text).unwrap_err().rule, rule);
        check(b"", "empty");
        check(b"  \n", "empty");
        check(b"\xff\xfe", "not-utf8");
        check(b"Sure, I will.", "not-json");
        check(b"{\"a\": 1} {\"a\": 2}", "not-json");
        check(b"{\"a\": ", "not-json");
        check(b"```json\n[1]\n```\n```json\n[2]\n```", "not-json");
        check(&vec![b' '; ANSWER_BYTES_MAX + 1], "too-large");
        check("[".repeat(100_000).as_bytes(), "not-json");
    }
}
