//! Bodies that nobody has verified: what they say is checked while their function is
//! built, by all rules of the artifact and all of Cranelift's verifier.
//!
//! What is refused here may yet be sound: a body that uses a value before the stream
//! comes to its definition, or has a table that nothing uses, is left to those who
//! look at a body more than once.

use beskid_plugin_api::artifact as art;
use cranelift_codegen::ir::instructions::InstructionData as Data;
use cranelift_codegen::ir::{self, ArgumentExtension, ArgumentPurpose, GlobalValueData};
use cranelift_codegen::isa::CallConv;

use super::form::{Controlling, ResolvedForm};
use super::row::{Row, Rule};
use super::target::Target;
use super::{BodyDecoder, Buffers, Decoded, Reader, stream};

/// What a branch may pass beside values.
#[derive(Clone, Copy)]
pub(super) enum Passes<'s> {
    Values,
    /// The results of a call.
    Results(&'s [ir::AbiParam]),
    /// The payload of an exception.
    Payload(&'s [ir::Type]),
}

/// Of a value that the stream has not come to.
#[cold]
pub(super) fn ahead() -> String {
    "uses a value before its definition".to_owned()
}

/// What is wrong with a signature wherever it stands.
pub(super) fn of_signature(signature: &ir::Signature) -> Option<&'static str> {
    let is_wrong = signature.call_conv == CallConv::PreserveAll && !signature.returns.is_empty();
    is_wrong.then_some("a signature of `preserve_all` has results")
}

/// What is wrong with the signature of a function that is defined.
pub(super) fn of_definition(signature: &ir::Signature) -> Option<&'static str> {
    let all = || signature.params.iter().chain(&signature.returns);
    if all().any(|value| !value.value_type.is_int() && value.extension != ArgumentExtension::None) {
        return Some("a value that is no integer is extended");
    }
    let mut returns = signature.returns.iter();
    if returns.any(|value| matches!(value.purpose, ArgumentPurpose::StructArgument(_))) {
        return Some("a result is a struct argument");
    }
    of_signature(signature)
}

impl BodyDecoder<'_, '_> {
    /// Checks what stands before the blocks.
    pub(super) fn check_entities(&mut self, target: Target) -> Decoded<()> {
        if self.body.blocks.first().is_some_and(|entry| entry.cold) {
            return Err("the entry block is cold".to_owned());
        }
        let signatures = self.body.signatures.iter();
        let mut wrong =
            signatures.filter_map(|id| of_signature(&self.decoder.signatures[*id as usize]));
        if let Some(reason) = wrong.next().or(of_definition(&self.func.signature)) {
            return Err(reason.to_owned());
        }
        let mut regions = self
            .body
            .alias_regions
            .iter()
            .map(|region| region.id)
            .collect::<Vec<_>>();
        regions.sort_unstable();
        if regions.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err("two alias regions have one number".to_owned());
        }
        for value in self.func.global_values.values() {
            self.check_global(value, target)?;
        }
        Ok(())
    }

    fn check_global(&self, value: &GlobalValueData, target: Target) -> Decoded<()> {
        let of = |value: ir::GlobalValue| self.global_type(value, target);
        let is_sound = match value {
            GlobalValueData::VMContext => {
                let special = ArgumentPurpose::VMContext;
                self.func.signature.special_param_index(special).is_some()
            }
            GlobalValueData::IAddImm {
                base, global_type, ..
            } => global_type.is_int() && of(*base) == Some(*global_type),
            GlobalValueData::Load { base, .. } => of(*base) == Some(target.pointer),
            _ => true,
        };
        match is_sound {
            true => Ok(()),
            false => Err("a global value has another type than its base".to_owned()),
        }
    }

    fn global_type(&self, value: ir::GlobalValue, target: Target) -> Option<ir::Type> {
        Some(match self.func.global_values.get(value)? {
            GlobalValueData::IAddImm { global_type, .. }
            | GlobalValueData::Load { global_type, .. } => *global_type,
            _ => target.pointer,
        })
    }

    /// The next instruction, which ends its block or does not.
    pub(super) fn checked_instruction(
        &mut self,
        reader: &mut Reader<'_>,
        target: Target,
        is_last: bool,
    ) -> Decoded<ir::Inst> {
        let id = reader.form().map_err(stream)? as usize;
        let form = self.decoder.forms.get(id).ok_or("unknown form")?;
        if form.is_terminator != is_last {
            return Err("a block ends before or after its last instruction".to_owned());
        }
        self.buffers.types.clear();
        let data = self.instruction_data(form.opcode, reader)?;
        let controlling = match form.controlling {
            Controlling::Nothing => ir::types::INVALID,
            Controlling::Operand => {
                let dfg = &self.func.dfg;
                let operand = data.typevar_operand(&dfg.value_lists);
                dfg.value_type(operand.ok_or("lacks the operand that gives its type")?)
            }
            Controlling::Result => *form.results.first().ok_or("lacks a result")?,
        };
        let row = &mut self.buffers.rows[id];
        if row.controlling != Some(controlling) {
            let found = Row::find(form.opcode, controlling, &form.results);
            *row = found.ok_or("has no form of these types")?;
        }
        let fixed = self
            .buffers
            .types
            .get(..row.count)
            .ok_or("lacks operands")?;
        for (index, ty) in fixed.iter().enumerate() {
            if !row.takes(index, *ty) {
                return Err(format!("`{}` does not take {ty}", form.opcode));
            }
        }
        if form.rule != Rule::Nothing {
            self.obey(form, &data, controlling, target)?;
        }
        let inst = self.func.dfg.make_inst(data);
        if !form.results.is_empty() {
            self.func.dfg.make_inst_results(inst, controlling);
            reader.define_values(form.results.len() as u32);
            self.buffers.flow.define(&form.results);
            if self.func.dfg.num_values() > self.body.values as usize {
                return Err("defines more values than it declares".to_owned());
            }
        }
        Ok(inst)
    }

    /// Where a branch goes to, with what it passes.
    pub(super) fn checked_target(&mut self, reader: &mut Reader<'_>) -> Decoded<ir::BlockCall> {
        let (block, count) = reader.block_call_head().map_err(stream)?;
        let buffers = &mut *self.buffers;
        let params = params(&buffers.params, &buffers.param_starts, block, count)?;
        let lists = &mut self.func.dfg.value_lists;
        let mut call = ir::BlockCall::new(ir::Block::from_u32(block), None, lists);
        for param in params {
            let art::BlockArg::Value(value) = reader.block_arg().map_err(stream)? else {
                return Err("passes a call's result outside an exception table".to_owned());
            };
            if buffers.flow.uses(value).ok_or_else(ahead)? != *param {
                return Err(format!("block {block} takes {param}"));
            }
            call.append_argument(ir::Value::from_u32(value), lists);
        }
        buffers.flow.goes_to(block);
        Ok(call)
    }

    /// Checks what the types of the operands do not show.
    #[expect(clippy::too_many_lines, reason = "one rule after the other")]
    fn obey(
        &mut self,
        form: &ResolvedForm,
        data: &Data,
        controlling: ir::Type,
        target: Target,
    ) -> Decoded<()> {
        let func = &*self.func;
        let dfg = &func.dfg;
        let args = self.buffers.types.as_slice();
        let is_address = |index: usize| {
            args.get(index)
                .is_some_and(|ty| Some(ty.bits()) == target.width)
        };
        let holds = match (form.rule, *data) {
            (Rule::Nothing, _) => true,
            (Rule::Load, _) => is_address(0),
            (Rule::AtomicStore, _) => is_address(1),
            (Rule::Store, Data::Store { flags, .. }) => {
                is_address(1) && !dfg.mem_flags[flags].readonly()
            }
            (Rule::Bitcast, Data::LoadNoOffset { flags, .. }) => {
                let mut from = args.iter();
                from.any(|from| is_bitcast(controlling, *from, dfg.mem_flags[flags]))
            }
            (
                Rule::Constant,
                Data::UnaryConst {
                    constant_handle, ..
                },
            ) => {
                let size = match form.opcode {
                    ir::Opcode::Vconst => controlling.bytes(),
                    _ => ir::types::F128.bytes(),
                };
                dfg.constants.get(constant_handle).len() == size as usize
            }
            (Rule::Integer, Data::UnaryImm { imm, .. }) => {
                let bits = controlling.bits();
                bits >= 64 || (imm.bits() as u64) >> bits == 0
            }
            (Rule::Lane, Data::BinaryImm8 { imm, .. } | Data::TernaryImm8 { imm, .. }) => args
                .first()
                .is_some_and(|ty| u32::from(imm) < ty.lane_count()),
            (Rule::Shuffle, Data::Shuffle { imm, .. }) => {
                let mask = dfg.immediates.get(imm).map(|mask| mask.as_slice());
                mask.is_some_and(|mask| mask.len() == 16 && mask.iter().all(|lane| *lane < 32))
            }
            (Rule::Global, Data::UnaryGlobalValue { global_value, .. }) => {
                self.global_type(global_value, target).as_ref() == form.results.first()
            }
            (Rule::PinnedRegister, _) => target.pinned_register,
            (Rule::Frame, _) => target.frame_pointers,
            (Rule::Return, _) => has_types(args, &func.signature.returns),
            (Rule::Call, Data::Call { func_ref, .. }) => {
                let callee = &dfg.ext_funcs[func_ref];
                let signature = &dfg.signatures[callee.signature];
                is_patchable(callee, signature)
                    && is_call(args, signature)
                    && returns(signature, &form.results)
            }
            (Rule::CallIndirect, Data::CallIndirect { sig_ref, .. }) => {
                let signature = &dfg.signatures[sig_ref];
                is_call(args.get(1..).unwrap_or_default(), signature)
                    && returns(signature, &form.results)
            }
            (Rule::TailCall, Data::Call { func_ref, .. }) => {
                let callee = &dfg.ext_funcs[func_ref];
                let signature = &dfg.signatures[callee.signature];
                !callee.patchable
                    && form.results.is_empty()
                    && is_call(args, signature)
                    && is_tail_call(&func.signature, signature)
            }
            (Rule::TailCallIndirect, Data::CallIndirect { sig_ref, .. }) => {
                let signature = &dfg.signatures[sig_ref];
                form.results.is_empty()
                    && is_call(args.get(1..).unwrap_or_default(), signature)
                    && is_tail_call(&func.signature, signature)
            }
            (
                Rule::TryCall,
                Data::TryCall {
                    func_ref,
                    exception,
                    ..
                },
            ) => {
                let callee = dfg.ext_funcs[func_ref].signature;
                let table = dfg.exception_tables[exception].signature();
                let signature = &dfg.signatures[table];
                let is_sound = form.results.is_empty()
                    && (callee == table || *signature == dfg.signatures[callee])
                    && is_call(args, signature);
                return match is_sound {
                    true => self.throws(exception, target),
                    false => Err(broken(form)),
                };
            }
            (Rule::TryCallIndirect, Data::TryCallIndirect { exception, .. }) => {
                let signature = &dfg.signatures[dfg.exception_tables[exception].signature()];
                let args = args.get(1..).unwrap_or_default();
                return match form.results.is_empty() && is_call(args, signature) {
                    true => self.throws(exception, target),
                    false => Err(broken(form)),
                };
            }
            (Rule::Table, Data::BranchTable { table, .. }) => {
                let index = table.as_u32() as usize;
                self.buffers.jump_tables[index] = true;
                let table = &self.body.jump_tables[index];
                for call in std::iter::once(&table.default).chain(&table.entries) {
                    let (block, args) = (call.block, &call.args);
                    branch_to(self.buffers, block, args, Passes::Values)?;
                }
                true
            }
            (Rule::Handler, Data::ExceptionHandlerAddress { block, imm, .. }) => {
                self.buffers.handlers.push((block, imm.bits()));
                // Nothing names the entry block.
                block.as_u32() != 0
            }
            _ => false,
        };
        match holds {
            true => Ok(()),
            false => Err(broken(form)),
        }
    }

    /// Checks where a call that may throw goes to.
    fn throws(&mut self, table: ir::ExceptionTable, target: Target) -> Decoded<()> {
        let index = table.as_u32() as usize;
        self.buffers.exception_tables[index] = true;
        let signature = self.func.dfg.exception_tables[table].signature();
        let signature = &self.func.dfg.signatures[signature];
        let conv = signature.call_conv;
        if !conv.supports_exceptions() {
            return Err(format!("calls of `{conv}` do not throw"));
        }
        let payload = Passes::Payload(conv.exception_payload_types(target.pointer));
        let results = Passes::Results(&signature.returns);
        let table = &self.body.exception_tables[index];
        let normal = &table.normal;
        branch_to(self.buffers, normal.block, &normal.args, results)?;
        for item in &table.items {
            match item {
                art::ExceptionItem::Tag(_, call) | art::ExceptionItem::Default(call) => {
                    branch_to(self.buffers, call.block, &call.args, payload)?;
                }
                art::ExceptionItem::Context(value) => {
                    self.buffers.flow.uses(*value).ok_or_else(ahead)?;
                }
            }
        }
        Ok(())
    }

    /// Checks what is known at the end only.
    pub(super) fn check_whole(&mut self, reader: &Reader<'_>) -> Decoded<()> {
        if !reader.is_at_end() {
            return Err("bytes after the last instruction".to_owned());
        }
        if self.func.dfg.num_values() != self.body.values as usize {
            return Err("defines fewer values than it declares".to_owned());
        }
        let mut tables = self
            .buffers
            .jump_tables
            .iter()
            .chain(&self.buffers.exception_tables);
        if !tables.all(|is_used| *is_used) {
            return Err("has a table that nothing uses".to_owned());
        }
        let dfg = &self.func.dfg;
        for (block, index) in &self.buffers.handlers {
            let last = self.func.layout.last_inst(*block);
            let table = last.and_then(|last| dfg.insts[last].exception_table());
            // The last way is that of the call's return.
            let handlers = table.map_or(0, |table| {
                dfg.exception_tables[table].all_branches().len() - 1
            });
            if !usize::try_from(*index).is_ok_and(|index| index < handlers) {
                return Err(format!("{block} has no exception handler {index}"));
            }
        }
        match self.buffers.flow.is_sound() {
            true => Ok(()),
            false => Err("uses a value that is not defined on every way".to_owned()),
        }
    }
}

/// The types that a block takes, if a branch may go there with so many arguments.
fn params<'b>(
    params: &'b [ir::Type],
    starts: &[u32],
    block: u32,
    count: usize,
) -> Decoded<&'b [ir::Type]> {
    if block == 0 {
        return Err("branches to the entry block".to_owned());
    }
    let index = block as usize;
    let (Some(begin), Some(end)) = (starts.get(index), starts.get(index + 1)) else {
        return Err(format!("block {block} does not exist"));
    };
    let params = &params[*begin as usize..*end as usize];
    match params.len() == count {
        true => Ok(params),
        false => Err(format!(
            "block {block} takes {} arguments, not {count}",
            params.len()
        )),
    }
}

fn broken(form: &ResolvedForm) -> String {
    format!("`{}` breaks a rule of its own", form.opcode)
}

/// Checks a branch: its block, and what it passes.
pub(super) fn branch_to(
    buffers: &mut Buffers,
    block: u32,
    args: &[art::BlockArg],
    passes: Passes<'_>,
) -> Decoded<()> {
    let params = params(&buffers.params, &buffers.param_starts, block, args.len())?;
    for (arg, param) in args.iter().zip(params) {
        let ty = match (*arg, passes) {
            (art::BlockArg::Value(value), _) => Some(buffers.flow.uses(value).ok_or_else(ahead)?),
            (art::BlockArg::CallResult(index), Passes::Results(results)) => {
                results.get(index as usize).map(|result| result.value_type)
            }
            (art::BlockArg::ExceptionPayload(index), Passes::Payload(types)) => {
                types.get(index as usize).copied()
            }
            _ => None,
        };
        if ty != Some(*param) {
            return Err(format!("block {block} takes {param}"));
        }
    }
    buffers.flow.goes_to(block);
    Ok(())
}

fn has_types(values: &[ir::Type], types: &[ir::AbiParam]) -> bool {
    let values = values.iter().copied();
    values.eq(types.iter().map(|param| param.value_type))
}

fn is_call(args: &[ir::Type], signature: &ir::Signature) -> bool {
    has_types(args, &signature.params)
}

fn returns(signature: &ir::Signature, results: &[ir::Type]) -> bool {
    let returns = signature.returns.iter().map(|result| result.value_type);
    returns.eq(results.iter().copied())
}

fn is_tail_call(own: &ir::Signature, callee: &ir::Signature) -> bool {
    let results = |signature: &ir::Signature| {
        signature
            .returns
            .iter()
            .map(|result| result.value_type)
            .collect::<Vec<_>>()
    };
    callee.call_conv.supports_tail_calls()
        && callee.call_conv == own.call_conv
        && results(callee) == results(own)
}

fn is_patchable(callee: &ir::ExtFuncData, signature: &ir::Signature) -> bool {
    !callee.patchable || (callee.colocated && signature.returns.is_empty())
}

fn is_bitcast(to: ir::Type, from: ir::Type, flags: ir::MemFlagsData) -> bool {
    let plain = ir::MemFlagsData::new();
    let orders = [ir::Endianness::Little, ir::Endianness::Big];
    let is_order = orders
        .iter()
        .any(|order| flags == plain.with_endianness(*order));
    to.bits() == from.bits()
        && (is_order || (flags == plain && to.lane_count() == from.lane_count()))
}
