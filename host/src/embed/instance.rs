//! A program that can be called, with its data.

use std::cell::UnsafeCell;
use std::fmt;
use std::sync::Arc;

use beskid_clif::seam::{Seam, caller_of};
use beskid_plugin_api::artifact::Outline;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::data::Data;
use super::dynamic::{DynamicFunction, is_by_words};
use super::exports;
use super::function::{self, Function};
use super::imports::{Bound, Imports};
use super::interrupt::InterruptHandle;
use super::params::{Params, Results};
use super::program::Program;
use super::signature::FunctionType;

/// A program in memory with its own data, ready to be called. Dropping it frees its
/// code and its data.
///
/// One thread at a time has it: it can be moved to another, and not be shared.
///
/// ```compile_fail,E0505
/// fn dropped_while_borrowed(instance: beskid_host::embed::Instance) {
///     let f = instance.function::<(), ()>("f").unwrap();
///     drop(instance);
///     f.call(()).unwrap();
/// }
/// ```
///
/// ```compile_fail,E0277
/// fn shared(instance: &beskid_host::embed::Instance) {
///     std::thread::scope(|scope| {
///         scope.spawn(|| instance.function::<(), ()>("f").is_ok());
///     });
/// }
/// ```
///
/// ```compile_fail,E0277
/// fn dropped_while_another_thread_is_in_it(instance: beskid_host::embed::Instance) {
///     std::thread::scope(|scope| {
///         let f = instance.function::<(), ()>("f").unwrap();
///         scope.spawn(move || f.call(()).unwrap());
///     });
///     drop(instance);
/// }
/// ```
pub struct Instance<S = ()> {
    // The program goes before what it calls and what that uses.
    program: Box<Program>,
    _host: Vec<Bound>,
    state: Box<UnsafeCell<S>>,
}

impl<S> fmt::Debug for Instance<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digest = self.program.outline.digest();
        f.debug_struct("Instance")
            .field("artifact", &digest.short())
            .finish_non_exhaustive()
    }
}

impl<S> Instance<S> {
    /// An instance of a program whose seam has what is given.
    ///
    /// # Safety
    /// The program's table is that of the seam, whose imports were checked.
    pub(super) unsafe fn new(program: Box<Program>, seam: &Seam, imports: Imports<S>) -> Self {
        let (state, functions) = imports.into_parts();
        let state = Box::new(UnsafeCell::new(state));
        let host = functions.bind(&seam.imports, state.get(), &raw const *program);
        for (index, bound) in host.iter().enumerate() {
            let words = [bound.code, bound.slot].map(|address| address.expose_provenance() as u64);
            // SAFETY: the table has two words for each import.
            unsafe {
                program
                    .word(seam.import(index))
                    .cast::<[u64; 2]>()
                    .write(words)
            };
        }
        Self {
            program,
            _host: host,
            state,
        }
    }

    /// The exported function of a name and a type, such as
    /// `function::<(i64, f64), i64>("area")`.
    ///
    /// # Errors
    /// E4051 if nothing of this name is exported, E4052 if it has another type, E4053
    /// if it is data, E4054 if the program imports it.
    pub fn function<P: Params, R: Results>(
        &self,
        name: &str,
    ) -> Result<Function<'_, P, R>, Diagnostic> {
        function::find(&self.program, name)
    }

    /// The exported function of a name, whatever its type.
    ///
    /// # Errors
    /// As for [`Self::function_type`]; E4052 if its engine is not
    /// [`dynamic`](super::Config::dynamic), or if it takes or returns other than scalars.
    pub fn dynamic_function(&self, name: &str) -> Result<DynamicFunction<'_>, Diagnostic> {
        let of_type = self.function_type(name)?;
        let code = self.program.code.function(&caller_of(name));
        let code = code.filter(|_| is_by_words(&of_type)).ok_or_else(|| {
            let message = format!("`{name}` is `{of_type}`, and cannot be called by words");
            Diagnostic::new(Code::E4052, message)
                .help("make the engine `dynamic`; only scalars can be passed so")
        })?;
        // SAFETY: the seam has added the code for the function of this name.
        Ok(unsafe { DynamicFunction::new(&self.program, code, of_type) })
    }

    /// The type of an exported function.
    ///
    /// # Errors
    /// E4051, E4053, E4054 as for [`Self::function`]; E4052 if Rust cannot call it.
    pub fn function_type(&self, name: &str) -> Result<FunctionType, Diagnostic> {
        exports::function(&self.program.outline, name)
    }

    /// Exported data, by name.
    ///
    /// # Errors
    /// E4051 if nothing of this name is exported, E4053 if it is a function, E4054 if the
    /// program imports it.
    pub fn data(&self, name: &str) -> Result<Data<'_>, Diagnostic> {
        let found = exports::data(&self.program.outline, name)?;
        // SAFETY: the seam has a word with the address of each exported data object, of
        // which so many bytes are there as long as the program.
        unsafe {
            let start = self.program.word(self.program.data + found.index).read();
            let start = std::ptr::with_exposed_provenance_mut(start as usize);
            Ok(Data::new(start, found.len, found.is_writable))
        }
    }

    /// What ends the calls of this instance from other threads; `None` if its engine is
    /// not [`interruptible`](super::Config::interruptible).
    pub fn interrupt_handle(&self) -> Option<InterruptHandle> {
        let stop = self.program.stop.as_ref()?;
        Some(InterruptHandle(Arc::clone(&stop.flag)))
    }

    /// The state of the host functions. No function of the instance is borrowed then, so
    /// none of them has it.
    pub fn state_mut(&mut self) -> &mut S {
        self.state.get_mut()
    }

    /// The state of the host functions, when the program is gone.
    pub fn into_state(self) -> S {
        let Self {
            program,
            _host,
            state,
        } = self;
        drop(program);
        state.into_inner()
    }

    /// What it was compiled from, without the functions.
    pub fn artifact(&self) -> &Outline {
        &self.program.outline
    }
}
