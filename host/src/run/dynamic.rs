//! Foreign functions found while the program runs: the dynamic profile, which
//! the user must ask for (EXT-001).

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use beskid_plugin_api::artifact::Outline;
use beskid_plugin_api::backend::check_foreign_functions;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};

use super::defined_by::{self, file_at};
use super::outside::{ALWAYS, Outside, file_name};
use super::symbol_kind::is_data;
use crate::foreign::{
    Definitions, ForeignFunction, Found, Import, Leaving, Policy, behind_origin, foreign_functions,
    is_merged, is_of_c_library, leaving, loaded_for, not_a_function, of_variable,
};
use crate::inspect::{Fault, fault};

/// What is open, for the rest of the process (EXT-004).
static OPEN: Mutex<Option<Open>> = Mutex::new(None);

/// Libraries by the names that programs give them, and what was found in them by
/// library and symbol.
#[derive(Default)]
struct Open {
    libraries: HashMap<String, Loaded>,
    symbols: HashMap<(String, String), (u64, Option<Found>)>,
}

/// A library, and the file that the loader took for its name.
struct Loaded {
    library: Library,
    file: Option<PathBuf>,
}

/// Name and address of each foreign function that an artifact imports, and of
/// the plain imports that this process has, such as those of the C library.
///
/// # Errors
/// E5010 for a function of other values than C's, and E5135 on a host that
/// loads none, before anything is loaded; E5131 if a library cannot be loaded,
/// E5132 if it does not define the symbol itself, with the loader's own words
/// where it has any (EXT-003); E5134 if the symbol is data; E5130 if the policy
/// denies what the loader found.
pub(super) fn addresses(
    artifact: &Outline,
    outside: Outside<'_>,
) -> Result<Vec<(String, u64)>, Diagnostic> {
    check_foreign_functions(artifact)?;
    if foreign_functions(artifact).next().is_some() || !outside.extra.is_empty() {
        check_host(std::env::consts::OS)?;
    }
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    let open = open.get_or_insert_default();
    let mut addresses = Vec::new();
    let mut loaded = Vec::new();
    let mut refused = None::<Diagnostic>;
    for import in leaving(artifact) {
        let symbol = import.symbol.as_str();
        let found = match import.library.as_deref() {
            Some(library) => open
                .address(ForeignFunction { symbol, library }, outside)
                .map(Some),
            // Whatever else is missing is for the backend to say.
            None => open.plain(symbol, outside),
        };
        match found {
            Ok(None) => {}
            Ok(Some((address, found))) => {
                addresses.push((symbol.to_owned(), address));
                loaded.push((import, Vec::from_iter(found)));
            }
            // FFI-2: everything that is missing is listed.
            Err(error) => match &mut refused {
                None => refused = Some(error),
                Some(first) => first.notes.push(format!("and {}", error.message)),
            },
        }
    }
    if let Some(error) = refused {
        return Err(error);
    }
    check(outside.policy, &loaded)?;
    Ok(addresses)
}

/// EXT-7: refuses what the policy denies before any library is loaded, whose
/// constructors would run. The files are those that the loader will take, as far
/// as that can be told; what it did take is checked again.
///
/// # Errors
/// E5130 lists every import that is denied.
pub(super) fn check_policy(artifact: &Outline, outside: Outside<'_>) -> Result<(), Diagnostic> {
    if outside.policy.is_empty() {
        return Ok(());
    }
    let imports = leaving(artifact).into_iter().map(|import| {
        let found = match import.library.as_deref() {
            Some(library) => foreseen(library, &import.symbol, outside),
            None => foreseen_anywhere(&import.symbol, outside),
        };
        (import, Vec::from_iter(found))
    });
    check(outside.policy, &imports.collect::<Vec<_>>())
}

fn check(policy: &Policy, imports: &[(Import, Vec<Found>)]) -> Result<(), Diagnostic> {
    let imports = imports.iter().map(|(import, found)| Leaving {
        symbol: &import.symbol,
        named: import.library.as_deref(),
        found,
    });
    policy.check(imports, &loaded_for)
}

/// The file in which the loader will find a symbol of a library.
fn foreseen(library: &str, symbol: &str, outside: Outside<'_>) -> Option<Found> {
    if let Some(found) = outside.defining(library, symbol) {
        return Some(found);
    }
    let path = outside.path(library)?;
    let elsewhere = address_in_process(symbol).and_then(file_at);
    let merged = elsewhere.filter(|found| is_merged(library) && is_of_c_library(&found.path));
    merged.or(Some(Found { path, soname: None }))
}

/// The file in which a symbol of no library will be found: in the order of a
/// link, which [`Open::plain`] keeps.
fn foreseen_anywhere(symbol: &str, outside: Outside<'_>) -> Option<Found> {
    let in_library = |library: &str| outside.defining(library, symbol);
    let mut own = outside.extra.libraries.iter();
    own.find_map(|library| in_library(library))
        .or_else(|| address_in_process(symbol).and_then(file_at))
        .or_else(|| ALWAYS.into_iter().find_map(in_library))
}

/// Loading has been asked for already.
pub(super) fn advise(error: Diagnostic) -> Diagnostic {
    if error.code != Code::E5120 {
        return error;
    }
    error.help(
        "name the library that has it, by `; extern: %NAME LIBRARY` in CLIF or with `--link-lib`",
    )
}

/// EXT-8: libraries are loaded on Linux.
fn check_host(os: &str) -> Result<(), Diagnostic> {
    if os == "linux" {
        return Ok(());
    }
    let message = format!("foreign functions in memory are not supported on this host, {os}");
    Err(Diagnostic::new(Code::E5135, message)
        .help("bind them at link time: build an executable, or run with `--backend aot`"))
}

/// A symbol of this process, and the file that it is in.
fn in_process(symbol: &str) -> Result<Option<(u64, Option<Found>)>, Diagnostic> {
    let Some(address) = address_in_process(symbol) else {
        return Ok(None);
    };
    let found = file_at(address);
    if is_data(address) {
        let place = found.map(|found| found.path.display().to_string());
        return Err(not_a_function(symbol, &place.unwrap_or_default()));
    }
    Ok(Some((address as u64, found)))
}

fn address_in_process(symbol: &str) -> Option<*const ()> {
    // SAFETY: only the address is taken here, as of foreign functions.
    let found = unsafe { Library::this().get::<*const ()>(symbol.as_bytes()) };
    Some(found.ok()?.into_raw().cast_const().cast())
}

impl Open {
    /// A function that no library is named for: in the libraries that are linked
    /// besides, this process, or those that every linker takes.
    fn plain(
        &mut self,
        symbol: &str,
        outside: Outside<'_>,
    ) -> Result<Option<(u64, Option<Found>)>, Diagnostic> {
        for library in &outside.extra.libraries {
            // The loader says why there is no such library.
            let missing = outside.path(library).is_none();
            if missing || outside.defining(library, symbol).is_some() {
                let foreign = ForeignFunction { symbol, library };
                return self.address(foreign, outside).map(Some);
            }
        }
        if let Some(found) = in_process(symbol)? {
            return Ok(Some(found));
        }
        let mut always = ALWAYS.into_iter();
        let library = always.find(|library| outside.defining(library, symbol).is_some());
        let foreign = library.map(|library| ForeignFunction { symbol, library });
        let found = foreign.map(|foreign| self.address(foreign, outside));
        found.transpose()
    }

    fn address(
        &mut self,
        foreign: ForeignFunction<'_>,
        outside: Outside<'_>,
    ) -> Result<(u64, Option<Found>), Diagnostic> {
        let ForeignFunction { symbol, library } = foreign;
        let key = (library.to_owned(), symbol.to_owned());
        if let Some(found) = self.symbols.get(&key) {
            return Ok(found.clone());
        }
        let loaded = match self.libraries.entry(library.to_owned()) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(load(foreign, &outside.file(library))?),
        };
        let lacks = |reason: &str| {
            let message = format!("`{library}` has no `{symbol}`: {reason}");
            Diagnostic::new(Code::E5132, message).help("correct the method's name or its `Symbol`")
        };
        // SAFETY: only the address is taken here; the program calls it with the
        // signature that it declares for it.
        let found = unsafe { loaded.library.get::<*const ()>(symbol.as_bytes()) };
        let found = found.map_err(|error| lacks(&words(&error)))?;
        let address = found.into_raw().cast_const().cast::<()>();
        if address.is_null() {
            return Err(lacks("its address is 0"));
        }
        if is_data(address) {
            return Err(not_a_function(symbol, library));
        }
        let found = loaded.check_own(foreign, address)?;
        let found = (address as u64, found);
        self.symbols.insert(key, found.clone());
        Ok(found)
    }
}

impl Loaded {
    /// Refuses a symbol that the loader found in what the library needs; gives
    /// the file that defines it.
    fn check_own(
        &self,
        foreign: ForeignFunction<'_>,
        address: *const (),
    ) -> Result<Option<Found>, Diagnostic> {
        let ForeignFunction { symbol, library } = foreign;
        let (Some(own), Some(found)) = (&self.file, file_at(address)) else {
            return Ok(None);
        };
        let own = Found {
            path: own.clone(),
            soname: None,
        };
        // A function that is chosen when the program starts may be elsewhere.
        if own == found || Definitions::read(&own.path, &[]).of(symbol).is_some() {
            return Ok(Some(own));
        }
        if is_merged(library) && is_of_c_library(&found.path) {
            return Ok(Some(found));
        }
        let message = format!("`{library}` does not define `{symbol}`");
        let place = found.path.display();
        Err(Diagnostic::new(Code::E5132, message)
            .note(format!("it is defined by `{place}`"))
            .help("let `Library` name the library that defines it"))
    }
}

/// Loads a library, unless that would end the process.
fn load(foreign: ForeignFunction<'_>, file: &str) -> Result<Loaded, Diagnostic> {
    let ForeignFunction { symbol, library } = foreign;
    let help = advice(library);
    let refused = |reason: &str| {
        let message = format!("cannot load `{library}` for `{symbol}`: {reason}");
        Diagnostic::new(Code::E5131, message).help(help)
    };
    if behind_origin(file).is_some() {
        let reason = "`$ORIGIN` is the folder of the program's file, and there is none";
        return Err(refused(reason).help("name the folder for now with `--link-search FOLDER`"));
    }
    let doubt = of_variable(file).and_then(|path| doubt(&path));
    let note = match doubt {
        Some(Doubt::Deadly(reason)) => return Err(refused(reason)),
        Some(Doubt::Other(note)) => Some(note),
        None => None,
    };
    // SAFETY: the user asked for this library in the program and allowed the
    // program to load libraries; its constructors are theirs to judge.
    let loaded = unsafe { Library::open(Some(file), RTLD_NOW | RTLD_LOCAL) };
    let loaded = loaded.map_err(|error| {
        let refused = refused(&words(&error));
        match note {
            Some(note) => refused.note(note),
            None => refused,
        }
    })?;
    let handle = loaded.into_raw();
    Ok(Loaded {
        file: defined_by::file_of(handle),
        // SAFETY: the handle is that of the library which was just opened, and
        // nobody else has it.
        library: unsafe { Library::from_raw(handle) },
    })
}

/// What to do if a library is not loaded.
fn advice(library: &str) -> &'static str {
    if library.ends_with(".a") {
        return "only a linker takes an archive: build the program, or run it with `--backend aot`";
    }
    match file_name(library) {
        Cow::Borrowed(_) => "install the library, or correct `Library` in the contract",
        Cow::Owned(_) => "let `Library` name the file that is loaded, such as `libm.so.6`",
    }
}

/// What is to be said of a file before the loader sees it.
enum Doubt {
    /// The loader would not come back from it.
    Deadly(&'static str),
    /// Why the loader will refuse it, which its own words do not tell.
    Other(String),
}

/// First bytes of a file that are read; headers of segments stand there.
const HEAD: u64 = 1 << 16;

fn doubt(path: &Path) -> Option<Doubt> {
    let meta = fs::metadata(path).ok()?;
    if meta.is_dir() {
        return None;
    }
    if !meta.is_file() {
        return Some(Doubt::Deadly("it is not a regular file"));
    }
    let mut head = Vec::new();
    let file = fs::File::open(path).ok()?;
    file.take(HEAD).read_to_end(&mut head).ok()?;
    match fault(&head, meta.len(), std::env::consts::ARCH)? {
        Fault::Truncated => Some(Doubt::Deadly("the file ends before its contents do")),
        Fault::Foreign(found) => {
            let ours = std::env::consts::ARCH;
            Some(Doubt::Other(format!(
                "`{}` is for {found}, this process is for {ours}",
                path.display()
            )))
        }
    }
}

/// What the loader says (EXT-003).
pub(super) fn words(error: &libloading::Error) -> String {
    let loader = std::error::Error::source(error);
    loader.map_or_else(|| error.to_string(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ext_8_other_hosts_say_that_they_load_no_libraries() {
        assert!(check_host("linux").is_ok());
        for os in ["macos", "windows"] {
            let diagnostic = check_host(os).unwrap_err();
            assert_eq!(diagnostic.code, "E5135");
            assert!(diagnostic.message.contains("not supported on this host"));
        }
    }

    #[test]
    fn ext_003_who_names_an_archive_is_sent_to_the_linker() {
        for (library, part) in [
            ("./libours.a", "--backend aot"),
            ("libm.so.6", "install"),
            ("sqlite3", "libm.so.6"),
        ] {
            assert!(advice(library).contains(part), "{library}");
        }
    }
}
