//! Which values of a function are addresses of heap objects.

use std::collections::HashMap;

use cranelift_codegen::entity::{EntitySet, SecondaryMap};
use cranelift_codegen::ir::{Function, Opcode, Value};

use super::super::function::Roots;

/// The values that are addresses of heap objects, by small numbers.
pub(super) struct Managed {
    pub(super) values: Vec<Value>,
    /// One more than the number of a value; 0 for others.
    numbers: SecondaryMap<Value, u32>,
    /// The numbers of those that live as long as the function.
    pub(super) kept: Vec<u32>,
}

impl Managed {
    /// Those that were noted, and parameters of blocks that they become.
    pub(super) fn find(func: &Function, roots: &Roots) -> Self {
        let mut found = EntitySet::new();
        let noted = roots.managed.iter().chain(roots.kept.iter().copied());
        for value in noted {
            found.insert(value);
        }
        let mut becomes = HashMap::<Value, Vec<Value>>::new();
        for block in func.layout.blocks() {
            let Some(last) = func.layout.last_inst(block) else {
                continue;
            };
            let dfg = &func.dfg;
            let tables = &func.stencil.dfg.jump_tables;
            let exceptions = &func.stencil.dfg.exception_tables;
            for call in dfg.insts[last].branch_destination(tables, exceptions) {
                let params = dfg.block_params(call.block(&dfg.value_lists));
                let args = call.args(&dfg.value_lists);
                for (arg, param) in args.zip(params) {
                    if let Some(arg) = arg.as_value()
                        && dfg.value_type(arg) == cranelift_codegen::ir::types::I64
                    {
                        becomes.entry(arg).or_default().push(*param);
                    }
                }
            }
        }
        let mut next = found.iter().collect::<Vec<_>>();
        while let Some(value) = next.pop() {
            let params = becomes.get(&value).into_iter().flatten();
            if !is_constant(func, value) {
                next.extend(params.filter(|param| found.insert(**param)));
            }
        }
        let mut managed = Self {
            values: Vec::new(),
            numbers: SecondaryMap::new(),
            kept: Vec::new(),
        };
        for block in func.layout.blocks() {
            for param in func.dfg.block_params(block) {
                managed.add(*param, &found);
            }
            for inst in func.layout.block_insts(block) {
                for result in func.dfg.inst_results(inst) {
                    if !is_constant(func, *result) {
                        managed.add(*result, &found);
                    }
                }
            }
        }
        let kept = roots.kept.iter();
        let kept = kept.filter_map(|value| managed.number(*value));
        managed.kept = kept.collect();
        managed.kept.sort_unstable();
        managed.kept.dedup();
        managed
    }

    fn add(&mut self, value: Value, found: &EntitySet<Value>) {
        if found.contains(value) {
            self.values.push(value);
            self.numbers[value] = self.values.len() as u32;
        }
    }

    /// The number of a value, if it is one of these.
    pub(super) fn number(&self, value: Value) -> Option<u32> {
        self.numbers[value].checked_sub(1)
    }
}

fn is_constant(func: &Function, value: Value) -> bool {
    let inst = func.dfg.value_def(value).inst();
    let opcode = inst.map(|inst| func.dfg.insts[inst].opcode());
    matches!(opcode, Some(Opcode::SymbolValue | Opcode::Iconst))
}
