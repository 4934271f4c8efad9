//! Statements and blocks.

use beskid_syntax::views::{self, Local};
use beskid_syntax::{Node, NodeKind, Token};

use super::few::Few;
use super::frame::{FrameKind, LocalInfo, LocalKind, Wanted};
use super::state::Checker;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir::{ExprId, ExprKind, LocalId};
use crate::resolve::broken_local;
use crate::span::Span;
use crate::types::Ty;

impl<'t> Checker<'t> {
    /// A block with a scope of its own; never, if its end is not reached. Where a
    /// value is wanted, it has that of its last expression (EXP-5).
    pub(super) fn block(&mut self, node: Node<'t>, wanted: Option<Ty>) -> ExprId {
        let mark = self.frame().scopes.open();
        let block = self.statements(node, wanted);
        self.frame().scopes.close(mark);
        block
    }

    /// The block of a function, whose parameters are in its scope (NAM-6).
    pub(super) fn body_block(&mut self, node: Node<'t>) -> ExprId {
        self.statements(node, None)
    }

    fn statements(&mut self, node: Node<'t>, wanted: Option<Ty>) -> ExprId {
        self.frame().blocks.push(node);
        let wanted = wanted.filter(|wanted| !matches!(*wanted, Ty::UNIT | Ty::ERROR | Ty::NEVER));
        let nodes = node.children();
        let value = self.sequence(nodes, wanted, node);
        self.frame().blocks.pop();
        if wanted.is_some() && self.is_unread_in(node) {
            // What is not read may be its value.
            let span = self.span(node);
            return self.broken(span);
        }
        value
    }

    /// Statements one after the other.
    pub(super) fn sequence(
        &mut self,
        nodes: impl Iterator<Item = Node<'t>>,
        wanted: Option<Ty>,
        node: Node<'t>,
    ) -> ExprId {
        let span = self.span(node);
        let mut list = Few::new();
        let mut ends = false;
        let mut told = false;
        let mut nodes = nodes.peekable();
        let mut ty = Ty::UNIT;
        while let Some(statement) = nodes.next() {
            // What was not read may be what leads past the end before.
            told |= statement.kind() == NodeKind::Error;
            if ends && !std::mem::replace(&mut told, true) {
                let place = self.span(statement);
                let message = "nothing reaches this";
                self.report(SourceDiagnostic::new(
                    codes::UNREACHABLE,
                    message,
                    place,
                    "",
                ));
            }
            let last = nodes.peek().is_none();
            let value = match wanted
                .filter(|_| last && statement.kind() == NodeKind::ExpressionStatement)
            {
                Some(wanted) => {
                    let inner = statement.children().next();
                    let value = inner.map(|inner| self.expr(inner, Some(wanted)));
                    let value = value.unwrap_or_else(|| self.broken(span));
                    ty = self.type_of(value);
                    value
                }
                None => self.statement(statement),
            };
            if last && wanted.is_some() && statement.kind() == NodeKind::Error {
                ty = Ty::ERROR;
            }
            ends |= self.type_of(value) == Ty::NEVER;
            list.push(value);
        }
        let list = self.frame().body.add_list(&list);
        let ty = if ends { Ty::NEVER } else { ty };
        self.add(ExprKind::Block(list), ty, span)
    }

    fn statement(&mut self, node: Node<'t>) -> ExprId {
        match node.kind() {
            NodeKind::Local => self.local(node),
            NodeKind::Return => self.return_statement(node),
            NodeKind::Break => self.jump(ExprKind::Break, codes::BREAK_OUTSIDE, "break", node),
            NodeKind::Continue => self.jump(
                ExprKind::Continue,
                codes::CONTINUE_OUTSIDE,
                "continue",
                node,
            ),
            NodeKind::If => self.if_statement(node),
            NodeKind::While => self.while_loop(node),
            NodeKind::For => self.for_loop(node),
            NodeKind::Block => self.block(node, None),
            NodeKind::ExpressionStatement => match node.children().next() {
                Some(inner) if inner.kind() == NodeKind::Assign => self.assignment(inner, false),
                Some(inner) if inner.kind() == NodeKind::Match => {
                    self.match_expression(inner, None, false)
                }
                Some(inner) => {
                    let value = self.expr(inner, None);
                    self.check_statement(inner, value);
                    value
                }
                None => {
                    let span = self.span(node);
                    self.broken(span)
                }
            },
            // Sections of tests; and what the parser has reported.
            _ => {
                let span = self.span(node);
                if let Some(name) = broken_local(node) {
                    self.declare_broken(name);
                }
                self.add(ExprKind::Unit, Ty::UNIT, span)
            }
        }
    }

    /// STM-1.
    fn local(&mut self, node: Node<'t>) -> ExprId {
        let span = self.span(node);
        let Some(view) = Local::cast(node) else {
            return self.broken(span);
        };
        let declared = view.ty().map(|ty| (self.ty(ty), ty));
        let declared = declared.map(|(ty, node)| {
            let ty = self.no_unit(ty, node);
            self.no_reference(ty, node)
        });
        let value = match (view.value(), declared) {
            (Some(value), Some(ty)) => self.expect(value, ty, codes::TYPE_MISMATCH),
            (Some(value), None) => self.expr(value, None),
            (None, _) => self.broken(span),
        };
        let Some(name) = view.name() else {
            return value;
        };
        let ty = declared.unwrap_or_else(|| self.frame().body.ty(value));
        let ty = match (ty, declared, view.value()) {
            (Ty::UNIT, None, Some(value)) => {
                let message = "nothing holds a value of type unit";
                let place = self.span(value);
                let diagnostic = SourceDiagnostic::new(codes::UNIT_LOCAL, message, place, "");
                self.report(diagnostic.help("write it as a statement, without a name and `=`"));
                Ty::ERROR
            }
            (Ty::NEVER, None, Some(value)) => {
                let message = format!("the type of `{}` cannot be inferred", name.text());
                let place = self.span(value);
                let diagnostic = SourceDiagnostic::new(codes::CANNOT_INFER, message, place, "");
                self.report(
                    diagnostic.help("this never has a value: write it without `let` and a name"),
                );
                Ty::ERROR
            }
            (ty, ..) => ty,
        };
        let kind = match view.is_mutable() {
            // An assignment to it writes the byte: it is this address for ever.
            _ if ty == Ty::REF_U8 && self.is_borrowed_address(value) => LocalKind::RefParam,
            true => LocalKind::Mutable,
            false => LocalKind::Immutable,
        };
        let local = self.declare(name, ty, kind);
        let never = self.frame().body.ty(value) == Ty::NEVER;
        let ty = if never { Ty::NEVER } else { Ty::UNIT };
        self.add(ExprKind::SetLocal(local, value), ty, span)
    }

    /// NAM-8.
    pub(super) fn check_reserved(&mut self, name: &str, span: Span) {
        if name.starts_with("__") {
            let message = format!("`{name}` begins like the compiler's own names");
            let diagnostic = SourceDiagnostic::new(codes::RESERVED_NAME, message, span, "");
            self.report(diagnostic.help("leave out one `_`"));
        }
    }

    /// A new local in the innermost scope (NAM-6).
    pub(super) fn declare(&mut self, name: Token<'t>, ty: Ty, kind: LocalKind) -> LocalId {
        let span = self.placed(name.span());
        let text = name.text();
        self.check_reserved(text, span);
        let frame = self.frame();
        let local = frame.local(
            ty,
            LocalInfo {
                name: text,
                span,
                kind,
            },
        );
        let hidden = frame.scopes.bind(text, local);
        match hidden {
            Some((hidden, true)) => {
                let first = frame.infos[hidden as usize].span;
                let message = format!("a second local `{text}`");
                let again = SourceDiagnostic::new(codes::DUPLICATE, message, span, "again here");
                self.report(again.related(first, "first here"));
            }
            Some((hidden, false)) => {
                let first = frame.infos[hidden as usize].span;
                self.shadows(text, "another local", span, Some(first));
            }
            None => self.warn_of_hidden(text, span),
        }
        local
    }

    /// A local of whose declaration something was reported.
    fn declare_broken(&mut self, name: Token<'t>) {
        let info = LocalInfo {
            name: name.text(),
            span: self.placed(name.span()),
            kind: LocalKind::Mutable,
        };
        let frame = self.frame();
        let local = frame.local(Ty::ERROR, info);
        frame.scopes.bind(name.text(), local);
    }

    /// Warns if a local or a parameter has the name of a local around the lambda, or of a
    /// function that is declared or imported here (NAM-6).
    pub(super) fn warn_of_hidden(&mut self, name: &str, span: Span) {
        if let Some(first) = self.outer_local(name) {
            self.shadows(name, "another local", span, Some(first));
        } else if let Some(item) = self.names.named_value(self.at.module, name) {
            let item = self.names.item(item);
            let (what, first) = (format!("a {}", item.kind.noun()), item.span);
            self.shadows(name, &what, span, Some(first));
        }
    }

    /// Where a local of a function around the lambda is declared.
    fn outer_local(&self, name: &str) -> Option<Span> {
        let (_, outer) = self.frames.split_last()?;
        outer.iter().rev().find_map(|frame| {
            let local = frame.scopes.find(name)?;
            Some(frame.infos[local as usize].span)
        })
    }

    fn shadows(&mut self, name: &str, what: &str, span: Span, first: Option<Span>) {
        let message = format!("`{name}` hides {what}");
        let mut warning = SourceDiagnostic::new(codes::SHADOWING, message, span, "");
        if let Some(first) = first {
            warning = warning.related(first, "declared here");
        }
        self.report(warning);
    }

    /// Whether a block around declares a local of this name further down.
    pub(super) fn is_declared_later(&self, name: &str) -> bool {
        let blocks = self.frames.iter().flat_map(|frame| &frame.blocks);
        let mut statements = blocks.flat_map(|block| block.children());
        statements.any(|statement| {
            let local = Local::cast(statement).and_then(|local| local.name());
            local.is_some_and(|local| local.text() == name)
        })
    }

    /// STM-6.
    fn return_statement(&mut self, node: Node<'t>) -> ExprId {
        let span = self.span(node);
        let value = node.children().next();
        let wanted = self.frame().result;
        let value = match (value, wanted) {
            (value, Wanted::Open(_)) if self.frame().sought.is_some() => self.sought_value(value),
            (Some(value), Wanted::Known(ty)) if ty != Ty::UNIT => {
                let value = self.expect(value, ty, codes::BAD_RESULT);
                Some(value)
            }
            (Some(value), Wanted::Known(_)) => {
                let place = self.span(value);
                let value = self.expr(value, Some(Ty::UNIT));
                let value = self.coerce(value, Ty::UNIT, place, codes::BAD_RESULT);
                Some(value)
            }
            (Some(value), Wanted::Open(None)) => {
                // A `?` before it looks for the result that it came from.
                let hint = self.frame().tries.first().map(|pending| pending.ty);
                let value = self.expr(value, hint);
                let ty = self.type_of(value);
                // What never has a value says nothing of the others.
                if ty != Ty::NEVER {
                    self.frame().result = Wanted::Open(Some(ty));
                }
                Some(value)
            }
            (Some(value), Wanted::Open(Some(ty))) => {
                Some(self.expect(value, ty, codes::BAD_RESULT))
            }
            (
                None,
                Wanted::Known(Ty::UNIT | Ty::ERROR) | Wanted::Open(Some(Ty::UNIT | Ty::ERROR)),
            ) => None,
            (None, Wanted::Open(None)) => {
                self.frame().result = Wanted::Open(Some(Ty::UNIT));
                None
            }
            (None, Wanted::Known(ty) | Wanted::Open(Some(ty))) => {
                let message = format!("expected {}, found nothing", self.name(ty));
                self.report(SourceDiagnostic::new(codes::BAD_RESULT, message, span, ""));
                None
            }
        };
        self.add(ExprKind::Return(value), Ty::NEVER, span)
    }

    fn jump(
        &mut self,
        kind: ExprKind,
        code: beskid_plugin_api::codes::Code,
        word: &str,
        node: Node<'t>,
    ) -> ExprId {
        let span = self.span(node);
        let leaves = matches!(kind, ExprKind::Break);
        match self.frame().loops.last_mut() {
            Some(innermost) => innermost.broken |= leaves,
            None => {
                let body = self.frame().blocks.first().copied();
                // The loop may not have been read.
                if !body.is_some_and(|body| self.is_unread_in(body)) {
                    let message = format!("`{word}` outside of a loop");
                    self.report(SourceDiagnostic::new(code, message, span, ""));
                }
                return self.add(ExprKind::Unit, Ty::NEVER, span);
            }
        }
        self.add(kind, Ty::NEVER, span)
    }

    fn if_statement(&mut self, node: Node<'t>) -> ExprId {
        let span = self.span(node);
        let Some(view) = views::If::cast(node) else {
            return self.broken(span);
        };
        let mut parts = Few::new();
        let mut never = true;
        for (condition, body) in view.arms() {
            parts.push(self.condition(condition));
            let body = self.block(body, None);
            never &= self.type_of(body) == Ty::NEVER;
            parts.push(body);
        }
        match view.otherwise() {
            Some(otherwise) => {
                let otherwise = self.block(otherwise, None);
                never &= self.type_of(otherwise) == Ty::NEVER;
                parts.push(otherwise);
            }
            None => never = false,
        }
        let list = self.frame().body.add_list(&parts);
        let ty = if never { Ty::NEVER } else { Ty::UNIT };
        self.add(ExprKind::If(list), ty, span)
    }

    /// FUN-3: the end of a body with this type, where a result is wanted.
    pub(super) fn check_end(&mut self, ty: Ty, result: Ty, body: Node<'t>) {
        if matches!(ty, Ty::NEVER | Ty::ERROR) || matches!(result, Ty::UNIT | Ty::ERROR | Ty::NEVER)
        {
            return;
        }
        if self.is_unread_in(body) {
            // What is not read may have returned.
            return;
        }
        let span = self.placed(body.last_token().span());
        let message = format!("this is reached without {}", self.with_article(result));
        let mut diagnostic = SourceDiagnostic::new(codes::BAD_RESULT, message, span, "");
        if self.frame().kind == FrameKind::Function {
            diagnostic.set_help(Some("return a value on every path".to_owned()));
        }
        self.report(diagnostic);
    }
}
