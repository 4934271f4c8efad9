//! What is known of a function's locals before it is lowered: which get their value
//! at one place, and which need no objects.

use std::collections::HashSet;

use crate::hir::{ExprId, ExprKind, Function, FunctionId, LocalId, Pattern, Program, Role};
use crate::types::{Kind, StructId};

/// What is known of the locals of a function.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) settled: Vec<Settled>,
    pub(super) parts: Vec<Parts>,
}

/// Where a local gets its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settled {
    /// At no place, or when the function is called.
    Nowhere,
    /// By this expression alone.
    By(ExprId),
    /// At several places.
    No,
}

/// Whether a local's object can be told from its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parts {
    /// It can, or the local has none.
    Object,
    /// Nobody sees the struct, only its fields: they are variables.
    Fields(StructId),
    /// Nobody sees the closure: it is called alone, and its captures are variables.
    Captures(FunctionId),
}

/// The plans of a program's functions.
#[derive(Debug, Default)]
pub(super) struct Plans {
    pub(super) of: Vec<Plan>,
    /// The lambdas that are called with their captures, since there is no closure.
    pub(super) direct: HashSet<FunctionId>,
}

impl Plans {
    pub(super) fn of(program: &Program) -> Self {
        let functions = program.functions.iter();
        let mut plans = Self {
            of: functions
                .map(|function| Plan::of(program, function))
                .collect(),
            direct: HashSet::new(),
        };
        let parts = plans.of.iter().flat_map(|plan| &plan.parts);
        let direct = parts.filter_map(|parts| match parts {
            Parts::Captures(function) => Some(*function),
            _ => None,
        });
        plans.direct = direct.collect();
        plans
    }

    /// Whether an expression of a function makes no object, because a local has its
    /// parts.
    pub(super) fn is_scattered(&self, function: FunctionId, local: LocalId) -> bool {
        let parts = self.of[function as usize].parts[local as usize];
        parts != Parts::Object
    }
}

impl Plan {
    fn of(program: &Program, function: &Function) -> Self {
        let settled = settled(function);
        let parts = parts(program, function, &settled);
        Self { settled, parts }
    }
}

fn settled(function: &Function) -> Vec<Settled> {
    let mut settled = vec![Settled::Nowhere; function.locals.len()];
    let mut set = |id: LocalId, by| {
        let known = &mut settled[id as usize];
        *known = match *known {
            Settled::Nowhere => by,
            Settled::By(_) | Settled::No => Settled::No,
        };
    };
    for expr in &function.body.exprs {
        match expr.kind {
            ExprKind::SetLocal(id, value) => set(id, Settled::By(value)),
            ExprKind::Address(id) | ExprKind::CellOf(id) => set(id, Settled::No),
            _ => {}
        }
    }
    for id in &function.params {
        if settled[*id as usize] != Settled::Nowhere {
            settled[*id as usize] = Settled::No;
        }
    }
    settled
}

fn parts(program: &Program, function: &Function, settled: &[Settled]) -> Vec<Parts> {
    let body = &function.body;
    let local_of = |id: ExprId| match body.get(id).kind {
        ExprKind::Local(local) => Some(local),
        _ => None,
    };
    let mut parts = function
        .locals
        .iter()
        .map(|local| match program.types.kind(local.ty) {
            Kind::Struct(id) if !local.boxed && program.types.structure(id).events.is_empty() => {
                Parts::Fields(id)
            }
            _ => Parts::Object,
        })
        .collect::<Vec<_>>();
    for (local, settled) in settled.iter().enumerate() {
        if let Settled::By(value) = settled
            && let ExprKind::Closure(lambda, _) = body.get(*value).kind
            && !function.locals[local].boxed
        {
            parts[local] = Parts::Captures(lambda);
        }
    }
    let captures = match &function.role {
        Role::Lambda { captures } => captures.as_slice(),
        Role::Plain | Role::Foreign => &[],
    };
    for id in function.params.iter().chain(captures) {
        parts[*id as usize] = Parts::Object;
    }
    for pattern in &body.patterns {
        if let Pattern::Bind(id) = pattern {
            parts[*id as usize] = Parts::Object;
        }
    }
    // Which mentions of locals ask for a part.
    let mut asks = HashSet::new();
    let mut given = vec![false; parts.len()];
    for expr in &body.exprs {
        match expr.kind {
            ExprKind::Field(object, _) | ExprKind::SetField(object, ..) => {
                if let Some(local) = local_of(object)
                    && matches!(parts[local as usize], Parts::Fields(_))
                {
                    asks.insert(object.0);
                }
            }
            ExprKind::CallClosure(closure, _) => {
                if let Some(local) = local_of(closure)
                    && matches!(parts[local as usize], Parts::Captures(_))
                {
                    asks.insert(closure.0);
                }
            }
            ExprKind::SetLocal(local, value) => {
                given[local as usize] = true;
                let fits = matches!(
                    (parts[local as usize], body.get(value).kind),
                    (Parts::Fields(_), ExprKind::Struct(_))
                        | (Parts::Captures(_), ExprKind::Closure(..))
                );
                if !fits {
                    parts[local as usize] = Parts::Object;
                }
            }
            ExprKind::Each { local, .. }
            | ExprKind::Count { local, .. }
            | ExprKind::Address(local)
            | ExprKind::CellOf(local) => parts[local as usize] = Parts::Object,
            _ => {}
        }
    }
    for (index, expr) in body.exprs.iter().enumerate() {
        if let ExprKind::Local(local) = expr.kind
            && !asks.contains(&(index as u32))
        {
            parts[local as usize] = Parts::Object;
        }
    }
    for (parts, given) in parts.iter_mut().zip(given) {
        if !given {
            *parts = Parts::Object;
        }
    }
    parts
}
