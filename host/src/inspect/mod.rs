//! What an object, executable or library contains, as goblin sees it.
//!
//! The bytes are untrusted: sizes are capped, and a panic of the parser is a
//! malformed file.

mod archive;
mod elf;
mod report;

pub use report::{FileFormat, ImageKind, ImageReport, RuntimeSymbols};

use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::sdk::contain_panic;

/// Largest file that is inspected, in bytes: 1 GiB.
pub const MAX_IMAGE: u64 = 1 << 30;

/// Inspects a file's contents.
///
/// # Errors
/// E5202 if the format is not known, or the file is malformed.
pub fn inspect(bytes: &[u8]) -> Result<ImageReport, Diagnostic> {
    let malformed = |reason: &str| {
        Diagnostic::new("E5202", format!("cannot inspect the file: {reason}"))
            .help("give an ELF object, executable or library, or an archive of ELF objects")
    };
    if bytes.len() as u64 > MAX_IMAGE {
        return Err(malformed(&format!("it has more than {MAX_IMAGE} bytes")));
    }
    let parsed = contain_panic(|| match bytes {
        [0x7f, b'E', b'L', b'F', ..] => elf::inspect(bytes),
        [b'!', b'<', b'a', b'r', b'c', b'h', b'>', b'\n', ..] => archive::inspect(bytes),
        [b'!', b'<', b't', b'h', b'i', b'n', b'>', b'\n', ..] => {
            Err("a thin archive only names its members".to_owned())
        }
        [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..]
        | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..]
        | [0xca, 0xfe, 0xba, 0xbe, ..] => Err("Mach-O files are not inspected yet".to_owned()),
        [b'M', b'Z', ..] => Err("PE files are not inspected yet".to_owned()),
        [] => Err("it is empty".to_owned()),
        _ => Err("its format is not known".to_owned()),
    });
    match parsed {
        Ok(Ok(report)) => Ok(report),
        Ok(Err(reason)) => Err(malformed(&reason)),
        Err(_) => Err(malformed("it is malformed, the parser gave up")),
    }
}
