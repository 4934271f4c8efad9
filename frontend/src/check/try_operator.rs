//! `?` (ERR-2…ERR-4).

use super::frame::Wanted;
use super::outcome::{Outcome, PendingTry};
use super::state::Checker;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir::{Arm, ExprId, ExprKind, Pattern};
use crate::span::Span;
use crate::types::{Kind, Ty};

impl Checker<'_> {
    pub(super) fn try_operator(&mut self, value: ExprId, span: Span) -> ExprId {
        let ty = self.type_of(value);
        if matches!(ty, Ty::ERROR | Ty::NEVER) || self.is_param(ty) {
            return self.broken(span);
        }
        let Some(outcome) = self.outcome(ty) else {
            if self
                .item_of(ty)
                .is_some_and(|item| self.is_partly_unread(item))
            {
                return self.broken(span);
            }
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
        let leave = self.add(ExprKind::Unit, Ty::NEVER, span);
        let what = PendingTry {
            leave,
            fail,
            ty,
            outcome,
            span,
        };
        match self.frame().result {
            Wanted::Known(result) | Wanted::Open(Some(result)) => {
                if !self.leaves(what, result) {
                    return self.broken(span);
                }
            }
            Wanted::Open(None) => self.frame().tries.push(what),
        }
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

    /// Decides each `?` of a lambda, now that its result is known.
    pub(super) fn settle_tries(&mut self, result: Ty) {
        for what in std::mem::take(&mut self.frame().tries) {
            self.leaves(what, result);
        }
    }

    /// Leaves a function with this result on an error; whether that can be.
    fn leaves(&mut self, what: PendingTry, result: Ty) -> bool {
        let PendingTry {
            leave,
            fail,
            ty,
            outcome,
            span,
        } = what;
        if result == Ty::ERROR {
            return false;
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
            let text = self.unhandled(fail, outcome.failure, span);
            self.frame()
                .body
                .become_kind(leave, ExprKind::Panic(text, None));
            return true;
        };
        if of.failure == Ty::ERROR || outcome.failure == Ty::ERROR {
            return false;
        }
        if self.owner_of(result) != self.owner_of(ty) || of.failure != outcome.failure {
            let [found, wanted] = self.names_of(ty, result);
            let message = format!("the function returns {wanted}, this is {found}");
            self.report(SourceDiagnostic::new(codes::ERROR_TYPE, message, span, ""));
            return false;
        }
        let list = self.frame().body.add_list(&[fail]);
        let error = self.add(ExprKind::Variant(of.error, list), result, span);
        let kind = ExprKind::Return(Some(error));
        self.frame().body.become_kind(leave, kind);
        true
    }

    /// What a program ends with on an error: its text, if it has one (TXT-2).
    fn unhandled(&mut self, fail: ExprId, failure: Ty, span: Span) -> ExprId {
        if !self.has_text(failure) {
            return self.text("unhandled error".to_owned(), span);
        }
        let before = self.text("unhandled error: ".to_owned(), span);
        let list = self.frame().body.add_list(&[before, fail]);
        self.add(ExprKind::Interpolation(list), Ty::STR, span)
    }

    /// The variants of an enum named `Result`.
    pub(super) fn outcome(&mut self, ty: Ty) -> Option<Outcome> {
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
