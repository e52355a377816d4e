//! The command line that the idea shows, and the program that it names.
//!
//! ``shotname FOLDER --apply`` between backticks, or what follows `usage:` on its line. A program's name alone is no
//! command line: something must stand after it that only a command line has.

use super::segment::Clause;
use super::span::Span;

/// What a line with a command begins with.
const USAGE: &str = "usage:";

/// Where a command line names its program.
pub fn program(idea: &str, clauses: &[Clause]) -> Option<Span> {
    let shown = clauses.iter().flat_map(|clause| code(idea, clause.span)).find_map(|span| line(idea, span));
    shown.or_else(|| usages(idea).find_map(|span| line(idea, span)))
}

/// What stands between backticks.
fn code(idea: &str, within: Span) -> Vec<Span> {
    let marks: Vec<usize> = within.of(idea).match_indices('`').map(|(at, _)| within.start + at).collect();
    marks.chunks_exact(2).map(|pair| Span::new(pair[0] + 1, pair[1])).collect()
}

/// What follows `usage:`, to the end of its line.
fn usages(idea: &str) -> impl Iterator<Item = Span> + '_ {
    let mut start = 0;
    let lines = idea.split_inclusive('\n').map(move |line| {
        start += line.len();
        Span::new(start - line.len(), start)
    });
    lines.filter_map(|span| {
        let line = span.trimmed(idea, &['-', '*', '_', '`', '>', '#']);
        let head = line.of(idea).get(..USAGE.len())?;
        head.eq_ignore_ascii_case(USAGE)
            .then(|| Span::new(line.start + USAGE.len(), line.end).trimmed(idea, &['`', '*']))
    })
}

/// The program of `shotname FOLDER`, `sift <file> --json`, `$ tidy a.log`.
fn line(idea: &str, span: Span) -> Option<Span> {
    let text = span.of(idea);
    let mut words = text.split_whitespace().skip_while(|word| matches!(*word, "$" | ">" | "%"));
    let program = words.next()?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    let named = program.starts_with(|c: char| c.is_ascii_lowercase()) && program.chars().all(plain);
    let at = span.start + text.find(program)?;
    (named && words.any(is_argument)).then(|| Span::new(at, at + program.len()))
}

/// `--apply`, `-n`, `FOLDER`, `<folder>`, `[FILE…]`, `a.log`.
fn is_argument(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| matches!(c, '[' | ']' | '<' | '>' | '.' | ',' | '…'));
    let option = bare.trim_start_matches('-');
    if option.len() < bare.len() {
        return option.starts_with(|c: char| c.is_ascii_alphabetic());
    }
    let marked = word.starts_with(['<', '[']);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let capitals = bare.len() >= 2 && bare.chars().all(|c| plain(c) && !c.is_ascii_lowercase());
    let file = bare.split_once('.').is_some_and(|(stem, ending)| {
        !stem.is_empty() && (1..=5).contains(&ending.len()) && ending.chars().all(char::is_alphanumeric)
    });
    bare.starts_with(|c: char| c.is_ascii_alphabetic())
        && (capitals || file || marked && bare.chars().all(plain))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::composer::Reading;

    #[test]
    fn a_program_is_named_by_a_command_line_and_by_nothing_else() {
        for (idea, expected) in [
            ("Renames photos. `shot FOLDER` prints, `--apply` renames.", Some("shot")),
            ("A CLI for logs. `sift <file> --since 2h` prints lines.", Some("sift")),
            ("A CLI. `$ sift a.log b.log` compares logs.", Some("sift")),
            ("A CLI. `sift -n` counts.", Some("sift")),
            ("A CLI that sorts.\n\nUsage: tidy-up [--dry-run] FOLDER\n", Some("tidy-up")),
            ("A CLI that sorts.\n\n- usage: `tidy [FILE...]`\n", Some("tidy")),
            ("A CLI. The `status` field is new.", None),
            ("A CLI. `--json` prints JSON, `FOLDER` is where.", None),
            ("A CLI. `git push now` is not needed.", None),
            ("Usage: every day, by Bob.", None),
            ("It reads `Readme FILE` at first.", None),
        ] {
            let found = program(idea, &Reading::of(idea).clauses);
            assert_eq!(found.map(|span| span.of(idea)), expected, "{idea}");
        }
    }
}
