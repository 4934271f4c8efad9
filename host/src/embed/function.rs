//! A function of an instance, with its type.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::exports;
use super::params::{Params, Results};
use super::program::{Program, Route};
use super::signature::FunctionType;
use super::trap::Trap;

/// A function of an [`Instance`](super::Instance), which it borrows: what is called is
/// there.
///
/// Its type was compared with the artifact's when it was asked for, so a call checks
/// nothing and converts nothing.
pub struct Function<'i, P, R> {
    program: &'i Program,
    // Known here, a loop of calls asks for it once.
    route: Route,
    code: *const u8,
    of_type: PhantomData<fn(P) -> R>,
}

impl<P, R> Clone for Function<'_, P, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, R> Copy for Function<'_, P, R> {}

impl<P: Params, R: Results> fmt::Debug for Function<'_, P, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Function {}", type_of::<P, R>())
    }
}

impl<P: Params, R: Results> Function<'_, P, R> {
    /// Calls it.
    ///
    /// # Errors
    /// How the call ended, if it did not return: see [`Trap`].
    #[inline]
    pub fn call(&self, params: P) -> Result<R, Trap> {
        // SAFETY: `find` has made it of a function with these types on this thread, which it
        // does not leave, and the instance is borrowed.
        unsafe { self.program.call(self.route, self.code, params) }
    }

    /// Calls it, and ends the call when it takes longer: with
    /// [`TrapKind::DeadlineExceeded`](super::TrapKind), where the program next calls a
    /// function or begins a loop anew. In an engine that is not
    /// [`interruptible`](super::Config::interruptible) nothing ends it.
    ///
    /// # Errors
    /// How the call ended, if it did not return.
    pub fn call_with_deadline(&self, params: P, deadline: Duration) -> Result<R, Trap> {
        let _deadline = self.program.arm(deadline);
        self.call(params)
    }

    /// Calls it from a host function that this program has called.
    pub(super) fn call_within(self, program: &Program, params: P) -> Result<R, Trap> {
        if !std::ptr::eq(self.program, program) {
            return self.call(params);
        }
        program.is_lent.set(false);
        // SAFETY: as in `call`; who calls has given the state up.
        let result = unsafe { program.call_within(self.code, params) };
        program.is_lent.set(true);
        result
    }
}

/// These types as one of a function.
fn type_of<P: Params, R: Results>() -> FunctionType {
    FunctionType {
        params: P::TYPES.to_vec(),
        results: R::TYPES.to_vec(),
    }
}

/// A function of a program, by name and type.
///
/// # Errors
/// E4051 to E4054 if the program exports no such function; E5113 if the backend has
/// none.
pub(super) fn find<'i, P: Params, R: Results>(
    program: &'i Program,
    name: &str,
) -> Result<Function<'i, P, R>, Diagnostic> {
    exports::check(&program.outline, name, &type_of::<P, R>())?;
    let code = program.code.function(name).ok_or_else(|| {
        let message =
            format!("the backend's session has no address of `{name}`, which is exported");
        Diagnostic::new(Code::E5113, message).help("report this to the author of the backend")
    })?;
    program.prepare();
    Ok(Function {
        program,
        route: program.route,
        code,
        of_type: PhantomData,
    })
}
