//! Static scan of generated source: constructs that are known to be dangerous, with file and line.
//!
//! It reads tokens, not text, so that a comment or a message about `eval` is no finding. What is not Python
//! (pages, scripts for the browser) is looked through by line.

mod calls;
mod html;
mod python;
mod secrets;
mod sql;
pub(crate) mod tests;

use ideamine_core::artifacts::Severity;
use ideamine_core::ports::SourceFile;

/// Something dangerous.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) rule: &'static str,
    pub(crate) severity: Severity,
    /// `app/app/server.py:12`.
    pub(crate) place: String,
    pub(crate) message: String,
}

/// What a rule says of one line of one file.
pub(crate) struct Said {
    rule: &'static str,
    severity: Severity,
    line: usize,
    message: String,
}

fn say(rule: &'static str, severity: Severity, line: usize, message: impl Into<String>) -> Said {
    Said { rule, severity, line, message: message.into() }
}

/// Everything found, in the order of the files.
pub(crate) fn scan(source: &[SourceFile]) -> Vec<Hit> {
    source.iter().flat_map(of_file).collect()
}

fn of_file(file: &SourceFile) -> Vec<Hit> {
    // Keys leak from tests as well; anything else in a test never serves anybody.
    let mut found = secrets::known_keys(&file.content);
    if !tests::is_test(&file.path) {
        match file.path.rsplit('.').next() {
            Some("py") => found.extend(of_python(&file.content)),
            Some("js" | "mjs" | "html" | "htm") => found.extend(html::in_browser(&file.content)),
            _ => {}
        }
    }
    found.sort_by_key(|said| said.line);
    let hit = |said: Said| Hit {
        rule: said.rule,
        severity: said.severity,
        place: format!("app/{}:{}", file.path, said.line),
        message: said.message,
    };
    found.into_iter().map(hit).collect()
}

fn of_python(text: &str) -> Vec<Said> {
    let tokens = python::tokens(text);
    let mut found = calls::dangerous(&tokens);
    found.extend(calls::imports(&tokens));
    found.extend(calls::listens_everywhere(&tokens));
    found.extend(secrets::assigned(&tokens));
    found.extend(sql::formatted(&tokens));
    found.extend(html::unescaped(&tokens));
    found
}

#[cfg(test)]
mod cases;
