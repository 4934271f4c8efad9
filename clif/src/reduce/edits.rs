//! The ways in which a function may become smaller.

use std::collections::BTreeSet;
use std::sync::Arc;

use beskid_plugin_api::artifact::SymbolId;
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::{
    Block, BlockCall, Function, Inst, InstBuilder, InstructionData, Opcode, StackSlot, TrapCode,
    Type, Value, ValueDef, types,
};

use super::draft::Draft;

/// What computed values are replaced with. Much becomes invisible when it is
/// multiplied by zero, so there is another number.
const CONSTANTS: [u8; 2] = [0, 7];

/// What may give one of its operands as it is.
const PASSING: [Opcode; 12] = [
    Opcode::Iadd,
    Opcode::Isub,
    Opcode::Imul,
    Opcode::Bor,
    Opcode::Bxor,
    Opcode::Bnot,
    Opcode::Rotl,
    Opcode::Rotr,
    Opcode::Select,
    Opcode::Fadd,
    Opcode::Fsub,
    Opcode::Fmul,
];

/// How far back an address is looked for.
const MOST_STEPS: u32 = 6;

/// A way to make one function smaller.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edit {
    function: SymbolId,
    change: Change,
}

#[derive(Debug, Clone, Copy)]
enum Change {
    /// Return this number at once, wherever a number is returned.
    Empty(u8),
    /// Leave a block in this one of the ways that its last instruction has.
    GoOnly(Inst, usize),
    /// Leave the instruction out.
    Remove(Inst),
    /// Make its result this number.
    Constant(Inst, u8),
    /// Make its result this one of its operands.
    Operand(Inst, usize),
}

/// Every function but the first one becomes empty.
pub(super) fn functions(draft: &Draft) -> Vec<Edit> {
    let entrypoint = draft.entrypoint();
    let functions = draft.functions.keys().copied();
    let functions = functions.filter(|function| Some(*function) != entrypoint);
    let functions = functions.collect::<Vec<_>>();
    CONSTANTS
        .into_iter()
        .flat_map(|number| {
            functions.iter().map(move |function| Edit {
                function: *function,
                change: Change::Empty(number),
            })
        })
        .collect()
}

/// Every branch goes only one of its ways.
pub(super) fn blocks(draft: &Draft) -> Vec<Edit> {
    edits(draft, |func, inst| {
        let ways = match func.dfg.insts[inst].opcode() {
            Opcode::Brif => 2,
            Opcode::BrTable => destinations(func, inst).len(),
            _ => 0,
        };
        (0..ways).map(|way| Change::GoOnly(inst, way)).collect()
    })
}

/// Every instruction gives one of its operands. Where an address is computed none
/// does: another address may be nobody's.
pub(super) fn operands(draft: &Draft) -> Vec<Edit> {
    edits(draft, |func, inst| {
        let [value] = func.dfg.inst_results(inst) else {
            return Vec::new();
        };
        let opcode = func.dfg.insts[inst].opcode();
        if !PASSING.contains(&opcode) || is_address(func, *value, MOST_STEPS) {
            return Vec::new();
        }
        let ty = func.dfg.value_type(*value);
        let args = func.dfg.inst_args(inst).iter().enumerate();
        let fitting = args.filter(|(_, arg)| func.dfg.value_type(**arg) == ty);
        fitting
            .map(|(index, _)| Change::Operand(inst, index))
            .collect()
    })
}

/// Every instruction is left out, or has a constant as its result.
pub(super) fn instructions(draft: &Draft) -> Vec<Edit> {
    edits(draft, |func, inst| {
        let opcode = func.dfg.insts[inst].opcode();
        if opcode.is_terminator() || is_read_later(func, inst) {
            return Vec::new();
        }
        match func.dfg.inst_results(inst) {
            [value] if !is_constant(opcode) && has_constants(func.dfg.value_type(*value)) => {
                let constants = CONSTANTS.map(|number| Change::Constant(inst, number));
                std::iter::once(Change::Remove(inst))
                    .chain(constants)
                    .collect()
            }
            _ => vec![Change::Remove(inst)],
        }
    })
}

fn edits(draft: &Draft, changes: impl Fn(&Function, Inst) -> Vec<Change>) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (function, func) in &draft.functions {
        let blocks = func.layout.blocks();
        for inst in blocks.flat_map(|block| func.layout.block_insts(block)) {
            let changes = changes(func, inst).into_iter();
            edits.extend(changes.map(|change| Edit {
                function: *function,
                change,
            }));
        }
    }
    edits
}

impl Edit {
    /// Makes the change, if it still can be made.
    pub(super) fn apply(&self, draft: &mut Draft) -> bool {
        let Some(func) = draft.functions.get_mut(&self.function) else {
            return false;
        };
        let present = |func: &Function, inst| func.layout.inst_block(inst).is_some();
        match self.change {
            Change::Empty(number) => {
                let empty = empty(func, number);
                if func.layout.blocks().count() == 1 && empty.dfg.num_insts() >= size(func) {
                    return false;
                }
                *func = Arc::new(empty);
                true
            }
            Change::GoOnly(inst, way) => {
                if !present(func, inst) {
                    return false;
                }
                let destination = match destinations(func, inst).get(way) {
                    Some(destination) => *destination,
                    None => return false,
                };
                let func = Arc::make_mut(func);
                func.dfg.insts[inst] = InstructionData::Jump {
                    opcode: Opcode::Jump,
                    destination,
                };
                remove_unreachable(func);
                true
            }
            Change::Remove(inst) => {
                // Whether another one needs its results shows when the draft
                // is written.
                let removable = present(func, inst);
                if removable {
                    Arc::make_mut(func).layout.remove_inst(inst);
                }
                removable
            }
            Change::Operand(inst, index) => {
                let operand = func.dfg.inst_args(inst).get(index).copied();
                let result = func.dfg.inst_results(inst).first().copied();
                let (Some(operand), Some(result)) = (operand, result) else {
                    return false;
                };
                if !present(func, inst) {
                    return false;
                }
                let func = Arc::make_mut(func);
                func.layout.remove_inst(inst);
                func.dfg.detach_inst_results(inst);
                func.dfg.change_to_alias(result, operand);
                true
            }
            Change::Constant(inst, number) => {
                let opcode = func.dfg.insts[inst].opcode();
                let changeable = present(func, inst) && !is_constant(opcode);
                if changeable {
                    make_constant(Arc::make_mut(func), inst, number);
                }
                changeable
            }
        }
    }
}

/// Whether a value comes of an address by sums.
fn is_address(func: &Function, value: Value, steps: u32) -> bool {
    let ValueDef::Result(inst, _) = func.dfg.value_def(value) else {
        return false;
    };
    match func.dfg.insts[inst].opcode() {
        Opcode::StackAddr | Opcode::SymbolValue | Opcode::FuncAddr | Opcode::TlsValue => true,
        Opcode::Iadd | Opcode::Isub if steps > 0 => {
            let mut args = func.dfg.inst_args(inst).iter();
            args.any(|arg| is_address(func, *arg, steps - 1))
        }
        _ => false,
    }
}

/// Whether an instruction stores to a stack slot that something loads from: without
/// it that would be whatever was there.
fn is_read_later(func: &Function, inst: Inst) -> bool {
    let slot = |inst| {
        let mut args = func.dfg.inst_args(inst).iter();
        args.find_map(|arg| slot(func, *arg, MOST_STEPS))
    };
    if !func.dfg.insts[inst].opcode().can_store() {
        return false;
    }
    let Some(stored) = slot(inst) else {
        return false;
    };
    let blocks = func.layout.blocks();
    let mut insts = blocks.flat_map(|block| func.layout.block_insts(block));
    insts.any(|inst| func.dfg.insts[inst].opcode().can_load() && slot(inst) == Some(stored))
}

/// The stack slot of an address.
fn slot(func: &Function, value: Value, steps: u32) -> Option<StackSlot> {
    let ValueDef::Result(inst, _) = func.dfg.value_def(value) else {
        return None;
    };
    match func.dfg.insts[inst] {
        InstructionData::StackAddr { stack_slot, .. } => Some(stack_slot),
        _ if steps > 0 && [Opcode::Iadd, Opcode::Isub].contains(&func.dfg.insts[inst].opcode()) => {
            let mut args = func.dfg.inst_args(inst).iter();
            args.find_map(|arg| slot(func, *arg, steps - 1))
        }
        _ => None,
    }
}

fn size(func: &Function) -> usize {
    let blocks = func.layout.blocks();
    blocks
        .map(|block| func.layout.block_insts(block).count())
        .sum()
}

/// The ways out of a block; empty if the instruction is no branch any more.
fn destinations(func: &Function, inst: Inst) -> Vec<BlockCall> {
    match func.dfg.insts[inst] {
        InstructionData::Brif { blocks, .. } => blocks.to_vec(),
        InstructionData::BranchTable { table, .. } => {
            let table = &func.dfg.jump_tables[table];
            let mut ways = table.all_branches().to_vec();
            ways.dedup();
            ways
        }
        _ => Vec::new(),
    }
}

fn remove_unreachable(func: &mut Function) {
    let Some(entry) = func.layout.entry_block() else {
        return;
    };
    let mut reached = BTreeSet::new();
    let mut open = vec![entry];
    while let Some(block) = open.pop() {
        if reached.insert(block) {
            open.extend(func.block_successors(block));
        }
    }
    let blocks = func.layout.blocks().collect::<Vec<_>>();
    for block in blocks.into_iter().filter(|block| !reached.contains(block)) {
        remove_block(func, block);
    }
}

fn remove_block(func: &mut Function, block: Block) {
    for inst in func.layout.block_insts(block).collect::<Vec<_>>() {
        func.layout.remove_inst(inst);
    }
    func.layout.remove_block(block);
}

/// A function of the same name and signature that returns a number, or traps
/// if it must return something of a type without simple constants.
fn empty(func: &Function, number: u8) -> Function {
    let mut empty = Function::with_name_signature(func.name.clone(), func.signature.clone());
    empty.params = func.params.clone();
    let entry = empty.dfg.make_block();
    for param in &func.signature.params {
        empty.dfg.append_block_param(entry, param.value_type);
    }
    let returns = func.signature.returns.iter();
    let returns = returns.map(|result| result.value_type).collect::<Vec<_>>();
    let mut cursor = FuncCursor::new(&mut empty);
    cursor.insert_block(entry);
    if returns.iter().copied().all(has_constants) {
        let values = returns.iter().map(|ty| match *ty {
            types::F32 => cursor.ins().f32const(f32::from(number)),
            types::F64 => cursor.ins().f64const(f64::from(number)),
            ty => cursor.ins().iconst(ty, i64::from(number)),
        });
        let values = values.collect::<Vec<_>>();
        cursor.ins().return_(&values);
    } else {
        cursor.ins().trap(TrapCode::unwrap_user(1));
    }
    empty
}

/// Whether one instruction makes a constant of this type.
fn has_constants(ty: Type) -> bool {
    ty == types::F32 || ty == types::F64 || (ty.is_int() && ty.bits() <= 64)
}

fn is_constant(opcode: Opcode) -> bool {
    matches!(opcode, Opcode::Iconst | Opcode::F32const | Opcode::F64const)
}

fn make_constant(func: &mut Function, inst: Inst, number: u8) {
    let Some(value) = func.dfg.inst_results(inst).first() else {
        return;
    };
    func.dfg.insts[inst] = match func.dfg.value_type(*value) {
        types::F32 => InstructionData::UnaryIeee32 {
            opcode: Opcode::F32const,
            imm: f32::from(number).into(),
        },
        types::F64 => InstructionData::UnaryIeee64 {
            opcode: Opcode::F64const,
            imm: f64::from(number).into(),
        },
        _ => InstructionData::UnaryImm {
            opcode: Opcode::Iconst,
            imm: i64::from(number).into(),
        },
    };
}
