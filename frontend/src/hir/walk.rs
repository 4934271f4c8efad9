//! What an expression is made of.

use super::body::{Body, ExprKind, List};
use super::ids::ExprId;

impl Body {
    /// Calls `visit` with each expression that is a direct part of one.
    pub(crate) fn each_part(&self, id: ExprId, mut visit: impl FnMut(ExprId)) {
        let visit_list = |list: List, visit: &mut dyn FnMut(ExprId)| {
            self.list(list).iter().copied().for_each(visit);
        };
        match self.get(id).kind {
            ExprKind::Scalar(_)
            | ExprKind::Float(_)
            | ExprKind::Unit
            | ExprKind::Text(_)
            | ExprKind::Local(_)
            | ExprKind::Return(None)
            | ExprKind::Place
            | ExprKind::Break
            | ExprKind::Continue
            | ExprKind::FunctionValue(_)
            | ExprKind::Address(_)
            | ExprKind::Code(_)
            | ExprKind::CellOf(_) => {}
            ExprKind::SetLocal(_, part)
            | ExprKind::Return(Some(part))
            | ExprKind::Negate(part)
            | ExprKind::Not(part)
            | ExprKind::Convert(part)
            | ExprKind::NewArray(part)
            | ExprKind::Field(part, _)
            | ExprKind::Length(part)
            | ExprKind::Panic(part, None)
            | ExprKind::Load(part)
            | ExprKind::NewCell(part)
            | ExprKind::AddressOfField(part, _)
            | ExprKind::CellOfField(part, _)
            | ExprKind::LoadCell(part) => visit(part),
            ExprKind::Block(list)
            | ExprKind::If(list)
            | ExprKind::Call(_, list)
            | ExprKind::Foreign(_, list)
            | ExprKind::Callback(_, list)
            | ExprKind::Builtin(_, list)
            | ExprKind::And(list)
            | ExprKind::Or(list)
            | ExprKind::Interpolation(list)
            | ExprKind::Struct(list)
            | ExprKind::Variant(_, list)
            | ExprKind::Array(list)
            | ExprKind::Closure(_, list) => visit_list(list, &mut visit),
            ExprKind::CallClosure(part, list)
            | ExprKind::CallContract(part, _, list)
            | ExprKind::Raise(part, _, list) => {
                visit(part);
                visit_list(list, &mut visit);
            }
            ExprKind::While {
                condition: first,
                body: second,
            }
            | ExprKind::Each {
                array: first,
                body: second,
                ..
            }
            | ExprKind::SetField(first, _, second)
            | ExprKind::Element(first, second)
            | ExprKind::Panic(first, Some(second))
            | ExprKind::AddressOfElement(first, second)
            | ExprKind::CellOfElement(first, second)
            | ExprKind::Byte(first, second)
            | ExprKind::Subscribe(first, _, second)
            | ExprKind::Unsubscribe(first, _, second)
            | ExprKind::Store(first, second)
            | ExprKind::StoreCell(first, second) => {
                visit(first);
                visit(second);
            }
            ExprKind::Count { from, to, body, .. } => {
                visit(from);
                visit(to);
                visit(body);
            }
            ExprKind::SetElement(array, index, value) => {
                visit(array);
                visit(index);
                visit(value);
            }
            ExprKind::Chain(first, steps) => {
                visit(first);
                let steps = self.steps(steps).iter();
                steps.map(|step| step.right).for_each(visit);
            }
            ExprKind::Match(value, arms) => {
                visit(value);
                for arm in self.arms(arms) {
                    arm.guard.iter().copied().for_each(&mut visit);
                    visit(arm.body);
                }
            }
        }
    }

    /// The expressions of a tree, each once, in no order.
    pub(crate) fn reached(&self, root: ExprId) -> Vec<ExprId> {
        let mut seen = vec![false; self.exprs.len()];
        let mut reached = Vec::new();
        let mut next = vec![root];
        while let Some(id) = next.pop() {
            let first = seen.get_mut(id.0 as usize);
            if first.is_some_and(|seen| !std::mem::replace(seen, true)) {
                reached.push(id);
                self.each_part(id, |part| next.push(part));
            }
        }
        reached
    }
}
