//! `ArtifactModule`: a `cranelift_module::Module` that writes an artifact.

use std::collections::HashMap;

use beskid_plugin_api::artifact as art;
use beskid_plugin_api::artifact::debug::DebugInfo;
use beskid_plugin_api::artifact::{
    ArtifactBuilder, CodegenArtifact, DataRole, Entrypoint, Feature, Header, ImportSource,
    ResultKind, SymbolId,
};
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::entity::SecondaryMap;
use cranelift_codegen::ir;
use cranelift_codegen::isa::{CallConv, OwnedTargetIsa, TargetIsa};
use cranelift_codegen::{CodegenError, Context};
use cranelift_module::{
    DataDescription, DataId, FuncId, Init, Linkage, Module, ModuleDeclarations, ModuleError,
    ModuleReloc, ModuleRelocTarget, ModuleResult,
};

use crate::conventions::from_clif_signature;
use crate::encode::{self, EncodeCache, SymbolNames};
use crate::error::ClifError;

/// How an [`ArtifactModule`] writes.
#[derive(Debug, Clone)]
pub struct ModuleOptions {
    /// Name of the program that makes the artifact.
    pub producer: String,
    /// Its version.
    pub version: String,
    /// Write the ISA's default calling convention as "the target's own", so
    /// that the artifact suits every target of the same pointer width.
    pub target_neutral: bool,
}

/// Collects functions and data like `JITModule` and `ObjectModule` do, and
/// writes them as an artifact. Programs that emit CLIF through the `Module`
/// trait need only change the module's type.
pub struct ArtifactModule {
    isa: OwnedTargetIsa,
    platform: Option<CallConv>,
    declarations: ModuleDeclarations,
    builder: ArtifactBuilder,
    cache: EncodeCache,
    functions: SecondaryMap<FuncId, Declared>,
    data: SecondaryMap<DataId, Declared>,
    roles: HashMap<DataId, DataRole>,
}

/// Symbol of a declaration, once there is one, and whether it is defined.
#[derive(Debug, Clone, Default)]
struct Declared {
    symbol: Option<SymbolId>,
    defined: bool,
    source: Option<ImportSource>,
}

impl ArtifactModule {
    /// An empty module. The ISA decides pointer width, byte order and default
    /// calling convention; no code is generated for it.
    pub fn new(isa: OwnedTargetIsa, options: ModuleOptions) -> Self {
        let header = Header {
            pointer_width: isa.pointer_bits(),
            endianness: match isa.endianness() {
                ir::Endianness::Little => art::Endianness::Little,
                ir::Endianness::Big => art::Endianness::Big,
            },
            ..Header::new(&options.producer, &options.version)
        };
        Self {
            platform: options.target_neutral.then(|| isa.default_call_conv()),
            isa,
            declarations: ModuleDeclarations::default(),
            builder: ArtifactBuilder::new(header),
            cache: EncodeCache::default(),
            functions: SecondaryMap::new(),
            data: SecondaryMap::new(),
            roles: HashMap::new(),
        }
    }

    /// Says where an imported function comes from. Without this an import is
    /// [`ImportSource::Plain`].
    pub fn set_import_source(&mut self, function: FuncId, source: ImportSource) {
        self.functions[function].source = Some(source);
    }

    /// Says what a data object is for; call it before defining the object.
    pub fn set_data_role(&mut self, data: DataId, role: DataRole) {
        self.roles.insert(data, role);
    }

    /// Adds a feature that the contents do not show by themselves.
    pub fn require(&mut self, feature: Feature) {
        self.builder.require(feature);
    }

    /// Sets the function where execution starts, its name in the source, and
    /// how its result is shown.
    pub fn set_entrypoint(&mut self, function: FuncId, name: &str, result: ResultKind) {
        if let Some(symbol) = self.function_symbol(function) {
            self.builder.set_entrypoint(Entrypoint {
                symbol,
                name: name.to_owned(),
                result,
            });
        }
    }

    /// Writes the artifact. Declarations that nothing defines or refers to are
    /// left out.
    ///
    /// # Errors
    /// [`ClifError::Artifact`] if a local function or data object is referred
    /// to but not defined, or the program is inconsistent in another way.
    pub fn finish(mut self) -> Result<CodegenArtifact, ClifError> {
        // A declaration's linkage may have grown since its symbol was made.
        for (id, decl) in self.declarations.get_functions() {
            let declared = &self.functions[id];
            if let Some(symbol) = declared.symbol.and_then(|id| self.builder.symbol_mut(id)) {
                symbol.linkage = linkage_of(decl.linkage, declared.source.clone());
            }
        }
        for (id, decl) in self.declarations.get_data_objects() {
            let declared = &self.data[id];
            if let Some(symbol) = declared.symbol.and_then(|id| self.builder.symbol_mut(id)) {
                symbol.linkage = linkage_of(decl.linkage, declared.source.clone());
            }
        }
        Ok(self.builder.finish()?)
    }

    /// Says what debuggers are told, in place of what was said before. Numbers of its
    /// positions are the `SourceLoc`s of instructions; its labels and keys are those of
    /// values and of stack slots.
    pub fn set_debug(&mut self, debug: DebugInfo) {
        self.builder.set_debug(debug);
    }

    /// The number of a function in the artifact; `None` if its signature cannot be
    /// written.
    pub fn function_symbol(&mut self, id: FuncId) -> Option<SymbolId> {
        if let Some(symbol) = self.functions[id].symbol {
            return Some(symbol);
        }
        let decl = self.declarations.get_function_decl(id);
        let signature = from_clif_signature(&decl.signature, self.platform)?;
        let signature = self.builder.signature(&signature);
        let symbol = self.builder.add_symbol(art::Symbol {
            name: decl.name.clone(),
            kind: art::SymbolKind::Function { signature },
            linkage: art::Linkage::Local,
        });
        self.functions[id].symbol = Some(symbol);
        Some(symbol)
    }

    fn data_symbol(&mut self, id: DataId) -> SymbolId {
        if let Some(symbol) = self.data[id].symbol {
            return symbol;
        }
        let decl = self.declarations.get_data_decl(id);
        let symbol = self.builder.add_symbol(art::Symbol {
            name: decl.name.clone(),
            kind: art::SymbolKind::Data {
                writable: decl.writable,
                tls: decl.tls,
            },
            linkage: art::Linkage::Local,
        });
        self.data[id].symbol = Some(symbol);
        symbol
    }

    /// Gives every name that a function mentions a symbol.
    fn prepare(&mut self, func: &ir::Function) {
        let callees = func.dfg.ext_funcs.values().map(|callee| &callee.name);
        let globals = func.global_values.values().filter_map(|value| match value {
            ir::GlobalValueData::Symbol { name, .. } => Some(name),
            _ => None,
        });
        for name in callees.chain(globals) {
            let ir::ExternalName::User(reference) = name else {
                continue;
            };
            match func.params.user_named_funcs().get(*reference) {
                Some(name) if name.namespace == FUNCTIONS => {
                    self.function_symbol(FuncId::from_u32(name.index));
                }
                Some(name) if name.namespace == DATA => {
                    self.data_symbol(DataId::from_u32(name.index));
                }
                _ => {}
            }
        }
    }

    fn relocation_target(&mut self, target: &ModuleRelocTarget) -> Option<SymbolId> {
        match target {
            ModuleRelocTarget::User { namespace, index } if *namespace == FUNCTIONS => {
                self.function_symbol(FuncId::from_u32(*index))
            }
            ModuleRelocTarget::User { namespace, index } if *namespace == DATA => {
                Some(self.data_symbol(DataId::from_u32(*index)))
            }
            _ => None,
        }
    }

    fn relocations(&mut self, data: &DataDescription) -> Option<Vec<art::DataRelocation>> {
        let functions = data.function_relocs.iter();
        let functions = functions.map(|(offset, id)| (*offset, &data.function_decls[*id], 0));
        let objects = data.data_relocs.iter();
        let objects = objects.map(|(offset, id, addend)| (*offset, &data.data_decls[*id], *addend));
        let relocations = functions.chain(objects).map(|(offset, target, addend)| {
            Some(art::DataRelocation {
                offset,
                target: self.relocation_target(target)?,
                addend,
            })
        });
        relocations.collect()
    }
}

/// Namespace of functions in `cranelift_module`'s names.
const FUNCTIONS: u32 = 0;
/// Namespace of data in `cranelift_module`'s names.
const DATA: u32 = 1;

struct Known<'a> {
    functions: &'a SecondaryMap<FuncId, Declared>,
    data: &'a SecondaryMap<DataId, Declared>,
}

impl SymbolNames for Known<'_> {
    fn user(&mut self, name: &ir::UserExternalName) -> Option<SymbolId> {
        match name.namespace {
            FUNCTIONS => self.functions[FuncId::from_u32(name.index)].symbol,
            DATA => self.data[DataId::from_u32(name.index)].symbol,
            _ => None,
        }
    }

    fn textual(&mut self, _: &[u8]) -> Option<SymbolId> {
        None
    }
}

fn linkage_of(linkage: Linkage, source: Option<ImportSource>) -> art::Linkage {
    match linkage {
        Linkage::Import => art::Linkage::Import(source.unwrap_or(ImportSource::Plain)),
        Linkage::Local => art::Linkage::Local,
        Linkage::Preemptible => art::Linkage::Preemptible,
        Linkage::Hidden => art::Linkage::Hidden,
        Linkage::Export => art::Linkage::Export,
    }
}

fn unsupported(what: String) -> ModuleError {
    ModuleError::Compilation(CodegenError::Unsupported(what))
}

impl Module for ArtifactModule {
    fn isa(&self) -> &dyn TargetIsa {
        &*self.isa
    }

    fn declarations(&self) -> &ModuleDeclarations {
        &self.declarations
    }

    fn declare_function(
        &mut self,
        name: &str,
        linkage: Linkage,
        signature: &ir::Signature,
    ) -> ModuleResult<FuncId> {
        let declared = self.declarations.declare_function(name, linkage, signature);
        declared.map(|(id, _)| id)
    }

    fn declare_anonymous_function(&mut self, signature: &ir::Signature) -> ModuleResult<FuncId> {
        self.declarations.declare_anonymous_function(signature)
    }

    fn declare_data(
        &mut self,
        name: &str,
        linkage: Linkage,
        writable: bool,
        tls: bool,
    ) -> ModuleResult<DataId> {
        let declared = self.declarations.declare_data(name, linkage, writable, tls);
        declared.map(|(id, _)| id)
    }

    fn declare_anonymous_data(&mut self, writable: bool, tls: bool) -> ModuleResult<DataId> {
        self.declarations.declare_anonymous_data(writable, tls)
    }

    fn define_function_with_control_plane(
        &mut self,
        id: FuncId,
        ctx: &mut Context,
        _: &mut ControlPlane,
    ) -> ModuleResult<()> {
        let decl = self.declarations.get_function_decl(id);
        let name = decl.linkage_name(id).into_owned();
        if !decl.linkage.is_definable() {
            return Err(ModuleError::InvalidImportDefinition(name));
        }
        if std::mem::replace(&mut self.functions[id].defined, true) {
            return Err(ModuleError::DuplicateDefinition(name));
        }
        let symbol = self.function_symbol(id);
        let symbol = symbol.ok_or_else(|| unsupported(format!("the signature of `{name}`")))?;
        self.prepare(&ctx.func);
        let mut names = Known {
            functions: &self.functions,
            data: &self.data,
        };
        encode::function(
            &mut self.builder,
            &mut self.cache,
            symbol,
            &ctx.func,
            self.platform,
            &mut names,
        )
        .map_err(|error| unsupported(error.to_string()))
    }

    /// Always an error: machine code has no place in an artifact.
    fn define_function_bytes(
        &mut self,
        id: FuncId,
        _: u64,
        _: &[u8],
        _: &[ModuleReloc],
    ) -> ModuleResult<()> {
        let name = self.declarations.get_function_decl(id).linkage_name(id);
        Err(unsupported(format!("machine code as the body of `{name}`")))
    }

    fn define_data(&mut self, id: DataId, data: &DataDescription) -> ModuleResult<()> {
        let decl = self.declarations.get_data_decl(id);
        let name = decl.linkage_name(id).into_owned();
        if !decl.linkage.is_definable() {
            return Err(ModuleError::InvalidImportDefinition(name));
        }
        if std::mem::replace(&mut self.data[id].defined, true) {
            return Err(ModuleError::DuplicateDefinition(name));
        }
        let init = match &data.init {
            Init::Uninitialized => {
                return Err(unsupported(format!("`{name}` has no contents")));
            }
            Init::Zeros { size } => art::DataInit::Zeroes(*size as u64),
            Init::Bytes { contents } => art::DataInit::Bytes(contents.to_vec()),
        };
        let symbol = self.data_symbol(id);
        let relocations = self.relocations(data);
        let relocations = relocations
            .ok_or_else(|| unsupported(format!("a relocation in `{name}` to what is no symbol")))?;
        self.builder.add_data(art::DataObject {
            symbol,
            init,
            align: data.align,
            section: data.custom_section.clone(),
            used: data.used,
            relocations,
            role: self.roles.get(&id).copied().unwrap_or(DataRole::Plain),
        });
        Ok(())
    }
}
