//! From artifact bytes to an object or a session.

use beskid_plugin_api::artifact::Feature;
use beskid_plugin_api::backend::{
    Backend, BackendDescription, CompileRequest, Compiled, EntryPlan, OptionDescription,
    OutputForm, accept_for,
};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::TARGET;
use beskid_plugin_api::services::{Level, Services};

use crate::emit;
use crate::llvm::{Choice, Llvm, compile};
use crate::refusal::cancelled;
use crate::session::{LlvmSession, check_imports};
use crate::target::Machine;

/// The option that names the library.
const LIBRARY: &str = "library";
/// Bits of a pointer, of every target.
const POINTER: u8 = 64;

/// The backend.
#[derive(Debug, Clone, Copy)]
pub struct LlvmBackend;

impl Backend for LlvmBackend {
    fn describe(&self) -> BackendDescription {
        let features = Feature::ALL.into_iter();
        let features = features.filter(|feature| *feature != Feature::ScalableSimd);
        let about = "LLVM 19 to object files and in memory";
        BackendDescription::new("llvm", env!("CARGO_PKG_VERSION"), about)
            .emitting_objects()
            .executing()
            .for_architectures(["x86_64", "aarch64", "riscv64"])
            .with_features(features)
    }

    fn options(&self) -> Vec<OptionDescription> {
        let help = "the LLVM that is opened";
        vec![OptionDescription::new(
            LIBRARY,
            help,
            "a file; `libLLVM.so.19.1`",
        )]
    }

    fn compile(
        &self,
        artifact: &[u8],
        request: &CompileRequest,
        services: &Services,
    ) -> Result<Compiled, Diagnostic> {
        let is_session = request.output == OutputForm::Session;
        let target = match (&request.target, is_session) {
            (Some(target), false) => target,
            _ => TARGET,
        };
        let machine = Machine::of(target)?;
        if let Some(option) = request.options.keys().find(|option| *option != LIBRARY) {
            let message = format!("backend `llvm` has no option `{option}`");
            return Err(Diagnostic::new(Code::E4004, message).help("it has `library` only"));
        }
        let artifact = accept_for(&self.describe(), artifact, target)?;
        let width = artifact.header().pointer_width;
        if width != POINTER {
            let message =
                format!("the artifact is for {width}-bit pointers, `{target}` has 64 bits");
            return Err(Diagnostic::new(Code::E4041, message)
                .help("compile the source again for this target"));
        }
        if is_session {
            check_imports(&artifact, request)?;
        }
        let plan = match is_session {
            true => None,
            false => EntryPlan::of(&artifact, request)?,
        };
        let text = emit::text(&artifact, request, &machine, plan.as_ref(), services)?;
        let llvm = Llvm::open(request.options.get(LIBRARY).map(String::as_str))?;
        let size = text.text.len();
        services.log(
            Level::Debug,
            &format!("llvm: compiling {size} bytes of text"),
        );
        if services.is_cancelled() {
            return Err(cancelled());
        }
        let choice = Choice {
            optimization: request.optimization,
            native: is_session,
        };
        let object = compile(llvm, &text.text, &machine, choice)?;
        let digest = artifact.digest();
        if !is_session {
            return Ok(Compiled::Object { digest, object });
        }
        let entrypoint = text.entrypoint.as_deref();
        let session = LlvmSession::new(llvm, &artifact, request, &object, entrypoint)?;
        Ok(Compiled::Session {
            digest,
            session: Box::new(session),
        })
    }
}
