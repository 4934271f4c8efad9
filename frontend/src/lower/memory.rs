//! What code and the runtime's collector agree on: the context, allocation, the
//! barrier.

use beskid_plugin_api::runtime_abi::{
    GC_CELL_ALIGN, GC_HIDDEN_SIZE, GC_INLINE_MOST, GC_KIND_OBJECT, GC_KIND_SHIFT, GC_LIMIT_OFFSET,
    GC_NEXT_OFFSET, GC_ROOTS_OFFSET, GC_STATE_OFFSET, GC_STATE_OLD,
};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value, types};
use cranelift_module::ModuleError;

use super::descriptors::Shape;
use super::function::Lowering;
use super::unit::Lowered;

const NEXT: i32 = GC_NEXT_OFFSET as i32;
const LIMIT: i32 = GC_LIMIT_OFFSET as i32;
/// Byte offset in a context of the first free word of the root stack.
pub(super) const ROOTS: i32 = GC_ROOTS_OFFSET as i32;
/// Size of the hidden word before an object in bytes.
const HIDDEN: u32 = GC_HIDDEN_SIZE as u32;
const STATE: i32 = GC_STATE_OFFSET as i32;

/// Of memory that is always there.
pub(super) const fn flags() -> MemFlagsData {
    MemFlagsData::trusted()
}

/// Of memory that is always there, and that nothing changes.
pub(super) const fn constant_flags() -> MemFlagsData {
    MemFlagsData::trusted().with_readonly().with_can_move()
}

impl Lowering<'_, '_, '_> {
    /// A new object. Its fields, events too, are to be written before anything
    /// else may allocate.
    pub(super) fn allocate(&mut self, shape: Shape) -> Lowered<Value> {
        let layout = self.unit.layout(shape);
        let descriptor = self.unit.descriptor(shape)?;
        let descriptor = self.data_address(descriptor);
        let context = self.context()?;
        let cell = (layout.size + HIDDEN).next_multiple_of(GC_CELL_ALIGN as u32);
        if cell > GC_INLINE_MOST as u32 {
            return self.allocate_slowly(context, layout.size, descriptor);
        }
        let (slow, fast, end) = (self.new_block(), self.new_block(), self.new_block());
        let object = self.builder.append_block_param(end, types::I64);
        let next = self.load(types::I64, context, NEXT);
        let behind = self.builder.ins().iadd_imm_u(next, i64::from(cell));
        let limit = self.load(types::I64, context, LIMIT);
        let full = self
            .builder
            .ins()
            .icmp(IntCC::UnsignedGreaterThan, behind, limit);
        self.builder.set_cold_block(slow);
        self.builder.ins().brif(full, slow, &[], fast, &[]);
        self.switch_to(slow);
        let made = self.allocate_slowly(context, layout.size, descriptor)?;
        self.builder.ins().jump(end, &[made.into()]);
        self.switch_to(fast);
        self.store(behind, context, NEXT);
        let hidden = i64::from(cell) | (GC_KIND_OBJECT << GC_KIND_SHIFT) as i64;
        let hidden = self.builder.ins().iconst(types::I64, hidden);
        self.store(hidden, next, 0);
        self.store(descriptor, next, HIDDEN as i32);
        let made = self.builder.ins().iadd_imm_u(next, i64::from(HIDDEN));
        self.builder.ins().jump(end, &[made.into()]);
        self.switch_to(end);
        self.manage(object);
        Ok(object)
    }

    fn allocate_slowly(&mut self, context: Value, size: u32, descriptor: Value) -> Lowered<Value> {
        let size = self.builder.ins().iconst(types::I64, i64::from(size));
        self.call_runtime("gc_alloc", &[context, size, descriptor])
    }

    /// The context; a function that needs one has one.
    pub(super) fn context(&self) -> Lowered<Value> {
        let missing = || ModuleError::Undeclared("the context of a function".to_owned());
        self.context.ok_or_else(missing)
    }

    /// To be done before a reference becomes part of an object that is not new.
    pub(super) fn barrier(&mut self, object: Value, value: Value) -> Lowered<()> {
        if self.is_constant(value) {
            return Ok(());
        }
        self.remember(object, value)
    }

    /// To be done before an object that is not new refers to one that may be.
    pub(super) fn remember(&mut self, object: Value, value: Value) -> Lowered<()> {
        let (remember, end) = (self.new_block(), self.new_block());
        self.builder.set_cold_block(remember);
        let state = self.load(types::I8, object, STATE);
        let old = self
            .builder
            .ins()
            .icmp_imm_u(IntCC::Equal, state, i64::from(GC_STATE_OLD));
        self.builder.ins().brif(old, remember, &[], end, &[]);
        self.switch_to(remember);
        match self.context {
            Some(context) => {
                let callee = self.runtime("gc_remember")?;
                self.builder.ins().call(callee, &[context, object]);
            }
            None => {
                let callee = self.runtime("gc_write_barrier")?;
                self.builder.ins().call(callee, &[object, value]);
            }
        }
        self.builder.ins().jump(end, &[]);
        self.switch_to(end);
        Ok(())
    }

    /// A string: one, then another.
    pub(super) fn joined(&mut self, left: Value, right: Value, grows: bool) -> Lowered<Value> {
        if !grows {
            return self.call_runtime("str_concat", &[left, right]);
        }
        let context = self.context()?;
        self.call_runtime("gc_append", &[context, left, right])
    }

    pub(super) fn load(&mut self, ty: types::Type, address: Value, offset: i32) -> Value {
        self.builder.ins().load(ty, flags(), address, offset)
    }

    /// Reads what never changes once it is there.
    pub(super) fn load_constant(&mut self, address: Value, offset: usize) -> Value {
        let ins = self.builder.ins();
        ins.load(types::I64, constant_flags(), address, offset as i32)
    }

    pub(super) fn store(&mut self, value: Value, address: Value, offset: i32) {
        self.builder.ins().store(flags(), value, address, offset);
    }
}
