//! What is known of a function's locals before it is lowered: which get their value
//! at one place, and which need no objects.

use std::collections::{HashMap, HashSet};

use super::rising::rising;
use crate::hir::{Body, ExprId, ExprKind, Function, FunctionId, LocalId, Pattern, Program, Role};
use crate::types::{Kind, StructId};

/// What is known of the locals of a function.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// The expressions that are part of it.
    pub(super) exprs: Vec<ExprId>,
    pub(super) settled: Vec<Settled>,
    /// For a local that is always another one, that one; for others themselves.
    pub(super) aliases: Vec<LocalId>,
    pub(super) parts: Vec<Parts>,
    /// Which locals count upwards.
    pub(super) rising: Vec<bool>,
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
        let exprs = function.body.reached(function.root);
        let settled = settled(function, &exprs);
        let aliases = aliases(function, &exprs, &settled);
        let parts = parts(program, function, &exprs, &settled, &aliases);
        Self {
            exprs,
            settled,
            aliases,
            parts,
            rising: rising(function),
        }
    }
}

fn settled(function: &Function, exprs: &[ExprId]) -> Vec<Settled> {
    let mut settled = vec![Settled::Nowhere; function.locals.len()];
    let mut set = |id: LocalId, by| {
        let known = &mut settled[id as usize];
        *known = match *known {
            Settled::Nowhere => by,
            Settled::By(_) | Settled::No => Settled::No,
        };
    };
    for expr in exprs {
        match function.body.get(*expr).kind {
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
    for (settled, local) in settled.iter_mut().zip(&function.locals) {
        if local.boxed || local.addressed {
            *settled = Settled::No;
        }
    }
    settled
}

/// Most expressions of a block in which a local is another name of one that changes.
const SMALL_BLOCK: u32 = 4;

/// Locals that are other names of locals that change, but not while these are used:
/// what compound assignments keep.
fn kept(function: &Function, exprs: &[ExprId], settled: &[Settled]) -> HashMap<LocalId, LocalId> {
    let body = &function.body;
    let mut kept = HashMap::new();
    for expr in exprs {
        let ExprKind::Block(list) = body.get(*expr).kind else {
            continue;
        };
        if list.len > SMALL_BLOCK {
            continue;
        }
        let list = body.list(list);
        for (index, expr) in list.iter().enumerate() {
            if let ExprKind::SetLocal(local, value) = body.get(*expr).kind
                && settled[local as usize] == Settled::By(value)
                && let ExprKind::Local(of) = body.get(value).kind
                && !function.locals[of as usize].boxed
                && !function.locals[of as usize].addressed
                && !list[index + 1..]
                    .iter()
                    .any(|behind| assigns(body, *behind, of))
            {
                kept.insert(local, of);
            }
        }
    }
    kept
}

/// Whether a local is assigned in an expression.
pub(super) fn assigns(body: &Body, expr: ExprId, local: LocalId) -> bool {
    let mut next = vec![expr];
    while let Some(id) = next.pop() {
        if matches!(body.get(id).kind, ExprKind::SetLocal(set, _) if set == local) {
            return true;
        }
        body.each_part(id, |part| next.push(part));
    }
    false
}

fn aliases(function: &Function, exprs: &[ExprId], settled: &[Settled]) -> Vec<LocalId> {
    let kept = kept(function, exprs, settled);
    let is_settled = |local: LocalId| settled[local as usize] != Settled::No;
    let next = |local: LocalId| match settled[local as usize] {
        Settled::By(value) => match function.body.get(value).kind {
            ExprKind::Local(of) if is_settled(of) => Some(of),
            _ => kept.get(&local).copied(),
        },
        _ => None,
    };
    let mut aliases = Vec::<LocalId>::with_capacity(settled.len());
    for local in 0..settled.len() as LocalId {
        let of = next(local).unwrap_or(local);
        // What a local is given has been declared before, so that one step is enough.
        let known = aliases.get(of as usize).copied();
        aliases.push(known.unwrap_or(of));
    }
    aliases
}

fn parts(
    program: &Program,
    function: &Function,
    exprs: &[ExprId],
    settled: &[Settled],
    aliases: &[LocalId],
) -> Vec<Parts> {
    let body = &function.body;
    let mut parts = function
        .locals
        .iter()
        .zip(settled)
        .map(
            |(local, settled)| match (program.types.kind(local.ty), settled) {
                _ if local.boxed => Parts::Object,
                (Kind::Struct(id), _) if program.types.structure(id).events.is_empty() => {
                    Parts::Fields(id)
                }
                (Kind::Function(_), Settled::By(value)) => match body.get(*value).kind {
                    ExprKind::Closure(lambda, _) => Parts::Captures(lambda),
                    _ => Parts::Object,
                },
                _ => Parts::Object,
            },
        )
        .collect::<Vec<_>>();
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
    let mut given = vec![false; parts.len()];
    let seen = |parts: &mut Vec<Parts>, id: ExprId| {
        if let ExprKind::Local(local) = body.get(id).kind {
            parts[aliases[local as usize] as usize] = Parts::Object;
        }
    };
    for id in exprs {
        match body.get(*id).kind {
            ExprKind::Field(..) => {}
            ExprKind::SetField(_, _, value) => seen(&mut parts, value),
            ExprKind::CallClosure(_, args) => {
                for arg in body.list(args) {
                    seen(&mut parts, *arg);
                }
            }
            ExprKind::SetLocal(local, _) if aliases[local as usize] != local => {}
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
                seen(&mut parts, value);
            }
            kind => {
                if let ExprKind::Each { local, .. }
                | ExprKind::Count { local, .. }
                | ExprKind::Address(local)
                | ExprKind::CellOf(local) = kind
                {
                    parts[local as usize] = Parts::Object;
                }
                body.each_part(*id, |part| seen(&mut parts, part));
            }
        }
    }
    for (parts, given) in parts.iter_mut().zip(given) {
        if !given {
            *parts = Parts::Object;
        }
    }
    for (local, alias) in aliases.iter().enumerate() {
        parts[local] = parts[*alias as usize];
    }
    parts
}
