//! New numbers of what a function declares: dense, without what it leaves out.

use cranelift_codegen::entity::{EntityRef, SecondaryMap};
use cranelift_codegen::ir::{self, ExternalName, Function, GlobalValueData, InstructionData};
use cranelift_codegen::packed_option::ReservedValue;

use super::encoded::Encoded;

/// The entities of one kind that are written, in the order of their new
/// numbers. Old numbers that are dense and all used stay as they are.
#[derive(Debug)]
pub(super) struct Kept<K: EntityRef> {
    order: Vec<K>,
    numbers: SecondaryMap<K, u32>,
}

impl<K: EntityRef + std::fmt::Display> Kept<K> {
    fn new(order: Vec<K>) -> Self {
        let mut numbers = SecondaryMap::with_default(u32::MAX);
        numbers.resize(order.len());
        for (number, entity) in order.iter().enumerate() {
            numbers[*entity] = number as u32;
        }
        Self { order, numbers }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = K> + '_ {
        self.order.iter().copied()
    }

    pub(super) fn number(&self, entity: K) -> Encoded<u32> {
        match self.numbers[entity] {
            u32::MAX => Err(format!("{entity} is used but not declared")),
            number => Ok(number),
        }
    }
}

/// New numbers of the entities that CLIF may number with gaps, declare in any
/// order, or keep after the last use is gone.
#[derive(Debug)]
pub(super) struct Numbers {
    pub(super) callees: Kept<ir::FuncRef>,
    pub(super) global_values: Kept<ir::GlobalValue>,
    pub(super) constants: Kept<ir::Constant>,
    pub(super) jump_tables: Kept<ir::JumpTable>,
    pub(super) exception_tables: Kept<ir::ExceptionTable>,
}

impl Numbers {
    pub(super) fn new(func: &Function) -> Encoded<Self> {
        let dfg = &func.dfg;
        // The text's reader fills a gap in the numbers with a callee that has
        // no signature.
        let callees = dfg.ext_funcs.iter();
        let callees = callees.filter(|(_, data)| !data.signature.is_reserved_value());
        // A table that no instruction refers to may name blocks and values
        // that are gone.
        let mut jump_tables = SecondaryMap::with_default(false);
        let mut exception_tables = SecondaryMap::with_default(false);
        let has_tables = !dfg.jump_tables.is_empty() || !dfg.exception_tables.is_empty();
        let blocks = func.layout.blocks().filter(|_| has_tables);
        for inst in blocks.flat_map(|block| func.layout.block_insts(block)) {
            match dfg.insts[inst] {
                InstructionData::BranchTable { table, .. } => jump_tables[table] = true,
                InstructionData::TryCall { exception, .. }
                | InstructionData::TryCallIndirect { exception, .. } => {
                    exception_tables[exception] = true;
                }
                _ => {}
            }
        }
        let constants = dfg.constants.iter().map(|(constant, _)| *constant);
        let used_jumps = dfg.jump_tables.keys().filter(|table| jump_tables[*table]);
        let used_exceptions = dfg.exception_tables.keys();
        let used_exceptions = used_exceptions.filter(|table| exception_tables[*table]);
        Ok(Self {
            callees: Kept::new(callees.map(|(callee, _)| callee).collect()),
            global_values: Kept::new(bases_first(func)?),
            constants: Kept::new(constants.collect()),
            jump_tables: Kept::new(used_jumps.collect()),
            exception_tables: Kept::new(used_exceptions.collect()),
        })
    }
}

/// Global values in their order, but each after its base. Gaps that the text's
/// reader filled are left out.
fn bases_first(func: &Function) -> Encoded<Vec<ir::GlobalValue>> {
    let mut order = Vec::with_capacity(func.global_values.len());
    let mut placed = SecondaryMap::with_default(false);
    for start in func.global_values.keys() {
        let mut chain = Vec::new();
        let mut next = Some(start);
        while let Some(value) = next.filter(|value| !placed[*value]) {
            if chain.len() == func.global_values.len() {
                return Err(format!("{start} depends on itself"));
            }
            chain.push(value);
            next = match func.global_values.get(value) {
                Some(
                    GlobalValueData::Load { base, .. } | GlobalValueData::IAddImm { base, .. },
                ) => Some(*base),
                Some(_) => None,
                None => return Err(format!("{value} is used but not declared")),
            };
        }
        for value in chain.into_iter().rev() {
            placed[value] = true;
            if !is_gap(&func.global_values[value]) {
                order.push(value);
            }
        }
    }
    Ok(order)
}

fn is_gap(data: &GlobalValueData) -> bool {
    match data {
        GlobalValueData::Symbol {
            name: ExternalName::TestCase(name),
            ..
        } => name.raw().is_empty(),
        _ => false,
    }
}
