//! Colours as style sheets write them, and the contrast of two (WCAG 2.2, relative luminance).

/// Red, green, blue and opacity, each 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Colour {
    red: f64,
    green: f64,
    blue: f64,
    pub(super) alpha: f64,
}

/// Names that people use; the other of CSS's 148 are looked up nowhere and counted as not understood.
const NAMED: [(&str, u32); 34] = [
    ("black", 0x000000),
    ("white", 0xffffff),
    ("red", 0xff0000),
    ("green", 0x008000),
    ("blue", 0x0000ff),
    ("yellow", 0xffff00),
    ("orange", 0xffa500),
    ("purple", 0x800080),
    ("gray", 0x808080),
    ("grey", 0x808080),
    ("silver", 0xc0c0c0),
    ("maroon", 0x800000),
    ("olive", 0x808000),
    ("lime", 0x00ff00),
    ("aqua", 0x00ffff),
    ("cyan", 0x00ffff),
    ("teal", 0x008080),
    ("navy", 0x000080),
    ("fuchsia", 0xff00ff),
    ("magenta", 0xff00ff),
    ("lightgray", 0xd3d3d3),
    ("lightgrey", 0xd3d3d3),
    ("darkgray", 0xa9a9a9),
    ("darkgrey", 0xa9a9a9),
    ("dimgray", 0x696969),
    ("dimgrey", 0x696969),
    ("whitesmoke", 0xf5f5f5),
    ("gainsboro", 0xdcdcdc),
    ("crimson", 0xdc143c),
    ("tomato", 0xff6347),
    ("gold", 0xffd700),
    ("darkgreen", 0x006400),
    ("darkblue", 0x00008b),
    ("darkred", 0x8b0000),
];

impl Colour {
    pub(super) const BLACK: Self = Self { red: 0.0, green: 0.0, blue: 0.0, alpha: 1.0 };
    pub(super) const WHITE: Self = Self { red: 1.0, green: 1.0, blue: 1.0, alpha: 1.0 };

    pub(super) fn rgb(hex: u32) -> Self {
        let part = |shift: u32| f64::from(hex >> shift & 0xff) / 255.0;
        Self { red: part(16), green: part(8), blue: part(0), alpha: 1.0 }
    }

    /// Reads one colour; `None` for what is none or not understood.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        if text == "transparent" {
            return Some(Self { alpha: 0.0, ..Self::BLACK });
        }
        if let Some(digits) = text.strip_prefix('#') {
            return hex(digits);
        }
        if let Some((function, rest)) = text.split_once('(') {
            return function_of(function, rest.trim_end_matches(')'));
        }
        NAMED.iter().find(|(name, _)| *name == text).map(|(_, value)| Self::rgb(*value))
    }

    /// This colour on top of an opaque one.
    pub(super) fn over(self, below: Self) -> Self {
        let mix = |a: f64, b: f64| a * self.alpha + b * (1.0 - self.alpha);
        Self {
            red: mix(self.red, below.red),
            green: mix(self.green, below.green),
            blue: mix(self.blue, below.blue),
            alpha: 1.0,
        }
    }

    fn luminance(self) -> f64 {
        let linear =
            |part: f64| if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }

    /// As `#rrggbb`.
    pub(super) fn shown(self) -> String {
        let byte = |part: f64| format!("{:02x}", (part * 255.0).round().clamp(0.0, 255.0) as u8);
        format!("#{}{}{}", byte(self.red), byte(self.green), byte(self.blue))
    }
}

/// From 1 (the same) to 21 (black on white).
pub(super) fn contrast(a: Colour, b: Colour) -> f64 {
    let (a, b) = (a.luminance(), b.luminance());
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn hex(digits: &str) -> Option<Colour> {
    let digits: String = match digits.len() {
        3 | 4 => digits.chars().flat_map(|c| [c, c]).collect(),
        6 | 8 => digits.to_owned(),
        _ => return None,
    };
    let value = u32::from_str_radix(digits.get(..6)?, 16).ok()?;
    let alpha =
        digits.get(6..).filter(|a| !a.is_empty()).map_or(Some(255), |a| u32::from_str_radix(a, 16).ok())?;
    Some(Colour { alpha: f64::from(alpha) / 255.0, ..Colour::rgb(value) })
}

fn function_of(name: &str, arguments: &str) -> Option<Colour> {
    let parts: Vec<&str> = arguments.split([',', '/', ' ']).filter(|part| !part.is_empty()).collect();
    let alpha = parts.get(3).map_or(Some(1.0), |part| share(part, 1.0))?;
    let [a, b, c] = [parts.first()?, parts.get(1)?, parts.get(2)?];
    match name.trim() {
        "rgb" | "rgba" => {
            Some(Colour { red: share(a, 255.0)?, green: share(b, 255.0)?, blue: share(c, 255.0)?, alpha })
        }
        "hsl" | "hsla" => {
            let hue = a.trim_end_matches("deg").parse::<f64>().ok()?;
            Some(Colour { alpha, ..from_hsl(hue, share(b, 100.0)?, share(c, 100.0)?) })
        }
        _ => None,
    }
}

/// A part of `whole`, or percent.
fn share(text: &str, whole: f64) -> Option<f64> {
    let value = match text.strip_suffix('%') {
        Some(percent) => percent.parse::<f64>().ok()? / 100.0,
        None => text.parse::<f64>().ok()? / whole,
    };
    Some(value.clamp(0.0, 1.0))
}

fn from_hsl(hue: f64, saturation: f64, lightness: f64) -> Colour {
    let reach = saturation * lightness.min(1.0 - lightness);
    let part = |n: f64| {
        let k = (n + hue.rem_euclid(360.0) / 30.0) % 12.0;
        lightness - reach * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0)
    };
    Colour { red: part(0.0), green: part(8.0), blue: part(4.0), alpha: 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_colour_is_read() {
        let check =
            |text: &str, expected: &str| assert_eq!(Colour::parse(text).unwrap().shown(), expected, "{text}");
        check("#abc", "#aabbcc");
        check("#1A2B3C", "#1a2b3c");
        check("#1a2b3c80", "#1a2b3c");
        check("rgb(255, 0, 128)", "#ff0080");
        check("rgb(100% 0% 50% / 0.5)", "#ff0080");
        check("hsl(120, 100%, 25%)", "#008000");
        check("hsl(210deg 50% 40%)", "#336699");
        check(" Navy ", "#000080");
        assert_eq!(Colour::parse("transparent").unwrap().alpha, 0.0);
        assert_eq!(Colour::parse("rgba(0,0,0,.5)").unwrap().alpha, 0.5);
        assert_eq!(
            (Colour::parse("currentcolor"), Colour::parse("#12"), Colour::parse("var(--x)")),
            (None, None, None)
        );
    }

    #[test]
    fn contrast_is_that_of_the_standard() {
        let check = |a: &str, b: &str, ratio: f64| {
            let got = contrast(Colour::parse(a).unwrap(), Colour::parse(b).unwrap());
            assert!((got - ratio).abs() < 0.01, "{a} {b} {got}");
        };
        check("black", "white", 21.0);
        check("#777", "white", 4.48);
        check("#767676", "#fff", 4.54);
        check("#fff", "#fff", 1.0);
        let half = Colour::parse("rgba(0,0,0,.5)").unwrap().over(Colour::WHITE);
        assert_eq!(half.shown(), "#808080");
    }
}
