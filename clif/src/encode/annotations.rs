//! What hangs on instructions and values besides their operands.

use beskid_plugin_api::artifact as art;
use cranelift_codegen::ir::{self, ValueLabelAssignments, ValueLabelStart};

use super::encoded::Encoded;
use super::{Encoder, index_of, type_of};

/// How many values in a row may take their labels from another one; Cranelift
/// follows no more either.
const MOST_LABEL_ALIASES: usize = 10;

impl Encoder<'_> {
    /// Records what hangs on the instruction with this number.
    pub(super) fn annotate(
        &self,
        inst: ir::Inst,
        number: u32,
        position: &mut u32,
        body: &mut art::Body,
    ) -> Encoded<()> {
        let here = self.func.srcloc(inst).bits();
        if here != *position {
            body.positions.push((number, here));
            *position = here;
        }
        let roots = self.func.dfg.user_stack_map_entries(inst);
        for entry in roots.into_iter().flatten() {
            body.stack_maps.push(art::StackMapEntry {
                instruction: number,
                ty: type_of(entry.ty)?,
                slot: index_of(entry.slot),
                offset: entry.offset,
            });
        }
        for tag in self.func.debug_tags.get(inst) {
            body.debug_tags.push(art::InstructionTag {
                instruction: number,
                tag: match tag {
                    ir::DebugTag::User(number) => art::DebugTag::User(*number),
                    ir::DebugTag::StackSlot(slot) => art::DebugTag::StackSlot(index_of(*slot)),
                },
            });
        }
        Ok(())
    }

    /// Records the labels of all values, in the order of the values' numbers.
    /// As in Cranelift, labels of aliases and of values that nothing defines
    /// mean nothing.
    pub(super) fn value_labels(&self, body: &mut art::Body) {
        let Some(labels) = &self.func.dfg.values_labels else {
            return;
        };
        let base = self.func.params.base_srcloc();
        for value in labels.keys() {
            let number = self.values[*value];
            if number == u32::MAX {
                continue;
            }
            for start in self.label_starts(*value) {
                body.value_labels.push(art::ValueLabel {
                    value: number,
                    position: start.from.expand(base).bits(),
                    label: start.label.as_u32(),
                });
            }
        }
        body.value_labels.sort_by_key(|label| label.value);
    }

    /// The labels of a value, which may be said to be those of another.
    fn label_starts(&self, mut value: ir::Value) -> &[ValueLabelStart] {
        let Some(labels) = &self.func.dfg.values_labels else {
            return &[];
        };
        for _ in 0..=MOST_LABEL_ALIASES {
            match labels.get(&value) {
                Some(ValueLabelAssignments::Starts(starts)) => return starts,
                Some(ValueLabelAssignments::Alias { value: other, .. }) => {
                    value = self.func.dfg.resolve_aliases(*other);
                }
                None => break,
            }
        }
        &[]
    }
}
