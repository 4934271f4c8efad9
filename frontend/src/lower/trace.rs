//! The table of the program's functions, by which a panic tells what it came through
//! (PAN-1).

use std::collections::HashMap;

use cranelift_module::{DataDescription, DataId, FuncId, Linkage, Module};

use super::unit::{Lowered, Unit};
use crate::types::WORD;

/// Size of a `FunctionTable` without its entries.
const HEADER: usize = 2 * WORD as usize;
/// Size of a `FunctionEntry`.
const ENTRY: usize = 3 * WORD as usize;
/// The function behind all others.
const END: &str = "bd.$end";

impl Unit<'_> {
    /// The table of the program's functions, which is defined when all of them are.
    pub(super) fn function_table(&mut self) -> Lowered<DataId> {
        if let Some(known) = self.trace.table {
            return Ok(known);
        }
        let id = self.module.declare_anonymous_data(false, false)?;
        self.trace.table = Some(id);
        Ok(id)
    }

    /// Whether something names the table.
    pub(super) const fn is_traced(&self) -> bool {
        self.trace.table.is_some()
    }

    /// A function that comes behind all others.
    pub(super) fn declare_end(&mut self) -> Lowered<FuncId> {
        let signature = self.module.make_signature();
        self.module
            .declare_function(END, Linkage::Local, &signature)
    }

    /// Defines the table; `end` is behind all functions.
    pub(super) fn define_trace(&mut self, end: FuncId) -> Lowered<()> {
        let Some(table) = self.trace.table else {
            return Ok(());
        };
        let built = std::mem::take(&mut self.trace.built);
        let functions = self.functions.iter().zip(&self.program.functions);
        let names = functions.map(|(declared, function)| {
            let (file, line, _) = self.program.place(function.span);
            (declared.id, format!("{} ({file}:{line})", function.name))
        });
        let names = names.collect::<HashMap<_, _>>();
        let texts = HEADER + built.len() * ENTRY;
        let mut contents = vec![0; texts];
        contents[..8].copy_from_slice(&(built.len() as u64).to_le_bytes());
        let mut starts = Vec::with_capacity(built.len());
        for (index, id) in built.iter().enumerate() {
            let name = names.get(id).map_or("", String::as_str);
            let length = HEADER + index * ENTRY + 2 * WORD as usize;
            contents[length..][..8].copy_from_slice(&(name.len() as u64).to_le_bytes());
            starts.push(contents.len());
            contents.extend_from_slice(name.as_bytes());
        }
        let mut data = DataDescription::new();
        data.define(contents.into_boxed_slice());
        data.set_align(u64::from(WORD));
        let end = self.module.declare_func_in_data(end, &mut data);
        data.write_function_addr(WORD, end);
        let itself = self.module.declare_data_in_data(table, &mut data);
        for (index, (id, start)) in built.iter().zip(starts).enumerate() {
            let entry = (HEADER + index * ENTRY) as u32;
            let code = self.module.declare_func_in_data(*id, &mut data);
            data.write_function_addr(entry, code);
            data.write_data_addr(entry + WORD, itself, start as i64);
        }
        self.module.define_data(table, &data)
    }
}
