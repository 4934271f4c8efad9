//! Walks a function's instruction stream, and checks every operand.

use super::super::body::BlockArg;
use super::super::form::{ATOMIC_OPERATIONS, FLOAT_CONDITIONS, Form, INT_CONDITIONS, OperandKind};
use super::super::stream::{InstructionReader, StreamError};
use super::super::types::Type;
use super::scope::{Check, Scope, within};

/// One walk through the stream. What it says of types waits where an operand is
/// defined further on, and breaks of the stream's own form come before all that is
/// said of types.
pub(super) struct Walk<'a, 'b> {
    scope: &'b Scope<'a>,
    stream: &'a [u8],
    reader: InstructionReader<'a>,
    /// Of the values defined so far.
    types: Vec<Type>,
    /// Operands of the current instruction.
    values: Vec<u32>,
    args: Vec<BlockArg>,
    call: Option<Call>,
    instruction: u32,
    /// Whether the current instruction passes a value that is defined further on.
    ahead: bool,
    /// Instructions to look at again when all types are known.
    waiting: Vec<Waiting>,
    /// The first instruction whose types do not fit, and why.
    mismatch: Option<(u32, String)>,
}

/// Where an instruction is, and what the values of its operands count from.
struct Waiting {
    instruction: u32,
    next_value: u32,
    offset: usize,
}

/// What the operands of the current instruction call, if anything.
#[derive(Clone, Copy)]
enum Call {
    Direct(u32),
    Indirect(u32),
}

impl<'a, 'b> Walk<'a, 'b> {
    pub(super) fn new(scope: &'b Scope<'a>, stream: &'a [u8]) -> Self {
        let most = stream.len().min(scope.body.values as usize);
        Self {
            scope,
            stream,
            reader: InstructionReader::new(stream),
            types: Vec::with_capacity(most),
            values: Vec::new(),
            args: Vec::new(),
            call: None,
            instruction: 0,
            ahead: false,
            waiting: Vec::new(),
            mismatch: None,
        }
    }

    /// The types of all values; or the number of an instruction, and what is wrong
    /// with it.
    pub(super) fn types(mut self) -> Result<Vec<Type>, (u32, String)> {
        match self.run().and_then(|()| self.settle()) {
            Ok(()) => Ok(self.types),
            Err(reason) => Err((self.instruction, reason)),
        }
    }

    fn run(&mut self) -> Check {
        let scope = self.scope;
        let declared = scope.body.values as usize;
        for block in &scope.body.blocks {
            self.define(&block.params)?;
            for _ in 0..block.instructions {
                let offset = self.reader.offset();
                let form = self.step()?;
                if self.ahead {
                    self.waiting.push(Waiting {
                        instruction: self.instruction,
                        next_value: self.types.len() as u32,
                        offset,
                    });
                }
                self.define(&form.results)?;
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

    /// Says what the walk found out about types, after the instructions that wait.
    fn settle(&mut self) -> Check {
        let found = self.mismatch.take();
        for waiting in std::mem::take(&mut self.waiting) {
            let first = found.as_ref().map(|(number, _)| *number);
            if first.is_some_and(|first| first < waiting.instruction) {
                break;
            }
            self.reader = InstructionReader::at(self.stream, waiting.offset);
            self.reader.define_values(waiting.next_value);
            self.instruction = waiting.instruction;
            self.step()?;
            if let Some((_, reason)) = self.mismatch.take() {
                return Err(reason);
            }
        }
        match found {
            None => Ok(()),
            Some((number, reason)) => {
                self.instruction = number;
                Err(reason)
            }
        }
    }

    fn define(&mut self, types: &[Type]) -> Check {
        let count = u32::try_from(types.len()).map_err(|_| "too many values".to_owned())?;
        self.reader.define_values(count);
        self.types.extend_from_slice(types);
        if self.types.len() > self.scope.body.values as usize {
            return Err("defines more values than it declares".to_owned());
        }
        Ok(())
    }

    /// Reads one instruction; its results are not defined yet.
    fn step(&mut self) -> Result<&'a Form, String> {
        let form = self.reader.form().map_err(stream)?;
        let forms = &self.scope.contents.forms;
        within("instruction form", form, forms.len())?;
        let form = &forms[form as usize];
        self.values.clear();
        self.call = None;
        self.ahead = false;
        let mut list = None;
        for kind in &form.operands {
            if *kind == OperandKind::ValueList {
                list = Some(self.values.len());
            }
            self.operand(*kind)?;
        }
        if let (Some(start), Some(call)) = (list, self.call) {
            let mut passed = self.values[start..].iter();
            if passed.any(|value| self.is_ahead(*value)) {
                self.ahead = true;
            } else {
                let fits = self.check_call(form, call, start);
                self.note(fits);
            }
        }
        Ok(form)
    }

    /// Whether the walk has not come to the value's definition, which is there if the
    /// body has as many values as it declares.
    fn is_ahead(&self, value: u32) -> bool {
        let value = value as usize;
        value >= self.types.len() && value < self.scope.body.values as usize
    }

    /// Remembers the first mismatch. One of an instruction that waits is found again
    /// later, perhaps after another one.
    fn note(&mut self, fits: Check) {
        if let Err(reason) = fits
            && !self.ahead
            && self.mismatch.is_none()
        {
            self.mismatch = Some((self.instruction, reason));
        }
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
                self.args.clear();
                let block = self.reader.block_call_into(&mut self.args);
                let block = block.map_err(stream)?;
                let mut args = self.args.iter();
                let waits = args.any(|arg| match arg {
                    BlockArg::Value(value) => self.is_ahead(*value),
                    _ => false,
                });
                self.ahead |= waits;
                if !waits {
                    let fits = self.scope.passes(block, &self.args, &self.types, None);
                    self.note(fits);
                }
                Ok(())
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
                self.call = Some(Call::Direct(signature));
            }
            OperandKind::Signature => self.call = Some(Call::Indirect(operand)),
            // A call that may throw has its signature in the table; one
            // without a callee begins its list with the address.
            OperandKind::ExceptionTable if self.call.is_none() => {
                let signature = body.exception_tables[operand as usize].signature;
                within("signature", signature, body.signatures.len())?;
                self.call = Some(Call::Indirect(signature));
            }
            _ => {}
        }
        Ok(())
    }

    /// A callee together with a list of values is a call: the list holds its
    /// arguments, after the address if the callee is just a signature.
    fn check_call(&self, form: &Form, call: Call, list: usize) -> Check {
        let (signature, skip) = match call {
            Call::Direct(signature) => (signature, 0),
            Call::Indirect(signature) => (signature, 1),
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
