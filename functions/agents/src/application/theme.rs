//! Colours of the application's pages: one of a few accents, chosen by the seed, in light and dark.

use super::HEADER;

/// One accent: on a light page and on a dark one.
struct Accent {
    light: &'static str,
    dark: &'static str,
}

const ACCENTS: &[Accent] = &[
    Accent { light: "#1d4ed8", dark: "#9dbcff" },
    Accent { light: "#0b6159", dark: "#5ed0c4" },
    Accent { light: "#6d28d9", dark: "#c9b0ff" },
    Accent { light: "#8f3110", dark: "#ffb691" },
    Accent { light: "#166534", dark: "#7ddc9b" },
    Accent { light: "#9d174d", dark: "#ffa3cb" },
];

/// The tokens that `style.css` uses, for one mode.
struct Tokens {
    page: &'static str,
    text: &'static str,
    quiet: &'static str,
    line: &'static str,
    control: &'static str,
    on_accent: &'static str,
    danger: &'static str,
    on_danger: &'static str,
}

const LIGHT: Tokens = Tokens {
    page: "#ffffff",
    text: "#1b1f24",
    quiet: "#565d66",
    line: "#d5d9de",
    control: "#767d86",
    on_accent: "#ffffff",
    danger: "#b3261e",
    on_danger: "#ffffff",
};
const DARK: Tokens = Tokens {
    page: "#14171c",
    text: "#e6e8eb",
    quiet: "#a9b0b8",
    line: "#363c45",
    control: "#838b95",
    on_accent: "#14171c",
    danger: "#ff9c94",
    on_danger: "#14171c",
};

/// `theme.css` for a seed.
pub(super) fn theme(seed: u64) -> String {
    let [first, ..] = ideamine_core::seed::stream(seed, "build/application/accent");
    let accent = &ACCENTS[usize::from(first) % ACCENTS.len()];
    let light = block("  ", &LIGHT, accent.light);
    let dark = block("    ", &DARK, accent.dark);
    format!(
        "/* {HEADER} Text has a contrast of at least 4.5 to 1, controls of 3 to 1. */\n\
         :root {{\n  color-scheme: light dark;\n{light}}}\n\n\
         @media (prefers-color-scheme: dark) {{\n  :root {{\n{dark}  }}\n}}\n"
    )
}

fn block(indent: &str, tokens: &Tokens, accent: &str) -> String {
    [
        ("page", tokens.page),
        ("text", tokens.text),
        ("quiet", tokens.quiet),
        ("line", tokens.line),
        ("control", tokens.control),
        ("accent", accent),
        ("on-accent", tokens.on_accent),
        ("danger", tokens.danger),
        ("on-danger", tokens.on_danger),
    ]
    .map(|(name, colour)| format!("{indent}--{name}: {colour};\n"))
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance (WCAG 2.2).
    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (a, b) = (luminance(one), luminance(other));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_accent_is_readable_in_both_modes() {
        for accent in ACCENTS {
            for (tokens, accent) in [(&LIGHT, accent.light), (&DARK, accent.dark)] {
                for (text, ground) in [
                    (tokens.text, tokens.page),
                    (tokens.quiet, tokens.page),
                    (accent, tokens.page),
                    (tokens.danger, tokens.page),
                    (tokens.on_accent, accent),
                    (tokens.on_danger, tokens.danger),
                ] {
                    assert!(contrast(text, ground) >= 4.5, "{text} on {ground}: {}", contrast(text, ground));
                }
                assert!(contrast(tokens.control, tokens.page) >= 3.0, "{}", tokens.control);
            }
        }
    }

    #[test]
    fn the_seed_alone_chooses() {
        assert_eq!(theme(3), theme(3));
        assert!((0..40).any(|seed| theme(seed) != theme(0)));
    }
}
