//! Leaving out what a function declares and no instruction mentions.

use std::collections::{BTreeMap, BTreeSet};

use cranelift_codegen::entity::{EntityRef, PrimaryMap};
use cranelift_codegen::ir::instructions::InstructionMapper;
use cranelift_codegen::ir::{self, Function, GlobalValue, GlobalValueData};

/// The function without callees, global values, jump tables and exception
/// tables that no instruction mentions. Tables must go for another reason too:
/// those of removed instructions may lead to removed blocks.
pub(super) fn prune(func: &Function) -> Function {
    let mut func = func.clone();
    let mut used = Used::default();
    for_each_instruction(&mut func, &mut used);
    add_bases(&func, &mut used.globals);
    let mut renumber = Renumber {
        callees: numbered(&used.callees),
        globals: numbered(&used.globals),
        jump_tables: numbered(&used.jump_tables),
        exception_tables: numbered(&used.exception_tables),
    };
    for_each_instruction(&mut func, &mut renumber);
    let dfg = &mut func.dfg;
    dfg.ext_funcs = kept(&used.callees, &dfg.ext_funcs);
    dfg.jump_tables = kept(&used.jump_tables, &dfg.jump_tables);
    dfg.exception_tables = kept(&used.exception_tables, &dfg.exception_tables);
    for ty in dfg.dynamic_types.values_mut() {
        ty.dynamic_scale = renumber.globals[&ty.dynamic_scale];
    }
    func.global_values = kept(&used.globals, &func.global_values);
    for data in func.global_values.values_mut() {
        if let GlobalValueData::Load { base, .. } | GlobalValueData::IAddImm { base, .. } = data {
            *base = renumber.globals[base];
        }
    }
    func.stack_limit = func.stack_limit.map(|limit| renumber.globals[&limit]);
    func
}

/// Global values that are reached without an instruction.
fn add_bases(func: &Function, used: &mut BTreeSet<GlobalValue>) {
    used.extend(func.stack_limit);
    let types = func.dfg.dynamic_types.values();
    used.extend(types.map(|ty| ty.dynamic_scale));
    // A base is declared before what is derived from it.
    let declared = func.global_values.iter().collect::<Vec<_>>();
    for (value, data) in declared.into_iter().rev() {
        if let GlobalValueData::Load { base, .. } | GlobalValueData::IAddImm { base, .. } = data
            && used.contains(&value)
        {
            used.insert(*base);
        }
    }
}

fn for_each_instruction(func: &mut Function, mapper: &mut impl InstructionMapper) {
    let blocks = func.layout.blocks().collect::<Vec<_>>();
    for block in blocks {
        for inst in func.layout.block_insts(block).collect::<Vec<_>>() {
            func.dfg.insts[inst] = func.dfg.insts[inst].map(&mut *mapper);
        }
    }
}

fn numbered<K: EntityRef + Ord>(used: &BTreeSet<K>) -> BTreeMap<K, K> {
    let numbers = used.iter().enumerate();
    numbers.map(|(new, old)| (*old, K::new(new))).collect()
}

fn kept<K: EntityRef + Ord, V: Clone>(
    used: &BTreeSet<K>,
    all: &PrimaryMap<K, V>,
) -> PrimaryMap<K, V> {
    used.iter().map(|key| all[*key].clone()).collect()
}

/// What instructions mention.
#[derive(Default)]
struct Used {
    callees: BTreeSet<ir::FuncRef>,
    globals: BTreeSet<GlobalValue>,
    jump_tables: BTreeSet<ir::JumpTable>,
    exception_tables: BTreeSet<ir::ExceptionTable>,
}

/// New numbers of what is kept.
struct Renumber {
    callees: BTreeMap<ir::FuncRef, ir::FuncRef>,
    globals: BTreeMap<GlobalValue, GlobalValue>,
    jump_tables: BTreeMap<ir::JumpTable, ir::JumpTable>,
    exception_tables: BTreeMap<ir::ExceptionTable, ir::ExceptionTable>,
}

/// Implements the mapper: everything but the four kinds stays as it is.
macro_rules! mapper {
    ($type:ty, |$this:ident, $old:ident| $callee:expr, $global:expr, $jump:expr, $exception:expr) => {
        impl InstructionMapper for $type {
            fn map_func_ref(&mut self, $old: ir::FuncRef) -> ir::FuncRef {
                let $this = self;
                $callee
            }
            fn map_global_value(&mut self, $old: GlobalValue) -> GlobalValue {
                let $this = self;
                $global
            }
            fn map_jump_table(&mut self, $old: ir::JumpTable) -> ir::JumpTable {
                let $this = self;
                $jump
            }
            fn map_exception_table(&mut self, $old: ir::ExceptionTable) -> ir::ExceptionTable {
                let $this = self;
                $exception
            }
            mapper!(identity
                map_value ir::Value,
                map_value_list ir::ValueList,
                map_block_call ir::BlockCall,
                map_block ir::Block,
                map_sig_ref ir::SigRef,
                map_stack_slot ir::StackSlot,
                map_dynamic_stack_slot ir::DynamicStackSlot,
                map_constant ir::Constant,
                map_immediate ir::Immediate,
            );
        }
    };
    (identity $($name:ident $type:ty,)+) => {
        $(fn $name(&mut self, same: $type) -> $type {
            same
        })+
    };
}

mapper!(
    Used,
    |this, old| {
        this.callees.insert(old);
        old
    },
    {
        this.globals.insert(old);
        old
    },
    {
        this.jump_tables.insert(old);
        old
    },
    {
        this.exception_tables.insert(old);
        old
    }
);
mapper!(
    Renumber,
    |this, old| this.callees[&old],
    this.globals[&old],
    this.jump_tables[&old],
    this.exception_tables[&old]
);
