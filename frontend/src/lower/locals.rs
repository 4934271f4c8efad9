//! Locals.

use cranelift_codegen::ir::{InstBuilder, StackSlotData, StackSlotKind, Value, types};

use super::descriptors::Shape;
use super::function::{Lowering, Place};
use super::unit::Lowered;
use crate::hir::{Function, LocalId};

impl Lowering<'_, '_, '_> {
    /// Makes the places of a function's locals. The context must be known.
    pub(super) fn make_places(&mut self, function: &Function) -> Lowered<()> {
        for local in &function.locals {
            let place = match self.machine_type(local.ty) {
                None => Place::None,
                Some(ty) if local.boxed => {
                    let shape = Shape::Cell(local.ty);
                    let offset = self.unit.layout(shape).offsets[0];
                    let cell = self.allocate(shape)?;
                    let zero = self.zero(ty);
                    self.store(zero, cell, offset as i32);
                    let variable = self.builder.declare_var(types::I64);
                    self.builder.def_var(variable, cell);
                    Place::Cell(ty, variable)
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
        Ok(())
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
            Place::None => None,
            Place::Variable(variable) => Some(self.builder.use_var(variable)),
            Place::Slot(ty, slot) => Some(self.builder.ins().stack_load(types::I64, ty, slot, 0)),
            Place::Cell(ty, variable) => {
                let cell = self.builder.use_var(variable);
                let offset = beskid_plugin_api::runtime_abi::HEAP_HEADER_SIZE as i32;
                Some(self.load(ty, cell, offset))
            }
        }
    }

    /// Gives a local a value.
    pub(super) fn set_local(&mut self, id: LocalId, value: Value) -> Lowered<()> {
        match self.places[id as usize] {
            Place::None => {}
            Place::Variable(variable) => self.builder.def_var(variable, value),
            Place::Slot(_, slot) => {
                self.builder.ins().stack_store(types::I64, value, slot, 0);
            }
            Place::Cell(_, variable) => {
                let cell = self.builder.use_var(variable);
                if self.roots.managed.contains(value) {
                    self.barrier(cell, value)?;
                }
                let offset = beskid_plugin_api::runtime_abi::HEAP_HEADER_SIZE as i32;
                self.store(value, cell, offset);
            }
        }
        Ok(())
    }

    /// The address of a local that is in memory, or its cell.
    pub(super) fn address(&mut self, id: LocalId) -> Option<Value> {
        match self.places[id as usize] {
            Place::Slot(_, slot) => Some(self.builder.ins().stack_addr(types::I64, slot, 0)),
            Place::Cell(_, variable) => Some(self.builder.use_var(variable)),
            Place::None | Place::Variable(_) => None,
        }
    }
}
