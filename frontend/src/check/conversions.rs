//! Which values fit where (CNV).

use beskid_plugin_api::codes::Code;
use beskid_syntax::Node;

use super::state::Checker;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir::{ExprId, ExprKind};
use crate::span::Span;
use crate::types::{Kind, Ty};

impl<'t> Checker<'t> {
    /// An expression where a value of this type is wanted; `code` is for one of
    /// another type.
    pub(super) fn expect(&mut self, node: Node<'t>, wanted: Ty, code: Code) -> ExprId {
        let value = self.expr(node, Some(wanted));
        self.coerce_of(node, value, wanted, code)
    }

    /// The value of a node as one of the wanted type, which it mostly is.
    pub(super) fn coerce_of(
        &mut self,
        node: Node<'t>,
        value: ExprId,
        wanted: Ty,
        code: Code,
    ) -> ExprId {
        if self.type_of(value) == wanted {
            return value;
        }
        let span = self.span(node);
        self.coerce(value, wanted, span, code)
    }

    /// A value as one of the wanted type.
    pub(super) fn coerce(&mut self, value: ExprId, wanted: Ty, span: Span, code: Code) -> ExprId {
        let value = match wanted {
            Ty::U8 => self.read(value, span),
            _ => value,
        };
        let found = self.frame().body.ty(value);
        match self.fits(found, wanted, span) {
            Fit::Same => value,
            Fit::Converts => self.add(ExprKind::Convert(value), wanted, span),
            Fit::Narrows => {
                let (from, to) = (self.name(found), self.name(wanted));
                let message = format!("{from} becomes {to}, and keeps its low bits");
                let warning = SourceDiagnostic::new(codes::NARROWED, message, span, "");
                self.report(warning.help(format!(
                    "keep it {from}, as which a literal is written `0_{from}`; or convert by \
                     `{}To{}` of `Core.Convert`",
                    from.to_uppercase(),
                    to.to_uppercase()
                )));
                self.add(ExprKind::Convert(value), wanted, span)
            }
            Fit::Not => {
                self.mismatch(wanted, found, span, code);
                self.add(ExprKind::Unit, Ty::ERROR, span)
            }
        }
    }

    /// The value of a node that is used.
    pub(super) fn read_of(&mut self, node: Node<'t>, value: ExprId) -> ExprId {
        match self.type_of(value) {
            Ty::REF_U8 => {
                let span = self.span(node);
                self.read(value, span)
            }
            _ => value,
        }
    }

    /// A value that is used: of a `ref u8`, the byte that it is to (FFI-3).
    pub(super) fn read(&mut self, value: ExprId, span: Span) -> ExprId {
        match self.frame().body.ty(value) {
            Ty::REF_U8 => self.add(ExprKind::Load(value), Ty::U8, span),
            _ => value,
        }
    }

    /// How a value of one type is one of another.
    pub(super) fn fits(&mut self, found: Ty, wanted: Ty, span: Span) -> Fit {
        if found == wanted || found == Ty::ERROR || wanted == Ty::ERROR {
            return Fit::Same;
        }
        if found == Ty::NEVER {
            return Fit::Converts;
        }
        if found.is_integer() && wanted.is_integer() {
            let wide = |ty| match ty {
                Ty::U8 => 1,
                Ty::I32 => 4,
                _ => 8,
            };
            return if wide(found) < wide(wanted) {
                Fit::Converts
            } else {
                Fit::Narrows
            };
        }
        match (self.types.kind(found), self.types.kind(wanted)) {
            (Kind::Struct(from), Kind::Contract(to)) => {
                let contract = self.types.contract(to).item;
                let Some(item) = self.types.structure(from).item else {
                    return Fit::Not;
                };
                if !self.conforms(item, contract) {
                    return Fit::Not;
                }
                self.find_methods(found, span);
                Fit::Converts
            }
            (Kind::Contract(from), Kind::Contract(to)) => {
                let (from, to) = (self.types.contract(from).item, self.types.contract(to).item);
                if self.embeds(from, to) {
                    Fit::Converts
                } else {
                    Fit::Not
                }
            }
            _ => Fit::Not,
        }
    }

    pub(super) fn mismatch(&mut self, wanted: Ty, found: Ty, span: Span, code: Code) {
        // What is wrong with one of them was reported.
        if wanted == Ty::ERROR || found == Ty::ERROR {
            return;
        }
        let [wanted_name, found_name] = self.names_of(wanted, found);
        let message = format!("expected {wanted_name}, found {found_name}");
        let contract = match (self.types.kind(found), self.types.kind(wanted)) {
            (Kind::Struct(from), Kind::Contract(to)) => {
                let contract = self.types.contract(to).item;
                let item = self.types.structure(from).item;
                !item.is_some_and(|item| self.conforms(item, contract))
            }
            _ => false,
        };
        let code = if contract {
            codes::NOT_A_CONTRACT
        } else {
            code
        };
        let mut diagnostic = SourceDiagnostic::new(code, message, span, "");
        if contract {
            let found = self.name(found);
            diagnostic.set_help(Some(format!("declare it: `type {found} : {wanted_name}`")));
        } else {
            diagnostic.set_help(self.how_it_fits(wanted, found));
        }
        self.report(diagnostic);
    }

    /// How a value of one type becomes one of another that is wanted.
    fn how_it_fits(&mut self, wanted: Ty, found: Ty) -> Option<String> {
        if wanted.is_integer() && found.is_integer() {
            let (of, wanted, found) = (
                self.with_article(wanted),
                self.name(wanted),
                self.name(found),
            );
            return Some(format!(
                "type arguments are exact: {of} is made of {found} by `{wanted} x = value;`"
            ));
        }
        let outcome = self.outcome(found);
        if outcome.is_some_and(|outcome| outcome.value == wanted) {
            return Some(IN_OK.to_owned());
        }
        help(wanted, found).map(str::to_owned)
    }

    /// Says that what `word` passes is of another type than the parameter.
    pub(super) fn other_place(&mut self, word: &str, wanted: Ty, found: Ty, span: Span) {
        let before = self.diagnostics.len();
        self.mismatch(wanted, found, span, codes::BAD_ARGUMENT_TYPE);
        if wanted.is_integer() && found.is_integer() {
            let wanted = self.with_article(wanted);
            let help = format!("what `{word}` passes never converts: pass {wanted}");
            if let Some(told) = self.diagnostics.get_mut(before) {
                told.set_help(Some(help));
            }
        }
    }

    pub(super) fn add(&mut self, kind: ExprKind, ty: Ty, span: Span) -> ExprId {
        self.frame().body.add(kind, ty, span)
    }

    /// What was reported, in place of a value.
    pub(super) fn broken(&mut self, span: Span) -> ExprId {
        self.add(ExprKind::Unit, Ty::ERROR, span)
    }

    pub(super) fn type_of(&mut self, value: ExprId) -> Ty {
        self.frame().body.ty(value)
    }
}

/// How a value of one type is one of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    Same,
    Converts,
    /// Bits may be lost (CNV-2).
    Narrows,
    Not,
}

/// How the value of a `Result` is reached.
pub(super) const IN_OK: &str =
    "the value is in its `Ok`: write `?` behind it, or look at it by `match`";

const fn help(wanted: Ty, found: Ty) -> Option<&'static str> {
    match (wanted, found) {
        (Ty::STR, Ty::U8) => Some(
            "a byte as text is `\"${Convert.U8ToChar(byte)}\"`, with `use Core.Convert;`; \
             `\"${byte}\"` is its number",
        ),
        (Ty::STR, _) => Some("text of a value is `\"${value}\"`"),
        (Ty::CHAR, Ty::STR) => Some("a character is written `'a'`"),
        (Ty::CHAR, Ty::U8) => Some("write `Convert.U8ToChar(byte)`, with `use Core.Convert;`"),
        (Ty::CHAR, Ty::I32 | Ty::I64) => Some(
            "write `Convert.I64ToChar(number)`, which makes a `Result`, with `use Core.Convert;`",
        ),
        (Ty::I64, Ty::CHAR) => {
            Some("its number is `Convert.CharToI64(character)`, with `use Core.Convert;`")
        }
        (Ty::U8 | Ty::I32, Ty::CHAR) => {
            Some("its number is the i64 `Convert.CharToI64(character)`, with `use Core.Convert;`")
        }
        (Ty::I64 | Ty::I32 | Ty::U8, Ty::F64) => Some(
            "write `Convert.F64ToI64Saturating(number)`, or `Convert.RoundToI64(number)`, which \
             makes a `Result`, with `use Core.Convert;`",
        ),
        (Ty::REF_U8, Ty::U8) => Some("write `ref` before a local `u8 mut`"),
        (Ty::F64, Ty::I32 | Ty::I64 | Ty::U8) => Some(
            "a float is written `1.0`; an integer becomes one by `Convert.I64ToF64(number)`, with \
             `use Core.Convert;`",
        ),
        _ => None,
    }
}
