//! The tables of a program while it is lowered.

use std::collections::HashMap;

use beskid_plugin_api::artifact::debug::{DebugInfo, Location, SourceFile, language};

use crate::hir::Program;
use crate::span::Span;
use crate::types::Ty;

/// The tables, and what is in them already.
pub(in crate::lower) struct Tables {
    pub(in crate::lower) info: DebugInfo,
    files: HashMap<usize, u32>,
    pub(super) types: HashMap<Ty, u32>,
    /// Types of which only the size is known yet: what they describe, and their numbers.
    pub(super) unfilled: Vec<(Ty, u32)>,
    /// Keys of slots that were given away.
    keys: u64,
}

impl Tables {
    pub(in crate::lower) fn new() -> Self {
        let producer = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));
        Self {
            info: DebugInfo::new(producer, language::BESKID),
            files: HashMap::new(),
            types: HashMap::new(),
            unfilled: Vec::new(),
            keys: 0,
        }
    }

    /// Where a span begins.
    pub(super) fn location(&mut self, program: &Program, span: Span) -> Option<Location> {
        let (number, line, column) = program.numbered_place(span)?;
        let known = self.files.get(&number).copied();
        let file = match known {
            Some(file) => file,
            None => {
                let file = program.debug_files.as_ref()?.get(number)?;
                let index = self.info.files.len() as u32;
                self.info.files.push(SourceFile::clone(file));
                self.files.insert(number, index);
                index
            }
        };
        Some(Location {
            file,
            line: line as u32,
            column: column as u32,
        })
    }

    /// A key that no other slot of the program has.
    pub(super) fn key(&mut self) -> u64 {
        self.keys += 1;
        self.keys - 1
    }
}
