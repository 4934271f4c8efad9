//! Where the instructions come from.

use beskid_plugin_api::artifact::debug::{FunctionScope, MAX_SCOPE_DEPTH, Position, Scope};
use cranelift_codegen::ir::{InstBuilder, SourceLoc, StackSlotData, StackSlotKind, types};
use cranelift_module::FuncId;

use super::shown::Shown;
use crate::hir::{ExprId, ExprKind, Function, FunctionId, Role};
use crate::lower::function::Lowering;
use crate::span::Span;

impl Lowering<'_, '_, '_> {
    /// Begins a function of the program, which is this one of the module.
    pub(in crate::lower) fn show_function(&mut self, id: FunctionId, declared: FuncId) {
        let function = &self.unit.program.functions[id as usize];
        let name = match function.role {
            // No item of the source, so that no path leads to it.
            Role::Lambda { .. } => function.name.clone(),
            Role::Plain | Role::Foreign => function.name.replace('.', "::"),
        };
        self.show_function_as(name, function, declared);
    }

    /// Begins what C calls in place of a function: all of it is where that is declared,
    /// so that a debugger steps from C into the program.
    pub(in crate::lower) fn show_outside(&mut self, function: &Function, declared: FuncId) {
        if let (Role::Foreign, Some(symbol)) = (&function.role, &function.symbol) {
            self.show_function_as(symbol.clone(), function, declared);
        }
    }

    fn show_function_as(&mut self, name: String, function: &Function, declared: FuncId) {
        let program = self.unit.program;
        let Some(tables) = &mut self.unit.debug else {
            return;
        };
        let Some(declared_at) = tables.location(program, function.span) else {
            return;
        };
        let scope = FunctionScope {
            symbol: self.unit.module.function_symbol(declared),
            name,
            declared: declared_at,
            result: tables.ty(&program.types, function.result),
        };
        let scope = tables.info.scope(Scope::Function(Box::new(scope)));
        self.shown = Some(Box::new(Shown::new(scope)));
        // Cranelift keeps distances to the first position that it sees, of which one
        // means "none".
        let least = SourceLoc::new(0);
        self.builder.func.params.ensure_base_srcloc(least);
        self.set_place(function.span);
    }

    /// Opens a scope, unless too many are open.
    pub(super) fn open_scope(&mut self) {
        let (Some(shown), Some(tables)) = (&mut self.shown, &mut self.unit.debug) else {
            return;
        };
        if shown.scopes.len() < MAX_SCOPE_DEPTH {
            let parent = shown.scope();
            let scope = tables.info.scope(Scope::Block { parent });
            shown.scopes.push(scope);
        }
    }

    /// How many scopes are open.
    pub(in crate::lower) fn open_scopes(&self) -> usize {
        self.shown.as_ref().map_or(0, |shown| shown.scopes.len())
    }

    /// Closes those that were opened since there were so many.
    pub(in crate::lower) fn close_scopes(&mut self, before: usize) {
        if let Some(shown) = &mut self.shown {
            shown.scopes.truncate(before);
        }
    }

    /// The position that instructions have here.
    pub(in crate::lower) fn here(&self) -> Option<u32> {
        self.shown.as_ref().map(|shown| shown.here)
    }

    /// What comes now is where an expression is. Blocks are nowhere by themselves.
    pub(in crate::lower) fn go_to(&mut self, id: ExprId) {
        if self.shown.is_some() {
            let expr = self.body.get(id);
            if !matches!(expr.kind, ExprKind::Block(_) | ExprKind::Unit) {
                self.set_place(expr.span);
            }
        }
    }

    /// What comes now is where something was before.
    pub(in crate::lower) fn go_back(&mut self, before: Option<u32>) {
        if let (Some(shown), Some(before)) = (&mut self.shown, before)
            && shown.here != before
        {
            shown.here = before;
            self.builder.set_srcloc(SourceLoc::new(before));
        }
    }

    /// What comes now is behind a statement. Where several ways meet that is its end, so
    /// that none of them seems to lead through another one.
    pub(in crate::lower) fn go_behind(&mut self, id: ExprId) {
        if self.shown.is_some()
            && matches!(
                self.body.get(id).kind,
                ExprKind::If(_) | ExprKind::Match(..)
            )
        {
            self.go_to_end(id);
        }
    }

    /// What comes now is at the end of a function's body, if that is a block.
    pub(in crate::lower) fn leave_function(&mut self, root: ExprId) {
        if matches!(self.body.get(root).kind, ExprKind::Block(_)) {
            self.go_to_end(root);
        }
    }

    /// What comes now is at the last byte of an expression: its brace.
    fn go_to_end(&mut self, id: ExprId) {
        let span = self.body.get(id).span;
        if span.start < span.end {
            self.set_place(Span::new(span.end - 1, span.end));
        }
    }

    /// Has an instruction where the source has a jump: backends leave jumps out, and a
    /// debugger that is to stop there would stop somewhere else.
    pub(in crate::lower) fn stop_at_jump(&mut self) {
        let Some(shown) = &mut self.shown else {
            return;
        };
        let slot = *shown.jumps.get_or_insert_with(|| {
            let data = StackSlotData::new(StackSlotKind::ExplicitSlot, 1, 0);
            self.builder.create_sized_stack_slot(data)
        });
        let zero = self.builder.ins().iconst(types::I8, 0);
        self.builder.ins().stack_store(types::I64, zero, slot, 0);
    }

    /// What comes now is where a span begins.
    pub(in crate::lower) fn set_place(&mut self, span: Span) {
        let (Some(shown), Some(tables)) = (&mut self.shown, &mut self.unit.debug) else {
            return;
        };
        let scope = shown.scope();
        let position = match shown.positions.get(&(span.start, scope)) {
            Some(known) => *known,
            None => {
                let Some(at) = tables.location(self.unit.program, span) else {
                    return;
                };
                let position = tables.info.position(Position { at, scope });
                shown.positions.insert((span.start, scope), position);
                position
            }
        };
        self.go_back(Some(position));
    }
}
