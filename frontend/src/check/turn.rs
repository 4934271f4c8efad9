//! In which order expressions that share a type are checked, so that those that say
//! nothing of it take that of the others (INF-4, INF-5).

use beskid_syntax::literal;
use beskid_syntax::views::{
    Arm, Chain, EnumValue, FieldValue, Lambda, Match, Member, Path, StructValue,
};
use beskid_syntax::{Node, NodeKind, TokenKind};

use super::callable::CallableId;
use super::few::Few;
use super::part::split;
use super::state::Checker;
use crate::resolve::TypeName;
use crate::types::{Kind, Ty};

/// When an expression is checked, among those that share a type with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Turn {
    /// It says its type.
    First,
    /// It says a part of its type, or takes another in its context.
    Second,
    /// It has a type of its own, but takes that of its context: an integer literal, and what
    /// is made of such.
    Third,
    /// It has no type without a context: `[]`, `Option::None`, `x => x`.
    Last,
}

impl Turn {
    pub(super) const ALL: [Self; 4] = [Self::First, Self::Second, Self::Third, Self::Last];

    /// The places of expressions with these turns, in the order in which they are checked.
    pub(super) fn order(turns: impl Iterator<Item = Self>) -> Few<usize> {
        let turns = turns.collect::<Few<_>>();
        let mut order = (0..turns.len()).collect::<Few<_>>();
        order.sort_by_key(|at| turns[*at]);
        order
    }
}

impl<'t> Checker<'t> {
    /// When an expression is checked.
    pub(super) fn turn(&self, node: Node<'t>) -> Turn {
        match node.kind() {
            NodeKind::Literal => {
                let token = node.first_token();
                let plain = || literal::integer(token.text()).1.is_none();
                match token.kind() == TokenKind::Integer && plain() {
                    true => Turn::Third,
                    false => Turn::First,
                }
            }
            NodeKind::Paren | NodeKind::Array => self.first_turn(node.children()),
            NodeKind::Match => {
                let arms = Match::cast(node).into_iter().flat_map(Match::arms);
                self.first_turn(arms.filter_map(Arm::body))
            }
            NodeKind::Unary => {
                let minus = node.first_token().kind() == TokenKind::Minus;
                self.number_turn(node, minus)
            }
            NodeKind::Chain => {
                let chain = Chain::cast(node);
                let arithmetic = chain.is_some_and(|chain| {
                    let mut operators = chain.rest().map(|(operator, _)| operator.kind());
                    operators.all(is_arithmetic)
                });
                self.number_turn(node, arithmetic)
            }
            NodeKind::Lambda => {
                let mut params = Lambda::cast(node).into_iter().flat_map(Lambda::params);
                match params.any(|param| param.ty().is_none()) {
                    true => Turn::Last,
                    false => Turn::Second,
                }
            }
            NodeKind::EnumValue => {
                let Some(value) = EnumValue::cast(node) else {
                    return Turn::First;
                };
                let parts = value.arguments().into_iter().flat_map(Node::children);
                match has_arguments(value.path()) {
                    true => Turn::Second,
                    false => self.first_turn(parts).max(Turn::Second),
                }
            }
            NodeKind::StructValue => {
                let Some(value) = StructValue::cast(node) else {
                    return Turn::First;
                };
                let mut parts = value.fields().filter_map(FieldValue::value).peekable();
                let path = value.path();
                let whole = has_arguments(path) || path.is_some_and(|path| self.is_plain(path));
                match whole || parts.peek().is_none() {
                    true => Turn::First,
                    false => self.first_turn(parts),
                }
            }
            NodeKind::Postfix => self.call_turn(node),
            _ => Turn::First,
        }
    }

    /// Whether an expression takes the type that its context wants.
    pub(super) fn adapts(&self, node: Node<'t>) -> bool {
        self.turn(node) != Turn::First
    }

    fn first_turn(&self, mut parts: impl Iterator<Item = Node<'t>>) -> Turn {
        let mut turn = Turn::Last;
        while let Some(part) = parts.next().filter(|_| turn != Turn::First) {
            turn = turn.min(self.turn(part));
        }
        turn
    }

    /// Whether a path leads to a type without type parameters, which its values have
    /// whatever is in them.
    fn is_plain(&self, path: Path<'t>) -> bool {
        let from = self.at.module;
        let names = path.names().collect::<Few<_>>();
        let item = match names[..] {
            [name] => match self.names.find_type(from, name.text()) {
                Some(TypeName::Item(item)) => Some(item),
                _ => None,
            },
            [module, name] => {
                let module = self
                    .names
                    .find_start(from, module.text(), Some(name.text()));
                let found = module.and_then(|one| self.names.type_in(from, one, name.text()));
                found.map(|(item, _)| item)
            }
            _ => None,
        };
        item.is_some_and(|item| self.declared[item as usize].params.is_empty())
    }

    /// The turn of what is made of numbers alone.
    fn number_turn(&self, node: Node<'t>, arithmetic: bool) -> Turn {
        let mut parts = node.children();
        match arithmetic && parts.all(|part| self.turn(part) == Turn::Third) {
            true => Turn::Third,
            false => Turn::First,
        }
    }

    /// The turn of a call. That of a function whose type arguments are not written says no
    /// more of the result than its arguments do: `List.New()`, `Same(1)`.
    fn call_turn(&self, node: Node<'t>) -> Turn {
        let (base, suffixes) = split(node);
        let Some((callee, call)) = base.and_then(|base| match suffixes[..] {
            [call] => Some((self.function_named(base, None)?, call)),
            [member, call] => Some((self.function_named(base, Some(member))?, call)),
            _ => None,
        }) else {
            return Turn::First;
        };
        let callee = &self.callables[callee as usize];
        if call.kind() != NodeKind::Arguments || callee.params.is_empty() {
            return Turn::First;
        }
        let args = call.children().zip(callee.takes.iter());
        let args = args.map(|(node, param)| (self.turn(node), param.ty));
        let args = args.collect::<Few<_>>();
        let params = callee.params.iter();
        let params = params.filter(|param| self.mentions(callee.result, &[**param]));
        let found = params.map(|param| self.found(*param, &callee.params, &args));
        match found.max() {
            Some(turn @ (Turn::Third | Turn::Last)) => turn,
            _ => Turn::First,
        }
    }

    /// When the arguments of a call, with their turns and their parameters' types, say what
    /// a type parameter is.
    fn found(&self, param: Ty, params: &[Ty], args: &[(Turn, Ty)]) -> Turn {
        let saying = args.iter().filter(|(_, ty)| self.mentions(*ty, &[param]));
        let turns = saying.map(|(turn, ty)| match self.types.kind(*ty) {
            Kind::Function(id) if *turn == Turn::Last => {
                // If others say what a lambda takes, it says what it returns.
                let takes = &self.types.signature(id).params;
                let takes = |asked: &Ty| takes.iter().any(|ty| self.mentions(*ty, &[*asked]));
                let told = |asked: &Ty| {
                    let mut others = args.iter().filter(|(turn, _)| *turn != Turn::Last);
                    others.any(|(_, ty)| self.mentions(*ty, &[*asked]))
                };
                let mut asked = params.iter().filter(|asked| takes(asked));
                match asked.all(|asked| *asked != param && told(asked)) {
                    true => Turn::Second,
                    false => Turn::Last,
                }
            }
            _ => *turn,
        });
        turns.min().unwrap_or(Turn::Last)
    }

    /// The function that a name means, or one in the module that it means, if no type
    /// arguments are written.
    fn function_named(&self, base: Node<'t>, member: Option<Node<'t>>) -> Option<CallableId> {
        let last = member.unwrap_or(base);
        let name = base.first_token().text();
        let hidden = self
            .frames
            .iter()
            .any(|frame| frame.scopes.find(name).is_some());
        if hidden || base.kind() != NodeKind::Name || last.child(NodeKind::TypeArguments).is_some()
        {
            return None;
        }
        let from = self.at.module;
        let item = match member {
            None => match self.names.find_value(from, name)? {
                TypeName::Item(item) => item,
                TypeName::Ambiguous(..) => return None,
            },
            Some(member) => {
                let member = Member::cast(member)?.name().text();
                let module = self.names.find_start(from, name, Some(member))?;
                self.names.value_in(from, module, member)?.0
            }
        };
        self.of_item[item as usize]
    }
}

fn has_arguments(path: Option<Path<'_>>) -> bool {
    path.is_some_and(|path| path.node().child(NodeKind::TypeArguments).is_some())
}

const fn is_arithmetic(operator: TokenKind) -> bool {
    matches!(
        operator,
        TokenKind::Plus
            | TokenKind::Minus
            | TokenKind::Star
            | TokenKind::Slash
            | TokenKind::Percent
    )
}
