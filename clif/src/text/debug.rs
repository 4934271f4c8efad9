//! What an artifact tells debuggers, in comments before the first function:
//!
//! - `; debug: language 48733 "producer"`: the language of the source, and the compiler.
//! - `; debug: file {…}`, and likewise `type`, `scope`, `variable` and `position`: an
//!   entry of that table in JSON, in the order of the table. Symbols are numbers of the
//!   names that stand before it, `scope %f {…}`.
//!
//! `@0005` before an instruction is the number of its position.

use std::fmt::Write;

use beskid_plugin_api::artifact::SymbolId;
use beskid_plugin_api::artifact::debug::{DebugInfo, Scope, Storage, Variable};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::tokens::{Tokens, quoted};

/// The comments; `names` are those of the symbols.
pub(super) fn print(info: &DebugInfo, names: &[String]) -> String {
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
    each(&info.positions, |json| entry("position", &[], json));
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
