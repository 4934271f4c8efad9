//! Operands, and what they refer to.

use std::ops::Range;

use super::instruction::{Operand, Value};
use crate::artifact::{
    BlockCall, Body, Function, InstructionReader, MemoryFlags, OperandKind, Outline, Signature,
    StreamError,
};

/// Why a function is not read.
pub(super) type Reason = String;

pub(super) fn absent(what: &str) -> impl FnOnce() -> Reason {
    move || format!("refers to {what} that it does not have")
}

fn unreadable(error: StreamError) -> Reason {
    error.to_string()
}

/// Reads the operands of one function, one after the other.
pub(super) struct Operands<'a> {
    outline: &'a Outline,
    body: &'a Body,
    stream: InstructionReader<'a>,
}

impl<'a> Operands<'a> {
    pub(super) fn of(outline: &'a Outline, function: &'a Function) -> Self {
        Self {
            outline,
            body: &function.body,
            stream: function.instructions(),
        }
    }

    /// Begins an instruction: the index of its form.
    pub(super) fn form(&mut self) -> Result<usize, Reason> {
        Ok(self.stream.form().map_err(unreadable)? as usize)
    }

    pub(super) fn target(&mut self) -> Result<BlockCall, Reason> {
        self.stream.block_call().map_err(unreadable)
    }

    pub(super) fn offset(&mut self) -> Result<i32, Reason> {
        self.stream.signed32().map_err(unreadable)
    }

    pub(super) fn signed(&mut self) -> Result<i64, Reason> {
        self.stream.signed().map_err(unreadable)
    }

    pub(super) fn unsigned(&mut self) -> Result<u64, Reason> {
        self.stream.unsigned().map_err(unreadable)
    }

    /// So many new values.
    pub(super) fn define(&mut self, count: usize) -> Range<Value> {
        let start = self.stream.values();
        self.stream.define_values(count as u32);
        start..self.stream.values()
    }

    /// An address and the arguments behind it.
    pub(super) fn address(&mut self) -> Result<(Value, Vec<Value>), Reason> {
        let mut values = self.list()?;
        if values.is_empty() {
            return Err("calls nothing".to_owned());
        }
        let address = values.remove(0);
        Ok((address, values))
    }

    /// The signature with this index in the body.
    pub(super) fn signature(&self, index: u32) -> Result<&'a Signature, Reason> {
        let module = self.body.signatures.get(index as usize);
        let signatures = &self.outline.module().signatures;
        let signature = module.and_then(|id| signatures.get(*id as usize));
        signature.ok_or_else(absent("a signature"))
    }

    pub(super) fn entity<T>(&mut self, list: &'a [T], what: &str) -> Result<&'a T, Reason> {
        let index = self.index()? as usize;
        list.get(index).ok_or_else(absent(what))
    }

    pub(super) fn operand(&mut self, kind: OperandKind) -> Result<Operand, Reason> {
        Ok(match kind {
            OperandKind::Value => Operand::Value(self.value()?),
            OperandKind::ValueList => Operand::Values(self.list()?),
            OperandKind::BlockCall => Operand::BlockCall(self.target()?),
            OperandKind::Imm64 | OperandKind::Offset32 => Operand::Signed(self.signed()?),
            _ => Operand::Unsigned(kind, self.unsigned()?),
        })
    }

    pub(super) fn value(&mut self) -> Result<Value, Reason> {
        self.stream.value().map_err(unreadable)
    }

    pub(super) fn values<const N: usize>(&mut self) -> Result<[Value; N], Reason> {
        let mut values = [0; N];
        for value in &mut values {
            *value = self.value()?;
        }
        Ok(values)
    }

    pub(super) fn list(&mut self) -> Result<Vec<Value>, Reason> {
        let mut values = Vec::new();
        self.stream.value_list(&mut values).map_err(unreadable)?;
        Ok(values)
    }

    pub(super) fn index(&mut self) -> Result<u32, Reason> {
        self.stream.unsigned32().map_err(unreadable)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Reason> {
        self.stream.unsigned8().map_err(unreadable)
    }

    pub(super) fn flags(&mut self) -> Result<MemoryFlags, Reason> {
        MemoryFlags::unpack(self.index()?).ok_or_else(absent("a byte order"))
    }
}
