//! A whole artifact: functions, data, and the `main` that calls them.

use std::collections::BTreeMap;

use beskid_plugin_api::artifact::{CodegenArtifact, ResultKind};
use cranelift_codegen::Context;
use cranelift_codegen::ir::{AbiParam, Signature, StackSlotData, StackSlotKind, Type, types};
use cranelift_codegen::isa::{CallConv, OwnedTargetIsa};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_module::{DataDescription, DataId, FuncId, Linkage, Module, ModuleError};

use super::flow;
use super::frame::Frame;
use super::memory;
use super::place::{ALIGN, Base, Callee, Place, SIZE};
use super::profile::Profile;
use super::random::Random;
use crate::error::ClifError;
use crate::module::{ArtifactModule, ModuleOptions};

/// `log2` of [`ALIGN`], as stack slots have it.
const ALIGN_SHIFT: u8 = ALIGN.trailing_zeros() as u8;

/// What artifacts are of a seed. Goes up when they become others.
const VERSION: &str = "1";

/// How often each mnemonic stands in an artifact.
pub type Mnemonics = BTreeMap<String, u64>;

/// An artifact, and how often each mnemonic stands in it.
#[derive(Debug, Clone)]
pub struct Generated {
    /// It.
    pub artifact: CodegenArtifact,
    /// How often each mnemonic stands in it.
    pub mnemonics: Mnemonics,
}

/// A function that is written.
struct Written {
    id: FuncId,
    signature: Signature,
    is_tail: bool,
    cost: u64,
}

struct Program<'p> {
    module: ArtifactModule,
    random: &'p mut Random,
    profile: &'p Profile,
    functions: Vec<Written>,
    data: Vec<(DataId, bool)>,
    mnemonics: Mnemonics,
}

/// Writes the artifact.
pub(super) fn program(
    isa: OwnedTargetIsa,
    random: &mut Random,
    profile: &Profile,
) -> Result<Generated, ClifError> {
    let options = ModuleOptions {
        producer: "beskid-hunt".to_owned(),
        version: VERSION.to_owned(),
        target_neutral: true,
    };
    let mut program = Program {
        module: ArtifactModule::new(isa, options),
        random,
        profile,
        functions: Vec::new(),
        data: Vec::new(),
        mnemonics: Mnemonics::new(),
    };
    program.write().map_err(|error| ClifError::Compile {
        symbol: "generated".to_owned(),
        reason: format!("{error:?}"),
    })?;
    Ok(Generated {
        artifact: program.module.finish()?,
        mnemonics: program.mnemonics,
    })
}

impl Program<'_> {
    fn write(&mut self) -> Result<(), ModuleError> {
        if self.profile.has_data {
            for number in 0..1 + self.random.below(2) {
                self.data(number)?;
            }
        }
        for number in 0..self.profile.functions {
            let is_tail = self.profile.has_tail_calls && self.random.below(3) != 0;
            let signature = self.signature(is_tail);
            let name = format!("f{number}");
            self.function(&name, Linkage::Local, signature, is_tail)?;
        }
        let mut signature = self.module.make_signature();
        signature.returns.push(AbiParam::new(types::I64));
        let main = self.function("main", Linkage::Export, signature, false)?;
        self.module.set_entrypoint(main, "main", ResultKind::I64);
        Ok(())
    }

    fn signature(&mut self, is_tail: bool) -> Signature {
        let mut signature = self.module.make_signature();
        if is_tail {
            signature.call_conv = CallConv::Tail;
        }
        for list in [&mut signature.params, &mut signature.returns] {
            list.push(AbiParam::new(types::I64));
        }
        for _ in 0..self.random.below(7) {
            let ty = self.random.pick(&self.profile.types);
            signature.params.push(AbiParam::new(ty));
        }
        // Those that may take each other's place return the same.
        let more = match is_tail {
            true => 0,
            false => self.random.below(3),
        };
        for _ in 0..more {
            let ty = self.random.pick(&self.profile.types);
            signature.returns.push(AbiParam::new(ty));
        }
        signature
    }

    fn data(&mut self, number: usize) -> Result<(), ModuleError> {
        let is_writable = number == 0 || self.random.below(2) == 0;
        let linkage = self
            .random
            .pick(&[Linkage::Local, Linkage::Local, Linkage::Export]);
        let name = format!("d{number}");
        let id = self
            .module
            .declare_data(&name, linkage, is_writable, false)?;
        let mut description = DataDescription::new();
        match self.random.below(4) {
            0 => description.define_zeroinit(SIZE as usize),
            _ => {
                let bytes = (0..SIZE / 8).flat_map(|_| self.random.integer().to_le_bytes());
                description.define(bytes.collect());
            }
        }
        description.set_align(ALIGN.into());
        self.module.define_data(id, &description)?;
        self.data.push((id, is_writable));
        Ok(())
    }

    fn function(
        &mut self,
        name: &str,
        linkage: Linkage,
        signature: Signature,
        is_tail: bool,
    ) -> Result<FuncId, ModuleError> {
        let id = self.module.declare_function(name, linkage, &signature)?;
        let mut context = Context::new();
        context.func.signature = signature.clone();
        let mut frontend = FunctionBuilderContext::new();
        let mut builder = FunctionBuilder::new(&mut context.func, &mut frontend);
        let entry = builder.create_block();
        builder.append_block_params_for_function_params(entry);
        builder.switch_to_block(entry);
        builder.seal_block(entry);
        let params = builder.block_params(entry).to_vec();
        let (places, globals) = self.places(&mut builder);
        let callees = self.callees(&mut builder);
        let is_main = linkage == Linkage::Export;
        let mut frame = Frame::new(builder, self.random, self.profile, params.first().copied());
        frame.places = places;
        frame.callees = callees;
        frame.returns = types_of(&signature.returns);
        frame.is_tail = is_tail;
        params
            .into_iter()
            .skip(1)
            .for_each(|param| frame.push(param));
        if is_main {
            flow::all_calls(&mut frame);
        }
        flow::body(&mut frame, |frame| {
            if is_main {
                globals.iter().for_each(|place| memory::fold(frame, *place));
            }
        });
        let cost = frame.cost;
        frame.builder.finalize(self.module.target_config());
        for block in context.func.layout.blocks() {
            for inst in context.func.layout.block_insts(block) {
                let opcode = context.func.dfg.insts[inst].opcode();
                *self.mnemonics.entry(opcode.to_string()).or_default() += 1;
            }
        }
        self.module.define_function(id, &mut context)?;
        self.functions.push(Written {
            id,
            signature,
            is_tail,
            cost,
        });
        Ok(id)
    }

    /// Memory that a function can reach: all of it, and the data objects that may
    /// have been written.
    fn places(&mut self, builder: &mut FunctionBuilder<'_>) -> (Vec<Place>, Vec<Place>) {
        let count = self.random.pick(&[0, 0, 0, 1, 1, 2]);
        let slots = (0..count).map(|_| {
            let data = StackSlotData::new(StackSlotKind::ExplicitSlot, SIZE, ALIGN_SHIFT);
            Place {
                base: Base::Slot(builder.create_sized_stack_slot(data)),
                is_writable: true,
            }
        });
        let mut places = slots.collect::<Vec<_>>();
        let globals = self.data.iter().map(|(id, is_writable)| Place {
            base: Base::Global(self.module.declare_data_in_func(*id, builder.func)),
            is_writable: *is_writable,
        });
        let globals = globals.collect::<Vec<_>>();
        places.extend(&globals);
        (places, globals)
    }

    fn callees(&mut self, builder: &mut FunctionBuilder<'_>) -> Vec<Callee> {
        let functions = self.functions.iter();
        let callees = functions.map(|written| Callee {
            function: self.module.declare_func_in_func(written.id, builder.func),
            signature: builder.import_signature(written.signature.clone()),
            params: types_of(&written.signature.params),
            returns: types_of(&written.signature.returns),
            is_tail: written.is_tail,
            cost: written.cost,
        });
        callees.collect()
    }
}

fn types_of(params: &[AbiParam]) -> Vec<Type> {
    params.iter().map(|param| param.value_type).collect()
}
