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
