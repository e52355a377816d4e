//! Letters that look like Latin ones. `latin` holds those of living scripts (Cyrillic, Greek, Armenian, Cherokee),
//! which count only inside a disguised word; `stylised` those that exist for their looks alone and are always read as
//! the letter. Source: Unicode Technical Standard 39, `confusables.txt`, the letters that map to one Latin letter.

use std::sync::LazyLock;

/// Pairs `(looks, letter)` of living scripts.
#[rustfmt::skip]
const LATIN: &[(char, char)] = &[
    ('Α', 'A'), ('Β', 'B'), ('Ε', 'E'), ('Ζ', 'Z'), ('Η', 'H'), ('Ι', 'I'), ('Κ', 'K'), ('Μ', 'M'), ('Ν', 'N'),
    ('Ο', 'O'), ('Ρ', 'P'), ('Τ', 'T'), ('Υ', 'Y'), ('Χ', 'X'), ('α', 'a'), ('γ', 'y'), ('ε', 'e'), ('η', 'n'),
    ('ι', 'i'), ('κ', 'k'), ('ν', 'v'), ('ο', 'o'), ('ρ', 'p'), ('σ', 'o'), ('τ', 't'), ('υ', 'u'), ('χ', 'x'),
    ('ω', 'w'), ('ϲ', 'c'), ('ϳ', 'j'), ('Ѕ', 'S'), ('І', 'I'), ('Ј', 'J'), ('А', 'A'), ('В', 'B'), ('Е', 'E'),
    ('З', '3'), ('К', 'K'), ('М', 'M'), ('Н', 'H'), ('О', 'O'), ('Р', 'P'), ('С', 'C'), ('Т', 'T'), ('У', 'Y'),
    ('Х', 'X'), ('Ь', 'b'), ('а', 'a'), ('в', 'b'), ('г', 'r'), ('е', 'e'), ('к', 'k'), ('м', 'm'), ('н', 'h'),
    ('о', 'o'), ('р', 'p'), ('с', 'c'), ('т', 't'), ('у', 'y'), ('х', 'x'), ('ь', 'b'), ('ѕ', 's'), ('і', 'i'),
    ('ј', 'j'), ('ѵ', 'v'), ('ү', 'y'), ('Ү', 'Y'), ('һ', 'h'), ('Һ', 'H'), ('Ӏ', 'l'), ('ӏ', 'l'), ('ԁ', 'd'),
    ('ԛ', 'q'), ('ԝ', 'w'), ('Ԝ', 'W'), ('Օ', 'O'), ('Տ', 'S'), ('Ս', 'U'), ('ա', 'w'), ('գ', 'q'), ('զ', 'q'),
    ('հ', 'h'), ('ո', 'n'), ('ս', 'u'), ('ց', 'g'), ('օ', 'o'), ('Ꭰ', 'D'), ('Ꭱ', 'R'), ('Ꭲ', 'T'), ('Ꭵ', 'i'),
    ('Ꭺ', 'A'), ('Ꭻ', 'J'), ('Ꭼ', 'E'), ('Ꮃ', 'W'), ('Ꮇ', 'M'), ('Ꮋ', 'H'), ('Ꮐ', 'G'), ('Ꮓ', 'Z'), ('Ꮜ', 'U'),
    ('Ꮞ', 'U'), ('Ꮟ', 'b'), ('Ꮢ', 'R'), ('Ꮪ', 'S'), ('Ꮩ', 'V'), ('Ꮮ', 'L'), ('Ꮯ', 'C'), ('Ꮲ', 'P'), ('Ꮶ', 'K'),
    ('Ᏼ', 'B'), ('ᗅ', 'A'), ('ᗞ', 'D'), ('ᗪ', 'D'),
];

/// Pairs `(looks, letter)` of letters used for their looks: small capitals, phonetic letters, letters turned over,
/// strokes and hooks.
#[rustfmt::skip]
const STYLISED: &[(char, char)] = &[
    ('ᴀ', 'a'), ('ʙ', 'b'), ('ᴄ', 'c'), ('ᴅ', 'd'), ('ᴇ', 'e'), ('ꜰ', 'f'), ('ɢ', 'g'), ('ʜ', 'h'), ('ɪ', 'i'),
    ('ᴊ', 'j'), ('ᴋ', 'k'), ('ʟ', 'l'), ('ᴍ', 'm'), ('ɴ', 'n'), ('ᴏ', 'o'), ('ᴘ', 'p'), ('ǫ', 'q'), ('ʀ', 'r'),
    ('ꜱ', 's'), ('ᴛ', 't'), ('ᴜ', 'u'), ('ᴠ', 'v'), ('ᴡ', 'w'), ('ʏ', 'y'), ('ᴢ', 'z'), ('ɑ', 'a'), ('ɡ', 'g'),
    ('ɩ', 'i'), ('ı', 'i'), ('ɐ', 'a'), ('ɔ', 'c'), ('ǝ', 'e'), ('ɟ', 'f'), ('ƃ', 'g'), ('ɥ', 'h'), ('ᴉ', 'i'),
    ('ɾ', 'j'), ('ʞ', 'k'), ('ɯ', 'm'), ('ɹ', 'r'), ('ʇ', 't'), ('ʌ', 'v'), ('ʍ', 'w'), ('ʎ', 'y'), ('ł', 'l'),
    ('Ł', 'L'), ('ø', 'o'), ('Ø', 'O'), ('đ', 'd'), ('Đ', 'D'), ('ħ', 'h'), ('Ħ', 'H'), ('ŧ', 't'), ('Ŧ', 'T'),
    ('ƒ', 'f'), ('ȼ', 'c'), ('ɇ', 'e'), ('ɨ', 'i'), ('ɍ', 'r'), ('ⱥ', 'a'), ('Ⱥ', 'A'), ('þ', 'p'),
    ('ƅ', 'b'), ('ƙ', 'k'), ('ɓ', 'b'), ('ɗ', 'd'), ('ɛ', 'e'), ('ŋ', 'n'), ('ƞ', 'n'), ('ƥ', 'p'), ('ʂ', 's'),
    ('ƭ', 't'), ('ʋ', 'v'), ('ƴ', 'y'), ('ƶ', 'z'), ('₳', 'A'), ('฿', 'B'), ('₵', 'C'), ('Ɇ', 'E'), ('₣', 'F'),
    ('₲', 'G'), ('₭', 'K'), ('₦', 'N'), ('₱', 'P'), ('₴', 'S'), ('₮', 'T'), ('₩', 'W'), ('∀', 'A'), ('Ǝ', 'E'),
    ('⅁', 'G'), ('⅂', 'L'), ('⊥', 'T'), ('∩', 'U'), ('∧', 'A'), ('∨', 'V'), ('ℓ', 'l'), ('˙', '.'),
];

/// The Latin letter that a letter of a living script looks like.
pub(crate) fn latin(c: char) -> Option<char> {
    LATIN_TABLE.find(c)
}

/// The Latin letter that an ornamental one is: also squared, circled and regional-indicator letters, which have no
/// compatibility form.
pub(crate) fn stylised(c: char) -> Option<char> {
    let from = |first: u32| char::from_u32(u32::from('a') + (u32::from(c) - first) % 26);
    match u32::from(c) {
        first @ 0x1f1e6..=0x1f1ff => char::from_u32(u32::from('a') + first - 0x1f1e6),
        0x1f130..=0x1f149 => from(0x1f130),
        0x1f150..=0x1f169 => from(0x1f150),
        0x1f170..=0x1f189 => from(0x1f170),
        _ => STYLISED_TABLE.find(c),
    }
}

/// A table in the order of its first letters.
struct Table(Vec<(char, char)>);

impl Table {
    fn new(pairs: &[(char, char)]) -> Self {
        let mut pairs = pairs.to_vec();
        pairs.sort_unstable();
        Self(pairs)
    }

    fn find(&self, c: char) -> Option<char> {
        self.0.binary_search_by_key(&c, |(looks, _)| *looks).ok().map(|at| self.0[at].1)
    }
}

static LATIN_TABLE: LazyLock<Table> = LazyLock::new(|| Table::new(LATIN));
static STYLISED_TABLE: LazyLock<Table> = LazyLock::new(|| Table::new(STYLISED));
