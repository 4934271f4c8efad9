//! Where the code lives: one reserved range, so that short relocations between
//! its parts always reach.

use beskid_plugin_api::artifact::CodegenArtifact;
use beskid_plugin_api::diagnostic::Diagnostic;
use cranelift_jit::{ArenaMemoryProvider, JITMemoryProvider};

/// Bytes of address space for each byte of the artifact. Machine code takes
/// some ten times the room of its instructions in the artifact; reserving
/// address space costs nothing.
const PER_ARTIFACT_BYTE: u64 = 64;
/// Address space that every session has, in bytes.
const BASE: u64 = 16 << 20;
/// Reach of a 32-bit relocation, in bytes.
const REACH: u64 = 1 << 31;

/// Reserves address space for everything that the artifact defines.
pub(crate) fn provider(
    artifact: &CodegenArtifact,
) -> Result<Box<dyn JITMemoryProvider + Send>, Diagnostic> {
    let page = 4096_u64;
    let data = artifact.module().data.iter().map(|data| {
        // Two neighbours of different protection do not share a page.
        data.init.len() + page + data.align.unwrap_or(0)
    });
    let size = BASE + artifact.bytes().len() as u64 * PER_ARTIFACT_BYTE + data.sum::<u64>();
    let refused = |reason: String| {
        Diagnostic::new(
            "E5009",
            format!("cannot reserve {size} bytes for the program: {reason}"),
        )
        .help("build an executable, which has no such limit")
    };
    if size >= REACH {
        return Err(refused("more than a 32-bit relocation can span".to_owned()));
    }
    let arena = ArenaMemoryProvider::new_with_size(size as usize);
    let arena = arena.map_err(|error| refused(error.to_string()))?;
    Ok(Box::new(arena))
}
