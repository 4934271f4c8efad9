//! Functions of Rust that programs import: called by the program's convention, with what
//! they need before the program's arguments.

use std::any::Any;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process;

use beskid_plugin_api::artifact::Type;

use super::boundary;
use super::caller::Caller;
use super::dynamic::Value;
use super::params::{Results, sealed::Results as _};
use super::program::Program;
use super::scalar::Scalar;
use super::signature::FunctionType;
use super::trap::{Trap, TrapKind};

/// What a host function returns: what functions of programs return, or that or an error,
/// which ends the call as [`TrapKind::HostError`].
pub trait Answer: sealed::Answer {}

/// A function or closure of Rust that a program can import: it takes the
/// [`Caller`] and up to six [`Scalar`]s.
pub trait HostFunction<S, P>: sealed::HostFunction<S, P> {}

pub(super) mod sealed {
    use super::{FunctionType, Trap};
    use crate::embed::params::Results;

    pub trait Answer: Sized {
        type Results: Results;
        fn answer(self) -> Result<Self::Results, Trap>;
    }

    pub trait HostFunction<S, P>: Sized {
        fn of_type() -> FunctionType;
        /// A function of C's convention that takes a [`super::Slot`] of this function,
        /// and then the arguments.
        fn shim() -> *const ();
    }
}

impl<R: Results> Answer for R {}
impl<R: Results> sealed::Answer for R {
    type Results = R;
    fn answer(self) -> Result<R, Trap> {
        Ok(self)
    }
}

impl<R: Results, E: Display> Answer for Result<R, E> {}
impl<R: Results, E: Display> sealed::Answer for Result<R, E> {
    type Results = R;
    fn answer(self) -> Result<R, Trap> {
        self.map_err(|error| Trap::new(TrapKind::HostError, error.to_string()))
    }
}

/// A host function of an instance.
pub(super) struct Slot<S, F> {
    pub(super) function: F,
    pub(super) state: *mut S,
    pub(super) program: *const Program,
}

// SAFETY: the pointers are to parts of the instance that the slot belongs to, which moves
// as a whole; the state moves with it.
unsafe impl<S: Send, F: Send> Send for Slot<S, F> {}

impl<S, F> Slot<S, F> {
    /// Calls the function for the program; a panic of it comes back as a trap, when
    /// everything of it has been destroyed.
    ///
    /// # Safety
    /// The slot's instance is there, and its program has called on this thread.
    unsafe fn invoke<A: sealed::Answer>(
        &self,
        work: impl FnOnce(&F, &mut Caller<'_, S>) -> A,
    ) -> Result<A::Results, Trap> {
        // SAFETY: the caller's promise.
        let program = unsafe { &*self.program };
        if !program.boundary.is_running() {
            // Nobody is there whom a trap would reach, and the state is somebody's.
            eprintln!("beskid: a host function was called outside of a call of its instance");
            process::abort();
        }
        // SAFETY: the caller's promise; the program calls no two host functions at once,
        // and who calls it from one has given the state up.
        let mut caller = unsafe { Caller::new(program, self.state) };
        program.is_lent.set(true);
        let work = AssertUnwindSafe(|| work(&self.function, &mut caller).answer());
        let done = program.in_host(|| catch_unwind(work));
        program.is_lent.set(false);
        done.unwrap_or_else(|payload| Err(trap_of(&*payload)))
    }
}

/// A host function whose type is known only when the program runs.
pub(super) struct ByWords<F> {
    pub(super) function: F,
    pub(super) of_type: FunctionType,
}

impl<F> ByWords<F> {
    /// The function of C's convention that takes a [`Slot`] of this one, and the address of
    /// the words.
    pub(super) fn shim<S, E>(&self) -> *const ()
    where
        F: Fn(&mut Caller<'_, S>, &[Value]) -> Result<Option<Value>, E>,
        E: Display,
    {
        unsafe extern "C" fn shim<S, F, E>(slot: *const Slot<S, ByWords<F>>, words: *mut u64)
        where
            F: Fn(&mut Caller<'_, S>, &[Value]) -> Result<Option<Value>, E>,
            E: Display,
        {
            // SAFETY: the program calls with the slot and as many words as the type says.
            let done = unsafe { (*slot).invoke(|by, caller| by.answer(caller, words)) };
            if let Err(trap) = done {
                // SAFETY: what this frame had has been moved into the trap.
                unsafe { leave(trap) }
            }
        }
        shim::<S, F, E> as *const ()
    }

    fn answer<S, E>(&self, caller: &mut Caller<'_, S>, words: *mut u64) -> Result<(), String>
    where
        F: Fn(&mut Caller<'_, S>, &[Value]) -> Result<Option<Value>, E>,
        E: Display,
    {
        let params = self.of_type.params.iter().enumerate();
        let arguments = params.filter_map(|(index, ty)| {
            // SAFETY: there is a word for each argument.
            Value::of_word(*ty, unsafe { words.add(index).read() })
        });
        let arguments = arguments.collect::<Vec<_>>();
        let result = (self.function)(caller, &arguments).map_err(|error| error.to_string())?;
        let given = result.map(Value::of_type);
        if given != self.of_type.results.first().copied() {
            let given = given.map_or("nothing".to_owned(), |given| format!("an {given}"));
            return Err(format!(
                "a host function of `{}` returned {given}",
                self.of_type
            ));
        }
        if let Some(value) = result {
            // SAFETY: there is a word for a result.
            unsafe { words.write(value.word()) };
        }
        Ok(())
    }
}

fn trap_of(payload: &(dyn Any + Send)) -> Trap {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let text = text.unwrap_or("a host function panicked");
    Trap::new(TrapKind::HostPanic, text)
}

/// Leaves the call that has come to a host function, which has returned.
///
/// # Safety
/// No frame between here and the program has destructors left to run.
unsafe fn leave(trap: Trap) -> ! {
    // SAFETY: the caller's promise.
    unsafe { boundary::leave(|_| trap) };
    // `invoke` has seen that the program runs.
    process::abort()
}

macro_rules! functions {
    ($(($($param:ident $value:ident),*))+) => {$(
        impl<S, F, A, $($param),*> HostFunction<S, ($($param,)*)> for F
        where
            F: Fn(&mut Caller<'_, S>, $($param),*) -> A,
            A: Answer,
            $($param: Scalar,)*
        {}
        impl<S, F, A, $($param),*> sealed::HostFunction<S, ($($param,)*)> for F
        where
            F: Fn(&mut Caller<'_, S>, $($param),*) -> A,
            A: Answer,
            $($param: Scalar,)*
        {
            fn of_type() -> FunctionType {
                let params: &[Type] = &[$($param::TYPE),*];
                FunctionType {
                    params: params.to_vec(),
                    results: A::Results::TYPES.to_vec(),
                }
            }

            fn shim() -> *const () {
                unsafe extern "C" fn shim<S, F, A, $($param),*>(
                    slot: *const Slot<S, F>,
                    $($value: $param::Raw),*
                ) -> <A::Results as crate::embed::params::sealed::Results>::Raw
                where
                    F: Fn(&mut Caller<'_, S>, $($param),*) -> A,
                    A: Answer,
                    $($param: Scalar,)*
                {
                    // SAFETY: the program calls with the slot that it was given.
                    let done = unsafe {
                        (*slot).invoke(|function, caller| {
                            function(caller, $($param::from_raw($value)),*)
                        })
                    };
                    match done {
                        Ok(results) => results.into_raw(),
                        // SAFETY: what this frame had has been moved into the trap.
                        Err(trap) => unsafe { leave(trap) },
                    }
                }
                shim::<S, F, A, $($param),*> as *const ()
            }
        }
    )+};
}

functions! {
    ()
    (A0 a)
    (A0 a, A1 b)
    (A0 a, A1 b, A2 c)
    (A0 a, A1 b, A2 c, A3 d)
    (A0 a, A1 b, A2 c, A3 d, A4 e)
    (A0 a, A1 b, A2 c, A3 d, A4 e, A5 f)
}
