//! What CLIF demands of an instruction's types, by form, and which forms have rules
//! of their own.

use cranelift_codegen::ir::instructions::{
    InstructionFormat as Format, ResolvedConstraint, ValueTypeSet,
};
use cranelift_codegen::ir::{self, Opcode};

/// Most operands that have a place of their own.
const MOST: usize = 4;

/// What holds for a form whose types one type decides.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    /// That type, once one was seen.
    pub(super) controlling: Option<ir::Type>,
    pub(super) count: usize,
    /// Of the operands.
    pub(super) types: [ir::Type; MOST],
    /// Where one may have any type of a set, whose place in `types` counts nothing.
    sets: [Option<ValueTypeSet>; MOST],
    has_sets: bool,
}

impl Row {
    pub(super) const UNKNOWN: Self = Self {
        controlling: None,
        count: 0,
        types: [ir::types::INVALID; MOST],
        sets: [None; MOST],
        has_sets: false,
    };

    /// Looks up a form. `None` if there is none with this type and these results,
    /// which those of calls are not.
    pub(super) fn find(
        opcode: Opcode,
        controlling: ir::Type,
        results: &[ir::Type],
    ) -> Option<Self> {
        let constraints = opcode.constraints();
        if !takes(opcode, controlling) {
            return None;
        }
        if !opcode.is_call() {
            let made = (0..constraints.num_fixed_results())
                .map(|index| constraints.result_type(index, controlling));
            if !made.eq(results.iter().copied()) {
                return None;
            }
        }
        let mut row = Self {
            controlling: Some(controlling),
            count: constraints.num_fixed_value_arguments(),
            ..Self::UNKNOWN
        };
        for index in 0..row.count {
            match constraints.value_argument_constraint(index, controlling) {
                ResolvedConstraint::Bound(ty) => *row.types.get_mut(index)? = ty,
                ResolvedConstraint::Free(set) => {
                    *row.sets.get_mut(index)? = Some(set);
                    row.has_sets = true;
                }
            }
        }
        Some(row)
    }

    /// Whether operand number `index` may have this type.
    #[inline]
    pub(super) fn takes(&self, index: usize, ty: ir::Type) -> bool {
        match self.sets[index] {
            Some(set) if self.has_sets => set.contains(ty),
            _ => self.types[index] == ty,
        }
    }
}

/// What is to be checked of an instruction beside the types of its operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// Nothing, or nothing that is not seen while it is read.
    Nothing,
    /// Its first operand is an address.
    Load,
    /// Its second operand is an address, and the memory may be written to.
    Store,
    /// Its second operand is an address.
    AtomicStore,
    Bitcast,
    Constant,
    Integer,
    Lane,
    Shuffle,
    Global,
    Table,
    Call,
    CallIndirect,
    TailCall,
    TailCallIndirect,
    TryCall,
    TryCallIndirect,
    Return,
    PinnedRegister,
    Frame,
    Handler,
}

/// The rule of an opcode. Every format stands here, so that none is forgotten.
pub(super) fn rule(opcode: Opcode) -> Rule {
    match opcode.format() {
        Format::LoadNoOffset if opcode == Opcode::Bitcast => Rule::Bitcast,
        Format::Load | Format::LoadNoOffset if opcode.can_load() => Rule::Load,
        Format::AtomicCas | Format::AtomicRmw => Rule::Load,
        Format::Store => Rule::Store,
        Format::StoreNoOffset => Rule::AtomicStore,
        Format::UnaryConst => Rule::Constant,
        Format::UnaryImm if opcode == Opcode::Iconst => Rule::Integer,
        Format::BinaryImm8 if opcode == Opcode::Extractlane => Rule::Lane,
        Format::TernaryImm8 if opcode == Opcode::Insertlane => Rule::Lane,
        Format::Shuffle => Rule::Shuffle,
        Format::UnaryGlobalValue => Rule::Global,
        Format::BranchTable => Rule::Table,
        Format::Call if opcode == Opcode::ReturnCall => Rule::TailCall,
        Format::Call => Rule::Call,
        Format::CallIndirect if opcode == Opcode::ReturnCallIndirect => Rule::TailCallIndirect,
        Format::CallIndirect => Rule::CallIndirect,
        Format::TryCall => Rule::TryCall,
        Format::TryCallIndirect => Rule::TryCallIndirect,
        Format::MultiAry if opcode == Opcode::Return => Rule::Return,
        Format::NullAry if opcode == Opcode::GetPinnedReg => Rule::PinnedRegister,
        Format::Unary if opcode == Opcode::SetPinnedReg => Rule::PinnedRegister,
        Format::NullAry if matches!(opcode, Opcode::GetFramePointer | Opcode::GetReturnAddress) => {
            Rule::Frame
        }
        Format::ExceptionHandlerAddress => Rule::Handler,
        Format::Binary
        | Format::BinaryImm8
        | Format::Brif
        | Format::CondTrap
        | Format::DynamicStackAddr
        | Format::FloatCompare
        | Format::FuncAddr
        | Format::IntAddTrap
        | Format::IntCompare
        | Format::Jump
        | Format::Load
        | Format::LoadNoOffset
        | Format::MultiAry
        | Format::NullAry
        | Format::StackAddr
        | Format::Ternary
        | Format::TernaryImm8
        | Format::Trap
        | Format::Unary
        | Format::UnaryIeee16
        | Format::UnaryIeee32
        | Format::UnaryIeee64
        | Format::UnaryImm => Rule::Nothing,
    }
}

/// Whether an instruction may have this controlling type. Cranelift panics
/// where it computes a result from another.
pub(super) fn takes(opcode: Opcode, ty: ir::Type) -> bool {
    let set = opcode.constraints().ctrl_typeset();
    let computable = match opcode {
        // The sets of these are larger than what has a result.
        Opcode::ExtractVector => ty.is_dynamic_vector(),
        Opcode::SwidenHigh | Opcode::SwidenLow | Opcode::UwidenHigh | Opcode::UwidenLow => {
            !ty.is_dynamic_vector() || ty.min_lane_count() > 2
        }
        _ => true,
    };
    computable && set.is_none_or(|set| set.contains(ty))
}
