//! What a linker would write into a section.

use super::reader::number;

/// A relocation that is an address of 64 bits.
const ADDRESS: u64 = if cfg!(target_arch = "x86_64") {
    1
} else if cfg!(target_arch = "aarch64") {
    257
} else {
    // Of RISC-V.
    2
};

/// What belongs into a section of a file that is not linked, but loaded: its sections have
/// the addresses at which they are.
#[derive(Clone, Copy)]
pub(super) struct Relocations<'i> {
    pub(super) sections: &'i [[u8; 64]],
    /// In the order of their places.
    pub(super) entries: &'i [[u8; 24]],
    pub(super) symbols: &'i [[u8; 24]],
}

impl Relocations<'_> {
    /// The address that belongs at a place.
    pub(super) fn address(self, at: usize) -> Option<u64> {
        let entries = self.entries;
        let found = entries.binary_search_by_key(&Some(at as u64), |entry| number(entry, 0, 8));
        let entry = entries.get(found.ok()?)?;
        if number(entry, 8, 4)? != ADDRESS {
            return None;
        }
        let symbol = usize::try_from(number(entry, 12, 4)?).ok()?;
        let symbol = self.symbols.get(symbol)?;
        let section = usize::try_from(number(symbol, 6, 2)?).ok()?;
        let start = number(self.sections.get(section)?, 16, 8)?;
        let inside = number(symbol, 8, 8)?.wrapping_add(number(entry, 16, 8)?);
        Some(start.wrapping_add(inside))
    }
}
