//! One file: every sign of a licence in it, and what they say together.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::expression::Expression;
use crate::library::{Kind, LIBRARY};
use crate::tokens::Words;
use crate::{dep5, gnu, ids, manifest, notices, tags, texts};

/// Only so much of a file is read for licences; they stand at its head, and 10 MB must not cost a second.
pub const MAX_BYTES: usize = 1 << 20;
/// A text this close says what the file is; weaker ones and mentions beside it are told apart.
const CLEAR: f32 = 0.9;

/// Which sign it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// An SPDX tag.
    Tag,
    /// A field of a machine-readable copyright file.
    Dep5,
    /// A field of a package's manifest.
    Manifest,
    /// A whole licence text, or a large part of one.
    Text,
    /// A notice that names the licence.
    Notice,
}

/// One sign.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sign {
    /// The SPDX expression that it says.
    pub expression: String,
    /// Which kind of sign.
    pub how: How,
    /// Bytes of the file.
    pub span: Range<usize>,
    /// 1 is certain.
    pub score: f32,
}

/// What a file says about its licence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Identified {
    /// All together; nothing is known when absent, and unknown is never allowed.
    pub expression: Option<String>,
    /// Ids in the expression.
    pub ids: Vec<String>,
    /// Every sign, in order of place.
    pub signs: Vec<Sign>,
    /// Whether any branch is of the GPL family.
    pub gpl_family: bool,
    /// Licence fields or tags that could not be read.
    pub unreadable: usize,
    /// Whether only the first [`MAX_BYTES`] were read.
    pub cut: bool,
}

struct Found {
    expression: Expression,
    how: How,
    span: Range<usize>,
    score: f32,
}

/// Reads a file of any content. `path` helps to know manifests. Linear in the length of the file.
pub fn identify_bytes(bytes: &[u8], path: &str) -> Identified {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(MAX_BYTES)]);
    let mut told = identify(&text, path);
    told.cut |= bytes.len() > MAX_BYTES;
    told
}

/// Reads a text. `path` helps to know manifests.
pub fn identify(text: &str, path: &str) -> Identified {
    let whole = text.len();
    let text = &text[..dep5::floor(text, MAX_BYTES)];
    let mut unreadable = 0;
    let mut found = Vec::new();
    for (how, rows) in [
        (How::Tag, tags::tags(text)),
        (How::Dep5, dep5::licences(text)),
        (How::Manifest, manifest::fields(text, path)),
    ] {
        for (expression, span) in rows {
            match expression {
                Some(expression) => found.push(Found { expression, how, span, score: 1.0 }),
                None => unreadable += 1,
            }
        }
    }
    let words = Words::of(text);
    let (covered, exceptions) = whole_texts(&words, &mut found);
    let declared = found.iter().any(|sign| matches!(sign.how, How::Tag | How::Dep5 | How::Manifest));
    gnu_notices(
        &words,
        &[covered.clone(), exceptions.iter().map(|e| e.1.clone()).collect()].concat(),
        &mut found,
    );
    if !found.iter().any(|sign| sign.expression.any_gpl_family()) {
        // An exception alone names the licence that it belongs to, and one that quotes a notice must not hide it.
        let apart = exceptions.iter().filter(|e| NOT_OF_GNU.contains(&e.0.as_str())).map(|e| e.1.clone());
        let covered = [covered.clone(), apart.collect()].concat();
        gnu_notices(&words, &covered, &mut found);
    }
    exceptions.iter().for_each(|(name, _)| add_exception(&mut found, name));
    if !declared && covered.is_empty() {
        for notice in notices::notices(&words, |_| false) {
            if let Some(expression) = Expression::read(notice.id) {
                found.push(Found {
                    expression,
                    how: How::Notice,
                    span: words.span(notice.from, notice.to),
                    score: 0.8,
                });
            }
        }
    }
    tell(found, text, unreadable, whole > text.len())
}

/// Exceptions to other licences that speak of the GPL without granting it.
const NOT_OF_GNU: [&str; 4] = ["LLVM-exception", "Swift-exception", "SHL-2.0", "SHL-2.1"];

type Exceptions = Vec<(String, Range<usize>)>;

/// Adds the texts; returns the ranges of words that they cover, and the exceptions with theirs.
fn whole_texts(words: &Words, found: &mut Vec<Found>) -> (Vec<Range<usize>>, Exceptions) {
    let mut covered = Vec::new();
    let mut exceptions = Vec::new();
    let matches = texts::find(&LIBRARY, &words.hashes());
    let best = matches.iter().map(|m| m.score).fold(0.0, f32::max);
    for there in matches {
        let known = &LIBRARY.texts[there.text];
        let at = |range: &Range<usize>| {
            words.wording[range.start] as usize..words.wording[range.end - 1] as usize + 1
        };
        let Range { start: from, end: to } = at(&(there.from..there.to));
        // A part of a text beside a whole one may be a notice that the text quotes: the notice speaks for itself then.
        if there.cut && best >= CLEAR {
            continue;
        }
        if let Some(expression) = Expression::read(&known.ids[0]).filter(|_| known.kind == Kind::Licence) {
            found.push(Found { expression, how: How::Text, span: words.span(from, to), score: there.score });
        } else if known.kind == Kind::Exception {
            exceptions.push((known.ids[0].clone(), from..to));
            continue;
        }
        covered.extend(there.runs.iter().map(at));
    }
    (covered, exceptions)
}

/// An exception belongs to the licence before it.
fn add_exception(found: &mut [Found], name: &str) {
    let bare = found.iter_mut().rev().find_map(|sign| match &mut sign.expression {
        Expression::Licence { exception, .. } if exception.is_none() => Some(exception),
        _ => None,
    });
    if let Some(exception) = bare {
        *exception = Some(name.to_owned());
    }
}

/// Adds notices of the GPL family that no text covers. One without a version says less than one with.
fn gnu_notices(words: &Words, covered: &[Range<usize>], found: &mut Vec<Found>) {
    let grants = gnu::grants(words, |at| covered.iter().any(|range| range.contains(&at)));
    let family = |id: &str| id.split('-').next().unwrap_or_default().to_owned();
    let known: Vec<String> = found
        .iter()
        .flat_map(|sign| sign.expression.ids().into_iter().map(family).collect::<Vec<_>>())
        .collect();
    for grant in &grants {
        let said = grants.iter().any(|other| other.versioned && family(&other.id) == family(&grant.id))
            || known.contains(&family(&grant.id));
        if !grant.versioned && said || known.contains(&family(&grant.id)) {
            continue;
        }
        if let Some(expression) = Expression::read(&grant.id) {
            let score = if grant.versioned { 0.95 } else { 0.7 };
            found.push(Found { expression, how: How::Notice, span: words.span(grant.from, grant.to), score });
        }
    }
}

/// Words that let the licensee choose, when they stand just before notices that stand together.
const CHOICE: [&str; 7] = [
    "dual licensed",
    "either the",
    "either of",
    "at your option either",
    "at your choice",
    "alternatively",
    "your choice of",
];
/// Bytes before the first notice, and from the first to the last.
const CHOICE_BEFORE_BYTES: usize = 300;
const CHOICE_WITHIN_BYTES: usize = 1500;

/// Whether the notices are offered for choice. When in doubt all hold: a choice would make a licence avoidable.
fn is_choice(found: &[Found], text: &str) -> bool {
    let notices: Vec<&Found> = found.iter().filter(|sign| sign.how == How::Notice).collect();
    let (Some(first), Some(last)) = (notices.first(), notices.last()) else { return false };
    if notices.len() < 2
        || notices.len() < found.len()
        || last.span.end - first.span.start > CHOICE_WITHIN_BYTES
    {
        return false;
    }
    let from = dep5::floor(text, first.span.start.saturating_sub(CHOICE_BEFORE_BYTES));
    let around = Words::of(text.get(from..last.span.end).unwrap_or_default()).joined;
    CHOICE.iter().any(|cue| around.contains(cue))
}

/// Drops "version 3" where "version 3 or later" of the same licence is said too: the shorter one repeats it.
fn drop_repeated(found: &mut Vec<Found>) {
    let later: Vec<String> = found
        .iter()
        .flat_map(|sign| sign.expression.ids())
        .filter_map(|id| id.strip_suffix("-or-later"))
        .map(str::to_owned)
        .collect();
    found.retain(|sign| match &sign.expression {
        Expression::Licence { id, exception: None } if sign.how == How::Notice => {
            id.strip_suffix("-only").is_none_or(|bare| !later.iter().any(|known| known == bare))
        }
        _ => true,
    });
}

/// Drops tags inside a licence text: the text shows how a tag is written.
fn drop_quoted(found: &mut Vec<Found>) {
    let texts: Vec<Range<usize>> = found
        .iter()
        .filter(|sign| sign.how == How::Text && sign.score >= CLEAR)
        .map(|sign| sign.span.clone())
        .collect();
    found.retain(|sign| sign.how != How::Tag || !texts.iter().any(|text| text.contains(&sign.span.start)));
}

fn tell(mut found: Vec<Found>, text: &str, unreadable: usize, cut: bool) -> Identified {
    drop_repeated(&mut found);
    drop_quoted(&mut found);
    found.sort_by_key(|sign| (sign.span.start, sign.how));
    // What a file declares in a form made for it is not weakened by words around it, unless those are of the GPL family.
    let declared = found.iter().any(|sign| matches!(sign.how, How::Tag | How::Dep5 | How::Manifest));
    let counted = found.iter().filter(|sign| {
        !declared || !matches!(sign.how, How::Notice | How::Text) || sign.expression.any_gpl_family()
    });
    let parts: Vec<Expression> = counted.map(|sign| sign.expression.clone()).collect();
    let choice = !declared && is_choice(&found, text);
    let expression = if choice { Expression::any(parts) } else { Expression::all(parts) };
    let mut ids: Vec<String> = Vec::new();
    for id in expression.iter().flat_map(Expression::ids) {
        if !ids.iter().any(|known| known == id) {
            ids.push(id.to_owned());
        }
    }
    Identified {
        gpl_family: found.iter().any(|sign| sign.expression.any_gpl_family())
            || ids.iter().any(|id| ids::is_gpl_family(id)),
        expression: expression.map(|all| all.to_string()),
        ids,
        signs: found
            .into_iter()
            .map(|sign| Sign {
                expression: sign.expression.to_string(),
                how: sign.how,
                span: sign.span,
                score: sign.score,
            })
            .collect(),
        unreadable,
        cut,
    }
}
