//! Backend `c`: an artifact as C text, compiled to an object by a C compiler.
//!
//! ```console
//! $ cargo build --release
//! $ beskid --plugin target/release/libbeskid_backend_c.so --backend c build hello.bd
//! ```
//!
//! It is a sample: how a backend is written on the [`tree`](beskid_plugin_api::tree) of the
//! plugin interface, with what it does not do refused by name. It compiles for x86-64 Linux,
//! integers up to 128 bits, floats of 32 and 64, memory, atomics, calls and branches.
//!
//! `--backend-option c.cc=PROGRAM` names the compiler: gcc or clang, `cc` if nothing is
//! said. The host runs it.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod compare;
mod compiler;
mod data;
mod entry;
mod function;
mod names;
mod operation;
mod scalar;
mod unit;
mod writer;

use beskid_plugin_api::artifact::Feature;
use beskid_plugin_api::backend::{
    Backend, BackendDescription, CompileRequest, Compiled, EntryPlan, OptionDescription,
    OutputForm, accept_for,
};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::TARGET;
use beskid_plugin_api::services::{Level, Services};
use beskid_plugin_api::target::{Format, Target};

/// The backend.
#[derive(Debug, Clone, Copy)]
pub struct CBackend;

beskid_plugin_api::backend_plugin!(
    pub mod plugin,
    id = "c",
    capabilities = "object",
    backend = super::CBackend
);
beskid_plugin_api::export_plugin!(crate::plugin);

impl Backend for CBackend {
    fn describe(&self) -> BackendDescription {
        BackendDescription::new("c", env!("CARGO_PKG_VERSION"), "objects by way of C")
            .emitting_objects()
            .for_architectures(["x86_64"])
            .with_features([Feature::Atomics, Feature::I128])
    }

    fn options(&self) -> Vec<OptionDescription> {
        compiler::options()
    }

    fn compile(
        &self,
        artifact: &[u8],
        request: &CompileRequest,
        services: &Services,
    ) -> Result<Compiled, Diagnostic> {
        if request.output != OutputForm::Object {
            return Err(
                Diagnostic::new(Code::E5114, "backend `c` runs nothing in memory")
                    .help("build the program, or run it by another backend"),
            );
        }
        let target = request.target.as_deref().unwrap_or(TARGET);
        let read = Target::of(target);
        if read.architecture() != "x86_64" || read.format() != Format::Elf {
            let message = format!("backend `c` does not compile for target `{target}`");
            return Err(Diagnostic::new(Code::E4001, message)
                .help("it compiles for x86_64-unknown-linux-gnu"));
        }
        let compiler = compiler::Compiler::of(request)?;
        let artifact = accept_for(&self.describe(), artifact, target)?;
        if artifact.header().pointer_width != 64 {
            let message = format!("`{target}` has pointers of 64 bits, and the artifact has not");
            return Err(Diagnostic::new(Code::E4041, message)
                .help("compile the source again for this target"));
        }
        let entry = EntryPlan::of(&artifact, request)?;
        let text = unit::text(&artifact, request, entry.as_ref())?;
        services.log(Level::Debug, &format!("{} bytes of C", text.len()));
        Ok(Compiled::Object {
            digest: artifact.digest(),
            object: compiler.compile(&text, services)?,
        })
    }
}
