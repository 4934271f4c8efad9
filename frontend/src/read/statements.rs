//! Blocks and statements.

use beskid_syntax::views::{Assign, For, If, Local, Postfix, While};
use beskid_syntax::{Node, NodeKind, TokenKind};

use super::{Reader, name};
use crate::ast::{AssignOp, Block, Expr, ExprKind, Statement};
use crate::codes;
use crate::diagnostic::SourceDiagnostic;

impl Reader<'_> {
    pub(super) fn block<'t>(&mut self, node: Node<'t>) -> Block<'t> {
        let statements = node.children();
        let statements = statements.map(|statement| {
            let read = self.statement(statement);
            read.unwrap_or(Statement::Broken)
        });
        Block {
            statements: statements.collect(),
            span: node.span(),
        }
    }

    /// `None` for what is broken or not known, which was reported.
    fn statement<'t>(&mut self, node: Node<'t>) -> Option<Statement<'t>> {
        Some(match node.kind() {
            NodeKind::Local => self.local(node)?,
            NodeKind::ExpressionStatement => self.expression_statement(node.children().next()?)?,
            NodeKind::If => self.if_statement(node)?,
            NodeKind::While => {
                let view = While::cast(node)?;
                Statement::While {
                    condition: self.expression(view.condition()?),
                    body: self.block(view.body()?),
                }
            }
            NodeKind::For => self.for_statement(node)?,
            NodeKind::Return => Statement::Return {
                value: node.children().next().map(|value| self.expression(value)),
                span: node.first_token().span(),
            },
            NodeKind::Break => Statement::Break(node.first_token().span()),
            NodeKind::Continue => Statement::Continue(node.first_token().span()),
            NodeKind::Block => Statement::Block(self.block(node)),
            _ => return None,
        })
    }

    fn local<'t>(&mut self, node: Node<'t>) -> Option<Statement<'t>> {
        let local = Local::cast(node)?;
        Some(Statement::Let {
            ty: local.ty().map(|ty| self.type_name(ty)),
            mutable: local.is_mutable(),
            name: name(local.name()?),
            value: self.expression(local.value()?),
        })
    }

    fn if_statement<'t>(&mut self, node: Node<'t>) -> Option<Statement<'t>> {
        let view = If::cast(node)?;
        let arms = view.arms();
        let arms = arms.map(|(condition, block)| (self.expression(condition), self.block(block)));
        let arms = arms.collect();
        let otherwise = view.otherwise().map(|block| self.block(block));
        Some(Statement::If { arms, otherwise })
    }

    fn for_statement<'t>(&mut self, node: Node<'t>) -> Option<Statement<'t>> {
        let view = For::cast(node)?;
        let iterated = view.iterated()?;
        let span = iterated.span();
        let Some(arguments) = range_arguments(iterated) else {
            self.unsupported("loops over anything but `range(from, to)`", span);
            return None;
        };
        let arguments = arguments.children().collect::<Vec<_>>();
        let [from, to] = arguments.as_slice() else {
            let message = "`range` takes two arguments";
            let diagnostic = SourceDiagnostic::new(codes::WRONG_ARITY, message, span, "");
            self.report(diagnostic.help("write `range(from, to)`; `to` is excluded"));
            return None;
        };
        Some(Statement::For {
            variable: name(view.variable()),
            from: self.expression(*from),
            to: self.expression(*to),
            body: self.block(view.body()?),
        })
    }

    fn expression_statement<'t>(&mut self, node: Node<'t>) -> Option<Statement<'t>> {
        let Some(assign) = Assign::cast(node) else {
            let value = self.expression(node);
            let known = !matches!(value.kind, ExprKind::Broken);
            return known.then_some(Statement::Expr(value));
        };
        let op = match assign.operator()?.kind() {
            TokenKind::PlusEq => AssignOp::Add,
            TokenKind::MinusEq => AssignOp::Sub,
            _ => AssignOp::Set,
        };
        let target = self.expression(assign.target()?);
        let value = self.expression(assign.value()?);
        if target.is_broken() {
            return Some(Statement::Expr(value));
        }
        Some(Statement::Assign { target, op, value })
    }
}

/// Of `range(…)`, the arguments (ITR-1).
fn range_arguments(node: Node<'_>) -> Option<Node<'_>> {
    let call = Postfix::cast(node)?;
    let base = call.base()?;
    let mut suffixes = call.suffixes();
    let arguments = suffixes.next()?;
    let is_range = base.kind() == NodeKind::Name
        && base.text() == "range"
        && arguments.kind() == NodeKind::Arguments
        && suffixes.next().is_none();
    is_range.then_some(arguments)
}

impl Expr<'_> {
    fn is_broken(&self) -> bool {
        match &self.kind {
            ExprKind::Broken => true,
            ExprKind::Field(object, _) => matches!(object.kind, ExprKind::Broken),
            _ => false,
        }
    }
}
