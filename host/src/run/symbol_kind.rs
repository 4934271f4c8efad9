//! Whether what the loader found for a symbol is a function. Only glibc tells.

#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(super) use gnu::is_data;

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(super) fn is_data(_: *const ()) -> bool {
    false
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod gnu {
    use std::ffi::{c_int, c_void};

    use libc::{Dl_info, Elf64_Sym};

    unsafe extern "C" {
        /// glibc: `dladdr` that gives the entry of the symbol table too.
        fn dladdr1(
            address: *const c_void,
            info: *mut Dl_info,
            entry: *mut *mut c_void,
            flags: c_int,
        ) -> c_int;
    }

    /// Asks `dladdr1` for the entry of the symbol table.
    const RTLD_DL_SYMENT: c_int = 1;

    /// Types of symbols that are no code: objects, common blocks, thread-local
    /// storage.
    const DATA: [u8; 3] = [1, 5, 6];

    /// Whether an address that the loader gave is that of data: by the type of the
    /// symbol that is there, or because it is in no library at all, as a thread's
    /// own variables are. Code without a symbol, such as what a resolver chose,
    /// is none.
    pub(in super::super) fn is_data(address: *const ()) -> bool {
        let mut info = std::mem::MaybeUninit::<Dl_info>::uninit();
        let mut entry = std::ptr::null_mut::<c_void>();
        // SAFETY: both places can be written; the address is only compared.
        let found = unsafe {
            dladdr1(
                address.cast(),
                info.as_mut_ptr(),
                &raw mut entry,
                RTLD_DL_SYMENT,
            )
        };
        if found == 0 {
            return true;
        }
        let entry = entry.cast_const().cast::<Elf64_Sym>();
        // SAFETY: the entry is null or one of a loaded library's table, and
        // libraries stay loaded.
        let entry = unsafe { entry.as_ref() };
        entry.is_some_and(|entry| DATA.contains(&(entry.st_info & 0xf)))
    }
}
