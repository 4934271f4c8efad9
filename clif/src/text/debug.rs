//! What an artifact tells debuggers, in comments before the first function:
//!
//! - `; debug: language 48733 "producer"`: the language of the source, and the compiler.
//! - `; debug: file {…}`, and likewise `type`, `scope`, `variable` and `position`: an
//!   entry of that table in JSON, in the order of the table. Symbols are numbers of the
//!   names that stand before it, `scope %f {…}`.
//!
//! `@0005` before an instruction is the number of its position.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::Write;

use beskid_plugin_api::artifact::debug::{DebugInfo, Position, Scope, Storage, Variable};
use beskid_plugin_api::artifact::{CodegenArtifact, Function, SymbolId};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::tokens::{Tokens, quoted};

/// The positions of a program as its text numbers them: in the order in which they
/// occur. Cranelift's reader counts from the first one of a function, and takes the one
/// before that for none.
#[derive(Default)]
pub(super) struct Numbered {
    /// The number of each position in the text.
    new: HashMap<u32, u32>,
    /// The position of each number.
    old: Vec<u32>,
}

impl Numbered {
    /// The positions of an artifact, if it says what they mean.
    pub(super) fn of(artifact: &CodegenArtifact) -> Option<Self> {
        let count = artifact.debug()?.positions.len() as u32;
        let mut numbered = Self::default();
        for function in artifact.functions() {
            let positions = function.body.positions.iter();
            positions.for_each(|(_, position)| numbered.add(*position, count));
        }
        (0..count).for_each(|position| numbered.add(position, count));
        Some(numbered)
    }

    fn add(&mut self, position: u32, count: u32) {
        if position < count
            && let Entry::Vacant(vacant) = self.new.entry(position)
        {
            vacant.insert(self.old.len() as u32);
            self.old.push(position);
        }
    }

    /// A function with the numbers of the text.
    pub(super) fn function(&self, function: &Function) -> Function {
        let mut function = function.clone();
        let new = |position: &mut u32| {
            if let Some(new) = self.new.get(position) {
                *position = *new;
            }
        };
        let body = &mut function.body;
        body.positions.iter_mut().for_each(|(_, at)| new(at));
        body.value_labels
            .iter_mut()
            .for_each(|label| new(&mut label.position));
        function
    }

    /// The table with the numbers of the text.
    fn table(&self, positions: &[Position]) -> Vec<Position> {
        self.old
            .iter()
            .map(|old| positions[*old as usize])
            .collect()
    }
}

/// The comments; `names` are those of the symbols.
pub(super) fn print(info: &DebugInfo, names: &[String], numbered: &Numbered) -> String {
    let mut text = String::new();
    let producer = quoted(info.producer.as_bytes());
    // Writing to a string does not fail, nor do these types in JSON.
    let _ = writeln!(text, "; debug: language {} {producer}", info.language);
    let mut entry = |table: &str, symbols: &[SymbolId], json: serde_json::Result<String>| {
        let _ = write!(text, "; debug: {table}");
        for symbol in symbols {
            let _ = write!(text, " %{}", names[*symbol as usize]);
        }
        let _ = writeln!(text, " {}", json.unwrap_or_default());
    };
    each(&info.files, |json| entry("file", &[], json));
    each(&info.types, |json| entry("type", &[], json));
    for scope in &info.scopes {
        let mut scope = scope.clone();
        let symbols = taken(symbol_of(&mut scope).into_iter());
        entry("scope", &symbols, serde_json::to_string(&scope));
    }
    for variable in &info.variables {
        let mut variable = variable.clone();
        let symbols = taken(data_of(&mut variable));
        entry("variable", &symbols, serde_json::to_string(&variable));
    }
    let positions = numbered.table(&info.positions);
    each(&positions, |json| entry("position", &[], json));
    text
}

fn each<T: Serialize>(table: &[T], mut entry: impl FnMut(serde_json::Result<String>)) {
    for value in table {
        entry(serde_json::to_string(value));
    }
}

/// The symbols, of which places among them are left.
fn taken<'s>(symbols: impl Iterator<Item = &'s mut SymbolId>) -> Vec<SymbolId> {
    let places = (0..).zip(symbols);
    let symbols = places.map(|(place, symbol)| std::mem::replace(symbol, place));
    symbols.collect()
}

fn symbol_of(scope: &mut Scope) -> Option<&mut SymbolId> {
    match scope {
        Scope::Function(function) => function.symbol.as_mut(),
        Scope::Block { .. } => None,
    }
}

fn data_of(variable: &mut Variable) -> impl Iterator<Item = &mut SymbolId> {
    let pieces = variable.pieces.iter_mut();
    pieces.filter_map(|piece| match &mut piece.storage {
        Storage::Data(symbol) => Some(symbol),
        _ => None,
    })
}

/// What the comments say, before all names have symbols.
#[derive(Debug, Default)]
pub(super) struct WrittenDebug {
    info: Option<DebugInfo>,
    /// For each scope and variable with names: which it is, the names, and their line.
    scopes: Vec<(usize, Vec<String>, usize)>,
    variables: Vec<(usize, Vec<String>, usize)>,
}

impl WrittenDebug {
    /// Reads a comment behind its `debug:`.
    pub(super) fn read(&mut self, rest: &str, line: usize) -> Result<(), String> {
        let (table, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        if table == "language" {
            let mut tokens = Tokens::new(rest);
            let language = tokens.number()?;
            self.info = Some(DebugInfo::new(&tokens.text()?, language));
            return tokens.end();
        }
        let Some(info) = &mut self.info else {
            return Err("`debug: language` comes first".to_owned());
        };
        let (names, json) = rest.split_at(rest.find('{').unwrap_or(rest.len()));
        let mut tokens = Tokens::new(names);
        let mut names = Vec::new();
        while !tokens.is_at_end() {
            names.push(tokens.name()?);
        }
        let mut takes_names = None;
        match table {
            "file" => info.files.push(entry(json)?),
            "type" => info.types.push(entry(json)?),
            "position" => info.positions.push(entry(json)?),
            "scope" => {
                takes_names = Some((&mut self.scopes, info.scopes.len()));
                info.scopes.push(entry(json)?);
            }
            "variable" => {
                takes_names = Some((&mut self.variables, info.variables.len()));
                info.variables.push(entry(json)?);
            }
            _ => return Err(format!("`{table}` is no table of debug information")),
        }
        match takes_names {
            Some((of, number)) => of.push((number, names, line)),
            None if names.is_empty() => {}
            None => return Err(format!("a {table} has no symbols")),
        }
        Ok(())
    }

    /// The tables, with the symbols of the names.
    pub(super) fn finish<E>(
        self,
        mut symbol: impl FnMut(&str, usize) -> Result<SymbolId, E>,
        no_name: impl Fn(usize) -> E,
    ) -> Result<Option<DebugInfo>, E> {
        let Some(mut info) = self.info else {
            return Ok(None);
        };
        let mut put = |places: Vec<&mut SymbolId>, names: &[String], line| {
            for place in places {
                let name = names.get(*place as usize).ok_or_else(|| no_name(line))?;
                *place = symbol(name, line)?;
            }
            Ok(())
        };
        for (number, names, line) in &self.scopes {
            let places = symbol_of(&mut info.scopes[*number]);
            put(places.into_iter().collect(), names, *line)?;
        }
        for (number, names, line) in &self.variables {
            let places = data_of(&mut info.variables[*number]);
            put(places.collect(), names, *line)?;
        }
        Ok(Some(info))
    }
}

fn entry<T: DeserializeOwned>(json: &str) -> Result<T, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}
