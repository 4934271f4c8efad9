//! Instructions that may trap: those that never do, and those that may. And those
//! that do nothing.

use cranelift_codegen::ir::{InstBuilder, TrapCode, types};

use super::frame::Frame;
use super::profile::WORDS;

/// A code of the embedder's.
pub(super) fn code(frame: &mut Frame<'_>) -> TrapCode {
    let number = frame.random.below(200) as u8 + 1;
    TrapCode::user(number).unwrap_or(TrapCode::STACK_OVERFLOW)
}

/// An instruction that traps if a value is not what it is.
pub(super) fn statement(frame: &mut Frame<'_>) {
    let code = code(frame);
    let (value, ty) = frame.of(&WORDS);
    let is_free = frame.profile.may_trap && frame.random.one_in(4);
    match frame.random.below(4) {
        3 => {
            // The interpreter has neither data nor this.
            match frame.profile.has_data {
                true => frame.builder.ins().sequence_point(),
                false => frame.builder.ins().nop(),
            };
        }
        0 => {
            let one = frame.integer(ty, 1);
            let value = match is_free {
                true => value,
                false => frame.builder.ins().bor(value, one),
            };
            frame.builder.ins().trapz(value, code);
        }
        1 => {
            let value = match is_free {
                true => value,
                false => {
                    let other = frame.builder.ins().bnot(value);
                    frame.builder.ins().band(value, other)
                }
            };
            frame.builder.ins().trapnz(value, code);
        }
        _ => {
            let ty = frame.random.pick(&[types::I32, types::I64]);
            let (mut a, mut b) = (frame.value(ty), frame.value(ty));
            if !is_free {
                let one = frame.integer(types::I32, 1);
                a = frame.builder.ins().ushr(a, one);
                b = frame.builder.ins().ushr(b, one);
            }
            let sum = frame.builder.ins().uadd_overflow_trap(a, b, code);
            frame.push(sum);
        }
    }
}
