//! How figures, times and words are written for people.

use crate::graph::escape;
use ideamine_core::UsdMicros;
use jiff::Timestamp;
use minijinja::{Environment, Value, escape_formatter};

/// Hex digits shown of a digest where the whole one stands elsewhere.
const SHORT: usize = 12;

pub(super) fn add(environment: &mut Environment<'_>) {
    environment.add_filter("money", money);
    environment.add_filter("exact", exact);
    environment.add_filter("when", when);
    environment.add_filter("span", span);
    environment.add_filter("short", short);
    environment.add_filter("words", words);
    environment.add_filter("name", name);
    environment.add_filter("number", number);
    environment.add_filter("pretty", pretty);
    environment.add_filter("size", size);
    environment.add_filter("breaks", breaks);
    environment.add_filter("reflow", reflow);
    environment.set_formatter(|out, state, value| match value.as_str() {
        Some(text) if !value.is_safe() && text.contains(turns) => {
            escape_formatter(out, state, &Value::from(text.replace(turns, " ")))
        }
        _ => escape_formatter(out, state, value),
    });
}

/// Characters that turn the direction of reading could make a page say what it does not; control characters drive the
/// terminal of whoever reads its source.
fn turns(c: char) -> bool {
    let direction = matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    direction || (c.is_control() && c != '\n' && c != '\t' && c != '\r')
}

/// Dollars with cents; small amounts to the micro-dollar they are kept in.
fn money(micros: i64) -> String {
    let whole = micros.unsigned_abs();
    let sign = if micros < 0 { "−" } else { "" };
    match (whole, whole / 10_000) {
        (0, _) => "$0.00".to_owned(),
        (_, 0..10) => format!("{sign}${:.4}", UsdMicros(micros.saturating_abs()).dollars()),
        _ => format!("{sign}${:.2}", UsdMicros(micros.saturating_abs()).dollars()),
    }
}

/// Dollars in a column that sums: all with the same decimals.
fn exact(micros: i64) -> String {
    format!("${:.4}", UsdMicros(micros).dollars())
}

fn when(ms: i64) -> String {
    let at = Timestamp::from_millisecond(ms).ok();
    at.map(|at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()).unwrap_or_default()
}

/// A length of time in its two largest units.
pub(super) fn span(ms: i64) -> String {
    let seconds = ms / 1_000;
    match seconds {
        ..0 => String::new(),
        0 => format!("{ms} ms"),
        1..60 => format!("{seconds}.{} s", ms % 1_000 / 100),
        60..3_600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3_600, seconds / 60 % 60),
    }
}

fn short(digest: &str) -> String {
    digest.trim_start_matches("sha256:").chars().take(SHORT).collect()
}

/// A code as words: `not_run` is `not run`.
fn words(code: &str) -> String {
    code.replace(['_', '-'], " ")
}

/// The id of a gate or a phase as a name: `prd-completeness` is `PRD completeness`.
fn name(id: &str) -> String {
    let word = |(at, word): (usize, &str)| match word {
        "api" | "prd" | "qa" | "rag" => word.to_uppercase(),
        _ if at > 0 => word.to_owned(),
        _ => word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect(),
    };
    id.split(['-', '_']).enumerate().map(word).collect::<Vec<_>>().join(" ")
}

/// A whole number with thin spaces between thousands.
fn number(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('\u{2009}');
        }
        out.push(digit);
    }
    if value < 0 { format!("−{out}") } else { out }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} B"),
        _ => format!("{} KiB", bytes.div_ceil(1_024)),
    }
}

/// A path or a test's name, which may go on in the next line after each of its parts.
fn breaks(id: &str) -> Value {
    let parts: Vec<String> = id.split_inclusive(['.', '/']).map(escape).collect();
    Value::from_safe_string(parts.join("<wbr>"))
}

/// A text without the line breaks that only keep its lines short: a line goes on where the next begins with a letter.
fn reflow(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let goes_on = line.starts_with(char::is_alphabetic) && !out.is_empty() && !out.ends_with('\n');
        let last = out.rsplit('\n').next().unwrap_or_default();
        if goes_on && !last.starts_with('#') {
            out.push(' ');
        } else if !out.is_empty() || line.is_empty() {
            out.push('\n');
        }
        out.push_str(line.trim_end());
    }
    out.trim_matches('\n').to_owned()
}

/// JSON with line breaks, for reading; everything else as it is.
fn pretty(text: &str) -> String {
    let value = serde_json::from_str::<serde_json::Value>(text);
    value.ok().filter(|value| value.is_object()).map_or_else(|| text.to_owned(), |value| format!("{value:#}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use minijinja::context;

    #[test]
    fn what_drives_a_terminal_or_turns_reading_never_stands_raw() {
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::Html);
        add(&mut environment);
        for c in
            ['\u{1b}', '\u{7}', '\u{8}', '\u{7f}', '\u{9b}', '\u{200e}', '\u{200f}', '\u{202e}', '\u{2066}']
        {
            for template in ["{{ t }}", "{{ t|breaks }}", "{{ t|pretty }}", "{{ t|reflow }}"] {
                let page =
                    environment.render_named_str("page.html", template, context! { t => format!("a{c}<b") });
                let page = page.unwrap();
                assert!(
                    !page.contains(c) && page.contains("&lt;"),
                    "{template} {:04x}: {page}",
                    u32::from(c)
                );
            }
        }
    }

    #[test]
    fn figures_read_as_people_write_them() {
        assert_eq!(money(1_234_567), "$1.23");
        assert_eq!(money(1_234), "$0.0012");
        assert_eq!(money(0), "$0.00");
        assert_eq!(money(-2_000_000), "−$2.00");
        assert_eq!(number(-1_234_567), "−1\u{2009}234\u{2009}567");
        assert_eq!(number(12), "12");
        assert_eq!(
            [span(12), span(1_250), span(61_000), span(3_720_000)],
            ["12 ms", "1.2 s", "1 min 01 s", "1 h 02 min"]
        );
        assert_eq!(when(1_790_000_000_000), "2026-09-21 14:13:20 UTC");
        assert_eq!([name("prd-completeness"), name("idea-quality")], ["PRD completeness", "Idea quality"]);
        assert_eq!(reflow("# A\nb\nc\n\n- d\n- e\n"), "# A\nb c\n\n- d\n- e");
        assert_eq!(breaks("a.b/<c>").to_string(), "a.<wbr>b/<wbr>&lt;c&gt;");
        assert_eq!(size(1_025), "2 KiB");
        assert_eq!(pretty("{\"a\":1}"), "{\n  \"a\": 1\n}");
        assert_eq!(pretty("# a: 1"), "# a: 1");
    }
}
