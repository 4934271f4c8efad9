//! The code of an instance, however it came into this process.

use beskid_plugin_api::backend::Session;
use libloading::os::unix::Library;

/// Where the functions of a program are.
pub(super) enum Code {
    /// In the memory of a session.
    Session(Box<dyn Session>),
    /// In a shared library that is loaded.
    Library(Library),
}

impl Code {
    /// The address of a function by its linker name.
    pub(super) fn function(&self, name: &str) -> Option<*const u8> {
        match self {
            Self::Session(session) => {
                let address = session.symbol(name).filter(|address| *address != 0)?;
                Some(address as usize as *const u8)
            }
            Self::Library(library) => {
                // SAFETY: only the address is taken here.
                let found = unsafe { library.get::<*const u8>(name.as_bytes()) }.ok()?;
                Some(found.into_raw().cast_const().cast::<u8>())
            }
        }
    }
}
