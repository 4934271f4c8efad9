//! From artifact bytes to a session: decode, resolve, compile, gate.

use std::collections::BTreeMap;

use beskid_clif::{ClifError, DefineOptions, Defined, KeptCode, define, isa};
use beskid_plugin_api::artifact::{Feature, ImportSource, LocatedArtifact, Outline};
use beskid_plugin_api::backend::{
    Backend, BackendDescription, CompileRequest, Compiled, Optimization, OptionDescription,
    OutputForm, RuntimeStart, accept_by_function,
};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::TARGET;
use beskid_plugin_api::runtime_abi::THREAD_SYMBOL;
use beskid_plugin_api::services::{Level, Services};
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_jit::{JITBuilder, JITModule};

use crate::libcalls;
use crate::memory::{self, Room};
use crate::profile;
use crate::session::JitSession;

/// The backend.
#[derive(Debug, Clone, Copy)]
pub struct JitBackend;

impl Backend for JitBackend {
    fn describe(&self) -> BackendDescription {
        let about = format!("Cranelift {} in memory", cranelift_codegen::VERSION);
        let unsupported = [Feature::Tls, Feature::ScalableSimd];
        let features = Feature::ALL.into_iter();
        let features = features.filter(|feature| !unsupported.contains(feature));
        BackendDescription::new("jit", env!("CARGO_PKG_VERSION"), about)
            .executing()
            .for_architectures([std::env::consts::ARCH])
            .with_features(features)
    }

    fn options(&self) -> Vec<OptionDescription> {
        let mut options = beskid_clif::options();
        options.push(profile::option());
        options
    }

    fn compile(
        &self,
        artifact: &[u8],
        request: &CompileRequest,
        services: &Services,
    ) -> Result<Compiled, Diagnostic> {
        if request.output != OutputForm::Session {
            return Err(
                Diagnostic::new(Code::E5114, "backend `jit` makes no object files")
                    .help("choose a backend that does, for instance `--backend aot`"),
            );
        }
        accept_by_function(&self.describe(), artifact, TARGET, |artifact| {
            session(artifact, request, services)
        })
    }
}

/// Compiles an artifact that is accepted for this machine.
fn session(
    artifact: &LocatedArtifact,
    request: &CompileRequest,
    services: &Services,
) -> Result<Compiled, Diagnostic> {
    check_imports(artifact, request)?;
    let mut options = request.options.clone();
    let profile = profile::take(&mut options)?;
    services.log(
        Level::Debug,
        &format!("jit: compiling {} functions", artifact.function_count()),
    );
    let isa = host_isa(artifact, request.optimization, &options)?;
    isa::check_pointer_width(artifact, &*isa, TARGET)?;
    isa::check_conventions(artifact, &*isa)?;
    isa::check_features(artifact, &*isa)?;
    let room = Room::of(artifact)?;
    let usual = compile(artifact, request, services, &isa, room);
    let (module, defined) = match usual {
        // Flags may make code larger than it usually is.
        Err(ClifError::Room { .. }) if room.grows() => {
            compile(artifact, request, services, &isa, Room::MOST)?
        }
        result => result?,
    };
    let session = JitSession::new(artifact, module, &defined, request, profile)?;
    Ok(Compiled::Session {
        digest: artifact.digest(),
        session: Box::new(session),
    })
}

/// Compiles into a module of its own with this much address space.
fn compile(
    artifact: &LocatedArtifact,
    request: &CompileRequest,
    services: &Services,
    isa: &OwnedTargetIsa,
    room: Room,
) -> Result<(JITModule, Defined), ClifError> {
    let names = cranelift_module::default_libcall_names();
    let mut builder = JITBuilder::with_isa(isa.clone(), names);
    for (name, address) in request.imports() {
        builder.symbol(name.as_str(), *address as usize as *const u8);
    }
    builder.symbol_lookup_fn(Box::new(libcalls::address));
    builder.memory_provider(memory::provider(room)?);
    let mut module = JITModule::new(builder);
    let kept = KeptCode::of(&request.options);
    let options = DefineOptions {
        start_runtime: match request.imports().contains_key(THREAD_SYMBOL) {
            true => RuntimeStart::Linked,
            false => RuntimeStart::Never,
        },
        services: Some(services),
        jobs: request.jobs,
        kept: kept.as_ref(),
        ..DefineOptions::default()
    };
    let defined = define(artifact, &mut module, &**isa, options);
    let defined = defined.and_then(|defined| {
        let finalized = module.finalize_definitions();
        finalized.map_err(|error| ClifError::of_module("the program", &error))?;
        Ok(defined)
    });
    match defined {
        Ok(defined) => Ok((module, defined)),
        Err(error) => {
            // SAFETY: nobody was given an address of this module's code.
            unsafe { module.free_memory() };
            Err(error)
        }
    }
}

fn host_isa(
    artifact: &Outline,
    optimization: Optimization,
    options: &BTreeMap<String, String>,
) -> Result<OwnedTargetIsa, Diagnostic> {
    let refused = |reason: &str| ClifError::Isa {
        target: TARGET.to_owned(),
        reason: reason.to_owned(),
    };
    let builder = cranelift_native::builder().map_err(refused)?;
    // Imports may be anywhere in the address space, so library calls must not
    // assume that they are near.
    let mut flags = vec![("is_pic", "false"), ("use_colocated_libcalls", "false")];
    flags.extend(isa::needed_flags(artifact, builder.triple()));
    let isa = isa::finish(TARGET, builder, optimization, &flags, options)?;
    // Of itself it has what the processor has.
    let missing = (!options.is_empty()).then(|| isa::missing_on_host(&*isa));
    if let Some(feature) = missing.flatten() {
        let message =
            format!("the backend's options ask for `{feature}`, which this processor lacks");
        return Err(Diagnostic::new(Code::E4004, message).help(
            "leave them out to run the program here, or build it for a processor that has it",
        ));
    }
    Ok(isa)
}

/// EXT-001: every import has an address before any code is finalized.
fn check_imports(artifact: &Outline, request: &CompileRequest) -> Result<(), Diagnostic> {
    let missing = artifact
        .imports()
        .filter(|(name, _)| !request.imports().contains_key(*name))
        .map(|(name, source)| match source {
            ImportSource::Extern { library, .. } => format!("unresolved: `{name}` of `{library}`"),
            _ => format!("unresolved: `{name}`"),
        })
        .collect::<Vec<_>>();
    if missing.is_empty() {
        return Ok(());
    }
    let mut diagnostic = Diagnostic::new(
        Code::E5120,
        match missing.as_slice() {
            [_] => "an import has no address".to_owned(),
            all => format!("{} imports have no address", all.len()),
        },
    );
    diagnostic.notes = missing;
    Err(diagnostic.help(
        "enable `extern.dlopen` (`--extern-dlopen`) to load libraries at run time, or bind them \
         at link time: build an executable, or run with `--backend aot`",
    ))
}
