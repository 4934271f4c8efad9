//! Checking statements, and whether control falls through them.

use super::Checker;
use crate::ast::{self, ExprKind};
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir::{Expr, Statement};
use crate::span::Span;
use crate::types::Type;

/// A checked block.
pub(super) struct Flow {
    pub(super) statements: Vec<Statement>,
    /// Whether control may reach the end.
    pub(super) falls_through: bool,
    /// Whether a `break` leaves the loop around the block.
    breaks: bool,
}

impl<'s> Checker<'_, 's> {
    pub(super) fn block(&mut self, block: &ast::Block<'s>) -> Flow {
        self.scopes.enter();
        let mut flow = Flow {
            statements: Vec::with_capacity(block.statements.len()),
            falls_through: true,
            breaks: false,
        };
        for statement in &block.statements {
            if let Some(statement) = self.statement(statement, &mut flow) {
                flow.statements.push(statement);
            }
        }
        self.scopes.leave();
        flow
    }

    fn inner(&mut self, block: &ast::Block<'s>, flow: &mut Flow) -> (Vec<Statement>, bool) {
        let inner = self.block(block);
        flow.breaks |= inner.breaks && flow.falls_through;
        (inner.statements, inner.falls_through)
    }

    fn statement(&mut self, statement: &ast::Statement<'s>, flow: &mut Flow) -> Option<Statement> {
        match statement {
            ast::Statement::Let {
                ty,
                mutable,
                name,
                value,
            } => Some(self.local(ty.as_ref(), *mutable, name, value)),
            ast::Statement::Assign { target, op, value } => self.assignment(target, *op, value),
            ast::Statement::If { arms, otherwise } => {
                let mut falls = otherwise.is_none();
                let mut checked = Vec::with_capacity(arms.len());
                for (condition, body) in arms {
                    let condition = self.condition(condition);
                    let (body, through) = self.inner(body, flow);
                    falls |= through;
                    checked.push((condition, body));
                }
                let otherwise = otherwise.as_ref().map(|body| {
                    let (body, through) = self.inner(body, flow);
                    falls |= through;
                    body
                });
                flow.falls_through &= falls;
                Some(Statement::If {
                    arms: checked,
                    otherwise: otherwise.unwrap_or_default(),
                })
            }
            ast::Statement::While { condition, body } => {
                let endless = matches!(condition.kind, ExprKind::Bool(true));
                let condition = self.condition(condition);
                let body = self.loop_body(body);
                flow.falls_through &= !endless || body.breaks;
                Some(Statement::While {
                    condition,
                    body: body.statements,
                })
            }
            ast::Statement::For {
                variable,
                from,
                to,
                body,
            } => Some(self.for_loop(variable, from, to, body)),
            ast::Statement::Return { value, span } => {
                let value = self.returned(value.as_ref(), *span);
                flow.falls_through = false;
                Some(Statement::Return(value))
            }
            ast::Statement::Break(span) => {
                self.require_loop("break", *span);
                flow.breaks |= flow.falls_through;
                flow.falls_through = false;
                Some(Statement::Break)
            }
            ast::Statement::Continue(span) => {
                self.require_loop("continue", *span);
                flow.falls_through = false;
                Some(Statement::Continue)
            }
            ast::Statement::Expr(expr) => {
                let expr = self.expr(expr, None);
                flow.falls_through &= expr.ty != Type::Never;
                Some(Statement::Expr(expr))
            }
            ast::Statement::Broken => {
                // It may have been a `return`.
                flow.falls_through = false;
                None
            }
            ast::Statement::Block(block) => {
                let (statements, through) = self.inner(block, flow);
                flow.falls_through &= through;
                Some(Statement::Block(statements))
            }
        }
    }

    fn local(
        &mut self,
        ty: Option<&ast::TypeName<'s>>,
        mutable: bool,
        name: &ast::Name<'s>,
        value: &ast::Expr<'s>,
    ) -> Statement {
        let span = value.span;
        let value = match ty {
            Some(ty) => {
                let wanted = super::types::resolve(&self.program.types, ty, self.diagnostics);
                self.expect(value, wanted)
            }
            None => self.expr(value, None),
        };
        if matches!(value.ty, Type::Unit | Type::Never) {
            self.unit_local(span);
        }
        let id = self.declare(name, value.ty, mutable);
        Statement::Set(id, value)
    }

    fn for_loop(
        &mut self,
        variable: &ast::Name<'s>,
        from: &ast::Expr<'s>,
        to: &ast::Expr<'s>,
        body: &ast::Block<'s>,
    ) -> Statement {
        let (from_span, to_span) = (from.span, to.span);
        // A literal takes the other bound's type.
        let (from, to) = if Self::is_literal(from) {
            let to = self.value(to, None);
            let hint = Some(to.ty).filter(|ty| ty.is_integer());
            (self.value(from, hint), to)
        } else {
            let from = self.value(from, None);
            let to = self.value(to, Some(from.ty));
            (from, to)
        };
        let ty = match (from.ty, to.ty) {
            (Type::Error, _) | (_, Type::Error) => Type::Error,
            (Type::I64, _) | (_, Type::I64) => Type::I64,
            (Type::U8, Type::U8) => Type::U8,
            _ => Type::I32,
        };
        let from = self.coerce(from, ty, from_span);
        let to = self.coerce(to, ty, to_span);
        self.scopes.enter();
        let id = self.declare(variable, ty, false);
        let body = self.loop_body(body);
        self.scopes.leave();
        Statement::For {
            variable: id,
            from,
            to,
            body: body.statements,
        }
    }

    fn loop_body(&mut self, body: &ast::Block<'s>) -> Flow {
        self.loops += 1;
        let flow = self.block(body);
        self.loops -= 1;
        flow
    }

    fn require_loop(&mut self, word: &str, span: Span) {
        if self.loops == 0 {
            let message = format!("`{word}` outside a loop");
            self.report(SourceDiagnostic::new(
                codes::OUTSIDE_LOOP,
                message,
                span,
                "",
            ));
        }
    }

    fn condition(&mut self, condition: &ast::Expr<'s>) -> Expr {
        self.expect(condition, Type::Bool)
    }

    fn returned(&mut self, value: Option<&ast::Expr<'s>>, span: Span) -> Option<Expr> {
        let Some(value) = value else {
            if !matches!(self.result, Type::Unit | Type::Error) {
                let message = format!("a {} must be returned", self.name(self.result));
                self.report(SourceDiagnostic::new(
                    codes::TYPE_MISMATCH,
                    message,
                    span,
                    "nothing here",
                ));
            }
            return None;
        };
        Some(self.expect(value, self.result))
    }
}
