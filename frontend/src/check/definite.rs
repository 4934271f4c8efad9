//! Whether `out` parameters are assigned before they are read and before the
//! function ends (FUN-5).

use beskid_syntax::Node;
use rustc_hash::FxHashSet;

use super::frame::{Frame, LocalKind};
use super::state::Checker;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir::{Body, ExprId, ExprKind, LocalId};
use crate::span::Span;
use crate::types::{Kind, Types};

/// The `out` parameters that are assigned; `None` where nothing gets.
type State = Option<FxHashSet<LocalId>>;

struct Flow<'a> {
    body: &'a Body,
    types: &'a Types,
    outs: Vec<LocalId>,
    /// Places where one is read, or left, too early.
    early: Vec<(LocalId, Span)>,
    ends: Vec<(LocalId, Span)>,
    /// What is assigned where the loops around are left.
    breaks: Vec<State>,
}

impl<'t> Checker<'t> {
    /// Reports `out` parameters without a value.
    pub(super) fn check_assigned(&mut self, frame: &Frame<'t>, root: ExprId, node: Node<'t>) {
        let outs = frame.infos.iter().enumerate();
        let outs = outs.filter(|(_, info)| info.kind == LocalKind::OutParam);
        let mut flow = Flow {
            body: &frame.body,
            types: &self.types,
            outs: outs.map(|(id, _)| id as LocalId).collect(),
            early: Vec::new(),
            ends: Vec::new(),
            breaks: Vec::new(),
        };
        let end = flow.expr(root, Some(FxHashSet::default()));
        let span = self.placed(node.last_token().span());
        flow.leave(&end, span);
        let (early, ends) = (flow.early, flow.ends);
        for (local, span) in early {
            let message = format!(
                "`{}` is read before it is assigned",
                frame.infos[local as usize].name
            );
            self.report(SourceDiagnostic::new(
                codes::OUT_UNASSIGNED,
                message,
                span,
                "",
            ));
        }
        for (local, span) in ends {
            let info = frame.infos[local as usize];
            let message = format!(
                "`{}` is not assigned when the function ends here",
                info.name
            );
            let diagnostic = SourceDiagnostic::new(codes::OUT_UNASSIGNED, message, span, "");
            self.report(diagnostic.related(info.span, "declared here"));
        }
    }
}

impl Flow<'_> {
    fn leave(&mut self, state: &State, span: Span) {
        let Some(assigned) = state else { return };
        for out in &self.outs {
            if !assigned.contains(out) {
                self.ends.push((*out, span));
            }
        }
    }

    /// The parameter whose cell an expression is.
    fn cell(&self, id: ExprId) -> Option<LocalId> {
        match self.body.get(id).kind {
            ExprKind::Local(local) if self.outs.contains(&local) => Some(local),
            _ => None,
        }
    }

    /// One is read before it is assigned, or may be.
    fn reads(&mut self, out: LocalId, state: &State, span: Span) {
        if state
            .as_ref()
            .is_some_and(|assigned| !assigned.contains(&out))
        {
            self.early.push((out, span));
        }
    }

    /// What is called with arguments assigns those that it gets as `out`.
    fn passed(&self, args: &[ExprId], state: State) -> State {
        let outs = args.iter().filter(|arg| self.is_written(**arg));
        let outs = outs.filter_map(|arg| self.cell(*arg));
        state.map(|assigned| assigned.into_iter().chain(outs).collect())
    }

    /// Whether an argument is one of an `out` parameter.
    fn is_written(&self, arg: ExprId) -> bool {
        matches!(self.types.kind(self.body.ty(arg)), Kind::Out(_))
    }

    fn all(&mut self, ids: &[ExprId], state: State) -> State {
        ids.iter().fold(state, |state, id| self.expr(*id, state))
    }

    fn expr(&mut self, id: ExprId, state: State) -> State {
        let expr = self.body.get(id);
        match expr.kind {
            ExprKind::LoadCell(cell) => {
                let Some(out) = self.cell(cell) else {
                    return self.expr(cell, state);
                };
                self.reads(out, &state, expr.span);
                state
            }
            // `ref x`: who gets it reads it.
            ExprKind::Local(local) if self.outs.contains(&local) && !self.is_written(id) => {
                self.reads(local, &state, expr.span);
                state
            }
            ExprKind::StoreCell(cell, value) => {
                let mut state = self.expr(value, state);
                if let (Some(out), Some(assigned)) = (self.cell(cell), &mut state) {
                    assigned.insert(out);
                }
                state
            }
            ExprKind::Call(_, list)
            | ExprKind::CallClosure(_, list)
            | ExprKind::CallContract(_, _, list) => {
                let state = self.all(&parts(self.body, expr.kind), state);
                self.passed(self.body.list(list), state)
            }
            // A capture of one is refused for itself.
            ExprKind::Closure(..) => state,
            ExprKind::Return(value) => {
                let state = match value {
                    Some(value) => self.expr(value, state),
                    None => state,
                };
                self.leave(&state, expr.span);
                None
            }
            ExprKind::Panic(text, _) => {
                self.expr(text, state);
                None
            }
            ExprKind::Break => {
                let known = self.breaks.last_mut();
                if let Some(known) = known {
                    *known = join(known.take(), state);
                }
                None
            }
            ExprKind::Continue => None,
            ExprKind::If(list) => {
                let parts = self.body.list(list).to_vec();
                let mut state = state;
                let mut result = None;
                for pair in parts.chunks(2) {
                    match pair {
                        [condition, block] => {
                            state = self.expr(*condition, state);
                            let end = self.expr(*block, state.clone());
                            result = join(result, end);
                        }
                        [otherwise] => {
                            state = self.expr(*otherwise, state);
                        }
                        _ => {}
                    }
                }
                join(result, state)
            }
            ExprKind::While { condition, body } => {
                let endless = matches!(self.body.get(condition).kind, ExprKind::Scalar(1));
                let state = self.expr(condition, state);
                self.breaks.push(None);
                self.expr(body, state.clone());
                let broken = self.breaks.pop().flatten();
                join(broken, if endless { None } else { state })
            }
            ExprKind::Count { from, to, body, .. } => {
                let state = self.all(&[from, to], state);
                self.looped(body, state)
            }
            ExprKind::Each { array, body, .. } => {
                let state = self.expr(array, state);
                self.looped(body, state)
            }
            ExprKind::And(list) | ExprKind::Or(list) => {
                let parts = self.body.list(list).to_vec();
                let Some((first, rest)) = parts.split_first() else {
                    return state;
                };
                let state = self.expr(*first, state);
                self.all(rest, state.clone());
                state
            }
            ExprKind::Match(value, arms) => {
                let state = self.expr(value, state);
                let mut result = None;
                for arm in self.body.arms(arms).to_vec() {
                    let mut state = state.clone();
                    if let Some(guard) = arm.guard {
                        state = self.expr(guard, state);
                    }
                    let end = self.expr(arm.body, state);
                    result = join(result, end);
                }
                result
            }
            kind => {
                let parts = parts(self.body, kind);
                self.all(&parts, state)
            }
        }
    }

    fn looped(&mut self, body: ExprId, state: State) -> State {
        self.breaks.push(None);
        self.expr(body, state.clone());
        let broken = self.breaks.pop().flatten();
        join(broken, state)
    }
}

/// What is assigned wherever control came from.
fn join(left: State, right: State) -> State {
    match (left, right) {
        (Some(left), Some(right)) => Some(left.intersection(&right).copied().collect()),
        (left, right) => left.or(right),
    }
}

/// What is evaluated of an expression, in order.
fn parts(body: &Body, kind: ExprKind) -> Vec<ExprId> {
    match kind {
        ExprKind::SetLocal(_, value)
        | ExprKind::Negate(value)
        | ExprKind::Not(value)
        | ExprKind::Convert(value)
        | ExprKind::NewArray(value)
        | ExprKind::Field(value, _)
        | ExprKind::Length(value)
        | ExprKind::Load(value)
        | ExprKind::NewCell(value)
        | ExprKind::AddressOfField(value, _)
        | ExprKind::CellOfField(value, _) => vec![value],
        ExprKind::Block(list)
        | ExprKind::Call(_, list)
        | ExprKind::Foreign(_, list)
        | ExprKind::Callback(_, list)
        | ExprKind::Builtin(_, list)
        | ExprKind::Interpolation(list)
        | ExprKind::Struct(list)
        | ExprKind::Variant(_, list)
        | ExprKind::Array(list) => body.list(list).to_vec(),
        ExprKind::CallClosure(value, list)
        | ExprKind::CallContract(value, _, list)
        | ExprKind::Raise(value, _, list) => {
            let mut parts = vec![value];
            parts.extend_from_slice(body.list(list));
            parts
        }
        ExprKind::Chain(first, steps) => {
            let mut parts = vec![first];
            parts.extend(body.steps(steps).iter().map(|step| step.right));
            parts
        }
        ExprKind::SetField(object, _, value)
        | ExprKind::Element(object, value)
        | ExprKind::AddressOfElement(object, value)
        | ExprKind::CellOfElement(object, value)
        | ExprKind::Byte(object, value)
        | ExprKind::Subscribe(object, _, value)
        | ExprKind::Unsubscribe(object, _, value)
        | ExprKind::Store(object, value) => vec![object, value],
        ExprKind::SetElement(array, index, value) => vec![array, index, value],
        _ => Vec::new(),
    }
}
