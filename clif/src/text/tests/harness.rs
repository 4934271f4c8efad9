//! The entrypoint that makes the calls of directives.

use beskid_plugin_api::artifact::SymbolId;
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::data_value::DataValue;
use cranelift_codegen::ir::immediates::Imm64;
use cranelift_codegen::ir::{
    self, Function, GlobalValueData, InstBuilder, MemFlagsData, Signature, types,
};
use cranelift_codegen::isa::CallConv;

use super::directive::Directive;
use crate::encode::SymbolNames;

/// Bytes that each argument and each result takes.
pub(super) const SLOT: usize = 16;

/// Data object with the arguments, in the names of [`function`].
const ARGS: u32 = 0;
/// Data object for the results.
const RESULTS: u32 = 1;

/// The arguments of all calls, a slot each.
pub(super) fn arguments(calls: &[&Directive]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for value in calls.iter().flat_map(|call| call.args()) {
        let start = bytes.len();
        bytes.resize(start + SLOT, 0);
        value.write_to_slice_ne(&mut bytes[start..]);
    }
    bytes
}

/// Results of these types, a slot each.
pub(super) fn values(slots: &[u8], types: &[ir::Type]) -> Vec<DataValue> {
    let slots = slots.chunks_exact(SLOT).zip(types);
    slots
        .map(|(slot, ty)| DataValue::read_from_slice_ne(slot, *ty))
        .collect()
}

/// A function that makes every call, stores the results, and returns their
/// address. `signatures` are those of the file's functions, and its own has the
/// convention that stands for the platform's.
pub(super) fn function(
    calls: &[&Directive],
    signatures: &[&Signature],
    platform: CallConv,
) -> Function {
    let mut signature = Signature::new(platform);
    signature.returns.push(ir::AbiParam::new(types::I64));
    let mut func = Function::with_name_signature(ir::UserFuncName::default(), signature);
    let data = [ARGS, RESULTS].map(|index| {
        let name = func.declare_imported_user_function(ir::UserExternalName::new(1, index));
        func.create_global_value(GlobalValueData::Symbol {
            name: ir::ExternalName::user(name),
            offset: Imm64::new(0),
            colocated: true,
            tls: false,
        })
    });
    let callees = signatures.iter().enumerate().map(|(index, signature)| {
        let signature = func.import_signature((*signature).clone());
        let name = ir::UserExternalName::new(0, index as u32);
        let name = func.declare_imported_user_function(name);
        func.import_function(ir::ExtFuncData {
            name: ir::ExternalName::user(name),
            signature,
            colocated: true,
            patchable: false,
        })
    });
    let callees = callees.collect::<Vec<_>>();
    let entry = func.dfg.make_block();
    let mut cursor = FuncCursor::new(&mut func);
    cursor.insert_block(entry);
    let [args, results] = data.map(|data| cursor.ins().symbol_value(types::I64, data));
    let flags = MemFlagsData::trusted();
    let (mut next_arg, mut next_result) = (0_i32, 0_i32);
    for call in calls {
        let mut values = Vec::new();
        // A vector's value has no lanes, so the type is the parameter's.
        for param in &signatures[call.function].params {
            values.push(cursor.ins().load(param.value_type, flags, args, next_arg));
            next_arg += SLOT as i32;
        }
        let inst = cursor.ins().call(callees[call.function], &values);
        for value in cursor.func.dfg.inst_results(inst).to_vec() {
            cursor.ins().store(flags, value, results, next_result);
            next_result += SLOT as i32;
        }
    }
    cursor.ins().return_(&[results]);
    func
}

/// The names in such a function: the file's functions are the first symbols.
pub(super) struct Names {
    pub(super) args: SymbolId,
    pub(super) results: SymbolId,
}

impl SymbolNames for Names {
    fn user(&mut self, name: &ir::UserExternalName) -> Option<SymbolId> {
        match (name.namespace, name.index) {
            (0, function) => Some(function),
            (_, ARGS) => Some(self.args),
            _ => Some(self.results),
        }
    }

    fn textual(&mut self, _: &[u8]) -> Option<SymbolId> {
        None
    }
}
