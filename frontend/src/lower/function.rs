//! Lowering one function.

use std::collections::HashMap;

use cranelift_codegen::ir::{
    Block, FuncRef, Function, GlobalValue, InstBuilder, TrapCode, Value, types,
};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext, Variable};
use cranelift_module::{DataId, FuncId, Module, ModuleError};

use super::{Unit, machine_type};
use crate::hir;
use crate::span::Span;

pub(super) type Lowered<T> = Result<T, ModuleError>;

/// Code that is never reached, after a call that does not return.
pub(super) const UNREACHABLE: TrapCode = TrapCode::unwrap_user(1);

/// A function while it is lowered.
pub(super) struct Lowering<'u, 'p, 'f> {
    pub(super) unit: &'u mut Unit<'p>,
    pub(super) builder: FunctionBuilder<'f>,
    /// `None` for locals without a machine value.
    pub(super) variables: Vec<Option<Variable>>,
    pub(super) loops: Vec<Loop>,
    /// What the function has referred to so far; each once.
    callees: HashMap<FuncId, FuncRef>,
    texts: HashMap<DataId, GlobalValue>,
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
    let variables = function.locals.iter().map(|ty| {
        let ty = machine_type(*ty)?;
        Some(builder.declare_var(ty))
    });
    let variables = variables.collect::<Vec<_>>();
    let entry = builder.create_block();
    builder.append_block_params_for_function_params(entry);
    builder.switch_to_block(entry);
    let values = builder.block_params(entry).to_vec();
    let params = function.params.iter().filter_map(|id| variables[*id]);
    for (variable, value) in params.zip(values) {
        builder.def_var(variable, value);
    }
    let mut lowering = Lowering {
        unit,
        builder,
        variables,
        loops: Vec::new(),
        callees: HashMap::new(),
        texts: HashMap::new(),
    };
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
        let (module, func) = (&self.unit.module, &mut *self.builder.func);
        let text = self.texts.entry(id);
        let data = *text.or_insert_with(|| module.declare_data_in_func(id, func));
        Ok(self.builder.ins().symbol_value(types::I64, data))
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
