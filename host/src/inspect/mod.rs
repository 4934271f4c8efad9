//! What an object, executable, library or archive contains.
//!
//! The bytes are untrusted. goblin reads their headers and records; the tables
//! are walked here, within a budget (see `bounds`), and a panic of the parser
//! is a malformed file.

mod archive;
mod bounds;
mod coff;
mod display;
mod elf;
mod exports_trie;
mod fat;
mod index;
mod library;
mod macho;
mod merged;
mod pe;
mod report;
mod script;
mod symbols;
mod system;

pub(crate) use library::{Fault, fault, names_of_code, symbols_by_kind};
pub(crate) use merged::merged_name;
pub use report::{FileFormat, ImageKind, ImageReport};
pub(crate) use script::linker_script;
pub(crate) use system::foreign_system;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::panics::contain_panic;
use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

use bounds::{Work, u16_at};
use symbols::Object;

/// Largest file that is inspected, in bytes: 1 GiB.
pub const MAX_IMAGE: u64 = 1 << 30;

/// What a file contains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inspection {
    /// A file for one architecture.
    One(Box<ImageReport>),
    /// A fat Mach-O file: one slice for each architecture.
    Fat(Vec<ImageReport>),
}

impl Inspection {
    /// The reports: one for each architecture.
    pub fn reports(&self) -> &[ImageReport] {
        match self {
            Self::One(report) => std::slice::from_ref(report),
            Self::Fat(slices) => slices,
        }
    }

    /// What is wrong with the file as a finished output; empty if nothing is.
    pub fn problems(&self) -> Vec<String> {
        self.reports()
            .iter()
            .flat_map(ImageReport::problems)
            .collect()
    }

    /// The report on a file that may only be for one architecture.
    ///
    /// # Errors
    /// E5201 names the architectures of a fat file.
    pub fn into_one(self) -> Result<ImageReport, Diagnostic> {
        match self {
            Self::One(report) => Ok(*report),
            Self::Fat(slices) => {
                let architectures = slices.iter().map(|slice| slice.architecture.as_str());
                let architectures = architectures.collect::<Vec<_>>().join(", ");
                let message = format!("the file is for several architectures: {architectures}");
                Err(Diagnostic::new(Code::E5201, message)
                    .help("each target is compiled and linked on its own"))
            }
        }
    }
}

/// A report stands for itself; a fat file has `slices`.
impl Serialize for Inspection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::One(report) => report.serialize(serializer),
            Self::Fat(slices) => {
                let mut fat = serializer.serialize_struct("Inspection", 2)?;
                fat.serialize_field("format", "fat-mach-o")?;
                fat.serialize_field("slices", slices)?;
                fat.end()
            }
        }
    }
}

/// Inspects a file's contents.
///
/// # Errors
/// E5202 if the format is not known, or the file is malformed.
pub fn inspect(bytes: &[u8]) -> Result<Inspection, Diagnostic> {
    let malformed = |reason: &str| {
        Diagnostic::new(Code::E5202, format!("cannot inspect the file: {reason}"))
            .help("give an object, executable or library, or an archive of objects")
    };
    if bytes.len() as u64 > MAX_IMAGE {
        return Err(malformed(&format!("it has more than {MAX_IMAGE} bytes")));
    }
    let mut work = Work::for_file(bytes.len());
    let parsed = contain_panic(|| match Kind::of(bytes) {
        Kind::Fat => fat::inspect(bytes, &mut work, one).map(Inspection::Fat),
        _ => one(bytes, &mut work).map(|report| Inspection::One(Box::new(report))),
    });
    match parsed {
        Ok(Ok(inspection)) => Ok(inspection),
        Ok(Err(reason)) => Err(malformed(&reason)),
        Err(_) => Err(malformed("it is malformed, the parser gave up")),
    }
}

/// Name and contents of each object in an archive, in its order; names may
/// repeat.
///
/// # Errors
/// Why the bytes are no archive of objects.
pub(crate) fn archive_members(bytes: &[u8]) -> Result<Vec<(&str, &[u8])>, String> {
    let mut work = Work::for_file(bytes.len());
    contain_panic(|| archive::members(bytes, &mut work, object)).unwrap_or_else(Err)
}

/// What a file is by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Elf,
    MachO,
    Fat,
    Pe,
    Coff,
    Archive,
    ThinArchive,
    Bitcode,
    Empty,
    Unknown,
}

impl Kind {
    fn of(bytes: &[u8]) -> Self {
        match bytes {
            [] => Self::Empty,
            [0x7f, b'E', b'L', b'F', ..] => Self::Elf,
            [b'!', b'<', b'a', b'r', b'c', b'h', b'>', b'\n', ..] => Self::Archive,
            [b'!', b'<', b't', b'h', b'i', b'n', b'>', b'\n', ..] => Self::ThinArchive,
            [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..] | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..] => {
                Self::MachO
            }
            [0xca, 0xfe, 0xba, 0xbe | 0xbf, ..] => Self::Fat,
            [b'M', b'Z', ..] => Self::Pe,
            [b'B', b'C', 0xc0, 0xde, ..] | [0xde, 0xc0, 0x17, 0x0b, ..] => Self::Bitcode,
            [0, 0, 0xff, 0xff, ..] => Self::Coff,
            // COFF begins with the machine: of x86-64, AArch64, RISC-V, x86,
            // Arm and Arm64EC. Objects have no optional header.
            [0x64, 0x86 | 0xaa | 0x50, ..] | [0x4c | 0xc4, 0x01, ..] | [0x41, 0xa6, ..]
                if u16_at(bytes, 16) == Ok(0) =>
            {
                Self::Coff
            }
            _ => Self::Unknown,
        }
    }

    /// Why such a file is not inspected.
    const fn refusal(self) -> &'static str {
        match self {
            Self::Empty => "it is empty",
            Self::ThinArchive => "a thin archive only names its members",
            Self::Bitcode => "it is LLVM bitcode, which only a linker of LLVM can read",
            Self::Fat => "it is a fat file",
            Self::Pe => "it is an executable or DLL, not an object",
            Self::Archive => "it is an archive",
            _ => "its format is not known",
        }
    }
}

/// Inspects a file for one architecture.
fn one(bytes: &[u8], work: &mut Work) -> Result<ImageReport, String> {
    match Kind::of(bytes) {
        Kind::Elf => elf::inspect(bytes, work),
        Kind::MachO => macho::inspect(bytes, work),
        Kind::Pe => pe::inspect(bytes, work),
        Kind::Coff => coff::inspect(bytes, work),
        Kind::Archive => archive::inspect(bytes, work, object),
        other => Err(other.refusal().to_owned()),
    }
}

/// Reads an object in an archive.
fn object<'a>(bytes: &'a [u8], work: &mut Work) -> Result<Object<'a>, String> {
    match Kind::of(bytes) {
        Kind::Elf => elf::object(bytes, work),
        Kind::MachO => macho::object(bytes, work),
        Kind::Coff => coff::object(bytes, work),
        other => Err(other.refusal().to_owned()),
    }
}
