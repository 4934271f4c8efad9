//! What hangs on instructions and values besides their operands.

use beskid_plugin_api::artifact as art;
use cranelift_codegen::entity::EntityRef;
use cranelift_codegen::ir;

use super::{BodyDecoder, Decoded, type_of};

impl BodyDecoder<'_, '_> {
    /// Chooses the position that Cranelift counts all others from, which the
    /// artifact does not carry. With the least one no distance is the largest
    /// number, which would mean "no position".
    pub(super) fn base_position(&mut self) {
        let body = self.body;
        let positions = body.positions.iter().map(|(_, position)| *position);
        let labels = body.value_labels.iter().map(|label| label.position);
        let known = positions.chain(labels).map(ir::SourceLoc::new);
        let known = known.filter(|position| !position.is_default());
        if let Some(base) = known.min_by_key(|position| position.bits()) {
            self.func.params.ensure_base_srcloc(base);
        }
    }

    /// Restores stack maps, debug tags and value labels.
    pub(super) fn annotations(&mut self) -> Decoded<()> {
        self.stack_maps()?;
        self.debug_tags()?;
        self.value_labels();
        Ok(())
    }

    fn stack_maps(&mut self) -> Decoded<()> {
        for entry in &self.body.stack_maps {
            let inst = ir::Inst::from_u32(entry.instruction);
            let opcode = self.func.dfg.insts[inst].opcode();
            if !opcode.is_safepoint() {
                return Err(format!("`{opcode}` cannot have a stack map"));
            }
            let entry = ir::UserStackMapEntry {
                ty: type_of(entry.ty)?,
                slot: EntityRef::new(entry.slot as usize),
                offset: entry.offset,
            };
            self.func.dfg.append_user_stack_map_entry(inst, entry);
        }
        Ok(())
    }

    fn debug_tags(&mut self) -> Decoded<()> {
        // A sort that keeps the order of each instruction's tags.
        let mut tags = self.body.debug_tags.iter().collect::<Vec<_>>();
        tags.sort_by_key(|tag| tag.instruction);
        for tags in tags.chunk_by(|a, b| a.instruction == b.instruction) {
            let inst = ir::Inst::from_u32(tags[0].instruction);
            let opcode = self.func.dfg.insts[inst].opcode();
            if self.target.is_some() && !opcode.is_call() && opcode != ir::Opcode::SequencePoint {
                return Err(format!("`{opcode}` cannot have debug tags"));
            }
            let tags = tags.iter().map(|tag| match tag.tag {
                art::DebugTag::User(number) => ir::DebugTag::User(number),
                art::DebugTag::StackSlot(slot) => {
                    ir::DebugTag::StackSlot(EntityRef::new(slot as usize))
                }
            });
            self.func.debug_tags.set(inst, tags);
        }
        Ok(())
    }

    fn value_labels(&mut self) {
        let body = self.body;
        if body.value_labels.is_empty() {
            return;
        }
        self.func.dfg.collect_debug_info();
        let base = self.func.params.base_srcloc();
        let Some(labels) = &mut self.func.dfg.values_labels else {
            return;
        };
        for label in &body.value_labels {
            let position = ir::SourceLoc::new(label.position);
            let start = ir::ValueLabelStart {
                from: ir::RelSourceLoc::from_base_offset(base, position),
                label: ir::ValueLabel::from_u32(label.label),
            };
            let entry = labels
                .entry(ir::Value::from_u32(label.value))
                .or_insert_with(|| ir::ValueLabelAssignments::Starts(Vec::new()));
            if let ir::ValueLabelAssignments::Starts(starts) = entry {
                starts.push(start);
            }
        }
    }
}
