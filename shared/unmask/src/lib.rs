//! The readings of a text that a guard must look at: as written, folded (compatibility forms, look-alikes, invisible
//! characters), with disguised words read out, and with what is encoded decoded, to a bounded depth and size.
//!
//! [`unmask`] gives [`View`]s; each knows how it came about and can tell which bytes of the source any part of it came
//! from ([`View::source_span`]), so that a finding in a decoded text points at the encoded run. Case is kept. The work
//! is linear in the input plus what is decoded, which [`Limits`] bounds; nothing here fails or panics on any text.

mod ciphers;
mod confusables;
mod escapes;
mod fold;
mod inflate;
mod runs;
mod signs;
mod view;
mod words;

pub use fold::{Hidden, HiddenKind};
pub use view::{Step, View};

use fold::Told;
use std::borrow::Cow;
use view::Output;

/// How much is read.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How many encodings inside each other are undone.
    pub max_depth: usize,
    /// How many readings there are at most, the source included.
    pub max_views: usize,
    /// Bytes of all readings together, besides the source: this much for each byte of the source.
    pub max_growth: usize,
    /// And this much in any case.
    pub min_room_bytes: usize,
    /// Longer sources are read as written only, and `truncated` says so.
    pub max_source_bytes: usize,
    /// Whether ways of writing words are read too (digits for letters, spelling alphabets, pig latin): no key, number or
    /// address comes through them.
    pub words: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_depth: 3,
            max_views: 48,
            max_growth: 4,
            min_room_bytes: 256 << 10,
            max_source_bytes: 64 << 20,
            words: true,
        }
    }
}

/// What [`unmask`] found.
#[derive(Debug, Clone)]
pub struct Unmasked<'t> {
    /// The readings; the first is the source itself, the others differ from it and from each other.
    pub views: Vec<View<'t>>,
    /// Invisible characters of the source.
    pub hidden: Vec<Hidden>,
    /// Words that mix Latin letters with look-alikes of other scripts.
    pub disguised_words: usize,
    /// Zero-width characters right after a Latin letter.
    pub split_letters: usize,
    /// Whether a limit cut something off: a guard that must not miss anything refuses such a text.
    pub truncated: bool,
}

/// Whether any run of `text` is Base64, Base32 or hexadecimal that decodes to text.
pub fn is_encoded(text: &str) -> bool {
    runs::is_encoded(text)
}

/// All readings of `text` within `limits`.
pub fn unmask<'t>(text: &'t str, limits: &Limits) -> Unmasked<'t> {
    let source = View { text: Cow::Borrowed(text), how: Vec::new(), maps: Vec::new() };
    let room = text.len().saturating_mul(limits.max_growth).max(limits.min_room_bytes);
    let mut reader = Reader { views: vec![source], told: Told::default(), room, truncated: false, limits };
    if text.len() > limits.max_source_bytes {
        reader.truncated = true;
    } else {
        reader.read();
    }
    let Reader { views, told, truncated, .. } = reader;
    let Told { hidden, disguised_words, split_letters } = told;
    Unmasked { views, hidden, disguised_words, split_letters, truncated }
}

/// The readings so far and what may still be written.
struct Reader<'t, 'l> {
    views: Vec<View<'t>>,
    told: Told,
    room: usize,
    truncated: bool,
    limits: &'l Limits,
}

impl Reader<'_, '_> {
    fn read(&mut self) {
        let source = self.views[0].clone();
        let text = source.text.as_ref();
        let mut told = Told::default();
        let folded = fold::fold(text, self.room, &mut told);
        self.add(&source, folded, Step::Fold);
        if !told.hidden.is_empty() {
            for step in [Step::Tags, Step::Selectors, Step::ZeroWidth] {
                self.add(&source, signs::read_hidden(text, step, self.room), step);
            }
        }
        self.told = told;
        // The folded text stands for the source: it lacks only what would keep encodings from being seen.
        let mut next = usize::from(self.views.len() > 1 && self.views[1].how == [Step::Fold]);
        while next < self.views.len() {
            let view = self.views[next].clone();
            self.readings_of(&view);
            next += 1;
        }
    }

    /// Adds the readings one step from `view`.
    fn readings_of(&mut self, view: &View<'_>) {
        let text = view.text.as_ref();
        if view.how.last() == Some(&Step::Leet) {
            return;
        }
        if self.limits.words {
            self.add(view, words::leet(text, self.room), Step::Leet);
        }
        if view.how.iter().filter(|step| **step != Step::Fold).count() >= self.limits.max_depth {
            return;
        }
        self.add(view, words::spacing(text, self.room), Step::Spacing);
        self.add_in_place(view);
        let starts = runs::starts(text);
        for step in runs::RUNS {
            self.add(view, runs::decode_runs(text, step, &starts, self.room), step);
        }
        let pieces = ciphers::pieces(text);
        if let Some((out, step)) = ciphers::shifts(text, &pieces, self.room) {
            self.add(view, Some(out), step);
        }
        self.add(view, ciphers::reversed(text, &pieces, self.room), Step::Reversed);
        let words = self.limits.words;
        for step in
            signs::SIGNS.into_iter().filter(|step| words || !matches!(step, Step::Nato | Step::PigLatin))
        {
            self.add(view, signs::read_signs(text, step, self.room), step);
        }
    }

    /// Undoes the encodings that stand inside text, one after the other in one reading.
    fn add_in_place(&mut self, view: &View<'_>) {
        let mut reading: Option<View<'static>> = None;
        for (step, trigger) in escapes::IN_PLACE {
            let from = reading.as_ref().unwrap_or(view);
            if let Some(out) = escapes::unescape(&from.text, step, trigger, self.room) {
                self.truncated |= out.cut;
                reading = Some(out.after(from, step));
            }
        }
        if let Some(reading) = reading {
            self.push(reading);
        }
    }

    fn add(&mut self, parent: &View<'_>, out: Option<Output>, step: Step) {
        if let Some(out) = out {
            self.truncated |= out.cut;
            self.push(out.after(parent, step));
        }
    }

    /// Keeps a reading if it is new and there is room; a decoded one is folded first.
    fn push(&mut self, mut view: View<'static>) {
        if view.how.last() != Some(&Step::Fold)
            && let Some(folded) = fold::fold(&view.text, self.room, &mut Told::default())
        {
            view = folded.after(&view, Step::Fold);
        }
        if self.views.iter().any(|known| known.text == view.text) {
            return;
        }
        if self.views.len() >= self.limits.max_views || view.text.len() > self.room {
            self.truncated = true;
            return;
        }
        self.room -= view.text.len();
        self.views.push(view);
    }
}
