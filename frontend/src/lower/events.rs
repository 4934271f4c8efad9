//! Events: lists of handlers inside of objects.

use beskid_plugin_api::runtime_abi::ARRAY_PTR_OFFSET;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};

use super::descriptors::Shape;
use super::function::Lowering;
use super::unit::Lowered;
use crate::hir::{ExprId, List};
use crate::span::Span;
use crate::types::{Event, Kind};

impl Lowering<'_, '_, '_> {
    /// An object, and the address of the state of one of its events.
    fn event(&mut self, object: ExprId, index: u32) -> Lowered<Option<(Value, Value)>> {
        let Kind::Struct(id) = self.types.kind(self.body.ty(object)) else {
            return Ok(None);
        };
        let object = self.scalar(object)?;
        let layout = self.unit.layout(Shape::Struct(id));
        let offset = i64::from(layout.events[index as usize]);
        Ok(Some((
            object,
            self.builder.ins().iadd_imm_u(object, offset),
        )))
    }

    fn event_of(&self, object: ExprId, index: u32) -> Option<&'_ Event> {
        match self.types.kind(self.body.ty(object)) {
            Kind::Struct(id) => self.types.structure(id).events.get(index as usize),
            _ => None,
        }
    }

    pub(super) fn subscribe(
        &mut self,
        object: ExprId,
        index: u32,
        handler: ExprId,
        span: Span,
    ) -> Lowered<()> {
        let capacity = self
            .event_of(object, index)
            .map_or(0, |event| event.capacity);
        let Some((object, state)) = self.event(object, index)? else {
            return Ok(());
        };
        let handler = self.scalar(handler)?;
        let capacity = i64::from(capacity);
        if capacity > 0 {
            // The runtime says the same, but does not know where.
            let len = self.call_runtime("event_len", &[state])?;
            let at_least = IntCC::UnsignedGreaterThanOrEqual;
            let is_full = self.builder.ins().icmp_imm_u(at_least, len, capacity);
            self.panic_if(is_full, "event capacity exceeded", span)?;
        }
        let capacity = self.builder.ins().iconst(types::I64, capacity);
        let callee = self.runtime("event_subscribe")?;
        let call = self.builder.ins().call(callee, &[state, handler, capacity]);
        self.safepoint(call, true);
        let held = [object, handler].map(|value| (call, value));
        self.roots.held.extend(held);
        // The handlers may have got new memory.
        self.remember(object, handler)
    }

    pub(super) fn unsubscribe(
        &mut self,
        object: ExprId,
        index: u32,
        handler: ExprId,
    ) -> Lowered<()> {
        let Some((_, state)) = self.event(object, index)? else {
            return Ok(());
        };
        let handler = self.scalar(handler)?;
        let callee = self.runtime("event_unsubscribe_first")?;
        self.builder.ins().call(callee, &[state, handler]);
        Ok(())
    }

    /// Calls the handlers that are there when raising begins (EVT-5), one after the
    /// other.
    pub(super) fn raise(&mut self, object: ExprId, index: u32, args: List) -> Lowered<()> {
        let Some(handler) = self.event_of(object, index).map(|event| event.handler) else {
            return Ok(());
        };
        let Kind::Function(signature) = self.types.kind(handler) else {
            return Ok(());
        };
        let Some((_, state)) = self.event(object, index)? else {
            return Ok(());
        };
        let args = self.values(args)?;
        let count = self.load(types::I64, state, 8);
        let (some, one, many) = (self.new_block(), self.new_block(), self.new_block());
        let end = self.new_block();
        self.builder.ins().brif(count, some, &[], end, &[]);
        self.switch_to(some);
        let is_one = self.builder.ins().icmp_imm_u(IntCC::Equal, count, 1);
        self.builder.ins().brif(is_one, one, &[], many, &[]);
        self.switch_to(one);
        let first = self.builder.ins().iconst(types::I64, 0);
        let only = self.call_runtime("event_get_handler", &[state, first])?;
        self.manage(only);
        self.call_handler(only, signature, &args)?;
        self.builder.ins().jump(end, &[]);
        self.switch_to(many);
        let context = self.context()?;
        let handlers = self.call_runtime("event_snapshot", &[context, state])?;
        self.call_handlers(handlers, count, signature, &args)?;
        self.builder.ins().jump(end, &[]);
        self.switch_to(end);
        Ok(())
    }

    fn call_handlers(
        &mut self,
        handlers: Value,
        count: Value,
        signature: u32,
        args: &[Value],
    ) -> Lowered<()> {
        let (turn, end) = (self.new_block(), self.new_block());
        let index = self.builder.append_block_param(turn, types::I64);
        let zero = self.builder.ins().iconst(types::I64, 0);
        self.builder.ins().jump(turn, &[zero.into()]);
        self.switch_to(turn);
        let first = self.load_constant(handlers, ARRAY_PTR_OFFSET);
        let offset = self.builder.ins().ishl_imm_u(index, 3);
        let address = self.builder.ins().iadd(first, offset);
        let handler = self.load(types::I64, address, 0);
        self.manage(handler);
        self.call_handler(handler, signature, args)?;
        let next = self.builder.ins().iadd_imm_u(index, 1);
        let more = self
            .builder
            .ins()
            .icmp(IntCC::UnsignedLessThan, next, count);
        self.builder
            .ins()
            .brif(more, turn, &[next.into()], end, &[]);
        self.switch_to(end);
        Ok(())
    }

    fn call_handler(&mut self, handler: Value, signature: u32, args: &[Value]) -> Lowered<()> {
        let mut values = Vec::with_capacity(args.len() + 2);
        values.extend(self.context);
        values.push(handler);
        values.extend_from_slice(args);
        let signature = self.types.signature(signature);
        self.call_object(handler, signature, &values)?;
        Ok(())
    }
}
