//! The names of things, where they are needed.

use crate::wellformed::tree::{Local, Program, Type};

/// Writes the text of one program.
pub struct Printer<'p> {
    pub program: &'p Program,
    pub out: String,
    pub depth: usize,
    pub module: Option<usize>,
    pub params: usize,
    pub locals: &'p [String],
}

impl<'p> Printer<'p> {
    pub fn line(&mut self) {
        self.out.push('\n');
        for _ in 0..self.depth {
            self.out.push_str("    ");
        }
    }

    pub fn generics(&self, count: usize) -> String {
        if count == 0 {
            return String::new();
        }
        let names: Vec<_> = (0..count).map(parameter).collect();
        format!("<{}>", names.join(", "))
    }

    pub fn local(&self, local: Local) -> &'p str {
        &self.locals[local]
    }

    pub fn path(&self, module: Option<usize>, name: &str) -> String {
        match module {
            Some(at) if module != self.module => format!("{}.{name}", self.program.modules[at]),
            _ => name.to_owned(),
        }
    }

    pub fn types(&self, types: &[Type]) -> String {
        let types: Vec<_> = types.iter().map(|ty| self.ty(ty)).collect();
        types.join(", ")
    }

    pub fn arguments(&self, types: &[Type]) -> String {
        if types.is_empty() {
            return String::new();
        }
        format!("<{}>", self.types(types))
    }

    pub fn ty(&self, ty: &Type) -> String {
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
}

fn parameter(at: usize) -> String {
    char::from(b'T' + at as u8).to_string()
}
