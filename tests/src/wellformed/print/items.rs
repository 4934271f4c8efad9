//! The text of items.

use std::fmt::Write as _;

use crate::wellformed::tree::{Body, Contract, Enum, Function, Struct};

use super::printer::Printer;

impl<'p> Printer<'p> {
    pub fn items(&mut self, module: Option<usize>) {
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

    pub fn head(&mut self, word: &str, name: &str, generics: usize, module: Option<usize>) {
        self.line();
        if module.is_some() {
            self.out.push_str("pub ");
        }
        self.params = 0;
        let _ = write!(self.out, "{word} {name}{}", self.generics(generics));
    }

    pub fn enumeration(&mut self, one: &Enum) {
        self.head("enum", &one.name, one.generics, one.module);
        let variants = one.variants.iter().map(|(name, fields)| {
            if fields.is_empty() {
                return name.clone();
            }
            format!("{name}({})", self.types(fields))
        });
        let _ = write!(
            self.out,
            " {{ {} }}",
            variants.collect::<Vec<_>>().join(", ")
        );
    }

    pub fn contract(&mut self, one: &Contract) {
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
            let params: Vec<_> = params
                .map(|(at, ty)| format!("{} a{at}", self.ty(ty)))
                .collect();
            let _ = write!(
                self.out,
                " {} {name}({});",
                self.ty(result),
                params.join(", ")
            );
        }
        self.out.push_str(" }");
    }

    pub fn structure(&mut self, one: &'p Struct) {
        self.out.push('\n');
        self.head("type", &one.name, one.generics, one.module);
        let names = one.contracts.iter();
        let names: Vec<_> = names
            .map(|&at| self.program.contracts[at].name.as_str())
            .collect();
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
            let params = params
                .iter()
                .enumerate()
                .map(|(at, ty)| format!("{} a{at}", self.ty(ty)));
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

    pub fn function(&mut self, one: &'p Function) {
        self.locals = &one.locals;
        let result = self.ty(&one.result);
        let _ = write!(
            self.out,
            "{result} {}{}(",
            one.name,
            self.generics(one.generics)
        );
        for (at, (local, ty, mutable)) in one.params.iter().enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            let word = if *mutable { "mut " } else { "" };
            let _ = write!(
                self.out,
                "{comma}{word}{} {}",
                self.ty(ty),
                self.local(*local)
            );
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
}
