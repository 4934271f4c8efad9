//! The operand kinds of each of Cranelift's instruction formats.

use beskid_plugin_api::artifact::OperandKind::{self, *};
use cranelift_codegen::ir::instructions::InstructionFormat as Format;

/// The operands of an instruction of this format, in encoding order.
pub(crate) const fn operand_kinds(format: Format) -> &'static [OperandKind] {
    match format {
        Format::AtomicCas => &[MemoryFlags, Value, Value, Value],
        Format::AtomicRmw => &[MemoryFlags, AtomicOperation, Value, Value],
        Format::Binary => &[Value, Value],
        Format::BinaryImm8 => &[Value, Imm8],
        Format::BranchTable => &[Value, JumpTable],
        Format::Brif => &[Value, BlockCall, BlockCall],
        Format::Call => &[Callee, ValueList],
        Format::CallIndirect => &[Signature, ValueList],
        Format::CondTrap => &[Value, TrapCode],
        Format::DynamicStackAddr => &[DynamicStackSlot],
        Format::ExceptionHandlerAddress => &[Block, Imm64],
        Format::FloatCompare => &[FloatCondition, Value, Value],
        Format::FuncAddr => &[Callee],
        Format::IntAddTrap => &[Value, Value, TrapCode],
        Format::IntCompare => &[IntCondition, Value, Value],
        Format::Jump => &[BlockCall],
        Format::Load => &[MemoryFlags, Value, Offset32],
        Format::LoadNoOffset => &[MemoryFlags, Value],
        Format::MultiAry => &[ValueList],
        Format::NullAry => &[],
        Format::Shuffle => &[Value, Value, Immediate],
        Format::StackAddr => &[StackSlot, Offset32],
        Format::Store => &[MemoryFlags, Value, Value, Offset32],
        Format::StoreNoOffset => &[MemoryFlags, Value, Value],
        Format::Ternary => &[Value, Value, Value],
        Format::TernaryImm8 => &[Value, Value, Imm8],
        Format::Trap => &[TrapCode],
        Format::TryCall => &[Callee, ValueList, ExceptionTable],
        Format::TryCallIndirect => &[ValueList, ExceptionTable],
        Format::Unary => &[Value],
        Format::UnaryConst => &[Constant],
        Format::UnaryGlobalValue => &[GlobalValue],
        Format::UnaryIeee16 => &[Ieee16],
        Format::UnaryIeee32 => &[Ieee32],
        Format::UnaryIeee64 => &[Ieee64],
        Format::UnaryImm => &[Imm64],
    }
}

#[cfg(test)]
mod tests {
    use cranelift_codegen::ir::Opcode;

    use super::*;

    /// Rows of a table: the operands, and every mnemonic that has them.
    fn rows() -> Vec<String> {
        let mut rows: Vec<(String, Vec<String>)> = Vec::new();
        for opcode in Opcode::all() {
            let kinds = operand_kinds(opcode.format()).iter();
            let kinds = kinds.map(|kind| format!("{kind:?}")).collect::<Vec<_>>();
            let kinds = match kinds.join(", ") {
                none if none.is_empty() => "none".to_owned(),
                some => some,
            };
            let mnemonic = format!("`{opcode}`");
            match rows.iter_mut().find(|(known, _)| *known == kinds) {
                Some((_, mnemonics)) => mnemonics.push(mnemonic),
                None => rows.push((kinds, vec![mnemonic])),
            }
        }
        let rows = rows.into_iter();
        rows.map(|(kinds, mnemonics)| format!("| {kinds} | {} |", mnemonics.join(" ")))
            .collect()
    }

    #[test]
    fn the_documents_list_the_operands_of_every_mnemonic() {
        let rows = rows();
        let documents = [
            include_str!("../../docs/artifact-format.md"),
            include_str!("../../plugin-api/src/artifact/form.rs"),
        ];
        for document in documents {
            let missing = rows.iter().filter(|row| !document.contains(*row));
            let missing = missing.map(String::as_str).collect::<Vec<_>>();
            assert!(missing.is_empty(), "missing rows:\n{}", missing.join("\n"));
        }
    }
}
