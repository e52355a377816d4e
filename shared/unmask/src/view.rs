//! A view: one reading of a text, and the way back from each of its bytes to the bytes of the source. A map is kept
//! per step and applied in reverse, so that a step needs to know only its own input.
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// One disguise taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// NFKC, invisible characters removed, look-alikes and accents reduced to Latin letters.
    Fold,
    /// Digits and signs in the place of letters (`1gn0r3`).
    Leet,
    /// Letters written apart (`i g n o r e`, `i-g-n-o-r-e`).
    Spacing,
    /// Text in the invisible tag characters U+E0000 to U+E007F.
    Tags,
    /// Bytes in variation selectors (U+FE00 to U+FE0F, U+E0100 to U+E01EF).
    Selectors,
    /// Bits in zero-width characters.
    ZeroWidth,
    /// Base64, standard or URL alphabet, padded or not.
    Base64,
    /// Base32 (RFC 4648).
    Base32,
    /// Base85 (Ascii85 or RFC 1924).
    Base85,
    /// Hexadecimal bytes, plain or with separators.
    Hex,
    /// Groups of eight zeros and ones.
    Binary,
    /// Character codes in decimal.
    Decimal,
    /// URL percent encoding.
    Percent,
    /// HTML character references.
    Html,
    /// Escapes of programming languages: `\u0041`, `\x41`, `\u{41}`, `U+0041`.
    Escape,
    /// Quoted-printable (RFC 2045).
    QuotedPrintable,
    /// A letter shift other than 13.
    Caesar,
    /// The letter shift by 13.
    Rot13,
    /// The alphabet mirrored.
    Atbash,
    /// Written backwards, whole or word by word.
    Reversed,
    /// Morse code.
    Morse,
    /// Braille cells, grade 1.
    Braille,
    /// Words of the NATO alphabet.
    Nato,
    /// Pig latin.
    PigLatin,
}

impl Step {
    /// Whether the step undoes a transport encoding or cipher rather than a way of writing.
    pub fn is_decoding(self) -> bool {
        !matches!(self, Self::Fold | Self::Leet | Self::Spacing)
    }
}

/// One reading of the source. Where an encoding is undone in the middle of text, the reading has the lines it stands in;
/// where whole runs are decoded, those runs, a line each.
#[derive(Debug, Clone)]
pub struct View<'t> {
    /// The text as read.
    pub text: Cow<'t, str>,
    /// The steps from the source to here, in order; empty for the source itself.
    pub how: Vec<Step>,
    pub(crate) maps: Vec<Arc<Map>>,
}

impl View<'_> {
    /// The bytes of the source that the bytes `range` of this view come from. Exact where characters were copied or
    /// replaced singly; the whole encoded run where they came out of one. What lies outside the view is left
    /// out; always inside the source.
    pub fn source_span(&self, range: Range<usize>) -> Range<usize> {
        let end = range.end.min(self.text.len());
        let inside = range.start.min(end)..end;
        self.maps.iter().rev().fold(inside, |range, map| map.back(range))
    }

    /// The lines of this view that its last step changed, with `around` bytes on both sides, in order and apart. For a
    /// reading of a whole text in which little differs, this is all there is to read.
    pub fn changed(&self, around: usize) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        let text = self.text.as_bytes();
        let mut before = 0;
        for piece in self.maps.last().map_or(&[][..], |map| &map.pieces) {
            let at = piece.at as usize;
            if piece.linear && piece.from == before {
                before = piece.to;
                continue;
            }
            before = piece.to;
            let done = found.last().map_or(0, |last| last.end);
            if at + around <= done {
                continue;
            }
            let since = done.min(at);
            let begin = text[since..at].iter().rposition(|b| *b == b'\n').map_or(since, |line| since + line);
            let from = floor(&self.text, begin.min(at.saturating_sub(around)));
            // What a character became is short, and ends well before its line and `around` do.
            let end = text[at..]
                .iter()
                .position(|b| *b == b'\n')
                .map_or(text.len(), |n| at + n)
                .max((at + around).min(text.len()));
            let end = floor(&self.text, end);
            match found.last_mut().filter(|last| from <= last.end) {
                Some(last) => last.end = last.end.max(end),
                None => found.push(from..end),
            }
        }
        found
    }

    /// Whether any step undid an encoding or cipher.
    pub fn is_decoded(&self) -> bool {
        self.how.iter().any(|step| step.is_decoding())
    }
}

/// The last character boundary at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Piece of a map: output from `at` on came from `from..to`; `linear` if byte for byte.
#[derive(Debug, Clone, Copy)]
struct Piece {
    at: u32,
    from: u32,
    to: u32,
    linear: bool,
}

/// From the bytes of one step's output to those of its input. Offsets are 32 bits: `Limits` keeps texts below that.
#[derive(Debug, Default)]
pub(crate) struct Map {
    pieces: Vec<Piece>,
    input_len: u32,
}

impl Map {
    fn piece(&self, at: usize) -> Option<&Piece> {
        let after = self.pieces.partition_point(|piece| piece.at as usize <= at);
        self.pieces.get(after.saturating_sub(1))
    }

    fn back(&self, range: Range<usize>) -> Range<usize> {
        let last = range.end.saturating_sub(1).max(range.start);
        let (Some(first), Some(last_piece)) = (self.piece(range.start), self.piece(last)) else {
            return 0..0;
        };
        let offset = |piece: &Piece, at: usize| piece.from as usize + at.saturating_sub(piece.at as usize);
        let start = if first.linear { offset(first, range.start) } else { first.from as usize };
        let end = if last_piece.linear { offset(last_piece, range.end) } else { last_piece.to as usize };
        let len = self.input_len as usize;
        // Pieces of a reversed text run backwards.
        let (start, end) =
            if start <= end { (start, end) } else { (last_piece.from as usize, first.to as usize) };
        start.min(len)..end.min(len)
    }
}

/// Writes the output of one step and its map together.
pub(crate) struct Builder<'i> {
    input: &'i str,
    text: String,
    map: Map,
    room: usize,
    changed: bool,
    cut: bool,
}

impl<'i> Builder<'i> {
    /// For `input`; what is written beyond `room` bytes is dropped.
    pub(crate) fn new(input: &'i str, room: usize) -> Self {
        let map = Map { pieces: Vec::new(), input_len: u32::try_from(input.len()).unwrap_or(u32::MAX) };
        Self { input, text: String::new(), map, room, changed: false, cut: false }
    }

    /// Copies `range` of the input as it is.
    pub(crate) fn copy(&mut self, range: Range<usize>) {
        let Some(part) = self.input.get(range.clone()) else { return };
        if part.is_empty() || !self.fits(part.len()) {
            return;
        }
        let follows =
            self.map.pieces.last_mut().filter(|last| last.linear && last.to as usize == range.start);
        match follows {
            Some(last) => last.to = range.end as u32,
            None => self.push(range, true),
        }
        self.text.push_str(part);
    }

    /// Writes `text` for `range` of the input.
    pub(crate) fn replace(&mut self, range: Range<usize>, text: &str) {
        self.changed = true;
        if text.is_empty() || !self.fits(text.len()) {
            return;
        }
        self.push(range, false);
        self.text.push_str(text);
    }

    /// Copies what stands between two changes, without the lines that have none: only what is beside a change is new.
    pub(crate) fn copy_between(&mut self, range: Range<usize>) {
        let Some(part) = self.input.get(range.clone()) else { return };
        let (Some(first), Some(last)) = (part.find('\n'), part.rfind('\n')) else { return self.copy(range) };
        if !self.text.is_empty() {
            self.copy(range.start..range.start + first + 1);
        }
        self.copy(range.start + last + 1..range.end);
    }

    /// Copies what follows the last change in its line.
    pub(crate) fn copy_rest_of_line(&mut self, from: usize) {
        let rest = self.input.get(from..).unwrap_or_default();
        self.copy(from..from + rest.find('\n').unwrap_or(rest.len()));
    }

    /// Writes one decoded run on a line of its own.
    pub(crate) fn line(&mut self, range: Range<usize>, text: &str) {
        let at_end = range.end..range.end;
        self.replace(range, text);
        self.replace(at_end, "\n");
    }

    fn fits(&mut self, bytes: usize) -> bool {
        let fits = self.text.len() + bytes <= self.room;
        self.cut |= !fits;
        fits
    }

    fn push(&mut self, range: Range<usize>, linear: bool) {
        let (at, from, to) = (self.text.len() as u32, range.start as u32, range.end as u32);
        self.map.pieces.push(Piece { at, from, to, linear });
    }

    /// The output and its map, if anything differs from the input.
    pub(crate) fn finish(self) -> Option<Output> {
        (self.changed && !self.text.trim().is_empty()).then_some(Output {
            text: self.text,
            map: self.map,
            cut: self.cut,
        })
    }
}

/// What one step made of its input.
pub(crate) struct Output {
    pub(crate) text: String,
    pub(crate) map: Map,
    /// Whether the room ended before the input.
    pub(crate) cut: bool,
}

impl Output {
    /// As a view one step further than `parent`.
    pub(crate) fn after<'t>(self, parent: &View<'_>, step: Step) -> View<'t> {
        let how = parent.how.iter().copied().chain([step]).collect();
        let maps = parent.maps.iter().cloned().chain([Arc::new(self.map)]).collect();
        View { text: Cow::Owned(self.text), how, maps }
    }
}
