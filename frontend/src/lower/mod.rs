//! From the typed tree to an artifact.

mod arithmetic;
mod arrays;
mod bounds;
mod builtins;
mod cells;
mod closures;
mod conditions;
mod context;
mod contracts;
mod control;
mod debug;
mod define;
mod descriptors;
mod divisibility;
mod equality;
mod events;
mod expressions;
mod foreign;
mod function;
mod imports;
mod literals;
mod locals;
mod machine;
mod matches;
mod memory;
mod objects;
mod plan;
mod reachable;
mod recursion;
mod rising;
mod roots;
mod runtime;
mod statics;
mod strings;
mod sysv;
mod trace;
mod traced;
mod unit;
mod wanted;
mod wrappers;

use std::collections::HashMap;

use beskid_clif::{ArtifactModule, ClifError, ModuleOptions, isa};
use beskid_plugin_api::artifact::{CodegenArtifact, ResultKind};
use beskid_plugin_api::backend::Optimization;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use cranelift_codegen::ir::Signature;
use cranelift_module::{Linkage, Module, ModuleError};

use crate::hir::{Function, FunctionId, Program, Role};
use crate::symbols::{DEFAULT_ENTRYPOINT, private, test_symbol};
use crate::types::{Kind, Ty, Types};
use debug::tables::Tables;
use descriptors::Descriptors;
use imports::{ForeignImports, crossing};
use literals::Literals;
use plan::Plans;
use runtime::Runtime;
use statics::Statics;
use traced::Trace;
use unit::{Declared, Lowered, Unit};
use wanted::{Purpose, wanted};

/// Any 64-bit target: the artifact does not depend on it.
const NEUTRAL_TARGET: &str = "x86_64-unknown-linux-gnu";

/// Lowers a checked program. The artifact starts at the function named
/// `entrypoint`, or at `main` if there is one.
///
/// # Errors
/// E4030 if the named function does not exist, E4041 if it takes parameters.
pub(crate) fn lower(
    program: &Program,
    entrypoint: Option<&str>,
) -> Result<CodegenArtifact, Diagnostic> {
    let start = start(program, entrypoint)?;
    artifact(program, &Purpose::Program { start })
}

/// Lowers tests of a checked program, and what they need.
pub(crate) fn lower_tests(
    program: &Program,
    tests: &[usize],
) -> Result<CodegenArtifact, Diagnostic> {
    let symbols = tests.iter().filter_map(|index| {
        let test = program.tests.get(*index)?;
        Some((test.function as usize, test_symbol(*index)))
    });
    let symbols = symbols.collect();
    artifact(program, &Purpose::Tests { symbols })
}

fn artifact(program: &Program, purpose: &Purpose) -> Result<CodegenArtifact, Diagnostic> {
    let isa = isa::for_objects(NEUTRAL_TARGET, Optimization::None, &Default::default())?;
    let options = ModuleOptions {
        producer: env!("CARGO_PKG_NAME").to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        target_neutral: true,
    };
    let plans = Plans::of(program);
    let debug = program.debug_files.is_some();
    let mut unit = Unit {
        program,
        module: ArtifactModule::new(isa, options),
        functions: Vec::with_capacity(program.functions.len()),
        wanted: wanted(program, &plans, purpose),
        plans,
        literals: Literals::default(),
        runtime: Runtime::default(),
        foreign: ForeignImports::default(),
        descriptors: Descriptors::default(),
        statics: Statics::default(),
        called_back: unit::is_called_back(program),
        layouts: HashMap::new(),
        targets: HashMap::new(),
        made: HashMap::new(),
        to_make: Vec::new(),
        trace: Trace::default(),
        debug: debug.then(|| Box::new(Tables::new())),
    };
    unit.find_targets();
    unit.declare(purpose).map_err(internal)?;
    if let Purpose::Program { start: Some(index) } = *purpose {
        let declared = unit.functions[index];
        let function = &program.functions[index];
        let result = result_kind(&program.types, function.result);
        let id = declared.outside.unwrap_or(declared.id);
        unit.module.set_entrypoint(id, &function.name, result);
    }
    unit.define().map_err(internal)?;
    if let Some(mut tables) = unit.debug.take() {
        tables.fill(&program.types);
        unit.module.set_debug(tables.info);
    }
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

/// The index of the function at which a program starts.
fn start(program: &Program, wanted: Option<&str>) -> Result<Option<usize>, Diagnostic> {
    let name = wanted.unwrap_or(DEFAULT_ENTRYPOINT);
    if name.is_empty() {
        return Err(Diagnostic::new(Code::E4041, "entrypoint must not be empty"));
    }
    let mut functions = program.functions.iter();
    let Some(index) = functions.position(|function| function.name == name) else {
        return match wanted {
            None => Ok(None),
            Some(_) => Err(Diagnostic::new(
                Code::E4030,
                format!("Missing entrypoint: there is no function `{name}`"),
            )
            .help("name a function without parameters")),
        };
    };
    if !program.functions[index].params.is_empty() {
        let message = format!("the entrypoint `{name}` must take no parameters");
        return Err(
            Diagnostic::new(Code::E4041, message).help("name a function without parameters")
        );
    }
    Ok(Some(index))
}

impl Unit<'_> {
    /// Declares the program's functions. Where others call one that takes the
    /// context, or wants objects where C has structs, they call another in its place.
    fn declare(&mut self, purpose: &Purpose) -> Lowered<()> {
        let program = self.program;
        let users = context::users(program, &self.plans);
        let recursive = recursion::is_recursive(program, &self.plans, &self.wanted);
        for (index, function) in program.functions.iter().enumerate() {
            let context = users[index];
            let symbol = purpose.symbol(program, index);
            let foreign = function.role == Role::Foreign;
            let crosses = foreign && {
                let crossing = crossing(&program.types, &function.signature());
                crossing.has_structs()
            };
            let seen = foreign || symbol.is_some() || purpose.starts_at(index);
            let name = private(&function.name);
            let own = self.signature(index as FunctionId, context);
            // Elsewhere the stack does not overflow; of tests all faults are told.
            let names_functions = recursive && purpose.starts_at(index) || purpose.tests(index);
            let declared = if seen && (context || crosses || names_functions) {
                let outside = self.outside_signature(function);
                let id = self.module.declare_function(&name, Linkage::Local, &own)?;
                let outside = match symbol {
                    Some(symbol) => {
                        self.module
                            .declare_function(symbol, Linkage::Export, &outside)?
                    }
                    None => {
                        let name = format!("{name}$outside");
                        self.module
                            .declare_function(&name, Linkage::Local, &outside)?
                    }
                };
                Declared {
                    id,
                    outside: Some(outside),
                    context,
                    names_functions,
                }
            } else {
                let signature = match foreign {
                    true => self.outside_signature(function),
                    false => own,
                };
                let (name, linkage) = match symbol {
                    Some(symbol) => (symbol, Linkage::Export),
                    None => (name.as_str(), Linkage::Local),
                };
                let id = self.module.declare_function(name, linkage, &signature)?;
                Declared {
                    id,
                    outside: None,
                    context,
                    names_functions: false,
                }
            };
            self.functions.push(declared);
        }
        Ok(())
    }

    /// The signature of what others call.
    fn outside_signature(&mut self, function: &Function) -> Signature {
        match function.role {
            Role::Foreign => {
                let of = function.signature();
                imports::signature(&mut self.module, &self.program.types, &of).1
            }
            _ => self.machine_signature(&function.signature(), false, false),
        }
    }
}

fn result_kind(types: &Types, ty: Ty) -> ResultKind {
    match types.kind(ty) {
        Kind::Bool => ResultKind::Bool,
        Kind::U8 => ResultKind::U8,
        Kind::I32 => ResultKind::I32,
        Kind::I64 => ResultKind::I64,
        Kind::F64 => ResultKind::F64,
        Kind::Char => ResultKind::Char,
        Kind::Str => ResultKind::Str,
        Kind::Unit | Kind::Never | Kind::Error | Kind::Param(_) => ResultKind::Unit,
        _ => ResultKind::Pointer,
    }
}
