//! Cells: places that others may read and write (FUN-4, FUN-5). A cell has its value
//! itself, or knows where it is in an object or an array. And addresses of bytes in those.

use cranelift_codegen::ir::{InstBuilder, Value, types};

use super::descriptors::Shape;
use super::function::Lowering;
use super::unit::Lowered;
use crate::hir::ExprId;
use crate::types::{CELL_ADDRESS, CELL_OWNER, Kind, Ty};

impl Lowering<'_, '_, '_> {
    /// A new cell that has a value.
    pub(super) fn cell_with(&mut self, of: Ty, value: Option<Value>) -> Lowered<Value> {
        let shape = Shape::Cell(of);
        let offset = self.unit.layout(shape).offsets[0];
        let cell = self.allocate(shape)?;
        let address = self.builder.ins().iadd_imm_u(cell, i64::from(offset));
        self.store(address, cell, CELL_ADDRESS as i32);
        self.store(cell, cell, CELL_OWNER as i32);
        if let Some(value) = value {
            self.store(value, cell, offset as i32);
        }
        Ok(cell)
    }

    /// A new cell whose value is at an offset of an object.
    fn cell_in(&mut self, of: Ty, owner: Value, address: Value) -> Lowered<Value> {
        let shape = Shape::Cell(of);
        let offset = self.unit.layout(shape).offsets[0];
        let cell = self.allocate(shape)?;
        self.store(address, cell, CELL_ADDRESS as i32);
        self.store(owner, cell, CELL_OWNER as i32);
        if self.types.is_managed(of) {
            let null = self.builder.ins().iconst(types::I64, 0);
            self.store(null, cell, offset as i32);
        }
        Ok(cell)
    }

    pub(super) fn new_cell(&mut self, of: ExprId) -> Lowered<Value> {
        let value = self.expr(of)?;
        self.cell_with(self.body.ty(of), value)
    }

    pub(super) fn cell_of_field(&mut self, object: ExprId, index: u32) -> Lowered<Value> {
        let Some((of, object, address)) = self.field_place(object, index)? else {
            return self.scalar_of(None);
        };
        self.cell_in(of, object, address)
    }

    pub(super) fn cell_of_element(
        &mut self,
        id: ExprId,
        array: ExprId,
        index: ExprId,
    ) -> Lowered<Value> {
        let (of, array, address) = self.element_place(id, array, index)?;
        self.cell_in(of, array, address)
    }

    pub(super) fn address_of_field(
        &mut self,
        object: ExprId,
        index: u32,
    ) -> Lowered<Option<Value>> {
        let place = self.field_place(object, index)?;
        Ok(place.map(|(_, object, address)| self.kept_address(object, address)))
    }

    pub(super) fn address_of_element(
        &mut self,
        id: ExprId,
        array: ExprId,
        index: ExprId,
    ) -> Lowered<Option<Value>> {
        let (_, array, address) = self.element_place(id, array, index)?;
        Ok(Some(self.kept_address(array, address)))
    }

    /// Who has the address may use it as long as the function runs, like that of a local.
    fn kept_address(&mut self, owner: Value, address: Value) -> Value {
        self.roots.kept.push(owner);
        address
    }

    /// A field's type, its object and its address.
    fn field_place(&mut self, object: ExprId, index: u32) -> Lowered<Option<(Ty, Value, Value)>> {
        let Kind::Struct(id) = self.types.kind(self.body.ty(object)) else {
            return Ok(None);
        };
        let object = self.scalar(object)?;
        let of = self.types.structure(id).fields[index as usize].ty;
        let offset = self.unit.layout(Shape::Struct(id)).offsets[index as usize];
        let address = self.builder.ins().iadd_imm_u(object, i64::from(offset));
        Ok(Some((of, object, address)))
    }

    /// An element's type, its array and its address.
    fn element_place(
        &mut self,
        id: ExprId,
        array: ExprId,
        index: ExprId,
    ) -> Lowered<(Ty, Value, Value)> {
        let ty = self.body.ty(array);
        let of = self.element_type(ty);
        let span = self.body.get(id).span;
        let array = self.scalar(array)?;
        let index = self.index(index)?;
        let length = self.array_length(array);
        self.check_bounds(index, length, span)?;
        // One that is not set has nothing to read.
        self.element_at(array, ty, index, span)?;
        let address = self.element_address(array, of, index);
        Ok((of, array, address))
    }

    /// What is in a cell.
    pub(super) fn load_cell(&mut self, cell: ExprId, of: Ty) -> Lowered<Option<Value>> {
        let cell = self.scalar(cell)?;
        let address = self.load(types::I64, cell, CELL_ADDRESS as i32);
        Ok(self.part(address, of, 0))
    }

    pub(super) fn store_cell(&mut self, cell: ExprId, value: ExprId) -> Lowered<()> {
        let of = self.body.ty(value);
        let cell = self.scalar(cell)?;
        let Some(value) = self.expr(value)? else {
            return Ok(());
        };
        if self.types.is_managed(of) {
            let owner = self.load(types::I64, cell, CELL_OWNER as i32);
            self.barrier(owner, value)?;
        }
        let address = self.load(types::I64, cell, CELL_ADDRESS as i32);
        self.store(value, address, 0);
        Ok(())
    }
}
