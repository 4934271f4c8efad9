//! The text of statements.

use std::fmt::Write as _;

use crate::wellformed::tree::{Op, Stmt};

use super::printer::Printer;

impl<'p> Printer<'p> {
    pub fn block(&mut self, block: &'p [Stmt]) {
        self.out.push('{');
        self.depth += 1;
        for stmt in block {
            self.line();
            self.stmt(stmt);
        }
        self.depth -= 1;
        self.line();
        self.out.push('}');
    }

    pub fn stmt(&mut self, stmt: &'p Stmt) {
        match stmt {
            Stmt::Let {
                local,
                ty,
                mutable,
                value,
            } => {
                let word = if *mutable { "mut " } else { "" };
                let name = self.local(*local);
                let _ = match ty {
                    Some(ty) => write!(self.out, "{word}{} {name} = ", self.ty(ty)),
                    None => write!(self.out, "let {word}{name} = "),
                };
                self.expr(value, 1);
            }
            Stmt::Assign(place, value) => self.two(place, " = ", value),
            Stmt::Compound(place, Op::Sub, value) => self.two(place, " -= ", value),
            Stmt::Compound(place, _, value) => self.two(place, " += ", value),
            Stmt::Expr(value) => self.expr(value, 1),
            Stmt::Say(pieces) => {
                self.out.push_str("Say(");
                self.pieces(pieces);
                self.out.push(')');
            }
            Stmt::If(chain, last) => {
                for (at, (condition, block)) in chain.iter().enumerate() {
                    self.out.push_str(if at > 0 { " else if " } else { "if " });
                    self.expr(condition, 1);
                    self.out.push(' ');
                    self.block(block);
                }
                if let Some(block) = last {
                    self.out.push_str(" else ");
                    self.block(block);
                }
                return;
            }
            Stmt::While(condition, block) => {
                self.out.push_str("while ");
                self.expr(condition, 1);
                self.out.push(' ');
                return self.block(block);
            }
            Stmt::Range(local, from, to, block) => {
                let _ = write!(self.out, "for {} in range(", self.local(*local));
                self.two(from, ", ", to);
                self.out.push_str(") ");
                return self.block(block);
            }
            Stmt::Each(local, of, block) => {
                let _ = write!(self.out, "for {} in ", self.local(*local));
                self.expr(of, 1);
                self.out.push(' ');
                return self.block(block);
            }
            Stmt::Break => self.out.push_str("break"),
            Stmt::Continue => self.out.push_str("continue"),
            Stmt::Return(None) => self.out.push_str("return"),
            Stmt::Return(Some(value)) => {
                self.out.push_str("return ");
                self.expr(value, 1);
            }
            Stmt::Block(block) => return self.block(block),
            Stmt::Subscribe {
                object,
                of,
                event,
                handler,
                add,
            } => {
                self.expr(object, 10);
                let name = &self.program.structs[*of].events[*event].0;
                let _ = write!(self.out, ".{name} {} ", if *add { "+=" } else { "-=" });
                self.expr(handler, 1);
            }
            Stmt::Raise { of, event, args } => {
                let name = &self.program.structs[*of].events[*event].0;
                let _ = write!(self.out, "this.{name}");
                self.args(args);
            }
            Stmt::Panic(text) => {
                self.out.push_str("panic(");
                self.expr(text, 1);
                self.out.push(')');
            }
        }
        self.out.push(';');
    }
}
