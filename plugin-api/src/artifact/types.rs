//! Value types, signatures and calling conventions.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The kind of one lane of a value. The number of each kind is its code in
/// [`Type::code`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Lane {
    /// 8-bit integer.
    I8 = 1,
    /// 16-bit integer.
    I16 = 2,
    /// 32-bit integer.
    I32 = 3,
    /// 64-bit integer.
    I64 = 4,
    /// 128-bit integer.
    I128 = 5,
    /// IEEE 754 binary16.
    F16 = 6,
    /// IEEE 754 binary32.
    F32 = 7,
    /// IEEE 754 binary64.
    F64 = 8,
    /// IEEE 754 binary128.
    F128 = 9,
}

impl Lane {
    const fn from_code(code: u16) -> Option<Self> {
        Some(match code {
            1 => Self::I8,
            2 => Self::I16,
            3 => Self::I32,
            4 => Self::I64,
            5 => Self::I128,
            6 => Self::F16,
            7 => Self::F32,
            8 => Self::F64,
            9 => Self::F128,
            _ => return None,
        })
    }

    /// Size in bits.
    pub const fn bits(self) -> u32 {
        match self {
            Self::I8 => 8,
            Self::I16 | Self::F16 => 16,
            Self::I32 | Self::F32 => 32,
            Self::I64 | Self::F64 => 64,
            Self::I128 | Self::F128 => 128,
        }
    }

    /// Whether it is an integer, and not a float.
    pub const fn is_int(self) -> bool {
        matches!(
            self,
            Self::I8 | Self::I16 | Self::I32 | Self::I64 | Self::I128
        )
    }

    const fn name(self) -> &'static str {
        match self {
            Self::I8 => "i8",
            Self::I16 => "i16",
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::I128 => "i128",
            Self::F16 => "f16",
            Self::F32 => "f32",
            Self::F64 => "f64",
            Self::F128 => "f128",
        }
    }
}

/// The type of a value: a lane kind, a power-of-two number of lanes, and
/// whether the number is scaled by the target's vector length.
///
/// Stored in 16 bits: lane kind in bits 0–3, log2 of the lane count in bits
/// 4–7, the scalable flag in bit 8. Displays in CLIF's spelling: `i32`,
/// `f64x2`, `i8x16xN`. There are no booleans and no pointers: a comparison of
/// scalars gives `i8`, 0 or 1, and an address is an integer of
/// [`pointer_width`](super::Header::pointer_width).
///
/// A type may exist here and not in a backend, such as `i128x256`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(into = "u16")]
pub struct Type(u16);

impl Type {
    /// 8-bit integer.
    pub const I8: Self = Self::scalar(Lane::I8);
    /// 16-bit integer.
    pub const I16: Self = Self::scalar(Lane::I16);
    /// 32-bit integer.
    pub const I32: Self = Self::scalar(Lane::I32);
    /// 64-bit integer.
    pub const I64: Self = Self::scalar(Lane::I64);
    /// 128-bit integer.
    pub const I128: Self = Self::scalar(Lane::I128);
    /// IEEE 754 binary16.
    pub const F16: Self = Self::scalar(Lane::F16);
    /// IEEE 754 binary32.
    pub const F32: Self = Self::scalar(Lane::F32);
    /// IEEE 754 binary64.
    pub const F64: Self = Self::scalar(Lane::F64);
    /// IEEE 754 binary128.
    pub const F128: Self = Self::scalar(Lane::F128);

    /// Largest log2 of the lane count: 256 lanes.
    pub const MAX_LOG2_LANES: u8 = 8;

    /// A type with a single lane.
    pub const fn scalar(lane: Lane) -> Self {
        Self(lane as u16)
    }

    /// A type with `1 << log2_lanes` lanes; `None` if that is more than 256.
    pub const fn vector(lane: Lane, log2_lanes: u8, scalable: bool) -> Option<Self> {
        if log2_lanes > Self::MAX_LOG2_LANES {
            return None;
        }
        Some(Self(
            lane as u16 | (log2_lanes as u16) << 4 | (scalable as u16) << 8,
        ))
    }

    /// The type with this 16-bit code; `None` for a lane kind of 0 or above 9,
    /// more than 256 lanes, or a bit above bit 8.
    pub const fn from_code(code: u16) -> Option<Self> {
        let log2_lanes = (code >> 4 & 0xf) as u8;
        match Lane::from_code(code & 0xf) {
            Some(lane) if code < 0x200 => Self::vector(lane, log2_lanes, code & 0x100 != 0),
            _ => None,
        }
    }

    /// The 16-bit code.
    pub const fn code(self) -> u16 {
        self.0
    }

    /// Kind of each lane.
    pub const fn lane(self) -> Lane {
        match Lane::from_code(self.0 & 0xf) {
            Some(lane) => lane,
            // No constructor makes another code.
            None => Lane::I8,
        }
    }

    /// Base-2 logarithm of the (minimum) number of lanes.
    pub const fn log2_lanes(self) -> u8 {
        (self.0 >> 4 & 0xf) as u8
    }

    /// Whether the number of lanes is scaled by the target's vector length.
    pub const fn is_scalable(self) -> bool {
        self.0 & 0x100 != 0
    }

    /// The number of lanes, 1 to 256; of a scalable vector at scale one.
    pub const fn lanes(self) -> u32 {
        1 << self.log2_lanes()
    }

    /// Size in bits, all lanes together; of a scalable vector at scale one.
    pub const fn bits(self) -> u32 {
        self.lane().bits() << self.log2_lanes()
    }

    /// Size in bytes, as [`bits`](Self::bits).
    pub const fn bytes(self) -> u32 {
        self.bits() / 8
    }

    /// The type of one lane; a scalar's is itself.
    pub const fn lane_type(self) -> Self {
        Self::scalar(self.lane())
    }

    /// Whether it has more than one lane, or may have.
    pub const fn is_vector(self) -> bool {
        self.log2_lanes() > 0 || self.is_scalable()
    }

    /// Whether it is an integer, not a vector of them.
    pub const fn is_int(self) -> bool {
        !self.is_vector() && self.lane().is_int()
    }

    /// Whether it is a float, not a vector of them.
    pub const fn is_float(self) -> bool {
        !self.is_vector() && !self.lane().is_int()
    }
}

impl From<Type> for u16 {
    fn from(ty: Type) -> Self {
        ty.0
    }
}

impl<'de> Deserialize<'de> for Type {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = u16::deserialize(deserializer)?;
        Self::from_code(code)
            .ok_or_else(|| serde::de::Error::custom(format!("no type has the code {code:#x}")))
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.lane().name())?;
        if self.is_vector() {
            write!(f, "x{}", self.lanes())?;
        }
        if self.is_scalable() {
            f.write_str("xN")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Calling convention of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum CallConv {
    /// The C convention of whatever target the artifact is compiled for. An
    /// entrypoint needs it to be called from outside, exports and foreign
    /// functions nearly always.
    Platform,
    /// System V AMD64, AAPCS64, and their like.
    SystemV,
    /// Windows x64.
    WindowsFastcall,
    /// AArch64 as Apple changed it.
    AppleAarch64,
    /// Fast, not stable across compilers.
    Fast,
    /// Supports tail calls, not stable across compilers.
    Tail,
    /// The convention of stack probes.
    Probestack,
    /// No callee-saved registers, at most one result of each class.
    Winch,
    /// Preserves all registers.
    PreserveAll,
}

impl CallConv {
    /// Whether C compilers have it: as the target's own, or by name.
    pub const fn is_c(self) -> bool {
        matches!(
            self,
            Self::Platform | Self::SystemV | Self::WindowsFastcall | Self::AppleAarch64
        )
    }
}

/// How an integer narrower than a register is extended to one, by the caller
/// for a parameter, by the callee for a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Extension {
    /// Upper bits are undefined.
    None,
    /// Zero-extended.
    Unsigned,
    /// Sign-extended.
    Signed,
}

/// What a parameter or result is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Purpose {
    /// An ordinary value.
    Normal,
    /// A structure of this many bytes, passed by copying it to the stack. The
    /// value is its address.
    StructArgument(u32),
    /// Pointer to the memory that receives a returned structure.
    StructReturn,
    /// The VM context pointer.
    VmContext,
}

/// One parameter or result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AbiParam {
    /// Type of the value.
    pub ty: Type,
    /// Special purpose, if any.
    pub purpose: Purpose,
    /// Extension to a full register.
    pub extension: Extension,
}

impl AbiParam {
    /// An ordinary value; its upper bits are undefined if it is narrow.
    pub const fn new(ty: Type) -> Self {
        Self {
            ty,
            purpose: Purpose::Normal,
            extension: Extension::None,
        }
    }
}

/// A function's type. Equal signatures have one id in a module.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Signature {
    /// Calling convention.
    pub call_conv: CallConv,
    /// Parameters, in order.
    pub params: Vec<AbiParam>,
    /// Results, in order.
    pub returns: Vec<AbiParam>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_either_is_a_type_or_is_refused() {
        let valid = (0..=u16::MAX)
            .filter_map(Type::from_code)
            .collect::<Vec<_>>();
        assert_eq!(valid.len(), 9 * 9 * 2);
        assert!(
            valid
                .iter()
                .all(|ty| Type::from_code(ty.code()) == Some(*ty))
        );
    }

    #[test]
    fn types_have_sizes_and_kinds() {
        let vector = Type::vector(Lane::F32, 2, false).unwrap();
        assert_eq!(
            (vector.bits(), vector.bytes(), vector.lanes()),
            (128, 16, 4)
        );
        assert_eq!(vector.lane_type(), Type::F32);
        assert!(vector.is_vector() && !vector.is_float() && !vector.is_int());
        assert!(Type::F16.is_float() && Type::I128.is_int() && !Type::I8.is_vector());
        let scalable = Type::vector(Lane::I8, 0, true).unwrap();
        assert!(scalable.is_vector(), "it may have more lanes than one");
    }

    #[test]
    fn types_print_as_in_clif() {
        assert_eq!(Type::I64.to_string(), "i64");
        let f64x2 = Type::vector(Lane::F64, 1, false).unwrap();
        assert_eq!(f64x2.to_string(), "f64x2");
        let scalable = Type::vector(Lane::I8, 4, true).unwrap();
        assert_eq!(scalable.to_string(), "i8x16xN");
    }
}
