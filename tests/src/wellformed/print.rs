//! The text of a program.

use std::fmt::Write as _;

use super::tree::{
    Body, Contract, Enum, Expr, Function, Lambda, Local, Match, Op, Pattern, Piece, Program, Stmt,
    Struct, Type,
};

/// The text of a program.
pub fn print(program: &Program) -> String {
    let mut printer = Printer {
        program,
        out: String::new(),
        depth: 0,
        module: None,
        params: 0,
        locals: &[],
    };
    printer.out.push_str("unit Say(string line) { __syscall_write(1, \"${line}\\n\"); }\n");
    printer.items(None);
    for (at, name) in program.modules.iter().enumerate() {
        let _ = write!(printer.out, "\nmod {name} {{");
        printer.depth += 1;
        printer.items(Some(at));
        printer.depth -= 1;
        printer.out.push_str("\n}\n");
    }
    printer.out
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

struct Printer<'p> {
    program: &'p Program,
    out: String,
    depth: usize,
    module: Option<usize>,
    params: usize,
    locals: &'p [String],
}

impl<'p> Printer<'p> {
    fn items(&mut self, module: Option<usize>) {
        self.module = module;
        let program = self.program;
        for one in program.enums.iter().filter(|one| one.module == module) {
            self.enumeration(one);
        }
        if module.is_none() {
            for one in &program.contracts {
                self.contract(one);
            }
        }
        for one in program.structs.iter().filter(|one| one.module == module) {
            self.structure(one);
        }
        for one in &program.functions {
            if one.module == module {
                self.out.push('\n');
                self.line();
                if module.is_some() {
                    self.out.push_str("pub ");
                }
                self.function(one);
            }
        }
    }

    fn line(&mut self) {
        self.out.push('\n');
        for _ in 0..self.depth {
            self.out.push_str("    ");
        }
    }

    fn head(&mut self, word: &str, name: &str, generics: usize, module: Option<usize>) {
        self.line();
        if module.is_some() {
            self.out.push_str("pub ");
        }
        self.params = 0;
        let _ = write!(self.out, "{word} {name}{}", self.generics(generics));
    }

    fn generics(&self, count: usize) -> String {
        if count == 0 {
            return String::new();
        }
        let names: Vec<_> = (0..count).map(parameter).collect();
        format!("<{}>", names.join(", "))
    }

    fn enumeration(&mut self, one: &Enum) {
        self.head("enum", &one.name, one.generics, one.module);
        let variants = one.variants.iter().map(|(name, fields)| {
            if fields.is_empty() {
                return name.clone();
            }
            format!("{name}({})", self.types(fields))
        });
        let _ = write!(self.out, " {{ {} }}", variants.collect::<Vec<_>>().join(", "));
    }

    fn contract(&mut self, one: &Contract) {
        self.head("contract", &one.name, 0, None);
        self.out.push_str(" {");
        let mut skip = 0;
        if let Some(embedded) = one.embeds {
            let embedded = &self.program.contracts[embedded];
            skip = embedded.methods.len();
            let _ = write!(self.out, " {};", embedded.name);
        }
        for (name, params, result) in &one.methods[skip..] {
            let params = params.iter().enumerate();
            let params: Vec<_> = params.map(|(at, ty)| format!("{} a{at}", self.ty(ty))).collect();
            let _ = write!(self.out, " {} {name}({});", self.ty(result), params.join(", "));
        }
        self.out.push_str(" }");
    }

    fn structure(&mut self, one: &'p Struct) {
        self.out.push('\n');
        self.head("type", &one.name, one.generics, one.module);
        let names = one.contracts.iter();
        let names: Vec<_> = names.map(|&at| self.program.contracts[at].name.as_str()).collect();
        if !names.is_empty() {
            let _ = write!(self.out, " : {}", names.join(", "));
        }
        self.out.push_str(" {");
        self.depth += 1;
        for (name, ty) in &one.fields {
            self.line();
            let _ = write!(self.out, "{} {name},", self.ty(ty));
        }
        for (name, capacity, params) in &one.events {
            self.line();
            let capacity = capacity.map_or(String::new(), |count| format!("{{{count}}}"));
            let params = params.iter().enumerate().map(|(at, ty)| format!("{} a{at}", self.ty(ty)));
            let params = params.collect::<Vec<_>>().join(", ");
            let _ = write!(self.out, "event{capacity} {name}({params})");
        }
        if one.apart {
            self.depth -= 1;
            self.line();
            let _ = write!(self.out, "}}");
            if one.methods.is_empty() {
                return;
            }
            self.line();
            let _ = write!(self.out, "impl {} {{", one.name);
            self.depth += 1;
        }
        for method in &one.methods {
            self.line();
            self.out.push_str("pub ");
            self.function(method);
        }
        self.depth -= 1;
        self.line();
        self.out.push('}');
    }

    fn function(&mut self, one: &'p Function) {
        self.locals = &one.locals;
        let result = self.ty(&one.result);
        let _ = write!(self.out, "{result} {}{}(", one.name, self.generics(one.generics));
        for (at, (local, ty, mutable)) in one.params.iter().enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            let word = if *mutable { "mut " } else { "" };
            let _ = write!(self.out, "{comma}{word}{} {}", self.ty(ty), self.local(*local));
        }
        self.out.push(')');
        match &one.body {
            Body::Value(value) => {
                self.out.push_str(" => ");
                self.expr(value, 1);
                self.out.push(';');
            }
            Body::Block(block) => {
                self.out.push(' ');
                self.block(block);
            }
        }
    }

    fn local(&self, local: Local) -> &'p str {
        &self.locals[local]
    }

    fn path(&self, module: Option<usize>, name: &str) -> String {
        match module {
            Some(at) if module != self.module => format!("{}.{name}", self.program.modules[at]),
            _ => name.to_owned(),
        }
    }

    fn types(&self, types: &[Type]) -> String {
        let types: Vec<_> = types.iter().map(|ty| self.ty(ty)).collect();
        types.join(", ")
    }

    fn arguments(&self, types: &[Type]) -> String {
        if types.is_empty() {
            return String::new();
        }
        format!("<{}>", self.types(types))
    }

    fn ty(&self, ty: &Type) -> String {
        match ty {
            Type::Unit => "unit".to_owned(),
            Type::Int(width) => width.name().to_owned(),
            Type::Float => "f64".to_owned(),
            Type::Bool => "bool".to_owned(),
            Type::Char => "char".to_owned(),
            Type::Text => "string".to_owned(),
            Type::Array(item) => format!("{}[]", self.ty(item)),
            Type::Struct(at, types) => {
                let one = &self.program.structs[*at];
                self.path(one.module, &one.name) + &self.arguments(types)
            }
            Type::Enum(at, types) => {
                let one = &self.program.enums[*at];
                self.path(one.module, &one.name) + &self.arguments(types)
            }
            Type::Contract(at) => self.program.contracts[*at].name.clone(),
            Type::Function(params, result) => {
                format!("{}({})", self.ty(result), self.types(params))
            }
            Type::Param(at) => parameter(*at),
        }
    }

    fn block(&mut self, block: &'p [Stmt]) {
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

    fn stmt(&mut self, stmt: &'p Stmt) {
        match stmt {
            Stmt::Let { local, ty, mutable, value } => {
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
            Stmt::Subscribe { object, of, event, handler, add } => {
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

    fn two(&mut self, left: &'p Expr, between: &str, right: &'p Expr) {
        self.expr(left, 2);
        self.out.push_str(between);
        self.expr(right, 1);
    }

    fn args(&mut self, args: &'p [Expr]) {
        self.out.push('(');
        self.list(args);
        self.out.push(')');
    }

    /// A comparison stands in brackets: `f(a < b, c > (d))` would be one call.
    fn list(&mut self, args: &'p [Expr]) {
        for (at, arg) in args.iter().enumerate() {
            if at > 0 {
                self.out.push_str(", ");
            }
            let compares = matches!(arg, Expr::Binary(op, ..) if level(*op) <= 6);
            self.expr(arg, if compares { 7 } else { 1 });
        }
    }

    fn pieces(&mut self, pieces: &'p [Piece]) {
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
    fn expr(&mut self, expr: &'p Expr, wanted: u8) {
        let own = binds(expr);
        if own < wanted {
            self.out.push('(');
            self.open(expr);
            self.out.push(')');
        } else {
            self.open(expr);
        }
    }

    fn open(&mut self, expr: &'p Expr) {
        match expr {
            Expr::Int { value, bare: true, .. } => {
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
            Expr::Field { object, of, field, bare } => {
                if !bare {
                    self.expr(object, 10);
                    self.out.push('.');
                }
                self.out.push_str(&self.program.structs[*of].fields[*field].0);
            }
            Expr::Index(array, index) => {
                self.expr(array, 10);
                self.out.push('[');
                self.expr(index, 1);
                self.out.push(']');
            }
            Expr::Length { of, text, builtin: true } => {
                self.out.push_str(if *text { "__str_len(" } else { "__array_len(" });
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
            Expr::Call { function, types, args } => {
                let one = &self.program.functions[*function];
                let name = self.path(one.module, &one.name) + &self.arguments(types);
                self.out.push_str(&name);
                self.args(args);
            }
            Expr::Method { object, of, method, args, bare } => {
                if !bare {
                    self.expr(object, 10);
                    self.out.push('.');
                }
                self.out.push_str(&self.program.structs[*of].methods[*method].name);
                self.args(args);
            }
            Expr::Dispatch { object, contract, method, args } => {
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
            Expr::Variant { of, types, variant, args } => {
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

    fn lambda(&mut self, lambda: &'p Lambda) {
        let params = lambda.params.iter().map(|(local, ty)| match lambda.typed {
            true => format!("{} {}", self.ty(ty), self.local(*local)),
            false => self.local(*local).to_owned(),
        });
        let params = params.collect::<Vec<_>>().join(", ");
        let _ = write!(self.out, "({params}) => ");
        self.body(&lambda.body);
    }

    fn body(&mut self, body: &'p Body) {
        match body {
            Body::Value(value) => self.expr(value, 1),
            Body::Block(block) => self.block(block),
        }
    }

    fn choice(&mut self, of: &'p Match) {
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

    fn pattern(&mut self, pattern: &'p Pattern) {
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

fn parameter(at: usize) -> String {
    char::from(b'T' + at as u8).to_string()
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
