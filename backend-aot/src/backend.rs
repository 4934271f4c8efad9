//! From artifact bytes to the bytes of an object file.

use beskid_clif::{DefineOptions, KeptCode, define, isa, shim, support};
use beskid_plugin_api::artifact::{Feature, LocatedArtifact};
use beskid_plugin_api::backend::{
    Backend, BackendDescription, CompileRequest, Compiled, EntryPlan, OptionDescription,
    OutputForm, accept_by_function,
};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::TARGET;
use beskid_plugin_api::panics::contain_panic;
use beskid_plugin_api::services::{Level, Services};
use cranelift_module::Module;
use cranelift_object::{ObjectBuilder, ObjectModule};

use crate::{debug, file_header, frames, visibility};

/// Name of the unit in the object's symbol table. Constant, because the same
/// artifact gives the same bytes wherever it is compiled.
const UNIT: &str = "beskid";

/// The backend.
#[derive(Debug, Clone, Copy)]
pub struct ObjectBackend;

impl Backend for ObjectBackend {
    fn describe(&self) -> BackendDescription {
        let about = format!("Cranelift {} to object files", cranelift_codegen::VERSION);
        let features = Feature::ALL.into_iter();
        let features = features.filter(|feature| *feature != Feature::ScalableSimd);
        BackendDescription::new("aot", env!("CARGO_PKG_VERSION"), about)
            .emitting_objects()
            .for_architectures(["x86_64", "aarch64", "riscv64"])
            .with_features(features)
    }

    fn options(&self) -> Vec<OptionDescription> {
        beskid_clif::options()
    }

    fn compile(
        &self,
        artifact: &[u8],
        request: &CompileRequest,
        services: &Services,
    ) -> Result<Compiled, Diagnostic> {
        if request.output != OutputForm::Object {
            return Err(Diagnostic::new(Code::E5114, "backend `aot` runs no code")
                .help("choose a backend that does, for instance `--backend jit`"));
        }
        let target = request.target.as_deref().unwrap_or(TARGET);
        accept_by_function(&self.describe(), artifact, target, |artifact| {
            object(artifact, target, request, services)
        })
    }
}

/// Compiles an artifact that is accepted for the target.
fn object(
    artifact: &LocatedArtifact,
    target: &str,
    request: &CompileRequest,
    services: &Services,
) -> Result<Compiled, Diagnostic> {
    services.log(
        Level::Debug,
        &format!(
            "aot: compiling {} functions for {target}",
            artifact.function_count()
        ),
    );
    let isa = isa::for_artifact(artifact, target, request.optimization, &request.options)?;
    isa::check_pointer_width(artifact, &*isa, target)?;
    isa::check_conventions(artifact, &*isa)?;
    isa::check_features(artifact, &*isa)?;
    let unsupported = |error: &dyn std::fmt::Display| {
        Diagnostic::new(
            Code::E4002,
            format!("cannot make an object for `{target}`: {error}"),
        )
        .help("compile for another target, such as x86_64-unknown-linux-gnu")
    };
    let libcalls = cranelift_module::default_libcall_names;
    let mut builder =
        ObjectBuilder::new(isa.clone(), UNIT, libcalls()).map_err(|e| unsupported(&e))?;
    // A section for each function lets the linker drop what is unused.
    builder
        .per_function_section(true)
        .per_data_object_section(true);
    let mut module = ObjectModule::new(builder);
    let kept = KeptCode::of(&request.options);
    let options = DefineOptions {
        exports: request.exports.as_ref(),
        start_runtime: request.start_runtime,
        services: Some(services),
        jobs: request.jobs,
        kept: kept.as_ref(),
    };
    let plan = EntryPlan::of(artifact, request)?;
    let mut defined = define(artifact, &mut module, &*isa, options)?;
    // Cranelift panics at references that it has no relocation for.
    let object = contain_panic(|| {
        let weak = match &plan {
            Some(plan) => shim::define(plan, &mut defined, &mut module)?,
            None => None,
        };
        support::define(artifact, &*libcalls(), &mut defined, &mut module)?;
        let triple = module.isa().triple().clone();
        let mut product = module.finish();
        for import in defined.weak().into_iter().chain(weak) {
            let symbol = product.function_symbol(import);
            product.object.symbol_mut(symbol).weak = true;
        }
        visibility::protect(&mut product, artifact, &defined, request.exports.as_ref());
        let isa = &*isa;
        frames::add(&mut product, &defined, isa).map_err(|error| unsupported(&error))?;
        let told = beskid_clif::debug::sections(artifact, &defined)?;
        debug::add(&mut product, &defined, &told).map_err(|error| unsupported(&error))?;
        let mut object = product.emit().map_err(|error| unsupported(&error))?;
        file_header::complete(&mut object, &triple);
        Ok::<_, Diagnostic>(object)
    });
    let object = object.unwrap_or_else(|_| {
        Err(unsupported(
            &"its format has no relocation for what the code refers to",
        ))
    })?;
    Ok(Compiled::Object {
        digest: artifact.digest(),
        object,
    })
}
