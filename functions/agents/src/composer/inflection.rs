//! The plain English of endings: singular nouns, base verbs, participles.

use super::lexicon as lex;

/// The singular of an English noun, lower case.
pub fn singular(word: &str) -> String {
    if let Some((_, one)) = lex::IRREGULAR_PLURALS.iter().find(|(many, _)| *many == word) {
        return (*one).to_owned();
    }
    let ends = |endings: &[&str]| endings.iter().any(|e| word.ends_with(e));
    if word.len() <= 3 || ends(&["ss", "us", "is", "'s"]) {
        return word.trim_end_matches("'s").to_owned();
    }
    if word.ends_with("ies") && word.len() > 4 {
        return format!("{}y", &word[..word.len() - 3]);
    }
    if ends(&["sses", "xes", "ches", "shes", "zzes"]) {
        return word[..word.len() - 2].to_owned();
    }
    word.strip_suffix('s').unwrap_or(word).to_owned()
}

/// Whether a word is written as a plural.
pub fn is_plural(word: &str) -> bool {
    singular(word) != word
}

/// The base of a known English verb in any of its forms.
pub fn verb(word: &str) -> Option<&'static str> {
    let known = |base: &str| lex::VERBS.binary_search(&base).ok().map(|at| lex::VERBS[at]);
    if let Some(base) = known(word) {
        return Some(base);
    }
    if let Some((_, base)) = lex::IRREGULAR_VERBS.iter().find(|(form, _)| *form == word) {
        return known(base);
    }
    let stems = ["ing", "ed", "es", "s", "d"].iter().filter_map(|ending| word.strip_suffix(ending));
    for stem in stems.filter(|stem| stem.len() >= 2) {
        let doubled = stem.char_indices().next_back().filter(|(at, c)| stem[..*at].ends_with(*c));
        let undoubled = doubled.and_then(|(at, _)| known(&stem[..at]));
        let with_e = || known(&format!("{stem}e"));
        let with_y = || stem.strip_suffix('i').and_then(|s| known(&format!("{s}y")));
        if let Some(base) = known(stem).or_else(with_e).or_else(with_y).or(undoubled) {
            return Some(base);
        }
    }
    None
}

/// A plain English plural: `city` → `cities`, `box` → `boxes`.
pub fn plural(word: &str) -> String {
    let consonant_y = word.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u']));
    match consonant_y {
        Some(stem) => format!("{stem}ies"),
        None if ["s", "x", "z", "ch", "sh"].iter().any(|end| word.ends_with(end)) => {
            format!("{word}es")
        }
        None => format!("{word}s"),
    }
}

/// The past participle of an English verb: `approve` → `approved`, `send` → `sent`.
pub fn participle(base: &str) -> String {
    if let Some((_, done)) = lex::PARTICIPLES.iter().find(|(of, _)| *of == base) {
        return (*done).to_owned();
    }
    let vowel = |c: char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u');
    let letters: Vec<char> = base.chars().collect();
    match letters.as_slice() {
        [.., 'e'] => format!("{base}d"),
        [.., before, 'y'] if !vowel(*before) => format!("{}ied", &base[..base.len() - 1]),
        // One syllable that ends in consonant, vowel, consonant doubles the last: `swap` → `swapped`.
        [first @ .., middle, last]
            if vowel(*middle)
                && !vowel(*last)
                && !matches!(last, 'w' | 'x' | 'y')
                && !first.iter().any(|c| vowel(*c)) =>
        {
            format!("{base}{last}ed")
        }
        _ => format!("{base}ed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_endings() {
        let one = |many: &str, expected: &str| assert_eq!(singular(many), expected);
        one("tools", "tool");
        one("batteries", "battery");
        one("boxes", "box");
        one("people", "person");
        one("address", "address");
        one("status", "status");
        one("bookings", "booking");
        one("expenses", "expense");
        one("series", "series");
        let base = |form: &str, expected: Option<&str>| assert_eq!(verb(form), expected, "{form}");
        base("borrows", Some("borrow"));
        base("borrowed", Some("borrow"));
        base("scheduling", Some("schedule"));
        base("notified", Some("notify"));
        base("scanned", Some("scan"));
        base("paid", Some("pay"));
        base("table", None);
    }

    #[test]
    fn plurals_read_as_english() {
        assert_eq!(["city", "day", "box", "visit"].map(plural), ["cities", "days", "boxes", "visits"]);
    }

    #[test]
    fn what_is_done_is_done() {
        let check = |base: &str, expected: &str| assert_eq!(participle(base), expected);
        check("approve", "approved");
        check("notify", "notified");
        check("swap", "swapped");
        check("book", "booked");
        check("visit", "visited");
        check("play", "played");
        check("send", "sent");
        check("submit", "submitted");
        check("let", "let");
    }
}
