//! What a host function has while it runs: the state of the instance, and the instance
//! to be called again.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use beskid_plugin_api::diagnostic::Diagnostic;

use super::function::{self, Function};
use super::params::{Params, Results};
use super::program::Program;
use super::trap::Trap;

/// The instance that has called a host function. It dereferences to the state of the
/// instance.
pub struct Caller<'c, S> {
    program: &'c Program,
    state: *mut S,
    of_state: PhantomData<&'c mut S>,
}

impl<'c, S> Caller<'c, S> {
    /// # Safety
    /// The state is the program's instance's, and nobody else uses it for `'c` but host
    /// functions that this one calls through the caller.
    pub(super) const unsafe fn new(program: &'c Program, state: *mut S) -> Self {
        Self {
            program,
            state,
            of_state: PhantomData,
        }
    }

    /// An exported function of the instance, for [`Self::call`].
    ///
    /// # Errors
    /// As for [`Instance::function`](super::Instance::function).
    pub fn function<P: Params, R: Results>(
        &self,
        name: &str,
    ) -> Result<Function<'c, P, R>, Diagnostic> {
        function::find(self.program, name)
    }

    /// Calls the instance again, from within the call that has come here.
    ///
    /// # Errors
    /// How this call ended, if it did not return. The one that has come here goes on.
    pub fn call<P: Params, R: Results>(
        &mut self,
        function: Function<'_, P, R>,
        params: P,
    ) -> Result<R, Trap> {
        // What is borrowed of the state has ended: this borrows the caller as a whole.
        function.call_within(self.program, params)
    }
}

impl<S> Deref for Caller<'_, S> {
    type Target = S;

    fn deref(&self) -> &S {
        // SAFETY: as `new` was promised; a call through the caller borrows it whole.
        unsafe { &*self.state }
    }
}

impl<S> DerefMut for Caller<'_, S> {
    fn deref_mut(&mut self) -> &mut S {
        // SAFETY: as in `deref`.
        unsafe { &mut *self.state }
    }
}

impl<S: fmt::Debug> fmt::Debug for Caller<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Caller").field(&**self).finish()
    }
}
