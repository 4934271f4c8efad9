//! The libraries that a program's imports lead to, looked into before the linker
//! does: it binds a call to data, or to another library than the program names,
//! without a word.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{LinkMode, LinkRequest, OutputKind};
use beskid_plugin_api::target::{Environment, System, Target};

use crate::foreign::{
    Definitions, Found, Import, Leaving, Policy, behind_origin, is_merged, is_of_c_library,
    is_same_file, loaded_for, not_a_function, system_folders,
};
use crate::input::note;

/// What every C driver links on its own account.
const ALWAYS: [&str; 3] = ["libm.so.6", "libc.so.6", "libgcc_s.so.1"];

/// The libraries of a link, each read once.
struct Libraries<'a> {
    request: &'a LinkRequest,
    folders: Vec<PathBuf>,
    /// Those of the folders that are the target's system's.
    system: Vec<PathBuf>,
    read: BTreeMap<String, Definitions>,
}

/// Refuses imports that the policy denies or that would be bound to something
/// else than the program says. A library that is not there, or is of another
/// form, is for the linker to judge.
///
/// # Errors
/// E5132 for a symbol that the library does not define itself, E5134 for one
/// that is data, E5136 for one that another library would provide, E5130 for
/// those that the policy denies, E4040 for a library that cannot be read.
pub(super) fn check(
    request: &LinkRequest,
    imports: &[Import],
    policy: &Policy,
) -> Result<(), Diagnostic> {
    let mut libraries = Libraries::of(request);
    for name in &request.libraries {
        // What is wrong with a library that nothing imports, the linker says.
        if let Ok(Some(file)) = find(request, &libraries.folders, name.trim_start_matches(':')) {
            note(&file);
        }
    }
    let mut found = Vec::new();
    let mut refused = None::<Diagnostic>;
    for import in imports {
        match libraries.resolve(import) {
            Ok(files) => found.push(libraries.with_loaded(files)),
            // FFI-2: everything that is wrong is listed.
            Err(error) => match &mut refused {
                None => refused = Some(error),
                Some(first) => first.notes.push(format!("and {}", error.message)),
            },
        }
    }
    if let Some(error) = refused {
        return Err(error);
    }
    let leaving = imports.iter().zip(&found).map(|(import, found)| Leaving {
        symbol: &import.symbol,
        named: import.library.as_deref(),
        found,
    });
    policy.check(leaving, &|name| libraries.of_system(name))
}

/// The files that the linker takes for the libraries of a link; those that it finds.
pub(super) fn files(request: &LinkRequest) -> Vec<PathBuf> {
    let folders = Libraries::of(request).folders;
    let names = request.libraries.iter();
    let names = names.map(|name| name.trim_start_matches(':'));
    let files = names.filter_map(|name| find(request, &folders, name).ok().flatten());
    files.collect()
}

impl<'a> Libraries<'a> {
    fn of(request: &'a LinkRequest) -> Self {
        let own = request.search.iter().map(PathBuf::from);
        let target = Target::of(&request.target);
        let system = match target.is_host() {
            true => system_folders(),
            // Where distributions keep what their cross compilers link.
            false => {
                let folder = format!("/usr/{}-linux-gnu/lib", target.architecture());
                let is_gnu =
                    *target.system() == System::Linux && target.environment() == Environment::Gnu;
                Vec::from_iter(is_gnu.then(|| PathBuf::from(folder)))
            }
        };
        Self {
            request,
            folders: own.chain(system.iter().cloned()).collect(),
            system,
            read: BTreeMap::new(),
        }
    }

    fn definitions(&mut self, library: &str) -> Result<&Definitions, Diagnostic> {
        if !self.read.contains_key(library) {
            let file = find(self.request, &self.folders, library)?;
            let read = file.map(|file| Definitions::read(&file, &self.folders));
            self.read
                .insert(library.to_owned(), read.unwrap_or_default());
        }
        Ok(&self.read[library])
    }

    /// The files that an import leads to.
    fn resolve(&mut self, import: &Import) -> Result<Vec<Found>, Diagnostic> {
        let symbol = import.symbol.as_str();
        let first = self.first(symbol)?;
        let Some(library) = import.library.as_deref() else {
            if let Some((found, true)) = &first
                && import.is_function
            {
                return Err(not_a_function(symbol, &found.path.to_string_lossy()));
            }
            return Ok(first.into_iter().map(|(found, _)| found).collect());
        };
        if let Some(taken) = self.taken_for(library)? {
            return Err(bound_elsewhere(symbol, library, &taken));
        }
        let definitions = self.definitions(library)?;
        let known = definitions.is_known();
        if behind_origin(library).is_some() && !known {
            return Err(not_beside(symbol, library));
        }
        let own = definitions
            .of(symbol)
            .map(|(found, data)| (found.clone(), data));
        match own {
            Some((_, true)) if import.is_function => Err(not_a_function(symbol, library)),
            Some((own, _)) => {
                let Some((first, _)) = first.filter(|(first, _)| *first != own) else {
                    return Ok(vec![own]);
                };
                let both_c = is_of_c_library(&first.path) && is_of_c_library(&own.path);
                if !both_c && self.request.kind != OutputKind::Static {
                    return Err(bound_elsewhere(symbol, library, &first.path));
                }
                Ok(vec![own, first])
            }
            None if !known => Ok(Vec::new()),
            None => match self.elsewhere(symbol, library)? {
                Some(found) if is_merged(library) && is_of_c_library(&found.path) => {
                    Ok(vec![found])
                }
                Some(found) => Err(not_defined(symbol, library, &found)),
                // Whatever is missing everywhere the linker lists.
                None => Ok(Vec::new()),
            },
        }
    }

    /// The file that the linker takes in the place of a library that the program
    /// names by its path: tools are given file names and folders, and another
    /// folder may come first.
    fn taken_for(&self, library: &str) -> Result<Option<PathBuf>, Diagnostic> {
        let named = Path::new(library);
        if !library.contains('/') || !named.is_file() {
            return Ok(None);
        }
        let taken = find(self.request, &self.folders, library)?;
        let real = |path: &Path| path.canonicalize().ok();
        Ok(taken.filter(|taken| real(taken) != real(named)))
    }

    /// The files, and those that the loader will take in their place: it knows
    /// a shared library by what that calls itself.
    fn with_loaded(&self, mut files: Vec<Found>) -> Vec<Found> {
        let loaded = files.iter().filter_map(|found| {
            let name = found.soname.as_deref()?;
            let path = self.of_run_path(name).or_else(|| self.of_system(name))?;
            let path = Some(path).filter(|path| !is_same_file(path, &found.path))?;
            Some(Found { path, soname: None })
        });
        let loaded = loaded.collect::<Vec<_>>();
        files.extend(loaded);
        files
    }

    /// The file that the loader takes for a library's name because the program
    /// says so.
    fn of_run_path(&self, name: &str) -> Option<PathBuf> {
        let folders = self.request.rpath.iter().map(Path::new);
        let files = folders.map(|folder| folder.join(name));
        files
            .into_iter()
            .find(|file| file.is_absolute() && file.is_file())
    }

    /// The file that it takes for the name otherwise.
    fn of_system(&self, name: &str) -> Option<PathBuf> {
        if Target::of(&self.request.target).is_host() {
            return loaded_for(name);
        }
        let mut files = self.system.iter().map(|folder| folder.join(name));
        files.find(|file| file.is_file())
    }

    /// The first library of the link that defines a symbol, and whether it is
    /// data there.
    fn first(&mut self, symbol: &str) -> Result<Option<(Found, bool)>, Diagnostic> {
        let linked = self.request.libraries.iter();
        let names = linked.map(|name| name.trim_start_matches(':').to_owned());
        let names = names.chain(ALWAYS.map(str::to_owned)).collect::<Vec<_>>();
        for name in names {
            if let Some((found, data)) = self.definitions(&name)?.of(symbol) {
                return Ok(Some((found.clone(), data)));
            }
        }
        Ok(None)
    }

    /// Where a symbol is that a library lacks: in what it needs, or in the rest
    /// of the link.
    fn elsewhere(&mut self, symbol: &str, library: &str) -> Result<Option<Found>, Diagnostic> {
        let needed = self.definitions(library)?.needed().map(str::to_owned);
        for name in needed.collect::<Vec<_>>() {
            if let Some((found, _)) = self.definitions(&name)?.of(symbol) {
                return Ok(Some(found.clone()));
            }
        }
        Ok(self.first(symbol)?.map(|(found, _)| found))
    }
}

fn bound_elsewhere(symbol: &str, library: &str, first: &Path) -> Diagnostic {
    let first = first.display();
    let message = format!("`{symbol}` of `{library}` would be bound to `{first}`");
    Diagnostic::new(Code::E5136, message)
        .note("the linker takes the first library that fits")
        .help("link them in another order, leave one out, or give them names that differ")
}

/// E4021: the folder of the program's file is not known while it is linked.
fn not_beside(symbol: &str, library: &str) -> Diagnostic {
    let message = format!("cannot find `{library}` for `{symbol}`");
    Diagnostic::new(Code::E4021, message)
        .note("`$ORIGIN` is the folder of the program's file, for the loader")
        .help("name the folder for the linker too, with `--link-search FOLDER`")
}

/// E5132: the library does not define the symbol itself.
fn not_defined(symbol: &str, library: &str, found: &Found) -> Diagnostic {
    let message = format!("`{library}` does not define `{symbol}`");
    let place = found.path.display();
    Diagnostic::new(Code::E5132, message)
        .note(format!("it is defined by `{place}`"))
        .help("let `Library` name the library that defines it")
}

/// The file that the linker takes for a library: the first that it can read.
/// A linker says of one that it cannot read that there is none, and waits for
/// whoever may write to a pipe.
fn find(
    request: &LinkRequest,
    folders: &[PathBuf],
    library: &str,
) -> Result<Option<PathBuf>, Diagnostic> {
    let name = Path::new(library).file_name().and_then(OsStr::to_str);
    let mut names = Target::of(&request.target).library_files(name.unwrap_or(library));
    if request.mode == LinkMode::PreferStatic {
        names.reverse();
    }
    let files: Vec<PathBuf> = match request.mode {
        // Shared libraries are not looked at where there is an archive anywhere.
        LinkMode::PreferStatic => {
            let named = names
                .iter()
                .map(|name| folders.iter().map(move |f| f.join(name)));
            named.flatten().collect()
        }
        _ => {
            let near = folders
                .iter()
                .map(|folder| names.iter().map(move |n| folder.join(n)));
            near.flatten().collect()
        }
    };
    let mut unreadable = None;
    for file in files
        .into_iter()
        .filter(|file| file.exists() && !file.is_dir())
    {
        if !file.is_file() {
            return Err(cannot_read(&file, "it is not a regular file"));
        }
        match File::open(&file) {
            Ok(_) => return Ok(Some(file)),
            Err(error) => {
                unreadable.get_or_insert_with(|| cannot_read(&file, &error.to_string()));
            }
        }
    }
    unreadable.map_or(Ok(None), Err)
}

fn cannot_read(file: &Path, reason: &str) -> Diagnostic {
    let message = format!("cannot read the library `{}`: {reason}", file.display());
    Diagnostic::new(Code::E4040, message).help("correct `Library` in the contract")
}
