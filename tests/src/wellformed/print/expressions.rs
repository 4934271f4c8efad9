//! The text of expressions and patterns.

use std::fmt::Write as _;

use crate::wellformed::tree::{Body, Expr, Lambda, Match, Op, Pattern, Piece};

use super::printer::Printer;

impl<'p> Printer<'p> {
    pub fn two(&mut self, left: &'p Expr, between: &str, right: &'p Expr) {
        self.expr(left, 2);
        self.out.push_str(between);
        self.expr(right, 1);
    }

    pub fn args(&mut self, args: &'p [Expr]) {
        self.out.push('(');
        self.list(args);
        self.out.push(')');
    }

    /// A comparison stands in brackets: `f(a < b, c > (d))` would be one call.
    pub fn list(&mut self, args: &'p [Expr]) {
        for (at, arg) in args.iter().enumerate() {
            if at > 0 {
                self.out.push_str(", ");
            }
            let compares = matches!(arg, Expr::Binary(op, ..) if level(*op) <= 6);
            self.expr(arg, if compares { 7 } else { 1 });
        }
    }

    pub fn pieces(&mut self, pieces: &'p [Piece]) {
        self.out.push('"');
        for piece in pieces {
            match piece {
                Piece::Text(text) => self.out.push_str(&escaped(text)),
                Piece::Hole(value) => {
                    self.out.push_str("${");
                    self.expr(value, 1);
                    self.out.push('}');
                }
            }
        }
        self.out.push('"');
    }

    /// An expression, in brackets if it binds looser than the place wants.
    pub fn expr(&mut self, expr: &'p Expr, wanted: u8) {
        let own = binds(expr);
        if own < wanted {
            self.out.push('(');
            self.open(expr);
            self.out.push(')');
        } else {
            self.open(expr);
        }
    }

    pub fn open(&mut self, expr: &'p Expr) {
        match expr {
            Expr::Int {
                value, bare: true, ..
            } => {
                let _ = write!(self.out, "{value}");
            }
            Expr::Int { value, width, .. } => {
                let _ = write!(self.out, "{value}_{}", width.name());
            }
            Expr::Float(value) => {
                let _ = write!(self.out, "{value:?}");
            }
            Expr::Bool(value) => {
                let _ = write!(self.out, "{value}");
            }
            Expr::Char(value) => {
                let _ = match value {
                    '\n' => write!(self.out, "'\\n'"),
                    '\'' | '\\' => write!(self.out, "'\\{value}'"),
                    _ => write!(self.out, "'{value}'"),
                };
            }
            Expr::Text(text) => {
                let _ = write!(self.out, "\"{}\"", escaped(text));
            }
            Expr::Holes(pieces) => self.pieces(pieces),
            Expr::Local(local) => self.out.push_str(self.local(*local)),
            Expr::This => self.out.push_str("this"),
            Expr::Field {
                object,
                of,
                field,
                bare,
            } => {
                if !bare {
                    self.expr(object, 10);
                    self.out.push('.');
                }
                self.out
                    .push_str(&self.program.structs[*of].fields[*field].0);
            }
            Expr::Index(array, index) => {
                self.expr(array, 10);
                self.out.push('[');
                self.expr(index, 1);
                self.out.push(']');
            }
            Expr::Length {
                of,
                text,
                builtin: true,
            } => {
                self.out
                    .push_str(if *text { "__str_len(" } else { "__array_len(" });
                self.expr(of, 1);
                self.out.push(')');
            }
            Expr::Length { of, .. } => {
                self.expr(of, 10);
                self.out.push_str(".len()");
            }
            Expr::Negate(of) => {
                self.out.push('-');
                self.expr(of, 9);
            }
            Expr::Not(of) => {
                self.out.push('!');
                self.expr(of, 9);
            }
            Expr::Binary(op, left, right) => {
                let own = level(*op);
                let chains = !matches!(own, 5 | 6);
                self.expr(left, if chains { own } else { own + 1 });
                let _ = write!(self.out, " {} ", sign(*op));
                self.expr(right, own + 1);
            }
            Expr::Convert(_, of) => self.open(of),
            Expr::Call {
                function,
                types,
                args,
            } => {
                let one = &self.program.functions[*function];
                let name = self.path(one.module, &one.name) + &self.arguments(types);
                self.out.push_str(&name);
                self.args(args);
            }
            Expr::Method {
                object,
                of,
                method,
                args,
                bare,
            } => {
                if !bare {
                    self.expr(object, 10);
                    self.out.push('.');
                }
                self.out
                    .push_str(&self.program.structs[*of].methods[*method].name);
                self.args(args);
            }
            Expr::Dispatch {
                object,
                contract,
                method,
                args,
            } => {
                self.expr(object, 10);
                let name = &self.program.contracts[*contract].methods[*method].0;
                let _ = write!(self.out, ".{name}");
                self.args(args);
            }
            Expr::CallValue(of, args) => {
                self.expr(of, 10);
                self.args(args);
            }
            Expr::New { of, types, fields } => {
                let one = &self.program.structs[*of];
                let name = self.path(one.module, &one.name) + &self.arguments(types);
                let _ = write!(self.out, "{name} {{ ");
                for (at, (field, value)) in fields.iter().enumerate() {
                    let comma = if at > 0 { ", " } else { "" };
                    let _ = write!(self.out, "{comma}{}: ", one.fields[*field].0);
                    let compares = matches!(value, Expr::Binary(op, ..) if level(*op) <= 6);
                    self.expr(value, if compares { 7 } else { 1 });
                }
                self.out.push_str(" }");
            }
            Expr::Variant {
                of,
                types,
                variant,
                args,
            } => {
                let one = &self.program.enums[*of];
                let name = self.path(one.module, &one.name) + &self.arguments(types);
                let _ = write!(self.out, "{name}::{}", one.variants[*variant].0);
                if !args.is_empty() {
                    self.args(args);
                }
            }
            Expr::Array(items) => {
                self.out.push('[');
                self.list(items);
                self.out.push(']');
            }
            Expr::Lambda(lambda) => self.lambda(lambda),
            Expr::Function(at) => {
                let one = &self.program.functions[*at];
                self.out.push_str(&self.path(one.module, &one.name));
            }
            Expr::Match(of) => self.choice(of),
            Expr::Try(of) => {
                self.expr(of, 10);
                self.out.push('?');
            }
            Expr::Assign(place, value) => self.two(place, " = ", value),
        }
    }

    pub fn lambda(&mut self, lambda: &'p Lambda) {
        let params = lambda.params.iter().map(|(local, ty)| match lambda.typed {
            true => format!("{} {}", self.ty(ty), self.local(*local)),
            false => self.local(*local).to_owned(),
        });
        let params = params.collect::<Vec<_>>().join(", ");
        let _ = write!(self.out, "({params}) => ");
        self.body(&lambda.body);
    }

    pub fn body(&mut self, body: &'p Body) {
        match body {
            Body::Value(value) => self.expr(value, 1),
            Body::Block(block) => self.block(block),
        }
    }

    pub fn choice(&mut self, of: &'p Match) {
        self.out.push_str("match ");
        self.expr(&of.of, 3);
        self.out.push_str(" {");
        self.depth += 1;
        for arm in &of.arms {
            self.line();
            self.pattern(&arm.pattern);
            if let Some(guard) = &arm.guard {
                self.out.push_str(" when ");
                self.expr(guard, 3);
            }
            self.out.push_str(" => ");
            self.body(&arm.body);
            self.out.push(',');
        }
        self.depth -= 1;
        self.line();
        self.out.push('}');
    }

    pub fn pattern(&mut self, pattern: &'p Pattern) {
        match pattern {
            Pattern::Any => self.out.push('_'),
            Pattern::Bind(local) => self.out.push_str(self.local(*local)),
            Pattern::Literal(value) => self.expr(value, 1),
            Pattern::Variant(of, variant, fields) => {
                let one = &self.program.enums[*of];
                let name = self.path(one.module, &one.name);
                let _ = write!(self.out, "{name}::{}", one.variants[*variant].0);
                if !fields.is_empty() {
                    self.out.push('(');
                    for (at, field) in fields.iter().enumerate() {
                        if at > 0 {
                            self.out.push_str(", ");
                        }
                        self.pattern(field);
                    }
                    self.out.push(')');
                }
            }
        }
    }
}

const fn sign(op: Op) -> &'static str {
    match op {
        Op::Add => "+",
        Op::Sub => "-",
        Op::Mul => "*",
        Op::Div => "/",
        Op::Rem => "%",
        Op::Less => "<",
        Op::LessEqual => "<=",
        Op::More => ">",
        Op::MoreEqual => ">=",
        Op::Equal => "==",
        Op::Unequal => "!=",
        Op::Same => "===",
        Op::Other => "!==",
        Op::And => "&&",
        Op::Or => "||",
    }
}

const fn level(op: Op) -> u8 {
    match op {
        Op::Or => 3,
        Op::And => 4,
        Op::Equal | Op::Unequal | Op::Same | Op::Other => 5,
        Op::Less | Op::LessEqual | Op::More | Op::MoreEqual => 6,
        Op::Add | Op::Sub => 7,
        Op::Mul | Op::Div | Op::Rem => 8,
    }
}

fn binds(expr: &Expr) -> u8 {
    match expr {
        Expr::Lambda(_) => 1,
        Expr::Assign(..) => 2,
        Expr::Binary(op, ..) => level(*op),
        Expr::Negate(_) | Expr::Not(_) => 9,
        Expr::Int { value, .. } if *value < 0 => 9,
        Expr::Float(value) if value.is_sign_negative() => 9,
        Expr::Convert(_, of) => binds(of),
        Expr::Match(_) => 10,
        _ => 11,
    }
}

/// The text of one pattern or expression of a string, for both kinds of text.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '$' => out.push_str("\\$"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            _ => out.push(letter),
        }
    }
    out
}
