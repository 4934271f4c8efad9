//! A function while it is lowered.

use std::collections::HashMap;
use std::rc::Rc;

use cranelift_codegen::entity::EntitySet;
use cranelift_codegen::ir::{
    self, Block, FuncRef, GlobalValue, Inst, InstBuilder, StackSlot, TrapCode, Value, types,
};
use cranelift_frontend::{FunctionBuilder, Variable};
use cranelift_module::{DataId, FuncId, Module};

use super::debug::shown::Shown;
use super::machine::machine_type;
use super::plan::Plan;
use super::unit::{Lowered, Unit};
use crate::hir::{Body, LocalId};
use crate::span::Span;
use crate::types::{Ty, Types};

/// Code that is never reached, after a call that does not return.
pub(super) const UNREACHABLE: TrapCode = TrapCode::unwrap_user(1);

/// The body of what is of no source.
pub(super) static NOTHING: Body = Body {
    exprs: Vec::new(),
    lists: Vec::new(),
    steps: Vec::new(),
    arms: Vec::new(),
    patterns: Vec::new(),
    pattern_lists: Vec::new(),
    texts: Vec::new(),
};

/// A function while it is lowered.
pub(super) struct Lowering<'u, 'p, 'f> {
    pub(super) unit: &'u mut Unit<'p>,
    pub(super) types: &'p Types,
    pub(super) body: &'p Body,
    pub(super) builder: FunctionBuilder<'f>,
    pub(super) context: Option<Value>,
    entry: Block,
    pub(super) places: Vec<Place>,
    /// The parts of objects that are none; `None` for those without a value.
    pub(super) scattered: Vec<Option<Variable>>,
    pub(super) loops: Vec<Loop>,
    /// Memory for the parts of interpolations, by how many.
    pub(super) part_slots: HashMap<usize, StackSlot>,
    pub(super) roots: Roots,
    /// What is known of the locals.
    pub(super) plan: Rc<Plan>,
    /// Elements that are known to be there, innermost loop last.
    pub(super) proven: Vec<Proven>,
    /// What debuggers are told of the function, if they are.
    pub(super) shown: Option<Box<Shown>>,
    /// What the function has referred to so far; each once.
    callees: HashMap<FuncId, FuncRef>,
    data: HashMap<DataId, GlobalValue>,
}

/// What a function's roots are made from.
#[derive(Default)]
pub(super) struct Roots {
    /// Values that are addresses of objects of the heap.
    pub(super) managed: EntitySet<Value>,
    /// Calls that may collect.
    pub(super) safepoints: EntitySet<Inst>,
    /// Values that live as long as a call, because others hold their addresses.
    pub(super) held: Vec<(Inst, Value)>,
    /// Values that live as long as the function.
    pub(super) kept: Vec<Value>,
    /// Values in slots that debuggers read.
    pub(super) shown: Vec<ShownValue>,
}

/// A value that is stored in a slot that debuggers read.
#[derive(Clone, Copy)]
pub(super) struct ShownValue {
    pub(super) store: Inst,
    pub(super) slot: StackSlot,
    pub(super) value: Value,
}

/// Where a local is.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// Nowhere: it has no machine value.
    None,
    Variable(Variable),
    /// In memory, because its address is taken.
    Slot(ir::Type, StackSlot),
    /// In a cell on the heap, the variable, at an offset.
    Cell(ir::Type, Variable, i32),
    /// In parts: the first of so many in [`Lowering::scattered`].
    Parts(usize, usize),
}

/// A local that is at least zero and less than a length.
#[derive(Debug, Clone, Copy)]
pub(super) struct Proven {
    pub(super) index: LocalId,
    /// An array or string, or a local that has its length.
    pub(super) of: LocalId,
}

/// Where `break` and `continue` of a loop go.
#[derive(Clone, Copy)]
pub(super) struct Loop {
    pub(super) exit: Block,
    pub(super) next: Block,
}

impl<'u, 'p, 'f> Lowering<'u, 'p, 'f> {
    /// A function in whose entry block nothing is yet.
    pub(super) fn new(
        unit: &'u mut Unit<'p>,
        body: &'p Body,
        mut builder: FunctionBuilder<'f>,
    ) -> Self {
        let entry = builder.create_block();
        builder.append_block_params_for_function_params(entry);
        builder.switch_to_block(entry);
        Self {
            types: &unit.program.types,
            unit,
            body,
            builder,
            context: None,
            entry,
            places: Vec::new(),
            scattered: Vec::new(),
            loops: Vec::new(),
            part_slots: HashMap::new(),
            roots: Roots::default(),
            plan: Rc::default(),
            proven: Vec::new(),
            shown: None,
            callees: HashMap::new(),
            data: HashMap::new(),
        }
    }

    pub(super) fn machine_type(&self, ty: Ty) -> Option<ir::Type> {
        machine_type(self.types, ty)
    }

    /// The values that the function was called with.
    pub(super) fn params(&self) -> Vec<Value> {
        self.builder.block_params(self.entry).to_vec()
    }

    /// A block that control reaches later.
    pub(super) fn new_block(&mut self) -> Block {
        self.builder.create_block()
    }

    /// Goes on in a block. Where nothing leads on from the one before, nothing
    /// reaches its end.
    pub(super) fn switch_to(&mut self, block: Block) {
        let layout = &self.builder.func.layout;
        let current = self.builder.current_block();
        let is_open = current.is_some_and(|current| {
            let last = layout
                .is_block_inserted(current)
                .then(|| layout.last_inst(current));
            let opcode = |inst| self.builder.func.dfg.insts[inst].opcode();
            last.is_some_and(|last| !last.is_some_and(|last| opcode(last).is_terminator()))
        });
        if is_open {
            self.builder.ins().trap(UNREACHABLE);
        }
        self.builder.switch_to_block(block);
    }

    /// What comes after code that does not go on.
    pub(super) fn diverge(&mut self) {
        let block = self.new_block();
        self.builder.switch_to_block(block);
    }

    /// A call that does not come back.
    pub(super) fn never(&mut self) {
        self.builder.ins().trap(UNREACHABLE);
        self.diverge();
    }

    /// Notes that a value is the address of an object.
    pub(super) fn manage(&mut self, value: Value) {
        if !self.is_constant(value) {
            self.roots.managed.insert(value);
        }
    }

    /// Whether a value is the address of constant data, or zero.
    pub(super) fn is_constant(&self, value: Value) -> bool {
        let dfg = &self.builder.func.dfg;
        let value = dfg.resolve_aliases(value);
        let inst = dfg.value_def(value).inst();
        let opcode = inst.map(|inst| dfg.insts[inst].opcode());
        matches!(opcode, Some(ir::Opcode::SymbolValue | ir::Opcode::Iconst))
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
        self.safepoint(call, super::context::is_safepoint(symbol));
        let value = self.builder.inst_results(call)[0];
        if super::context::is_safepoint(symbol) {
            self.manage(value);
        }
        Ok(value)
    }

    /// Notes that a call may collect.
    pub(super) fn safepoint(&mut self, call: Inst, may_collect: bool) {
        if may_collect {
            self.roots.safepoints.insert(call);
        }
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

    /// The text of a place, for messages at run time.
    pub(super) fn place(&mut self, span: Span) -> Lowered<Value> {
        let (file, line, column) = self.unit.program.place(span);
        let place = format!("{file}:{line}:{column}");
        self.text(&place)
    }

    /// Ends the program with a message and the source position of `span`.
    pub(super) fn panic(&mut self, message: Value, span: Span) -> Lowered<()> {
        let before = self.here();
        self.set_place(span);
        let place = self.place(span)?;
        self.panic_at(message, place)?;
        self.go_back(before);
        Ok(())
    }

    /// Ends the program with a message and the text of a place.
    pub(super) fn panic_at(&mut self, message: Value, place: Value) -> Lowered<()> {
        let table = self.unit.function_table()?;
        let table = self.data_address(table);
        let callee = self.runtime("panic_traced")?;
        self.builder.ins().call(callee, &[message, place, table]);
        self.builder.ins().trap(UNREACHABLE);
        Ok(())
    }

    /// Ends the program with a message and the source position of `span` if
    /// `condition` holds.
    pub(super) fn panic_if(&mut self, condition: Value, message: &str, span: Span) -> Lowered<()> {
        let (fail, go_on) = (self.new_block(), self.new_block());
        self.builder.set_cold_block(fail);
        self.builder.ins().brif(condition, fail, &[], go_on, &[]);
        self.switch_to(fail);
        let message = self.text(message)?;
        self.panic(message, span)?;
        self.switch_to(go_on);
        Ok(())
    }

    /// The number one, of the same type as `value`.
    pub(super) fn one_like(&mut self, value: Value) -> Value {
        let ty = self.builder.func.dfg.value_type(value);
        self.builder.ins().iconst(ty, 1)
    }
}
