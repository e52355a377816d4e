//! Output without what differs from run to run.
//!
//! Findings go back to an author as part of a request; a replay must make the same request, so that
//! durations, addresses, moments and temporary names are taken out.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

/// What changes, and what stands in its place.
const CHANGING: [(&str, &str); 6] = [
    (r"\b\d+(\.\d+)? ?(s|ms|sec|seconds)\b", "<time>"),
    (r"\b0x[0-9a-fA-F]{6,}\b", "<address>"),
    (r"\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b", "<uuid>"),
    (r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:?\d\d)?", "<moment>"),
    (r"\b\d\d/[A-Z][a-z]{2}/\d{4}[: ]\d\d:\d\d:\d\d( [+-]\d{4})?", "<moment>"),
    (r"/tmp/tmp[A-Za-z0-9_]{6,}", "/tmp/<temporary>"),
];

static RULES: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
    // The patterns are constants, and a test compiles each.
    CHANGING.iter().filter_map(|(pattern, mark)| Some((Regex::new(pattern).ok()?, *mark))).collect()
});

/// The same text for every run that did the same.
pub(crate) fn steady(text: &str) -> String {
    let replace =
        |text: Cow<'_, str>, (rule, mark): &(Regex, &str)| rule.replace_all(&text, *mark).into_owned().into();
    RULES.iter().fold(Cow::Borrowed(text), replace).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_between_runs_is_taken_out() {
        assert_eq!(RULES.len(), CHANGING.len());
        let check = |text: &str, expected: &str| assert_eq!(steady(text), expected);
        check("Ran 5 tests in 0.012s", "Ran 5 tests in <time>");
        check("<app.Store object at 0x7f11ab22cd33>", "<app.Store object at <address>>");
        check("id 123e4567-e89b-12d3-a456-426614174000.", "id <uuid>.");
        check("[22/Nov/2026 15:40:11] \"GET /\"", "[<moment>] \"GET /\"");
        check("at 2026-11-22T15:40:11.123Z", "at <moment>");
        check("/tmp/tmpab12cd34/data.db", "/tmp/<temporary>/data.db");
        check("File \"app/x.py\", line 12", "File \"app/x.py\", line 12");
        check("due 2031-02-03, 15 items, 5 sections", "due 2031-02-03, 15 items, 5 sections");
    }
}
