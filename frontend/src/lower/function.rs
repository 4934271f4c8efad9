//! Lowering one function.

use std::collections::HashMap;

use cranelift_codegen::ir::{
    self, Block, FuncRef, Function, GlobalValue, InstBuilder, StackSlot, StackSlotData,
    StackSlotKind, TrapCode, Value, types,
};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext, Variable};
use cranelift_module::{DataId, FuncId, Module, ModuleError};

use super::machine::machine_type;
use super::sysv::Crossing;
use super::unit::Unit;
use crate::hir::{self, LocalId};
use crate::span::Span;
use crate::types::Type;

pub(super) type Lowered<T> = Result<T, ModuleError>;

/// Code that is never reached, after a call that does not return.
pub(super) const UNREACHABLE: TrapCode = TrapCode::unwrap_user(1);

/// A function while it is lowered.
pub(super) struct Lowering<'u, 'p, 'f> {
    pub(super) unit: &'u mut Unit<'p>,
    pub(super) builder: FunctionBuilder<'f>,
    pub(super) places: Vec<Place>,
    pub(super) loops: Vec<Loop>,
    result: Type,
    /// Of an exported function: how its values cross, and where a result in
    /// memory goes.
    crossing: Option<Crossing>,
    result_address: Option<Value>,
    /// What the function has referred to so far; each once.
    callees: HashMap<FuncId, FuncRef>,
    data: HashMap<DataId, GlobalValue>,
}

/// Where a local is.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// Nowhere: it has no machine value.
    None,
    Variable(Variable),
    /// In memory, because its address is taken.
    Slot(ir::Type, StackSlot),
}

/// Where `break` and `continue` of a loop go.
#[derive(Clone, Copy)]
pub(super) struct Loop {
    pub(super) exit: Block,
    pub(super) next: Block,
}

/// Fills in the body of `target`.
pub(super) fn lower(
    unit: &mut Unit<'_>,
    function: &hir::Function,
    target: &mut Function,
    frontend: &mut FunctionBuilderContext,
) -> Lowered<()> {
    let mut builder = FunctionBuilder::new(target, frontend);
    let places = function.locals.iter().map(|local| {
        let Some(ty) = machine_type(local.ty) else {
            return Place::None;
        };
        if !local.addressed {
            return Place::Variable(builder.declare_var(ty));
        }
        let kind = StackSlotKind::ExplicitSlot;
        let data = StackSlotData::new(kind, ty.bytes(), 0);
        Place::Slot(ty, builder.create_sized_stack_slot(data))
    });
    let places = places.collect::<Vec<_>>();
    let entry = builder.create_block();
    builder.append_block_params_for_function_params(entry);
    builder.switch_to_block(entry);
    let mut values = builder.block_params(entry).to_vec();
    let signature = function.signature();
    let types = &unit.program.types;
    let crossing = function.foreign.then(|| Crossing::of(types, &signature));
    let mut lowering = Lowering {
        unit,
        builder,
        places,
        loops: Vec::new(),
        result: function.result,
        crossing: None,
        result_address: None,
        callees: HashMap::new(),
        data: HashMap::new(),
    };
    if let Some(crossing) = &crossing {
        let received = lowering.received(crossing, &signature, &values)?;
        (values, lowering.result_address) = received;
    }
    lowering.crossing = crossing;
    let has_value = |id: &&usize| machine_type(function.locals[**id].ty).is_some();
    for (id, value) in function.params.iter().filter(has_value).zip(values) {
        lowering.set_local(*id, value);
    }
    let falls_through = lowering.statements(&function.body)?;
    if falls_through {
        lowering.fall_off(function);
    }
    let Lowering {
        unit, mut builder, ..
    } = lowering;
    builder.seal_all_blocks();
    builder.finalize(unit.module.target_config());
    Ok(())
}

impl Lowering<'_, '_, '_> {
    /// The end of the body. Only a unit function gets here; in others the
    /// checker has shown that nothing does.
    fn fall_off(&mut self, function: &hir::Function) {
        if machine_type(function.result).is_none() {
            self.builder.ins().return_(&[]);
        } else {
            self.builder.ins().trap(UNREACHABLE);
        }
    }

    /// Leaves the function.
    pub(super) fn return_value(&mut self, value: Option<Value>) {
        let values = match self.crossing.take() {
            None => value.into_iter().collect(),
            Some(crossing) => {
                let address = self.result_address;
                let values = self.machine_result(&crossing, self.result, value, address);
                self.crossing = Some(crossing);
                values
            }
        };
        self.builder.ins().return_(&values);
    }

    /// The value of a local.
    pub(super) fn local(&mut self, id: LocalId) -> Option<Value> {
        match self.places[id] {
            Place::None => None,
            Place::Variable(variable) => Some(self.builder.use_var(variable)),
            Place::Slot(ty, slot) => Some(self.builder.ins().stack_load(types::I64, ty, slot, 0)),
        }
    }

    pub(super) fn set_local(&mut self, id: LocalId, value: Value) {
        match self.places[id] {
            Place::None => {}
            Place::Variable(variable) => self.builder.def_var(variable, value),
            Place::Slot(_, slot) => {
                self.builder.ins().stack_store(types::I64, value, slot, 0);
            }
        }
    }

    /// The address of a local that is in memory.
    pub(super) fn address(&mut self, id: LocalId) -> Option<Value> {
        match self.places[id] {
            Place::Slot(_, slot) => Some(self.builder.ins().stack_addr(types::I64, slot, 0)),
            _ => None,
        }
    }

    /// A block that control reaches later.
    pub(super) fn new_block(&mut self) -> Block {
        self.builder.create_block()
    }

    /// A function of the module, as this function refers to it.
    pub(super) fn callee(&mut self, id: FuncId) -> FuncRef {
        let (module, func) = (&mut self.unit.module, &mut *self.builder.func);
        let callee = self.callees.entry(id);
        *callee.or_insert_with(|| module.declare_func_in_func(id, func))
    }

    pub(super) fn runtime(&mut self, symbol: &'static str) -> Lowered<FuncRef> {
        let id = self.unit.runtime.import(&mut self.unit.module, symbol)?;
        Ok(self.callee(id))
    }

    /// Calls a runtime function with a result.
    pub(super) fn call_runtime(&mut self, symbol: &'static str, args: &[Value]) -> Lowered<Value> {
        let callee = self.runtime(symbol)?;
        let call = self.builder.ins().call(callee, args);
        Ok(self.builder.inst_results(call)[0])
    }

    /// The handle of a constant string.
    pub(super) fn text(&mut self, text: &str) -> Lowered<Value> {
        let id = self.unit.literals.get(&mut self.unit.module, text)?;
        Ok(self.data_address(id))
    }

    /// The address of a data object of the module.
    pub(super) fn data_address(&mut self, id: DataId) -> Value {
        let (module, func) = (&self.unit.module, &mut *self.builder.func);
        let data = self.data.entry(id);
        let data = *data.or_insert_with(|| module.declare_data_in_func(id, func));
        self.builder.ins().symbol_value(types::I64, data)
    }

    /// Ends the program with a message and the source position of `span` if
    /// `condition` holds.
    pub(super) fn panic_if(&mut self, condition: Value, message: &str, span: Span) -> Lowered<()> {
        let (fail, go_on) = (self.new_block(), self.new_block());
        self.builder.set_cold_block(fail);
        self.builder.ins().brif(condition, fail, &[], go_on, &[]);
        self.builder.switch_to_block(fail);
        let program = self.unit.program;
        let (line, column) = program.lines.position(span.start);
        let message = self.text(message)?;
        let place = self.text(&format!("{}:{line}:{column}", program.file))?;
        let callee = self.runtime("panic_at")?;
        self.builder.ins().call(callee, &[message, place]);
        self.builder.ins().trap(UNREACHABLE);
        self.builder.switch_to_block(go_on);
        Ok(())
    }
}
