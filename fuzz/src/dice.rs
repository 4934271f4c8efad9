//! Choices of a mutation.

/// A small generator of choices; the same seed gives the same ones.
pub(crate) struct Dice(pub(crate) u32);

impl Dice {
    /// A number below `limit`; `None` if there is none.
    pub(crate) fn below(&mut self, limit: usize) -> Option<usize> {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((self.0 >> 8) as usize).checked_rem(limit)
    }
}
