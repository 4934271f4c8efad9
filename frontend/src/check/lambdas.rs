//! Lambdas (LAM).

use beskid_syntax::views::{self, LambdaParam};
use beskid_syntax::{Node, NodeKind};

use super::callable::is_borrowed;
use super::few::Few;
use super::frame::{Frame, FrameKind, LocalInfo, LocalKind, Wanted};
use super::places::Places;
use super::state::Checker;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir::{ExprId, ExprKind, Function, LocalId, Role};
use crate::types::{Kind, Ty};

/// What a lambda takes, and the types of that.
pub(super) struct Taken<'t> {
    pub(super) params: Few<LambdaParam<'t>>,
    pub(super) types: Few<Ty>,
}

impl<'t> Checker<'t> {
    pub(super) fn lambda(&mut self, node: Node<'t>, wanted: Option<Ty>) -> ExprId {
        let signature = wanted.and_then(|wanted| match self.types.kind(wanted) {
            Kind::Function(id) => Some(self.types.signature(id).clone()),
            _ => None,
        });
        match signature {
            None if wanted == Some(Ty::ERROR) => {
                let params = views::Lambda::cast(node).map_or(0, |view| view.params().count());
                let params = Few::from_elem(Some(Ty::ERROR), params);
                self.lambda_with(node, Some(&params), Some(Ty::ERROR))
            }
            None => self.lambda_with(node, None, None),
            Some(signature) => {
                let params = signature.params.iter().map(|ty| Some(*ty));
                let params = params.collect::<Few<_>>();
                self.lambda_with(node, Some(&params), Some(signature.result))
            }
        }
    }

    /// A lambda, for which some of its parameters' types and its result may be
    /// known.
    pub(super) fn lambda_with(
        &mut self,
        node: Node<'t>,
        known: Option<&[Option<Ty>]>,
        result: Option<Ty>,
    ) -> ExprId {
        let span = self.span(node);
        let Some(view) = views::Lambda::cast(node) else {
            return self.broken(span);
        };
        let params = view.params().collect::<Few<_>>();
        if let Some(known) = known.filter(|known| known.len() != params.len()) {
            let (wanted, found) = (known.len(), params.len());
            let message = format!(
                "expected a lambda of {wanted} parameter{}, found one of {found}",
                super::meaning::plural(wanted)
            );
            self.report(SourceDiagnostic::new(codes::WRONG_ARITY, message, span, ""));
            return self.broken(span);
        }
        let mut types = Few::new();
        let mut places = Places::default();
        for (index, param) in params.iter().enumerate() {
            let name = param.name();
            let place = self.placed(name.span());
            if let Some(first) = places.insert(name.text(), place) {
                self.duplicate("parameter", name, place, first);
            }
            let known = known.and_then(|known| known[index]);
            types.push(match (param.ty(), known) {
                (Some(ty), known) => {
                    let written = self.ty(ty);
                    let written = self.no_unit(written, ty);
                    let written = self.types.taken(written);
                    if let Some(known) = known.filter(|known| {
                        *known != written && written != Ty::ERROR && *known != Ty::ERROR
                    }) {
                        let place = self.span(ty);
                        self.mismatch(known, written, place, codes::TYPE_MISMATCH);
                        types.push(Ty::ERROR);
                        continue;
                    }
                    written
                }
                (None, Some(known)) if matches!(self.types.kind(known), Kind::Out(_)) => {
                    let message = "a lambda has no `out` parameter";
                    let diagnostic = SourceDiagnostic::new(codes::BAD_REF, message, place, "");
                    self.report(diagnostic.help("write a function"));
                    Ty::ERROR
                }
                (None, Some(known)) => known,
                (None, None) => {
                    let message = format!("the type of `{}` cannot be inferred", name.text());
                    let diagnostic = SourceDiagnostic::new(codes::CANNOT_INFER, message, place, "");
                    let help = format!("write it: `(i32 {}) => …`", name.text());
                    self.report(diagnostic.help(help));
                    Ty::ERROR
                }
            });
        }
        let taken = Taken { params, types };
        let result = result.or_else(|| self.returned(node, view.body(), &taken));
        let function = match self.open {
            true => self.function_count,
            false => self.new_function(),
        };
        let mut frame = self.lambda_frame(&taken);
        frame.result = result.map_or(Wanted::Open(None), Wanted::Known);
        let ids = 0..frame.params as LocalId;
        self.frames.push(frame);
        let Taken { params, types } = taken;
        for param in &params {
            let name = param.name();
            let span = self.placed(name.span());
            self.check_reserved(name.text(), span);
            self.warn_of_hidden(name.text(), span);
        }
        let root = view.body().map(|body| self.lambda_body(body));
        if let Wanted::Open(result) = self.frame().result {
            self.settle_tries(result.unwrap_or(Ty::UNIT));
        }
        let Some(mut frame) = self.frames.pop() else {
            return self.broken(span);
        };
        let result = match frame.result {
            Wanted::Known(ty) => ty,
            Wanted::Open(ty) => ty.unwrap_or(Ty::UNIT),
        };
        let root = root.unwrap_or_else(|| frame.body.add(ExprKind::Unit, Ty::ERROR, span));
        let captures = frame.captures.clone();
        let kept = self.close_frame(frame);
        if let Some(kept) = kept {
            self.functions[function as usize] = Function {
                name: format!("lambda.{function}"),
                symbol: None,
                role: Role::Lambda {
                    captures: captures.iter().map(|(_, inner)| *inner).collect(),
                },
                span,
                is_item: false,
                params: ids.collect(),
                placed: false,
                result,
                locals: kept.locals,
                named: kept.named,
                body: kept.body,
                root,
            };
        }
        let mut values = Few::new();
        for (outer, _) in captures {
            let ty = self.frame().locals[outer as usize].ty;
            values.push(self.add(ExprKind::Local(outer), ty, span));
        }
        if types.contains(&Ty::ERROR) {
            return self.broken(span);
        }
        let list = self.frame().body.add_list(&values);
        let ty = self.types.function(&types, result);
        self.add(ExprKind::Closure(function, list), ty, span)
    }

    /// The frame of a lambda, with its parameters.
    pub(super) fn lambda_frame(&mut self, taken: &Taken<'t>) -> Box<Frame<'t>> {
        let mut frame = self.open_frame(FrameKind::Lambda, Wanted::Open(None));
        for (param, ty) in taken.params.iter().zip(&taken.types) {
            let name = param.name();
            let is_cell = matches!(self.types.kind(*ty), Kind::Cell(_));
            let info = LocalInfo {
                name: name.text(),
                span: self.placed(name.span()),
                kind: match is_cell || is_borrowed(param.ty(), *ty) {
                    true => LocalKind::RefParam,
                    false => LocalKind::Param,
                },
            };
            let local = frame.local(*ty, info);
            frame.scopes.bind(name.text(), local);
        }
        frame.params = frame.locals.len();
        frame
    }

    /// LAM-3.
    fn lambda_body(&mut self, body: Node<'t>) -> ExprId {
        let span = self.span(body);
        if body.kind() == NodeKind::Block {
            let block = self.body_block(body);
            let ty = self.type_of(block);
            let wanted = self.frame().result;
            match wanted {
                Wanted::Open(None) => {
                    let result = if ty == Ty::NEVER { Ty::NEVER } else { Ty::UNIT };
                    self.frame().result = Wanted::Open(Some(result));
                }
                Wanted::Known(result) | Wanted::Open(Some(result)) => {
                    self.check_end(ty, result, body);
                }
            }
            return block;
        }
        let wanted = self.frame().result;
        match wanted {
            Wanted::Known(Ty::UNIT) => {
                let value = self.expr(body, None);
                let list = self.frame().body.add_list(&[value]);
                let ty = self.type_of(value);
                let ty = if ty == Ty::NEVER { Ty::NEVER } else { Ty::UNIT };
                self.add(ExprKind::Block(list), ty, span)
            }
            Wanted::Known(result) => {
                let value = self.expect(body, result, codes::BAD_RESULT);
                self.add(ExprKind::Return(Some(value)), Ty::NEVER, span)
            }
            Wanted::Open(_) => {
                let value = self.expr(body, None);
                let ty = self.type_of(value);
                self.frame().result = Wanted::Open(Some(ty));
                if ty == Ty::UNIT || ty == Ty::NEVER {
                    return value;
                }
                self.add(ExprKind::Return(Some(value)), Ty::NEVER, span)
            }
        }
    }
}
