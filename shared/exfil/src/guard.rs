//! The guard: a text in windows, each read as it is, with its runs decoded, its escapes undone, its pieces joined, turned
//! round and shifted; what any reading shows is told at the bytes it came from.
use crate::channels;
use crate::known::{Known, Registry};
use crate::leak::{Context, Kind, Leak};
use crate::pieces;
use crate::readings::{Layer, add, hidden, turned};
use crate::scan::scan;
use crate::tokens::floor;
use ideamine_unmask::Step;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

/// Texts are read in windows of this size; what crosses a border is seen whole in one of two, as keys are shorter than
/// the overlap.
const WINDOW: usize = 256 << 10;

const OVERLAP: usize = 16 << 10;

/// Bytes that all readings of one window may have together, as a multiple of its own and at least.
const GROWTH: usize = 8;

const ROOM: usize = 64 << 10;

/// What is read around a place where folding changed something: words that say what a value is stand closer.
const AROUND: usize = 256;

/// How much of a window the common decoder reads.
const LIMITS: ideamine_unmask::Limits = ideamine_unmask::Limits {
    max_depth: 3,
    max_views: 32,
    max_growth: 4,
    min_room_bytes: ROOM,
    max_source_bytes: WINDOW,
    words: false,
};

/// Adds the channels among `links`, once it is known what stands inside them.
fn judge(links: &[channels::Link<'_>], leaks: &mut Vec<Leak>) {
    for link in links {
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
            let found = self.whole(window, &mut room);
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

    /// Everything that a text shows: as it is, by the common decoder, with its pieces joined, and turned round.
    fn whole(&self, text: &str, room: &mut Room) -> Vec<Leak> {
        let found = scan(text);
        let mut leaks = self.plain(text, found.leaks);
        self.unmasked(text, &found.pictures, room, &mut leaks);
        self.joined(text, room, &mut leaks);
        turned(text, &mut leaks);
        judge(&found.links, &mut leaks);
        leaks
    }

    /// What one reading shows by itself, channels not yet judged.
    fn plain(&self, text: &str, mut leaks: Vec<Leak>) -> Vec<Leak> {
        if !self.known.is_empty() {
            self.known.find(text, &mut leaks);
        }
        leaks
    }

    /// What the readings of the common decoder show: encodings, also in each other, escapes, look-alikes, invisible signs.
    fn unmasked(&self, text: &str, pictures: &[Range<usize>], room: &mut Room, leaks: &mut Vec<Leak>) {
        for view in ideamine_unmask::unmask(text, &LIMITS).views.iter().skip(1) {
            let Some(layer) = Layer::of(&view.how) else { continue };
            if !room.takes(&view.text) {
                continue;
            }
            // A folded text is the text, but for what was folded.
            let folded = view.how == [Step::Fold];
            let whole = (!folded).then(|| 0..view.text.len());
            let changed = if folded { view.changed(AROUND) } else { Vec::new() };
            let mut done = 0;
            for part in changed.into_iter().chain(whole).filter(|part| !part.is_empty()) {
                if part.end <= done {
                    continue;
                }
                let mut inner = self.part(&view.text, part.clone());
                done = part.end;
                // What goes on where the part ends, such as a key, is read to its end.
                if inner.iter().any(|leak| leak.span.end == part.end) && part.end < view.text.len() {
                    done = floor(&view.text, (part.end + OVERLAP).min(view.text.len()));
                    inner = self.part(&view.text, part.start..done);
                }
                add(inner, view, &layer, text, pictures, leaks);
            }
        }
    }

    /// What `part` of a reading shows, in the places of the reading.
    fn part(&self, text: &str, part: Range<usize>) -> Vec<Leak> {
        let read = text.get(part.clone()).unwrap_or_default();
        let found = scan(read);
        let mut leaks = self.plain(read, found.leaks);
        judge(&found.links, &mut leaks);
        // What begins where the part does lacks the words before it, and was seen where they are.
        leaks.retain(|leak| part.start == 0 || leak.span.start >= AROUND / 2);
        leaks
            .iter_mut()
            .for_each(|leak| leak.span = leak.span.start + part.start..leak.span.end + part.start);
        leaks
    }

    /// Strings written as pieces in code (`"ab" + "cd"`), and numbered parts, as one.
    fn joined(&self, text: &str, room: &mut Room, leaks: &mut Vec<Leak>) {
        for (plain, span) in [pieces::concatenated(text), pieces::numbered(text)].into_iter().flatten() {
            if !room.takes(&plain) {
                return;
            }
            let found = scan(&plain);
            let mut inner = self.plain(&plain, found.leaks);
            self.unmasked(&plain, &found.pictures, room, &mut inner);
            judge(&found.links, &mut inner);
            let inner = inner.into_iter().filter(|leak| leak.score >= 0.6 && leak.kind != Kind::InternalHost);
            let fresh = inner
                .filter(|leak| {
                    !leaks.iter().any(|known| known.kind == leak.kind && known.score >= leak.score)
                })
                .max_by(|a, b| a.score.total_cmp(&b.score));
            leaks.extend(fresh.map(|leak| hidden(leak, "pieces", span)));
        }
    }
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
        .filter(|leak| {
            !leak.rule.starts_with("generic.") && matches!(leak.kind, Kind::ApiKey | Kind::Credential)
        })
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
