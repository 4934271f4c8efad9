//! Locals by their names, and what lambdas capture of them.

use super::frame::LocalKind;
use super::state::Checker;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir::{ExprId, ExprKind, LocalId};
use crate::span::Span;
use crate::types::{Kind, Ty};

impl Checker<'_> {
    /// The local of a name, in the function or in those around a lambda.
    pub(super) fn find_local(&mut self, name: &str) -> Option<LocalId> {
        let (innermost, around) = self.frames.split_last()?;
        if let Some(local) = innermost.scopes.find(name) {
            return Some(local);
        }
        for at in (0..around.len()).rev() {
            if let Some(local) = self.frames[at].scopes.find(name) {
                return Some(self.captured(at, local));
            }
        }
        None
    }

    /// The local of the innermost function for one of a function around it (LAM-4).
    pub(super) fn captured(&mut self, at: usize, local: LocalId) -> LocalId {
        let mut local = local;
        for frame in at + 1..self.frames.len() {
            let known = self.frames[frame].captures.iter();
            let known = known.clone().find(|(outer, _)| *outer == local);
            if let Some((_, inner)) = known {
                local = *inner;
                continue;
            }
            let outer = &self.frames[frame - 1];
            let ty = outer.locals[local as usize].ty;
            let mut info = outer.infos[local as usize];
            info.kind = match info.kind {
                LocalKind::RefParam | LocalKind::OutParam => info.kind,
                LocalKind::This => LocalKind::This,
                _ => LocalKind::Captured,
            };
            let inner = &mut self.frames[frame];
            let new = inner.local(ty, info);
            inner.captures.push((local, new));
            if info.kind == LocalKind::This {
                inner.this = Some(new);
            }
            local = new;
        }
        local
    }

    /// Reports a local that is a reference to a variable around the lambda (LAM-5).
    pub(super) fn check_captured(&mut self, local: LocalId, span: Span) {
        let frame = self.frame();
        let info = frame.infos[local as usize];
        let reference = matches!(info.kind, LocalKind::RefParam | LocalKind::OutParam);
        if reference && frame.captures.iter().any(|(_, inner)| *inner == local) {
            let message = format!("a lambda does not capture `{}`, a reference", info.name);
            let diagnostic = SourceDiagnostic::new(codes::CAPTURED_REFERENCE, message, span, "");
            // Without its type, a copy of a `ref u8` is the same address.
            let help = match frame.locals[local as usize].ty {
                Ty::REF_U8 => format!(
                    "copy the byte before the lambda: `u8 copy = {};`",
                    info.name
                ),
                _ => "copy it into a local before the lambda".to_owned(),
            };
            self.report(diagnostic.help(help));
        }
    }

    /// Whether a value is the address that a `ref u8` parameter is.
    pub(super) fn is_borrowed_address(&mut self, value: ExprId) -> bool {
        let frame = self.frame();
        let mut kind = frame.body.get(value).kind;
        if let ExprKind::LoadCell(cell) = kind {
            kind = frame.body.get(cell).kind;
        }
        match kind {
            ExprKind::Local(local) => frame.infos[local as usize].kind == LocalKind::RefParam,
            _ => false,
        }
    }

    /// The value of a local.
    pub(super) fn local_value(&mut self, local: LocalId, span: Span) -> ExprId {
        let ty = self.frame().locals[local as usize].ty;
        let value = self.add(ExprKind::Local(local), ty, span);
        let kind = self.frame().infos[local as usize].kind;
        if !matches!(kind, LocalKind::RefParam | LocalKind::OutParam) {
            return value;
        }
        self.check_captured(local, span);
        match self.types.kind(ty) {
            Kind::Cell(of) => self.add(ExprKind::LoadCell(value), of, span),
            _ => value,
        }
    }

    /// The type of `this`.
    pub(super) fn this_type(&self) -> Option<Ty> {
        let frame = self.frames.first()?;
        let this = frame.this?;
        Some(frame.locals[this as usize].ty)
    }

    pub(super) fn this(&mut self, span: Span) -> ExprId {
        let Some(this) = self.frames.first().and_then(|frame| frame.this) else {
            return self.broken(span);
        };
        let local = self.captured(0, this);
        self.local_value(local, span)
    }
}
