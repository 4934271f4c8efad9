//! Where the code lives: one reserved range, so that short relocations between
//! its parts always reach.

use std::io;

use beskid_clif::ClifError;
use beskid_plugin_api::artifact::Outline;
use beskid_plugin_api::panics::contain_panic;
use cranelift_jit::{ArenaMemoryProvider, BranchProtection, JITMemoryKind, JITMemoryProvider};
use cranelift_module::{ModuleError, ModuleResult};

/// Bytes of address space for each byte of the artifact. Machine code takes
/// about as much room as the artifact, and with some flags a multiple of it;
/// reserving address space costs nothing.
const PER_ARTIFACT_BYTE: u64 = 64;
/// As above, where address space is scarce.
const LEAST_PER_ARTIFACT_BYTE: u64 = 4;
/// Address space that every session has besides, in bytes.
const BASE: u64 = 16 << 20;
/// As above, where address space is scarce.
const LEAST_BASE: u64 = 1 << 20;
/// Most that a session reserves: half the reach of a 32-bit relocation, in
/// bytes.
pub(crate) const MOST_BYTES: u64 = 1 << 30;

/// How much address space to ask for, in bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    /// With less nothing fits.
    least: u64,
    /// Enough but for flags that make code larger than it usually is.
    usual: u64,
}

impl Room {
    /// For everything that the artifact defines.
    ///
    /// # Errors
    /// [`ClifError::Room`] if a session cannot have as much.
    pub(crate) fn of(artifact: &Outline) -> Result<Self, ClifError> {
        let page = 4096_u64;
        let data = artifact.module().data.iter().map(|data| {
            // Two neighbours of different protection do not share a page.
            let padding = page.saturating_add(data.align.unwrap_or(0));
            data.init.len().saturating_add(padding)
        });
        let data = data.fold(0, u64::saturating_add);
        let bytes = artifact.bytes().len() as u64;
        let least = (LEAST_BASE + bytes).saturating_add(data);
        if least > MOST_BYTES {
            return Err(no_room(least, "more than a session can have"));
        }
        let usual = (BASE + bytes * PER_ARTIFACT_BYTE).saturating_add(data);
        Ok(Self {
            least: (least + bytes * (LEAST_PER_ARTIFACT_BYTE - 1)).min(MOST_BYTES),
            usual: usual.min(MOST_BYTES),
        })
    }

    /// Whether a session can have more.
    pub(crate) const fn grows(self) -> bool {
        self.usual < MOST_BYTES
    }

    /// As much as a session can have.
    pub(crate) const MOST: Self = Self {
        least: MOST_BYTES,
        usual: MOST_BYTES,
    };
}

/// Reserves address space: the usual amount, or less where the system does not
/// give as much.
///
/// # Errors
/// [`ClifError::Memory`] if it does not give the least either.
pub(crate) fn provider(room: Room) -> Result<Box<dyn JITMemoryProvider + Send>, ClifError> {
    let mut bytes = room.usual;
    loop {
        match ArenaMemoryProvider::new_with_size(bytes as usize) {
            Ok(arena) => return Ok(Box::new(Guarded(arena))),
            Err(_) if bytes > room.least => bytes = (bytes / 2).max(room.least),
            Err(error) => {
                let size = bytes.div_ceil(1 << 20);
                return Err(ClifError::Memory {
                    reason: format!("the system refuses {size} MiB of address space: {error}"),
                });
            }
        }
    }
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
