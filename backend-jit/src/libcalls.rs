//! Routines of the compiler's support library that the C library proper does
//! not have; everything else is found in this process by name.

/// Address of a routine by the name that `cranelift_module` gives it.
pub(crate) fn address(name: &str) -> Option<*const u8> {
    macro_rules! routines {
        ($($name:literal => $routine:ident($($arg:ident),+): $ty:ty = $body:expr;)+) => {
            match name {
                $($name => {
                    extern "C" fn $routine($($arg: $ty),+) -> $ty {
                        $body
                    }
                    Some($routine as *const u8)
                })+
                _ => None,
            }
        };
    }
    #[cfg(target_arch = "x86_64")]
    if name == "__cranelift_x86_pshufb" {
        return Some(byte_shuffle as *const u8);
    }
    routines! {
        "ceil" => ceil(x): f64 = x.ceil();
        "ceilf" => ceilf(x): f32 = x.ceil();
        "floor" => floor(x): f64 = x.floor();
        "floorf" => floorf(x): f32 = x.floor();
        "trunc" => trunc(x): f64 = x.trunc();
        "truncf" => truncf(x): f32 = x.trunc();
        "nearbyint" => nearbyint(x): f64 = x.round_ties_even();
        "nearbyintf" => nearbyintf(x): f32 = x.round_ties_even();
        "fma" => fma(x, y, z): f64 = x.mul_add(y, z);
        "fmaf" => fmaf(x, y, z): f32 = x.mul_add(y, z);
    }
}

/// The byte shuffle of processors without SSSE3: for each byte of `choices`,
/// the byte that its low four bits choose, or zero if its high bit is set.
#[cfg(target_arch = "x86_64")]
#[allow(
    improper_ctypes_definitions,
    reason = "System V passes the vector as Cranelift does, in an SSE register"
)]
extern "C" fn byte_shuffle(bytes: Vector, choices: Vector) -> Vector {
    let (bytes, choices) = (lanes(bytes), lanes(choices));
    vector(choices.map(|choice| match choice {
        0..0x80 => bytes[usize::from(choice & 15)],
        _ => 0,
    }))
}

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::__m128i as Vector;

#[cfg(target_arch = "x86_64")]
fn lanes(vector: Vector) -> [u8; 16] {
    // SAFETY: both are 16 bytes without padding, of which every value is valid.
    unsafe { std::mem::transmute::<Vector, [u8; 16]>(vector) }
}

#[cfg(target_arch = "x86_64")]
fn vector(lanes: [u8; 16]) -> Vector {
    // SAFETY: as in `lanes`.
    unsafe { std::mem::transmute::<[u8; 16], Vector>(lanes) }
}
