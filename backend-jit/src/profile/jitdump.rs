//! The dump that `perf inject --jit` makes object files of: names and code.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::fd::AsRawFd;
use std::path::PathBuf;
use std::ptr;
use std::sync::{Mutex, PoisonError};

use crate::addresses::Placed;

const MAGIC: u32 = 0x4a69_5444;
const VERSION: u32 = 1;
/// Bytes of the file's header.
const HEADER: u32 = 40;
/// Bytes of the record of a function, without its name and its code.
const RECORD: usize = 56;
/// Number of records that load code.
const LOAD: u32 = 0;

/// ELF's number of this machine.
const MACHINE: u32 = if cfg!(target_arch = "aarch64") {
    183
} else if cfg!(target_arch = "riscv64") {
    243
} else {
    62
};

/// The dump of this process, with the number of its functions.
static DUMP: Mutex<Option<(File, u64)>> = Mutex::new(None);

/// Adds functions to the dump of this process.
pub(super) fn write(functions: &[Placed]) -> (PathBuf, io::Result<()>) {
    let name = format!("jit-{}.dump", std::process::id());
    let path = std::env::temp_dir().join(name);
    let mut dump = DUMP.lock().unwrap_or_else(PoisonError::into_inner);
    if dump.is_none() {
        match begin(&path) {
            Ok(file) => *dump = Some((file, 0)),
            Err(error) => return (path, Err(error)),
        }
    }
    let written = dump.as_mut().map_or(Ok(()), |(file, count)| {
        functions.iter().try_for_each(|function| {
            let record = record(function, *count);
            *count += 1;
            file.write_all(&record)
        })
    });
    (path, written)
}

fn begin(path: &std::path::Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    let mut file = options
        .read(true)
        .write(true)
        .create(true)
        .truncate(true)
        .open(path)?;
    let mut header = Vec::new();
    for word in [MAGIC, VERSION, HEADER, MACHINE, 0, std::process::id()] {
        header.extend(word.to_le_bytes());
    }
    header.extend(now().to_le_bytes());
    header.extend(0_u64.to_le_bytes());
    file.write_all(&header)?;
    // The profiler learns of the file by this mapping, which stays.
    // SAFETY: a new mapping of a file that is open, which nobody looks at.
    let mapped = unsafe {
        libc::mmap(
            ptr::null_mut(),
            HEADER as usize,
            libc::PROT_READ | libc::PROT_EXEC,
            libc::MAP_PRIVATE,
            file.as_raw_fd(),
            0,
        )
    };
    match mapped == libc::MAP_FAILED {
        true => Err(io::Error::last_os_error()),
        false => Ok(file),
    }
}

fn record(function: &Placed, number: u64) -> Vec<u8> {
    let length = function.length as usize;
    let size = RECORD + function.name.len() + 1 + length;
    let mut record = Vec::with_capacity(size);
    record.extend(LOAD.to_le_bytes());
    record.extend((size as u32).to_le_bytes());
    record.extend(now().to_le_bytes());
    let process = std::process::id().to_le_bytes();
    record.extend(process);
    record.extend(process);
    for word in [
        function.address,
        function.address,
        u64::from(function.length),
        number,
    ] {
        record.extend(word.to_le_bytes());
    }
    record.extend(function.name.as_bytes());
    record.push(0);
    let code = ptr::with_exposed_provenance::<u8>(function.address as usize);
    // SAFETY: the session that has the code is alive, and its code does not change.
    record.extend(unsafe { std::slice::from_raw_parts(code, length) });
    record
}

/// Nanoseconds of the clock that `perf record -k 1` uses too.
fn now() -> u64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the place can be written.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    (time.tv_sec as u64)
        .saturating_mul(1_000_000_000)
        .saturating_add(time.tv_nsec as u64)
}
