//! From the typed tree to an artifact.

mod arithmetic;
mod builtins;
mod conditions;
mod descriptors;
mod divisibility;
mod expressions;
mod foreign;
mod function;
mod imports;
mod literals;
mod machine;
mod objects;
mod runtime;
mod statements;
mod sysv;
mod unit;

use beskid_clif::{ArtifactModule, ClifError, ModuleOptions, isa};
use beskid_plugin_api::artifact::{CodegenArtifact, ResultKind};
use beskid_plugin_api::backend::Optimization;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use cranelift_codegen::ir::{AbiParam, Signature};
use cranelift_codegen::{Context, ir};
use cranelift_frontend::FunctionBuilderContext;
use cranelift_module::{Linkage, Module, ModuleError};

use crate::hir;
use crate::symbols::{DEFAULT_ENTRYPOINT, PRIVATE};
use crate::types::Type;
use descriptors::Descriptors;
use imports::ForeignImports;
use literals::Literals;
use machine::machine_type;
use runtime::Runtime;
use unit::Unit;

/// Any 64-bit target: the artifact does not depend on it.
const NEUTRAL_TARGET: &str = "x86_64-unknown-linux-gnu";

/// Lowers a checked program. The artifact starts at the function named
/// `entrypoint`, or at `main` if there is one.
///
/// # Errors
/// E4030 if the named function does not exist, E4041 if it takes parameters.
pub(crate) fn lower(
    program: &hir::Program,
    entrypoint: Option<&str>,
) -> Result<CodegenArtifact, Diagnostic> {
    let isa = isa::for_objects(NEUTRAL_TARGET, Optimization::None, &Default::default())?;
    let options = ModuleOptions {
        producer: env!("CARGO_PKG_NAME").to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        target_neutral: true,
    };
    let mut unit = Unit {
        program,
        module: ArtifactModule::new(isa, options),
        functions: Vec::with_capacity(program.functions.len()),
        literals: Literals::default(),
        runtime: Runtime::default(),
        foreign: ForeignImports::default(),
        descriptors: Descriptors::default(),
    };
    unit.declare().map_err(internal)?;
    unit.set_entrypoint(entrypoint)?;
    unit.define().map_err(internal)?;
    unit.module.finish().map_err(Diagnostic::from)
}

/// A checked program always lowers; anything else is a bug of this crate.
fn internal(error: ModuleError) -> Diagnostic {
    let clif = ClifError::Compile {
        symbol: "program".to_owned(),
        reason: error.to_string(),
    };
    Diagnostic::from(clif).help("report this to the authors of beskid-frontend")
}

impl Unit<'_> {
    fn declare(&mut self) -> Result<(), ModuleError> {
        for function in &self.program.functions {
            let signature = self.signature(function);
            let id = if let Some(symbol) = &function.symbol {
                self.module
                    .declare_function(symbol, Linkage::Export, &signature)?
            } else {
                let name = format!("{PRIVATE}{}", function.name);
                self.module
                    .declare_function(&name, Linkage::Local, &signature)?
            };
            self.functions.push(id);
        }
        Ok(())
    }

    fn signature(&mut self, function: &hir::Function) -> Signature {
        let of = function.signature();
        if function.foreign {
            return imports::signature(&mut self.module, &self.program.types, &of).1;
        }
        let mut signature = self.module.make_signature();
        let params = of.params.into_iter().filter_map(machine_type);
        signature.params = params.map(AbiParam::new).collect();
        let result = machine_type(of.result).map(AbiParam::new);
        signature.returns = result.into_iter().collect();
        signature
    }

    fn set_entrypoint(&mut self, wanted: Option<&str>) -> Result<(), Diagnostic> {
        let name = wanted.unwrap_or(DEFAULT_ENTRYPOINT);
        if name.is_empty() {
            return Err(Diagnostic::new(Code::E4041, "entrypoint must not be empty"));
        }
        let functions = &self.program.functions;
        let Some(index) = functions.iter().position(|function| function.name == name) else {
            return match wanted {
                None => Ok(()),
                Some(_) => Err(Diagnostic::new(
                    Code::E4030,
                    format!("Missing entrypoint: there is no function `{name}`"),
                )
                .help("name a function without parameters")),
            };
        };
        let function = &functions[index];
        if !function.params.is_empty() {
            let message = format!("the entrypoint `{name}` must take no parameters");
            return Err(
                Diagnostic::new(Code::E4041, message).help("name a function without parameters")
            );
        }
        let result = result_kind(function.result);
        self.module
            .set_entrypoint(self.functions[index], name, result);
        Ok(())
    }

    fn define(&mut self) -> Result<(), ModuleError> {
        let mut context = Context::new();
        let mut frontend = FunctionBuilderContext::new();
        let program = self.program;
        for (index, function) in program.functions.iter().enumerate() {
            self.module.clear_context(&mut context);
            context.func.signature = self.signature(function);
            context.func.name = ir::UserFuncName::user(0, self.functions[index].as_u32());
            function::lower(self, function, &mut context.func, &mut frontend)?;
            self.module
                .define_function(self.functions[index], &mut context)?;
        }
        Ok(())
    }
}

const fn result_kind(ty: Type) -> ResultKind {
    match ty {
        Type::Bool => ResultKind::Bool,
        Type::U8 => ResultKind::U8,
        Type::I32 => ResultKind::I32,
        Type::I64 => ResultKind::I64,
        Type::F64 => ResultKind::F64,
        Type::Char => ResultKind::Char,
        Type::Str => ResultKind::Str,
        Type::RefU8 | Type::Struct(_) | Type::Function(_) => ResultKind::Pointer,
        Type::Unit | Type::Never | Type::Error => ResultKind::Unit,
    }
}
