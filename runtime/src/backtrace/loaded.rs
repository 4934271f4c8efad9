//! Images that the system has loaded: the executable, and libraries.

use core::ffi::{CStr, c_char, c_int, c_void};
use core::slice;

use super::elf::Elf;
use crate::libc;
use crate::pages;

/// The file of the process, under whatever name it was started.
const EXECUTABLE: &CStr = c"/proc/self/exe";
const PT_LOAD: u32 = 1;
const SEEK_END: c_int = 2;

/// The begin of `struct dl_phdr_info`.
#[repr(C)]
struct Object {
    bias: usize,
    name: *const c_char,
    headers: *const Header,
    count: u16,
}

/// A program header of 64 bits.
#[repr(C)]
struct Header {
    kind: u32,
    flags: u32,
    offset: u64,
    address: u64,
    physical: u64,
    file_size: u64,
    size: u64,
    alignment: u64,
}

/// An image, and by how much its addresses were moved.
pub(super) type Loaded<'i> = (Elf<'i>, usize);

struct Search<'i> {
    code: usize,
    /// The first object is the executable.
    is_first: bool,
    found: Option<Loaded<'i>>,
}

/// The image that has code at an address. It is never given back: the process ends.
pub(super) fn image_with<'i>(code: usize) -> Option<Loaded<'i>> {
    let mut search = Search {
        code,
        is_first: true,
        found: None,
    };
    let data = (&raw mut search).cast::<c_void>();
    // SAFETY: the function takes what it is given here.
    unsafe { dl_iterate_phdr(look, data) };
    search.found
}

/// Told of each object, until it returns something else than 0.
///
/// # Safety
/// The object is the system's, and `data` a [`Search`].
unsafe extern "C" fn look(object: *const Object, _: usize, data: *mut c_void) -> c_int {
    // SAFETY: the caller's promise.
    let (object, search) = unsafe { (&*object, &mut *data.cast::<Search<'_>>()) };
    let is_first = core::mem::replace(&mut search.is_first, false);
    if object.headers.is_null() {
        return 0;
    }
    // SAFETY: the system says that they are there.
    let headers = unsafe { slice::from_raw_parts(object.headers, object.count.into()) };
    let at = search.code.wrapping_sub(object.bias) as u64;
    let mut loaded = headers.iter().filter(|header| header.kind == PT_LOAD);
    if !loaded.any(|header| at.wrapping_sub(header.address) < header.size) {
        return 0;
    }
    let path = match is_first {
        true => EXECUTABLE.as_ptr(),
        false => object.name,
    };
    // SAFETY: the name of a library is a string.
    let file = unsafe { mapped(path) };
    let bytes = object.headers.cast::<u8>();
    // SAFETY: as for the headers.
    let headers = unsafe { slice::from_raw_parts(bytes, size_of_val(headers)) };
    // Another file may have its name by now.
    let is_same = |elf: &Elf<'_>| elf.program_headers() == Some(headers);
    let elf = file.and_then(Elf::parse).filter(is_same);
    search.found = elf.map(|elf| (elf, object.bias));
    1
}

/// The bytes of a file.
///
/// # Safety
/// `path` is a string.
unsafe fn mapped<'i>(path: *const c_char) -> Option<&'i [u8]> {
    // SAFETY: the caller's promise; nothing is written.
    let file = unsafe { libc::open(path, libc::CLOSE_ON_EXEC) };
    if file < 0 {
        return None;
    }
    // SAFETY: the descriptor is ours.
    let size = usize::try_from(unsafe { lseek(file, 0, SEEK_END) });
    let memory = size
        .ok()
        .and_then(|size| Some((pages::map_file(file, size)?, size)));
    // SAFETY: as above; what is mapped stays.
    unsafe { libc::close(file) };
    let (memory, size) = memory?;
    // SAFETY: so many bytes of the file are there, and stay.
    Some(unsafe { slice::from_raw_parts(memory, size) })
}

unsafe extern "C" {
    fn dl_iterate_phdr(
        told: unsafe extern "C" fn(*const Object, usize, *mut c_void) -> c_int,
        data: *mut c_void,
    ) -> c_int;
    fn lseek(file: c_int, by: i64, from: c_int) -> i64;
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[inline(never)]
    fn marked() -> u32 {
        line!()
    }

    #[test]
    fn the_executable_is_found_by_its_code() {
        let code = marked as fn() -> u32 as usize;
        let (elf, bias) = image_with(code).unwrap();
        assert!(elf.has_code((code - bias) as u64));
        let on_stack = (&raw const code).addr();
        assert!(image_with(on_stack).is_none(), "no code is there");
        if cfg!(debug_assertions) {
            let table = elf.line_table().unwrap();
            let at = (code - bias) as u64;
            let line = table.line(at, at).unwrap();
            assert!(line.abs_diff(marked().into()) <= 1, "{line}");
        }
    }

    #[test]
    fn damaged_files_are_no_images_or_others() {
        let mut file = fs::read("/proc/self/exe").unwrap();
        let sections = u64::from_le_bytes(file[40..48].try_into().unwrap()) as usize;
        for at in (0..64).chain(sections..file.len()) {
            for byte in [0, 1, 8, 0x7f, 0xff] {
                let before = std::mem::replace(&mut file[at], byte);
                if let Some(elf) = Elf::parse(&file) {
                    elf.has_code(0x1000);
                    elf.program_headers();
                    let _ = elf.line_table();
                }
                file[at] = before;
            }
        }
        assert!(Elf::parse(&file).is_some());
        assert!(Elf::parse(&file[..sections]).is_none());
    }
}
