//! Locals.

use cranelift_codegen::ir::{InstBuilder, StackSlotData, StackSlotKind, Value, types};
use cranelift_frontend::Variable;

use super::descriptors::Shape;
use super::function::{Lowering, Place};
use super::plan::Parts;
use super::unit::Lowered;
use crate::hir::{ExprId, ExprKind, Function, LocalId};

impl Lowering<'_, '_, '_> {
    /// Makes the places of a function's locals. The context must be known.
    pub(super) fn make_places(&mut self, function: &Function) -> Lowered<()> {
        for (index, local) in function.locals.iter().enumerate() {
            let place = match self.machine_type(local.ty) {
                None => Place::None,
                Some(_) if self.plan.parts[index] != Parts::Object => {
                    match self.plan.aliases[index] as usize == index {
                        true => self.make_parts(self.plan.parts[index]),
                        false => Place::None,
                    }
                }
                Some(ty) if local.boxed => {
                    let zero = self.zero(ty);
                    let cell = self.cell_with(local.ty, Some(zero))?;
                    let offset = self.unit.layout(Shape::Cell(local.ty)).offsets[0];
                    let variable = self.builder.declare_var(types::I64);
                    self.builder.def_var(variable, cell);
                    Place::Cell(ty, variable, offset as i32)
                }
                Some(ty) if local.addressed => {
                    let kind = StackSlotKind::ExplicitSlot;
                    let data = StackSlotData::new(kind, ty.bytes(), 0);
                    Place::Slot(ty, self.builder.create_sized_stack_slot(data))
                }
                Some(ty) => Place::Variable(self.builder.declare_var(ty)),
            };
            self.places.push(place);
        }
        for index in 0..self.places.len() {
            if self.plan.parts[index] != Parts::Object {
                self.places[index] = self.places[self.plan.aliases[index] as usize];
            }
        }
        self.show_places(function);
        Ok(())
    }

    /// Variables for the parts of an object that is none.
    fn make_parts(&mut self, parts: Parts) -> Place {
        let types = self.types;
        let program = self.unit.program;
        let of = match parts {
            Parts::Object => Vec::new(),
            Parts::Fields(id) => {
                let fields = types.structure(id).fields.iter();
                fields.map(|field| field.ty).collect()
            }
            Parts::Captures(id) => program.functions[id as usize].captured(),
        };
        let first = self.scattered.len();
        for ty in &of {
            let machine = self.machine_type(*ty);
            let variable = machine.map(|machine| self.builder.declare_var(machine));
            self.scattered.push(variable);
        }
        Place::Parts(first, of.len())
    }

    /// The variable of a part of a local's object, if it is in parts.
    pub(super) fn part_of(&self, object: ExprId, index: u32) -> Option<Option<Variable>> {
        let ExprKind::Local(id) = self.body.get(object).kind else {
            return None;
        };
        match self.places[id as usize] {
            Place::Parts(first, _) => self.scattered.get(first + index as usize).copied(),
            _ => None,
        }
    }

    /// Gives the parts of a local's object their values.
    pub(super) fn set_parts(&mut self, local: LocalId, value: ExprId) -> Lowered<Option<Value>> {
        let Place::Parts(first, _) = self.places[local as usize] else {
            return Ok(None);
        };
        let mut values = Vec::new();
        match self.body.get(value).kind {
            ExprKind::Struct(fields) => {
                for pair in self.body.list(fields).chunks_exact(2) {
                    if let ExprKind::Scalar(index) = self.body.get(pair[0]).kind {
                        values.push((index as usize, self.expr(pair[1])?));
                    }
                }
            }
            ExprKind::Closure(_, captures) => {
                for (index, capture) in self.body.list(captures).iter().enumerate() {
                    values.push((index, self.expr(*capture)?));
                }
            }
            _ => {}
        }
        for (index, value) in values {
            if let (Some(Some(variable)), Some(value)) = (self.scattered.get(first + index), value)
            {
                self.define(*variable, value);
            }
        }
        Ok(None)
    }

    fn zero(&mut self, ty: types::Type) -> Value {
        match ty {
            types::F64 => self.builder.ins().f64const(0.0),
            _ => self.builder.ins().iconst(ty, 0),
        }
    }

    /// The value of a local.
    pub(super) fn local(&mut self, id: LocalId) -> Option<Value> {
        match self.places[id as usize] {
            Place::None | Place::Parts(..) => None,
            Place::Variable(variable) => Some(self.builder.use_var(variable)),
            Place::Slot(ty, slot) => Some(self.builder.ins().stack_load(types::I64, ty, slot, 0)),
            Place::Cell(ty, variable, offset) => {
                let cell = self.builder.use_var(variable);
                Some(self.load(ty, cell, offset))
            }
        }
    }

    /// Gives a local a value.
    pub(super) fn set_local(&mut self, id: LocalId, value: Value) -> Lowered<()> {
        self.show_local(id);
        match self.places[id as usize] {
            Place::None | Place::Parts(..) => {}
            Place::Variable(variable) => self.define(variable, value),
            Place::Slot(_, slot) => {
                self.builder.ins().stack_store(types::I64, value, slot, 0);
            }
            Place::Cell(_, variable, offset) => {
                let cell = self.builder.use_var(variable);
                if self.roots.managed.contains(value) {
                    self.barrier(cell, value)?;
                }
                self.store(value, cell, offset);
            }
        }
        Ok(())
    }

    /// Gives a variable a value.
    pub(super) fn define(&mut self, variable: Variable, value: Value) {
        // A value of another type stands in for one that does not come: nothing
        // reaches this.
        match self.builder.try_def_var(variable, value) {
            Ok(()) => self.show_value(variable, value),
            Err(_) => self.never(),
        }
    }

    /// The address of a local that is in memory, or its cell.
    pub(super) fn address(&mut self, id: LocalId) -> Option<Value> {
        match self.places[id as usize] {
            Place::Slot(_, slot) => Some(self.builder.ins().stack_addr(types::I64, slot, 0)),
            Place::Cell(_, variable, _) => Some(self.builder.use_var(variable)),
            Place::None | Place::Variable(_) | Place::Parts(..) => None,
        }
    }
}
