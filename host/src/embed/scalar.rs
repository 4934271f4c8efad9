//! What crosses a call between Rust and a program: scalars, by the registers that they
//! travel in.

use beskid_plugin_api::artifact::Type;

use super::arguments::Register;

/// A type of Rust that a function of a program takes or returns: the integers of 8 to 64
/// bits, signed or not, `bool`, `f32` and `f64`. Addresses are `i64`.
pub trait Scalar: sealed::Scalar + Copy + 'static {}

/// What holds a scalar while it crosses: an integer fills its register, so that neither
/// side relies on bits that the other has not written.
pub(super) mod sealed {
    use super::{Register, Type};

    pub trait Scalar: Sized {
        /// The register.
        type Raw: Register;
        /// The machine type.
        const TYPE: Type;
        fn into_raw(self) -> Self::Raw;
        fn from_raw(raw: Self::Raw) -> Self;
        /// # Safety
        /// As many bytes as the machine type has can be read.
        unsafe fn from_memory(at: *const u8) -> Self;
        /// # Safety
        /// As many bytes as the machine type has can be written.
        unsafe fn to_memory(self, at: *mut u8);
    }
}

macro_rules! integers {
    ($($rust:ty: $machine:ident;)+) => {$(
        impl Scalar for $rust {}
        impl sealed::Scalar for $rust {
            type Raw = u64;
            const TYPE: Type = Type::$machine;
            #[inline]
            fn into_raw(self) -> u64 {
                self as u64
            }
            #[inline]
            fn from_raw(raw: u64) -> Self {
                raw as Self
            }
            unsafe fn from_memory(at: *const u8) -> Self {
                // SAFETY: the caller's promise.
                unsafe { at.cast::<Self>().read_unaligned() }
            }
            unsafe fn to_memory(self, at: *mut u8) {
                // SAFETY: the caller's promise.
                unsafe { at.cast::<Self>().write_unaligned(self) };
            }
        }
    )+};
}

integers! {
    i8: I8; u8: I8; i16: I16; u16: I16; i32: I32; u32: I32; i64: I64; u64: I64;
}

macro_rules! floats {
    ($($rust:ty: $machine:ident;)+) => {$(
        impl Scalar for $rust {}
        impl sealed::Scalar for $rust {
            type Raw = Self;
            const TYPE: Type = Type::$machine;
            #[inline]
            fn into_raw(self) -> Self {
                self
            }
            #[inline]
            fn from_raw(raw: Self) -> Self {
                raw
            }
            unsafe fn from_memory(at: *const u8) -> Self {
                // SAFETY: the caller's promise.
                unsafe { at.cast::<Self>().read_unaligned() }
            }
            unsafe fn to_memory(self, at: *mut u8) {
                // SAFETY: the caller's promise.
                unsafe { at.cast::<Self>().write_unaligned(self) };
            }
        }
    )+};
}

floats! {
    f32: F32; f64: F64;
}

impl Scalar for bool {}
impl sealed::Scalar for bool {
    type Raw = u64;
    const TYPE: Type = Type::I8;
    #[inline]
    fn into_raw(self) -> u64 {
        self.into()
    }
    #[inline]
    fn from_raw(raw: u64) -> Self {
        raw & 0xff != 0
    }
    unsafe fn from_memory(at: *const u8) -> Self {
        // SAFETY: the caller's promise.
        unsafe { at.read() != 0 }
    }
    unsafe fn to_memory(self, at: *mut u8) {
        // SAFETY: the caller's promise.
        unsafe { at.write(self.into()) };
    }
}

#[cfg(test)]
mod tests {
    use super::sealed::Scalar as _;

    #[test]
    fn integers_fill_their_registers_and_come_back_from_dirty_ones() {
        assert_eq!((-1_i8).into_raw(), u64::MAX);
        assert_eq!(255_u8.into_raw(), 255);
        assert_eq!(i8::from_raw(0xdead_beef_0000_00ff), -1);
        assert_eq!(u16::from_raw(0xdead_beef_0001_ffff), 0xffff);
        assert_eq!(i32::from_raw(0xdead_beef_8000_0000), i32::MIN);
        assert!(bool::from_raw(0x0101) && !bool::from_raw(0x0100));
        assert!(bool::from_raw(true.into_raw()));
    }
}
