//! Strings of several values, made at once.

use core::fmt::{self, Write};
use core::{mem, ptr, slice};

use crate::fail::fail;
use crate::layout::{BeskidStr, TextPart};
use crate::strings::{self, content};
use crate::text::{Float, scalar};

/// A string: the texts of `count` parts, one after the other.
///
/// # Safety
/// `count` parts are readable at `parts`; the value of one of kind
/// `TextPart::STRING` is a valid string handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn str_interpolate(parts: *const TextPart, count: i64) -> *mut BeskidStr {
    let Ok(count) = usize::try_from(count) else {
        fail(b"negative number of parts");
    };
    // SAFETY: the caller's promise.
    let parts = unsafe { slice::from_raw_parts(parts, count) };
    let mut length = 0_usize;
    for part in parts {
        // SAFETY: the caller's promise.
        unsafe { write(part, &mut length) };
    }
    strings::filled(length, |mut bytes| {
        for part in parts {
            // SAFETY: the caller's promise.
            unsafe { write(part, &mut bytes) };
        }
    })
}

/// Writes the text of a part.
///
/// # Safety
/// Its value is what its kind says.
unsafe fn write(part: &TextPart, to: &mut impl Sink) {
    // What is written to takes everything.
    let _ = match part.kind {
        TextPart::STRING => {
            let string = ptr::with_exposed_provenance::<BeskidStr>(part.value as usize);
            // SAFETY: the caller's promise.
            to.bytes(unsafe { content(string) });
            Ok(())
        }
        TextPart::INTEGER => write!(Text(to), "{}", part.value),
        TextPart::BOOL => write!(Text(to), "{}", part.value != 0),
        TextPart::CHAR => write!(Text(to), "{}", scalar(part.value)),
        TextPart::FLOAT => write!(Text(to), "{}", Float(f64::from_bits(part.value as u64))),
        _ => fail(b"unknown kind of part"),
    };
}

/// What takes the bytes of parts.
trait Sink {
    fn bytes(&mut self, bytes: &[u8]);
}

/// How many there are.
impl Sink for usize {
    fn bytes(&mut self, bytes: &[u8]) {
        *self = self.saturating_add(bytes.len());
    }
}

/// The bytes behind those that were written.
impl Sink for &mut [u8] {
    fn bytes(&mut self, bytes: &[u8]) {
        if let Some((here, rest)) = mem::take(self).split_at_mut_checked(bytes.len()) {
            here.copy_from_slice(bytes);
            *self = rest;
        }
    }
}

struct Text<'s, S>(&'s mut S);

impl<S: Sink> Write for Text<'_, S> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.bytes(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strings::join;
    use std::format;

    fn text(parts: &[TextPart]) -> &'static [u8] {
        // SAFETY: the parts are what they say.
        unsafe { content(str_interpolate(parts.as_ptr(), parts.len() as i64)) }
    }

    #[test]
    fn parts_are_two_words_of_64_bits() {
        use crate::layout::{PART_SIZE, PART_VALUE_OFFSET};
        assert_eq!((PART_SIZE, PART_VALUE_OFFSET), (16, 8));
    }

    #[test]
    fn txt_2_parts_are_written_one_after_the_other() {
        let string = join(&["ž and ".as_bytes()]).expose_provenance() as i64;
        let part = |kind, value| TextPart { kind, value };
        assert_eq!(text(&[]), b"");
        let parts = [
            part(TextPart::STRING, string),
            part(TextPart::INTEGER, i64::MIN),
            part(TextPart::BOOL, 1),
            part(TextPart::CHAR, 0x17e),
            part(TextPart::FLOAT, f64::MAX.to_bits() as i64),
            part(TextPart::FLOAT, f64::NAN.to_bits() as i64),
            part(TextPart::STRING, string),
        ];
        let expected = format!("ž and {}truež{}.0nanž and ", i64::MIN, f64::MAX);
        assert_eq!(text(&parts), expected.as_bytes());
    }
}
