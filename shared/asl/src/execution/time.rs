//! Instants as definitions and the context write them.

use jiff::Timestamp;

/// UTC milliseconds of an ISO 8601 instant with `T` and `Z` or an offset; absent if it is none.
/// Fractions of a millisecond are dropped.
pub(crate) fn parse_timestamp(text: &str) -> Option<i64> {
    if text.as_bytes().get(10) != Some(&b'T') {
        return None;
    }
    text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond)
}

/// `2026-01-31T08:00:00.000Z`, as `$states.context` has it.
pub(crate) fn format_timestamp(ms: i64) -> String {
    Timestamp::from_millisecond(ms).map(|at| format!("{at:.3}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_needs_t_and_a_zone() {
        for good in ["2016-03-14T01:59:00Z", "2016-03-14T02:59:00+01:00", "2016-03-14T01:59:00.000167252Z"] {
            assert_eq!(parse_timestamp(good), Some(1_457_920_740_000), "{good}");
        }
        for bad in [
            "2016-03-14 01:59:00Z",
            "2016-03-14T01:59:00",
            "2016-13-14T01:59:00Z",
            "05-12-2016T21:29:29Z",
            "",
        ] {
            assert_eq!(parse_timestamp(bad), None, "{bad}");
        }
    }

    #[test]
    fn instants_are_written_with_milliseconds() {
        assert_eq!(format_timestamp(1_457_920_740_000), "2016-03-14T01:59:00.000Z");
        assert_eq!(format_timestamp(1_457_920_740_012), "2016-03-14T01:59:00.012Z");
    }
}
