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

/// Gives the decimal text of a number.
pub(crate) fn with<R>(value: usize, act: impl FnOnce(&[u8]) -> R) -> R {
    let mut buffer = Buffer {
        bytes: [0; ROOM],
        length: 0,
    };
    // A number has at most 20 digits.
    let _ = write!(buffer, "{value}");
    act(&buffer.bytes[..buffer.length])
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
    string(scalar(value))
}

/// The character with a Unicode scalar value; any other value ends the program.
pub(crate) fn scalar(value: i64) -> char {
    let scalar = u32::try_from(value).ok().and_then(char::from_u32);
    scalar.unwrap_or_else(|| fail(b"not a Unicode scalar value"))
}

/// The shortest decimal text that reads back as the float with these bits.
#[unsafe(no_mangle)]
pub extern "C" fn str_from_f64(bits: i64) -> *mut BeskidStr {
    string(f64::from_bits(bits as u64))
}

/// The same as the language writes it: with `.0` if it is integral, and `nan`.
#[unsafe(no_mangle)]
pub extern "C" fn str_of_f64(bits: i64) -> *mut BeskidStr {
    string(Float(f64::from_bits(bits as u64)))
}

/// A float as the language writes it.
pub(crate) struct Float(pub(crate) f64);

impl fmt::Display for Float {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            value if value.is_nan() => f.write_str("nan"),
            value if is_integral(value) => write!(f, "{value}.0"),
            value => write!(f, "{value}"),
        }
    }
}

/// Whether a float is an integer, found without the C library's `fmod`, which
/// programs may not be linked with.
fn is_integral(value: f64) -> bool {
    /// From here on every float is one.
    const LARGE: f64 = (1_u64 << 53) as f64;
    value.is_finite() && (value.abs() >= LARGE || (value as i64) as f64 == value)
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
        assert_eq!(text(str_from_bool(-1)), "true");
        assert_eq!(text(str_from_char(0)), "\0");
    }

    #[test]
    fn floats_are_in_shortest_decimal() {
        let cases = [
            (0.1, "0.1"),
            (1.0, "1"),
            (-0.0, "-0"),
            (1e21, "1000000000000000000000"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "NaN"),
        ];
        for (value, expected) in cases {
            assert_eq!(text(str_from_f64(value.to_bits() as i64)), expected);
        }
    }

    #[test]
    fn txt_2_integral_floats_have_a_point() {
        let cases = [
            (0.5, "0.5"),
            (1.0, "1.0"),
            (-0.0, "-0.0"),
            (1e21, "1000000000000000000000.0"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
        ];
        for (value, expected) in cases {
            assert_eq!(text(str_of_f64(value.to_bits() as i64)), expected);
        }
    }

    #[test]
    fn floats_read_back_as_they_were() {
        let mut values = std::vec![f64::MAX, f64::MIN_POSITIVE, 5e-324, -2.225073858507201e-308];
        let mut bits = 0x9E37_79B9_7F4A_7C15_u64;
        for _ in 0..2000 {
            bits = bits.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
            values.push(f64::from_bits(bits));
        }
        for value in values.into_iter().filter(|value| !value.is_nan()) {
            let text = text(str_from_f64(value.to_bits() as i64));
            assert_eq!(
                text.parse::<f64>().unwrap().to_bits(),
                value.to_bits(),
                "{text}"
            );
        }
    }
}
