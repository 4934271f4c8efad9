//! From `ir::Function` to an artifact body.

mod annotations;
mod encoded;
mod entities;
mod instruction;
mod numbers;

use std::collections::HashMap;

use beskid_plugin_api::artifact as art;
use beskid_plugin_api::artifact::{ArtifactBuilder, FormId, InstructionWriter, SymbolId};
use cranelift_codegen::entity::{EntityRef, SecondaryMap};
use cranelift_codegen::ir::{self, Function, Opcode};
use cranelift_codegen::isa::CallConv;

use crate::conventions::{from_clif_signature, from_clif_type};
use crate::error::ClifError;
use encoded::Encoded;
use numbers::Numbers;

/// The artifact's form of a CLIF signature; `None` if it has no such types.
/// With `platform`, that calling convention is written as "whatever the
/// target's own is".
pub fn signature(signature: &ir::Signature, platform: Option<CallConv>) -> Option<art::Signature> {
    from_clif_signature(signature, platform)
}

/// Says which artifact symbol a name in a function stands for.
pub trait SymbolNames {
    /// The symbol of `ExternalName::User`, whose namespace is 0 for functions
    /// and 1 for data in the convention of `cranelift_module`.
    fn user(&mut self, name: &ir::UserExternalName) -> Option<SymbolId>;

    /// The symbol of a textual name, `%name`.
    fn textual(&mut self, name: &[u8]) -> Option<SymbolId>;
}

/// What encoding remembers from one function to the next.
#[derive(Debug, Default)]
pub struct EncodeCache {
    /// Of each opcode, by its number, the forms with at most one result.
    forms: Vec<Vec<(Option<ir::Type>, FormId)>>,
    /// The forms with several results.
    wide: HashMap<(Opcode, Vec<ir::Type>), FormId>,
}

/// Encodes one function body as the definition of `symbol`.
///
/// Blocks and values are renumbered: blocks in layout order, values in the
/// order described at [`art::Body`]. Value aliases are resolved. Blocks and
/// instructions outside the layout are left out, and so are jump and exception
/// tables that no instruction refers to. Gaps in the numbers of callees, global
/// values and constants are closed, and global values moved behind their bases.
///
/// # Errors
/// [`ClifError::Function`] for a construct that the artifact cannot carry, or a
/// signature that is not the one of `symbol`.
pub fn function(
    builder: &mut ArtifactBuilder,
    cache: &mut EncodeCache,
    symbol: SymbolId,
    func: &Function,
    platform: Option<CallConv>,
    names: &mut dyn SymbolNames,
) -> Result<(), ClifError> {
    let encoded = Encoder::new(func).and_then(|encoder| {
        encoder.own_signature(builder, symbol, platform)?;
        encoder.body(builder, cache, symbol, platform, names)
    });
    let (body, writer) = encoded.map_err(|reason| ClifError::Function {
        function: func.name.to_string(),
        reason,
    })?;
    builder.add_function(body, writer);
    Ok(())
}

struct Encoder<'f> {
    func: &'f Function,
    /// New number of each block; `u32::MAX` for blocks outside the layout.
    blocks: SecondaryMap<ir::Block, u32>,
    /// New number of each value; `u32::MAX` for values that nothing defines.
    values: SecondaryMap<ir::Value, u32>,
    /// New numbers of what the function declares.
    numbers: Numbers,
}

impl<'f> Encoder<'f> {
    fn new(func: &'f Function) -> Encoded<Self> {
        let mut blocks = SecondaryMap::with_default(u32::MAX);
        let mut values = SecondaryMap::with_default(u32::MAX);
        blocks.resize(func.dfg.num_blocks());
        values.resize(func.dfg.num_values());
        let mut next = 0;
        let mut number = |value| {
            values[value] = next;
            next += 1;
        };
        for (index, block) in func.layout.blocks().enumerate() {
            blocks[block] = index as u32;
            let params = func.dfg.block_params(block);
            params.iter().for_each(|value| number(*value));
            for inst in func.layout.block_insts(block) {
                let results = func.dfg.inst_results(inst);
                results.iter().for_each(|value| number(*value));
            }
        }
        Ok(Self {
            func,
            blocks,
            values,
            numbers: Numbers::new(func)?,
        })
    }

    /// A body does not repeat its function's signature, so the symbol must
    /// have the same. Only the platform's convention stands for any.
    fn own_signature(
        &self,
        builder: &ArtifactBuilder,
        symbol: SymbolId,
        platform: Option<CallConv>,
    ) -> Encoded<()> {
        let own = &self.func.signature;
        let signature = from_clif_signature(own, platform);
        let mut signature = signature.ok_or_else(|| format!("{own} cannot be written"))?;
        let declared = builder.signature_of(symbol);
        if let Some(art::CallConv::Platform) = declared.map(|declared| declared.call_conv) {
            signature.call_conv = art::CallConv::Platform;
        }
        if declared == Some(&signature) {
            Ok(())
        } else {
            Err(format!("its signature {own} is not the one declared"))
        }
    }

    fn body(
        &self,
        builder: &mut ArtifactBuilder,
        cache: &mut EncodeCache,
        symbol: SymbolId,
        platform: Option<CallConv>,
        names: &mut dyn SymbolNames,
    ) -> Encoded<(art::Body, InstructionWriter)> {
        let mut body = self.entities(builder, symbol, platform, names)?;
        let mut writer = InstructionWriter::default();
        let mut instruction = 0;
        let mut position = u32::MAX;
        for block in self.func.layout.blocks() {
            let params = self.func.dfg.block_param_types(block).map(type_of);
            let params = params.collect::<Encoded<Vec<_>>>()?;
            writer.define_values(params.len() as u32);
            let start = instruction;
            for inst in self.func.layout.block_insts(block) {
                self.annotate(inst, instruction, &mut position, &mut body)?;
                self.instruction(builder, cache, inst, &mut writer)?;
                instruction += 1;
            }
            body.blocks.push(art::Block {
                params,
                cold: self.func.layout.is_cold(block),
                instructions: instruction - start,
            });
        }
        self.value_labels(&mut body);
        Ok((body, writer))
    }

    fn instruction(
        &self,
        builder: &mut ArtifactBuilder,
        cache: &mut EncodeCache,
        inst: ir::Inst,
        writer: &mut InstructionWriter,
    ) -> Encoded<()> {
        let data = &self.func.dfg.insts[inst];
        let results = self.func.dfg.inst_results(inst);
        let form = self.form(builder, cache, data.opcode(), results)?;
        writer.form(form);
        self.operands(data, writer)?;
        writer.define_values(results.len() as u32);
        Ok(())
    }

    fn form(
        &self,
        builder: &mut ArtifactBuilder,
        cache: &mut EncodeCache,
        opcode: Opcode,
        results: &[ir::Value],
    ) -> Encoded<FormId> {
        let type_of_result = |value: &ir::Value| self.func.dfg.value_type(*value);
        let mut new = |results: &[ir::Type]| -> Encoded<FormId> {
            let results = results.iter().copied().map(type_of);
            Ok(builder.form(art::Form {
                mnemonic: opcode.to_string(),
                operands: crate::shapes::operand_kinds(opcode.format()).to_vec(),
                results: results.collect::<Encoded<_>>()?,
            }))
        };
        if results.len() > 1 {
            let key = (
                opcode,
                results.iter().map(type_of_result).collect::<Vec<_>>(),
            );
            if let Some(form) = cache.wide.get(&key) {
                return Ok(*form);
            }
            let form = new(&key.1)?;
            cache.wide.insert(key, form);
            return Ok(form);
        }
        let result = results.first().map(type_of_result);
        let number = opcode as usize;
        if cache.forms.len() <= number {
            cache.forms.resize_with(number + 1, Vec::new);
        }
        let known = &mut cache.forms[number];
        if let Some((_, form)) = known.iter().find(|(of, _)| *of == result) {
            return Ok(*form);
        }
        let form = new(result.as_slice())?;
        known.push((result, form));
        Ok(form)
    }

    fn block(&self, block: ir::Block) -> Encoded<u32> {
        match self.blocks[block] {
            u32::MAX => Err(format!("{block} is used but not in the layout")),
            number => Ok(number),
        }
    }

    fn value(&self, value: ir::Value) -> Encoded<u32> {
        match self.values[self.func.dfg.resolve_aliases(value)] {
            u32::MAX => Err(format!("{value} is used but never defined")),
            number => Ok(number),
        }
    }

    fn block_call(&self, call: &ir::BlockCall) -> Encoded<art::BlockCall> {
        let pool = &self.func.dfg.value_lists;
        let args = call.args(pool).map(|arg| self.block_arg(arg));
        Ok(art::BlockCall {
            block: self.block(call.block(pool))?,
            args: args.collect::<Encoded<_>>()?,
        })
    }

    fn block_arg(&self, arg: ir::BlockArg) -> Encoded<art::BlockArg> {
        Ok(match arg {
            ir::BlockArg::Value(value) => art::BlockArg::Value(self.value(value)?),
            ir::BlockArg::TryCallRet(index) => art::BlockArg::CallResult(index),
            ir::BlockArg::TryCallExn(index) => art::BlockArg::ExceptionPayload(index),
        })
    }
}

fn type_of(ty: ir::Type) -> Encoded<art::Type> {
    from_clif_type(ty).ok_or_else(|| format!("type {ty} cannot be written"))
}

fn index_of(entity: impl EntityRef) -> u32 {
    entity.index() as u32
}
