//! How a leak that another reading of a text shows is told of the text itself: by which layer it was hidden, how sure it
//! must be there, and whether the text shows it anyway.
use crate::leak::{Kind, Leak};
use crate::tokens::floor;
use crate::turned::{self, names_itself};
use ideamine_unmask::{Step, View};
use std::borrow::Cow;
use std::ops::Range;

/// How a reading of the common decoder is told, and what it must show.
pub(crate) struct Layer {
    name: &'static str,
    /// The lowest score that counts: chance makes weak evidence in signs that few writings use.
    least: f32,
    /// Escapes and look-alikes are undone where they stand.
    in_place: bool,
    /// Ciphers of letters leave digits alone.
    turned: bool,
}

impl Layer {
    /// The layer of a reading that came about by `how`; `None` for ways of writing words.
    pub(crate) fn of(how: &[Step]) -> Option<Self> {
        let cipher = |step: &Step| matches!(step, Step::Rot13 | Step::Caesar | Step::Atbash | Step::Reversed);
        let (name, least, in_place) =
            match how.iter().rev().find(|step| **step != Step::Fold).unwrap_or(&Step::Fold) {
                Step::Leet | Step::PigLatin | Step::Nato => return None,
                Step::Base64 => ("base64", 0.5, false),
                Step::Base32 => ("base32", 0.5, false),
                Step::Hex => ("hex", 0.5, false),
                Step::Percent | Step::Html | Step::Escape | Step::QuotedPrintable => ("escapes", 0.5, true),
                Step::Base85 => ("base85", 0.6, false),
                Step::Binary => ("binary", 0.6, false),
                Step::Decimal => ("decimal", 0.6, false),
                Step::Morse => ("morse", 0.6, false),
                Step::Braille => ("braille", 0.6, false),
                Step::Tags | Step::Selectors | Step::ZeroWidth => ("invisible", 0.6, false),
                Step::Fold => ("look-alikes", 0.6, true),
                Step::Spacing => ("spacing", 0.6, true),
                Step::Rot13 => ("rot13", 0.6, false),
                Step::Caesar => ("shifted", 0.6, false),
                Step::Atbash => ("atbash", 0.6, false),
                Step::Reversed => ("reversed", 0.6, false),
            };
        Some(Self { name, least, in_place, turned: how.iter().any(cipher) })
    }
}

/// Adds what a reading showed, unless the text shows it itself.
pub(crate) fn add(
    inner: Vec<Leak>,
    view: &View<'_>,
    layer: &Layer,
    text: &str,
    pictures: &[Range<usize>],
    leaks: &mut Vec<Leak>,
) {
    for leak in
        inner.into_iter().filter(|leak| leak.score >= layer.least && (!layer.turned || names_itself(leak)))
    {
        let span = view.source_span(leak.span.clone());
        let span = floor(text, span.start)..floor(text, span.end);
        // Tables of bytes are names of authors as often as not.
        if layer.name == "decimal" && leak.rule.starts_with("email.") {
            continue;
        }
        let overlaps = |known: &&Leak| known.span.start < span.end && span.start < known.span.end;
        let seen = leaks
            .iter()
            .filter(overlaps)
            .any(|known| known.score >= leak.score && (layer.in_place || known.kind == Kind::EncodedPayload));
        let picture = pictures.iter().any(|p| p.start <= span.start && span.end <= p.end);
        if span.is_empty() || picture || seen && leak.rule != crate::known::RULE {
            continue;
        }
        let same = text.get(span.clone()) == view.text.get(leak.span.clone());
        leaks.push(if same { Leak { span, ..leak } } else { hidden(leak, layer.name, span) });
    }
}

/// The text backwards, and shifted by 13.
pub(crate) fn turned(text: &str, leaks: &mut Vec<Leak>) {
    for (leak, way) in turned::scan(text) {
        let span = leak.span.clone();
        let seen = leaks.iter().any(|known| {
            known.span.start < span.end
                && span.start < known.span.end
                && (known.score >= 0.5 || known.rule == leak.rule)
        });
        if !seen {
            leaks.push(hidden(leak, way.name(), span));
        }
    }
}

/// A leak seen in a decoded part, told of the part. A registered secret stays one.
pub(crate) fn hidden(inner: Leak, layer: &'static str, span: Range<usize>) -> Leak {
    if inner.rule == crate::known::RULE {
        return Leak { span, ..inner };
    }
    let deeper = inner.kind == Kind::EncodedPayload;
    let rule = if deeper { inner.rule } else { Cow::Owned(format!("encoded.{layer}")) };
    let reason =
        if deeper { inner.reason } else { Cow::Owned(format!("encoded ({layer}): {}", inner.reason)) };
    Leak { kind: Kind::EncodedPayload, rule, span, score: inner.score, reason }
}
