//! The guard: a text in windows, each read as it is, with its runs decoded, its escapes undone, its pieces joined, turned
//! round and shifted; what any reading shows is told at the bytes it came from.
use crate::channels;
use crate::decode::{self, Part};
use crate::known::{Known, Registry};
use crate::leak::{Context, Kind, Leak};
use crate::scan::scan;
use crate::tokens::floor;
use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

/// Texts are read in windows of this size; what crosses a border is seen whole in one of two, as keys are shorter than
/// the overlap.
const WINDOW: usize = 256 << 10;
const OVERLAP: usize = 16 << 10;
/// How deep encodings are opened in each other.
const DEPTH: usize = 4;
/// Bytes that all readings of one window may have together, as a multiple of its own and at least.
const GROWTH: usize = 8;
const ROOM: usize = 64 << 10;

/// How much of a window the common decoder reads.
const LIMITS: ideamine_unmask::Limits = ideamine_unmask::Limits {
    max_depth: 2,
    max_views: 16,
    max_growth: 2,
    min_room_bytes: ROOM,
    max_source_bytes: WINDOW,
};
/// What a reading of disguised signs must show: chance makes weak evidence there.
const HIDDEN: f32 = 0.6;

/// The name of a layer that only the common decoder undoes; the others are undone here, run by run.
fn layer(step: ideamine_unmask::Step) -> Option<&'static str> {
    use ideamine_unmask::Step;
    Some(match step {
        Step::Base85 => "base85",
        Step::Binary => "binary",
        Step::Decimal => "decimal",
        Step::Tags | Step::Selectors | Step::ZeroWidth => "invisible",
        Step::Fold => "look-alikes",
        Step::QuotedPrintable => "quoted-printable",
        Step::Morse => "morse",
        Step::Braille => "braille",
        Step::Hex => "hex",
        Step::Base32 => "base32",
        Step::Atbash => "atbash",
        Step::Spacing => "spacing",
        _ => return None,
    })
}

/// What is left to decode in one window, and what was read already: the same part turns up in several readings.
struct Room {
    left: usize,
    seen: HashSet<u64>,
}

impl Room {
    /// Whether `text` is new and there is room for it.
    fn takes(&mut self, text: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        let Some(left) = self.left.checked_sub(text.len()).filter(|_| self.seen.insert(hasher.finish()))
        else {
            return false;
        };
        self.left = left;
        true
    }
}

/// The guard, with the secrets it knows.
#[derive(Debug, Default)]
pub struct Guard {
    known: Known,
}

impl Guard {
    /// A guard that knows `registry`'s secrets. Build it once for a run: it works out every encoding of each.
    pub fn new(registry: Registry) -> Self {
        Self { known: Known::new(&registry) }
    }

    /// What leaks in `text` at the context's operating point, in order.
    pub fn scan(&self, text: &str, context: &Context<'_>) -> Vec<Leak> {
        let mut leaks = Vec::new();
        let mut from = 0;
        loop {
            let to = floor(text, (from + WINDOW).min(text.len()));
            let window = text.get(from..to).unwrap_or_default();
            let mut room = Room { left: (window.len() * GROWTH).max(ROOM), seen: HashSet::new() };
            let found = self.reading(window, 0, &mut room);
            leaks.extend(found.into_iter().map(|mut leak| {
                leak.span = leak.span.start + from..leak.span.end + from;
                leak
            }));
            if to == text.len() {
                break;
            }
            from = floor(text, to - OVERLAP);
        }
        let lock = context.file.is_some_and(is_lock_file);
        leaks.retain(|leak| {
            leak.score >= context.point.threshold() && !(lock && leak.rule.starts_with("generic."))
        });
        settle(leaks)
    }

    /// As [`Guard::scan`], for bytes: what is no UTF-8 is read as signs, one for each byte, so that spans hold.
    pub fn scan_bytes(&self, bytes: &[u8], context: &Context<'_>) -> Vec<Leak> {
        let mut text = String::with_capacity(bytes.len());
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            text.extend(std::iter::repeat_n('?', chunk.invalid().len()));
        }
        self.scan(&text, context)
    }

    /// Everything that one reading shows, and the readings of it.
    fn reading(&self, text: &str, depth: usize, room: &mut Room) -> Vec<Leak> {
        let found = scan(text);
        let mut leaks = found.leaks;
        if !self.known.is_empty() {
            self.known.find(text, &mut leaks);
        }
        if depth < DEPTH {
            let inside = |span: &Range<usize>| {
                found.pictures.iter().any(|p| p.start <= span.start && span.end <= p.end)
            };
            for part in decode::runs(text, room.left).into_iter().filter(|part| !inside(&part.span)) {
                self.part(&part, depth, room, &mut leaks);
            }
            self.unescaped(text, depth, room, &mut leaks);
        }
        if depth == 0 {
            self.joined(text, room, &mut leaks);
            self.turned(text, &mut leaks);
            self.unmasked(text, room, &mut leaks);
        }
        for link in &found.links {
            let within = |leak: &&Leak| {
                link.span.start < leak.span.end
                    && leak.span.start < link.span.end
                    && leak.span.start >= link.span.start + 8
                    && leak.score >= 0.5
            };
            let carried = |leak: &&Leak| {
                !matches!(leak.kind, Kind::InternalHost | Kind::ExfilChannel)
                    && leak.rule != "credential.url"
                    && within(leak)
            };
            let sensitive = leaks.iter().filter(carried).map(|leak| leak.kind == Kind::EncodedPayload).max();
            leaks.extend(channels::judge(link, sensitive));
        }
        leaks
    }

    fn part(&self, part: &Part, depth: usize, room: &mut Room, leaks: &mut Vec<Leak>) {
        if !room.takes(&part.text) {
            return;
        }
        let inner = self.reading(&part.text, depth + 1, room);
        // Weak evidence does not become strong by being encoded, but what was encoded was meant to be hidden.
        if let Some(best) =
            inner.into_iter().filter(|leak| leak.score >= 0.5).max_by(|a, b| a.score.total_cmp(&b.score))
        {
            leaks.push(hidden(best, part.layer, part.span.clone()));
        }
    }

    fn unescaped(&self, text: &str, depth: usize, room: &mut Room, leaks: &mut Vec<Leak>) {
        let Some((plain, from)) = decode::unescape(text) else { return };
        if !room.takes(&plain) {
            return;
        }
        let whole = from.len() == plain.len() + 1;
        for leak in self.reading(&plain, depth + 1, room) {
            let place = |at: usize| from.get(at).map_or(text.len(), |at| *at as usize);
            let span = if whole { place(leak.span.start)..place(leak.span.end) } else { 0..text.len() };
            let span = floor(text, span.start)..floor(text, span.end.min(text.len()));
            let seen = leaks.iter().any(|known| {
                known.span.start < span.end && span.start < known.span.end && known.score >= leak.score
            });
            if !seen && leak.score >= 0.5 {
                let same = text.get(span.clone()) == plain.get(leak.span.clone());
                leaks.push(if same { Leak { span, ..leak } } else { hidden(leak, "escapes", span) });
            }
        }
    }

    /// Strings written as pieces in code (`"ab" + "cd"`), and numbered parts, as one.
    fn joined(&self, text: &str, room: &mut Room, leaks: &mut Vec<Leak>) {
        for (plain, span) in
            [crate::decode::concatenated(text), crate::decode::numbered(text)].into_iter().flatten()
        {
            if !room.takes(&plain) {
                return;
            }
            let inner = self
                .reading(&plain, DEPTH - 1, room)
                .into_iter()
                .filter(|leak| leak.score >= 0.6 && leak.kind != Kind::InternalHost);
            let fresh = inner
                .filter(|leak| {
                    !leaks.iter().any(|known| known.kind == leak.kind && known.score >= leak.score)
                })
                .max_by(|a, b| a.score.total_cmp(&b.score));
            leaks.extend(fresh.map(|leak| hidden(leak, "pieces", span)));
        }
    }

    /// What the common decoder reads besides: base85, binary and decimal codes, Morse and Braille, invisible characters,
    /// look-alikes, and these in each other.
    fn unmasked(&self, text: &str, room: &mut Room, leaks: &mut Vec<Leak>) {
        for view in ideamine_unmask::unmask(text, &LIMITS).views.iter().skip(1) {
            let Some(layer) = view.how.iter().rev().find_map(|step| layer(*step)) else { continue };
            if !room.takes(&view.text) {
                continue;
            }
            let mut inner = scan(&view.text).leaks;
            if !self.known.is_empty() {
                self.known.find(&view.text, &mut inner);
            }
            for leak in inner.into_iter().filter(|leak| leak.score >= HIDDEN) {
                let span = view.source_span(leak.span.clone());
                let span = floor(text, span.start)..floor(text, span.end);
                let seen = leaks.iter().any(|known| {
                    known.score >= 0.5 && known.span.start < span.end && span.start < known.span.end
                });
                if !seen && !span.is_empty() {
                    leaks.push(hidden(leak, layer, span));
                }
            }
        }
    }

    /// The text backwards, and shifted by 13. Only what names itself: digits are the same in both, and a mailbox turned
    /// round is one.
    fn turned(&self, text: &str, leaks: &mut Vec<Leak>) {
        let backwards: String = text.chars().rev().collect();
        let shifted = decode::rot13(text);
        for (plain, layer) in [(backwards, "reversed"), (shifted, "rot13")] {
            let named = |leak: &Leak| {
                leak.score >= 0.6
                    && !matches!(&*leak.rule, "credential.url" | "credential.curl")
                    && (matches!(leak.kind, Kind::ApiKey | Kind::PrivateKey | Kind::Credential)
                        || leak.rule.ends_with(".named")
                        || matches!(
                            &*leak.rule,
                            "date-of-birth"
                                | "address.postal"
                                | "account.iban"
                                | "card.number"
                                | "national-id.it"
                                | "national-id.es"
                        ))
            };
            for leak in scan(&plain).leaks.into_iter().filter(named) {
                let span = if layer == "reversed" {
                    text.len() - leak.span.end..text.len() - leak.span.start
                } else {
                    leak.span.clone()
                };
                let seen = leaks.iter().any(|known| {
                    known.span.start < span.end
                        && span.start < known.span.end
                        && (known.score >= 0.5 || known.rule == leak.rule)
                });
                if !seen {
                    leaks.push(hidden(leak, layer, span));
                }
            }
        }
    }
}

/// A leak seen in a decoded part, told of the part. A registered secret stays one.
fn hidden(inner: Leak, layer: &'static str, span: Range<usize>) -> Leak {
    if inner.rule == crate::known::RULE {
        return Leak { span, ..inner };
    }
    let deeper = inner.kind == Kind::EncodedPayload;
    let rule = if deeper { inner.rule } else { Cow::Owned(format!("encoded.{layer}")) };
    let reason =
        if deeper { inner.reason } else { Cow::Owned(format!("encoded ({layer}): {}", inner.reason)) };
    Leak { kind: Kind::EncodedPayload, rule, span, score: inner.score, reason }
}

fn is_lock_file(name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    name.ends_with(".lock")
        || name.ends_with("-lock.json")
        || name.ends_with("-lock.yaml")
        || matches!(name.as_str(), "go.sum" | "npm-shrinkwrap.json" | "packages.lock.json")
}

/// In order, each once; a general finding gives way to a specific one over the same bytes.
fn settle(mut leaks: Vec<Leak>) -> Vec<Leak> {
    leaks.sort_by(|a, b| {
        (a.span.start, a.span.end, a.kind, &a.rule)
            .cmp(&(b.span.start, b.span.end, b.kind, &b.rule))
            .then(b.score.total_cmp(&a.score))
    });
    leaks.dedup_by(|a, b| a.span == b.span && a.rule == b.rule);
    let specific: Vec<Range<usize>> = leaks
        .iter()
        .filter(|leak| !leak.rule.starts_with("generic.") && matches!(leak.kind, Kind::ApiKey | Kind::Credential))
        .map(|leak| leak.span.clone())
        .collect();
    let covered = |leak: &Leak| {
        let next = specific.partition_point(|span| span.start < leak.span.start);
        specific[next.saturating_sub(1)..]
            .iter()
            .take(3)
            .any(|span| span.start < leak.span.end && leak.span.start < span.end)
    };
    leaks.retain(|leak| !leak.rule.starts_with("generic.") || !covered(leak));
    leaks
}
