//! Statements that print what values are.

use crate::wellformed::tree::{Arm, Body, Expr, Match, Pattern, Piece, Stmt, Type};

use super::maker::{Maker, Place};

impl Maker {
    /// A line of output about this place and something that is known.
    pub fn say_of(&mut self, what: &str) -> Stmt {
        let mut pieces = vec![Piece::Text(format!("{what} "))];
        pieces.extend(self.holes(1));
        Stmt::Say(pieces)
    }

    /// A line with a local's name and value.
    pub fn say_local(&mut self, local: usize, ty: &Type) -> Stmt {
        let mut pieces = vec![Piece::Text(format!("{} = ", self.here.names[local]))];
        self.pieces(&Expr::Local(local), ty, 2, &mut pieces);
        Stmt::Say(pieces)
    }

    /// What can be seen of a value.
    fn pieces(&mut self, value: &Expr, ty: &Type, depth: usize, out: &mut Vec<Piece>) {
        let text = |out: &mut Vec<Piece>, text: &str| out.push(Piece::Text(text.to_owned()));
        match ty {
            _ if self.is_plain(ty) => out.push(Piece::Hole(value.clone())),
            Type::Array(item) => {
                text(out, "[");
                let of = Box::new(value.clone());
                out.push(Piece::Hole(Expr::Length {
                    of,
                    text: false,
                    builtin: false,
                }));
                if depth > 0 {
                    text(out, ": ");
                    let at = self.index(0);
                    let first = Expr::Index(Box::new(value.clone()), Box::new(at));
                    self.pieces(&first, item, depth - 1, out);
                }
                text(out, "]");
            }
            Type::Struct(of, types) if depth > 0 => {
                let fields = self.program.structs[*of].fields.clone();
                text(out, "{");
                for (field, (_, ty)) in fields.iter().enumerate() {
                    if field > 0 {
                        text(out, ", ");
                    }
                    let object = Box::new(value.clone());
                    let part = Expr::Field {
                        object,
                        of: *of,
                        field,
                        bare: false,
                    };
                    self.pieces(&part, &ty.with(types), depth - 1, out);
                }
                text(out, "}");
            }
            Type::Enum(of, types) if depth > 0 => {
                let variants = self.program.enums[*of].variants.clone();
                let arms = variants.iter().enumerate().map(|(at, (name, fields))| {
                    let mut shown = vec![Piece::Text(name.clone())];
                    let fields = fields.iter().map(|ty| {
                        let local = self.reserve();
                        shown.push(Piece::Text(" ".to_owned()));
                        self.pieces(&Expr::Local(local), &ty.with(types), depth - 1, &mut shown);
                        Pattern::Bind(local)
                    });
                    let pattern = Pattern::Variant(*of, at, fields.collect());
                    Arm {
                        pattern,
                        guard: None,
                        body: Body::Value(Expr::Holes(shown)),
                    }
                });
                let arms = arms.collect();
                let of = Match {
                    of: value.clone(),
                    arms,
                };
                out.push(Piece::Hole(Expr::Match(Box::new(of))));
            }
            Type::Function(params, result) if depth > 0 && self.is_plain(result) => {
                let args = params
                    .iter()
                    .map(|ty| self.expr(ty, Place::Typed, 0))
                    .collect();
                out.push(Piece::Hole(Expr::CallValue(Box::new(value.clone()), args)));
            }
            _ => text(out, "…"),
        }
    }
}
