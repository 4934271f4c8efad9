//! Marks that a process sets for the one that it was forked from.

use std::io;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicBool, Ordering};

/// Marks that are not set yet, in memory that forked processes share.
pub(super) struct Marks {
    start: NonNull<AtomicBool>,
    len: usize,
}

impl Marks {
    /// So many of them. Their memory stays for the rest of the process.
    pub(super) fn new(len: usize) -> io::Result<Self> {
        // SAFETY: a new mapping, which replaces none.
        let start = unsafe {
            libc::mmap(
                ptr::null_mut(),
                len.max(1),
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED | libc::MAP_ANONYMOUS,
                -1,
                0,
            )
        };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let start = NonNull::new(start.cast()).ok_or_else(io::Error::last_os_error)?;
        Ok(Self { start, len })
    }

    fn all(&self) -> &[AtomicBool] {
        // SAFETY: the mapping has `len` bytes, zero at first, each an atomic that is
        // false, and is never unmapped.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }

    /// Sets one.
    pub(super) fn set(&self, index: usize) {
        if let Some(mark) = self.all().get(index) {
            mark.store(true, Ordering::Release);
        }
    }

    /// Whether one is set.
    pub(super) fn is_set(&self, index: usize) -> bool {
        let mark = self.all().get(index);
        mark.is_some_and(|mark| mark.load(Ordering::Acquire))
    }
}
