//! The backend interface: artifact bytes in, object file or session out.
//!
//! A backend implements [`Backend`]. The host calls `describe` to compare it with
//! the plugin's manifest, then `compile` for each program:
//!
//! 1. Refuse an [`output`](CompileRequest::output) that the backend does not make
//!    (E5114).
//! 2. Call [`accept`]: it decodes and verifies the artifact, and refuses one that
//!    uses a feature which the description does not list (E5008), or whose
//!    entrypoint cannot be called from C (E4041).
//! 3. Refuse a mnemonic that the backend does not know (E5006), before compiling
//!    anything.
//! 4. For a session: refuse imports without an address (E5120) and a runtime of
//!    another version (E4012, see [`version_mismatch`]), before any code can run.
//! 5. Compile, and return the object or the session with the digest of the
//!    artifact that was compiled.
//!
//! The host compares the digest (E5115), inspects an object, and reports every
//! error as it is. It never tries another backend (BK-7). A panic in a backend
//! becomes E5112.
//!
//! # Example
//!
//! A whole backend. It evaluates programs of `iconst`, `iadd` and `return`.
//!
//! ```
//! use beskid_plugin_api::artifact::*;
//! use beskid_plugin_api::backend::*;
//! use beskid_plugin_api::diagnostic::Diagnostic;
//! use beskid_plugin_api::services::{Level, Services};
//!
//! pub struct Evaluator;
//!
//! impl Backend for Evaluator {
//!     fn describe(&self) -> BackendDescription {
//!         BackendDescription {
//!             id: "evaluator".into(),
//!             version: env!("CARGO_PKG_VERSION").into(),
//!             about: "evaluates sums".into(),
//!             emits_objects: false,
//!             executes: true,
//!             architectures: vec![std::env::consts::ARCH.into()],
//!             features: [].into(),
//!         }
//!     }
//!
//!     fn compile(
//!         &self,
//!         artifact: &[u8],
//!         request: &CompileRequest,
//!         services: &Services,
//!     ) -> Result<Compiled, Diagnostic> {
//!         if request.output != OutputForm::Session {
//!             return Err(Diagnostic::new("E5114", "`evaluator` makes no object files"));
//!         }
//!         let artifact = accept(&self.describe(), artifact)?;
//!         for form in artifact.forms() {
//!             if !is_known(form) {
//!                 let message = format!("`evaluator` does not know `{}`", form.mnemonic);
//!                 return Err(Diagnostic::new("E5006", message));
//!             }
//!         }
//!         services.log(Level::Debug, "every instruction is known");
//!         let digest = artifact.digest();
//!         let session = Box::new(Evaluation { artifact });
//!         Ok(Compiled::Session { digest, session })
//!     }
//! }
//!
//! /// A form is known if its operands and results are what the mnemonic has.
//! fn is_known(form: &Form) -> bool {
//!     use OperandKind::{Imm64, Value, ValueList};
//!     let (operands, results) = (form.operands.as_slice(), form.results.as_slice());
//!     match form.mnemonic.as_str() {
//!         "iconst" => operands == [Imm64] && results == [Type::I64],
//!         "iadd" => operands == [Value, Value] && results == [Type::I64],
//!         "return" => operands == [ValueList] && results.is_empty(),
//!         _ => false,
//!     }
//! }
//!
//! struct Evaluation {
//!     artifact: CodegenArtifact,
//! }
//!
//! impl Session for Evaluation {
//!     fn symbol(&self, _: &str) -> Option<u64> {
//!         None // There is no code that has an address.
//!     }
//!
//!     fn run(&mut self) -> Result<u64, Diagnostic> {
//!         let entrypoint = self.artifact.header().entrypoint.as_ref();
//!         let entrypoint = entrypoint.ok_or_else(|| Diagnostic::new("E4030", "no entrypoint"))?;
//!         let mut functions = self.artifact.functions().iter();
//!         let function = functions.find(|function| function.body.symbol == entrypoint.symbol);
//!         let broken = |reason: &str| Diagnostic::new("E5007", reason);
//!         let result = function.and_then(|function| self.evaluate(function));
//!         result.ok_or_else(|| broken("a value is used too early, or nothing returns"))
//!     }
//! }
//!
//! impl Evaluation {
//!     /// Without branches only the first block is executed. Verification has
//!     /// read the same stream, so reading never fails.
//!     fn evaluate(&self, function: &Function) -> Option<u64> {
//!         let mut code = function.instructions();
//!         let mut values = Vec::new(); // An entrypoint has no parameters.
//!         for _ in 0..function.body.blocks[0].instructions {
//!             let form = &self.artifact.forms()[code.form().ok()? as usize];
//!             match form.mnemonic.as_str() {
//!                 "iconst" => values.push(code.signed().ok()?),
//!                 "iadd" => {
//!                     let left = *values.get(code.value().ok()? as usize)?;
//!                     let right = *values.get(code.value().ok()? as usize)?;
//!                     values.push(left.wrapping_add(right));
//!                 }
//!                 _ => {
//!                     let mut results = Vec::new();
//!                     code.value_list(&mut results).ok()?;
//!                     return match results.first() {
//!                         Some(result) => values.get(*result as usize).map(|bits| *bits as u64),
//!                         None => Some(0), // The bits of no result.
//!                     };
//!                 }
//!             }
//!             code.define_values(form.results.len() as u32);
//!         }
//!         None
//!     }
//! }
//!
//! // The function table and the manifest, in a module of this name.
//! beskid_plugin_api::backend_plugin!(
//!     pub mod plugin,
//!     id = "evaluator",
//!     capabilities = "execute",
//!     backend = super::Evaluator
//! );
//!
//! // From here on as a host does: through the table, never through the trait.
//! use beskid_plugin_api::abi::{BackendClient, Silent, services_table};
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let artifact = sum(40, 2)?;
//!     let backend = BackendClient::new(plugin::root_module());
//!     let request = CompileRequest { output: OutputForm::Session, ..Default::default() };
//!     let compiled = backend.compile(artifact.bytes(), &request, services_table::<Silent>())?;
//!     let Compiled::Session { digest, mut session } = compiled else {
//!         unreachable!("a session was requested");
//!     };
//!     assert_eq!(digest, artifact.digest());
//!     assert_eq!(session.run()?, 42);
//!
//!     // An error crosses the boundary as it is.
//!     let objects = CompileRequest::default();
//!     let refused = backend.compile(artifact.bytes(), &objects, services_table::<Silent>());
//!     assert_eq!(refused.err().unwrap().code, "E5114");
//!     Ok(())
//! }
//!
//! /// `i64 main()` that returns the sum of two constants.
//! fn sum(left: i64, right: i64) -> Result<CodegenArtifact, ArtifactError> {
//!     let form = |mnemonic: &str, operands: &[OperandKind], results: &[Type]| Form {
//!         mnemonic: mnemonic.into(),
//!         operands: operands.into(),
//!         results: results.into(),
//!     };
//!     let mut builder = ArtifactBuilder::new(Header::new("example", "1"));
//!     let signature = builder.signature(&Signature {
//!         call_conv: CallConv::Platform,
//!         params: vec![],
//!         returns: vec![AbiParam::new(Type::I64)],
//!     });
//!     let name = "main".to_string();
//!     let kind = SymbolKind::Function { signature };
//!     let linkage = Linkage::Export;
//!     let symbol = builder.add_symbol(Symbol { name: Some(name.clone()), kind, linkage });
//!     builder.set_entrypoint(Entrypoint { symbol, name, result: ResultKind::I64 });
//!     let iconst = builder.form(form("iconst", &[OperandKind::Imm64], &[Type::I64]));
//!     let iadd = builder.form(form("iadd", &[OperandKind::Value; 2], &[Type::I64]));
//!     let ret = builder.form(form("return", &[OperandKind::ValueList], &[]));
//!     let mut code = InstructionWriter::default();
//!     for constant in [left, right] {
//!         code.form(iconst);
//!         code.signed(constant);
//!         code.define_values(1);
//!     }
//!     code.form(iadd);
//!     code.value(0);
//!     code.value(1);
//!     code.define_values(1);
//!     code.form(ret);
//!     code.value_list([2].into_iter());
//!     let block = Block { params: vec![], cold: false, instructions: 4 };
//!     builder.add_function(Body { symbol, blocks: vec![block], ..Body::default() }, code);
//!     builder.finish()
//! }
//! ```

mod acceptance;
mod entry;
mod entrypoint;
mod foreign;

pub use acceptance::{accept, accept_by_function, accept_for, check_foreign_functions};
pub use entry::{EntryPlan, EntryResult, MAIN};

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::artifact::Feature;
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::services::Services;

/// A code-generation backend. Plugins implement this; see
/// [`backend_plugin!`](crate::backend_plugin). Several threads may call it at
/// once.
pub trait Backend: Sync {
    /// What the backend is and can do. Must not fail, and must agree with the
    /// plugin's manifest in id, version and capabilities (E5111).
    fn describe(&self) -> BackendDescription;

    /// Compiles an artifact, as the [module page](self) describes.
    ///
    /// `artifact` is the whole file. The backend decodes it itself with
    /// [`accept`], and reports the digest of what it compiled, so that the host
    /// can prove that every backend was given the identical bytes (BK-2).
    ///
    /// # Errors
    /// A [`Diagnostic`]; the host reports it and never tries another backend
    /// (BK-7). Usual codes: E5001 to E5008 for the artifact, E5114 for an output
    /// that the backend does not make, E4001 for a target it does not know,
    /// E4002 for a program that the target cannot express, E4012 and E5120 for
    /// the imports of a session, E4041 for a request that contradicts the
    /// artifact.
    fn compile(
        &self,
        artifact: &[u8],
        request: &CompileRequest,
        services: &Services,
    ) -> Result<Compiled, Diagnostic>;
}

/// Code in memory, ready to run. Dropping it frees the code and the program's data;
/// addresses that it gave out, or that the program gave to foreign code (exit
/// handlers, signal handlers, threads), are then dangling. So a host keeps the
/// session of a program with foreign imports until its process ends.
pub trait Session: Send {
    /// Address in this process of an exported function or of the entrypoint, by
    /// its linker name; `None` if there is none, or if the backend makes no
    /// machine code. A session may know more names than it must.
    fn symbol(&self, name: &str) -> Option<u64>;

    /// Calls the entrypoint and returns the bits of its result, zero-extended
    /// to 64 bits; 0 for no result. The host formats them by the artifact's
    /// [`ResultKind`](crate::artifact::ResultKind) (BK-9). It may be called
    /// again; the program's data is then as the call before left it.
    /// [`call_entrypoint`](crate::sdk::call_entrypoint) does the calling.
    ///
    /// # Errors
    /// E4030 if there is no entrypoint.
    fn run(&mut self) -> Result<u64, Diagnostic>;
}

/// What a backend is and can do. Crosses the boundary as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackendDescription {
    /// Unique name, the manifest's: 1 to 64 lowercase letters, digits and `-`.
    pub id: String,
    /// Version of the plugin, the manifest's: `env!("CARGO_PKG_VERSION")`.
    pub version: String,
    /// One line about it.
    pub about: String,
    /// It makes object files: capability `object` of the manifest.
    pub emits_objects: bool,
    /// It runs code in this process: capability `execute` of the manifest.
    pub executes: bool,
    /// Architectures that it compiles for, as target triples begin: `x86_64`,
    /// `aarch64`. For people; `compile` refuses the others.
    pub architectures: Vec<String>,
    /// Features that it supports; [`accept`] refuses artifacts that use others.
    pub features: BTreeSet<Feature>,
}

/// What the host asks of a backend. Crosses the boundary as JSON; a field that
/// is missing there has its default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CompileRequest {
    /// An object file, or a session in this process.
    pub output: OutputForm,
    /// Target triple, such as `aarch64-unknown-linux-gnu`; `None`: the host's.
    /// A session has none: it runs on the host (BK-8). The target's pointer
    /// width must be the artifact's (E4041).
    pub target: Option<String>,
    /// How much to optimize.
    pub optimization: Optimization,
    /// How the entrypoint is reached from outside. Objects only; a session is
    /// run through [`Session::run`].
    pub entry_shim: EntryShim,
    /// Whether the process is the runtime's. [`EntryShim::Checked`] then calls
    /// [`START_SYMBOL`](crate::runtime_abi::START_SYMBOL), which for
    /// [`EntryShim::Callable`] its caller does. With either, functions that C may
    /// call on a thread of its own (those whose addresses a program with foreign
    /// functions takes) should first call
    /// [`THREAD_SYMBOL`](crate::runtime_abi::THREAD_SYMBOL). Objects only; in a
    /// session they should if that symbol is among the imports.
    pub start_runtime: RuntimeStart,
    /// The exported symbols that stay so; the others become local, so that
    /// they cannot take the place of another library's symbols. `None`: all of
    /// them stay. Objects only.
    pub exports: Option<BTreeSet<String>>,
    /// Address in this process of each import, by its linker name; there may be
    /// more than the artifact imports. Sessions only; a session must refuse an
    /// import that is not here before it finalizes any code (EXT-001, E5120).
    pub imports: BTreeMap<String, u64>,
    /// The plugin's own options, from `[backend-options]` of the user's
    /// configuration. Refuse those that the backend does not know.
    pub options: BTreeMap<String, String>,
    /// Most threads that may work at once; 0 means the same as 1. It changes no
    /// byte of what is made.
    pub jobs: u32,
}

impl Default for CompileRequest {
    fn default() -> Self {
        Self {
            output: OutputForm::Object,
            target: None,
            optimization: Optimization::None,
            entry_shim: EntryShim::None,
            start_runtime: RuntimeStart::Never,
            exports: None,
            imports: BTreeMap::new(),
            options: BTreeMap::new(),
            jobs: 1,
        }
    }
}

/// What to make of an artifact. In JSON: `object`, `session`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum OutputForm {
    /// A relocatable object file in the target's format.
    Object,
    /// Code in the memory of this process.
    Session,
}

/// How much to optimize. In JSON: `none`, `speed`, `speed-and-size`. It changes
/// no result of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Optimization {
    /// Fast compilation.
    None,
    /// Fast code.
    Speed,
    /// Fast and small code.
    SpeedAndSize,
}

/// Linker name of the function that [`EntryShim::Callable`] defines.
pub const CALLABLE_ENTRY: &str = "beskid_entry";

/// Which function, if any, the object defines so that the entrypoint can be
/// reached from outside.
///
/// The C entrypoint `main` first compares `beskid_runtime_abi_version()` with the
/// version that the artifact requires, and ends the process with status 101
/// and a message if they differ (ABI-003); then it calls `rt_start` with its own
/// arguments as the request's [`start_runtime`](CompileRequest::start_runtime) says;
/// then it calls the artifact's entrypoint and returns the exit status: a result of kind `I32` as it is, of
/// kind `I64` its low 32 bits, and 0 for every other kind.
///
/// [`EntryPlan`] has all of that in steps.
///
/// A backend refuses the three that need an entrypoint if the artifact has none,
/// or has a symbol of the function's name already (E5007). In JSON: `none`,
/// `checked`, `bare`, `callable`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EntryShim {
    /// None.
    None,
    /// The C entrypoint `main`, with the version check if the artifact requires
    /// a runtime, and the runtime's start if the request says so.
    Checked,
    /// The C entrypoint `main` without either, for programs without the runtime.
    Bare,
    /// The exported function [`CALLABLE_ENTRY`], which calls the entrypoint
    /// and returns its result as it is. Its caller checks the version.
    Callable,
}

/// Whether a program calls [`START_SYMBOL`](crate::runtime_abi::START_SYMBOL) and
/// [`THREAD_SYMBOL`](crate::runtime_abi::THREAD_SYMBOL), additive symbols that older
/// runtimes lack. In JSON: `never`, `linked`, `if-loaded`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RuntimeStart {
    /// It does not.
    Never,
    /// It does: the runtime that is linked has the symbols.
    Linked,
    /// It does if the runtime with which the program is loaded has the symbol in
    /// question: the reference is a weak one. Formats without such references make
    /// do without the call.
    IfLoaded,
}

/// What a backend made.
pub enum Compiled {
    /// An object file.
    Object {
        /// Digest of the artifact that was compiled.
        digest: Digest,
        /// The object file.
        object: Vec<u8>,
    },
    /// Code in memory.
    Session {
        /// Digest of the artifact that was compiled.
        digest: Digest,
        /// The code.
        session: Box<dyn Session>,
    },
}

/// The error of a runtime that has another ABI version than the artifact
/// requires: E4012, with both numbers (ABI-003). A session compares
/// `beskid_runtime_abi_version()`, one of its imports, with
/// [`runtime_abi`](crate::artifact::Header::runtime_abi).
pub fn version_mismatch(found: u32, required: u32) -> Diagnostic {
    Diagnostic::new(
        Code::E4012,
        format!("the runtime has ABI version {found}, the artifact requires version {required}"),
    )
    .help("align the releases of the beskid CLI and of the runtime")
}
