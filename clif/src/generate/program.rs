//! A whole artifact: functions, data, and the `main` that calls them.

use std::collections::BTreeMap;

use beskid_plugin_api::artifact::{CodegenArtifact, ResultKind};
use cranelift_codegen::Context;
use cranelift_codegen::ir::{
    AbiParam, InstBuilder, Signature, StackSlotData, StackSlotKind, Type, types,
};
use cranelift_codegen::isa::{CallConv, OwnedTargetIsa};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_module::{DataDescription, DataId, FuncId, Linkage, Module, ModuleError};

use super::flow;
use super::frame::Frame;
use super::memory;
use super::place::{ALIGN, Again, Base, Callee, Entry, Expanse, Place, SIZE};
use super::profile::Profile;
use super::random::Random;
use crate::error::ClifError;
use crate::module::{ArtifactModule, ModuleOptions};

/// `log2` of [`ALIGN`], as stack slots have it.
const ALIGN_SHIFT: u8 = ALIGN.trailing_zeros() as u8;

/// Bytes of an address.
const ADDRESS: usize = 8;
/// How often a function goes on with itself at most: all bits of it are set.
const TURNS: u64 = 7;
/// Bytes of large frames: about a page, some of them, and many. The interpreter aligns
/// nothing behind what is no multiple of [`ALIGN`].
const FRAMES: [u32; 4] = [4080, 4096, 20_000, 70_000];

/// What artifacts are of a seed. Goes up when they become others.
const VERSION: &str = "2";

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
    form: Form,
    cost: u64,
}

/// How a function ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// By a return.
    Plain,
    /// Sometimes by a call in place of a return.
    Tail,
    /// The same, and of itself at first.
    Loop,
}

struct Program<'p> {
    module: ArtifactModule,
    random: &'p mut Random,
    profile: &'p Profile,
    functions: Vec<Written>,
    data: Vec<(DataId, bool)>,
    /// Where the addresses of the functions are.
    table: Option<DataId>,
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
        table: None,
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
        if self.profile.has_table {
            let table = self
                .module
                .declare_data("table", Linkage::Local, false, false)?;
            self.table = Some(table);
        }
        for number in 0..self.profile.functions {
            let is_tail = self.profile.has_tail_calls && self.random.below(3) != 0;
            let form = match (is_tail, self.random.below(3)) {
                (false, _) => Form::Plain,
                (true, 0) => Form::Loop,
                (true, _) => Form::Tail,
            };
            let signature = self.signature(form);
            let name = format!("f{number}");
            self.function(&name, Linkage::Local, signature, form)?;
        }
        if let Some(table) = self.table {
            self.define_table(table)?;
        }
        let mut signature = self.module.make_signature();
        signature.returns.push(AbiParam::new(types::I64));
        let main = self.function("main", Linkage::Export, signature, Form::Plain)?;
        self.module.set_entrypoint(main, "main", ResultKind::I64);
        Ok(())
    }

    fn signature(&mut self, form: Form) -> Signature {
        let mut signature = self.module.make_signature();
        if form != Form::Plain {
            signature.call_conv = CallConv::Tail;
        }
        for list in [&mut signature.params, &mut signature.returns] {
            list.push(AbiParam::new(types::I64));
        }
        if form == Form::Loop {
            signature.params.push(AbiParam::new(types::I64));
        }
        for _ in 0..self.random.below(7) {
            let ty = self.random.pick(&self.profile.types);
            signature.params.push(AbiParam::new(ty));
        }
        // Those that may take each other's place return the same.
        let more = match form {
            Form::Plain => self.random.below(3),
            _ => 0,
        };
        for _ in 0..more {
            let ty = self.random.pick(&self.profile.types);
            signature.returns.push(AbiParam::new(ty));
        }
        signature
    }

    /// The addresses of all functions but `main`, in their order.
    fn define_table(&mut self, table: DataId) -> Result<(), ModuleError> {
        let mut description = DataDescription::new();
        let bytes = vec![0; self.functions.len() * ADDRESS];
        description.define(bytes.into());
        for (at, written) in self.functions.iter().enumerate() {
            let function = self
                .module
                .declare_func_in_data(written.id, &mut description);
            description.write_function_addr((at * ADDRESS) as u32, function);
        }
        description.set_align(ALIGN.into());
        self.module.define_data(table, &description)
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
        form: Form,
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
        let expanse = self.expanse(&mut builder);
        let again = self.again(&mut builder, id, form, &signature);
        let is_main = linkage == Linkage::Export;
        let mut frame = Frame::new(builder, self.random, self.profile, params.first().copied());
        frame.places = places;
        frame.callees = callees;
        frame.returns = types_of(&signature.returns);
        frame.params = types_of(&signature.params);
        frame.is_tail = form != Form::Plain;
        frame.expanse = expanse;
        if let Some(again) = again {
            frame.again = Some(again);
            frame.weight = TURNS + 1;
        }
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
            form,
            cost,
        });
        Ok(id)
    }

    /// What a function that goes on with itself does that with. Its second parameter
    /// says how often, of which it believes some bits.
    fn again(
        &mut self,
        builder: &mut FunctionBuilder<'_>,
        id: FuncId,
        form: Form,
        signature: &Signature,
    ) -> Option<Again> {
        if form != Form::Loop {
            return None;
        }
        let entry = builder.current_block()?;
        let given = builder.block_params(entry)[1];
        let mask = builder.ins().iconst(types::I64, TURNS.cast_signed());
        Some(Again {
            function: self.module.declare_func_in_func(id, builder.func),
            signature: builder.import_signature(signature.clone()),
            left: builder.ins().band(given, mask),
        })
    }

    /// A large frame, with some words in it that are used.
    fn expanse(&mut self, builder: &mut FunctionBuilder<'_>) -> Option<Expanse> {
        if !self.profile.has_large_frames {
            return None;
        }
        let size = self.random.pick(&FRAMES);
        let words = 2 + self.random.below(5);
        let offset = |random: &mut Random| random.below(size as usize / 8) as i32 * 8;
        let mut offsets = (0..words).map(|_| offset(self.random)).collect::<Vec<_>>();
        // The ends are where it would be too small.
        offsets.extend([0, size.cast_signed() - 8]);
        let data = StackSlotData::new(StackSlotKind::ExplicitSlot, size, ALIGN_SHIFT);
        let slot = builder.create_sized_stack_slot(data);
        Some(Expanse { slot, offsets })
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
        let table = self.table;
        let table = table.map(|table| self.module.declare_data_in_func(table, builder.func));
        let functions = self.functions.iter().enumerate();
        let callees = functions.map(|(at, written)| Callee {
            function: self.module.declare_func_in_func(written.id, builder.func),
            signature: builder.import_signature(written.signature.clone()),
            params: types_of(&written.signature.params),
            returns: types_of(&written.signature.returns),
            is_tail: written.form != Form::Plain,
            entry: table.map(|table| Entry {
                table,
                offset: (at * ADDRESS) as i32,
            }),
            cost: written.cost,
        });
        callees.collect()
    }
}

fn types_of(params: &[AbiParam]) -> Vec<Type> {
    params.iter().map(|param| param.value_type).collect()
}
