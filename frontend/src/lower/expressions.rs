//! Lowering expressions, operands from left to right.

use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value, types};

use super::foreign::Target;
use super::function::{Lowered, Lowering};
use super::machine::machine_type;
use super::sysv::Crossing;
use crate::ast::BinaryOp;
use crate::hir::{Expr, ExprKind, FunctionId, Step};
use crate::types::Type;

impl Lowering<'_, '_, '_> {
    /// The value of an expression that has one.
    pub(super) fn scalar(&mut self, expr: &Expr) -> Lowered<Value> {
        match self.expr(expr)? {
            Some(value) => Ok(value),
            // Only code after a call that does not return gets here.
            None => Ok(self.builder.ins().iconst(types::I64, 0)),
        }
    }

    /// The value of an expression; `None` for unit. Each kind has a
    /// function of its own, so that nesting costs little stack.
    pub(super) fn expr(&mut self, expr: &Expr) -> Lowered<Option<Value>> {
        match &expr.kind {
            ExprKind::Chain(first, steps) => self.chain(first, steps).map(Some),
            ExprKind::Negate(operand) | ExprKind::Not(operand) | ExprKind::Widen(operand) => {
                let value = self.scalar(operand)?;
                Ok(Some(self.unary(&expr.kind, operand.ty, value)))
            }
            ExprKind::Call(id, args) => self.call(*id, args),
            ExprKind::Foreign(id, args) => self.foreign(*id, args),
            ExprKind::Callback(call) => self.callback(call),
            ExprKind::Builtin(builtin, args) => self.builtin(builtin, args),
            ExprKind::Interpolation(parts) => self.interpolation(parts).map(Some),
            ExprKind::New(id, fields) => self.object(*id, fields).map(Some),
            ExprKind::Field(object, path) => self.field(object, path),
            ExprKind::Load(reference) => self.byte(reference).map(Some),
            _ => self.leaf(expr),
        }
    }

    /// The value of what has no expression in it.
    fn leaf(&mut self, expr: &Expr) -> Lowered<Option<Value>> {
        Ok(match &expr.kind {
            ExprKind::Scalar(value) => self.constant(*value, expr.ty),
            ExprKind::Float(value) => Some(self.builder.ins().f64const(*value)),
            ExprKind::Str(text) => Some(self.text(text)?),
            ExprKind::Local(id) => self.local(*id),
            ExprKind::Address(id) => self.address(*id),
            ExprKind::Code(id) => Some(self.code(*id)),
            _ => None,
        })
    }

    fn constant(&mut self, value: i64, ty: Type) -> Option<Value> {
        let ty = machine_type(ty)?;
        let value = match ty {
            types::I8 => value & 0xff,
            types::I32 => value & 0xffff_ffff,
            _ => value,
        };
        Some(self.builder.ins().iconst(ty, value))
    }

    fn unary(&mut self, kind: &ExprKind, ty: Type, value: Value) -> Value {
        match (kind, ty) {
            (ExprKind::Negate(_), Type::F64) => self.builder.ins().fneg(value),
            (ExprKind::Negate(_), _) => self.builder.ins().ineg(value),
            (ExprKind::Widen(_), _) => self.builder.ins().sextend(types::I64, value),
            _ => {
                let one = self.one_like(value);
                self.builder.ins().bxor(value, one)
            }
        }
    }

    fn call(&mut self, id: FunctionId, args: &[Expr]) -> Lowered<Option<Value>> {
        let program = self.unit.program;
        let function = &program.functions[id];
        let args = self.values(args)?;
        let callee = self.callee(self.unit.functions[id]);
        if function.foreign {
            let signature = function.signature();
            let crossing = Crossing::of(&program.types, &signature);
            let target = Target::Function(callee);
            return self.call_across(&target, &crossing, &signature, &args);
        }
        let call = self.builder.ins().call(callee, &args);
        Ok(self.builder.inst_results(call).first().copied())
    }

    fn code(&mut self, id: FunctionId) -> Value {
        let callee = self.callee(self.unit.functions[id]);
        self.builder.ins().func_addr(types::I64, callee)
    }

    fn byte(&mut self, reference: &Expr) -> Lowered<Value> {
        let address = self.scalar(reference)?;
        let flags = MemFlagsData::new();
        Ok(self.builder.ins().load(types::I8, flags, address, 0))
    }

    pub(super) fn values(&mut self, args: &[Expr]) -> Lowered<Vec<Value>> {
        let mut values = Vec::with_capacity(args.len());
        for arg in args {
            values.extend(self.expr(arg)?);
        }
        Ok(values)
    }

    pub(super) fn chain(&mut self, first: &Expr, mut steps: &[Step]) -> Lowered<Value> {
        let mut divisible = None;
        if let Some((step, rest)) = steps.split_first() {
            divisible = self.divisibility(first, step)?;
            if divisible.is_some() {
                steps = rest;
            }
        }
        let mut left = match divisible {
            Some(divisible) => divisible,
            None => self.scalar(first)?,
        };
        for step in steps {
            left = self.widened(left, step);
            left = match step.op {
                BinaryOp::And | BinaryOp::Or => self.short_circuit(left, step)?,
                _ => {
                    let right = self.scalar(&step.right)?;
                    self.binary(step, left, right)?
                }
            };
        }
        Ok(left)
    }

    /// The left operand of a step, in the type of its operands.
    pub(super) fn widened(&mut self, left: Value, step: &Step) -> Value {
        match step.widen_left {
            true => self.builder.ins().sextend(types::I64, left),
            false => left,
        }
    }

    /// The right side runs only if the left one does not decide.
    fn short_circuit(&mut self, left: Value, step: &Step) -> Lowered<Value> {
        let (right, end) = (self.new_block(), self.new_block());
        let result = self.builder.append_block_param(end, types::I8);
        let decided = [left.into()];
        match step.op {
            BinaryOp::And => self.builder.ins().brif(left, right, &[], end, &decided),
            _ => self.builder.ins().brif(left, end, &decided, right, &[]),
        };
        self.builder.switch_to_block(right);
        let value = self.scalar(&step.right)?;
        self.builder.ins().jump(end, &[value.into()]);
        self.builder.switch_to_block(end);
        Ok(result)
    }

    fn interpolation(&mut self, parts: &[Expr]) -> Lowered<Value> {
        let mut text = None;
        for part in parts {
            let value = self.scalar(part)?;
            let piece = self.text_of(value, part.ty)?;
            text = Some(match text {
                None => piece,
                Some(before) => self.call_runtime("str_concat", &[before, piece])?,
            });
        }
        match text {
            Some(text) => Ok(text),
            None => self.text(""),
        }
    }

    fn text_of(&mut self, value: Value, ty: Type) -> Lowered<Value> {
        let (symbol, value) = match ty {
            Type::I32 => (
                "str_from_i64",
                self.builder.ins().sextend(types::I64, value),
            ),
            Type::U8 => (
                "str_from_i64",
                self.builder.ins().uextend(types::I64, value),
            ),
            Type::Bool => (
                "str_from_bool",
                self.builder.ins().uextend(types::I64, value),
            ),
            Type::Char => (
                "str_from_char",
                self.builder.ins().uextend(types::I64, value),
            ),
            Type::F64 => {
                let flags = MemFlagsData::new();
                (
                    "str_from_f64",
                    self.builder.ins().bitcast(types::I64, flags, value),
                )
            }
            Type::I64 => ("str_from_i64", value),
            _ => return Ok(value),
        };
        self.call_runtime(symbol, &[value])
    }

    /// The number one, of the same type as `value`.
    pub(super) fn one_like(&mut self, value: Value) -> Value {
        let ty = self.builder.func.dfg.value_type(value);
        self.builder.ins().iconst(ty, 1)
    }
}
