//! Values as text.

use core::fmt::{self, Write};

use crate::fail::fail;
use crate::layout::BeskidStr;
use crate::strings::join;

/// Room for the longest text of one value: an `f64` in decimal without an
/// exponent has up to 327 characters.
const ROOM: usize = 400;

struct Buffer {
    bytes: [u8; ROOM],
    length: usize,
}

impl Write for Buffer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        let room = self.bytes.get_mut(self.length..end).ok_or(fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

fn string(value: impl fmt::Display) -> *mut BeskidStr {
    let mut buffer = Buffer {
        bytes: [0; ROOM],
        length: 0,
    };
    match write!(buffer, "{value}") {
        Ok(()) => join(&[&buffer.bytes[..buffer.length]]),
        Err(fmt::Error) => fail(b"text of a value is too long"),
    }
}

/// The decimal text of an integer.
#[unsafe(no_mangle)]
pub extern "C" fn str_from_i64(value: i64) -> *mut BeskidStr {
    string(value)
}

/// `false` for 0, `true` for everything else.
#[unsafe(no_mangle)]
pub extern "C" fn str_from_bool(value: i64) -> *mut BeskidStr {
    string(value != 0)
}

/// The character with this Unicode scalar value; any other value ends the
/// program.
#[unsafe(no_mangle)]
pub extern "C" fn str_from_char(value: i64) -> *mut BeskidStr {
    let scalar = u32::try_from(value).ok().and_then(char::from_u32);
    match scalar {
        Some(scalar) => string(scalar),
        None => fail(b"not a Unicode scalar value"),
    }
}

/// The shortest decimal text that reads back as the float with these bits.
#[unsafe(no_mangle)]
pub extern "C" fn str_from_f64(bits: i64) -> *mut BeskidStr {
    string(f64::from_bits(bits as u64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strings::content;

    fn text(handle: *mut BeskidStr) -> &'static str {
        // SAFETY: the functions under test return valid handles.
        core::str::from_utf8(unsafe { content(handle) }).unwrap()
    }

    #[test]
    fn values_read_as_in_the_language() {
        assert_eq!(text(str_from_i64(i64::MIN)), "-9223372036854775808");
        assert_eq!(text(str_from_bool(0)), "false");
        assert_eq!(text(str_from_bool(1)), "true");
        assert_eq!(text(str_from_char('ž' as i64)), "ž");
        assert_eq!(text(str_from_f64(0.1_f64.to_bits() as i64)), "0.1");
        assert_eq!(text(str_from_f64(f64::NAN.to_bits() as i64)), "NaN");
        assert!(text(str_from_f64(5e-324_f64.to_bits() as i64)).ends_with('5'));
        assert!(text(str_from_f64((-f64::MAX).to_bits() as i64)).starts_with("-17976"));
    }
}
