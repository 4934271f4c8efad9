//! The function through which the host calls a `.clif` file's entrypoint.

use beskid_plugin_api::artifact::{ResultKind, SymbolId};
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::{self, Function, InstBuilder, Signature, types};
use cranelift_codegen::isa::CallConv;

use crate::encode::SymbolNames;

/// Default entrypoint.
pub(super) const MAIN: &str = "main";

/// How a function's result is shown; `None` if the host cannot call it.
pub(super) fn result_kind(signature: &Signature) -> Option<ResultKind> {
    if !signature.params.is_empty() {
        return None;
    }
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

/// A function of the same results that calls the entrypoint. Its own calling
/// convention stands for the platform's.
pub(super) fn caller(callee: &Signature) -> Function {
    let mut signature = Signature::new(CallConv::SystemV);
    signature.returns.extend(
        callee
            .returns
            .iter()
            .map(|result| ir::AbiParam::new(result.value_type)),
    );
    let mut func = Function::with_name_signature(ir::UserFuncName::default(), signature);
    let signature = func.import_signature(callee.clone());
    let name = func.declare_imported_user_function(ir::UserExternalName::new(0, 0));
    let target = func.import_function(ir::ExtFuncData {
        name: ir::ExternalName::user(name),
        signature,
        colocated: true,
        patchable: false,
    });
    let entry = func.dfg.make_block();
    let mut cursor = FuncCursor::new(&mut func);
    cursor.insert_block(entry);
    let call = cursor.ins().call(target, &[]);
    let results = cursor.func.dfg.inst_results(call).to_vec();
    cursor.ins().return_(&results);
    func
}

/// The only name in such a function.
pub(super) struct Target(pub(super) SymbolId);

impl SymbolNames for Target {
    fn user(&mut self, _: &ir::UserExternalName) -> Option<SymbolId> {
        Some(self.0)
    }

    fn textual(&mut self, _: &[u8]) -> Option<SymbolId> {
        None
    }
}
