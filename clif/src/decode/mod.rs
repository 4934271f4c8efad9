//! From an artifact body to `ir::Function`.

mod annotations;
mod checked;
mod dominators;
mod entities;
mod flow;
mod form;
mod instruction;
mod row;
mod target;

use std::sync::atomic::Ordering;

use beskid_plugin_api::artifact as art;
use beskid_plugin_api::artifact::{InstructionReader, Outline, StreamError, SymbolId};
use cranelift_codegen::ir::{self, Function};
use cranelift_codegen::isa::{CallConv, TargetIsa};

use crate::conventions::{MOST_VALUES, to_clif_signature, to_clif_type};
use crate::error::ClifError;
use flow::Flow;
use form::{Controlling, OF_THE_FORM, ResolvedForm};
use row::Row;
use target::Target;

type Reader<'a> = InstructionReader<'a>;

/// What a decoder knows of a whole artifact: each form's opcode, and how the
/// target names things.
#[derive(Debug)]
pub struct Decoder<'a> {
    artifact: &'a Outline,
    forms: Vec<ResolvedForm>,
    signatures: Vec<ir::Signature>,
    /// `None` for a decoder that checks no rules of CLIF's.
    target: Option<Target>,
}

/// What a decoder needs for the time that it takes, one for each thread.
#[derive(Debug, Default)]
pub(crate) struct Buffers {
    /// Operands of the instruction that is being read.
    list: Vec<u32>,
    args: Vec<art::BlockArg>,
    /// Types of the values among them, but for what branches pass.
    types: Vec<ir::Type>,
    flow: Flow,
    /// What is known of each form.
    rows: Vec<Row>,
    /// Types of the parameters of all blocks, one block's after the other's.
    params: Vec<ir::Type>,
    /// Where each block's begin in `params`, and where the last one's end.
    param_starts: Vec<u32>,
    /// Whether an instruction uses each table.
    jump_tables: Vec<bool>,
    exception_tables: Vec<bool>,
    /// Exception handlers that are named: by the block of their call, and number.
    handlers: Vec<(ir::Block, i64)>,
}

/// A reason in words; the caller adds the function's name.
type Decoded<T> = Result<T, String>;

impl<'a> Decoder<'a> {
    /// Resolves the artifact's mnemonics; `platform` is the target's own
    /// calling convention.
    ///
    /// # Errors
    /// [`ClifError::UnknownMnemonic`] names the first mnemonic that this
    /// version of Cranelift does not have, or has with other operands.
    pub fn new(artifact: &'a Outline, platform: CallConv) -> Result<Self, ClifError> {
        let forms = artifact.forms().iter().map(ResolvedForm::new);
        let signatures = artifact.module().signatures.iter().enumerate();
        let signatures = signatures.map(|(index, signature)| {
            to_clif_signature(signature, platform).ok_or_else(|| ClifError::Function {
                function: "(signatures)".to_owned(),
                reason: format!(
                    "signature {index} has no counterpart in this version of Cranelift"
                ),
            })
        });
        Ok(Self {
            artifact,
            forms: forms.collect::<Result<_, _>>()?,
            signatures: signatures.collect::<Result<_, _>>()?,
            target: None,
        })
    }

    /// As [`Self::new`], for a decoder that knows the rules of a target's CLIF: it has
    /// [`Self::checked`] too.
    ///
    /// # Errors
    /// As for [`Self::new`].
    pub fn for_target(artifact: &'a Outline, isa: &dyn TargetIsa) -> Result<Self, ClifError> {
        Ok(Self {
            target: Some(Target::of(isa)),
            ..Self::new(artifact, isa.default_call_conv())?
        })
    }

    /// CLIF's form of a module signature.
    pub fn signature(&self, id: art::SignatureId) -> Option<&ir::Signature> {
        self.signatures.get(id as usize)
    }

    /// Name of a symbol, for messages.
    pub fn symbol_name(&self, symbol: SymbolId) -> String {
        let symbol_data = self.artifact.module().symbols.get(symbol as usize);
        let name = symbol_data.and_then(|data| data.name.clone());
        name.unwrap_or_else(|| format!("(anonymous symbol {symbol})"))
    }

    /// Rebuilds a function. `external` gives the CLIF name of a symbol.
    ///
    /// # Errors
    /// [`ClifError::Function`] if this version of Cranelift has no counterpart
    /// for something in it.
    pub fn function(
        &self,
        function: &art::Function,
        external: &dyn Fn(SymbolId) -> ir::UserExternalName,
    ) -> Result<Function, ClifError> {
        let mut func = Function::new();
        self.function_into(function, external, &mut func, &mut Buffers::default())?;
        Ok(func)
    }

    /// Rebuilds a function that nobody has verified, and verifies it on the way: what
    /// comes out is what [`LocatedArtifact::function`](art::LocatedArtifact::function)
    /// accepts, and Cranelift's verifier for the decoder's target.
    ///
    /// Not all that they accept comes out: a body that uses a value before the stream
    /// comes to its definition does not, nor one with a table that nothing uses.
    ///
    /// # Errors
    /// [`ClifError::Function`] if that takes more than one look at the body, or if it
    /// is not sound; or for a decoder without a target.
    pub fn checked(
        &self,
        function: &art::LocatedFunction<'_>,
        external: &dyn Fn(SymbolId) -> ir::UserExternalName,
    ) -> Result<Function, ClifError> {
        let mut func = Function::new();
        self.checked_into(function, external, &mut func, &mut Buffers::default())?;
        Ok(func)
    }

    /// As [`Self::function`], in place of another function, whose memory is used
    /// again.
    pub(crate) fn function_into(
        &self,
        function: &art::Function,
        external: &dyn Fn(SymbolId) -> ir::UserExternalName,
        func: &mut Function,
        buffers: &mut Buffers,
    ) -> Result<(), ClifError> {
        let input = Input {
            body: &function.body,
            reader: function.instructions(),
            types: function.value_types(),
            target: None,
        };
        self.into(input, external, func, buffers)
    }

    /// As [`Self::checked`], in place of another function, whose memory is used again.
    pub(crate) fn checked_into(
        &self,
        function: &art::LocatedFunction<'_>,
        external: &dyn Fn(SymbolId) -> ir::UserExternalName,
        func: &mut Function,
        buffers: &mut Buffers,
    ) -> Result<(), ClifError> {
        let Some(target) = self.target else {
            return Err(ClifError::Function {
                function: self.symbol_name(function.body.symbol),
                reason: "the decoder has no target whose rules it checks".to_owned(),
            });
        };
        let input = Input {
            body: &function.body,
            reader: function.instructions(),
            types: &[],
            target: Some(target),
        };
        self.into(input, external, func, buffers)
    }

    fn into(
        &self,
        input: Input<'_>,
        external: &dyn Fn(SymbolId) -> ir::UserExternalName,
        func: &mut Function,
        buffers: &mut Buffers,
    ) -> Result<(), ClifError> {
        let symbol = input.body.symbol;
        let decode = || {
            let data = &self.artifact.module().symbols[symbol as usize];
            let art::SymbolKind::Function { signature } = data.kind else {
                return Err("is data".to_owned());
            };
            func.clear();
            // Cranelift leaves these in place.
            func.dfg.exception_tables.clear();
            func.signature = self.signatures[signature as usize].clone();
            func.name = ir::UserFuncName::User(external(symbol));
            let mut body = BodyDecoder {
                decoder: self,
                body: input.body,
                types: input.types,
                target: input.target,
                func,
                buffers,
            };
            body.begin()?;
            body.entities(external)?;
            if let Some(target) = input.target {
                body.check_entities(target)?;
            }
            body.base_position();
            body.blocks(input.reader)?;
            body.annotations()
        };
        decode().map_err(|reason| ClifError::Function {
            function: self.symbol_name(symbol),
            reason,
        })
    }
}

/// Cranelift packs the kind of a block's argument into the index's upper bits.
const MOST_BLOCK_ARG: u32 = (1 << 30) - 1;

/// What a function is rebuilt from.
struct Input<'f> {
    body: &'f art::Body,
    reader: Reader<'f>,
    types: &'f [art::Type],
    target: Option<Target>,
}

struct BodyDecoder<'d, 'a> {
    decoder: &'d Decoder<'a>,
    body: &'d art::Body,
    /// Of all values, if the body is verified.
    types: &'d [art::Type],
    /// Given if it is not.
    target: Option<Target>,
    func: &'d mut Function,
    buffers: &'d mut Buffers,
}

impl BodyDecoder<'_, '_> {
    /// Sizes the buffers, and the function as far as it takes it.
    fn begin(&mut self) -> Decoded<()> {
        let (body, buffers) = (self.body, &mut *self.buffers);
        buffers.params.clear();
        buffers.param_starts.clear();
        buffers.param_starts.push(0);
        for (index, block) in body.blocks.iter().enumerate() {
            if block.params.len() > MOST_VALUES {
                return Err(format!("block {index} has too many parameters"));
            }
            for param in &block.params {
                buffers.params.push(type_of(*param)?);
            }
            buffers.param_starts.push(buffers.params.len() as u32);
        }
        if self.target.is_some() {
            buffers.flow.begin(body.blocks.len());
            buffers.rows.resize(self.decoder.forms.len(), Row::UNKNOWN);
            buffers.handlers.clear();
            for (tables, count) in [
                (&mut buffers.jump_tables, body.jump_tables.len()),
                (&mut buffers.exception_tables, body.exception_tables.len()),
            ] {
                tables.clear();
                tables.resize(count, false);
            }
        }
        Ok(())
    }

    /// Gives the tables of instructions their size at once, not with each instruction.
    fn make_room(&mut self, entry: ir::Block, reader: &Reader<'_>) {
        let blocks = self.body.blocks.iter();
        let declared = blocks
            .map(|block| u64::from(block.instructions))
            .sum::<u64>();
        // Each takes a byte at least.
        let count = declared.min(reader.remaining() as u64);
        let Some(last) = u32::try_from(count)
            .ok()
            .and_then(|count| count.checked_sub(1))
        else {
            return;
        };
        let last = ir::Inst::from_u32(last);
        self.func.layout.append_inst(last, entry);
        self.func.layout.remove_inst(last);
        if !self.body.positions.is_empty() {
            self.func.srclocs.resize(count as usize);
        }
    }

    fn blocks(&mut self, mut reader: Reader<'_>) -> Decoded<()> {
        let body = self.body;
        let mut number = 0;
        let mut positions = body.positions.iter().copied().peekable();
        let mut position = ir::SourceLoc::default();
        for (index, block) in body.blocks.iter().enumerate() {
            let clif_block = self.block(index as u32)?;
            self.func.layout.append_block(clif_block);
            if index == 0 {
                self.make_room(clif_block, &reader);
            }
            if block.cold {
                self.func.layout.set_cold(clif_block);
            }
            let begin = self.buffers.param_starts[index] as usize;
            for param in 0..block.params.len() {
                let ty = self.buffers.params[begin + param];
                self.func.dfg.append_block_param(clif_block, ty);
            }
            if self.target.is_some() {
                self.buffers.flow.enter();
                let end = begin + block.params.len();
                reader.define_values(block.params.len() as u32);
                self.buffers.flow.define(&self.buffers.params[begin..end]);
                if block.instructions == 0 {
                    return Err(format!("block {index} is empty"));
                }
            } else {
                reader.define_values(block.params.len() as u32);
            }
            for left in (0..block.instructions).rev() {
                if let Some((_, at)) = positions.next_if(|(first, _)| *first == number) {
                    position = ir::SourceLoc::new(at);
                }
                let inst = match self.target {
                    Some(target) => self.checked_instruction(&mut reader, target, left == 0)?,
                    None => self.instruction(&mut reader)?,
                };
                self.func.layout.append_inst(inst, clif_block);
                if !position.is_default() {
                    self.func.set_srcloc(inst, position);
                }
                number += 1;
            }
        }
        match self.target {
            Some(_) => self.check_whole(&reader),
            None => Ok(()),
        }
    }

    fn instruction(&mut self, reader: &mut Reader<'_>) -> Decoded<ir::Inst> {
        let form = reader.form().map_err(stream)?;
        let form = self
            .decoder
            .forms
            .get(form as usize)
            .ok_or("unknown form")?;
        let data = self.instruction_data(form.opcode, reader)?;
        let inst = self.func.dfg.make_inst(data);
        let (controlling, key) = match form.controlling {
            Controlling::Nothing => (ir::types::INVALID, OF_THE_FORM),
            Controlling::Operand => {
                let operand = self.func.dfg.insts[inst].typevar_operand(&self.func.dfg.value_lists);
                let ty = operand.and_then(|value| self.types.get(value.as_u32() as usize));
                let ty = *ty.ok_or("an instruction lacks the operand that gives its type")?;
                (type_of(ty)?, ty.code())
            }
            Controlling::Result => {
                let ty = form.results.first();
                let ty = ty.ok_or("an instruction lacks the result that gives its type")?;
                (*ty, OF_THE_FORM)
            }
        };
        if form.found.load(Ordering::Relaxed) == key {
            self.func.dfg.make_inst_results(inst, controlling);
        } else {
            self.results(form, inst, controlling)?;
            // The results of a call depend on its signature too.
            if !form.opcode.is_call() {
                form.found.store(key, Ordering::Relaxed);
            }
        }
        reader.define_values(form.results.len() as u32);
        Ok(inst)
    }

    /// Makes the results of an instruction whose form may not exist.
    fn results(
        &mut self,
        form: &ResolvedForm,
        inst: ir::Inst,
        controlling: ir::Type,
    ) -> Decoded<()> {
        if !row::takes(form.opcode, controlling) {
            return Err(format!("`{}` has no form for {controlling}", form.opcode));
        }
        self.func.dfg.make_inst_results(inst, controlling);
        let results = self.func.dfg.inst_results(inst);
        let made = results.iter().map(|value| self.func.dfg.value_type(*value));
        if made.eq(form.results.iter().copied()) {
            Ok(())
        } else {
            Err(format!(
                "`{}` does not have the results declared",
                form.opcode
            ))
        }
    }

    /// Blocks are made in their order before anything refers to them.
    fn block(&self, index: u32) -> Decoded<ir::Block> {
        if (index as usize) < self.func.dfg.num_blocks() {
            Ok(ir::Block::from_u32(index))
        } else {
            Err(format!("block {index} does not exist"))
        }
    }

    fn block_call(&mut self, call: &art::BlockCall) -> Decoded<ir::BlockCall> {
        self.branch(call.block, &call.args)
    }

    fn branch(&mut self, block: u32, args: &[art::BlockArg]) -> Decoded<ir::BlockCall> {
        let block = self.block(block)?;
        let number = |arg: &art::BlockArg| match *arg {
            art::BlockArg::Value(index)
            | art::BlockArg::CallResult(index)
            | art::BlockArg::ExceptionPayload(index) => index,
        };
        let mut numbers = args.iter().map(number);
        if let Some(index) = numbers.find(|index| *index > MOST_BLOCK_ARG) {
            return Err(format!("block argument {index} is too large"));
        }
        let args = args.iter().map(|arg| match *arg {
            art::BlockArg::Value(index) => ir::BlockArg::Value(ir::Value::from_u32(index)),
            art::BlockArg::CallResult(index) => ir::BlockArg::TryCallRet(index),
            art::BlockArg::ExceptionPayload(index) => ir::BlockArg::TryCallExn(index),
        });
        let lists = &mut self.func.dfg.value_lists;
        Ok(ir::BlockCall::new(block, args, lists))
    }
}

fn type_of(ty: art::Type) -> Decoded<ir::Type> {
    to_clif_type(ty).ok_or_else(|| format!("type {ty} does not exist in this Cranelift"))
}

fn stream(error: StreamError) -> String {
    format!("{} (stream offset {})", error.reason, error.offset)
}
