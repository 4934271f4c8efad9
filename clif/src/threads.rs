//! Functions that C may call on a thread of its own, in a process that the
//! runtime has taken over: each first calls the runtime's `rt_thread`.
//!
//! C comes to a function by its address, and only by one that the program takes;
//! and only a program with foreign imports meets any C.

use std::collections::{BTreeMap, BTreeSet};

use beskid_plugin_api::artifact::{
    ArtifactError, Body, CallConv, DataObject, GlobalValue, ImportSource, Linkage, LocatedArtifact,
    LocatedFunction, NameRef, OperandKind, Outline, StreamError, Symbol, SymbolId, SymbolKind,
};
use beskid_plugin_api::backend::RuntimeStart;
use beskid_plugin_api::runtime_abi::{THREAD_SYMBOL, is_runtime_symbol};
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::{self, InstBuilder};
use cranelift_frontend::FunctionBuilder;
use cranelift_module::{FuncId, Linkage as ModuleLinkage, Module, ModuleResult};

use crate::error::ClifError;
use crate::function::define_as;
use crate::isa::has_weak_imports;
use crate::unwind::Recorder;

/// Mnemonic of the instruction that takes a function's address.
const FUNC_ADDR: &str = "func_addr";
/// The largest frame, in bytes, that every stack holds: a function's own comes
/// before its first call.
const LARGE_FRAME: u64 = 4096;

/// What is done at the start of functions.
#[derive(Debug, Default)]
pub(crate) struct Threads {
    /// Each function that does it, and the id by which its body is defined where
    /// that is apart.
    functions: BTreeMap<SymbolId, Option<FuncId>>,
    enter: Option<Enter>,
    weak: Option<FuncId>,
}

/// What is called.
#[derive(Debug)]
struct Enter {
    id: FuncId,
    signature: ir::Signature,
    is_local: bool,
}

impl Threads {
    /// Declares what the functions call, if there are any and the process is the
    /// runtime's. A program that has something of that name does without. `id`
    /// gives the module's id of a function.
    pub(crate) fn new(
        artifact: &LocatedArtifact,
        start: RuntimeStart,
        id: &dyn Fn(SymbolId) -> Option<FuncId>,
        recorder: &mut Recorder<'_>,
    ) -> Result<Self, ClifError> {
        let module = &mut *recorder.module;
        let refused = |error| ClifError::of_module(THREAD_SYMBOL, &error);
        let is_weak = match start {
            RuntimeStart::Linked => false,
            RuntimeStart::IfLoaded if has_weak_imports(module.isa()) => true,
            _ => return Ok(Self::default()),
        };
        if module.get_name(THREAD_SYMBOL).is_some() {
            return Ok(Self::default());
        }
        let called = called_by_c(artifact)?;
        if called.is_empty() {
            return Ok(Self::default());
        }
        let signature = module.make_signature();
        let there = module.declare_function(THREAD_SYMBOL, ModuleLinkage::Import, &signature);
        let there = there.map_err(refused)?;
        let enter = match is_weak {
            true => if_there(there, recorder).map_err(refused)?,
            false => there,
        };
        let mut functions = BTreeMap::new();
        for index in 0..artifact.function_count() {
            let symbol = artifact.function_symbol(index);
            let Some(symbol) = symbol.filter(|symbol| called.contains(symbol)) else {
                continue;
            };
            let function = artifact.body(index)?;
            let slots = function.body.stack_slots.iter();
            let is_large = slots.map(|slot| u64::from(slot.size)).sum::<u64>() > LARGE_FRAME;
            let body = match id(symbol).filter(|_| is_large) {
                Some(outer) => Some(apart(enter, outer, recorder).map_err(refused)?),
                None => None,
            };
            functions.insert(symbol, body);
        }
        Ok(Self {
            functions,
            enter: Some(Enter {
                id: enter,
                signature,
                is_local: is_weak,
            }),
            weak: is_weak.then_some(there),
        })
    }

    /// The import to which the object's reference must be weak.
    pub(crate) const fn weak(&self) -> Option<FuncId> {
        self.weak
    }

    /// Puts the call at the start of a function that needs it, and gives the id by
    /// which its body is to be defined.
    pub(crate) fn enter(&self, symbol: SymbolId, id: FuncId, func: &mut ir::Function) -> FuncId {
        let (Some(enter), Some(entry)) = (&self.enter, func.layout.entry_block()) else {
            return id;
        };
        match self.functions.get(&symbol) {
            None => return id,
            Some(Some(body)) => return *body,
            Some(None) => {}
        }
        let name = func.declare_imported_user_function(ir::UserExternalName {
            namespace: 0,
            index: enter.id.as_u32(),
        });
        let signature = func.import_signature(enter.signature.clone());
        let callee = func.import_function(ir::ExtFuncData {
            name: ir::ExternalName::user(name),
            signature,
            colocated: enter.is_local,
            patchable: false,
        });
        let mut cursor = FuncCursor::new(func).at_first_insertion_point(entry);
        cursor.ins().call(callee, &[]);
        id
    }
}

/// Defines a function that makes the call and then calls its own body, which has
/// a frame that the stack may not hold. Gives the body's id.
fn apart(enter: FuncId, id: FuncId, recorder: &mut Recorder<'_>) -> ModuleResult<FuncId> {
    let module = &mut *recorder.module;
    let decl = module.declarations().get_function_decl(id);
    let signature = decl.signature.clone();
    let inner = module.declare_anonymous_function(&signature)?;
    let body = |module: &mut dyn Module, builder: &mut FunctionBuilder<'_>, args: &[ir::Value]| {
        let enter = module.declare_func_in_func(enter, builder.func);
        builder.ins().call(enter, &[]);
        let inner = module.declare_func_in_func(inner, builder.func);
        let call = builder.ins().call(inner, args);
        let results = builder.inst_results(call).to_vec();
        builder.ins().return_(&results);
        Ok(())
    };
    define_as(recorder, id, signature, body)?;
    Ok(inner)
}

/// Defines a function that calls another one, if that is there.
fn if_there(there: FuncId, recorder: &mut Recorder<'_>) -> ModuleResult<FuncId> {
    let body = |module: &mut dyn Module, builder: &mut FunctionBuilder<'_>, _: &[ir::Value]| {
        let there = module.declare_func_in_func(there, builder.func);
        let [call, end] = [0; 2].map(|_| builder.create_block());
        let address = builder.ins().func_addr(module.isa().pointer_type(), there);
        builder.ins().brif(address, call, &[], end, &[]);
        builder.switch_to_block(call);
        builder.ins().call(there, &[]);
        builder.ins().jump(end, &[]);
        builder.switch_to_block(end);
        builder.ins().return_(&[]);
        Ok(())
    };
    let signature = recorder.module.make_signature();
    let id = recorder.module.declare_anonymous_function(&signature)?;
    define_as(recorder, id, signature, body)?;
    Ok(id)
}

/// The functions of an artifact that C can call because it may have their
/// address.
fn called_by_c(artifact: &LocatedArtifact) -> Result<BTreeSet<SymbolId>, ArtifactError> {
    let symbols = &artifact.module().symbols;
    if !symbols.iter().any(is_foreign) {
        return Ok(BTreeSet::new());
    }
    let mut taken = BTreeSet::new();
    for data in &artifact.module().data {
        taken.extend(pointed_at(data));
    }
    for index in 0..artifact.function_count() {
        let function = artifact.body(index)?;
        taken.extend(values(&function.body));
        // A stream that is not sound is no program's.
        let _ = addresses(artifact, &function, &mut taken);
    }
    taken.retain(|symbol| is_callable(artifact, *symbol));
    Ok(taken)
}

/// Whether a function comes from outside of program and runtime.
fn is_foreign(symbol: &Symbol) -> bool {
    let name = symbol.name.as_deref().unwrap_or_default();
    let leaves = match &symbol.linkage {
        Linkage::Import(ImportSource::Extern { .. }) => true,
        Linkage::Import(ImportSource::Plain) => !is_runtime_symbol(name),
        _ => false,
    };
    leaves && matches!(symbol.kind, SymbolKind::Function { .. })
}

/// Whether the artifact defines a function, and one that C can call.
fn is_callable(artifact: &Outline, symbol: SymbolId) -> bool {
    let module = artifact.module();
    let Some(symbol) = module.symbols.get(symbol as usize) else {
        return false;
    };
    let SymbolKind::Function { signature } = symbol.kind else {
        return false;
    };
    let signature = module.signatures.get(signature as usize);
    symbol.linkage.is_definition()
        && signature.is_some_and(|signature| match signature.call_conv {
            // What CLIF without a convention has; targets treat it as C's.
            CallConv::Fast | CallConv::PreserveAll => true,
            other => other.is_c(),
        })
}

fn pointed_at(data: &DataObject) -> impl Iterator<Item = SymbolId> {
    data.relocations.iter().map(|relocation| relocation.target)
}

fn values(body: &Body) -> impl Iterator<Item = SymbolId> {
    let values = body.global_values.iter();
    values.filter_map(|value| match value {
        GlobalValue::Symbol {
            name: NameRef::Symbol(symbol),
            ..
        } => Some(*symbol),
        _ => None,
    })
}

/// Adds the functions whose addresses the instructions take.
fn addresses(
    artifact: &Outline,
    function: &LocatedFunction<'_>,
    taken: &mut BTreeSet<SymbolId>,
) -> Result<(), StreamError> {
    let forms = artifact.forms();
    if !forms.iter().any(|form| form.mnemonic == FUNC_ADDR) {
        return Ok(());
    }
    let mut reader = function.instructions();
    while !reader.is_at_end() {
        let Some(form) = forms.get(reader.form()? as usize) else {
            return Ok(());
        };
        for kind in &form.operands {
            let counted = match kind {
                OperandKind::ValueList => true,
                OperandKind::BlockCall => {
                    reader.unsigned()?;
                    true
                }
                _ => false,
            };
            let word = reader.unsigned()?;
            if counted {
                for _ in 0..word {
                    reader.unsigned()?;
                }
            } else if *kind == OperandKind::Callee && form.mnemonic == FUNC_ADDR {
                let callee = function.body.callees.get(word as usize);
                if let Some(NameRef::Symbol(symbol)) = callee.map(|callee| &callee.target) {
                    taken.insert(*symbol);
                }
            }
        }
    }
    Ok(())
}
