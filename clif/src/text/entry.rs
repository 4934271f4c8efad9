//! The function through which the host calls a `.clif` file's entrypoint.

use beskid_plugin_api::artifact::{ResultKind, SymbolId};
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::{self, ArgumentPurpose, Function, InstBuilder, Signature, types};
use cranelift_codegen::isa::CallConv;

use crate::encode::SymbolNames;

/// Default entrypoint.
pub(super) const MAIN: &str = "main";

/// Runtime symbols that give a program the arguments of its process as C's
/// `main` has them.
pub(super) const ARGUMENTS: [&str; 2] = ["rt_argc", "rt_argv"];

/// How an entrypoint is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Without arguments.
    Plain,
    /// As C's `main`: with the number of arguments and their addresses.
    C,
}

/// How a function is called, and how its result is shown; `None` if the host
/// cannot call it.
pub(super) fn form(signature: &Signature) -> Option<(Form, ResultKind)> {
    let normal = |params: &[ir::AbiParam], types: &[ir::Type]| {
        let mut purposes = params.iter().map(|param| param.purpose);
        let found = params.iter().map(|param| &param.value_type);
        purposes.all(|purpose| purpose == ArgumentPurpose::Normal) && found.eq(types)
    };
    let result = result_kind(signature)?;
    if signature.params.is_empty() {
        return Some((Form::Plain, result));
    }
    let is_c = normal(&signature.params, &[types::I32, types::I64]) && result == ResultKind::I32;
    is_c.then_some((Form::C, result))
}

fn result_kind(signature: &Signature) -> Option<ResultKind> {
    match signature.returns.as_slice() {
        [] => Some(ResultKind::Unit),
        [result] => match result.value_type {
            types::I8 => Some(ResultKind::U8),
            types::I32 => Some(ResultKind::I32),
            types::I64 => Some(ResultKind::I64),
            types::F64 => Some(ResultKind::F64),
            _ => None,
        },
        _ => None,
    }
}

/// The signature of both functions of [`ARGUMENTS`].
pub(super) fn arguments_signature(platform: CallConv) -> Signature {
    let mut signature = Signature::new(platform);
    signature.returns.push(ir::AbiParam::new(types::I64));
    signature
}

/// A function of the same results that calls the entrypoint, of the convention
/// that stands for the platform's.
pub(super) fn caller(callee: &Signature, form: Form, platform: CallConv) -> Function {
    let mut signature = Signature::new(platform);
    signature.returns.extend(
        callee
            .returns
            .iter()
            .map(|result| ir::AbiParam::new(result.value_type)),
    );
    let mut func = Function::with_name_signature(ir::UserFuncName::default(), signature);
    let target = import(&mut func, 0, callee.clone(), true);
    let sources = match form {
        Form::Plain => Vec::new(),
        Form::C => (1..=ARGUMENTS.len() as u32)
            .map(|index| import(&mut func, index, arguments_signature(platform), false))
            .collect(),
    };
    let entry = func.dfg.make_block();
    let mut cursor = FuncCursor::new(&mut func);
    cursor.insert_block(entry);
    let mut args = Vec::new();
    for (source, param) in sources.into_iter().zip(&callee.params) {
        let call = cursor.ins().call(source, &[]);
        let value = cursor.func.dfg.first_result(call);
        args.push(match param.value_type {
            types::I32 => cursor.ins().ireduce(types::I32, value),
            _ => value,
        });
    }
    let call = cursor.ins().call(target, &args);
    let results = cursor.func.dfg.inst_results(call).to_vec();
    cursor.ins().return_(&results);
    func
}

fn import(func: &mut Function, index: u32, signature: Signature, colocated: bool) -> ir::FuncRef {
    let signature = func.import_signature(signature);
    let name = func.declare_imported_user_function(ir::UserExternalName::new(0, index));
    func.import_function(ir::ExtFuncData {
        name: ir::ExternalName::user(name),
        signature,
        colocated,
        patchable: false,
    })
}

/// The names in such a function: the entrypoint, then those of [`ARGUMENTS`].
pub(super) struct Targets(pub(super) Vec<SymbolId>);

impl SymbolNames for Targets {
    fn user(&mut self, name: &ir::UserExternalName) -> Option<SymbolId> {
        self.0.get(name.index as usize).copied()
    }

    fn textual(&mut self, _: &[u8]) -> Option<SymbolId> {
        None
    }
}
