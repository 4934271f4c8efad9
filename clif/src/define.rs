//! Replaying an artifact into a `cranelift_module::Module`.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::atomic::AtomicU32;

use beskid_plugin_api::artifact as art;
use beskid_plugin_api::artifact::{LocatedArtifact, Outline};
use beskid_plugin_api::backend::RuntimeStart;
use beskid_plugin_api::services::{Level, Services};
use cranelift_codegen::isa::TargetIsa;
use cranelift_module::{DataDescription, Linkage, Module, ModuleError};

use crate::compile::{Code, Compiler, Desk, Kept, KeptCode, in_order};
use crate::debug;
use crate::decode::Decoder;
use crate::defined::{Defined, Id};
use crate::error::ClifError;
use crate::threads::Threads;
use crate::throw::Handlers;
use crate::unwind::Recorder;

/// How to define an artifact's symbols.
#[derive(Debug, Clone, Copy)]
pub struct DefineOptions<'o> {
    /// The exported symbols that stay so; `None`: all of them.
    pub exports: Option<&'o BTreeSet<String>>,
    /// Whether the process is the runtime's, so that functions which C may call on
    /// threads of its own tell it.
    pub start_runtime: RuntimeStart,
    /// Asked between functions whether to go on; `None`: on to the end.
    pub services: Option<&'o Services>,
    /// Most functions that are compiled at once; 0 means the same as 1. The code
    /// is the same for any number.
    pub jobs: u32,
    /// Machine code of an earlier compilation, and where this one's is kept.
    pub kept: Option<&'o KeptCode>,
}

impl Default for DefineOptions<'_> {
    fn default() -> Self {
        Self {
            exports: None,
            start_runtime: RuntimeStart::Never,
            services: None,
            jobs: 0,
            kept: None,
        }
    }
}

impl DefineOptions<'_> {
    fn is_cancelled(self) -> bool {
        self.services.is_some_and(Services::is_cancelled)
    }

    /// Says how much was known.
    fn log(self, kept: &[Kept], functions: usize) {
        if let Some(services) = self.services {
            let known = kept.iter().filter(|kept| kept.is_known()).count();
            let text = format!("{known} of {functions} functions are known");
            services.log(Level::Debug, &text);
        }
    }

    fn threads(self) -> NonZeroUsize {
        NonZeroUsize::new(self.jobs as usize).unwrap_or(NonZeroUsize::MIN)
    }

    fn is_exported(self, name: Option<&str>) -> bool {
        let (Some(exports), Some(name)) = (self.exports, name) else {
            return true;
        };
        exports.contains(name)
    }
}

/// Declares and defines everything in the artifact, in a module that takes
/// machine code for `isa`.
///
/// # Errors
/// [`ClifError::Artifact`] for a function that is not valid;
/// [`ClifError::UnknownMnemonic`] before anything is compiled;
/// [`ClifError::Verifier`] if a function breaks CLIF's rules;
/// [`ClifError::Compile`] if the target cannot express it;
/// [`ClifError::Cancelled`] if the user wants to stop. Of several functions with
/// errors the first one counts.
pub fn define(
    artifact: &LocatedArtifact,
    module: &mut dyn Module,
    isa: &dyn TargetIsa,
    options: DefineOptions<'_>,
) -> Result<Defined, ClifError> {
    let decoder = Decoder::for_target(artifact, isa)?;
    let mut ids = Vec::with_capacity(artifact.module().symbols.len());
    for symbol in &artifact.module().symbols {
        ids.push(declare(&decoder, symbol, module, options)?);
    }
    let mut defined = Defined {
        ids,
        weak: None,
        frames: Vec::new(),
    };
    let mut frames = Vec::new();
    let recorder = &mut Recorder {
        module,
        frames: &mut frames,
    };
    let id = |symbol| defined.function(symbol);
    let threads = Threads::new(artifact, options.start_runtime, &id, recorder)?;
    defined.weak = threads.weak();
    check_written_zeroes(&decoder, artifact)?;
    for data in &artifact.module().data {
        define_data(&decoder, &defined, data, recorder.module)?;
    }
    let sizes = (0..artifact.function_count()).map(|_| AtomicU32::new(0));
    let sizes = sizes.collect::<Vec<_>>();
    let described = artifact.debug().map(debug::scopes_of_functions);
    let compiler = Compiler {
        artifact,
        sizes: &sizes,
        decoder: &decoder,
        defined: &defined,
        threads: &threads,
        isa,
        described: described.as_ref(),
        kept: options.kept,
    };
    let mut kept = Vec::new();
    let mut handlers = Handlers::default();
    in_order(
        artifact.function_count(),
        options.threads(),
        Desk::new,
        |desk, index| (index, compiler.function(desk, index)),
        |(index, compiled): (usize, Result<Option<Code>, ClifError>)| {
            if options.is_cancelled() {
                return Err(ClifError::Cancelled);
            }
            let Some(code) = compiled? else {
                return Ok(());
            };
            let placed = recorder.module.define_function_bytes(
                code.id,
                code.alignment,
                &code.bytes,
                &code.relocations,
            );
            placed.map_err(|error| {
                let symbol = artifact.function_symbol(index).unwrap_or_default();
                compile_error(decoder.symbol_name(symbol), &error)
            })?;
            handlers.add(code.handlers);
            recorder.frames.push(code.frame);
            kept.extend(code.kept);
            Ok(())
        },
    )?;
    if let Some(known) = options.kept {
        known.write(&kept);
        options.log(&kept, artifact.function_count());
    }
    let mut symbols = artifact.module().symbols.iter();
    if let Some(throw) = symbols.find(|symbol| is_throw(symbol))
        && let art::SymbolKind::Function { signature } = throw.kind
        && let Some(signature) = decoder.signature(signature)
    {
        handlers
            .define(signature.clone(), recorder)
            .map_err(|error| compile_error(art::THROW.to_owned(), &error))?;
    }
    defined.frames = frames;
    Ok(defined)
}

fn is_throw(symbol: &art::Symbol) -> bool {
    symbol.linkage == art::Linkage::Import(art::ImportSource::Plain)
        && symbol.name.as_deref() == Some(art::THROW)
}

fn declare(
    decoder: &Decoder<'_>,
    symbol: &art::Symbol,
    module: &mut dyn Module,
    options: DefineOptions<'_>,
) -> Result<Id, ClifError> {
    let name = symbol.name.as_deref();
    let linkage = match symbol.linkage {
        art::Linkage::Import(_) if is_throw(symbol) => Linkage::Local,
        art::Linkage::Import(_) => Linkage::Import,
        art::Linkage::Local => Linkage::Local,
        _ if !options.is_exported(name) => Linkage::Local,
        art::Linkage::Hidden => Linkage::Hidden,
        art::Linkage::Preemptible => Linkage::Preemptible,
        art::Linkage::Export => Linkage::Export,
    };
    let declared = match symbol.kind {
        art::SymbolKind::Function { signature } => {
            let signature = decoder
                .signature(signature)
                .ok_or_else(|| ClifError::Function {
                    function: name.unwrap_or_default().to_owned(),
                    reason: "has no signature".to_owned(),
                })?;
            match name {
                Some(name) => module.declare_function(name, linkage, signature),
                None => module.declare_anonymous_function(signature),
            }
            .map(Id::Function)
        }
        art::SymbolKind::Data { writable, tls } => match name {
            Some(name) => module.declare_data(name, linkage, writable, tls),
            None => module.declare_anonymous_data(writable, tls),
        }
        .map(Id::Data),
    };
    declared.map_err(|error| compile_error(name.unwrap_or("(anonymous)").to_owned(), &error))
}

/// Most zeroes that are written one by one, in bytes.
const MOST_WRITTEN_ZEROES: u64 = 1 << 24;

/// Only the sections that Cranelift chooses leave zeroes out of the file; in a
/// section of a given name they are written, and a small artifact must not
/// become a huge object.
fn check_written_zeroes(decoder: &Decoder<'_>, artifact: &Outline) -> Result<(), ClifError> {
    let mut sum = 0_u64;
    for data in &artifact.module().data {
        if let (art::DataInit::Zeroes(size), Some(_)) = (&data.init, &data.section) {
            sum = sum.saturating_add(*size);
        }
        if sum > MOST_WRITTEN_ZEROES {
            return Err(ClifError::Compile {
                symbol: decoder.symbol_name(data.symbol),
                reason: "there are too many zeroes in sections of a name".to_owned(),
            });
        }
    }
    Ok(())
}

fn define_data(
    decoder: &Decoder<'_>,
    defined: &Defined,
    data: &art::DataObject,
    module: &mut dyn Module,
) -> Result<(), ClifError> {
    let Some(id) = defined.data(data.symbol) else {
        return Ok(());
    };
    let mut description = DataDescription::new();
    match &data.init {
        art::DataInit::Zeroes(size) => {
            let size = usize::try_from(*size).map_err(|_| ClifError::Compile {
                symbol: decoder.symbol_name(data.symbol),
                reason: format!("{size} bytes do not fit this machine's memory"),
            })?;
            match data.section {
                None => description.define_zeroinit(size),
                Some(_) => description.define(vec![0; size].into_boxed_slice()),
            }
        }
        art::DataInit::Bytes(bytes) => description.define(bytes.clone().into_boxed_slice()),
    }
    description.align = data.align;
    description.custom_section.clone_from(&data.section);
    description.used = data.used;
    for relocation in &data.relocations {
        if let Some(target) = defined.function(relocation.target) {
            if relocation.addend != 0 {
                // Cranelift's data descriptions have no place for it.
                return Err(ClifError::Compile {
                    symbol: decoder.symbol_name(data.symbol),
                    reason: "it holds the address of a function plus an offset".to_owned(),
                });
            }
            let target = module.declare_func_in_data(target, &mut description);
            description.write_function_addr(relocation.offset, target);
        } else if let Some(target) = defined.data(relocation.target) {
            let target = module.declare_data_in_data(target, &mut description);
            description.write_data_addr(relocation.offset, target, relocation.addend);
        }
    }
    module
        .define_data(id, &description)
        .map_err(|error| compile_error(decoder.symbol_name(data.symbol), &error))
}

pub(crate) fn compile_error(symbol: String, error: &ModuleError) -> ClifError {
    ClifError::of_module(&symbol, error)
}
