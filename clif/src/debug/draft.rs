//! The unit that is being written: all of a program.

use beskid_plugin_api::artifact::debug::{DebugInfo, Location, SourceFile};
use beskid_plugin_api::artifact::{Outline, SymbolId};
use cranelift_codegen::gimli::constants::{
    DW_AT_comp_dir, DW_AT_decl_column, DW_AT_decl_file, DW_AT_decl_line, DW_AT_language,
    DW_AT_low_pc, DW_AT_name, DW_AT_producer, DW_LANG_C11, DW_LANG_lo_user, DwAt, DwLang, DwTag,
};
use cranelift_codegen::gimli::write::{
    Address, AttributeValue, DwarfUnit, FileId, FileInfo, LineProgram, LineString, UnitEntryId,
};
use cranelift_codegen::gimli::{Encoding, Format, LineEncoding};

use crate::unwind::Frame;

/// The unit, with what its parts refer to.
pub(super) struct Draft<'a> {
    pub(super) artifact: &'a Outline,
    pub(super) info: &'a DebugInfo,
    pub(super) frames: &'a [Frame],
    pub(super) dwarf: DwarfUnit,
    /// By the number of the file.
    files: Vec<FileId>,
    /// By the number of the type.
    pub(super) types: Vec<UnitEntryId>,
    /// The function's scope that each scope is in.
    owners: Vec<Option<u32>>,
    /// The variables of each scope.
    pub(super) variables: Vec<Vec<u32>>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(artifact: &'a Outline, info: &'a DebugInfo, frames: &'a [Frame]) -> Self {
        let encoding = Encoding {
            format: Format::Dwarf32,
            version: 5,
            address_size: 8,
        };
        let mut dwarf = DwarfUnit::new(encoding);
        let files = files(info, encoding, &mut dwarf);
        let mut variables = vec![Vec::new(); info.scopes.len()];
        for (number, variable) in (0..).zip(&info.variables) {
            let scope = variable
                .scope
                .and_then(|scope| variables.get_mut(scope as usize));
            if let Some(scope) = scope {
                scope.push(number);
            }
        }
        let mut draft = Self {
            artifact,
            info,
            frames,
            dwarf,
            files,
            types: Vec::new(),
            owners: info.owners(),
            variables,
        };
        draft.root();
        draft
    }

    fn root(&mut self) {
        let root = self.dwarf.unit.root();
        let language = match DwLang(self.info.language) {
            // No debugger knows it; its values look like those of C.
            DwLang(number) if number >= DW_LANG_lo_user.0 => DW_LANG_C11,
            known => known,
        };
        let first = self.info.files.first();
        self.text(root, DW_AT_producer, &self.info.producer);
        self.set(root, DW_AT_language, AttributeValue::Language(language));
        self.text(root, DW_AT_name, first.map_or("", |file| &file.path));
        self.text(root, DW_AT_comp_dir, folder(first));
        let zero = AttributeValue::Address(Address::Constant(0));
        self.set(root, DW_AT_low_pc, zero);
    }

    pub(super) fn add(&mut self, parent: UnitEntryId, tag: DwTag) -> UnitEntryId {
        self.dwarf.unit.add(parent, tag)
    }

    pub(super) fn set(&mut self, entry: UnitEntryId, name: DwAt, value: AttributeValue) {
        self.dwarf.unit.get_mut(entry).set(name, value);
    }

    /// Sets a text, unless it is empty.
    pub(super) fn text(&mut self, entry: UnitEntryId, name: DwAt, text: &str) {
        if !text.is_empty() {
            let text = self.dwarf.strings.add(text);
            self.set(entry, name, AttributeValue::StringRef(text));
        }
    }

    pub(super) fn number(&mut self, entry: UnitEntryId, name: DwAt, number: u64) {
        self.set(entry, name, AttributeValue::Udata(number));
    }

    /// Refers to a type, if it is one.
    pub(super) fn ty(&mut self, entry: UnitEntryId, name: DwAt, ty: u32) {
        if let Some(ty) = self.types.get(ty as usize) {
            self.set(entry, name, AttributeValue::UnitRef(*ty));
        }
    }

    /// Says where something is declared.
    pub(super) fn declared(&mut self, entry: UnitEntryId, at: Location) {
        if at.line == 0 {
            return;
        }
        if let Some(file) = self.file(at.file) {
            self.set(
                entry,
                DW_AT_decl_file,
                AttributeValue::FileIndex(Some(file)),
            );
            self.number(entry, DW_AT_decl_line, at.line.into());
            if at.column != 0 {
                self.number(entry, DW_AT_decl_column, at.column.into());
            }
        }
    }

    /// The function's scope that a scope is in.
    pub(super) fn owner(&self, scope: u32) -> Option<u32> {
        self.owners.get(scope as usize).copied().flatten()
    }

    pub(super) fn file(&self, file: u32) -> Option<FileId> {
        self.files.get(file as usize).copied()
    }

    /// The begin of a function's code, and so many bytes more.
    pub(super) fn code(frame: usize, offset: u32) -> Address {
        Address::Symbol {
            symbol: frame,
            addend: offset.into(),
        }
    }

    /// The begin of a data object.
    pub(super) fn data(&self, symbol: SymbolId) -> Address {
        Address::Symbol {
            symbol: self.frames.len() + symbol as usize,
            addend: 0,
        }
    }
}

/// The folder that the program's files are seen from.
fn folder(first: Option<&SourceFile>) -> &str {
    let folder = first.map_or("", |file| &file.directory);
    match folder {
        "" => ".",
        folder => folder,
    }
}

/// Begins the program of lines with all files.
fn files(info: &DebugInfo, encoding: Encoding, dwarf: &mut DwarfUnit) -> Vec<FileId> {
    let mut text = |text: &str| {
        // The format has no place for an empty name.
        let text = if text.is_empty() { "?" } else { text };
        LineString::new(text, encoding, &mut dwarf.line_strings)
    };
    let first = info.files.first();
    let path = first.map_or("", |file| &file.path);
    let mut program = LineProgram::new(
        encoding,
        LineEncoding::default(),
        text(folder(first)),
        None,
        text(path),
        None,
    );
    program.file_has_md5 = info.files.iter().all(|file| file.md5.is_some());
    let files = info.files.iter().map(|file| {
        let folder = match file.directory.as_str() {
            "" => program.default_directory(),
            folder => program.add_directory(text(folder)),
        };
        let details = FileInfo {
            md5: file.md5.unwrap_or_default(),
            ..FileInfo::default()
        };
        program.add_file(text(&file.path), folder, Some(details))
    });
    let files = files.collect();
    dwarf.unit.line_program = program;
    files
}
