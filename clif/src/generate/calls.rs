//! Calls, and calls in place of returns.

use cranelift_codegen::ir::{
    BlockArg, BlockCall, ExceptionTableData, ExceptionTableItem, ExceptionTag, InstBuilder,
    MemFlagsData, TrapCode, Value, types,
};

use super::frame::Frame;
use super::place::{Callee, Entry};

/// Most instructions that a call of a function may take.
const MOST: u64 = 20_000;
/// Code of the trap where nobody comes.
const CAUGHT: u8 = 77;

/// A call of another function, if there is one that does not take too long.
pub(super) fn statement(frame: &mut Frame<'_>) {
    if let Some(callee) = affordable(frame, |_| true) {
        call(frame, &callee);
    }
}

/// A call of this function.
pub(super) fn call(frame: &mut Frame<'_>, callee: &Callee) {
    let args = arguments(frame, callee);
    let throws = frame.profile.has_exceptions && frame.random.below(2) == 0;
    let address = address(frame, callee);
    if throws {
        return call_that_may_throw(frame, callee, address, &args);
    }
    let ins = frame.builder.ins();
    let inst = match address {
        Some(address) => ins.call_indirect(callee.signature, address, &args),
        None => ins.call(callee.function, &args),
    };
    frame.push_results(inst);
}

/// The address of a function, as itself or from a table; or it is called by its name.
fn address(frame: &mut Frame<'_>, callee: &Callee) -> Option<Value> {
    match (frame.random.below(6), callee.entry) {
        (0, _) | (1, None) => {
            let ins = frame.builder.ins();
            Some(ins.func_addr(types::I64, callee.function))
        }
        (1..=3, Some(Entry { table, offset })) => {
            let base = frame.builder.ins().symbol_value(types::I64, table);
            let mut flags = MemFlagsData::trusted();
            if frame.random.below(2) == 0 {
                flags = flags.with_readonly();
            }
            Some(frame.builder.ins().load(types::I64, flags, base, offset))
        }
        _ => None,
    }
}

/// A call that goes on in a block that gets its results, and elsewhere if it threw.
fn call_that_may_throw(
    frame: &mut Frame<'_>,
    callee: &Callee,
    address: Option<Value>,
    args: &[Value],
) {
    let results = callee.returns.clone();
    let carried = frame.profile.among(&[types::I64, types::F64]);
    let carried = (0..frame.random.below(3)).map(|_| frame.random.pick(&carried));
    let carried = carried.collect::<Vec<_>>();
    let behind = frame.builder.create_block();
    for ty in results.iter().chain(&carried) {
        frame.builder.append_block_param(behind, *ty);
    }
    let given = (0..).zip(&results).map(|(at, _)| BlockArg::TryCallRet(at));
    let more = carried.iter().map(|ty| frame.value(*ty).into());
    let given = given.chain(more).collect::<Vec<_>>();
    // What is caught is of the machine; here nothing is.
    let caught = frame.builder.create_block();
    for _ in 0..2 {
        frame.builder.append_block_param(caught, types::I64);
    }
    let payload = [0, 1].map(BlockArg::TryCallExn);
    let lists = &mut frame.builder.func.dfg.value_lists;
    let normal = BlockCall::new(behind, given, lists);
    let handler = BlockCall::new(caught, payload, lists);
    let item = match frame.random.below(2) {
        0 => ExceptionTableItem::Default(handler),
        _ => {
            let tag = frame.random.below(5) as u32;
            ExceptionTableItem::Tag(ExceptionTag::from_u32(tag), handler)
        }
    };
    let table = ExceptionTableData::new(callee.signature, normal, [item]);
    let table = frame.builder.func.dfg.exception_tables.push(table);
    let ins = frame.builder.ins();
    match address {
        Some(address) => ins.try_call_indirect(address, args, table),
        None => ins.try_call(callee.function, args, table),
    };
    frame.builder.seal_block(caught);
    frame.builder.switch_to_block(caught);
    let code = TrapCode::unwrap_user(CAUGHT);
    frame.builder.ins().trap(code);
    frame.builder.seal_block(behind);
    frame.builder.switch_to_block(behind);
    for param in frame.builder.block_params(behind).to_vec() {
        frame.push(param);
    }
}

/// Ends the function with a call of itself, which counts down, in place of a return;
/// goes on where it is not called any more.
pub(super) fn again(frame: &mut Frame<'_>) {
    let Some(again) = frame.again else {
        return;
    };
    let [more, done] = [(); 2].map(|()| frame.builder.create_block());
    let others = frame.params[2..].to_vec();
    let others = others.into_iter().map(|ty| frame.value(ty));
    let others = others.collect::<Vec<_>>();
    let total = frame.total();
    let ins = frame.builder.ins();
    ins.brif(again.left, more, &[], done, &[]);
    for block in [more, done] {
        frame.builder.seal_block(block);
    }
    frame.builder.switch_to_block(more);
    let one = frame.integer(types::I64, 1);
    let left = frame.builder.ins().isub(again.left, one);
    let args = [vec![total, left], others].concat();
    match frame.random.below(3) {
        0 => {
            let ins = frame.builder.ins();
            let address = ins.func_addr(types::I64, again.function);
            let ins = frame.builder.ins();
            ins.return_call_indirect(again.signature, address, &args);
        }
        _ => {
            frame.builder.ins().return_call(again.function, &args);
        }
    }
    frame.builder.switch_to_block(done);
}

/// Ends the function with a call of another one in place of a return, if there is
/// one; whether it did.
pub(super) fn instead_of_return(frame: &mut Frame<'_>) -> bool {
    if !frame.is_tail || !frame.random.one_in(2) {
        return false;
    }
    let returns = frame.returns.clone();
    let Some(callee) = affordable(frame, |callee| callee.is_tail && callee.returns == returns)
    else {
        return false;
    };
    let mut args = arguments(frame, &callee);
    args[0] = frame.total();
    match address(frame, &callee) {
        Some(address) => {
            let ins = frame.builder.ins();
            ins.return_call_indirect(callee.signature, address, &args);
        }
        None => {
            frame.builder.ins().return_call(callee.function, &args);
        }
    }
    true
}

fn affordable(frame: &mut Frame<'_>, fits: impl Fn(&Callee) -> bool) -> Option<Callee> {
    let (cost, weight) = (frame.cost, frame.weight);
    let is_affordable = |callee: &&Callee| cost + weight * callee.cost < MOST && fits(callee);
    let found = frame.callees.iter().filter(is_affordable);
    let found = found.cloned().collect::<Vec<_>>();
    if found.is_empty() {
        return None;
    }
    let callee = found[frame.random.below(found.len())].clone();
    frame.cost += weight * callee.cost;
    Some(callee)
}

/// Values for the parameters of a function, the checksum first.
fn arguments(frame: &mut Frame<'_>, callee: &Callee) -> Vec<Value> {
    let checksum = frame.checksum();
    let others = callee.params[1..].iter();
    let others = others.map(|ty| frame.value(*ty)).collect::<Vec<_>>();
    [vec![checksum], others].concat()
}
