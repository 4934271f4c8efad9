//! Where the code lives: one reserved range, so that short relocations between
//! its parts always reach.

use std::io;

use beskid_clif::ClifError;
use beskid_plugin_api::artifact::CodegenArtifact;
use beskid_plugin_api::panics::contain_panic;
use cranelift_jit::{ArenaMemoryProvider, BranchProtection, JITMemoryKind, JITMemoryProvider};
use cranelift_module::{ModuleError, ModuleResult};

/// Bytes of address space for each byte of the artifact. Machine code takes
/// some ten times the room of its instructions in the artifact; reserving
/// address space costs nothing.
const PER_ARTIFACT_BYTE: u64 = 64;
/// Address space that every session has, in bytes.
const BASE: u64 = 16 << 20;
/// Most that a session reserves: half the reach of a 32-bit relocation, in
/// bytes.
pub(crate) const MOST_BYTES: u64 = 1 << 30;

/// Address space for everything that the artifact defines, unless flags make
/// its code larger than it usually is.
///
/// # Errors
/// [`ClifError::Room`] if a session cannot have as much.
pub(crate) fn size(artifact: &CodegenArtifact) -> Result<u64, ClifError> {
    let page = 4096_u64;
    let data = artifact.module().data.iter().map(|data| {
        // Two neighbours of different protection do not share a page.
        let padding = page.saturating_add(data.align.unwrap_or(0));
        data.init.len().saturating_add(padding)
    });
    let data = data.fold(0, u64::saturating_add);
    let size = (BASE + artifact.bytes().len() as u64 * PER_ARTIFACT_BYTE).saturating_add(data);
    if size > MOST_BYTES {
        return Err(no_room(size, "more than a session can have"));
    }
    Ok(size)
}

/// Reserves address space.
///
/// # Errors
/// [`ClifError::Memory`] if the system does not give it.
pub(crate) fn provider(bytes: u64) -> Result<Box<dyn JITMemoryProvider + Send>, ClifError> {
    let arena = ArenaMemoryProvider::new_with_size(bytes as usize);
    let arena = arena.map_err(|error| ClifError::Memory {
        reason: format!(
            "the system refuses {} MiB of address space: {error}",
            bytes >> 20
        ),
    })?;
    Ok(Box::new(Guarded(arena)))
}

/// An arena that answers where Cranelift's panics: when the system refuses to
/// change what memory is for.
struct Guarded(ArenaMemoryProvider);

impl Guarded {
    fn refused(what: &str) -> io::Error {
        let message = format!("the system refuses to make memory {what}");
        io::Error::new(io::ErrorKind::PermissionDenied, message)
    }
}

impl JITMemoryProvider for Guarded {
    fn allocate(&mut self, size: usize, align: u64, kind: JITMemoryKind) -> io::Result<*mut u8> {
        contain_panic(|| self.0.allocate(size, align, kind))
            .unwrap_or_else(|_| Err(Self::refused("writable")))
    }

    unsafe fn free_memory(&mut self) {
        // SAFETY: the caller's promise is the same: nobody uses the memory.
        unsafe { self.0.free_memory() };
    }

    fn finalize(&mut self, branch_protection: BranchProtection) -> ModuleResult<()> {
        contain_panic(|| self.0.finalize(branch_protection)).unwrap_or_else(|_| {
            let err = Self::refused("executable that was writable");
            Err(ModuleError::Allocation { err })
        })
    }
}

fn no_room(bytes: u64, reason: &str) -> ClifError {
    ClifError::Room {
        symbol: "the program".to_owned(),
        reason: format!("{bytes} bytes of address space: {reason}"),
    }
}
