//! Defining the program's functions.

use cranelift_codegen::Context;
use cranelift_codegen::ir::{InstBuilder, Signature, UserFuncName};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_module::{FuncId, Module};

use super::descriptors::Shape;
use super::function::{Lowering, NOTHING, UNREACHABLE};
use super::unit::{Declared, Lowered, Made, Unit};
use super::{reachable, roots};
use crate::hir::{Body, ExprKind, FunctionId, LocalId, Role};

/// What functions are built with, one after the other.
struct Bench {
    context: Context,
    frontend: FunctionBuilderContext,
}

impl<'p> Unit<'p> {
    /// Defines every function that is wanted, and those that they need.
    pub(super) fn define(&mut self) -> Lowered<()> {
        let mut bench = Bench {
            context: Context::new(),
            frontend: FunctionBuilderContext::new(),
        };
        let program = self.program;
        for (index, function) in program.functions.iter().enumerate() {
            if !self.wanted[index] {
                continue;
            }
            let declared = self.functions[index];
            self.build(&mut bench, declared.id, &function.body, |lowering| {
                lowering.function(index as FunctionId, declared)
            })?;
            if let Some(outside) = declared.outside {
                let id = index as FunctionId;
                self.build(&mut bench, outside, &NOTHING, |lowering| {
                    lowering.outside(id, function)
                })?;
            }
        }
        while let Some(made) = self.to_make.pop() {
            let id = self.made[&made];
            self.build(&mut bench, id, &NOTHING, |lowering| match made {
                Made::Thunk { function, closure } => lowering.thunk(function, closure),
                Made::Equal(ty) => lowering.equal_function(ty),
                Made::OutOfBounds => lowering.out_of_bounds_function(),
            })?;
        }
        if !self.is_traced() {
            return Ok(());
        }
        let end = self.declare_end()?;
        self.build(&mut bench, end, &NOTHING, |lowering| {
            lowering.params();
            lowering.builder.ins().trap(UNREACHABLE);
            Ok(())
        })?;
        self.define_trace(end)
    }

    fn build(
        &mut self,
        bench: &mut Bench,
        id: FuncId,
        body: &'p Body,
        fill: impl FnOnce(&mut Lowering<'_, 'p, '_>) -> Lowered<()>,
    ) -> Lowered<()> {
        self.trace.built.push(id);
        let context = &mut bench.context;
        self.module.clear_context(context);
        let declaration = self.module.declarations().get_function_decl(id);
        context.func.signature = declaration.signature.clone();
        context.func.name = UserFuncName::user(0, id.as_u32());
        let builder = FunctionBuilder::new(&mut context.func, &mut bench.frontend);
        let mut lowering = Lowering::new(self, body, builder);
        fill(&mut lowering)?;
        let Lowering {
            mut builder,
            roots,
            context: gc,
            ..
        } = lowering;
        builder.seal_all_blocks();
        builder.finalize(self.module.target_config());
        reachable::keep(&mut context.func);
        let moved = roots::Moved::find(&mut context.func);
        if let Some(gc) = gc {
            roots::add(&mut context.func, gc, roots, &moved);
        }
        self.module.define_function(id, context)
    }

    /// The signature of what the program calls.
    pub(super) fn signature(&self, id: FunctionId, context: bool) -> Signature {
        let function = &self.program.functions[id as usize];
        let mut of = function.signature();
        let Role::Lambda { captures } = &function.role else {
            return self.machine_signature(&of, context, false);
        };
        if !self.plans.direct.contains(&id) {
            return self.machine_signature(&of, context, true);
        }
        let params = captures.iter().map(|id| function.locals[*id as usize].ty);
        of.params = params.chain(of.params.iter().copied()).collect();
        self.machine_signature(&of, context, false)
    }
}

impl Lowering<'_, '_, '_> {
    /// The body of a function.
    fn function(&mut self, id: FunctionId, declared: Declared) -> Lowered<()> {
        let function = &self.unit.program.functions[id as usize];
        self.show_function(id, declared.id);
        let mut values = self.params().into_iter();
        if declared.context {
            self.context = values.next();
        }
        self.plan = std::mem::take(&mut self.unit.plans.of[id as usize]).into();
        self.make_places(function)?;
        let direct = self.unit.plans.direct.contains(&id);
        let captures = match &function.role {
            Role::Lambda { captures } => captures.as_slice(),
            Role::Plain | Role::Foreign => &[],
        };
        let (captures, params): (&[LocalId], &[LocalId]) = match direct {
            true => (&[], captures),
            false => (captures, &[]),
        };
        let is_closure = !direct && matches!(function.role, Role::Lambda { .. });
        if is_closure && let Some(closure) = values.next() {
            self.manage(closure);
            let layout = self.unit.layout(Shape::Closure(id));
            for (id, offset) in captures.iter().zip(&layout.offsets) {
                let ty = function.locals[*id as usize].ty;
                if let Some(machine) = self.machine_type(ty) {
                    let value = self.load(machine, closure, *offset as i32);
                    if self.types.is_managed(ty) {
                        self.manage(value);
                    }
                    self.set_local(*id, value)?;
                }
            }
        }
        for id in params.iter().chain(&function.params) {
            let ty = function.locals[*id as usize].ty;
            if self.machine_type(ty).is_none() {
                continue;
            }
            if let Some(value) = values.next() {
                if self.types.is_managed(ty) {
                    self.manage(value);
                }
                self.set_local(*id, value)?;
            }
        }
        let value = match function.body.get(function.root).kind {
            // Its locals are in the scope of the function itself.
            ExprKind::Block(list) => self.sequence(list)?,
            _ => self.expr(function.root)?,
        };
        self.leave_function(function.root);
        match self.machine_type(function.result) {
            None => {
                self.builder.ins().return_(&[]);
            }
            Some(ty) => match value {
                Some(value) if self.builder.func.dfg.value_type(value) == ty => {
                    self.builder.ins().return_(&[value]);
                }
                // The checker has shown that nothing gets here.
                _ => {
                    self.builder.ins().trap(UNREACHABLE);
                }
            },
        }
        Ok(())
    }
}
