//! Every text of the SPDX list, and what people make of texts: rewrapped, commented, framed in HTML, cut, with other names.

use ideamine_licence::{identify, identify_bytes, ids};
use proptest::prelude::*;

/// Shorter texts are sentences; a whole file of them is known, a part of one is not.
const FEWEST_WORDS: usize = 40;

fn texts() -> impl Iterator<Item = (&'static str, &'static str)> {
    spdx::text::LICENSE_TEXTS
        .iter()
        .copied()
        .filter(|(_, text)| text.split_whitespace().count() >= FEWEST_WORDS)
}

fn rewrapped(text: &str, width: usize, prefix: &str) -> String {
    let mut out = String::new();
    let mut column = usize::MAX;
    for word in text.split_whitespace() {
        if column.saturating_add(word.len()) > width {
            out.push_str(if out.is_empty() { "" } else { "\n" });
            out.push_str(prefix);
            column = 0;
        }
        out.push_str(word);
        out.push(' ');
        column += word.len() + 1;
    }
    out
}

fn exact(id: &str, text: &str) -> bool {
    let found = identify(text, "LICENSE").ids;
    found.len() == 1
        && ids::text_class(&found[0]) == ids::text_class(id).split(" WITH ").next().unwrap_or_default()
}

fn share(make: impl Fn(&str) -> String) -> (f64, Vec<&'static str>) {
    let rows: Vec<(&str, bool)> = texts().step_by(5).map(|(id, text)| (id, exact(id, &make(text)))).collect();
    let wrong: Vec<&str> = rows.iter().filter(|row| !row.1).map(|row| row.0).collect();
    (1.0 - wrong.len() as f64 / rows.len() as f64, wrong)
}

#[test]
fn reworked_texts_keep_their_id() {
    type Variant = (&'static str, Box<dyn Fn(&str) -> String>, f64);
    let variants: [Variant; 7] = [
        ("as it is", Box::new(str::to_owned), 0.97),
        ("rewrapped", Box::new(|t| rewrapped(t, 100, "")), 0.97),
        ("slashes", Box::new(|t| rewrapped(t, 60, "// ")), 0.97),
        ("dnl", Box::new(|t| rewrapped(t, 70, "dnl ")), 0.97),
        (
            "html",
            Box::new(|t| format!("<html><body><p>{}</p></body></html>", t.replace("\n\n", "</p>\n<p>"))),
            0.95,
        ),
        ("shouted", Box::new(str::to_uppercase), 0.95),
        (
            "with a preface",
            Box::new(|t| {
                format!("This program is made by Somebody & Sons.\n\n{t}\n\nThank you for reading.\n")
            }),
            0.95,
        ),
    ];
    for (name, make, least) in variants {
        let (share, wrong) = share(make);
        assert!(share >= least, "{name}: {share:.3}, wrong: {wrong:?}");
    }
}

#[test]
fn the_gpl_family_is_found_in_every_version_and_form() {
    for (id, text) in texts().filter(|(id, _)| ids::is_gpl_family(id)) {
        for part in [100, 70, 45] {
            let cut: String = text.chars().take(text.chars().count() * part / 100).collect();
            // The beginning of an exception alone may not name a licence at all.
            let named = cut.contains("GPL") || cut.contains("General Public License") || part == 100;
            assert!(!named || identify(&rewrapped(&cut, 72, " * "), "COPYING").gpl_family, "{id}, {part} %");
        }
    }
    for family in [
        "GNU General Public License",
        "GNU Lesser General Public License",
        "GNU Affero General Public License",
        "GNU Library General Public License",
    ] {
        for version in ["version 2", "version 3", "either version 2.1", "v3"] {
            for later in ["", " or (at your option) any later version"] {
                let header = format!(
                    "This program is free software: you can redistribute it and/or modify\nit under the terms of the {family} as published by\nthe Free Software Foundation, {version} of the License,{later}."
                );
                for prefix in ["", "# ", "// ", " * ", "-- ", ";; "] {
                    let text =
                        format!("{}\nint main(void) {{ return 0; }}\n", rewrapped(&header, 64, prefix));
                    assert!(identify(&text, "main.c").gpl_family, "{text}");
                }
            }
        }
    }
    for tag in [
        "# SPDX-License-Identifier: GPL-2.0",
        "/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */",
        "<!-- SPDX-License-Identifier: LGPL-3.0+ -->",
        "MODULE_LICENSE(\"GPL v2\");",
        "License: GPLv2+",
    ] {
        assert!(identify(tag, "x").gpl_family, "{tag}");
    }
}

#[test]
fn a_header_before_another_text_is_still_seen() {
    let header = "This library is free software; you can redistribute it and/or modify it under the terms of the GNU Lesser General Public License as published by the Free Software Foundation; either version 2.1 of the License, or (at your option) any later version. This library is distributed in the hope that it will be useful, but WITHOUT ANY WARRANTY; without even the implied warranty of MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE. See the GNU Lesser General Public License for more details.";
    let other = texts().find(|(id, _)| *id == "BSD-3-Clause").map(|(_, text)| text).unwrap_or_default();
    let told = identify(&format!("/* {header} */\n#include <x.h>\n/*\n{other}\n*/\n"), "ip.h");
    assert_eq!(told.expression.as_deref(), Some("LGPL-2.1-or-later AND BSD-3-Clause"));
}

#[test]
fn a_mention_is_no_grant() {
    for text in [
        "This licence is compatible with the GNU General Public License.",
        "Unlike the GPL, these terms permit linking.",
        "Python is GPL-compatible, which does not mean that it is distributed under the GPL.",
        "fn gplot() {}",
    ] {
        assert!(!identify(text, "README").gpl_family, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..2000), path in "(Cargo.toml|pom.xml|package.json|setup.py|go.mod|yarn.lock|setup.cfg|METADATA|LICENSE)") {
        let told = identify_bytes(&bytes, &path);
        prop_assert!(told.signs.iter().all(|sign| sign.span.start <= sign.span.end));
    }

    #[test]
    fn any_text_with_signs_is_read(text in "(SPDX-License-Identifier: |GPL|Copyright \\(c\\) |License: |Format: x\n|é|<p>|&amp;|\\\\n|\\+|\n| |version 2|2\\.0|the ){0,60}") {
        let told = identify(&text, "debian/copyright");
        prop_assert!(told.signs.iter().all(|sign| text.get(sign.span.clone()).is_some()));
    }
}

#[test]
fn time_grows_with_length_only() {
    let one = "Permission to use the GPL version 2 or later under the terms of. SPDX-License-Identifier: "
        .repeat(2_000);
    let begin = std::time::Instant::now();
    identify(&one, "x");
    let first = begin.elapsed();
    let begin = std::time::Instant::now();
    identify(&one.repeat(4), "x");
    // Eight times leaves room for a busy machine; quadratic work would be sixteen.
    assert!(
        begin.elapsed() < first * 12 + std::time::Duration::from_millis(200),
        "{first:?} then {:?}",
        begin.elapsed()
    );
}
