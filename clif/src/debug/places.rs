//! Where a function's machine code has what the source has: noted while the code is
//! at hand.

use cranelift_codegen::CompiledCode;
use cranelift_codegen::LabelValueLoc;
use cranelift_codegen::isa::TargetIsa;

/// Bytes from the saved frame pointer to the place from which frames are measured, on
/// all of our targets.
const FRAME_POINTER_TO_CFA: i64 = 16;

/// Of one function.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    /// The function's own scope, if it has one.
    pub(crate) scope: Option<u32>,
    /// In ascending order, from the first to the last byte that has a position.
    pub(crate) rows: Vec<Row>,
    pub(crate) labels: Vec<Label>,
    pub(crate) slots: Vec<Slot>,
}

/// Code with one position.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) position: u32,
}

/// Values with one label.
#[derive(Debug, Clone)]
pub(crate) struct Label {
    pub(crate) label: u32,
    pub(crate) spans: Vec<Span>,
}

/// Where a value is for a while.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) spot: Spot,
}

/// Where something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spot {
    /// DWARF's number of a register.
    Register(u16),
    /// Bytes from where the caller's frame ends.
    Frame(i64),
}

/// A stack slot with a key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slot {
    pub(crate) key: u64,
    pub(crate) offset: i64,
}

impl Places {
    pub(crate) fn of(code: &CompiledCode, isa: &dyn TargetIsa, scope: Option<u32>) -> Self {
        Self {
            scope,
            rows: rows(code),
            labels: labels(code, isa),
            slots: slots(code),
        }
    }
}

/// Code without a position counts to what is before it.
fn rows(code: &CompiledCode) -> Vec<Row> {
    let length = code.code_info().total_size;
    let located = code.buffer.get_srclocs_sorted().iter();
    let located = located.filter(|place| !place.loc.is_default() && place.start < place.end);
    let mut rows = Vec::<Row>::new();
    for place in located {
        let (start, position) = (place.start, place.loc.bits());
        match rows.last_mut() {
            Some(last) if last.position == position => continue,
            Some(last) => last.end = start,
            None => {}
        }
        rows.push(Row {
            start,
            end: length,
            position,
        });
    }
    rows.retain(|row| row.start < row.end);
    rows
}

fn labels(code: &CompiledCode, isa: &dyn TargetIsa) -> Vec<Label> {
    let labels = code.value_labels_ranges.iter().map(|(label, ranges)| {
        let spans = ranges.iter().filter_map(|range| {
            let spot = match range.loc {
                LabelValueLoc::Reg(register) => {
                    Spot::Register(isa.map_regalloc_reg_to_dwarf(register).ok()?)
                }
                LabelValueLoc::CFAOffset(offset) => Spot::Frame(offset),
            };
            let span = Span {
                start: range.start,
                end: range.end,
                spot,
            };
            (span.start < span.end).then_some(span)
        });
        let mut spans = spans.collect::<Vec<_>>();
        spans.sort_by_key(|span| (span.start, span.end));
        Label {
            label: label.as_u32(),
            spans,
        }
    });
    // The map has no order of its own.
    let mut labels = labels.collect::<Vec<_>>();
    labels.sort_by_key(|label| label.label);
    labels
}

fn slots(code: &CompiledCode) -> Vec<Slot> {
    let Some(layout) = code.buffer.frame_layout() else {
        return Vec::new();
    };
    let bottom = -FRAME_POINTER_TO_CFA - i64::from(layout.frame_to_fp_offset);
    let slots = layout.stackslots.values().filter_map(|slot| {
        Some(Slot {
            key: slot.key?.bits(),
            offset: bottom + i64::from(slot.offset),
        })
    });
    let mut slots = slots.collect::<Vec<_>>();
    slots.sort_by_key(|slot| slot.key);
    slots
}
