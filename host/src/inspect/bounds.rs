//! Reading from untrusted bytes, with an end to the work.
//!
//! goblin reads the headers and the records. The tables are walked here: in a
//! file of a few megabytes many table entries can point at the same long name
//! or the same list, so that whoever collects them all needs the square of the
//! file's size, in time or in memory.

/// Longest name that is read, in bytes.
const MAX_NAME: usize = 1 << 20;

/// Least work for an entry of a table, whatever its name.
const ENTRY: usize = 16;

/// How much work a file of its size may ask for.
#[derive(Debug)]
pub(super) struct Work {
    left: usize,
}

impl Work {
    /// Honest tables refer to each byte of a file once or twice.
    pub(super) fn for_file(length: usize) -> Self {
        let most = 1 << 29;
        Self {
            left: (length.saturating_mul(4)).min(most) + (1 << 16),
        }
    }

    /// Counts one entry and the bytes that it brings along.
    pub(super) fn spend(&mut self, bytes: usize) -> Result<(), String> {
        let left = self.left.checked_sub(bytes.saturating_add(ENTRY));
        self.left = left.ok_or("its tables refer to the same parts again and again")?;
        Ok(())
    }

    /// The text at `offset`, up to the NUL that ends it.
    pub(super) fn text<'a>(&mut self, bytes: &'a [u8], offset: usize) -> Result<&'a str, String> {
        let rest = bytes.get(offset..).unwrap_or_default();
        let window = &rest[..rest.len().min(MAX_NAME)];
        let end = window.iter().position(|byte| *byte == 0);
        let name = &window[..end.ok_or("a name has no end")?];
        self.spend(name.len())?;
        utf8(name)
    }
}

/// A name as text.
pub(super) fn utf8(name: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(name).map_err(|_| "a name is not UTF-8".to_owned())
}

/// Part of a file.
pub(super) fn part(bytes: &[u8], offset: u64, size: u64) -> Result<&[u8], String> {
    let range = || {
        let start = usize::try_from(offset).ok()?;
        bytes.get(start..start.checked_add(usize::try_from(size).ok()?)?)
    };
    range().ok_or_else(|| format!("{size} bytes at {offset:#x} are not in it"))
}

/// The number of `N` bytes at `offset`, least significant byte first.
fn array<const N: usize>(bytes: &[u8], offset: usize) -> Result<[u8; N], String> {
    let found = offset
        .checked_add(N)
        .and_then(|end| bytes.get(offset..end)?.try_into().ok());
    found.ok_or_else(|| format!("{N} bytes at {offset:#x} are not in it"))
}

pub(super) fn u16_at(bytes: &[u8], offset: usize) -> Result<u16, String> {
    array(bytes, offset).map(u16::from_le_bytes)
}

pub(super) fn u32_at(bytes: &[u8], offset: usize) -> Result<u32, String> {
    array(bytes, offset).map(u32::from_le_bytes)
}

pub(super) fn u64_at(bytes: &[u8], offset: usize) -> Result<u64, String> {
    array(bytes, offset).map(u64::from_le_bytes)
}

/// The same, most significant byte first.
pub(super) fn big_u32_at(bytes: &[u8], offset: usize) -> Result<u32, String> {
    array(bytes, offset).map(u32::from_be_bytes)
}

pub(super) fn big_u64_at(bytes: &[u8], offset: usize) -> Result<u64, String> {
    array(bytes, offset).map(u64::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_the_file_is_read() {
        let bytes = b"name\0rest";
        let mut work = Work::for_file(bytes.len());
        assert_eq!(work.text(bytes, 0).unwrap(), "name");
        assert_eq!(work.text(bytes, 4).unwrap(), "");
        for offset in [5, 9, 10, usize::MAX] {
            assert!(work.text(bytes, offset).is_err(), "{offset}");
        }
        assert_eq!(part(bytes, 5, 4).unwrap(), b"rest");
        assert!(part(bytes, 5, 5).is_err());
        assert!(part(bytes, u64::MAX, 2).is_err());
        assert_eq!(u32_at(bytes, 5).unwrap().to_le_bytes(), *b"rest");
        assert!(u64_at(bytes, 5).is_err());
        assert!(u16_at(bytes, usize::MAX).is_err());
    }

    #[test]
    fn work_ends() {
        let mut work = Work::for_file(0);
        let long = [b"x".repeat(1000), vec![0]].concat();
        let texts = (0..1000).filter(|_| work.text(&long, 0).is_ok());
        assert_eq!(texts.count(), (1 << 16) / (1000 + ENTRY));
    }
}
