//! The report on a file.

use std::collections::BTreeMap;
use std::fmt;

use beskid_plugin_api::runtime_abi::BUILTIN_SPECS;
use serde::Serialize;

use super::index::ArchiveIndex;

/// File format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileFormat {
    /// ELF.
    Elf,
    /// Mach-O, for one architecture.
    MachO,
    /// PE: an executable or a DLL for Windows.
    Pe,
    /// COFF: an object for Windows.
    Coff,
    /// An `ar` archive of objects.
    Archive,
}

impl fmt::Display for FileFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Elf => "ELF",
            Self::MachO => "Mach-O",
            Self::Pe => "PE",
            Self::Coff => "COFF",
            Self::Archive => "archive",
        })
    }
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
    /// A Mach-O bundle: loaded while a program runs, never linked with.
    Bundle,
    /// A static library.
    Static,
    /// An archive that only stands for the symbols of DLLs.
    ImportLibrary,
}

impl fmt::Display for ImageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Object => "relocatable object",
            Self::Executable => "executable",
            Self::Shared => "shared library",
            Self::Bundle => "bundle",
            Self::Static => "static library",
            Self::ImportLibrary => "import library",
        })
    }
}

/// What a file contains, for one architecture.
///
/// Lists of symbols are sorted, and no name is twice in them. Symbols have the
/// names that programs give them: without the underscore that Mach-O puts
/// before each. A Mach-O symbol that has no underscore cannot come from a
/// program; it is shown as `raw:NAME`. Symbols of a DLL that have a number and
/// no name are shown as `#NUMBER`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImageReport {
    /// File format.
    pub format: FileFormat,
    /// Format of an archive's members.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member_format: Option<FileFormat>,
    /// Kind of image.
    pub kind: ImageKind,
    /// Architecture, as in target triples.
    pub architecture: String,
    /// Address of the first instruction of an executable.
    pub entrypoint: Option<u64>,
    /// Whether `main` is defined; `None` if the symbol table is stripped.
    pub defines_main: Option<bool>,
    /// Symbols that others can use.
    pub exports: Vec<String>,
    /// Symbols that must come from elsewhere.
    pub imports: Vec<String>,
    /// Imported symbols by the library that must have them, where the format
    /// says so: PE, and Mach-O with two-level names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub imports_by_library: BTreeMap<String, Vec<String>>,
    /// Shared libraries that it needs, in the order in which they are searched.
    pub needed: Vec<String>,
    /// The name under which others load it: SONAME, install name, or the name
    /// in a DLL's export table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub library_name: Option<String>,
    /// Members of an archive, in their order; names may repeat.
    pub members: Vec<String>,
    /// Members of an archive of which is not known what they define: texts,
    /// bitcode, and objects that GCC compiles when they are linked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown_members: Vec<String>,
    /// Symbol index of an archive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<ArchiveIndex>,
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

/// Libraries that every program for Linux may need; none has a runtime.
const PLATFORM: [&str; 7] = [
    "libc.so.6",
    "libm.so.6",
    "libgcc_s.so.1",
    "libdl.so.2",
    "libpthread.so.0",
    "librt.so.1",
    "ld-linux-x86-64.so.2",
];

impl ImageReport {
    /// A report that says nothing yet but what the file is.
    pub(super) fn new(format: FileFormat, kind: ImageKind, architecture: &str) -> Self {
        Self {
            format,
            member_format: None,
            kind,
            architecture: architecture.to_owned(),
            entrypoint: None,
            defines_main: None,
            exports: Vec::new(),
            imports: Vec::new(),
            imports_by_library: BTreeMap::new(),
            needed: Vec::new(),
            library_name: None,
            members: Vec::new(),
            unknown_members: Vec::new(),
            index: None,
            runtime: RuntimeSymbols::default(),
        }
    }

    /// What is wrong with the file as a finished output; empty if nothing is.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.kind == ImageKind::Executable && self.defines_main == Some(false) {
            problems.push("`main` is not defined".to_owned());
        }
        if !self.may_share_a_runtime() {
            problems.extend(self.unresolved_runtime());
        }
        match &self.index {
            Some(index) => problems.extend(index.problems()),
            None if self.format == FileFormat::Archive && !self.exports.is_empty() => {
                problems.push("the archive has no symbol index; `ranlib` adds one".to_owned());
            }
            None => {}
        }
        problems
    }

    /// Whether one of the libraries that it needs may be a shared runtime.
    fn may_share_a_runtime(&self) -> bool {
        let mut needed = self.needed.iter().map(String::as_str);
        self.format == FileFormat::Elf && needed.any(|name| !PLATFORM.contains(&name))
    }

    /// The runtime symbols that a linked image does not hold. Only whoever
    /// knows that it is linked with a shared runtime may expect some.
    pub fn unresolved_runtime(&self) -> Option<String> {
        let linked = !matches!(
            self.kind,
            ImageKind::Object | ImageKind::Static | ImageKind::ImportLibrary
        );
        (linked && !self.runtime.undefined.is_empty()).then(|| {
            let names = self.runtime.undefined.join(", ");
            format!("runtime symbols are not resolved: {names}")
        })
    }
}
