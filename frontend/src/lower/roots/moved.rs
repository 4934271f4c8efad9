//! Reads of what never changes once it is there: Cranelift makes them where their values are
//! wanted, and no sooner. So an object lives as long as what is read of it; and where a
//! value leaves the function, for one that it may become part of, its reads stay in place.

use std::collections::HashMap;

use cranelift_codegen::ir::{Function, Inst, InstructionData, Opcode, Value};
use smallvec::SmallVec;

use super::order::postorder;
use super::values::Managed;
use crate::lower::memory::flags;

/// Most reads that a value waits for, and most steps from an address to its objects.
const MOST: usize = 16;

/// The reads that may move.
pub(in crate::lower) struct Moved {
    /// What is read behind a value, where that is wanted.
    reads: HashMap<Value, SmallVec<[Inst; 2]>>,
    /// The objects that are read.
    objects: HashMap<Inst, SmallVec<[Value; 2]>>,
}

impl Moved {
    /// Those of a finished function; others stay in their places.
    pub(in crate::lower) fn find(func: &mut Function) -> Self {
        let mut moved = Self {
            reads: HashMap::new(),
            objects: HashMap::new(),
        };
        // What is defined comes before its uses.
        for block in postorder(func).into_iter().rev() {
            let mut next = func.layout.first_inst(block);
            while let Some(inst) = next {
                moved.note(func, inst);
                next = func.layout.next_inst(inst);
            }
        }
        moved
    }

    fn note(&mut self, func: &mut Function, inst: Inst) {
        let opcode = func.dfg.insts[inst].opcode();
        let leaves = opcode.is_call() || opcode.is_return();
        let moves = is_movable(func, inst);
        if !leaves && !moves && !is_pure(func, inst) {
            return;
        }
        let mut reads = SmallVec::<[Inst; 2]>::new();
        for value in func.dfg.inst_values(inst) {
            let value = func.dfg.resolve_aliases(value);
            let behind = self.reads.get(&value).into_iter().flatten();
            reads.extend(
                behind
                    .filter(|read| self.objects.contains_key(read))
                    .copied(),
            );
        }
        reads.sort_unstable();
        reads.dedup();
        if leaves || reads.len() > MOST {
            for read in reads.drain(..) {
                self.stay(func, read);
            }
        }
        if moves {
            match objects(func, inst) {
                Some(objects) => {
                    self.objects.insert(inst, objects);
                    reads.push(inst);
                }
                None => self.stay(func, inst),
            }
        }
        if let (Some(result), false) = (func.dfg.inst_results(inst).first(), reads.is_empty()) {
            self.reads.insert(*result, reads);
        }
    }

    /// Makes a read one that happens where it stands.
    fn stay(&mut self, func: &mut Function, read: Inst) {
        self.objects.remove(&read);
        // A function has a few kinds of memory.
        if let Ok(plain) = func.dfg.mem_flags.insert(flags())
            && let Some(flags) = func.dfg.insts[read].memflags_mut()
        {
            *flags = plain;
        }
    }

    /// The managed values that an instruction wants, by their numbers.
    pub(super) fn wanted(
        &self,
        func: &Function,
        inst: Inst,
        managed: &Managed,
        mut visit: impl FnMut(u32),
    ) {
        for value in func.dfg.inst_values(inst) {
            if let Some(number) = managed.number(value) {
                visit(number);
            }
            for read in self.reads.get(&value).into_iter().flatten() {
                let objects = self.objects.get(read).into_iter().flatten();
                let numbers = objects.filter_map(|object| managed.number(*object));
                numbers.for_each(&mut visit);
            }
        }
    }
}

fn is_movable(func: &Function, inst: Inst) -> bool {
    let is_load = matches!(
        func.dfg.insts[inst],
        InstructionData::Load {
            opcode: Opcode::Load,
            ..
        }
    );
    let flags = func.dfg.insts[inst].memflags_data(&func.dfg);
    is_load && flags.is_some_and(|flags| flags.can_move())
}

/// Whether an instruction only makes a value of others, and may be made where that is wanted.
fn is_pure(func: &Function, inst: Inst) -> bool {
    let opcode = func.dfg.insts[inst].opcode();
    func.dfg.inst_results(inst).len() == 1
        && !opcode.is_call()
        && !opcode.can_load()
        && !opcode.can_store()
}

/// What the address of a read is made of, if that is a few values.
fn objects(func: &Function, read: Inst) -> Option<SmallVec<[Value; 2]>> {
    let mut objects = SmallVec::new();
    let mut next = func.dfg.inst_values(read).collect::<SmallVec<[Value; 4]>>();
    for _ in 0..MOST {
        let Some(value) = next.pop() else {
            return Some(objects);
        };
        let value = func.dfg.resolve_aliases(value);
        objects.push(value);
        let made = func.dfg.value_def(value).inst();
        if let Some(inst) = made.filter(|inst| is_pure(func, *inst)) {
            next.extend(func.dfg.inst_values(inst));
        }
    }
    None
}
