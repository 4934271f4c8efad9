//! The report, and how it is shown.

use std::fmt;

use beskid_plugin_api::runtime_abi::BUILTIN_SPECS;
use serde::Serialize;

/// File format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileFormat {
    /// ELF.
    Elf,
    /// An `ar` archive of ELF objects.
    Archive,
}

/// What kind of image a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImageKind {
    /// A relocatable object.
    Object,
    /// An executable, position-independent or not.
    Executable,
    /// A shared library.
    Shared,
    /// A static library.
    Static,
}

impl fmt::Display for ImageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Object => "relocatable object",
            Self::Executable => "executable",
            Self::Shared => "shared library",
            Self::Static => "static library",
        })
    }
}

/// What a file contains. Names are sorted and unique.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImageReport {
    /// File format.
    pub format: FileFormat,
    /// Kind of image.
    pub kind: ImageKind,
    /// Architecture, as in target triples.
    pub architecture: String,
    /// Address of the first instruction.
    pub entrypoint: Option<u64>,
    /// Whether `main` is defined; `None` if the symbol table is stripped.
    pub defines_main: Option<bool>,
    /// Symbols that others can use.
    pub exports: Vec<String>,
    /// Symbols that must come from elsewhere.
    pub imports: Vec<String>,
    /// Shared libraries that it needs.
    pub needed: Vec<String>,
    /// Members of an archive.
    pub members: Vec<String>,
    /// Symbols of the runtime.
    pub runtime: RuntimeSymbols,
}

/// Symbols of the Beskid runtime in a file, in the order of the ABI tables.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RuntimeSymbols {
    /// Defined in the file.
    pub defined: Vec<&'static str>,
    /// Needed by the file and not defined in it.
    pub undefined: Vec<&'static str>,
}

impl RuntimeSymbols {
    /// Sorts the names that the predicates accept.
    pub(super) fn of(defined: impl Fn(&str) -> bool, needed: impl Fn(&str) -> bool) -> Self {
        let symbols = BUILTIN_SPECS.iter().map(|spec| spec.symbol);
        Self {
            defined: symbols.clone().filter(|name| defined(name)).collect(),
            undefined: symbols
                .filter(|name| needed(name) && !defined(name))
                .collect(),
        }
    }
}

impl ImageReport {
    /// What is wrong with the file as a finished output; empty if nothing is.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.kind == ImageKind::Executable && self.defines_main == Some(false) {
            problems.push("`main` is not defined".to_owned());
        }
        let finished = matches!(self.kind, ImageKind::Executable | ImageKind::Shared);
        if finished && !self.runtime.undefined.is_empty() {
            let names = self.runtime.undefined.join(", ");
            problems.push(format!("runtime symbols are not resolved: {names}"));
        }
        problems
    }
}

impl fmt::Display for ImageReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |names: &[String]| match names {
            [] => "none".to_owned(),
            names => names.join(" "),
        };
        let format = match self.format {
            FileFormat::Elf => "ELF",
            FileFormat::Archive => "archive of ELF",
        };
        let main = match self.defines_main {
            Some(true) => "defined",
            Some(false) => "not defined",
            None => "unknown, the symbol table is stripped",
        };
        writeln!(f, "format:        {format}")?;
        writeln!(f, "kind:          {}", self.kind)?;
        writeln!(f, "architecture:  {}", self.architecture)?;
        if let Some(entrypoint) = self.entrypoint {
            writeln!(f, "entrypoint:    {entrypoint:#x}")?;
        }
        writeln!(f, "main:          {main}")?;
        if !self.members.is_empty() {
            writeln!(f, "members:       {}", list(&self.members))?;
        }
        writeln!(f, "exports:       {}", list(&self.exports))?;
        writeln!(f, "imports:       {}", list(&self.imports))?;
        writeln!(f, "needs:         {}", list(&self.needed))?;
        let runtime = match self.runtime.defined.as_slice() {
            [] => "none".to_owned(),
            names => names.join(" "),
        };
        writeln!(f, "runtime:       {runtime}")?;
        if !self.runtime.undefined.is_empty() {
            writeln!(f, "runtime needs: {}", self.runtime.undefined.join(" "))?;
        }
        let problems = self.problems();
        if problems.is_empty() {
            write!(f, "result:        pass")
        } else {
            write!(f, "result:        FAIL: {}", problems.join("; "))
        }
    }
}
