//! Which method of several of one name a call means (METH-4).

use beskid_syntax::views::Lambda;
use beskid_syntax::{Node, NodeKind, Token, literal};

use super::bindings::Bindings;
use super::callable::{CallableId, Mode, Param};
use super::choice::Choice;
use super::conversions::Fit;
use super::references::reference_word;
use super::state::Checker;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::types::{Kind, Ty};

/// What is known of an argument before its parameter is.
enum Given {
    /// An integer that takes the type which is wanted, and its value, if it is no sum.
    Integer(Option<i128>),
    /// So many parameters, whose types may be those that are wanted.
    Lambda(usize),
    /// A variant or an array of a type by itself; the literals in it may have another type.
    Adapting(Ty),
    /// A variant whose type arguments nothing says by itself.
    Variant,
    /// An array whose elements have no type by themselves.
    Elements,
    /// `ref` or `out` before something of a type.
    Reference(&'static str, Ty),
    Value(Ty),
}

/// How well a method takes what a call gives it, the best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Match {
    /// As it is declared.
    Exact,
    /// With type arguments that are found for it.
    Found,
    /// After values have become wider ones, or ones of a contract.
    Widened,
    FoundWidened,
    /// Only if bits may be lost.
    Narrowed,
    Not,
}

impl<'t> Checker<'t> {
    pub(super) fn chosen(
        &mut self,
        methods: &[CallableId],
        receiver: Ty,
        arguments: Option<Node<'t>>,
        call: Node<'t>,
        name: Token<'t>,
    ) -> CallableId {
        let [_, _, ..] = methods else {
            return methods.first().copied().unwrap_or_default();
        };
        let key = (call.id(), self.lambdas_around([receiver].into_iter()));
        let choice = match self.outermost().choices.get(&key) {
            Some(known) => *known,
            None => {
                let choice = self.choice(methods, receiver, arguments, call);
                self.outermost().choices.insert(key, choice);
                choice
            }
        };
        let method = choice.method;
        if choice.is_ambiguous {
            let message = format!("two methods `{}` fit this call", name.text());
            let span = self.placed(name.span());
            let diagnostic = SourceDiagnostic::new(codes::AMBIGUOUS_METHOD, message, span, "");
            self.report(diagnostic.related(self.callables[method as usize].span, "one here"));
        }
        method
    }

    fn choice(
        &mut self,
        methods: &[CallableId],
        receiver: Ty,
        arguments: Option<Node<'t>>,
        call: Node<'t>,
    ) -> Choice {
        let first = methods.first().copied().unwrap_or_default();
        let count = call.children().count();
        let written = arguments.map(|arguments| arguments.children().count());
        let fitting = methods.iter().copied().filter(|id| {
            let callable = &self.callables[*id as usize];
            let own = callable.params.len() - callable.owners;
            callable.takes.len() == count && written.is_none_or(|written| written == own)
        });
        let fitting = fitting.collect::<Vec<_>>();
        let nearest = match fitting.as_slice() {
            [] => return Choice::of(first),
            [only] => return Choice::of(*only),
            [nearest, ..] => *nearest,
        };
        let given = self.given(call);
        let args = self.receiver_args(receiver, arguments);
        let matches = fitting.iter();
        let matches = matches.map(|id| (self.matches(*id, &given, &args, call), *id));
        let matches = matches.collect::<Vec<_>>();
        let Some(best) = matches.iter().map(|(found, _)| *found).min() else {
            return Choice::of(nearest);
        };
        let best_ones = matches.iter().filter(|(found, _)| *found == best);
        let best_ones = best_ones.map(|(_, id)| *id).collect::<Vec<_>>();
        match best_ones.as_slice() {
            [only] => Choice::of(*only),
            _ if best >= Match::Narrowed => Choice::of(nearest),
            _ => self.between(&best_ones, &given),
        }
    }

    /// Which of several that fit as well a call means: a literal is an i32, unless nothing
    /// takes one.
    fn between(&self, best: &[CallableId], given: &[Given]) -> Choice {
        let is_literal = |given: &Given| matches!(given, Given::Integer(_));
        let i32s = best.iter().find(|id| {
            let takes = &self.callables[**id as usize].takes;
            let literals = takes.iter().zip(given);
            let mut literals = literals.filter(|(_, given)| is_literal(given));
            literals.all(|(param, _)| param.ty == Ty::I32)
        });
        if let Some(id) = i32s.filter(|_| given.iter().any(is_literal)) {
            return Choice::of(*id);
        }
        Choice {
            method: best.first().copied().unwrap_or_default(),
            is_ambiguous: true,
        }
    }

    /// The type arguments that are known of a method: those of its receiver, then those that
    /// are written.
    fn receiver_args(&mut self, receiver: Ty, arguments: Option<Node<'t>>) -> Vec<Ty> {
        let mut args = self.args_of(receiver).to_vec();
        if let Some(arguments) = arguments {
            // What is wrong with them is told where the method is called.
            let reported = self.diagnostics.len();
            args.extend(self.written_arguments(arguments));
            self.diagnostics.truncate(reported);
        }
        args
    }

    /// How well a method takes what is given; its worst parameter decides.
    fn matches(&mut self, id: CallableId, given: &[Given], args: &[Ty], call: Node<'t>) -> Match {
        let callable = &self.callables[id as usize];
        let takes = callable.takes.clone();
        let mut bindings = Bindings::new(callable.params.clone());
        for (known, ty) in bindings.known.iter_mut().zip(args) {
            *known = Some(*ty);
        }
        let is_found = bindings.complete().is_none();
        for (param, given) in takes.iter().zip(given) {
            if let Given::Value(ty) | Given::Reference(_, ty) | Given::Adapting(ty) = given
                && is_found
            {
                self.unify(param.ty, *ty, &mut bindings);
            }
        }
        let mut worst = Fit::Same;
        for (param, given) in takes.iter().zip(given) {
            let open = is_found
                && bindings
                    .index(param.ty)
                    .is_some_and(|at| bindings.known[at].is_none());
            let ty = self.resolved(param.ty, &bindings);
            let fit = match given {
                // A literal of any type may say what the parameter is.
                Given::Integer(_) if open && is_value(param) => Fit::Same,
                given => self.given_fits(given, &Param { ty, ..*param }, call),
            };
            worst = match (worst, fit) {
                (Fit::Not, _) | (_, Fit::Not) => Fit::Not,
                (Fit::Narrows, _) | (_, Fit::Narrows) => Fit::Narrows,
                (Fit::Same, Fit::Same) => Fit::Same,
                _ => Fit::Converts,
            };
        }
        match worst {
            Fit::Same if is_found => Match::Found,
            Fit::Same => Match::Exact,
            Fit::Converts if is_found => Match::FoundWidened,
            Fit::Converts => Match::Widened,
            Fit::Narrows => Match::Narrowed,
            Fit::Not => Match::Not,
        }
    }

    fn given_fits(&mut self, given: &Given, param: &Param<'t>, call: Node<'t>) -> Fit {
        let is_value = is_value(param);
        let kind = self.types.kind(param.ty);
        let fits = match *given {
            Given::Reference(word, ty) => match (word, param.mode) {
                ("ref", Mode::Ref) | ("out", Mode::Out) => ty == param.ty,
                ("ref", _) if is_value && param.ty == Ty::REF_U8 => ty == Ty::U8,
                ("ref", _) if is_value => ty == param.ty && self.types.is_managed(ty),
                _ => false,
            },
            _ if !is_value => false,
            Given::Integer(value) => {
                let (least, most) = param.ty.range();
                param.ty.is_integer() && value.is_none_or(|value| (least..=most).contains(&value))
            }
            Given::Lambda(count) => match kind {
                Kind::Function(id) => self.types.signature(id).params.len() == count,
                kind => matches!(kind, Kind::Param(_)),
            },
            Given::Adapting(ty) if ty == param.ty => true,
            Given::Variant => matches!(kind, Kind::Enum(_) | Kind::Param(_)),
            Given::Elements => matches!(kind, Kind::Array(_) | Kind::Param(_)),
            Given::Adapting(ty) if self.alike(ty, param.ty) => return Fit::Converts,
            Given::Adapting(_) => false,
            Given::Value(ty) => {
                let span = self.span(call);
                return self.fits(ty, param.ty, span);
            }
        };
        if fits { Fit::Same } else { Fit::Not }
    }

    /// Whether two types differ in what integers they have.
    fn alike(&self, found: Ty, wanted: Ty) -> bool {
        if found == wanted || found.is_integer() && wanted.is_integer() {
            return true;
        }
        match (self.types.kind(found), self.types.kind(wanted)) {
            (Kind::Array(found), Kind::Array(wanted)) => self.alike(found, wanted),
            (Kind::Enum(_), Kind::Enum(_)) if self.owner_of(found) == self.owner_of(wanted) => {
                let (found, wanted) = (self.args_of(found), self.args_of(wanted));
                let mut both = found.iter().zip(wanted.iter());
                both.all(|(found, wanted)| self.alike(*found, *wanted))
            }
            _ => false,
        }
    }

    /// What a call's arguments are; found without keeping what is checked or reported.
    fn given(&mut self, call: Node<'t>) -> Vec<Given> {
        self.tried(|checker| {
            let args = call.children();
            args.map(|node| checker.given_one(node)).collect()
        })
    }

    fn given_one(&mut self, node: Node<'t>) -> Given {
        if self.adapts(node) && is_integer(node) {
            return Given::Integer(number(node));
        }
        if let Some(lambda) = Lambda::cast(node)
            && lambda.params().any(|param| param.ty().is_none())
        {
            // Its body means nothing before its parameters' types are known.
            return Given::Lambda(lambda.params().count());
        }
        let place = node.children().next();
        if let (Some(word), Some(place)) = (reference_word(node), place) {
            let value = self.expr(place, None);
            return Given::Reference(word, self.type_of(value));
        }
        let value = self.expr(node, None);
        match (self.type_of(value), node.kind()) {
            (Ty::ERROR, NodeKind::Lambda) => {
                let lambda = Lambda::cast(node);
                Given::Lambda(lambda.map_or(0, |lambda| lambda.params().count()))
            }
            (Ty::ERROR, NodeKind::EnumValue) => Given::Variant,
            (Ty::ERROR, NodeKind::Array) => Given::Elements,
            (ty, NodeKind::EnumValue | NodeKind::Array) if self.adapts(node) => Given::Adapting(ty),
            (ty, _) => Given::Value(ty),
        }
    }
}

const fn is_value(param: &Param<'_>) -> bool {
    matches!(param.mode, Mode::Value | Mode::Mutable)
}

/// Whether what adapts is an integer.
fn is_integer(node: Node<'_>) -> bool {
    use NodeKind::{Chain, Literal, Paren, Unary};
    match node.kind() {
        Literal | Unary | Chain => true,
        Paren => node.children().all(is_integer),
        _ => false,
    }
}

/// The value of a literal, with its sign.
fn number(node: Node<'_>) -> Option<i128> {
    let inner = node.children().next();
    match node.kind() {
        NodeKind::Literal => literal::integer(node.first_token().text())
            .0
            .map(i128::from),
        NodeKind::Paren => number(inner?),
        NodeKind::Unary => number(inner?).map(|value| -value),
        _ => None,
    }
}
