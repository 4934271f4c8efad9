//! One program for both sides: the artifact through the plugin boundary, and its
//! functions through Cranelift's own modules.

use std::collections::BTreeMap;

use beskid_clif::decode::Decoder;
use beskid_clif::{ArtifactModule, ModuleOptions, isa};
use beskid_frontend::analyze;
use beskid_plugin_api::abi::{BackendClient, Silent, services_table};
use beskid_plugin_api::artifact::{
    CodegenArtifact, LocatedArtifact, Outline, SymbolId, SymbolKind,
};
use beskid_plugin_api::backend::{CompileRequest, Compiled, Optimization, OutputForm};
use beskid_plugin_api::runtime_abi::BESKID_RUNTIME_ABI_VERSION;
use cranelift_codegen::Context;
use cranelift_codegen::ir::{Function, UserExternalName};
use cranelift_codegen::isa::{OwnedTargetIsa, TargetIsa};
use cranelift_jit::{ArenaMemoryProvider, JITBuilder, JITModule};
use cranelift_module::{FuncId, Linkage, Module, default_libcall_names};
use cranelift_object::{ObjectBuilder, ObjectModule};

use crate::source::large_program;

/// Address space of Cranelift's session, in bytes.
const ARENA: usize = 1 << 30;

extern "C" fn runtime_version() -> u32 {
    BESKID_RUNTIME_ABI_VERSION
}

/// A program, in every form that a side begins with.
pub struct Program {
    /// What our side gets.
    pub artifact: CodegenArtifact,
    /// What Cranelift's side gets.
    pub functions: Vec<(FuncId, Function)>,
    /// The level of both sides.
    pub optimization: Optimization,
}

/// Both sides of a comparison, with the same flags.
#[derive(Debug, Clone, Copy)]
pub struct Sides<'a> {
    /// What both know of the program.
    pub outline: &'a Outline,
    /// The level of both.
    pub optimization: Optimization,
}

/// [`large_program`] with so many functions.
pub fn large_artifact(functions: usize) -> CodegenArtifact {
    let analysis = analyze("bench.bd", large_program(functions).as_bytes());
    analysis.program.unwrap().lower(None).unwrap()
}

impl Program {
    /// [`large_program`] with so many functions.
    pub fn new(functions: usize, optimization: Optimization) -> Self {
        let artifact = large_artifact(functions);
        let functions = decoded(&artifact);
        Self {
            artifact,
            functions,
            optimization,
        }
    }

    /// How it is compiled.
    pub fn sides(&self) -> Sides<'_> {
        Sides {
            outline: &self.artifact,
            optimization: self.optimization,
        }
    }

    /// The artifact through the plugin interface.
    pub fn through_the_boundary(&self, output: OutputForm, jobs: u32) -> Compiled {
        let bytes = self.artifact.bytes();
        self.sides().through_the_boundary(bytes, output, jobs)
    }

    /// What a frontend does with its functions.
    pub fn encode(&self) -> CodegenArtifact {
        let options = ModuleOptions {
            producer: "bench".to_owned(),
            version: "1".to_owned(),
            target_neutral: true,
        };
        let mut module = ArtifactModule::new(self.sides().target(false), options);
        self.sides().declare(&mut module);
        let mut context = Context::new();
        for (id, function) in &self.functions {
            // Taking it back costs nothing, so that no copy is measured.
            context.func.clone_from(function);
            module.define_function(*id, &mut context).unwrap();
        }
        module.finish().unwrap()
    }
}

impl Sides<'_> {
    /// The machine's ISA, with the flags that the backends use.
    pub fn target(self, in_memory: bool) -> OwnedTargetIsa {
        let mut builder = cranelift_native::builder().unwrap();
        let mut flags = vec![("is_pic", if in_memory { "false" } else { "true" })];
        if in_memory {
            flags.push(("use_colocated_libcalls", "false"));
        } else {
            builder = cranelift_codegen::isa::lookup(builder.triple().clone()).unwrap();
        }
        // Both sides rely on the artifact's own verification.
        flags.push(("enable_verifier", "false"));
        flags.extend(isa::needed_flags(self.outline, builder.triple()));
        isa::finish("host", builder, self.optimization, &flags, &BTreeMap::new()).unwrap()
    }

    fn request(self, output: OutputForm, jobs: u32) -> CompileRequest {
        let address = runtime_version as *const () as u64;
        let names = self.outline.imports().map(|(name, _)| name.to_owned());
        let names = names.chain(["beskid_runtime_abi_version".to_owned()]);
        let mut request = CompileRequest::session();
        request.output = output;
        request.optimization = self.optimization;
        request.jobs = jobs;
        // SAFETY: of the imports only the version's is called, which is this.
        unsafe { request.with_imports(names.map(|name| (name, address)).collect()) }
    }

    /// The artifact's bytes to code or to an object, as the host calls a backend.
    pub fn through_the_boundary(self, bytes: &[u8], output: OutputForm, jobs: u32) -> Compiled {
        let root = match output {
            OutputForm::Session => beskid_backend_jit::plugin::root_module(),
            _ => beskid_backend_aot::plugin::root_module(),
        };
        let backend = BackendClient::new(root);
        let request = self.request(output, jobs);
        backend
            .compile(bytes, &request, services_table::<Silent>())
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// Declares the symbols, in their order, so that each has the number that
    /// the functions call it by.
    fn declare(self, module: &mut dyn Module) {
        let decoder = Decoder::new(self.outline, module.isa().default_call_conv()).unwrap();
        for symbol in &self.outline.module().symbols {
            let SymbolKind::Function { signature } = symbol.kind else {
                panic!("the program has data");
            };
            let linkage = match symbol.linkage.is_definition() {
                true => Linkage::Export,
                false => Linkage::Import,
            };
            let name = symbol.name.as_deref().unwrap();
            let signature = decoder.signature(signature).unwrap();
            module.declare_function(name, linkage, signature).unwrap();
        }
    }

    fn define(
        self,
        module: &mut dyn Module,
        functions: impl IntoIterator<Item = (FuncId, Function)>,
    ) {
        self.declare(module);
        let mut context = Context::new();
        for (id, function) in functions {
            context.clear();
            context.func = function;
            module.define_function(id, &mut context).unwrap();
        }
    }

    /// The same functions through Cranelift's own module, in memory.
    pub fn cranelift_in_memory(
        self,
        functions: impl IntoIterator<Item = (FuncId, Function)>,
    ) -> JITModule {
        let mut builder = JITBuilder::with_isa(self.target(true), default_libcall_names());
        let address = runtime_version as *const u8;
        for (name, _) in self.outline.imports() {
            builder.symbol(name, address);
        }
        let arena = ArenaMemoryProvider::new_with_size(ARENA).unwrap();
        builder.memory_provider(Box::new(arena));
        let mut module = JITModule::new(builder);
        self.define(&mut module, functions);
        module.finalize_definitions().unwrap();
        module
    }

    /// The same functions through Cranelift's own module, to an object.
    pub fn cranelift_object(
        self,
        functions: impl IntoIterator<Item = (FuncId, Function)>,
    ) -> Vec<u8> {
        let isa = self.target(false);
        let mut builder = ObjectBuilder::new(isa, "bench", default_libcall_names()).unwrap();
        builder
            .per_function_section(true)
            .per_data_object_section(true);
        let mut module = ObjectModule::new(builder);
        self.define(&mut module, functions);
        module.finish().emit().unwrap()
    }
}

/// Every body as a function of Cranelift.
pub fn decoded(artifact: &CodegenArtifact) -> Vec<(FuncId, Function)> {
    let triple = cranelift_native::builder().unwrap().triple().clone();
    let platform = cranelift_codegen::isa::CallConv::triple_default(&triple);
    let decoder = Decoder::new(artifact, platform).unwrap();
    let external = |symbol: SymbolId| UserExternalName::new(0, symbol);
    let functions = artifact.functions().iter().map(|function| {
        let id = FuncId::from_u32(function.body.symbol);
        (id, decoder.function(function, &external).unwrap())
    });
    functions.collect()
}

/// Every body as a function of Cranelift, verified while it is built, as backends do.
pub fn checked(bytes: &[u8], isa: &dyn TargetIsa) -> Vec<(FuncId, Function)> {
    let artifact = LocatedArtifact::locate(bytes).unwrap();
    let decoder = Decoder::for_target(&artifact, isa).unwrap();
    let external = |symbol: SymbolId| UserExternalName::new(0, symbol);
    let functions = (0..artifact.function_count()).map(|index| {
        let located = artifact.body(index).unwrap();
        let id = FuncId::from_u32(located.body.symbol);
        (id, decoder.checked(&located, &external).unwrap())
    });
    functions.collect()
}
