//! Loops.

use beskid_syntax::views::{self, Postfix};
use beskid_syntax::{Node, NodeKind, TokenKind};

use super::callable::CallableId;
use super::frame::{LocalKind, Loop};
use super::state::Checker;
use super::turn::Turn;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir::{Arm, ExprId, ExprKind, Pattern};
use crate::span::Span;
use crate::types::{Kind, Ty};

/// What gives a loop its next element.
#[derive(Clone, Copy)]
enum Next {
    Method(CallableId),
    /// The method of this number of a contract, and what it returns.
    Contract(u32, Ty),
}

impl<'t> Checker<'t> {
    pub(super) fn while_loop(&mut self, node: Node<'t>) -> ExprId {
        let span = self.span(node);
        let Some(view) = views::While::cast(node) else {
            return self.broken(span);
        };
        let condition = view.condition();
        let mut inner = condition;
        while let Some(paren) = inner.filter(|inner| inner.kind() == NodeKind::Paren) {
            inner = paren.children().next();
        }
        let endless = inner.is_some_and(|inner| {
            inner.kind() == NodeKind::Literal && inner.first_token().kind() == TokenKind::True
        });
        let condition = condition.map(|condition| self.condition(condition));
        let condition = condition.unwrap_or_else(|| self.broken(span));
        let (body, broken) = self.loop_body(view.body(), span);
        let ty = if endless && !broken {
            Ty::NEVER
        } else {
            Ty::UNIT
        };
        self.add(ExprKind::While { condition, body }, ty, span)
    }

    /// The body of a loop, and whether a `break` leaves it.
    fn loop_body(&mut self, body: Option<Node<'t>>, span: Span) -> (ExprId, bool) {
        self.frame().loops.push(Loop::default());
        let body = body.map(|body| self.block(body, None));
        let body = body.unwrap_or_else(|| self.broken(span));
        let broken = self.frame().loops.pop().is_some_and(|known| known.broken);
        (body, broken)
    }

    pub(super) fn for_loop(&mut self, node: Node<'t>) -> ExprId {
        let span = self.span(node);
        let Some(view) = views::For::cast(node) else {
            return self.broken(span);
        };
        let Some(iterated) = view.iterated() else {
            return self.broken(span);
        };
        match self.range(iterated) {
            Some(Some((from, to))) => return self.count(view, from, to, span),
            Some(None) => return self.unknown_loop(view, span),
            None => {}
        }
        let value = self.expr(iterated, None);
        let ty = self.type_of(value);
        let place = self.span(iterated);
        match self.types.kind(ty) {
            Kind::Array(of) => {
                let mark = self.frame().scopes.open();
                let local = self.declare(view.variable(), of, LocalKind::Bound);
                let (body, _) = self.loop_body(view.body(), span);
                self.frame().scopes.close(mark);
                let array = value;
                self.add(ExprKind::Each { local, array, body }, Ty::UNIT, span)
            }
            Kind::Error | Kind::Never | Kind::Param(_) => self.unknown_loop(view, span),
            // What was not read may be what it is over.
            _ if self.is_unread_in(iterated) => self.unknown_loop(view, span),
            _ => match self.next_method(ty, place) {
                Some(next) => self.iterate(view, value, ty, next, span),
                None => self.unknown_loop(view, span),
            },
        }
    }

    /// A loop over what was reported.
    fn unknown_loop(&mut self, view: views::For<'t>, span: Span) -> ExprId {
        let mark = self.frame().scopes.open();
        self.declare(view.variable(), Ty::ERROR, LocalKind::Bound);
        self.loop_body(view.body(), span);
        self.frame().scopes.close(mark);
        self.add(ExprKind::Unit, Ty::UNIT, span)
    }

    /// The arguments of `range(a, b)`, which is known in this place only, unless a
    /// program declares the name. `Some(None)` if there are more or fewer.
    fn range(&mut self, node: Node<'t>) -> Option<Option<(Node<'t>, Node<'t>)>> {
        let postfix = Postfix::cast(node)?;
        let base = postfix.base()?;
        if base.kind() != NodeKind::Name || base.first_token().text() != "range" {
            return None;
        }
        let mut suffixes = postfix.suffixes();
        let (arguments, more) = (suffixes.next()?, suffixes.next());
        if arguments.kind() != NodeKind::Arguments || more.is_some() {
            return None;
        }
        let mut args = arguments.children();
        match (args.next(), args.next(), args.next()) {
            (Some(from), Some(to), None) => Some(Some((from, to))),
            _ => {
                let declared = self.find_local("range").is_some()
                    || self.names.find_value(self.at.module, "range").is_some();
                if declared {
                    return None;
                }
                self.arity("`range`", 2, arguments.children().count(), arguments);
                if let Some(last) = self.diagnostics.last_mut() {
                    let help = "it counts from the first to before the last: `range(0, n)`";
                    last.set_help(Some(help.to_owned()));
                }
                Some(None)
            }
        }
    }

    /// ITR-1.
    fn count(&mut self, view: views::For<'t>, from: Node<'t>, to: Node<'t>, span: Span) -> ExprId {
        let (ty, values) = self.bounds([from, to]);
        let mark = self.frame().scopes.open();
        let local = self.declare(view.variable(), ty, LocalKind::Bound);
        let (body, _) = self.loop_body(view.body(), span);
        self.frame().scopes.close(mark);
        let [from, to] = values;
        let kind = ExprKind::Count {
            local,
            from,
            to,
            body,
        };
        self.add(kind, Ty::UNIT, span)
    }

    /// The bounds of a range, and their type: the widest of their integers.
    fn bounds(&mut self, nodes: [Node<'t>; 2]) -> (Ty, [ExprId; 2]) {
        let mut common = None::<Ty>;
        let mut values = [None; 2];
        let mut told = false;
        for at in Turn::order(nodes.iter().map(|node| self.turn(*node))) {
            let value = self.expr(nodes[at], common);
            let value = self.read_of(nodes[at], value);
            let ty = self.type_of(value);
            values[at] = Some(value);
            match ty {
                ty if ty.is_integer() => common = Some(self.join(common, ty)),
                Ty::NEVER => {}
                Ty::ERROR => told = true,
                ty if self.is_param(ty) => told = true,
                ty => {
                    told = true;
                    let span = self.span(nodes[at]);
                    let message = format!("a range is of integers, this is {}", self.name(ty));
                    let code = codes::TYPE_MISMATCH;
                    self.report(SourceDiagnostic::new(code, message, span, ""));
                }
            }
        }
        let ty = common.filter(|_| !told).unwrap_or(Ty::ERROR);
        let values = std::array::from_fn(|at| match values[at] {
            Some(value) => self.coerce_of(nodes[at], value, ty, codes::TYPE_MISMATCH),
            None => {
                let span = self.span(nodes[at]);
                self.broken(span)
            }
        });
        (ty, values)
    }

    /// The method `Next` of a type, and the element type (ITR-3).
    fn next_method(&mut self, ty: Ty, span: Span) -> Option<Next> {
        if let Kind::Contract(id) = self.types.kind(ty) {
            let contract = self.types.contract(id).item;
            let asked = self.asked(contract);
            if let Some(next) = asked.find("Next") {
                if next.takes.is_empty() {
                    return Some(Next::Contract(next.number, next.result));
                }
                return self.next_takes(ty, span);
            }
        }
        let owner = self.owner_of(ty);
        let methods = owner.and_then(|owner| self.methods.get(&(owner, "Next")).cloned());
        let Some(methods) = methods else {
            let message = format!("{} has no method `Next`", self.name(ty));
            let diagnostic = SourceDiagnostic::new(codes::NOT_ITERABLE, message, span, "");
            let help = self.iterator_instead(ty).unwrap_or_else(|| {
                "`for` goes over `range(a, b)`, an array, or what has `Option<T> Next()`".to_owned()
            });
            self.report(diagnostic.help(help));
            return None;
        };
        let plain = methods.iter().find(|id| {
            let of = &self.callables[**id as usize];
            of.takes.is_empty() && of.params.len() == of.owners
        });
        match plain {
            Some(plain) => {
                self.check_visible(*plain, span);
                Some(Next::Method(*plain))
            }
            None => self.next_takes(ty, span),
        }
    }

    fn next_takes(&mut self, ty: Ty, span: Span) -> Option<Next> {
        let message = format!("`Next` of {} takes parameters", self.name(ty));
        self.report(SourceDiagnostic::new(codes::NEXT_TAKES, message, span, ""));
        None
    }

    /// Calls `Next` until it returns `None`.
    fn iterate(
        &mut self,
        view: views::For<'t>,
        value: ExprId,
        ty: Ty,
        next: Next,
        span: Span,
    ) -> ExprId {
        let args = self.args_of(ty);
        let option = match next {
            Next::Contract(_, result) => result,
            Next::Method(next) => {
                let params = self.callables[next as usize].params.clone();
                let result = self.callables[next as usize].result;
                self.substituted(result, &params, &args)
            }
        };
        let Some((some, element)) = self.option(option, span) else {
            return self.unknown_loop(view, span);
        };
        let (keep, iterator) = self.kept(value, ty, span);
        let call = match next {
            Next::Contract(number, _) => {
                let list = self.frame().body.add_list(&[]);
                ExprKind::CallContract(iterator, number, list)
            }
            Next::Method(next) => {
                let function = self.instance(next, args, span);
                let list = self.frame().body.add_list(&[iterator]);
                ExprKind::Call(function, list)
            }
        };
        let call = self.add(call, option, span);
        let mark = self.frame().scopes.open();
        let local = self.declare(view.variable(), element, LocalKind::Bound);
        let (body, _) = self.loop_body(view.body(), span);
        self.frame().scopes.close(mark);
        let leave = self.add(ExprKind::Break, Ty::NEVER, span);
        let frame_body = &mut self.frame().body;
        let bind = frame_body.add_pattern(Pattern::Bind(local));
        let payload = frame_body.add_patterns(&[bind]);
        let some = frame_body.add_pattern(Pattern::Variant(some, payload));
        let any = frame_body.add_pattern(Pattern::Any);
        let arms = frame_body.add_arms(&[
            Arm {
                pattern: some,
                guard: None,
                body,
            },
            Arm {
                pattern: any,
                guard: None,
                body: leave,
            },
        ]);
        let turn = self.add(ExprKind::Match(call, arms), Ty::UNIT, span);
        let condition = self.add(ExprKind::Scalar(1), Ty::BOOL, span);
        let body = turn;
        let repeat = self.add(ExprKind::While { condition, body }, Ty::UNIT, span);
        let list = self.frame().body.add_list(&[keep, repeat]);
        self.add(ExprKind::Block(list), Ty::UNIT, span)
    }

    /// The variant `Some` of an `Option`, and the type of what is in it.
    fn option(&mut self, ty: Ty, span: Span) -> Option<(u32, Ty)> {
        self.fill(ty);
        let named = match self.types.kind(ty) {
            Kind::Enum(id) => {
                let of = self.types.enumeration(id);
                (self.names.item(of.item).name == "Option").then_some(of)
            }
            _ => None,
        };
        let Some(of) = named else {
            // What it returns may not be known, or its parts.
            let unread = self
                .item_of(ty)
                .is_some_and(|item| self.is_partly_unread(item));
            if ty == Ty::ERROR || unread {
                return None;
            }
            let message = format!("`Next` returns {}, not an `Option`", self.name(ty));
            self.report(SourceDiagnostic::new(
                codes::NEXT_RETURNS,
                message,
                span,
                "",
            ));
            return None;
        };
        let some = of
            .variant("Some")
            .filter(|some| of.variants[*some].payload.len() == 1);
        let none = of
            .variant("None")
            .filter(|none| of.variants[*none].payload.is_empty());
        if let (Some(some), Some(_), 2) = (some, none, of.variants.len()) {
            return Some((some as u32, of.variants[some].payload[0]));
        }
        let message = "`Option` has not the variants `Some` with one value and `None`";
        self.report(SourceDiagnostic::new(codes::NEXT_OPTION, message, span, ""));
        None
    }
}
