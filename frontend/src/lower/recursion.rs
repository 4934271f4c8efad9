//! Whether functions of a program can call themselves, directly or through others, so
//! that the stack may overflow. It is said of some programs in which none does.

use std::collections::HashSet;

use super::plan::Plans;
use super::unit::is_called_back;
use crate::hir::{BinaryOp, ExprKind, Program, Role};
use crate::types::{Kind, Ty};

/// What is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Callee {
    /// A function of this index.
    Function(usize),
    /// One of those that are called by address: which one is not known.
    Unknown,
    /// What compares two values of a type.
    Equal(Ty),
}

/// A turn of the search.
enum Turn {
    Enter(Callee),
    Leave(Callee),
}

/// Whether functions that are wanted can call themselves.
pub(super) fn is_recursive(program: &Program, plans: &Plans, wanted: &[bool]) -> bool {
    let calls = Calls {
        program,
        plans,
        by_address: by_address(program, plans, wanted),
        called_back: is_called_back(program),
    };
    let wanted = (0..wanted.len()).filter(|index| wanted[*index]);
    let mut turns = wanted
        .map(|index| Turn::Enter(Callee::Function(index)))
        .collect::<Vec<_>>();
    let (mut open, mut seen) = (HashSet::new(), HashSet::new());
    while let Some(turn) = turns.pop() {
        match turn {
            Turn::Enter(callee) if open.contains(&callee) => return true,
            Turn::Enter(callee) if seen.insert(callee) => {
                open.insert(callee);
                turns.push(Turn::Leave(callee));
                calls.each(callee, |next| turns.push(Turn::Enter(next)));
            }
            Turn::Enter(_) => {}
            Turn::Leave(callee) => {
                open.remove(&callee);
            }
        }
    }
    false
}

/// The functions that are called by address: closures, methods of contracts, and what
/// C calls.
fn by_address(program: &Program, plans: &Plans, wanted: &[bool]) -> Vec<usize> {
    let mut found = HashSet::new();
    for of in &program.types.structs {
        found.extend(of.methods.iter().map(|(_, function)| *function));
    }
    for (index, function) in program.functions.iter().enumerate() {
        if !wanted[index] {
            continue;
        }
        if function.role == Role::Foreign || function.symbol.is_some() {
            found.insert(index);
        }
        for expr in &plans.of[index].exprs {
            match function.body.get(*expr).kind {
                ExprKind::Closure(lambda, _) if plans.direct.contains(&lambda) => {}
                ExprKind::Closure(function, _)
                | ExprKind::FunctionValue(function)
                | ExprKind::Code(function) => {
                    found.insert(function as usize);
                }
                _ => {}
            }
        }
    }
    found.into_iter().collect()
}

/// Who calls whom.
struct Calls<'p> {
    program: &'p Program,
    plans: &'p Plans,
    by_address: Vec<usize>,
    /// Whether functions of C may call the program's.
    called_back: bool,
}

impl Calls<'_> {
    /// What is called by one.
    fn each(&self, callee: Callee, mut visit: impl FnMut(Callee)) {
        match callee {
            Callee::Function(index) => {
                let body = &self.program.functions[index].body;
                let exprs = self.plans.of[index].exprs.iter();
                exprs.for_each(|expr| self.called_by(index, body.get(*expr).kind, &mut visit));
            }
            Callee::Unknown => {
                let functions = self.by_address.iter().copied();
                functions.map(Callee::Function).for_each(visit);
            }
            Callee::Equal(ty) => {
                let types = &self.program.types;
                let parts = |ty: Ty| self.compared(ty).into_iter();
                match types.kind(ty) {
                    Kind::Struct(id) => {
                        let fields = types.structure(id).fields.iter();
                        fields.flat_map(|field| parts(field.ty)).for_each(visit);
                    }
                    Kind::Enum(id) => {
                        let variants = types.enumeration(id).variants.iter();
                        let payloads = variants.flat_map(|variant| variant.payload.iter());
                        payloads.flat_map(|ty| parts(*ty)).for_each(visit);
                    }
                    Kind::Array(element) => parts(element).for_each(visit),
                    _ => {}
                }
            }
        }
    }

    /// What compares two values of a type, if that is a function.
    fn compared(&self, ty: Ty) -> Option<Callee> {
        let kind = self.program.types.kind(ty);
        let is_function = matches!(kind, Kind::Struct(_) | Kind::Enum(_) | Kind::Array(_));
        is_function.then_some(Callee::Equal(ty))
    }

    /// What an expression of a function calls.
    fn called_by(&self, index: usize, kind: ExprKind, visit: &mut impl FnMut(Callee)) {
        let body = &self.program.functions[index].body;
        match kind {
            ExprKind::Call(function, _) => visit(Callee::Function(function as usize)),
            ExprKind::Closure(lambda, _) if self.plans.direct.contains(&lambda) => {
                visit(Callee::Function(lambda as usize));
            }
            ExprKind::CallClosure(closure, _) => match body.get(closure).kind {
                // Where it is made stands for where it is called.
                ExprKind::Local(local) if self.plans.is_scattered(index as u32, local) => {}
                _ => visit(Callee::Unknown),
            },
            ExprKind::CallContract(..) | ExprKind::Raise(..) => visit(Callee::Unknown),
            ExprKind::Foreign(..) | ExprKind::Callback(..) if self.called_back => {
                visit(Callee::Unknown);
            }
            ExprKind::Chain(_, steps) => {
                for step in body.steps(steps) {
                    if matches!(step.op, BinaryOp::Equal | BinaryOp::NotEqual) {
                        self.compared(step.operands)
                            .into_iter()
                            .for_each(&mut *visit);
                    }
                }
            }
            _ => {}
        }
    }
}
