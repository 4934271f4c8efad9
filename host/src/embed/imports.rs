//! What an embedder gives to a program: functions of its own, and state for them.

use std::collections::BTreeSet;
use std::fmt::{self, Display};

use beskid_plugin_api::artifact::{ImportSource, Linkage, Outline, SymbolKind};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::caller::Caller;
use super::dynamic::Value;
use super::host_function::{ByWords, HostFunction, Slot};
use super::program::Program;
use super::signature::FunctionType;

/// What an instance is given: host functions by the names that the program imports, and
/// a state that they share. One set is for one instance.
///
/// A program of Beskid imports `log` of the library `host` so:
///
/// ```text
/// [Extern(Abi: "C", Library: "host")]
/// contract Host {
///     unit log(i64 value);
/// }
/// ```
pub struct Imports<S = ()> {
    state: S,
    functions: Functions<S>,
}

/// Host functions that no instance has yet.
pub(super) struct Functions<S>(Vec<Import<S>>);

struct Import<S> {
    name: String,
    of_type: FunctionType,
    is_by_words: bool,
    bind: Box<Bind<S>>,
}

type Bind<S> = dyn FnOnce(*mut S, *const Program) -> Bound + Send;

/// A host function of an instance, kept as long as it.
pub(super) struct Bound {
    /// What the program calls.
    pub(super) code: *const (),
    /// What that takes first.
    pub(super) slot: *const (),
    /// Whose address that is.
    _kept: Box<dyn Send>,
}

// SAFETY: the code is a function, and the slot is kept here and may be sent.
unsafe impl Send for Bound {}

impl<S: fmt::Debug> fmt::Debug for Imports<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.functions.0.iter().map(|import| &import.name);
        f.debug_struct("Imports")
            .field("state", &self.state)
            .field("functions", &names.collect::<Vec<_>>())
            .finish()
    }
}

impl Default for Imports {
    fn default() -> Self {
        Self::new()
    }
}

impl Imports {
    /// Nothing.
    pub const fn new() -> Self {
        Self::with(())
    }
}

impl<S> Imports<S> {
    /// No functions yet, and the state that they will share.
    pub const fn with(state: S) -> Self {
        Self {
            state,
            functions: Functions(Vec::new()),
        }
    }

    /// Adds a host function, in place of an earlier one of the name. Its type is that of
    /// the closure, and compared with the program's when that is compiled. A name that
    /// the program does not import is left out.
    ///
    /// A panic of it ends the call as [`TrapKind::HostPanic`](super::TrapKind), an error
    /// that it returns as [`TrapKind::HostError`](super::TrapKind).
    #[must_use]
    pub fn function<P, F>(self, name: impl Into<String>, function: F) -> Self
    where
        F: HostFunction<S, P> + Send + 'static,
        S: Send + 'static,
    {
        self.add(name.into(), F::of_type(), false, F::shim(), function)
    }

    /// Adds a host function whose type is known only now, in place of an earlier one of
    /// the name: it is given its arguments as values, and its result is checked.
    #[must_use]
    pub fn dynamic_function<F, E>(
        self,
        name: impl Into<String>,
        of_type: FunctionType,
        function: F,
    ) -> Self
    where
        F: Fn(&mut Caller<'_, S>, &[Value]) -> Result<Option<Value>, E> + Send + 'static,
        E: Display + 'static,
        S: Send + 'static,
    {
        let answer = ByWords {
            function,
            of_type: of_type.clone(),
        };
        self.add(name.into(), of_type, true, answer.shim::<S, E>(), answer)
    }

    fn add<F>(
        mut self,
        name: String,
        of_type: FunctionType,
        is_by_words: bool,
        code: *const (),
        function: F,
    ) -> Self
    where
        F: Send + 'static,
        S: Send + 'static,
    {
        self.functions.0.retain(|import| import.name != name);
        let code = code.expose_provenance();
        self.functions.0.push(Import {
            name,
            of_type,
            is_by_words,
            bind: Box::new(move |state, program| {
                let slot = Box::new(Slot {
                    function,
                    state,
                    program,
                });
                Bound {
                    code: std::ptr::with_exposed_provenance(code),
                    slot: (&raw const *slot).cast(),
                    _kept: slot,
                }
            }),
        });
        self
    }

    /// Those of some names that are answered by words.
    pub(super) fn by_words(&self, names: &[String]) -> BTreeSet<String> {
        let functions = self.functions.0.iter();
        let by_words =
            functions.filter(|import| import.is_by_words && names.contains(&import.name));
        by_words.map(|import| import.name.clone()).collect()
    }

    /// The names that a program imports and that are answered here, in the program's
    /// order.
    ///
    /// # Errors
    /// E4055 for imports that are not answered, E4052 for one of another type.
    pub(super) fn check(&self, artifact: &Outline) -> Result<Vec<String>, Diagnostic> {
        let module = artifact.module();
        let mut answered = Vec::new();
        let mut missing = Vec::new();
        for symbol in &module.symbols {
            let (Some(name), Linkage::Import(source)) = (&symbol.name, &symbol.linkage) else {
                continue;
            };
            if *source == ImportSource::Runtime || !artifact.imports().any(|(own, _)| own == name) {
                continue;
            }
            let Some(import) = self.functions.0.iter().find(|import| import.name == *name) else {
                missing.push(match source {
                    ImportSource::Extern { library, .. } => format!("`{name}` of `{library}`"),
                    _ => format!("`{name}`"),
                });
                continue;
            };
            let found = match symbol.kind {
                SymbolKind::Function { signature } => module.signatures.get(signature as usize),
                SymbolKind::Data { .. } => None,
            };
            let wanted = found.map(FunctionType::of);
            if !matches!(&wanted, Some(Ok(found)) if *found == import.of_type) {
                return Err(mismatch(name, wanted, &import.of_type));
            }
            answered.push(name.clone());
        }
        match missing.is_empty() {
            true => Ok(answered),
            false => Err(unanswered(missing)),
        }
    }

    pub(super) fn into_parts(self) -> (S, Functions<S>) {
        (self.state, self.functions)
    }
}

impl<S> Functions<S> {
    /// Those of these names, in this order, for an instance.
    pub(super) fn bind(
        mut self,
        names: &[String],
        state: *mut S,
        program: *const Program,
    ) -> Vec<Bound> {
        let bound = names.iter().filter_map(|name| {
            let at = self.0.iter().position(|import| import.name == *name)?;
            Some((self.0.swap_remove(at).bind)(state, program))
        });
        bound.collect()
    }
}

fn mismatch(
    name: &str,
    wanted: Option<Result<FunctionType, String>>,
    given: &FunctionType,
) -> Diagnostic {
    let message = match wanted {
        Some(Ok(wanted)) => {
            format!("the program imports `{name}` as `{wanted}`, and the host's is `{given}`")
        }
        Some(Err(why)) => format!("no host function can answer `{name}`: {why}"),
        None => format!("the program imports `{name}` as data, and the host's is a function"),
    };
    Diagnostic::new(Code::E4052, message)
        .help("give the host function the type that the program declares")
}

fn unanswered(missing: Vec<String>) -> Diagnostic {
    let message = match missing.as_slice() {
        [one] => format!("the program imports {one}, which nobody gives it"),
        all => format!(
            "the program imports {} functions that nobody gives it",
            all.len()
        ),
    };
    let mut diagnostic = Diagnostic::new(Code::E4055, message);
    if missing.len() > 1 {
        diagnostic.notes = missing;
    }
    diagnostic.help("give it with `Imports::function`")
}
