//! Numbers that were stated, with their unit.
//!
//! Rule `quantity/number`: a number in digits or words with the currency sign, percent sign or noun beside it,
//! and "per month" after that. Nothing is converted or added up.

use super::Reading;
use super::lexicon as lex;
use super::segment::Clause;
use super::span::Span;
use super::words::{Token, TokenKind};

/// Most quantities that are kept.
pub const QUANTITIES_MAX: usize = 40;

/// A stated number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity {
    /// As written.
    pub value: Span,
    /// Its unit; empty for none.
    pub unit: Option<Span>,
    /// The clause it stands in.
    pub clause: Span,
}

/// The quantities of all clauses.
pub fn quantities(idea: &str, reading: &Reading) -> Vec<Quantity> {
    let all = reading.clauses.iter().flat_map(|clause| in_clause(idea, clause));
    all.take(QUANTITIES_MAX).collect()
}

fn in_clause(idea: &str, clause: &Clause) -> Vec<Quantity> {
    let tokens = &clause.tokens;
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if !is_number(&tokens[at]) {
            at += 1;
            continue;
        }
        // "two hundred" is one number.
        let last = (at..tokens.len()).take_while(|i| is_number(&tokens[*i])).last().unwrap_or(at);
        let (value, attached) = parts(idea, Span::new(tokens[at].span.start, tokens[last].span.end));
        let unit = attached.or_else(|| unit(tokens, at, last));
        found.push(Quantity { value, unit, clause: clause.span });
        at = last + 1;
    }
    found
}

fn is_number(token: &Token) -> bool {
    let word = lex::has(lex::NUMBER_WORDS, &token.lower) && !token.any(&["one", "zero", "half"]);
    token.kind == TokenKind::Number || word
}

/// `10kg` is 10 and kg; `5th` is a number as it stands.
fn parts(idea: &str, span: Span) -> (Span, Option<Span>) {
    let text = span.of(idea);
    let digits = text.trim_end_matches(char::is_alphabetic).len();
    let words = !text.starts_with(|c: char| c.is_numeric());
    let ordinal = ["st", "nd", "rd", "th"].contains(&&text[digits..]);
    if words || digits == text.len() || ordinal {
        return (span, None);
    }
    let cut = span.start + digits;
    (Span::new(span.start, cut), Some(Span::new(cut, span.end)))
}

fn unit(tokens: &[Token], first: usize, last: usize) -> Option<Span> {
    let is_sign = |t: &&Token| t.any(&["€", "$", "£", "%", "°"]);
    let before = first.checked_sub(1).map(|i| &tokens[i]).filter(is_sign);
    if let Some(sign) = before {
        return Some(sign.span);
    }
    let next = tokens.get(last + 1)?;
    let qualified = lex::has(lex::ADJECTIVES, &next.lower) || next.lower.ends_with("ing");
    let degree = next.is("°");
    let unit_at = if qualified || degree { last + 2 } else { last + 1 };
    let unit = tokens.get(unit_at).filter(|t| is_sign(t) || t.is_word())?;
    const NO_UNITS: &[&str] =
        &["once", "twice", "ago", "later", "again", "left", "together", "each", "altogether"];
    if lex::has(lex::FUNCTION_WORDS, &unit.lower) || unit.any(NO_UNITS) {
        return degree.then_some(next.span);
    }
    let end = with_period(tokens, unit_at, unit.span).end;
    // "working days" is a unit of its own; "long hours" are hours.
    let start = if degree || next.lower.ends_with("ing") { next.span.start } else { unit.span.start };
    Some(Span::new(start, end))
}

/// "EUR" and then "per month" or "a day" is one unit, when it stands in one piece.
fn with_period(tokens: &[Token], at: usize, unit: Span) -> Span {
    const PERIODS: &[&str] =
        &["day", "week", "month", "year", "hour", "minute", "second", "night", "person", "item"];
    let joins = tokens.get(at + 1).is_some_and(|t| t.any(&["per", "a", "an", "each", "/", "every"]));
    let period = tokens.get(at + 2).filter(|t| joins && t.any(PERIODS));
    period.filter(|_| unit.start >= tokens[at].span.start).map_or(unit, |t| Span::new(unit.start, t.span.end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(idea: &str) -> Vec<String> {
        let reading = Reading::of(idea);
        let text = |q: &Quantity| format!("{}|{}", q.value.of(idea), q.unit.map_or("", |u| u.of(idea)));
        reading.quantities.iter().map(text).collect()
    }

    #[test]
    fn numbers_keep_their_unit() {
        let check = |idea: &str, expected: &[&str]| assert_eq!(shown(idea), expected, "{idea}");
        check("It costs 2,500 EUR per month.", &["2,500|EUR per month"]);
        check("At most € 15 each.", &["15|€"]);
        check("90 % of 300 members, 10kg, on the 5th.", &["90|%", "300|members", "10|kg", "5th|"]);
        check("Two hundred metres, 5 working days, 1 °C.", &["Two hundred|metres", "5|working days", "1|°C"]);
        check("Three times a week for two long hours.", &["Three|times a week", "two|hours"]);
        check("No number here, only one.", &[]);
        check("1. first item\n2. second item", &[]);
    }
}
