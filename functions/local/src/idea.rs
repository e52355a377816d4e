//! Reads the idea: a text, a Markdown or a JSON file, or standard input.

use std::io::{ErrorKind, Read};
use std::path::Path;

use ideamine_core::Failure;
use ideamine_embedded::files;
use ideamine_runs::idea::{IDEA_BYTES_MAX, Idea, parse};

/// Reads `source`, a path or `-`.
///
/// # Errors
/// `Input.Invalid` with what is wrong and where.
pub(crate) fn read(source: &str) -> Result<Idea, Failure> {
    if source == "-" {
        let mut bytes = Vec::new();
        // One byte more than is taken: `parse` sees that there was too much.
        let bounded = std::io::stdin().lock().take(IDEA_BYTES_MAX as u64 + 1).read_to_end(&mut bytes);
        bounded.map_err(|e| Failure::input(format!("standard input: cannot be read: {e}")))?;
        return parse("standard input", &bytes);
    }
    let bytes = files::read(Path::new(source), IDEA_BYTES_MAX as u64).map_err(|e| {
        let hint = match e.kind() {
            ErrorKind::FileTooLarge => "; cut it down to the idea itself",
            ErrorKind::InvalidInput => ", or `-` for standard input",
            _ => "",
        };
        Failure::input(format!("{source}: cannot be read: {e}{hint}"))
    })?;
    parse(source, &bytes)
}
