//! What functions of programs take and return, as types of Rust.

use std::ffi::c_void;
use std::mem::MaybeUninit;

use beskid_plugin_api::artifact::Type;

use super::scalar::Scalar;
use super::trampoline::ENTER;

/// What a function of a program takes: a tuple of up to eight [`Scalar`]s.
pub trait Params: sealed::Params + Copy + 'static {}

/// What a function of a program returns: nothing or a [`Scalar`].
pub trait Results: sealed::Results + Copy + 'static {}

pub(super) mod sealed {
    use super::Type;

    pub trait Params: Sized {
        const TYPES: &'static [Type];
        /// Calls what is there.
        ///
        /// # Safety
        /// `code` is the address of a function of the platform's C convention that
        /// takes these machine types and returns `R`'s.
        unsafe fn call<R: Results>(self, code: *const u8) -> R::Raw;
        /// Calls it by a trampoline. What comes back of a call that was left is anything.
        ///
        /// # Safety
        /// As for [`Params::call`]; `stack` can be written.
        unsafe fn enter<R: Results>(self, code: *const u8, stack: *mut usize) -> R::Raw;
    }

    pub trait Results: Sized {
        type Raw: Copy + 'static;
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
    stack: *mut usize,
) -> R::Raw {
    /// # Safety
    /// It is an [`InMemory`] of these types, whose call may be made.
    unsafe extern "C" fn make<P: sealed::Params + Copy, R: sealed::Results>(call: *mut c_void) {
        let call = call.cast::<InMemory<P, R>>();
        // SAFETY: the caller's promise.
        unsafe { (*call).result = (*call).params.call::<R>((*call).code) };
    }
    type Make = unsafe extern "C" fn(*mut c_void);
    type Enter = unsafe extern "C" fn(*mut c_void, *mut usize, Make);

    let mut call = InMemory::<P, R> {
        code,
        params,
        // SAFETY: all bits may be zero of what travels in a register.
        result: unsafe { MaybeUninit::zeroed().assume_init() },
    };
    let call = &raw mut call;
    // SAFETY: the caller's promise; `make` takes one address, and has nothing to destroy.
    unsafe {
        let enter = std::mem::transmute::<unsafe extern "C" fn(), Enter>(ENTER[1]);
        enter(call.cast(), stack, make::<P, R>);
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
                stack: *mut usize,
            ) -> R::Raw {
                let integers = 0 $(+ usize::from($param::IS_INTEGER))*;
                let Some(enter) = ENTER.get(integers) else {
                    // SAFETY: the caller's promise.
                    return unsafe { enter_in_memory::<Self, R>(self, code, stack) };
                };
                let ($($value,)*) = self;
                // SAFETY: the caller's promise; the trampoline is the one for so many
                // integers.
                unsafe {
                    let enter = std::mem::transmute::<
                        unsafe extern "C" fn(),
                        extern "C" fn($($param::Raw,)* *mut usize, *const u8) -> R::Raw,
                    >(*enter);
                    enter($($value.into_raw(),)* stack, code)
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
