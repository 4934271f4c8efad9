//! Strings as the C library wants them.

use core::ffi::CStr;

use crate::libc::{EINVAL, ENAMETOOLONG};
use crate::pages;

/// Longest path and value without memory of its own, in bytes with the NUL.
pub(crate) const LONGEST: usize = 4096;

/// Gives bytes with a NUL behind them. An error number, negated, if there is one
/// within, or no room.
pub(crate) fn with_c_string<R>(bytes: &[u8], act: impl FnOnce(&CStr) -> R) -> Result<R, i64> {
    if bytes.contains(&0) {
        return Err(-i64::from(EINVAL));
    }
    let size = bytes.len() + 1;
    let mut room = [0; LONGEST];
    if size <= LONGEST {
        if let Some(start) = room.get_mut(..bytes.len()) {
            start.copy_from_slice(bytes);
        }
        let string = CStr::from_bytes_until_nul(&room);
        return string.map(act).map_err(|_| -i64::from(EINVAL));
    }
    let Some(memory) = pages::map(size) else {
        return Err(-i64::from(ENAMETOOLONG));
    };
    // SAFETY: the memory is fresh, zeroed and large enough, and given back when
    // nobody uses it any more.
    unsafe {
        let start = memory.cast::<u8>();
        start.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
        let result = act(CStr::from_ptr(start.cast()));
        pages::unmap(memory, size);
        Ok(result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_of_every_length_end_with_a_nul() {
        for length in [0, 1, LONGEST - 2, LONGEST - 1, LONGEST, 100_000] {
            let bytes = std::vec![b'x'; length];
            let found = with_c_string(&bytes, |string| string.to_bytes() == bytes);
            assert_eq!(found, Ok(true), "{length}");
        }
        assert_eq!(with_c_string(b"a\0b", |_| ()), Err(-22));
    }
}
