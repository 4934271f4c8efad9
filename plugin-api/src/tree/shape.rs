//! What an artifact's form is: a mnemonic of CLIF with the operands that CLIF gives
//! it, or another.

use super::operations::{
    BinaryOp, CallOp, LoadOp, NullaryOp, SpecialOp, StoreOp, TernaryOp, UnaryOp,
};
use crate::artifact::{Form, OperandKind};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;

/// How the operands of a form are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Nullary(NullaryOp),
    Unary(UnaryOp),
    Binary(BinaryOp),
    Ternary(TernaryOp),
    Load(LoadOp),
    Store(StoreOp),
    Special(SpecialOp),
    Call(CallOp),
    Other,
}

impl Shape {
    /// The shape of a form; [`Shape::Other`] if its mnemonic is none of CLIF's.
    ///
    /// # Errors
    /// E5007 if it has other operands or results than its mnemonic has in CLIF.
    pub(super) fn of(form: &Form) -> Result<Self, Diagnostic> {
        let name = form.mnemonic.as_str();
        let known = NullaryOp::named(name)
            .map(Self::Nullary)
            .or_else(|| UnaryOp::named(name).map(Self::Unary))
            .or_else(|| BinaryOp::named(name).map(Self::Binary))
            .or_else(|| TernaryOp::named(name).map(Self::Ternary))
            .or_else(|| LoadOp::named(name).map(Self::Load))
            .or_else(|| StoreOp::named(name).map(Self::Store))
            .or_else(|| SpecialOp::named(name).map(Self::Special))
            .or_else(|| CallOp::named(name).map(Self::Call));
        let Some(shape) = known else {
            return Ok(Self::Other);
        };
        let operands = shape.operands();
        if form.operands != operands {
            let found = &form.operands;
            return Err(wrong(
                name,
                &format!("operands {found:?}, and CLIF's {operands:?}"),
            ));
        }
        match shape.results() {
            Some(results) if form.results.len() != results => {
                let found = form.results.len();
                Err(wrong(
                    name,
                    &format!("{found} results, and CLIF's {results}"),
                ))
            }
            _ => Ok(shape),
        }
    }

    /// How many values it gives; `None`: as its signature says.
    const fn results(self) -> Option<usize> {
        Some(match self {
            Self::Nullary(op) => op.results(),
            Self::Unary(op) => op.results(),
            Self::Binary(op) => op.results(),
            Self::Ternary(op) => op.results(),
            Self::Load(op) => op.results(),
            Self::Store(op) => op.results(),
            Self::Special(op) => op.results(),
            Self::Call(CallOp::Call | CallOp::CallIndirect) | Self::Other => return None,
            Self::Call(_) => 0,
        })
    }

    const fn operands(self) -> &'static [OperandKind] {
        use OperandKind as Op;
        match self {
            Self::Nullary(_) | Self::Other => &[],
            Self::Unary(_) => &[Op::Value],
            Self::Binary(_) => &[Op::Value, Op::Value],
            Self::Ternary(_) => &[Op::Value, Op::Value, Op::Value],
            Self::Load(_) => &[Op::MemoryFlags, Op::Value, Op::Offset32],
            Self::Store(_) => &[Op::MemoryFlags, Op::Value, Op::Value, Op::Offset32],
            Self::Call(op) => match op {
                CallOp::Call | CallOp::ReturnCall => &[Op::Callee, Op::ValueList],
                CallOp::CallIndirect | CallOp::ReturnCallIndirect => {
                    &[Op::Signature, Op::ValueList]
                }
                CallOp::TryCall => &[Op::Callee, Op::ValueList, Op::ExceptionTable],
                CallOp::TryCallIndirect => &[Op::ValueList, Op::ExceptionTable],
            },
            Self::Special(op) => special(op),
        }
    }
}

const fn special(op: SpecialOp) -> &'static [OperandKind] {
    use OperandKind as Op;
    match op {
        SpecialOp::Jump => &[Op::BlockCall],
        SpecialOp::Brif => &[Op::Value, Op::BlockCall, Op::BlockCall],
        SpecialOp::BrTable => &[Op::Value, Op::JumpTable],
        SpecialOp::Trap => &[Op::TrapCode],
        SpecialOp::Trapz | SpecialOp::Trapnz => &[Op::Value, Op::TrapCode],
        SpecialOp::Return => &[Op::ValueList],
        SpecialOp::FuncAddr => &[Op::Callee],
        SpecialOp::Insertlane => &[Op::Value, Op::Value, Op::Imm8],
        SpecialOp::Extractlane | SpecialOp::ExtractVector => &[Op::Value, Op::Imm8],
        SpecialOp::StackAddr => &[Op::StackSlot, Op::Offset32],
        SpecialOp::DynamicStackAddr => &[Op::DynamicStackSlot],
        SpecialOp::SymbolValue | SpecialOp::TlsValue => &[Op::GlobalValue],
        SpecialOp::GetExceptionHandlerAddress => &[Op::Block, Op::Imm64],
        SpecialOp::Iconst => &[Op::Imm64],
        SpecialOp::F16const => &[Op::Ieee16],
        SpecialOp::F32const => &[Op::Ieee32],
        SpecialOp::F64const => &[Op::Ieee64],
        SpecialOp::F128const | SpecialOp::Vconst => &[Op::Constant],
        SpecialOp::Shuffle => &[Op::Value, Op::Value, Op::Immediate],
        SpecialOp::Icmp => &[Op::IntCondition, Op::Value, Op::Value],
        SpecialOp::UaddOverflowTrap => &[Op::Value, Op::Value, Op::TrapCode],
        SpecialOp::Fcmp => &[Op::FloatCondition, Op::Value, Op::Value],
        SpecialOp::Bitcast | SpecialOp::AtomicLoad => &[Op::MemoryFlags, Op::Value],
        SpecialOp::AtomicRmw => &[Op::MemoryFlags, Op::AtomicOperation, Op::Value, Op::Value],
        SpecialOp::AtomicCas => &[Op::MemoryFlags, Op::Value, Op::Value, Op::Value],
        SpecialOp::AtomicStore => &[Op::MemoryFlags, Op::Value, Op::Value],
    }
}

fn wrong(mnemonic: &str, what: &str) -> Diagnostic {
    Diagnostic::new(Code::E5007, format!("a form of `{mnemonic}` has {what}"))
}
