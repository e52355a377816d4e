//! Marks made of characters that nobody sees, or that look like others.
//!
//! A character is a mark where it has no work to do. What has work: a joiner inside an emoji or in a script that joins, a variation
//! selector after a symbol, a direction mark beside text that runs from right to left, one byte order mark at the start.

use std::ops::Range;

/// What a mark is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HiddenKind {
    /// No width: U+200B and the like.
    ZeroWidth,
    /// Turns the direction of reading.
    Bidi,
    /// Chooses between forms of a character that has none.
    VariationSelector,
    /// Tags: U+E0000 and following, a copy of ASCII that nobody sees.
    Tag,
    /// A letter that looks like a Latin one, in a Latin word.
    Homoglyph,
    /// A space that is not U+0020, between Latin words, in a pattern with others.
    Space,
}

/// One mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hidden {
    /// What it is.
    pub kind: HiddenKind,
    /// Where, bytes.
    pub span: Range<usize>,
    /// The character.
    pub character: char,
}

/// All marks of a text, in order. Linear in the text.
pub fn find(text: &str) -> Vec<Hidden> {
    let mut found = Vec::new();
    let mut before: Option<char> = None;
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        let after = characters.peek().map(|(_, next)| *next);
        if let Some(kind) = kind(at, before, c, after) {
            found.push(Hidden { kind, span: at..at + c.len_utf8(), character: c });
        } else {
            before = Some(c);
        }
    }
    found.extend(homoglyphs(text));
    found.sort_by_key(|hidden| hidden.span.start);
    found
}

/// The text without its marks; letters that look like others become those.
pub fn without(text: &str) -> String {
    let marks = find(text);
    let mut clean = String::with_capacity(text.len());
    let mut at = 0;
    for mark in &marks {
        clean.push_str(&text[at..mark.span.start]);
        match mark.kind {
            HiddenKind::Homoglyph => clean.extend(latin(mark.character)),
            HiddenKind::Space => clean.push(' '),
            _ => {}
        }
        at = mark.span.end;
    }
    clean.push_str(&text[at..]);
    clean
}

fn kind(at: usize, before: Option<char>, c: char, after: Option<char>) -> Option<HiddenKind> {
    match c {
        // A byte order mark begins a file; elsewhere it is a zero-width space of old.
        '\u{feff}' => (at != 0).then_some(HiddenKind::ZeroWidth),
        '\u{200c}' | '\u{200d}' => {
            let joins = before.is_some_and(|b| joining(b) || symbol(b))
                && after.is_some_and(|a| joining(a) || symbol(a));
            (!joins).then_some(HiddenKind::ZeroWidth)
        }
        '\u{200b}'
        | '\u{2060}'..='\u{2064}'
        | '\u{180e}'
        | '\u{034f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{3164}'
        | '\u{ffa0}' => {
            // Scripts without spaces break lines at U+200B.
            let breaks = c == '\u{200b}' && before.is_some_and(spaceless) && after.is_some_and(spaceless);
            (!breaks).then_some(HiddenKind::ZeroWidth)
        }
        '\u{200e}' | '\u{200f}' | '\u{061c}' => {
            let beside = before.is_some_and(right_to_left) || after.is_some_and(right_to_left);
            (!beside).then_some(HiddenKind::Bidi)
        }
        // Embeddings and overrides show what is not there, in any script.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => Some(HiddenKind::Bidi),
        '\u{fe00}'..='\u{fe0f}' | '\u{180b}'..='\u{180d}' => {
            let chooses =
                before.is_some_and(|b| symbol(b) || spaceless(b) || joining(b) || ideograph(b) || keycap(b));
            (!chooses).then_some(HiddenKind::VariationSelector)
        }
        '\u{e0100}'..='\u{e01ef}' => {
            (!before.is_some_and(ideograph)).then_some(HiddenKind::VariationSelector)
        }
        // Flags of regions: a black flag, tags, an end tag.
        '\u{e0001}' | '\u{e0020}'..='\u{e007f}' => {
            let flag = before.is_some_and(|b| matches!(b, '\u{1f3f4}' | '\u{e0020}'..='\u{e007e}'));
            (!flag).then_some(HiddenKind::Tag)
        }
        '\u{2000}'..='\u{200a}' | '\u{205f}' => {
            let between = before.is_some_and(|b| b.is_ascii_alphabetic())
                && after.is_some_and(|a| a.is_ascii_alphabetic());
            between.then_some(HiddenKind::Space)
        }
        _ => None,
    }
}

const fn keycap(c: char) -> bool {
    matches!(c, '0'..='9' | '#' | '*')
}

/// Scripts whose letters take other forms beside a joiner.
const fn joining(c: char) -> bool {
    matches!(c,
        '\u{0600}'..='\u{08ff}' | '\u{0900}'..='\u{0dff}' | '\u{0f00}'..='\u{109f}' | '\u{1780}'..='\u{18af}'
        | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10a00}'..='\u{11fff}' | '\u{1e900}'..='\u{1e95f}')
}

const fn right_to_left(c: char) -> bool {
    matches!(c, '\u{0590}'..='\u{08ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

const fn spaceless(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}') || ideograph(c)
}

const fn ideograph(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Pictures, arrows and signs that have a coloured form.
const fn symbol(c: char) -> bool {
    matches!(c,
        '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2100}'..='\u{214f}' | '\u{2190}'..='\u{21ff}'
        | '\u{2300}'..='\u{27bf}' | '\u{2900}'..='\u{297f}' | '\u{2b00}'..='\u{2bff}' | '\u{3030}' | '\u{303d}'
        | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}' | '\u{fe0f}' | '\u{20e3}')
}

/// Letters of other scripts in words that are Latin otherwise.
fn homoglyphs(text: &str) -> impl Iterator<Item = Hidden> + '_ {
    words(text).filter(|word| is_mixed(&text[word.clone()])).flat_map(|word| {
        let start = word.start;
        text[word].char_indices().filter(|(_, c)| latin(*c).is_some()).map(move |(at, character)| Hidden {
            kind: HiddenKind::Homoglyph,
            span: start + at..start + at + character.len_utf8(),
            character,
        })
    })
}

fn words(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut rest = 0;
    std::iter::from_fn(move || {
        let begin = rest + text[rest..].find(char::is_alphabetic)?;
        let length = text[begin..].find(|c: char| !c.is_alphabetic()).unwrap_or(text.len() - begin);
        rest = begin + length;
        Some(begin..rest)
    })
}

/// Latin letters, and letters that only look Latin, and nothing that is plainly another script: `Δx` and `µs` are no marks.
fn is_mixed(word: &str) -> bool {
    let mut ascii = 0;
    let mut like = 0;
    for c in word.chars() {
        if c.is_ascii_alphabetic() {
            ascii += 1;
        } else if latin(c).is_some() {
            like += 1;
        } else if !matches!(c, '\u{c0}'..='\u{24f}') {
            return false;
        }
    }
    ascii >= 2 && like >= 1
}

/// The Latin letter that this one looks like. Source: Unicode's confusables (UTS 39), Cyrillic, Greek and Armenian letters whose
/// shape is the same in common typefaces.
const fn latin(c: char) -> Option<char> {
    Some(match c {
        'а' => 'a',
        'с' => 'c',
        'ԁ' => 'd',
        'е' => 'e',
        'һ' => 'h',
        'і' => 'i',
        'ј' => 'j',
        'ӏ' => 'l',
        'о' => 'o',
        'р' => 'p',
        'ѕ' => 's',
        'у' => 'y',
        'х' => 'x',
        'ԛ' => 'q',
        'ԝ' => 'w',
        'ѵ' => 'v',
        'А' => 'A',
        'В' => 'B',
        'С' => 'C',
        'Е' => 'E',
        'Н' => 'H',
        'І' => 'I',
        'Ј' => 'J',
        'К' => 'K',
        'М' => 'M',
        'О' => 'O',
        'Р' => 'P',
        'Ѕ' => 'S',
        'Т' => 'T',
        'Х' => 'X',
        'У' => 'Y',
        'Ԛ' => 'Q',
        'Ԝ' => 'W',
        'Α' => 'A',
        'Β' => 'B',
        'Ε' => 'E',
        'Ζ' => 'Z',
        'Η' => 'H',
        'Ι' => 'I',
        'Κ' => 'K',
        'Μ' => 'M',
        'Ν' => 'N',
        'Ο' => 'O',
        'Ρ' => 'P',
        'Τ' => 'T',
        'Υ' => 'Y',
        'Χ' => 'X',
        'ο' => 'o',
        'ν' => 'v',
        'օ' => 'o',
        'ս' => 'u',
        'ց' => 'g',
        'հ' => 'h',
        'ո' => 'n',
        _ => return None,
    })
}
