//! The tables as text, for people.

use std::fmt;

use super::info::DebugInfo;
use super::places::Location;
use super::scopes::{Scope, Storage};
use super::types::{DebugType, Field, TypeKind};

/// A line for each entry of each table.
impl fmt::Display for DebugInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (language, producer) = (self.language, self.producer.escape_debug());
        writeln!(f, "debug language {language:#x}, producer {producer}")?;
        for (id, file) in self.files.iter().enumerate() {
            write!(f, "file{id} = {:?}", file.path)?;
            if !file.directory.is_empty() {
                write!(f, " in {:?}", file.directory)?;
            }
            writeln!(f)?;
        }
        for (id, ty) in self.types.iter().enumerate() {
            writeln!(f, "type{id} = {}", Type(ty))?;
        }
        for (id, scope) in self.scopes.iter().enumerate() {
            match scope {
                Scope::Function(function) => {
                    let symbol = function.symbol.map(|symbol| format!(" s{symbol}"));
                    let name = function.name.escape_debug();
                    let symbol = symbol.unwrap_or_default();
                    write!(f, "scope{id} = function{symbol} {name}")?;
                    if let Some(result) = function.result {
                        write!(f, " -> type{result}")?;
                    }
                    writeln!(f, " at {}", function.declared)?;
                }
                Scope::Block { parent } => writeln!(f, "scope{id} = block in scope{parent}")?,
            }
        }
        for variable in &self.variables {
            let what = if variable.parameter {
                "parameter"
            } else {
                "variable"
            };
            write!(
                f,
                "{what} {}: type{}",
                variable.name.escape_debug(),
                variable.ty
            )?;
            if let Some(scope) = variable.scope {
                write!(f, " in scope{scope}")?;
            }
            write!(f, " at {}", variable.declared)?;
            for piece in &variable.pieces {
                let (from, to) = (
                    piece.offset,
                    u64::from(piece.offset) + u64::from(piece.size),
                );
                write!(f, " [{from}..{to} {}]", piece.storage)?;
            }
            writeln!(f)?;
        }
        for (id, position) in self.positions.iter().enumerate() {
            writeln!(
                f,
                "position{id} = {} in scope{}",
                position.at, position.scope
            )?;
        }
        Ok(())
    }
}

/// `file0:3:5`.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "file{}:{}:{}", self.file, self.line, self.column)
    }
}

/// `slot 7`.
impl fmt::Display for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Label(label) => write!(f, "label {label}"),
            Self::Slot(key) => write!(f, "slot {key}"),
            Self::Data(symbol) => write!(f, "s{symbol}"),
            Self::Behind { key, offset } => write!(f, "behind slot {key} + {offset}"),
        }
    }
}

struct Type<'a>(&'a DebugType);

impl fmt::Display for Type<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let DebugType { name, size, kind } = self.0;
        if !name.is_empty() {
            write!(f, "{} ", name.escape_debug())?;
        }
        match kind {
            TypeKind::Base(encoding) => write!(f, "{encoding:?}")?,
            TypeKind::Pointer { to: None } => write!(f, "pointer")?,
            TypeKind::Pointer { to: Some(to) } => write!(f, "pointer to type{to}")?,
            TypeKind::Struct { fields } => {
                write!(f, "struct")?;
                show_fields(f, fields)?;
            }
            TypeKind::Variants {
                discriminant,
                variants,
            } => {
                write!(f, "variants")?;
                show_fields(f, discriminant.as_slice())?;
                for variant in variants {
                    write!(f, " | {}", variant.name.escape_debug())?;
                    if let Some(value) = variant.value {
                        write!(f, " = {value}")?;
                    }
                    show_fields(f, &variant.fields)?;
                }
            }
            TypeKind::Array {
                element,
                count,
                stride,
            } => {
                let count = count.map_or_else(|| "?".to_owned(), |count| count.to_string());
                write!(f, "array of {count} type{element} each {stride}")?;
            }
            TypeKind::Alias { of } => write!(f, "alias of type{of}")?,
            TypeKind::Subroutine { params, result } => {
                let params = params.iter().map(|param| format!("type{param}"));
                let params = params.collect::<Vec<_>>().join(", ");
                write!(f, "subroutine({params})")?;
                if let Some(result) = result {
                    write!(f, " -> type{result}")?;
                }
            }
        }
        write!(f, ", {size} bytes")
    }
}

fn show_fields(f: &mut fmt::Formatter<'_>, fields: &[Field]) -> fmt::Result {
    for field in fields {
        let (name, offset, ty) = (field.name.escape_debug(), field.offset, field.ty);
        write!(f, " [{offset} {name}: type{ty}]")?;
    }
    Ok(())
}
