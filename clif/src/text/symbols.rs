//! What CLIF cannot say of a program's symbols, in comments before its first
//! function, as printed CLIF has them:
//!
//! - `; symbol: %f local "bd.f"`: linkage, and the linker's name if it is another;
//!   `import` for one that is not defined.
//! - `; data: %d local writable align 8 "bytes\x00" at 0 %f 16`: a data object,
//!   `zero 24` for zeroes, and addresses in it with what is added to them.
//! - `; feature: sysv-amd64`: signatures hold structs by value as System V has them.
//! - `; entry: %f i32 "main"`: the entrypoint, and how its result is shown.
//! - `; debug: …`: what debuggers are told.

use std::collections::BTreeMap;

use beskid_plugin_api::artifact::{DataInit, DataRole, Feature, Linkage, ResultKind};

use super::debug::WrittenDebug;
use super::file::File;
use super::source_error::SourceError;
use super::tokens::{Token, Tokens};

/// Linkages of definitions by their words.
pub(super) const LINKAGES: [(&str, Linkage); 4] = [
    ("local", Linkage::Local),
    ("hidden", Linkage::Hidden),
    ("preemptible", Linkage::Preemptible),
    ("export", Linkage::Export),
];

/// Kinds of results by their words.
pub(super) const RESULTS: [(&str, ResultKind); 9] = [
    ("unit", ResultKind::Unit),
    ("bool", ResultKind::Bool),
    ("u8", ResultKind::U8),
    ("i32", ResultKind::I32),
    ("i64", ResultKind::I64),
    ("f64", ResultKind::F64),
    ("char", ResultKind::Char),
    ("str", ResultKind::Str),
    ("pointer", ResultKind::Pointer),
];

/// Roles of data by their words; plain data has none.
pub(super) const ROLES: [(&str, DataRole); 2] = [
    ("string", DataRole::StringLiteral),
    ("descriptor", DataRole::TypeDescriptor),
];

/// What the comments of a file say.
#[derive(Debug, Default)]
pub(super) struct Written {
    symbols: BTreeMap<String, WrittenSymbol>,
    pub(super) data: Vec<WrittenData>,
    pub(super) entry: Option<WrittenEntry>,
    /// What the program says that it needs.
    pub(super) features: Vec<Feature>,
    /// What debuggers are told.
    pub(super) debug: WrittenDebug,
}

/// What is said of a symbol.
#[derive(Debug, Clone)]
pub(super) struct WrittenSymbol {
    /// `None` for imports.
    pub(super) linkage: Option<Linkage>,
    /// The linker's name, if a name is written.
    pub(super) name: Option<String>,
    line: usize,
}

/// A data object.
#[derive(Debug)]
pub(super) struct WrittenData {
    pub(super) name: String,
    pub(super) symbol: WrittenSymbol,
    pub(super) writable: bool,
    pub(super) tls: bool,
    pub(super) used: bool,
    pub(super) align: Option<u64>,
    pub(super) section: Option<String>,
    pub(super) role: DataRole,
    pub(super) init: DataInit,
    /// Offset, name, and what is added.
    pub(super) addresses: Vec<(u32, String, i64)>,
    pub(super) line: usize,
}

/// The entrypoint.
#[derive(Debug)]
pub(super) struct WrittenEntry {
    pub(super) function: String,
    pub(super) result: ResultKind,
    pub(super) name: String,
    pub(super) line: usize,
}

impl Written {
    /// Reads the comments.
    ///
    /// # Errors
    /// [`SourceError::Syntax`] with the line of the first one that is malformed.
    pub(super) fn read(file: &File) -> Result<Self, SourceError> {
        let mut written = Self::default();
        for comment in &file.preamble {
            let text = comment.text.trim_start_matches(';').trim();
            let line = comment.line;
            let Some((kind, rest)) = text.split_once(": ") else {
                continue;
            };
            let mut tokens = Tokens::new(rest);
            let read = match kind {
                "symbol" => written.symbol(&mut tokens, line),
                "data" => data(&mut tokens, line).map(|data| written.data.push(data)),
                "feature" => feature(&mut tokens).map(|feature| written.features.push(feature)),
                "entry" => entry(&mut tokens, line).map(|entry| written.entry = Some(entry)),
                "debug" => written.debug.read(rest, line),
                _ => continue,
            };
            let read = read.and_then(|()| match kind {
                "debug" => Ok(()),
                _ => tokens.end(),
            });
            read.map_err(|message| SourceError::Syntax { line, message })?;
        }
        Ok(written)
    }

    /// What is said of a function or an import.
    pub(super) fn of(&self, name: &str) -> Option<&WrittenSymbol> {
        self.symbols.get(name)
    }

    /// Refuses the first comment on a name that the file does not have.
    ///
    /// # Errors
    /// [`SourceError::Syntax`] with its line.
    pub(super) fn check(&self, is_known: impl Fn(&str) -> bool) -> Result<(), SourceError> {
        let mut unknown = self.symbols.iter().filter(|(name, _)| !is_known(name));
        unknown.next().map_or(Ok(()), |(name, symbol)| {
            Err(SourceError::Syntax {
                line: symbol.line,
                message: format!("no function of this file is or calls `%{name}`"),
            })
        })
    }

    fn symbol(&mut self, tokens: &mut Tokens<'_>, line: usize) -> Result<(), String> {
        let (name, symbol) = symbol(tokens, line)?;
        let before = self.symbols.insert(name.clone(), symbol);
        before.map_or(Ok(()), |before| {
            Err(format!(
                "`%{name}` is described already, in line {}",
                before.line
            ))
        })
    }
}

/// `%name LINKAGE "linker's name"`.
fn symbol(tokens: &mut Tokens<'_>, line: usize) -> Result<(String, WrittenSymbol), String> {
    let name = tokens.name()?;
    let linkage = match tokens.word()? {
        "import" => None,
        word => Some(among(&LINKAGES, word)?),
    };
    let written = tokens.text_if_any()?;
    let symbol = WrittenSymbol {
        linkage,
        name: written,
        line,
    };
    Ok((name, symbol))
}

fn data(tokens: &mut Tokens<'_>, line: usize) -> Result<WrittenData, String> {
    let (name, symbol) = symbol(tokens, line)?;
    if symbol.linkage.is_none() {
        return Err("data of this file is no import".to_owned());
    }
    let mut data = WrittenData {
        name,
        symbol,
        writable: false,
        tls: false,
        used: false,
        align: None,
        section: None,
        role: DataRole::Plain,
        init: DataInit::Zeroes(0),
        addresses: Vec::new(),
        line,
    };
    loop {
        match tokens.word()? {
            "writable" => data.writable = true,
            "tls" => data.tls = true,
            "used" => data.used = true,
            "align" => data.align = Some(tokens.number()?),
            "section" => data.section = Some(tokens.text()?),
            "zero" => {
                data.init = DataInit::Zeroes(tokens.number()?);
                break;
            }
            "bytes" => {
                data.init = DataInit::Bytes(tokens.bytes()?);
                break;
            }
            word => data.role = among(&ROLES, word)?,
        }
    }
    while let Some(token) = tokens.next()? {
        if token != Token::Word("at") {
            return Err("expected `at OFFSET %NAME ADDEND`".to_owned());
        }
        let offset = tokens.number()?;
        data.addresses
            .push((offset, tokens.name()?, tokens.number()?));
    }
    Ok(data)
}

fn entry(tokens: &mut Tokens<'_>, line: usize) -> Result<WrittenEntry, String> {
    Ok(WrittenEntry {
        function: tokens.name()?,
        result: among(&RESULTS, tokens.word()?)?,
        name: tokens.text()?,
        line,
    })
}

fn feature(tokens: &mut Tokens<'_>) -> Result<Feature, String> {
    let known = Feature::ALL.map(|feature| (feature.name(), feature));
    among(&known, tokens.word()?)
}

fn among<T: Clone>(all: &[(&str, T)], word: &str) -> Result<T, String> {
    let found = all.iter().find(|(own, _)| *own == word);
    found.map(|(_, value)| value.clone()).ok_or_else(|| {
        let words = all.iter().map(|(own, _)| *own).collect::<Vec<_>>();
        format!("`{word}` is none of {}", words.join(", "))
    })
}
