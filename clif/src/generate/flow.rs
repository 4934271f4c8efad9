//! Blocks: branches, switches, loops of a bounded number of turns, and what a
//! function is made of.

use cranelift_codegen::ir::{Block, BlockArg, BlockCall, InstBuilder, JumpTableData, Type, types};

use super::frame::Frame;
use super::place::Base;
use super::profile::WORDS;
use super::{calls, floats, integers, memory, traps, vectors};

/// How deep blocks are nested at most.
const DEEPEST: usize = 3;
/// How often `main` calls each function at least.
const CALLS: usize = 3;
/// How many instructions a function has when nothing is added to it any more.
const MOST_INSTRUCTIONS: usize = 800;
/// How often a block may run in one call of its function.
const MOST_TURNS: u64 = 100;

/// The body of a function: statements, and a return of the checksum and more. `last`
/// comes before that return.
pub(super) fn body(frame: &mut Frame<'_>, last: impl FnOnce(&mut Frame<'_>)) {
    let places = frame.places.clone();
    let slots = places
        .into_iter()
        .filter(|place| matches!(place.base, Base::Slot(_)));
    let slots = slots.collect::<Vec<_>>();
    for slot in &slots {
        memory::fill(frame, *slot);
    }
    memory::spread(frame);
    for _ in 0..frame.random.below(4) {
        let types = frame.profile.types.clone();
        let ty = frame.random.pick(&types);
        frame.declare(ty);
    }
    let count = 1 + frame.random.below(frame.profile.statements);
    statements(frame, 0, count);
    frame.settle_all();
    for slot in &slots {
        memory::fold(frame, *slot);
    }
    memory::gather(frame);
    last(frame);
    leave(frame);
}

/// Calls every function a few times, so that more of its ways are gone.
pub(super) fn all_calls(frame: &mut Frame<'_>) {
    for callee in frame.callees.clone() {
        for _ in 0..CALLS {
            calls::call(frame, &callee);
        }
    }
}

/// Leaves the function, with the checksum so far.
fn leave(frame: &mut Frame<'_>) {
    calls::again(frame);
    if calls::instead_of_return(frame) {
        return;
    }
    let others = frame.returns[1..].to_vec();
    let others = others.into_iter().map(|ty| frame.value(ty));
    let others = others.collect::<Vec<_>>();
    let total = frame.total();
    let results = [vec![total], others].concat();
    frame.builder.ins().return_(&results);
}

fn statements(frame: &mut Frame<'_>, depth: usize, count: usize) {
    for _ in 0..count {
        if frame.builder.func.dfg.num_insts() > MOST_INSTRUCTIONS {
            return;
        }
        if depth < DEEPEST && frame.random.one_in(7) {
            match frame.random.below(5) {
                0 | 1 => branch(frame, depth),
                2 => switch(frame, depth),
                _ => repeat(frame, depth),
            }
            continue;
        }
        match frame.random.below(20) {
            0..=3 => memory::statement(frame),
            4 => calls::statement(frame),
            5 => frame.assign(),
            6 => traps::statement(frame),
            7..=10 if frame.profile.has_floats() => floats::statement(frame),
            11..=15 if frame.profile.has_vectors() => vectors::statement(frame),
            _ => integers::statement(frame),
        }
    }
}

/// Statements of an inner block: fewer than its function has.
fn inner(frame: &mut Frame<'_>, depth: usize) {
    let count = 1 + frame.random.below(frame.profile.statements / 2);
    statements(frame, depth + 1, count);
}

/// Some types, of values that go from block to block.
fn carried(frame: &mut Frame<'_>) -> Vec<Type> {
    let types = frame.profile.types.clone();
    // Sometimes more than there are registers for.
    let count = match frame.random.below(12) {
        0 => 6 + frame.random.below(14),
        _ => frame.random.below(4),
    };
    (0..count).map(|_| frame.random.pick(&types)).collect()
}

fn arguments(frame: &mut Frame<'_>, types: &[Type]) -> Vec<BlockArg> {
    types.iter().map(|ty| frame.value(*ty).into()).collect()
}

/// A block with parameters of some types.
fn block(frame: &mut Frame<'_>, params: &[Type]) -> Block {
    let block = frame.builder.create_block();
    for ty in params {
        frame.builder.append_block_param(block, *ty);
    }
    block
}

/// Goes on with a block, whose parameters can be used then.
fn enter(frame: &mut Frame<'_>, block: Block) {
    frame.builder.switch_to_block(block);
    for param in frame.builder.block_params(block).to_vec() {
        frame.push(param);
    }
}

/// Fills a block in, and goes to the one behind, or leaves the function.
fn arm(frame: &mut Frame<'_>, depth: usize, own: Block, behind: Block, params: &[Type]) {
    let mark = frame.mark();
    frame.builder.seal_block(own);
    enter(frame, own);
    inner(frame, depth);
    match frame.random.below(12) {
        0 => {
            frame.settle(mark);
            leave(frame);
        }
        1 if frame.profile.may_trap => {
            frame.settle(mark);
            let code = traps::code(frame);
            frame.builder.ins().trap(code);
        }
        _ => {
            let args = arguments(frame, params);
            frame.settle(mark);
            frame.builder.ins().jump(behind, &args);
        }
    }
}

/// Two ways, which meet again.
fn branch(frame: &mut Frame<'_>, depth: usize) {
    let [yes_params, no_params, params] = [(); 3].map(|()| carried(frame));
    let [yes, no] = [&yes_params, &no_params].map(|params| block(frame, params));
    let behind = block(frame, &params);
    let condition = match frame.random.below(2) {
        0 => frame.of(&WORDS).0,
        _ => integers::compared(frame),
    };
    let yes_args = arguments(frame, &yes_params);
    match frame.random.below(4) {
        // One way goes on at once.
        0 => {
            let args = arguments(frame, &params);
            let ins = frame.builder.ins();
            ins.brif(condition, yes, &yes_args, behind, &args);
            arm(frame, depth, yes, behind, &params);
        }
        _ => {
            let no_args = arguments(frame, &no_params);
            let ins = frame.builder.ins();
            ins.brif(condition, yes, &yes_args, no, &no_args);
            arm(frame, depth, yes, behind, &params);
            arm(frame, depth, no, behind, &params);
        }
    }
    frame.builder.seal_block(behind);
    enter(frame, behind);
}

/// As many ways as a table has entries, which meet again.
fn switch(frame: &mut Frame<'_>, depth: usize) {
    let params = carried(frame);
    let behind = block(frame, &params);
    let ways = (0..1 + frame.random.below(4)).map(|_| {
        let own = carried(frame);
        (block(frame, &own), own)
    });
    let ways = ways.collect::<Vec<_>>();
    let mut index = frame.value(types::I32);
    if !frame.random.one_in(4) {
        let mask = frame.integer(types::I32, 7);
        index = frame.builder.ins().band(index, mask);
    }
    // One way may have more than one entry; none is left without.
    let more = frame.random.below(4);
    let entries = (0..ways.len() + more).map(|entry| {
        let (block, own) = match ways.get(entry) {
            Some(way) => way.clone(),
            None => ways[frame.random.below(ways.len())].clone(),
        };
        let args = arguments(frame, &own);
        let lists = &mut frame.builder.func.dfg.value_lists;
        BlockCall::new(block, args, lists)
    });
    let entries = entries.collect::<Vec<_>>();
    let args = arguments(frame, &params);
    let lists = &mut frame.builder.func.dfg.value_lists;
    let default = BlockCall::new(behind, args, lists);
    let table = JumpTableData::new(default, &entries);
    let table = frame.builder.create_jump_table(table);
    frame.builder.ins().br_table(index, table);
    for (own, _) in ways {
        arm(frame, depth, own, behind, &params);
    }
    frame.builder.seal_block(behind);
    enter(frame, behind);
}

/// A block that runs some times.
fn repeat(frame: &mut Frame<'_>, depth: usize) {
    let turns = 1 + frame.random.below(7) as u64;
    if frame.weight * turns > MOST_TURNS {
        return;
    }
    let (within, after) = (carried(frame), carried(frame));
    let counting = frame.random.pick(&WORDS);
    let head = block(frame, &[vec![counting], within.clone()].concat());
    let behind = block(frame, &after);
    let count = frame.integer(counting, turns);
    let args = arguments(frame, &within);
    let args = [vec![count.into()], args].concat();
    frame.builder.ins().jump(head, &args);

    let mark = frame.mark();
    frame.builder.switch_to_block(head);
    let params = frame.builder.block_params(head).to_vec();
    let counter = params[0];
    params.into_iter().for_each(|param| frame.push(param));
    let weight = frame.weight;
    frame.weight *= turns;
    inner(frame, depth);
    let one = frame.integer(counting, 1);
    let left = frame.builder.ins().isub(counter, one);
    let again = arguments(frame, &within);
    let again = [vec![left.into()], again].concat();
    let done = arguments(frame, &after);
    frame.settle(mark);
    frame.weight = weight;
    let ins = frame.builder.ins();
    ins.brif(left, head, &again, behind, &done);
    frame.builder.seal_block(head);
    frame.builder.seal_block(behind);
    enter(frame, behind);
}
