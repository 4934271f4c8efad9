//! From an artifact body to `ir::Function`.

mod annotations;
mod entities;
mod instruction;

use std::str::FromStr;
use std::sync::atomic::{AtomicU16, Ordering};

use beskid_plugin_api::artifact as art;
use beskid_plugin_api::artifact::{InstructionReader, Outline, StreamError, SymbolId};
use cranelift_codegen::ir::{self, Function, Opcode};
use cranelift_codegen::isa::CallConv;

use crate::conventions::{MOST_VALUES, to_clif_signature, to_clif_type};
use crate::error::ClifError;
use crate::shapes::operand_kinds;

/// What a decoder knows of a whole artifact: each form's opcode, and how the
/// target names things.
#[derive(Debug)]
pub struct Decoder<'a> {
    artifact: &'a Outline,
    forms: Vec<ResolvedForm>,
    signatures: Vec<ir::Signature>,
}

#[derive(Debug)]
struct ResolvedForm {
    opcode: Opcode,
    results: Vec<ir::Type>,
    controlling: Controlling,
    /// The type, by its code in the artifact, of which the form was last found to
    /// exist with these results; [`NONE_FOUND`] before.
    found: AtomicU16,
}

/// What decides an instruction's types.
#[derive(Debug, Clone, Copy)]
enum Controlling {
    /// Nothing: there is one form.
    Nothing,
    /// The type of an operand.
    Operand,
    /// The type of the first result, if there is one.
    Result,
}

/// No type has this code.
const NONE_FOUND: u16 = u16::MAX;
/// Stands for the type of a form that no operand decides.
const OF_THE_FORM: u16 = u16::MAX - 1;

/// Operands of the instruction that is being read.
#[derive(Debug, Default)]
struct Buffers {
    list: Vec<u32>,
    args: Vec<art::BlockArg>,
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
        let forms = artifact.forms().iter().map(resolve_form);
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
        self.function_into(function, external, &mut func)?;
        Ok(func)
    }

    /// As [`Self::function`], in place of another function, whose memory is used
    /// again.
    pub(crate) fn function_into(
        &self,
        function: &art::Function,
        external: &dyn Fn(SymbolId) -> ir::UserExternalName,
        func: &mut Function,
    ) -> Result<(), ClifError> {
        let symbol = function.body.symbol;
        let mut decode = || {
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
                function,
                func,
                buffers: Buffers::default(),
            };
            body.entities(external)?;
            body.base_position();
            body.blocks()?;
            body.annotations()
        };
        decode().map_err(|reason| ClifError::Function {
            function: self.symbol_name(symbol),
            reason,
        })
    }
}

fn resolve_form(form: &art::Form) -> Result<ResolvedForm, ClifError> {
    let unknown = || ClifError::UnknownMnemonic {
        mnemonic: form.mnemonic.clone(),
    };
    let opcode = Opcode::from_str(&form.mnemonic).map_err(|_| unknown())?;
    if operand_kinds(opcode.format()) != form.operands {
        return Err(unknown());
    }
    let results = form
        .results
        .iter()
        .map(|ty| to_clif_type(*ty).ok_or_else(unknown));
    let constraints = opcode.constraints();
    let controlling = if !constraints.is_polymorphic() {
        Controlling::Nothing
    } else if constraints.requires_typevar_operand() {
        Controlling::Operand
    } else {
        Controlling::Result
    };
    Ok(ResolvedForm {
        opcode,
        results: results.collect::<Result<_, _>>()?,
        controlling,
        found: AtomicU16::new(NONE_FOUND),
    })
}

/// Cranelift packs the kind of a block's argument into the index's upper bits.
const MOST_BLOCK_ARG: u32 = (1 << 30) - 1;

struct BodyDecoder<'d, 'a> {
    decoder: &'d Decoder<'a>,
    function: &'d art::Function,
    func: &'d mut Function,
    buffers: Buffers,
}

impl BodyDecoder<'_, '_> {
    fn blocks(&mut self) -> Decoded<()> {
        let body = &self.function.body;
        let types = self.function.value_types();
        let mut reader = self.function.instructions();
        let mut number = 0;
        let mut positions = body.positions.iter().copied().peekable();
        let mut position = ir::SourceLoc::default();
        for (index, block) in body.blocks.iter().enumerate() {
            let clif_block = self.block(index as u32)?;
            self.func.layout.append_block(clif_block);
            if block.cold {
                self.func.layout.set_cold(clif_block);
            }
            if block.params.len() > MOST_VALUES {
                return Err(format!("block {index} has too many parameters"));
            }
            for param in &block.params {
                let ty = self.type_of(*param)?;
                self.func.dfg.append_block_param(clif_block, ty);
            }
            reader.define_values(block.params.len() as u32);
            for _ in 0..block.instructions {
                if let Some((_, at)) = positions.next_if(|(first, _)| *first == number) {
                    position = ir::SourceLoc::new(at);
                }
                let inst = self.instruction(&mut reader, types)?;
                self.func.layout.append_inst(inst, clif_block);
                if !position.is_default() {
                    self.func.set_srcloc(inst, position);
                }
                number += 1;
            }
        }
        Ok(())
    }

    fn instruction(
        &mut self,
        reader: &mut InstructionReader<'_>,
        types: &[art::Type],
    ) -> Decoded<ir::Inst> {
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
                let ty = operand.and_then(|value| types.get(value.as_u32() as usize));
                let ty = *ty.ok_or("an instruction lacks the operand that gives its type")?;
                (self.type_of(ty)?, ty.code())
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
        if !takes(form.opcode, controlling) {
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

    fn type_of(&self, ty: art::Type) -> Decoded<ir::Type> {
        to_clif_type(ty).ok_or_else(|| format!("type {ty} does not exist in this Cranelift"))
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

/// Whether an instruction may have this controlling type. Cranelift panics
/// where it computes a result from another.
fn takes(opcode: Opcode, ty: ir::Type) -> bool {
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

fn stream(error: StreamError) -> String {
    format!("{} (stream offset {})", error.reason, error.offset)
}
