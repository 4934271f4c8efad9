//! Which library's file what the loader found belongs to.

use std::path::PathBuf;

use crate::foreign::Found;

/// The file that an address is in, if it is in one. Functions of the kernel's
/// own page, which the C library hands out as its own, count as the C library's.
pub(super) fn file_at(address: *const ()) -> Option<Found> {
    let path = loaded_at(address)?;
    let c_library = || loaded_at(libc::getpid as *const ());
    let path = if path.exists() { path } else { c_library()? };
    Some(Found { path, soname: None })
}

/// What the loader calls the library or program that an address is in.
fn loaded_at(address: *const ()) -> Option<PathBuf> {
    let mut info = std::mem::MaybeUninit::<libc::Dl_info>::uninit();
    // SAFETY: the place can be written; the address is only compared.
    let found = unsafe { libc::dladdr(address.cast(), info.as_mut_ptr()) };
    if found == 0 {
        return None;
    }
    // SAFETY: `dladdr` has filled it in.
    let name = unsafe { info.assume_init() }.dli_fname;
    // SAFETY: a name is null or a string of the loader's, of a library that stays
    // loaded.
    unsafe { path(name) }
}

/// The file that a library was loaded from.
#[cfg(target_os = "linux")]
pub(super) fn file_of(handle: *mut libc::c_void) -> Option<PathBuf> {
    /// How the loader's record of a library begins, in every C library.
    #[repr(C)]
    struct Record {
        address: usize,
        name: *const libc::c_char,
    }
    let mut record = std::ptr::null::<Record>();
    // SAFETY: the handle is that of a library which stays loaded; with this
    // request the loader writes the address of its record.
    let status = unsafe { libc::dlinfo(handle, libc::RTLD_DI_LINKMAP, (&raw mut record).cast()) };
    if status != 0 {
        return None;
    }
    // SAFETY: it is null or the loader's record of a library that stays loaded.
    let record = unsafe { record.as_ref() }?;
    // SAFETY: a record's name is a string of the loader's.
    unsafe { path(record.name) }
}

/// Elsewhere no library is loaded for foreign functions.
#[cfg(not(target_os = "linux"))]
pub(super) fn file_of(_: *mut libc::c_void) -> Option<PathBuf> {
    None
}

/// # Safety
/// The name is null or a string that ends with a NUL.
unsafe fn path(name: *const libc::c_char) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    if name.is_null() {
        return None;
    }
    // SAFETY: the caller's promise.
    let name = unsafe { std::ffi::CStr::from_ptr(name) };
    let name = std::ffi::OsStr::from_bytes(name.to_bytes());
    Some(PathBuf::from(name)).filter(|path| !path.as_os_str().is_empty())
}
