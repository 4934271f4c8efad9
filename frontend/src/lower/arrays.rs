//! Arrays, and the bytes of strings.

use beskid_plugin_api::runtime_abi::{
    ARRAY_LEN_OFFSET, ARRAY_PTR_OFFSET, STR_LEN_OFFSET, STR_PTR_OFFSET,
};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{AbiParam, InstBuilder, Value, types};
use cranelift_module::{FuncId, Linkage, Module};

use super::function::{Lowering, UNREACHABLE};
use super::unit::{Lowered, Made, Unit};
use crate::hir::{ExprId, List};
use crate::span::Span;
use crate::symbols::PRIVATE;
use crate::types::{Kind, Ty};

/// The kind of arrays of references, as `gc_array` knows it.
const REFERENCES: i64 = 0;

impl Unit<'_> {
    /// The function that ends the program because of an index.
    fn out_of_bounds(&mut self) -> Lowered<FuncId> {
        if let Some(id) = self.made.get(&Made::OutOfBounds) {
            return Ok(*id);
        }
        let mut signature = self.module.make_signature();
        signature.params = vec![AbiParam::new(types::I64); 3];
        let name = format!("{PRIVATE}$out_of_bounds");
        let linkage = Linkage::Local;
        let id = self.module.declare_function(&name, linkage, &signature)?;
        self.made.insert(Made::OutOfBounds, id);
        self.to_make.push(Made::OutOfBounds);
        Ok(id)
    }
}

impl Lowering<'_, '_, '_> {
    /// The type of an array's elements.
    pub(super) fn element_type(&self, array: Ty) -> Ty {
        match self.types.kind(array) {
            Kind::Array(element) => element,
            _ => Ty::UNIT,
        }
    }

    /// An array of these elements.
    pub(super) fn array(&mut self, ty: Ty, elements: List) -> Lowered<Value> {
        let element = self.element_type(ty);
        let elements = self.body.list(elements);
        let mut values = Vec::with_capacity(elements.len());
        for element in elements {
            // A constant is made where it is stored: very many of them are not alive at once.
            values.push(match self.body.is_constant(*element) {
                true => None,
                false => self.expr(*element)?,
            });
        }
        let length = self.builder.ins().iconst(types::I64, values.len() as i64);
        let null = self.builder.ins().iconst(types::I64, 0);
        let array = self.allocate_array(element, length, null)?;
        if values.is_empty() {
            return Ok(array);
        }
        let first = self.load_constant(array, ARRAY_PTR_OFFSET);
        let size = self.types.size(element);
        for (index, (value, element)) in (0..).zip(values.into_iter().zip(elements)) {
            let value = match self.body.is_constant(*element) {
                true => self.expr(*element)?,
                false => value,
            };
            if let Some(value) = value {
                self.store(value, first, index * size as i32);
            }
        }
        Ok(array)
    }

    /// An array of so many elements, zero, empty or unset.
    pub(super) fn new_array(&mut self, ty: Ty, length: ExprId) -> Lowered<Value> {
        let element = self.element_type(ty);
        let from = self.body.ty(length);
        let span = self.body.get(length).span;
        let known = self.body.literal(length).is_some_and(|length| length >= 0);
        let length = self.scalar(length)?;
        let length = self.converted(length, from, Ty::I64);
        if !known {
            // The runtime says the same, but does not know where.
            let negative = IntCC::SignedLessThan;
            let is_negative = self.builder.ins().icmp_imm_s(negative, length, 0);
            self.panic_if(is_negative, "array length is negative", span)?;
        }
        let fill = match self.types.kind(element) {
            Kind::Str => self.text("")?,
            _ => self.builder.ins().iconst(types::I64, 0),
        };
        self.allocate_array(element, length, fill)
    }

    pub(super) fn allocate_array(
        &mut self,
        element: Ty,
        length: Value,
        fill: Value,
    ) -> Lowered<Value> {
        let size = i64::from(self.types.size(element));
        let kind = match self.types.is_managed(element) {
            true => REFERENCES,
            false => size,
        };
        let kind = self.builder.ins().iconst(types::I64, kind);
        let context = self.context()?;
        self.call_runtime("gc_array", &[context, kind, length, fill])
    }

    /// The number of an array's elements.
    pub(super) fn array_length(&mut self, array: Value) -> Value {
        self.load_constant(array, ARRAY_LEN_OFFSET)
    }

    /// The length of a string or an array.
    pub(super) fn length(&mut self, of: ExprId) -> Lowered<Value> {
        let ty = self.body.ty(of);
        let value = self.scalar(of)?;
        match self.types.kind(ty) {
            Kind::Array(_) => Ok(self.array_length(value)),
            Kind::Str => Ok(self.load_constant(value, STR_LEN_OFFSET)),
            // A handle (ARR-2).
            _ => self.call_runtime("array_len", &[value]),
        }
    }

    /// Reads an element.
    pub(super) fn element(
        &mut self,
        id: ExprId,
        array: ExprId,
        index: ExprId,
    ) -> Lowered<Option<Value>> {
        let ty = self.body.ty(array);
        let proven = self.is_proven(array, index);
        let array = self.scalar(array)?;
        let index = self.index(index)?;
        let span = self.body.get(id).span;
        if !proven {
            let length = self.array_length(array);
            self.check_bounds(index, length, span)?;
        }
        self.element_at(array, ty, index, span)
    }

    /// Reads the element at an index within the bounds.
    pub(super) fn element_at(
        &mut self,
        array: Value,
        ty: Ty,
        index: Value,
        span: Span,
    ) -> Lowered<Option<Value>> {
        let element = self.element_type(ty);
        let Some(machine) = self.machine_type(element) else {
            return Ok(None);
        };
        let address = self.element_address(array, element, index);
        let value = self.load(machine, address, 0);
        if self.types.is_managed(element) {
            self.manage(value);
            if self.types.kind(element) != Kind::Str {
                let unset = self.builder.ins().icmp_imm_u(IntCC::Equal, value, 0);
                self.panic_if(unset, "element is not set", span)?;
            }
        }
        Ok(Some(value))
    }

    pub(super) fn element_address(&mut self, array: Value, element: Ty, index: Value) -> Value {
        let first = self.load_constant(array, ARRAY_PTR_OFFSET);
        let size = self.types.size(element);
        let offset = match size {
            1 => index,
            _ => {
                let shift = i64::from(size.trailing_zeros());
                self.builder.ins().ishl_imm_u(index, shift)
            }
        };
        self.builder.ins().iadd(first, offset)
    }

    /// Writes an element.
    pub(super) fn set_element(
        &mut self,
        id: ExprId,
        array: ExprId,
        index: ExprId,
        value: ExprId,
    ) -> Lowered<()> {
        let element = self.element_type(self.body.ty(array));
        let proven = self.is_proven(array, index);
        let array = self.scalar(array)?;
        let index = self.index(index)?;
        let value = self.expr(value)?;
        if !proven {
            let length = self.array_length(array);
            self.check_bounds(index, length, self.body.get(id).span)?;
        }
        let Some(value) = value else {
            return Ok(());
        };
        if self.types.is_managed(element) {
            self.barrier(array, value)?;
        }
        let address = self.element_address(array, element, index);
        self.store(value, address, 0);
        Ok(())
    }

    /// A byte of a string.
    pub(super) fn byte(&mut self, id: ExprId, text: ExprId, index: ExprId) -> Lowered<Value> {
        let proven = self.is_proven(text, index);
        let text = self.scalar(text)?;
        let index = self.index(index)?;
        if !proven {
            let length = self.load_constant(text, STR_LEN_OFFSET);
            self.check_bounds(index, length, self.body.get(id).span)?;
        }
        let first = self.load_constant(text, STR_PTR_OFFSET);
        let address = self.builder.ins().iadd(first, index);
        Ok(self.load(types::I8, address, 0))
    }

    pub(super) fn index(&mut self, index: ExprId) -> Lowered<Value> {
        let ty = self.body.ty(index);
        let index = self.scalar(index)?;
        Ok(self.converted(index, ty, Ty::I64))
    }

    /// Ends the program unless an index is within the bounds.
    pub(super) fn check_bounds(&mut self, index: Value, length: Value, span: Span) -> Lowered<()> {
        let (fail, go_on) = (self.new_block(), self.new_block());
        self.builder.set_cold_block(fail);
        let within = IntCC::UnsignedLessThan;
        let within = self.builder.ins().icmp(within, index, length);
        self.builder.ins().brif(within, go_on, &[], fail, &[]);
        self.switch_to(fail);
        let place = self.place(span)?;
        let id = self.unit.out_of_bounds()?;
        let callee = self.callee(id);
        self.builder.ins().call(callee, &[length, index, place]);
        self.builder.ins().trap(UNREACHABLE);
        self.switch_to(go_on);
        Ok(())
    }

    /// The body of the function that ends the program because of an index.
    pub(super) fn out_of_bounds_function(&mut self) -> Lowered<()> {
        let params = self.params();
        let [length, index, place] = params[..] else {
            return Ok(());
        };
        self.context = Some(self.call_runtime("gc_enter", &[])?);
        let before = self.text("index out of bounds: the length is ")?;
        let between = self.text(" but the index is ")?;
        let length = self.call_runtime("str_from_i64", &[length])?;
        let message = self.joined(before, length, false)?;
        let message = self.joined(message, between, false)?;
        let index = self.call_runtime("str_from_i64", &[index])?;
        let message = self.joined(message, index, false)?;
        self.panic_at(message, place)
    }
}
