//! The functions that a seam adds to a program.

use beskid_plugin_api::artifact::SymbolId;
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::{
    AbiParam, Block, ExtFuncData, ExternalName, Function, GlobalValue, GlobalValueData, Inst,
    InstBuilder, MemFlagsData, Signature, StackSlotData, StackSlotKind, UserExternalName, Value,
    types,
};
use cranelift_codegen::isa::CallConv;

use super::WORD;

/// The table, as a function refers to it.
pub(super) fn table_of(func: &mut Function, table: SymbolId) -> GlobalValue {
    let name = func.declare_imported_user_function(UserExternalName::new(0, table));
    func.create_global_value(GlobalValueData::Symbol {
        name: ExternalName::user(name),
        offset: 0.into(),
        colocated: true,
        tls: false,
    })
}

/// A function that stands for an import, while it is written.
struct Outward {
    func: Function,
    block: Block,
    /// What it was given.
    values: Vec<Value>,
    table: GlobalValue,
    /// Where in the table its two words are.
    offset: i32,
}

impl Outward {
    fn new(signature: &Signature, table: SymbolId, offset: i32) -> Self {
        let mut func = Function::new();
        func.signature = signature.clone();
        let table = table_of(&mut func, table);
        let block = func.dfg.make_block();
        func.layout.append_block(block);
        let params = signature.params.iter();
        let params = params.map(|param| func.dfg.append_block_param(block, param.value_type));
        let values = params.collect();
        Self {
            func,
            block,
            values,
            table,
            offset,
        }
    }

    /// Calls the function in its first word with the second one, and with these values.
    fn call(&mut self, outside: Signature, values: &[Value]) -> Inst {
        let outside = self.func.import_signature(outside);
        let flags = MemFlagsData::trusted();
        let mut at = FuncCursor::new(&mut self.func).at_bottom(self.block);
        let address = at.ins().symbol_value(types::I64, self.table);
        let code = at.ins().load(types::I64, flags, address, self.offset);
        let second = self.offset + WORD as i32;
        let mut all = vec![at.ins().load(types::I64, flags, address, second)];
        all.extend_from_slice(values);
        at.ins().call_indirect(outside, code, &all)
    }
}

/// What an import becomes: it calls the function in a word of the table with the next
/// word, and with what it was given.
pub(super) fn call_out(
    signature: &Signature,
    platform: CallConv,
    table: SymbolId,
    offset: i32,
) -> Function {
    let mut outward = Outward::new(signature, table, offset);
    let mut outside = signature.clone();
    outside.call_conv = platform;
    outside.params.insert(0, AbiParam::new(types::I64));
    let values = outward.values.clone();
    let call = outward.call(outside, &values);
    let results = outward.func.dfg.inst_results(call).to_vec();
    let mut at = FuncCursor::new(&mut outward.func).at_bottom(outward.block);
    at.ins().return_(&results);
    outward.func
}

/// The same for an answer by words: they lie on the stack, and their address is what the
/// function in the table takes second.
pub(super) fn call_out_by_words(
    signature: &Signature,
    platform: CallConv,
    table: SymbolId,
    offset: i32,
) -> Function {
    let mut outward = Outward::new(signature, table, offset);
    let words = signature.params.len().max(1) * WORD;
    let slot = StackSlotData::new(StackSlotKind::ExplicitSlot, words as u32, 3);
    let slot = outward.func.create_sized_stack_slot(slot);
    let flags = MemFlagsData::trusted();
    let mut at = FuncCursor::new(&mut outward.func).at_bottom(outward.block);
    let words = at.ins().stack_addr(types::I64, slot, 0);
    for (index, value) in outward.values.iter().enumerate() {
        at.ins().store(flags, *value, words, (index * WORD) as i32);
    }
    let mut outside = Signature::new(platform);
    outside.params = vec![AbiParam::new(types::I64); 2];
    outward.call(outside, &[words]);
    let mut at = FuncCursor::new(&mut outward.func).at_bottom(outward.block);
    let results = signature.returns.iter().take(1);
    let results = results
        .map(|result| at.ins().load(result.value_type, flags, words, 0))
        .collect::<Vec<_>>();
    at.ins().return_(&results);
    outward.func
}

/// The function that calls another one by the words at the address that it is given.
pub(super) fn call_by_words(
    signature: &Signature,
    platform: CallConv,
    callee: SymbolId,
) -> Function {
    let mut func = Function::new();
    func.signature.call_conv = platform;
    func.signature.params.push(AbiParam::new(types::I64));
    let name = func.declare_imported_user_function(UserExternalName::new(0, callee));
    let of_callee = func.import_signature(signature.clone());
    let callee = func.import_function(ExtFuncData {
        name: ExternalName::user(name),
        signature: of_callee,
        colocated: true,
        patchable: false,
    });
    let block = func.dfg.make_block();
    let words = func.dfg.append_block_param(block, types::I64);
    let flags = MemFlagsData::trusted();
    let mut at = FuncCursor::new(&mut func);
    at.insert_block(block);
    let params = signature.params.iter().enumerate();
    let arguments = params
        .map(|(index, param)| {
            let offset = (index * WORD) as i32;
            at.ins().load(param.value_type, flags, words, offset)
        })
        .collect::<Vec<_>>();
    let call = at.ins().call(callee, &arguments);
    if let Some(result) = at.func.dfg.inst_results(call).first().copied() {
        at.ins().store(flags, result, words, 0);
    }
    at.ins().return_(&[]);
    func
}

/// The function that returns the table's address.
pub(super) fn address_of(platform: CallConv, table: SymbolId) -> Function {
    let mut func = Function::new();
    func.signature.call_conv = platform;
    func.signature.returns.push(AbiParam::new(types::I64));
    let table = table_of(&mut func, table);
    let block = func.dfg.make_block();
    let mut at = FuncCursor::new(&mut func);
    at.insert_block(block);
    let address = at.ins().symbol_value(types::I64, table);
    at.ins().return_(&[address]);
    func
}
