//! Checks one function body and its instruction stream.

use super::super::body::{
    BlockArg, BlockCall, Body, ExceptionItem, GlobalValue, MemoryFlags, NameRef,
};
use super::super::form::{ATOMIC_OPERATIONS, FLOAT_CONDITIONS, Form, INT_CONDITIONS, OperandKind};
use super::super::module::SymbolKind;
use super::super::stream::{InstructionReader, StreamError};
use super::super::types::{Signature, Type};
use super::super::{Contents, Function, error::Result};
use super::{imports, invalid};

type Check = std::result::Result<(), String>;

/// Checks function number `index`; returns the types of its values.
pub(super) fn check(contents: &Contents, index: usize, function: &Function) -> Result<Vec<Type>> {
    let scope = Scope {
        contents,
        body: &function.body,
    };
    let entities = scope
        .size(function)
        .and_then(|()| scope.entities())
        .and_then(|()| scope.entry());
    entities.map_err(|reason| invalid("BODY", format!("function {index}"), reason))?;
    let mut types = Vec::new();
    for pass in [Pass::Define, Pass::Use] {
        let mut walk = Walk {
            scope: &scope,
            reader: function.instructions(),
            types: &mut types,
            pass,
            values: Vec::new(),
            calls: Vec::new(),
            instruction: 0,
        };
        if let Err(reason) = walk.run() {
            let place = format!("function {index}, instruction {}", walk.instruction);
            return Err(invalid("BODY", place, reason));
        }
    }
    let jumps = scope.tables(&types);
    jumps.map_err(|reason| invalid("BODY", format!("function {index}"), reason))?;
    Ok(types)
}

struct Scope<'a> {
    contents: &'a Contents,
    body: &'a Body,
}

/// Most values for each byte of a function. Calls with many results come
/// nowhere near it; without it, one row with thousands of results would let a
/// small file fill the memory.
const VALUES_PER_BYTE: usize = 16;

impl<'a> Scope<'a> {
    fn size(&self, function: &Function) -> Check {
        let params = self
            .body
            .blocks
            .iter()
            .map(|block| block.params.len())
            .sum::<usize>();
        let most = (function.stream.len() + params).saturating_mul(VALUES_PER_BYTE);
        if self.body.values as usize <= most {
            Ok(())
        } else {
            Err("declares more values than its size allows".to_owned())
        }
    }

    fn entities(&self) -> Check {
        let body = self.body;
        let signatures = self.contents.module.signatures.len();
        for id in &body.signatures {
            within("module signature", *id, signatures)?;
        }
        for callee in &body.callees {
            self.name(&callee.target)?;
            within("signature", callee.signature, body.signatures.len())?;
            if let NameRef::Symbol(id) = callee.target {
                let symbol = &self.contents.module.symbols[id as usize];
                if !matches!(symbol.kind, SymbolKind::Function { .. }) {
                    return Err(format!("a callee refers to symbol {id}, which is data"));
                }
                let called = body.signatures[callee.signature as usize];
                imports::check(&self.contents.module, symbol, called)?;
            }
            self.distance(&callee.target, callee.colocated)?;
        }
        for (index, value) in body.global_values.iter().enumerate() {
            match value {
                // A base comes before its user, so that there are no cycles.
                GlobalValue::Load { base, flags, .. } => {
                    within("earlier global value", *base, index)?;
                    self.flags(*flags)?;
                }
                GlobalValue::AddImm { base, .. } => within("earlier global value", *base, index)?,
                GlobalValue::Symbol {
                    name, colocated, ..
                } => {
                    self.name(name)?;
                    self.distance(name, *colocated)?;
                }
                GlobalValue::VmContext | GlobalValue::DynamicScale { .. } => {}
            }
        }
        for slot in &body.stack_slots {
            if slot.align_shift > 16 {
                return Err(format!(
                    "stack slot alignment 2^{} is too large",
                    slot.align_shift
                ));
            }
        }
        for ty in &body.dynamic_types {
            within("global value", ty.scale, body.global_values.len())?;
        }
        for ty in &body.dynamic_stack_slots {
            within("dynamic type", *ty, body.dynamic_types.len())?;
        }
        if let Some(limit) = body.stack_limit {
            within("global value", limit, body.global_values.len())?;
        }
        self.annotations()
    }

    fn annotations(&self) -> Check {
        let body = self.body;
        let instructions = body
            .blocks
            .iter()
            .map(|block| u64::from(block.instructions))
            .sum::<u64>();
        let instructions = usize::try_from(instructions).unwrap_or(usize::MAX);
        for (instruction, _) in &body.positions {
            within("instruction", *instruction, instructions)?;
        }
        if !body.positions.is_sorted_by(|(a, _), (b, _)| a < b) {
            return Err("source positions are not in ascending order".to_owned());
        }
        for entry in &body.stack_maps {
            within("instruction", entry.instruction, instructions)?;
            within("stack slot", entry.slot, body.stack_slots.len())?;
        }
        for tag in &body.debug_tags {
            within("instruction", tag.instruction, instructions)?;
            if let super::super::body::DebugTag::StackSlot(slot) = tag.tag {
                within("stack slot", slot, body.stack_slots.len())?;
            }
        }
        for label in &body.value_labels {
            within("value", label.value, body.values as usize)?;
        }
        Ok(())
    }

    fn entry(&self) -> Check {
        let symbol = &self.contents.module.symbols[self.body.symbol as usize];
        let (SymbolKind::Function { signature }, Some(entry)) =
            (&symbol.kind, self.body.blocks.first())
        else {
            return Err("has no blocks".to_owned());
        };
        let signature = &self.contents.module.signatures[*signature as usize];
        let params = signature.params.iter().map(|param| param.ty);
        if params.eq(entry.params.iter().copied()) {
            Ok(())
        } else {
            Err("the entry block's parameters are not the signature's".to_owned())
        }
    }

    fn name(&self, name: &NameRef) -> Check {
        match name {
            NameRef::Symbol(id) => within("symbol", *id, self.contents.module.symbols.len()),
            NameRef::LibCall(_) | NameRef::Known(_) => Ok(()),
        }
    }

    /// An import may be anywhere in memory, so no short relocation may be
    /// used for it.
    fn distance(&self, name: &NameRef, colocated: bool) -> Check {
        match name {
            NameRef::Symbol(id) if colocated => {
                let symbol = &self.contents.module.symbols[*id as usize];
                if symbol.linkage.is_definition() {
                    Ok(())
                } else {
                    Err(format!("imported symbol {id} is marked as colocated"))
                }
            }
            _ => Ok(()),
        }
    }

    fn flags(&self, bits: u32) -> Check {
        let flags = MemoryFlags::unpack(bits);
        let flags = flags.ok_or_else(|| format!("memory flags {bits:#x} are not valid"))?;
        match flags.region {
            Some(region) => within("alias region", region, self.body.alias_regions.len()),
            None => Ok(()),
        }
    }

    fn signature(&self, local: u32) -> &'a Signature {
        &self.contents.module.signatures[self.body.signatures[local as usize] as usize]
    }

    fn tables(&self, types: &[Type]) -> Check {
        for table in &self.body.jump_tables {
            for call in std::iter::once(&table.default).chain(&table.entries) {
                self.block_call(call, types, None)?;
            }
        }
        for table in &self.body.exception_tables {
            within("signature", table.signature, self.body.signatures.len())?;
            let signature = self.signature(table.signature);
            self.block_call(&table.normal, types, Some(signature))?;
            for item in &table.items {
                match item {
                    ExceptionItem::Tag(_, call) | ExceptionItem::Default(call) => {
                        self.block_call(call, types, Some(signature))?;
                    }
                    ExceptionItem::Context(value) => within("value", *value, types.len())?,
                }
            }
        }
        Ok(())
    }

    fn block_call(&self, call: &BlockCall, types: &[Type], callee: Option<&Signature>) -> Check {
        within("block", call.block, self.body.blocks.len())?;
        let params = &self.body.blocks[call.block as usize].params;
        if params.len() != call.args.len() {
            let (found, expected) = (call.args.len(), params.len());
            return Err(format!(
                "block {} takes {expected} arguments, not {found}",
                call.block
            ));
        }
        for (arg, param) in call.args.iter().zip(params) {
            let ty = match (arg, callee) {
                (BlockArg::Value(value), _) => {
                    within("value", *value, types.len())?;
                    types[*value as usize]
                }
                (BlockArg::CallResult(index), Some(signature)) => {
                    within("call result", *index, signature.returns.len())?;
                    signature.returns[*index as usize].ty
                }
                // The payload's type belongs to the calling convention.
                (BlockArg::ExceptionPayload(_), Some(_)) => *param,
                (_, None) => {
                    return Err("a call's result is passed outside an exception table".to_owned());
                }
            };
            if ty != *param {
                return Err(format!("block {} takes {param}, not {ty}", call.block));
            }
        }
        Ok(())
    }
}

fn within(what: &str, index: u32, count: usize) -> Check {
    if (index as usize) < count {
        Ok(())
    } else {
        Err(format!("{what} {index} does not exist, there are {count}"))
    }
}

/// The stream is walked twice: values may be used before the walk reaches
/// their definition, so types are collected first.
#[derive(Clone, Copy, PartialEq)]
enum Pass {
    Define,
    Use,
}

struct Walk<'a, 'b> {
    scope: &'b Scope<'a>,
    reader: InstructionReader<'a>,
    types: &'b mut Vec<Type>,
    pass: Pass,
    values: Vec<u32>,
    calls: Vec<Call>,
    instruction: u32,
}

/// What the operands of the current instruction call, if anything.
enum Call {
    Direct(u32),
    Indirect(u32),
}

impl Walk<'_, '_> {
    fn run(&mut self) -> Check {
        let scope = self.scope;
        let declared = scope.body.values as usize;
        for block in &scope.body.blocks {
            self.define(&block.params)?;
            for _ in 0..block.instructions {
                self.step()?;
                self.instruction += 1;
            }
        }
        if !self.reader.is_at_end() {
            return Err("bytes after the last instruction".to_owned());
        }
        if self.types.len() != declared {
            return Err(format!(
                "declares {declared} values, defines {}",
                self.types.len()
            ));
        }
        Ok(())
    }

    fn define(&mut self, types: &[Type]) -> Check {
        let count = u32::try_from(types.len()).map_err(|_| "too many values".to_owned())?;
        self.reader.define_values(count);
        if self.pass == Pass::Define {
            self.types.extend_from_slice(types);
            if self.types.len() > self.scope.body.values as usize {
                return Err("defines more values than it declares".to_owned());
            }
        }
        Ok(())
    }

    fn step(&mut self) -> Check {
        let form = self.reader.form().map_err(stream)?;
        let forms = &self.scope.contents.forms;
        within("instruction form", form, forms.len())?;
        let form = &forms[form as usize];
        self.values.clear();
        self.calls.clear();
        let mut list = None;
        for kind in &form.operands {
            if *kind == OperandKind::ValueList {
                list = Some(self.values.len());
            }
            self.operand(*kind)?;
        }
        if self.pass == Pass::Use
            && let Some(start) = list
        {
            self.check_call(form, start)?;
        }
        self.define(&form.results)
    }

    fn operand(&mut self, kind: OperandKind) -> Check {
        let body = self.scope.body;
        let index = |what: &str, index: u32, count: usize| within(what, index, count);
        match kind {
            OperandKind::Value => {
                let value = self.reader.value().map_err(stream)?;
                index("value", value, body.values as usize)?;
                self.values.push(value);
                Ok(())
            }
            OperandKind::ValueList => {
                let start = self.values.len();
                self.reader.value_list(&mut self.values).map_err(stream)?;
                let mut list = self.values[start..].iter();
                list.try_for_each(|value| index("value", *value, body.values as usize))
            }
            OperandKind::BlockCall => {
                let call = self.reader.block_call().map_err(stream)?;
                match self.pass {
                    Pass::Define => Ok(()),
                    Pass::Use => self.scope.block_call(&call, self.types, None),
                }
            }
            OperandKind::Imm8 => self.reader.unsigned8().map(drop).map_err(stream),
            OperandKind::Imm64 => self.reader.signed().map(drop).map_err(stream),
            OperandKind::Offset32 => self.reader.signed32().map(drop).map_err(stream),
            OperandKind::Ieee64 => self.reader.unsigned().map(drop).map_err(stream),
            OperandKind::Ieee16 => {
                let bits = self.reader.unsigned32().map_err(stream)?;
                index("16-bit pattern", bits, 1 << 16)
            }
            _ => {
                let operand = self.reader.unsigned32().map_err(stream)?;
                self.indexed(kind, operand)
            }
        }
    }

    fn indexed(&mut self, kind: OperandKind, operand: u32) -> Check {
        let body = self.scope.body;
        let (what, count) = match kind {
            OperandKind::Ieee32 => return Ok(()),
            OperandKind::MemoryFlags => return self.scope.flags(operand),
            OperandKind::TrapCode if operand == 0 => return Err("trap code 0".to_owned()),
            OperandKind::TrapCode => ("trap code", 256),
            OperandKind::Block => ("block", body.blocks.len()),
            OperandKind::Immediate => ("immediate", body.immediates.len()),
            OperandKind::Constant => ("constant", body.constants.len()),
            OperandKind::GlobalValue => ("global value", body.global_values.len()),
            OperandKind::StackSlot => ("stack slot", body.stack_slots.len()),
            OperandKind::DynamicStackSlot => ("dynamic stack slot", body.dynamic_stack_slots.len()),
            OperandKind::Callee => ("callee", body.callees.len()),
            OperandKind::Signature => ("signature", body.signatures.len()),
            OperandKind::JumpTable => ("jump table", body.jump_tables.len()),
            OperandKind::ExceptionTable => ("exception table", body.exception_tables.len()),
            OperandKind::IntCondition => ("integer condition", INT_CONDITIONS.len()),
            OperandKind::FloatCondition => ("float condition", FLOAT_CONDITIONS.len()),
            OperandKind::AtomicOperation => ("atomic operation", ATOMIC_OPERATIONS.len()),
            kind => return Err(format!("operand kind {kind:?} has no index")),
        };
        within(what, operand, count)?;
        match kind {
            OperandKind::Callee => {
                let signature = body.callees[operand as usize].signature;
                self.calls.push(Call::Direct(signature));
            }
            OperandKind::Signature => self.calls.push(Call::Indirect(operand)),
            // A call that may throw has its signature in the table; one
            // without a callee begins its list with the address.
            OperandKind::ExceptionTable if self.calls.is_empty() => {
                let signature = body.exception_tables[operand as usize].signature;
                within("signature", signature, body.signatures.len())?;
                self.calls.push(Call::Indirect(signature));
            }
            _ => {}
        }
        Ok(())
    }

    /// A callee together with a list of values is a call: the list holds its
    /// arguments, after the address if the callee is just a signature.
    fn check_call(&self, form: &Form, list: usize) -> Check {
        let (signature, skip) = match self.calls.last() {
            Some(Call::Direct(signature)) => (*signature, 0),
            Some(Call::Indirect(signature)) => (*signature, 1),
            None => return Ok(()),
        };
        let signature = self.scope.signature(signature);
        let args = self
            .values
            .get(list + skip..)
            .ok_or("an indirect call without an address")?;
        let args = args.iter().map(|value| self.types[*value as usize]);
        if !args.eq(signature.params.iter().map(|param| param.ty)) {
            return Err(format!(
                "`{}`: arguments do not match the signature",
                form.mnemonic
            ));
        }
        let returns = signature.returns.iter().map(|result| result.ty);
        if form.results.is_empty() || returns.eq(form.results.iter().copied()) {
            Ok(())
        } else {
            Err(format!(
                "`{}`: results do not match the signature",
                form.mnemonic
            ))
        }
    }
}

fn stream(error: StreamError) -> String {
    format!("{} (stream offset {})", error.reason, error.offset)
}
