//! Types and constants in LLVM's text.

use std::fmt::Display;

use beskid_plugin_api::artifact::{Lane, Type};
use beskid_plugin_api::diagnostic::Diagnostic;

use crate::refusal::unsupported;

/// Most bits of a vector.
const MOST_BITS: u32 = 512;

/// The type of a value.
///
/// # Errors
/// E4002 for a vector that no program has.
pub(super) fn name(ty: Type) -> Result<String, Diagnostic> {
    if ty.is_scalable() || ty.is_vector() && ty.bits() > MOST_BITS {
        return Err(unsupported(format_args!("values of type `{ty}`")));
    }
    let lane = lane(ty.lane());
    Ok(match ty.is_vector() {
        true => format!("<{} x {lane}>", ty.lanes()),
        false => lane.to_owned(),
    })
}

/// The type of a lane.
pub(super) const fn lane(lane: Lane) -> &'static str {
    match lane {
        Lane::I8 => "i8",
        Lane::I16 => "i16",
        Lane::I32 => "i32",
        Lane::I64 => "i64",
        Lane::I128 => "i128",
        Lane::F16 => "half",
        Lane::F32 => "float",
        Lane::F64 => "double",
        Lane::F128 => "fp128",
    }
}

/// As part of an intrinsic's name: `i32`, `v4f32`.
pub(super) fn suffix(ty: Type) -> String {
    let lane = match ty.lane() {
        lane if lane.is_int() => format!("i{}", lane.bits()),
        lane => format!("f{}", lane.bits()),
    };
    match ty.is_vector() {
        true => format!("v{}{lane}", ty.lanes()),
        false => lane,
    }
}

/// The integer lane of as many bits, in every lane of the type.
pub(super) fn bits(ty: Type) -> Result<Type, Diagnostic> {
    with_lane(ty, ty.lane().bits())
}

/// The type with as many lanes, which are integers of so many bits.
pub(super) fn with_lane(ty: Type, bits: u32) -> Result<Type, Diagnostic> {
    let lane = match bits {
        8 => Lane::I8,
        16 => Lane::I16,
        32 => Lane::I32,
        64 => Lane::I64,
        128 => Lane::I128,
        _ => return Err(unsupported(format_args!("lanes of {bits} bits"))),
    };
    Type::vector(lane, ty.log2_lanes(), false)
        .ok_or_else(|| unsupported(format_args!("values of type `{ty}`")))
}

/// One of `i1`, or a vector of as many lanes.
pub(super) fn truth(ty: Type) -> String {
    match ty.is_vector() {
        true => format!("<{} x i1>", ty.lanes()),
        false => "i1".to_owned(),
    }
}

/// A constant of an integer type, or the same in every lane: the low bits of the value.
pub(super) fn constant(ty: Type, value: i128) -> String {
    let bits = ty.lane().bits();
    let cut = value << (128 - bits) >> (128 - bits);
    all(ty, lane(ty.lane()), cut)
}

/// A vector of this in every lane, or the scalar itself.
pub(super) fn all(ty: Type, lane: &str, value: impl Display) -> String {
    match ty.is_vector() {
        true => {
            let lanes = vec![format!("{lane} {value}"); ty.lanes() as usize];
            format!("<{}>", lanes.join(", "))
        }
        false => value.to_string(),
    }
}

/// The mask of a `shufflevector`.
pub(super) fn mask(lanes: impl IntoIterator<Item = u32>) -> String {
    let lanes = lanes.into_iter().map(|lane| format!("i32 {lane}"));
    let lanes = lanes.collect::<Vec<_>>();
    format!("<{} x i32> <{}>", lanes.len(), lanes.join(", "))
}

/// Bytes in a string constant.
pub(super) fn escaped(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            b'"' | b'\\' => text.push_str(&format!("\\{byte:02X}")),
            b' '..=b'~' => text.push(char::from(*byte)),
            _ => text.push_str(&format!("\\{byte:02X}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_have_the_low_bits_of_their_values() {
        assert_eq!(constant(Type::I8, 255), "-1");
        assert_eq!(constant(Type::I8, 127), "127");
        assert_eq!(constant(Type::I64, -1), "-1");
        let pair = Type::vector(Lane::I64, 1, false).unwrap();
        assert_eq!(constant(pair, 7), "<i64 7, i64 7>");
        assert_eq!(escaped(b"a\"\\\n"), "a\\22\\5C\\0A");
    }

    #[test]
    fn vectors_that_no_program_has_are_refused() {
        let wide = Type::vector(Lane::I128, 8, false).unwrap();
        assert_eq!(name(wide).unwrap_err().code, "E4002");
        let four = Type::vector(Lane::F32, 2, false).unwrap();
        assert_eq!(name(four).unwrap(), "<4 x float>");
        assert_eq!(suffix(four), "v4f32");
    }
}
