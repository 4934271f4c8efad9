//! `match` (MAT).

use beskid_syntax::views::{self, Match};
use beskid_syntax::{Node, NodeKind};
use rustc_hash::FxHashMap;

use super::conversions::Fit;
use super::few::Few;
use super::patterns::Read;
use super::state::Checker;
use super::turn::Turn;
use super::witness::{Head, Missing};
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir::{Arm, ExprId, ExprKind, Pattern, PatternId};
use crate::span::Span;
use crate::types::{Kind, Ty};

/// Most variants among which one is sought by looking at each.
const MOST_ALIKE: usize = 64;

/// An arm that was checked.
struct Checked {
    arm: Arm,
    span: Span,
    body_span: Span,
    /// Whether its pattern was refused.
    refused: bool,
    /// Where its pattern binds the name of a variant, and how that is written.
    variant: Option<(Span, String)>,
}

impl<'t> Checker<'t> {
    /// A match. If it is not `used`, its arms' values are dropped.
    pub(super) fn match_expression(
        &mut self,
        node: Node<'t>,
        wanted: Option<Ty>,
        used: bool,
    ) -> ExprId {
        let span = self.span(node);
        let Some(view) = Match::cast(node) else {
            return self.broken(span);
        };
        let Some(scrutinee) = view.scrutinee() else {
            return self.broken(span);
        };
        let value = self.expr(scrutinee, None);
        let ty = self.type_of(value);
        let arms = view.arms().collect::<Few<_>>();
        // Arms whose values take any type come last, to take that of the others.
        let mut checked = (0..arms.len()).map(|_| None).collect::<Few<_>>();
        let mut common = wanted;
        let turns = arms.iter().map(|arm| {
            let body = arm.body().filter(|_| used);
            body.map_or(Turn::First, |body| self.turn(body))
        });
        let turns = turns.collect::<Few<_>>();
        for at in Turn::order(turns.iter().copied()) {
            // An integer beside floats is an arm of another type (MAT-7), if nothing but
            // those wants a float.
            let integer = wanted.is_none() && turns[at] == Turn::Third;
            let hint = common.filter(|common| used && !(integer && *common == Ty::F64));
            let arm = self.arm(arms[at], ty, hint, used);
            if used && common.is_none() {
                let found = self.type_of(arm.arm.body);
                common = Some(found).filter(|found| !matches!(*found, Ty::NEVER | Ty::ERROR));
            }
            checked[at] = Some(arm);
        }
        let mut checked = checked.into_iter().flatten().collect::<Few<_>>();
        let head = self.placed(node.first_token().span());
        let head = head.to(self.span(scrutinee));
        self.check_variants(&checked);
        self.check_coverage(&checked, ty, head);
        if checked.is_empty() && ty != Ty::NEVER {
            return self.broken(span);
        }
        let result = match used {
            true => self.match_type(&mut checked, wanted, common),
            false => self.statement_type(&checked),
        };
        let arms = checked.iter().map(|arm| arm.arm).collect::<Few<_>>();
        let arms = self.frame().body.add_arms(&arms);
        self.add(ExprKind::Match(value, arms), result, span)
    }

    fn arm(&mut self, arm: views::Arm<'t>, ty: Ty, wanted: Option<Ty>, used: bool) -> Checked {
        let mark = self.frame().scopes.open();
        let span = arm
            .pattern()
            .map_or_else(|| self.span(arm.node()), |node| self.span(node));
        let mut read = Read::default();
        let pattern = match arm.pattern() {
            Some(node) => self.pattern(node, ty, &mut read),
            None => self.frame().body.add_pattern(Pattern::Any),
        };
        let guard = arm.guard();
        let guard = guard.map(|guard| self.expect(guard, Ty::BOOL, codes::BAD_GUARD));
        let body = arm.body();
        let body_span = body.map_or(span, |body| self.span(body));
        let body = match body {
            Some(body) if body.kind() == NodeKind::Block => self.block(body, wanted),
            Some(body) if !used && body.kind() == NodeKind::Assign => self.assignment(body, false),
            Some(body) if !used && body.kind() == NodeKind::Match => {
                self.match_expression(body, None, false)
            }
            Some(body) => {
                let value = self.expr(body, wanted);
                if !used {
                    self.check_discarded(body, value);
                }
                value
            }
            None => self.broken(span),
        };
        self.frame().scopes.close(mark);
        let arm = Arm {
            pattern,
            guard,
            body,
        };
        Checked {
            arm,
            span,
            body_span,
            refused: read.refused,
            variant: read.variant,
        }
    }

    /// Warns of the first arm that binds what looks like a variant (MAT-1).
    fn check_variants(&mut self, arms: &[Checked]) {
        let Some((span, variant)) = arms.iter().find_map(|arm| arm.variant.clone()) else {
            return;
        };
        let message = "a name alone binds: this is no variant, and matches everything";
        let warning = SourceDiagnostic::new(codes::VARIANT_BINDS, message, span, "");
        self.report(warning.help(format!("write `{variant}`")));
    }

    /// The type of a match whose arms' values are dropped.
    fn statement_type(&mut self, arms: &[Checked]) -> Ty {
        let mut ends = arms.iter();
        match ends.all(|arm| self.type_of(arm.arm.body) == Ty::NEVER) {
            true => Ty::NEVER,
            false => Ty::UNIT,
        }
    }

    /// MAT-7; `first` is the type of the arm that was checked first.
    fn match_type(&mut self, arms: &mut [Checked], wanted: Option<Ty>, first: Option<Ty>) -> Ty {
        let mut types = Few::new();
        for arm in arms.iter() {
            types.push(self.type_of(arm.arm.body));
        }
        if types.iter().all(|ty| *ty == Ty::NEVER) {
            return Ty::NEVER;
        }
        if types.contains(&Ty::ERROR) {
            return Ty::ERROR;
        }
        // If none has the wanted type, that is told of the whole.
        let mut common = wanted.filter(|wanted| {
            let mut arms = arms.iter().zip(&types);
            let mut fits = |(arm, ty): (&Checked, &Ty)| {
                *ty != Ty::NEVER && self.fits(*ty, *wanted, arm.body_span) != Fit::Not
            };
            *wanted != Ty::ERROR && arms.any(&mut fits)
        });
        if common.is_none() {
            let mut joined = first.filter(|_| wanted.is_none());
            for ty in &types {
                joined = Some(self.join(joined, *ty));
            }
            let values = arms.iter().map(|arm| (arm.body_span, arm.arm.body));
            let values = values.collect::<Few<_>>();
            common = match wanted {
                None => self.blaming_later(joined, &values),
                Some(_) => joined,
            };
        }
        let common = common.unwrap_or(Ty::NEVER);
        let mut result = common;
        for arm in arms {
            let span = arm.body_span;
            arm.arm.body = self.coerce(arm.arm.body, common, span, codes::ARM_TYPES);
            if self.type_of(arm.arm.body) == Ty::ERROR {
                result = Ty::ERROR;
            }
        }
        result
    }

    /// Whether each arm of a match is another variant or value, and together they are
    /// all: as nearly every match is. Where this is not plain, it says no.
    fn is_covered(&mut self, arms: &[Checked], ty: Ty) -> bool {
        self.fill(ty);
        let count = match self.types.kind(ty) {
            Kind::Enum(id) => self.types.enumeration(id).variants.len(),
            Kind::Bool => 2,
            _ => usize::MAX,
        };
        let mut seen = Few::<u32>::new();
        let mut rest = false;
        for arm in arms {
            let Some(body) = self.frames.last().map(|frame| &frame.body) else {
                return false;
            };
            let plain =
                |id: &PatternId| matches!(body.pattern(*id), Pattern::Any | Pattern::Bind(_));
            if rest || seen.len() >= count || seen.len() > MOST_ALIKE {
                return false;
            }
            let shape = match body.pattern(arm.arm.pattern) {
                Pattern::Any | Pattern::Bind(_) => None,
                Pattern::Variant(variant, parts) if body.patterns(parts).iter().all(plain) => {
                    Some(variant)
                }
                Pattern::Scalar(value) if count == 2 && matches!(value, 0 | 1) => {
                    Some(value as u32)
                }
                _ => return false,
            };
            match shape {
                Some(shape) if seen.contains(&shape) => return false,
                Some(shape) if arm.arm.guard.is_none() => seen.push(shape),
                None if arm.arm.guard.is_none() => rest = true,
                _ => {}
            }
        }
        rest || seen.len() == count
    }

    /// MAT-5, MAT-6.
    fn check_coverage(&mut self, arms: &[Checked], ty: Ty, place: Span) {
        if ty == Ty::ERROR || self.is_param(ty) && arms.iter().any(|arm| arm.arm.guard.is_none()) {
            return;
        }
        if self.is_covered(arms, ty) {
            return;
        }
        let mut rows = Vec::<PatternId>::new();
        // Arms of other values say nothing about one of this value: many are looked at apart.
        let mut alike = FxHashMap::<Option<Head>, Vec<PatternId>>::default();
        // Nor do arms of values about one that matches anything, where there are always others.
        let endless = self.is_endless(ty);
        let mut binds_variant = false;
        // What a refused pattern was to match is not known.
        for arm in arms.iter().filter(|arm| !arm.refused) {
            let head = self.pattern_head(arm.arm.pattern);
            let before = match &head {
                None if !endless => rows.clone(),
                _ => {
                    let same = head.as_ref().and_then(|_| alike.get(&head)).into_iter();
                    let any = alike.get(&None).into_iter();
                    same.chain(any).flatten().copied().collect()
                }
            };
            let covered = !self.is_useful(&before, arm.arm.pattern, ty);
            // Behind a name that was to be a variant, what is wrong was told.
            if covered && !binds_variant {
                let message = "the arms before match everything that this one does";
                let span = arm.span;
                self.report(SourceDiagnostic::new(codes::UNREACHABLE, message, span, ""));
            }
            binds_variant |= arm.variant.is_some();
            if arm.arm.guard.is_none() {
                rows.push(arm.arm.pattern);
                alike.entry(head).or_default().push(arm.arm.pattern);
            }
        }
        let has_rest = alike.contains_key(&None);
        if ty == Ty::NEVER || has_rest || arms.iter().any(|arm| arm.refused) {
            return;
        }
        let (message, arm) = match self.missing(&rows, ty) {
            Missing::Nothing => return,
            Missing::Value(missing) => (format!("the match does not cover `{missing}`"), missing),
            Missing::Unknown => {
                let message = "whether the match covers every value takes too long to find out";
                (message.to_owned(), "_".to_owned())
            }
        };
        let diagnostic = SourceDiagnostic::new(codes::NOT_EXHAUSTIVE, message, place, "");
        self.report(diagnostic.help(format!("add an arm: `{arm} => …`")));
    }
}
