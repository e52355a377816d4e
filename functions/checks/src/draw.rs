//! Values drawn from the run's seed: the same for the same step, and unlike any that the code was written with.

use ideamine_core::Digest;

/// A stream of numbers and words.
pub(crate) struct Draw {
    stream: [u8; 32],
    drawn: u64,
}

impl Draw {
    pub(crate) const fn new(stream: [u8; 32]) -> Self {
        Self { stream, drawn: 0 }
    }

    fn block(&mut self) -> [u8; 32] {
        self.drawn += 1;
        let bytes = [self.stream.as_slice(), &self.drawn.to_be_bytes()].concat();
        *Digest::of(&bytes).as_bytes()
    }

    /// From `0` to below `bound`; a bound of zero gives zero.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&self.block()[..8]);
        u64::from_be_bytes(bytes).checked_rem(bound).unwrap_or(0)
    }

    /// Eight letters that mean nothing.
    pub(crate) fn word(&mut self) -> String {
        self.block()[..8].iter().map(|byte| char::from(b'a' + byte % 26)).collect()
    }

    /// A version 4 UUID.
    pub(crate) fn uuid(&mut self) -> String {
        let mut b = self.block();
        b[6] = b[6] & 0x0f | 0x40;
        b[8] = b[8] & 0x3f | 0x80;
        let hex: String = b[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
    }

    /// A day that is neither past nor near.
    pub(crate) fn day(&mut self) -> String {
        let (year, month, day) = (2031 + self.below(30), 1 + self.below(12), 1 + self.below(28));
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// A time of day.
    pub(crate) fn time(&mut self) -> String {
        format!("{:02}:{:02}:{:02}", self.below(24), self.below(60), self.below(60))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_depend_on_the_stream_and_the_place_alone() {
        let drawn = |stream| {
            let mut draw = Draw::new(stream);
            (draw.word(), draw.below(1_000_000), draw.uuid(), draw.day())
        };
        assert_eq!(drawn([1; 32]), drawn([1; 32]));
        assert_ne!(drawn([1; 32]), drawn([2; 32]));
        let mut draw = Draw::new([1; 32]);
        assert_ne!(draw.word(), draw.word());
        assert_eq!((draw.below(1), draw.below(0), draw.uuid().len()), (0, 0, 36));
    }
}
