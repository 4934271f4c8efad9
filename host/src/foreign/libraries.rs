//! The libraries of foreign functions, as linkers take them.

use std::path::{Path, PathBuf};

use beskid_plugin_api::artifact::Outline;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::target::{Format, Target};

use super::{ForeignFunction, foreign_functions};
use crate::input::note;

/// The libraries of a program's foreign functions, for a linker.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Libraries {
    /// Each once, by the name that `-l` takes, in the order of their first use.
    pub names: Vec<String>,
    /// Folders of those that the program gives a path of.
    pub search: Vec<PathBuf>,
    /// Those of them that the loader searches too, for shared libraries: from
    /// whichever folder the program is run.
    pub rpath: Vec<PathBuf>,
}

/// What a command links besides what the program names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extra {
    /// Libraries, by their names for `-l` or by paths with a `/`.
    pub libraries: Vec<String>,
    /// Folders to search.
    pub search: Vec<PathBuf>,
}

impl Extra {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.libraries.is_empty() && self.search.is_empty()
    }

    /// The libraries, as the linkers of a target name them.
    ///
    /// # Errors
    /// E4040 if there is no file at a path, E4041 if it cannot be a library.
    pub(crate) fn for_linker(&self, target: &str) -> Result<Libraries, Diagnostic> {
        let mut named = Libraries::default();
        for library in &self.libraries {
            if library.trim().is_empty() {
                return Err(Diagnostic::new(Code::E4041, "a library has an empty name")
                    .help("name a library, or leave out `--link-lib`"));
            }
            if !library.contains('/') {
                named.names.push(library.clone());
                continue;
            }
            if !Path::new(library).exists() {
                let message = format!("cannot read the library `{library}`: there is no such file");
                return Err(Diagnostic::new(Code::E4040, message)
                    .path(library.clone())
                    .help("name a file, or a library without `/` as for `-l`"));
            }
            check_library_file(library, target)?;
            note(Path::new(library));
            named.add(library, target);
        }
        named.search.extend(self.search.iter().cloned());
        Ok(named)
    }
}

/// The part of a library's path behind a leading `$ORIGIN/`, the folder of the
/// program's file.
pub(crate) fn behind_origin(library: &str) -> Option<&str> {
    let mut names = ["$ORIGIN/", "${ORIGIN}/"].into_iter();
    names.find_map(|name| library.strip_prefix(name))
}

impl Libraries {
    /// What an artifact needs, as the linkers of a target name it.
    pub fn of(artifact: &Outline, target: &str) -> Self {
        let mut libraries = Self::default();
        for ForeignFunction { library, .. } in foreign_functions(artifact) {
            libraries.add(library, target);
        }
        libraries
    }

    /// Adds a library by its file name, its path, or the name that `-l` takes.
    pub fn add(&mut self, library: &str, target: &str) {
        let path = Path::new(library);
        let file = path.file_name().and_then(|name| name.to_str());
        let name = Target::of(target).linker_name(file.unwrap_or(library));
        if !self.names.contains(&name) {
            self.names.push(name);
        }
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let Some(folder) = folder.map(Path::to_owned) else {
            return;
        };
        let is_archive = path.extension().is_some_and(|extension| extension == "a");
        let loaded = loader_folder(&folder);
        if !is_archive && !self.rpath.contains(&loaded) {
            self.rpath.push(loaded);
        }
        if !self.search.contains(&folder) {
            self.search.push(folder);
        }
    }
}

/// Refuses a path at which there is something that no linker takes for a library:
/// it would look for another file, and say that there is none.
///
/// # Errors
/// E4040 for what is no regular file, E4041 for a file of another name.
pub(crate) fn check_library_file(library: &str, target: &str) -> Result<(), Diagnostic> {
    let path = Path::new(library);
    let file = path.file_name().and_then(|name| name.to_str());
    let (true, true, Some(file)) = (library.contains('/'), path.exists(), file) else {
        return Ok(());
    };
    if !path.is_file() {
        let message = format!("cannot read the library `{library}`: it is not a regular file");
        return Err(Diagnostic::new(Code::E4040, message)
            .path(library.to_owned())
            .help("give the path of a library"));
    }
    let target = Target::of(target);
    // Drivers for Windows take files of more names.
    if target.format() == Format::Coff || target.linker_name(file) != file {
        return Ok(());
    }
    let message = format!("`{library}` is not named as a library of the target");
    Err(Diagnostic::new(Code::E4041, message)
        .path(library.to_owned())
        .help("libraries are named `libNAME.so`, `libNAME.dylib` or `libNAME.a`"))
}

/// A folder as it is written into a program. The loader itself replaces what
/// begins with `$ORIGIN` or `@rpath`.
fn loader_folder(folder: &Path) -> PathBuf {
    let text = folder.as_os_str().as_encoded_bytes();
    if text.starts_with(b"$") || text.starts_with(b"@") {
        return folder.to_owned();
    }
    std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned())
}

/// Refuses folders that a loader would read as others: it splits its list of
/// them at colons and replaces what follows a `$`. A leading `$ORIGIN`, the
/// folder of the file itself, is what it is meant to be.
///
/// # Errors
/// E4024 names the folder.
pub(crate) fn check_run_paths(folders: &[String], target: &str) -> Result<(), Diagnostic> {
    if Target::of(target).format() != Format::Elf {
        return Ok(());
    }
    for folder in folders {
        let origin = ["$ORIGIN", "${ORIGIN}"].iter();
        let mut behind = origin.filter_map(|origin| folder.strip_prefix(origin));
        let rest = behind.find(|rest| rest.is_empty() || rest.starts_with('/'));
        let rest = rest.unwrap_or(folder);
        let reason = match rest.chars().find(|c| matches!(c, ':' | '$')) {
            Some(':') => "is two folders to the loader",
            Some(_) => "holds a `$`, which the loader replaces",
            None => continue,
        };
        let message = format!("the run path `{folder}` {reason}");
        return Err(Diagnostic::new(Code::E4024, message)
            .note("the program names a library in this folder")
            .help("move the library, or name it by its file name with `--link-search FOLDER`"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ffi_2_the_loader_finds_a_library_from_every_folder() {
        let here = std::env::current_dir().unwrap();
        for (library, expected) in [
            ("./libx.so", here.clone()),
            ("deps/libx.so", here.join("deps")),
            ("/opt/libx.so", PathBuf::from("/opt")),
            ("$ORIGIN/libx.so", PathBuf::from("$ORIGIN")),
        ] {
            let mut libraries = Libraries::default();
            libraries.add(library, "x86_64-unknown-linux-gnu");
            assert_eq!(libraries.rpath, [expected], "{library}");
        }
    }

    #[test]
    fn what_a_loader_would_read_as_another_folder_is_refused() {
        let check = |folder: &str, target| check_run_paths(&[folder.to_owned()], target);
        let linux = "x86_64-unknown-linux-gnu";
        for folder in [
            "/opt/lib",
            "$ORIGIN",
            "$ORIGIN/lib",
            "${ORIGIN}/../lib",
            "/a b,c",
        ] {
            check(folder, linux).unwrap();
        }
        for folder in [
            "/a:b",
            "$ORIGIN:/b",
            "/opt/$LIB",
            "$ORIGINAL/x",
            "$ORIGIN/$LIB",
        ] {
            assert_eq!(check(folder, linux).unwrap_err().code, "E4024", "{folder}");
        }
        check("/a:b", "aarch64-apple-darwin").unwrap();
    }
}
