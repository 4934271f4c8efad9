//! Closures: objects of code and captures. Their code takes the context, the
//! closure, then its arguments.

use cranelift_codegen::ir::Signature as MachineSignature;
use std::ops::Range;

use cranelift_codegen::ir::{AbiParam, InstBuilder, Value, types};
use cranelift_module::{FuncId, Linkage, Module};

use super::descriptors::Shape;
use super::function::{Lowering, Place};
use super::objects::Values;
use super::plan::{Parts, Settled};
use super::unit::{Lowered, Made, Unit};
use crate::hir::{ExprId, ExprKind, FunctionId, List, LocalId};
use crate::symbols::private;
use crate::types::{Kind, Signature, Ty, WORD};

/// Byte offset of the address of the code in a closure.
const CODE: u32 = WORD;

impl Unit<'_> {
    /// A signature of the program's own: the context and the closure come first if
    /// they do at all.
    pub(super) fn machine_signature(
        &self,
        of: &Signature,
        context: bool,
        closure: bool,
    ) -> MachineSignature {
        let mut signature = self.module.make_signature();
        let own = usize::from(context) + usize::from(closure);
        signature.params = vec![AbiParam::new(types::I64); own];
        let params = of.params.iter().filter_map(|ty| self.machine_type(*ty));
        signature.params.extend(params.map(AbiParam::new));
        let result = self.machine_type(of.result).map(AbiParam::new);
        signature.returns = result.into_iter().collect();
        signature
    }

    /// A function as closures or contracts call it.
    pub(super) fn thunk(&mut self, function: FunctionId, closure: bool) -> Lowered<FuncId> {
        let made = Made::Thunk { function, closure };
        if let Some(id) = self.made.get(&made) {
            return Ok(*id);
        }
        let of = &self.program.functions[function as usize];
        let mut signature = of.signature();
        if of.placed {
            let params = signature.params.split_last();
            signature.params = params.map_or(&[][..], |(_, params)| params).into();
        }
        let signature = self.machine_signature(&signature, true, closure);
        let kind = if closure { "value" } else { "method" };
        let name = format!("{}${kind}", private(&of.name));
        let linkage = Linkage::Local;
        let id = self.module.declare_function(&name, linkage, &signature)?;
        self.made.insert(made, id);
        self.to_make.push(made);
        Ok(id)
    }
}

impl Lowering<'_, '_, '_> {
    /// The body of a function as closures or contracts call it.
    pub(super) fn thunk(&mut self, function: FunctionId, closure: bool) -> Lowered<()> {
        let declared = self.unit.functions[function as usize];
        let params = self.params();
        let own = 1 + usize::from(closure);
        let context = params.first().filter(|_| declared.context);
        let args = params.iter().skip(own);
        let args = context.into_iter().chain(args).copied();
        let mut args = args.collect::<Vec<_>>();
        args.extend(self.place_of_value(function)?);
        let callee = self.callee(declared.id);
        let call = self.builder.ins().call(callee, &args);
        let results = self.builder.inst_results(call).to_vec();
        self.builder.ins().return_(&results);
        Ok(())
    }

    /// The last argument of a function that takes the place of its call, where it is called
    /// as a value: its own.
    fn place_of_value(&mut self, function: FunctionId) -> Lowered<Option<Value>> {
        let of = &self.unit.program.functions[function as usize];
        match of.placed {
            true => self.place(of.span).map(Some),
            false => Ok(None),
        }
    }

    /// A closure over values.
    pub(super) fn closure(&mut self, function: FunctionId, captures: List) -> Lowered<Value> {
        let declared = self.unit.functions[function as usize];
        let shape = Shape::Closure(function);
        let layout = self.unit.layout(shape);
        let mut parts = Values::with_capacity(captures.len as usize + 1);
        for (expr, offset) in self.body.list(captures).iter().zip(&layout.offsets) {
            if let Some(value) = self.expr(*expr)? {
                parts.push((*offset, value));
            }
        }
        if parts.is_empty() {
            let object = self
                .unit
                .statics
                .closure(&mut self.unit.module, declared.id)?;
            return Ok(self.data_address(object));
        }
        let callee = self.callee(declared.id);
        let code = self.builder.ins().func_addr(types::I64, callee);
        parts.push((CODE, code));
        self.object(shape, &parts)
    }

    /// A function as a closure.
    pub(super) fn function_value(&mut self, function: FunctionId) -> Lowered<Value> {
        let code = self.unit.thunk(function, true)?;
        let object = self.unit.statics.closure(&mut self.unit.module, code)?;
        Ok(self.data_address(object))
    }

    /// Calls a closure.
    pub(super) fn call_closure(&mut self, closure: ExprId, args: List) -> Lowered<Option<Value>> {
        let Kind::Function(signature) = self.types.kind(self.body.ty(closure)) else {
            return Ok(None);
        };
        if let ExprKind::Local(local) = self.body.get(closure).kind
            && let Place::Parts(first, count) = self.places[local as usize]
        {
            return self.call_direct(local, first..first + count, args);
        }
        let known = self.known_code(closure);
        let closure = self.scalar(closure)?;
        let signature = self.types.signature(signature);
        let mut values = Vec::with_capacity(args.len as usize + 2);
        if let Some((function, false)) = known {
            let declared = self.unit.functions[function as usize];
            values.extend(self.context.filter(|_| declared.context));
            self.add_values(args, &mut values)?;
            values.extend(self.place_of_value(function)?);
            let callee = self.callee(declared.id);
            let call = self.builder.ins().call(callee, &values);
            self.safepoint(call, declared.context);
            return self.result_of(call, signature.result);
        }
        values.extend(self.context);
        values.push(closure);
        self.add_values(args, &mut values)?;
        if let Some((function, _)) = known {
            let callee = self.callee(self.unit.functions[function as usize].id);
            let call = self.builder.ins().call(callee, &values);
            self.safepoint(call, true);
            return self.result_of(call, signature.result);
        }
        self.call_object(closure, signature, &values)
    }

    /// Calls a lambda of which there is no closure with its captures.
    fn call_direct(
        &mut self,
        local: LocalId,
        captures: Range<usize>,
        args: List,
    ) -> Lowered<Option<Value>> {
        let Parts::Captures(function) = self.plan.parts[local as usize] else {
            return Ok(None);
        };
        let declared = self.unit.functions[function as usize];
        let mut values = Vec::with_capacity(captures.len() + args.len as usize + 1);
        values.extend(self.context.filter(|_| declared.context));
        for index in captures {
            if let Some(variable) = self.scattered[index] {
                values.push(self.builder.use_var(variable));
            }
        }
        self.add_values(args, &mut values)?;
        let callee = self.callee(declared.id);
        let call = self.builder.ins().call(callee, &values);
        self.safepoint(call, declared.context);
        self.result_of(call, self.unit.program.functions[function as usize].result)
    }

    /// Calls the code of a closure with arguments that have the closure among them.
    pub(super) fn call_object(
        &mut self,
        closure: Value,
        signature: &Signature,
        values: &[Value],
    ) -> Lowered<Option<Value>> {
        let machine = self
            .unit
            .machine_signature(signature, self.context.is_some(), true);
        let machine = self.builder.import_signature(machine);
        let code = self.load(types::I64, closure, CODE as i32);
        let call = self.builder.ins().call_indirect(machine, code, values);
        self.safepoint(call, true);
        self.result_of(call, signature.result)
    }

    /// The result of a call of the program.
    pub(super) fn result_of(
        &mut self,
        call: cranelift_codegen::ir::Inst,
        ty: Ty,
    ) -> Lowered<Option<Value>> {
        let result = self.builder.inst_results(call).first().copied();
        if ty == Ty::NEVER {
            self.never();
        }
        Ok(result)
    }

    /// The function behind a closure, if that is known, and whether it takes the
    /// closure.
    fn known_code(&self, closure: ExprId) -> Option<(FunctionId, bool)> {
        match self.body.get(closure).kind {
            ExprKind::Closure(function, _) => Some((function, true)),
            ExprKind::FunctionValue(function) => Some((function, false)),
            ExprKind::Local(id) => match self.plan.settled.get(id as usize) {
                Some(Settled::By(value)) => match self.body.get(*value).kind {
                    ExprKind::Closure(function, _) => Some((function, true)),
                    ExprKind::FunctionValue(function) => Some((function, false)),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }
}
