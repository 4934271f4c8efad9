//! What functions of programs take and return, as types of Rust.

use beskid_plugin_api::artifact::Type;

use super::scalar::Scalar;

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
    fn into_raw(self) {}
    fn from_raw((): ()) {}
}

impl<T: Scalar> Results for T {}
impl<T: Scalar> sealed::Results for T {
    type Raw = T::Raw;
    const TYPES: &'static [Type] = &[T::TYPE];
    fn into_raw(self) -> T::Raw {
        T::into_raw(self)
    }
    fn from_raw(raw: T::Raw) -> Self {
        T::from_raw(raw)
    }
}

macro_rules! tuples {
    ($(($($param:ident $value:ident),*))+) => {$(
        impl<$($param: Scalar),*> Params for ($($param,)*) {}
        impl<$($param: Scalar),*> sealed::Params for ($($param,)*) {
            const TYPES: &'static [Type] = &[$($param::TYPE),*];
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
