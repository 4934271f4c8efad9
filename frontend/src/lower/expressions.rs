//! Lowering expressions, operands from left to right.

use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value, types};

use super::function::Lowering;
use super::unit::Lowered;
use crate::hir::{ExprId, ExprKind, FunctionId, List, Steps};
use crate::types::Ty;

impl Lowering<'_, '_, '_> {
    /// The value of an expression that has one.
    pub(super) fn scalar(&mut self, expr: ExprId) -> Lowered<Value> {
        let value = self.expr(expr)?;
        self.scalar_of(value)
    }

    /// A value where there must be one: only code after what does not return has
    /// none.
    pub(super) fn scalar_of(&mut self, value: Option<Value>) -> Lowered<Value> {
        Ok(match value {
            Some(value) => value,
            None => self.builder.ins().iconst(types::I64, 0),
        })
    }

    /// The value of an expression; `None` for unit. Each kind has a
    /// function of its own, so that nesting costs little stack.
    pub(super) fn expr(&mut self, id: ExprId) -> Lowered<Option<Value>> {
        let before = self.here();
        self.go_to(id);
        let value = self.any(id)?;
        match value {
            Some(_) => self.go_back(before),
            None => self.go_behind(id),
        }
        if let Some(value) = value
            && self.types.is_managed(self.body.ty(id))
        {
            self.manage(value);
        }
        Ok(value)
    }

    fn any(&mut self, id: ExprId) -> Lowered<Option<Value>> {
        match self.body.get(id).kind {
            ExprKind::Block(list) => self.block(list),
            ExprKind::If(list) => {
                let goal = self.goal(self.body.ty(id));
                self.if_else(list, goal)
            }
            ExprKind::Match(value, arms) => {
                let goal = self.goal(self.body.ty(id));
                self.match_value(value, arms, goal)
            }
            ExprKind::Chain(first, steps) => self.chain_value(first, steps),
            ExprKind::And(list) => self.short_circuit(list, true).map(Some),
            ExprKind::Or(list) => self.short_circuit(list, false).map(Some),
            ExprKind::Call(function, args) => self.call(function, args),
            ExprKind::Field(object, index) => self.field(object, index),
            ExprKind::Element(array, index) => self.element(id, array, index),
            ExprKind::SetLocal(..)
            | ExprKind::SetField(..)
            | ExprKind::SetElement(..)
            | ExprKind::StoreCell(..)
            | ExprKind::Store(..)
            | ExprKind::While { .. }
            | ExprKind::Count { .. }
            | ExprKind::Each { .. }
            | ExprKind::Return(_)
            | ExprKind::Break
            | ExprKind::Continue
            | ExprKind::Subscribe(..)
            | ExprKind::Unsubscribe(..)
            | ExprKind::Raise(..)
            | ExprKind::Panic(..) => self.effect(id).map(|()| None),
            ExprKind::Negate(_) | ExprKind::Not(_) | ExprKind::Convert(_) => self.unary(id),
            ExprKind::Scalar(_)
            | ExprKind::Float(_)
            | ExprKind::Unit
            | ExprKind::Place
            | ExprKind::Text(_)
            | ExprKind::Local(_)
            | ExprKind::Address(_)
            | ExprKind::CellOf(_)
            | ExprKind::Code(_)
            | ExprKind::FunctionValue(_) => self.leaf(id),
            _ => self.made(id),
        }
    }

    /// What has no value.
    fn effect(&mut self, id: ExprId) -> Lowered<()> {
        match self.body.get(id).kind {
            ExprKind::SetLocal(local, value) => {
                let value = self.assigned(local, value)?;
                self.forget(local);
                match value {
                    Some(value) => self.set_local(local, value),
                    None => {
                        self.show_local(local);
                        Ok(())
                    }
                }
            }
            ExprKind::SetField(object, index, value) => self.set_field(object, index, value),
            ExprKind::SetElement(array, index, value) => self.set_element(id, array, index, value),
            ExprKind::StoreCell(cell, value) => self.store_cell(cell, value),
            ExprKind::Store(reference, value) => self.store_byte(reference, value),
            ExprKind::While { condition, body } => self.while_loop(condition, body),
            ExprKind::Count {
                local,
                from,
                to,
                body,
            } => self.count_loop(id, local, from, to, body),
            ExprKind::Each { local, array, body } => self.each_loop(id, local, array, body),
            ExprKind::Return(value) => self.return_from(value),
            ExprKind::Break => self.jump_out(|target| target.exit),
            ExprKind::Continue => self.jump_out(|target| target.next),
            ExprKind::Subscribe(object, event, handler) => {
                let span = self.body.get(id).span;
                self.subscribe(object, event, handler, span)
            }
            ExprKind::Unsubscribe(object, event, handler) => {
                self.unsubscribe(object, event, handler)
            }
            ExprKind::Raise(object, event, args) => self.raise(object, event, args),
            ExprKind::Panic(message, place) => {
                let message = self.scalar(message)?;
                let place = match place {
                    Some(place) => self.scalar(place)?,
                    None => self.place(self.body.get(id).span)?,
                };
                self.panic_at(message, place)?;
                self.diverge();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Objects, and what others make.
    fn made(&mut self, id: ExprId) -> Lowered<Option<Value>> {
        let expr = self.body.get(id);
        match expr.kind {
            ExprKind::Struct(fields) => {
                let fields = self.body.list(fields);
                self.structure(expr.ty, fields).map(Some)
            }
            ExprKind::Variant(variant, payload) => {
                let payload = self.body.list(payload);
                self.variant(expr.ty, variant, payload).map(Some)
            }
            ExprKind::Array(elements) => self.array(expr.ty, elements).map(Some),
            ExprKind::NewArray(length) => self.new_array(expr.ty, length).map(Some),
            ExprKind::Length(of) => self.length(of).map(Some),
            ExprKind::Byte(text, index) => self.byte(id, text, index).map(Some),
            ExprKind::Interpolation(parts) => self.interpolation(parts).map(Some),
            ExprKind::Closure(function, captures) => self.closure(function, captures).map(Some),
            ExprKind::CallClosure(closure, args) => self.call_closure(closure, args),
            ExprKind::CallContract(object, method, args) => {
                self.call_contract(object, method, args)
            }
            ExprKind::Foreign(function, args) => self.foreign(function, args),
            ExprKind::Callback(index, args) => self.callback(index, args, expr.span),
            ExprKind::Builtin(builtin, args) => self.builtin(builtin, args),
            ExprKind::Load(reference) => {
                let address = self.scalar(reference)?;
                let flags = MemFlagsData::new();
                Ok(Some(self.builder.ins().load(types::I8, flags, address, 0)))
            }
            ExprKind::NewCell(value) => self.new_cell(value).map(Some),
            ExprKind::AddressOfField(object, index) => self.address_of_field(object, index),
            ExprKind::AddressOfElement(array, index) => self.address_of_element(id, array, index),
            ExprKind::CellOfField(object, index) => self.cell_of_field(object, index).map(Some),
            ExprKind::CellOfElement(array, index) => {
                self.cell_of_element(id, array, index).map(Some)
            }
            ExprKind::LoadCell(cell) => self.load_cell(cell, expr.ty),
            _ => Ok(None),
        }
    }

    fn store_byte(&mut self, reference: ExprId, value: ExprId) -> Lowered<()> {
        let address = self.scalar(reference)?;
        let value = self.scalar(value)?;
        let flags = MemFlagsData::new();
        self.builder.ins().store(flags, value, address, 0);
        Ok(())
    }

    /// The value of what has no expression in it.
    fn leaf(&mut self, id: ExprId) -> Lowered<Option<Value>> {
        let expr = self.body.get(id);
        Ok(match expr.kind {
            ExprKind::Scalar(value) => self.constant(value, expr.ty),
            ExprKind::Float(bits) => Some(self.builder.ins().f64const(f64::from_bits(bits))),
            ExprKind::Text(index) => {
                let body = self.body;
                Some(self.text(&body.texts[index as usize])?)
            }
            ExprKind::Place => Some(self.place(expr.span)?),
            ExprKind::Local(id) => self.local(id),
            ExprKind::Address(id) | ExprKind::CellOf(id) => self.address(id),
            ExprKind::Code(id) => Some(self.code(id)),
            ExprKind::FunctionValue(id) => Some(self.function_value(id)?),
            _ => None,
        })
    }

    /// A number of a type.
    pub(super) fn constant(&mut self, value: i64, ty: Ty) -> Option<Value> {
        let ty = self.machine_type(ty)?;
        let value = match ty {
            types::I8 => value & 0xff,
            types::I32 => value & 0xffff_ffff,
            _ => value,
        };
        Some(self.builder.ins().iconst(ty, value))
    }

    fn unary(&mut self, id: ExprId) -> Lowered<Option<Value>> {
        let expr = self.body.get(id);
        let (ExprKind::Negate(operand) | ExprKind::Not(operand) | ExprKind::Convert(operand)) =
            expr.kind
        else {
            return Ok(None);
        };
        let from = self.body.ty(operand);
        let Some(value) = self.expr(operand)? else {
            return Ok(None);
        };
        Ok(match (expr.kind, expr.ty) {
            (ExprKind::Negate(_), Ty::F64) => Some(self.builder.ins().fneg(value)),
            (ExprKind::Negate(_), _) => Some(self.builder.ins().ineg(value)),
            (ExprKind::Not(_), _) => {
                let one = self.one_like(value);
                Some(self.builder.ins().bxor(value, one))
            }
            (_, Ty::I64) if self.types.is_managed(from) => {
                // A handle: its object stays for the rest of the program (ARR-2).
                let callee = self.runtime("gc_root_handle")?;
                self.builder.ins().call(callee, &[value]);
                Some(value)
            }
            (_, to) => Some(self.converted(value, from, to)),
        })
    }

    /// An integer of one type in another; other values as they are.
    pub(super) fn converted(&mut self, value: Value, from: Ty, to: Ty) -> Value {
        if !from.is_integer() || !to.is_integer() {
            return value;
        }
        let (Some(old), Some(new)) = (self.machine_type(from), self.machine_type(to)) else {
            return value;
        };
        if new.bits() < old.bits() {
            self.builder.ins().ireduce(new, value)
        } else if new.bits() == old.bits() {
            value
        } else if from == Ty::U8 {
            self.builder.ins().uextend(new, value)
        } else {
            self.builder.ins().sextend(new, value)
        }
    }

    fn call(&mut self, id: FunctionId, args: List) -> Lowered<Option<Value>> {
        let declared = self.unit.functions[id as usize];
        let mut values = Vec::with_capacity(args.len as usize + 1);
        values.extend(self.context.filter(|_| declared.context));
        self.add_values(args, &mut values)?;
        let callee = self.callee(declared.id);
        let call = self.builder.ins().call(callee, &values);
        self.safepoint(call, declared.context);
        let result = self.builder.inst_results(call).first().copied();
        if self.unit.program.functions[id as usize].result == Ty::NEVER {
            self.never();
        }
        Ok(result)
    }

    /// The values of arguments.
    pub(super) fn add_values(&mut self, args: List, values: &mut Vec<Value>) -> Lowered<()> {
        for arg in self.body.list(args) {
            values.extend(self.expr(*arg)?);
        }
        Ok(())
    }

    pub(super) fn values(&mut self, args: List) -> Lowered<Vec<Value>> {
        let mut values = Vec::with_capacity(args.len as usize);
        self.add_values(args, &mut values)?;
        Ok(values)
    }

    fn chain_value(&mut self, first: ExprId, steps: Steps) -> Lowered<Option<Value>> {
        let steps = self.body.steps(steps);
        self.chain(first, steps, false).map(Some)
    }

    /// The address of a function's code, as C knows it.
    fn code(&mut self, id: FunctionId) -> Value {
        let declared = self.unit.functions[id as usize];
        let callee = self.callee(declared.outside.unwrap_or(declared.id));
        self.builder.ins().func_addr(types::I64, callee)
    }
}
