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
//!         BackendDescription::new("evaluator", env!("CARGO_PKG_VERSION"), "evaluates sums")
//!             .executing()
//!             .for_architectures([std::env::consts::ARCH])
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
//!     let request = CompileRequest::session();
//!     let compiled = backend.compile(artifact.bytes(), &request, services_table::<Silent>())?;
//!     let Compiled::Session { digest, mut session } = compiled else {
//!         unreachable!("a session was requested");
//!     };
//!     assert_eq!(digest, artifact.digest());
//!     assert_eq!(session.run()?, 42);
//!
//!     // An error crosses the boundary as it is.
//!     let objects = CompileRequest::object(None);
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
mod description;
mod entry;
mod entrypoint;
mod foreign;
mod request;

pub use acceptance::{accept, accept_by_function, accept_for, check_foreign_functions};
pub use description::{BackendDescription, OptionDescription};
pub use entry::{EntryPlan, EntryResult, MAIN};
pub use request::{
    CALLABLE_ENTRY, CompileRequest, EntryShim, Optimization, OutputForm, RuntimeStart,
};

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

    /// The options that it takes: what may stand in [`CompileRequest::options`].
    /// The host refuses others before it calls [`compile`](Self::compile) (E4004),
    /// and `beskid plugin inspect` shows these. Asked only where there are any to
    /// check. Unless it is implemented, there are none.
    fn options(&self) -> Vec<OptionDescription> {
        Vec::new()
    }

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
    /// to 64 bits; 0 for no result.
    ///
    /// This runs the program, with what it imports: it may read and write any memory
    /// of the process, end it, or never return. Whoever calls it has decided to trust
    /// the artifact as much as code of its own, and keeps what the imports' addresses
    /// point to until the session is dropped (see [`CompileRequest::with_imports`]).
    /// A session calls nothing but the program's code and the addresses that it was
    /// given.
    /// The host formats them by the artifact's
    /// [`ResultKind`](crate::artifact::ResultKind) (BK-9). It may be called
    /// again; the program's data is then as the call before left it.
    /// [`call_entrypoint`](crate::sdk::call_entrypoint) does the calling.
    ///
    /// # Errors
    /// E4030 if there is no entrypoint.
    fn run(&mut self) -> Result<u64, Diagnostic>;

    /// Drops it, and says what went wrong. The host's error names the backend; the
    /// result of a program that has run stands.
    ///
    /// # Errors
    /// E5112 if that panics, where the session is a plugin's.
    fn close(self: Box<Self>) -> Result<(), Diagnostic> {
        drop(self);
        Ok(())
    }
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
