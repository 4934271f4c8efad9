//! Loads and stores, at addresses that are always inside.

use cranelift_codegen::ir::{InstBuilder, MemFlagsData, StackSlot, Type, Value, types};

use super::frame::Frame;
use super::place::{Base, Place, SIZE, STARTS};
use super::profile::WORDS;
use crate::codes::ATOMIC;

/// An address inside a place.
struct Address {
    base: Value,
    offset: i32,
    flags: MemFlagsData,
}

/// One access to memory, if there is a place.
pub(super) fn statement(frame: &mut Frame<'_>) {
    if frame.expanse.is_some() && frame.random.below(3) == 0 {
        return far(frame);
    }
    let places = frame.places.clone();
    if places.is_empty() {
        return;
    }
    let place = frame.random.pick(&places);
    match frame.random.below(10) {
        _ if !place.is_writable => load(frame, place),
        0..=2 => load(frame, place),
        3..=5 => store(frame, place),
        6 => extending_load(frame, place),
        7 => narrow_store(frame, place),
        _ if frame.profile.has_atomics => atomic(frame, place),
        _ if frame.profile.has_vectors() => widening_load(frame, place),
        _ => store(frame, place),
    }
}

/// Stores something at each word of a place.
pub(super) fn fill(frame: &mut Frame<'_>, place: Place) {
    let base = base(frame, place);
    for offset in (0..SIZE).step_by(8) {
        let value = frame.value(types::I64);
        let flags = MemFlagsData::trusted();
        let offset = offset.cast_signed();
        frame.builder.ins().store(flags, value, base, offset);
    }
}

/// Mixes each word of a place into the checksum.
pub(super) fn fold(frame: &mut Frame<'_>, place: Place) {
    let base = base(frame, place);
    for offset in (0..SIZE).step_by(8) {
        let flags = MemFlagsData::trusted();
        let offset = offset.cast_signed();
        let word = frame.builder.ins().load(types::I64, flags, base, offset);
        frame.fold(word);
    }
}

/// Stores something at each word of the large frame.
pub(super) fn spread(frame: &mut Frame<'_>) {
    for (slot, offset) in expanse(frame) {
        let value = frame.value(types::I64);
        frame
            .builder
            .ins()
            .stack_store(types::I64, value, slot, offset);
    }
}

/// Mixes each word of the large frame into the checksum.
pub(super) fn gather(frame: &mut Frame<'_>) {
    for (slot, offset) in expanse(frame) {
        let word = frame
            .builder
            .ins()
            .stack_load(types::I64, types::I64, slot, offset);
        frame.fold(word);
    }
}

/// Loads or stores a word of the large frame.
fn far(frame: &mut Frame<'_>) {
    let words = expanse(frame);
    let (slot, offset) = frame.random.pick(&words);
    if frame.random.below(2) == 0 {
        let word = frame
            .builder
            .ins()
            .stack_load(types::I64, types::I64, slot, offset);
        frame.push(word);
        return;
    }
    let value = frame.value(types::I64);
    frame
        .builder
        .ins()
        .stack_store(types::I64, value, slot, offset);
}

fn expanse(frame: &Frame<'_>) -> Vec<(StackSlot, i32)> {
    let Some(expanse) = &frame.expanse else {
        return Vec::new();
    };
    let offsets = expanse.offsets.iter();
    offsets.map(|offset| (expanse.slot, *offset)).collect()
}

fn base(frame: &mut Frame<'_>, place: Place) -> Value {
    match place.base {
        Base::Slot(slot) => frame.builder.ins().stack_addr(types::I64, slot, 0),
        Base::Global(global) => frame.builder.ins().symbol_value(types::I64, global),
    }
}

/// Where an access of so many bytes goes.
fn address(frame: &mut Frame<'_>, place: Place, bytes: u32) -> Address {
    let mut flags = MemFlagsData::new();
    if frame.random.one_in(3) {
        flags = flags.with_notrap();
    }
    if !place.is_writable && frame.random.one_in(2) {
        flags = flags.with_readonly();
    }
    let start = frame.random.below(STARTS as usize) as u32;
    let aligned = start - start % bytes;
    match frame.random.below(5) {
        0 | 1 => {
            let base = base(frame, place);
            let flags = match frame.random.below(2) {
                0 => flags.with_aligned(),
                _ => flags,
            };
            address_at(base, aligned.cast_signed(), flags)
        }
        2 => address_at(base(frame, place), start.cast_signed(), flags),
        3 => {
            // A part of the offset is in the base.
            let base = match place.base {
                Base::Slot(slot) => {
                    let offset = start.cast_signed();
                    frame.builder.ins().stack_addr(types::I64, slot, offset)
                }
                Base::Global(_) => {
                    let base = base(frame, place);
                    let more = frame.integer(types::I64, start.into());
                    frame.builder.ins().iadd(base, more)
                }
            };
            let back = frame.random.below(start as usize + 1) as i32;
            let forth = frame.integer(types::I64, back.unsigned_abs().into());
            let before = frame.builder.ins().isub(base, forth);
            address_at(before, back, flags)
        }
        _ => {
            let base = base(frame, place);
            let index = frame.value(types::I64);
            let mask = frame.integer(types::I64, u64::from(STARTS) - 1);
            let index = frame.builder.ins().band(index, mask);
            address_at(frame.builder.ins().iadd(base, index), 0, flags)
        }
    }
}

const fn address_at(base: Value, offset: i32, flags: MemFlagsData) -> Address {
    Address {
        base,
        offset,
        flags,
    }
}

fn load(frame: &mut Frame<'_>, place: Place) {
    let types = frame.profile.types.clone();
    let ty = frame.random.pick(&types);
    let at = address(frame, place, ty.bytes());
    let result = frame.builder.ins().load(ty, at.flags, at.base, at.offset);
    frame.push(result);
}

fn store(frame: &mut Frame<'_>, place: Place) {
    let types = frame.profile.types.clone();
    let (value, ty) = frame.of(&types);
    let value = frame.canonical(value);
    let at = address(frame, place, ty.bytes());
    frame
        .builder
        .ins()
        .store(at.flags, value, at.base, at.offset);
}

fn extending_load(frame: &mut Frame<'_>, place: Place) {
    let (from, to) = (
        frame.random.pick(&WORDS[..3]),
        frame.random.pick(&WORDS[1..]),
    );
    if from.bits() >= to.bits() {
        return load(frame, place);
    }
    let is_signed = frame.random.one_in(2);
    let Address {
        base,
        offset,
        flags,
    } = address(frame, place, from.bytes());
    let ins = frame.builder.ins();
    let result = match (from, is_signed) {
        (types::I8, false) => ins.uload8(to, flags, base, offset),
        (types::I8, true) => ins.sload8(to, flags, base, offset),
        (types::I16, false) => ins.uload16(to, flags, base, offset),
        (types::I16, true) => ins.sload16(to, flags, base, offset),
        (_, false) => ins.uload32(flags, base, offset),
        (_, true) => ins.sload32(flags, base, offset),
    };
    frame.push(result);
}

fn narrow_store(frame: &mut Frame<'_>, place: Place) {
    let (to, from) = (
        frame.random.pick(&WORDS[..3]),
        frame.random.pick(&WORDS[1..]),
    );
    if to.bits() >= from.bits() {
        return store(frame, place);
    }
    let value = frame.value(from);
    let Address {
        base,
        offset,
        flags,
    } = address(frame, place, to.bytes());
    let ins = frame.builder.ins();
    match to {
        types::I8 => ins.istore8(flags, value, base, offset),
        types::I16 => ins.istore16(flags, value, base, offset),
        _ => ins.istore32(flags, value, base, offset),
    };
}

fn widening_load(frame: &mut Frame<'_>, place: Place) {
    let which = frame.random.below(6);
    let Address {
        base,
        offset,
        flags,
    } = address(frame, place, 8);
    let ins = frame.builder.ins();
    let result = match which {
        0 => ins.uload8x8(flags, base, offset),
        1 => ins.sload8x8(flags, base, offset),
        2 => ins.uload16x4(flags, base, offset),
        3 => ins.sload16x4(flags, base, offset),
        4 => ins.uload32x2(flags, base, offset),
        _ => ins.sload32x2(flags, base, offset),
    };
    frame.push(result);
}

/// Atomic access, at an aligned address.
fn atomic(frame: &mut Frame<'_>, place: Place) {
    let ty: Type = frame.random.pick(&WORDS);
    let start = frame.random.below(STARTS as usize) as u32;
    let aligned = start - start % ty.bytes();
    let base = base(frame, place);
    let offset = frame.integer(types::I64, aligned.into());
    let address = frame.builder.ins().iadd(base, offset);
    let flags = MemFlagsData::trusted();
    let value = frame.value(ty);
    match frame.random.below(5) {
        0 => {
            let result = frame.builder.ins().atomic_load(ty, flags, address);
            frame.push(result);
        }
        1 => {
            frame.builder.ins().atomic_store(flags, value, address);
        }
        2 => {
            let expected = match frame.random.below(2) {
                0 => frame.builder.ins().load(ty, flags, address, 0),
                _ => frame.value(ty),
            };
            let ins = frame.builder.ins();
            let result = ins.atomic_cas(flags, address, expected, value);
            frame.push(result);
        }
        3 => {
            frame.builder.ins().fence();
        }
        _ => {
            let operation = frame.random.pick(&ATOMIC);
            let ins = frame.builder.ins();
            let result = ins.atomic_rmw(ty, flags, operation, address, value);
            frame.push(result);
        }
    }
}
