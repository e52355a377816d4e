//! Licences of the generated files, as the files themselves state them.

use super::View;
use crate::content::{FileLicence, Paper};

/// The tag that a file states its licence with (SPDX, short-form identifiers).
const TAG: &str = "SPDX-License-Identifier:";
/// Lines of a file that are looked at: the tag stands at the top.
const LINES_MAX: usize = 30;

pub(super) fn licences(view: &View<'_>) -> Vec<FileLicence> {
    let entry = |paper: &Paper| FileLicence {
        phase: paper.phase.as_ref().map(ToString::to_string).unwrap_or_default(),
        name: paper.name.clone(),
        licence: paper.text.as_deref().and_then(stated),
    };
    view.sources().into_values().map(entry).collect()
}

fn stated(text: &str) -> Option<String> {
    let expression = text.lines().take(LINES_MAX).find_map(|line| line.split_once(TAG))?.1;
    let closed = expression.trim().trim_end_matches("*/").trim_end_matches("-->");
    Some(closed.trim().to_owned()).filter(|expression| !expression.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_is_read_in_any_comment() {
        let check = |text, licence: Option<&str>| assert_eq!(stated(text).as_deref(), licence, "{text}");
        check("# SPDX-License-Identifier: MIT OR Apache-2.0\n", Some("MIT OR Apache-2.0"));
        check("/* SPDX-License-Identifier: BSD-3-Clause */", Some("BSD-3-Clause"));
        check("<!-- SPDX-License-Identifier: MIT -->", Some("MIT"));
        check("# SPDX-License-Identifier:\n", None);
        check("print('x')", None);
    }
}
