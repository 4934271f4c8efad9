//! Numbers in bytes for which nobody vouches: `None` where they have ended.

/// Bytes that are read from their begin on.
#[derive(Clone, Copy)]
pub(super) struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Reader<'b> {
    pub(super) const fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Where the next byte is.
    pub(super) const fn at(&self) -> usize {
        self.at
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// The next bytes by themselves, whose places stay what they are.
    pub(super) fn part(&mut self, count: u64) -> Option<Self> {
        let end = self.at.checked_add(usize::try_from(count).ok()?)?;
        let part = Self {
            bytes: self.bytes.get(..end)?,
            at: self.at,
        };
        self.at = end;
        Some(part)
    }

    /// The next bytes.
    pub(super) fn bytes(&mut self, count: usize) -> Option<&'b [u8]> {
        let end = self.at.checked_add(count)?;
        let bytes = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(bytes)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.at).copied()?;
        self.at += 1;
        Some(byte)
    }

    /// A number of so many bytes, at most 8, the lowest first.
    pub(super) fn number(&mut self, size: usize) -> Option<u64> {
        let mut number = [0; 8];
        let room = number.get_mut(..size)?;
        room.copy_from_slice(self.bytes(size)?);
        Some(u64::from_le_bytes(number))
    }

    /// An unsigned number in DWARF's LEB128.
    pub(super) fn unsigned(&mut self) -> Option<u64> {
        self.leb128().map(|(number, _, _)| number)
    }

    /// A signed number in DWARF's LEB128.
    pub(super) fn signed(&mut self) -> Option<i64> {
        let (number, bits, is_negative) = self.leb128()?;
        let above = u64::MAX.checked_shl(bits).unwrap_or(0);
        Some((number | if is_negative { above } else { 0 }) as i64)
    }

    /// The number, how many bits it has, and the highest of them.
    fn leb128(&mut self) -> Option<(u64, u32, bool)> {
        let mut number = 0;
        let mut bits = 0_u32;
        loop {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f).checked_shl(bits).unwrap_or(0);
            bits = bits.saturating_add(7);
            if byte & 0x80 == 0 {
                return Some((number, bits, byte & 0x40 != 0));
            }
        }
    }
}

/// A number at a place.
pub(super) fn number(bytes: &[u8], at: usize, size: usize) -> Option<u64> {
    Reader::new(bytes.get(at..)?).number(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_dwarf_writes_them() {
        let mut reader = Reader::new(&[2, 1, 0xe5, 0x8e, 0x26, 0x80, 0x7f, 0x3f, 9, 0x80]);
        assert_eq!(reader.number(2), Some(0x102));
        assert_eq!(reader.unsigned(), Some(624_485));
        assert_eq!(reader.signed(), Some(-128));
        assert_eq!(reader.signed(), Some(63));
        let mut part = reader.part(1).unwrap();
        assert_eq!((part.at(), part.byte(), part.byte()), (8, Some(9), None));
        assert_eq!(reader.unsigned(), None, "it has no end");
        assert!(reader.is_empty());
        assert!(reader.part(u64::MAX).is_none());
        assert_eq!(number(&[1, 2, 3], 1, 2), Some(0x302));
        assert_eq!(number(&[1, 2, 3], 4, 1), None);
        let long = [0xff; 40];
        assert_eq!(Reader::new(&long).unsigned(), None);
    }
}
