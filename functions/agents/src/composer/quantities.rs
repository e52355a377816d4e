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
    let number = |at: &usize| {
        let word = lex::has(lex::NUMBER_WORDS, &tokens[*at].lower) && !tokens[*at].any(&["one", "zero"]);
        tokens[*at].kind == TokenKind::Number || word
    };
    let quantity = |at: usize| {
        let (value, attached) = parts(idea, tokens[at].span);
        Quantity { value, unit: attached.or_else(|| unit(tokens, at)), clause: clause.span }
    };
    (0..tokens.len()).filter(number).map(quantity).collect()
}

/// `10kg` is 10 and kg; `5th` is a number as it stands.
fn parts(idea: &str, span: Span) -> (Span, Option<Span>) {
    let text = span.of(idea);
    let digits = text.trim_end_matches(char::is_alphabetic).len();
    let ordinal = ["st", "nd", "rd", "th"].contains(&&text[digits..]);
    if digits == 0 || digits == text.len() || ordinal {
        return (span, None);
    }
    let cut = span.start + digits;
    (Span::new(span.start, cut), Some(Span::new(cut, span.end)))
}

fn unit(tokens: &[Token], at: usize) -> Option<Span> {
    let is_sign = |t: &&Token| t.any(&["€", "$", "£", "%", "°"]);
    let before = at.checked_sub(1).map(|i| &tokens[i]).filter(is_sign);
    if let Some(sign) = before {
        return Some(with_period(tokens, at, sign.span));
    }
    let next = tokens.get(at + 1)?;
    let adjective = lex::has(lex::ADJECTIVES, &next.lower) || lex::has(lex::NUMBER_WORDS, &next.lower);
    let next_at = if adjective { at + 2 } else { at + 1 };
    let unit = tokens.get(next_at)?;
    let noun = unit.is_word() && !lex::has(lex::FUNCTION_WORDS, &unit.lower);
    (noun || is_sign(&unit)).then(|| with_period(tokens, next_at, unit.span))
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
        check("Three times a week for two long hours.", &["Three|times a week", "two|hours"]);
        check("No number here, only one.", &[]);
        check("1. first item\n2. second item", &[]);
    }
}
