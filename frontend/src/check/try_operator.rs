//! `?` (ERR-2…ERR-4).

use super::frame::Wanted;
use super::state::Checker;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir::{Arm, ExprId, ExprKind, Pattern};
use crate::span::Span;
use crate::types::{Kind, Ty};

/// The variants of a `Result`, and what they carry.
#[derive(Clone, Copy)]
struct Outcome {
    ok: u32,
    error: u32,
    value: Ty,
    failure: Ty,
}

impl Checker<'_> {
    pub(super) fn try_operator(&mut self, value: ExprId, span: Span) -> ExprId {
        let ty = self.type_of(value);
        if matches!(ty, Ty::ERROR | Ty::NEVER) || self.is_param(ty) {
            return self.broken(span);
        }
        let Some(outcome) = self.outcome(ty) else {
            let message = format!(
                "`?` is for a `Result` with `Ok` and `Error` of one value each, this is {}",
                self.name(ty)
            );
            self.report(SourceDiagnostic::new(
                codes::NOT_A_RESULT,
                message,
                span,
                "",
            ));
            return self.broken(span);
        };
        let failure = self.frame().temporary(outcome.failure, span);
        let fail = if outcome.failure == Ty::UNIT {
            self.add(ExprKind::Unit, Ty::UNIT, span)
        } else {
            self.add(ExprKind::Local(failure), outcome.failure, span)
        };
        let Some(leave) = self.failed(ty, outcome, fail, span) else {
            return self.broken(span);
        };
        let good = self.frame().temporary(outcome.value, span);
        let (read, bind) = if outcome.value == Ty::UNIT {
            (self.add(ExprKind::Unit, Ty::UNIT, span), Pattern::Any)
        } else {
            let read = self.add(ExprKind::Local(good), outcome.value, span);
            (read, Pattern::Bind(good))
        };
        let bind_failure = if outcome.failure == Ty::UNIT {
            Pattern::Any
        } else {
            Pattern::Bind(failure)
        };
        let leave_as = self.add(ExprKind::Convert(leave), outcome.value, span);
        let body = &mut self.frame().body;
        let mut arm = |variant, inner, value| {
            let inner = body.add_pattern(inner);
            let inner = body.add_patterns(&[inner]);
            let pattern = body.add_pattern(Pattern::Variant(variant, inner));
            Arm {
                pattern,
                guard: None,
                body: value,
            }
        };
        let arms = [
            arm(outcome.ok, bind, read),
            arm(outcome.error, bind_failure, leave_as),
        ];
        let arms = self.frame().body.add_arms(&arms);
        self.add(ExprKind::Match(value, arms), outcome.value, span)
    }

    /// What is done on an error: never.
    fn failed(&mut self, ty: Ty, outcome: Outcome, fail: ExprId, span: Span) -> Option<ExprId> {
        let result = match self.frame().result {
            Wanted::Known(result) => Some(result),
            Wanted::Open(Some(result)) => Some(result),
            Wanted::Open(None) => {
                // The first thing that says what a lambda returns.
                self.frame().result = Wanted::Open(Some(ty));
                Some(ty)
            }
        };
        let result = result.unwrap_or(Ty::UNIT);
        if result == Ty::ERROR {
            return None;
        }
        let of = self.outcome(result);
        let Some(of) = of else {
            let message = "an error here ends the program: the function returns no `Result`";
            self.report(SourceDiagnostic::new(
                codes::UNHANDLED_ERROR,
                message,
                span,
                "",
            ));
            let text = self.text("unhandled error".to_owned(), span);
            return Some(self.add(ExprKind::Panic(text), Ty::NEVER, span));
        };
        if self.owner_of(result) != self.owner_of(ty) || of.failure != outcome.failure {
            let (found, wanted) = (self.name(ty), self.name(result));
            let message = format!("the function returns {wanted}, this is {found}");
            self.report(SourceDiagnostic::new(codes::ERROR_TYPE, message, span, ""));
            return None;
        }
        let list = self.frame().body.add_list(&[fail]);
        let error = self.add(ExprKind::Variant(of.error, list), result, span);
        Some(self.add(ExprKind::Return(Some(error)), Ty::NEVER, span))
    }

    /// The variants of an enum named `Result`.
    fn outcome(&mut self, ty: Ty) -> Option<Outcome> {
        self.fill(ty);
        let Kind::Enum(id) = self.types.kind(ty) else {
            return None;
        };
        let of = self.types.enumeration(id);
        if self.names.item(of.item).name != "Result" || of.variants.len() != 2 {
            return None;
        }
        let one = |name| {
            let index = of.variant(name)?;
            match of.variants[index].payload.as_slice() {
                [only] => Some((index as u32, *only)),
                _ => None,
            }
        };
        let ((ok, value), (error, failure)) = (one("Ok")?, one("Error")?);
        Some(Outcome {
            ok,
            error,
            value,
            failure,
        })
    }
}
