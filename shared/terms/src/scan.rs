//! A text piece by piece: which pieces ask for a prohibited use.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::categories::{Category, Severity};
use crate::concepts::{LEXICON, Word, words};
use crate::features::features;
use crate::model::MODEL;

/// Only so much is read; what is longer is scanned in parts by its owner.
pub const MAX_BYTES: usize = 10 << 20;
/// A text up to this size is one piece; a longer one is cut at blank lines and line ends.
const PIECE_BYTES: usize = 1500;
/// Log-odds from which on a piece is a finding: the point that the training report chose.
const THRESHOLD: f32 = 0.0;
/// Documents and code speak of dangers to say how they are met; more is asked of them.
const MARGIN_DOCUMENT: f32 = 1.0;
const MARGIN_CODE: f32 = 1.5;
/// From here on nobody need doubt.
const SURE: f32 = 2.5;
/// More findings than this say no more.
const MAX_FINDINGS: usize = 200;

/// What the text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// What a person wants made.
    Idea,
    /// A PRD or another document of a run.
    Document,
    /// Source code.
    Code,
    /// An answer or a generated text.
    Output,
}

/// A piece that asks for a prohibited use. Its text is not kept: the span is the evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Which use.
    pub category: Category,
    /// How grave.
    pub severity: Severity,
    /// Bytes of the text.
    pub span: Range<usize>,
    /// Probability by the model.
    pub score: f32,
    /// The concepts that were seen, in no words of the text.
    pub reason: String,
}

/// The findings in a text, in order of place. Linear in its length.
pub fn scan(text: &str, kind: Kind) -> Vec<Finding> {
    let least = THRESHOLD
        + match kind {
            Kind::Idea | Kind::Output => 0.0,
            Kind::Document => MARGIN_DOCUMENT,
            Kind::Code => MARGIN_CODE,
        };
    pieces(text).into_iter().filter_map(|piece| judge(text, piece, least)).take(MAX_FINDINGS).collect()
}

/// The highest log-odds of any piece.
pub fn score(text: &str) -> f32 {
    pieces(text)
        .into_iter()
        .map(|piece| MODEL.score(0, &features(&words(&text[piece]))))
        .fold(f32::MIN, f32::max)
}

fn judge(text: &str, piece: Range<usize>, least: f32) -> Option<Finding> {
    let words = words(&text[piece.clone()]);
    let seen = features(&words);
    let odds = MODEL.score(0, &seen);
    if odds < least {
        return None;
    }
    let category = Category::ALL
        .into_iter()
        .max_by(|a, b| MODEL.score(1 + *a as usize, &seen).total_cmp(&MODEL.score(1 + *b as usize, &seen)))?;
    let severity =
        if odds >= SURE { category.severity() } else { category.severity().min(Severity::Serious) };
    Some(Finding {
        category,
        severity,
        span: trimmed(text, piece),
        score: 1.0 / (1.0 + (-odds).exp()),
        reason: reason(&words),
    })
}

fn reason(words: &[Word]) -> String {
    let mut names: Vec<&str> =
        LEXICON.sightings(words).iter().map(|seen| LEXICON.names[usize::from(seen.concept)]).collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        "wording like that of prohibited requests".to_owned()
    } else {
        format!("concepts together: {}", names.join(", "))
    }
}

fn trimmed(text: &str, piece: Range<usize>) -> Range<usize> {
    let inner = &text[piece.clone()];
    let from = piece.start + (inner.len() - inner.trim_start().len());
    from..from + inner.trim().len()
}

/// Pieces of at most [`PIECE_BYTES`], cut at line ends where there are any.
fn pieces(text: &str) -> Vec<Range<usize>> {
    let mut end = text.len().min(MAX_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut found = Vec::new();
    let mut from = 0;
    while from < end {
        let mut to = (from + PIECE_BYTES).min(end);
        while !text.is_char_boundary(to) {
            to -= 1;
        }
        if to < end {
            let room = &text[from..to];
            to = room
                .rfind("\n\n")
                .or_else(|| room.rfind('\n'))
                .or_else(|| room.rfind(' '))
                .map_or(to, |cut| from + cut + 1);
        }
        found.push(from..to);
        from = to;
    }
    found
}
