//! What functions of programs take and return, as types of Rust.

use std::ffi::c_void;
use std::mem::MaybeUninit;

use beskid_plugin_api::artifact::Type;

use super::arguments::{Arguments, Register};
use super::entry::{self, Landing};
use super::scalar::Scalar;

/// What a function of a program takes: a tuple of up to eight [`Scalar`]s.
pub trait Params: sealed::Params + Copy + 'static {}

/// What a function of a program returns: nothing or a [`Scalar`].
pub trait Results: sealed::Results + Copy + 'static {}

pub(super) mod sealed {
    use super::{Landing, Register, Type};

    pub trait Params: Sized {
        const TYPES: &'static [Type];
        /// Calls what is there.
        ///
        /// # Safety
        /// `code` is the address of a function of the platform's C convention that
        /// takes these machine types and returns `R`'s.
        unsafe fn call<R: Results>(self, code: *const u8) -> R::Raw;
        /// Calls it so that the call can be left by the landing. What comes back of one
        /// that was left is anything.
        ///
        /// # Safety
        /// As for [`Params::call`]; `landing` can be written.
        unsafe fn enter<R: Results>(self, code: *const u8, landing: *mut Landing) -> R::Raw;
    }

    pub trait Results: Sized {
        type Raw: Register;
        const TYPES: &'static [Type];
        fn into_raw(self) -> Self::Raw;
        fn from_raw(raw: Self::Raw) -> Self;
    }
}

impl Results for () {}
impl sealed::Results for () {
    type Raw = ();
    const TYPES: &'static [Type] = &[];
    #[inline]
    fn into_raw(self) {}
    #[inline]
    fn from_raw((): ()) {}
}

impl<T: Scalar> Results for T {}
impl<T: Scalar> sealed::Results for T {
    type Raw = T::Raw;
    const TYPES: &'static [Type] = &[T::TYPE];
    #[inline]
    fn into_raw(self) -> T::Raw {
        T::into_raw(self)
    }
    #[inline]
    fn from_raw(raw: T::Raw) -> Self {
        T::from_raw(raw)
    }
}

/// A call whose arguments lie in memory, and what it returns.
struct InMemory<P, R: sealed::Results> {
    code: *const u8,
    params: P,
    result: R::Raw,
}

/// Enters with more integers than there are registers for.
///
/// # Safety
/// As for [`sealed::Params::enter`].
unsafe fn enter_in_memory<P: sealed::Params + Copy, R: sealed::Results>(
    params: P,
    code: *const u8,
    landing: *mut Landing,
) -> R::Raw {
    /// # Safety
    /// It is an [`InMemory`] of these types, whose call may be made.
    unsafe extern "C" fn make<P: sealed::Params + Copy, R: sealed::Results>(call: *mut c_void) {
        let call = call.cast::<InMemory<P, R>>();
        // SAFETY: the caller's promise.
        unsafe { (*call).result = (*call).params.call::<R>((*call).code) };
    }
    let mut call = InMemory::<P, R> {
        code,
        params,
        // SAFETY: all bits may be zero of what travels in a register.
        result: unsafe { MaybeUninit::zeroed().assume_init() },
    };
    let call = &raw mut call;
    let mut arguments = Arguments::new();
    (call.expose_provenance() as u64).pass(&mut arguments);
    // SAFETY: the caller's promise; `make` takes one address, and has nothing to destroy.
    unsafe {
        entry::enter(make::<P, R> as *const u8, arguments, landing);
        (*call).result
    }
}

macro_rules! tuples {
    ($(($($param:ident $value:ident),*))+) => {$(
        impl<$($param: Scalar),*> Params for ($($param,)*) {}
        impl<$($param: Scalar),*> sealed::Params for ($($param,)*) {
            const TYPES: &'static [Type] = &[$($param::TYPE),*];
            #[inline]
            unsafe fn call<R: sealed::Results>(self, code: *const u8) -> R::Raw {
                let ($($value,)*) = self;
                // SAFETY: the caller's promise; integers travel in whole registers.
                unsafe {
                    let code = std::mem::transmute::<
                        *const u8,
                        extern "C" fn($($param::Raw),*) -> R::Raw,
                    >(code);
                    code($($value.into_raw()),*)
                }
            }
            #[inline]
            unsafe fn enter<R: sealed::Results>(
                self,
                code: *const u8,
                landing: *mut Landing,
            ) -> R::Raw {
                let ($($value,)*) = self;
                #[allow(unused_mut, reason = "there are calls without arguments")]
                let mut arguments = Arguments::new();
                $($value.into_raw().pass(&mut arguments);)*
                // SAFETY: the caller's promise.
                unsafe {
                    if arguments.have_registers() {
                        R::Raw::returned(entry::enter(code, arguments, landing))
                    } else {
                        enter_in_memory::<Self, R>(self, code, landing)
                    }
                }
            }
        }
    )+};
}

tuples! {
    ()
    (A a)
    (A a, B b)
    (A a, B b, C c)
    (A a, B b, C c, D d)
    (A a, B b, C c, D d, E e)
    (A a, B b, C c, D d, E e, F f)
    (A a, B b, C c, D d, E e, F f, G g)
    (A a, B b, C c, D d, E e, F f, G g, H h)
}
