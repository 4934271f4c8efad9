//! Calls, and calls in place of returns.

use cranelift_codegen::ir::{InstBuilder, Value, types};

use super::frame::Frame;
use super::place::Callee;

/// Most instructions that a call of a function may take.
const MOST: u64 = 20_000;

/// A call of another function, if there is one that does not take too long.
pub(super) fn statement(frame: &mut Frame<'_>) {
    if let Some(callee) = affordable(frame, |_| true) {
        call(frame, &callee);
    }
}

/// A call of this function.
pub(super) fn call(frame: &mut Frame<'_>, callee: &Callee) {
    let args = arguments(frame, callee);
    let inst = match frame.random.below(3) {
        0 => {
            let ins = frame.builder.ins();
            let address = ins.func_addr(types::I64, callee.function);
            let ins = frame.builder.ins();
            ins.call_indirect(callee.signature, address, &args)
        }
        _ => frame.builder.ins().call(callee.function, &args),
    };
    frame.push_results(inst);
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
    match frame.random.below(3) {
        0 => {
            let ins = frame.builder.ins();
            let address = ins.func_addr(types::I64, callee.function);
            let ins = frame.builder.ins();
            ins.return_call_indirect(callee.signature, address, &args);
        }
        _ => {
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
