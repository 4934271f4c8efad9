//! What library files define, and where this system keeps them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use beskid_plugin_api::target::Target;

use crate::input::read_bounded;
use crate::inspect::{MAX_IMAGE, inspect, linker_script, symbols_by_kind};

/// Deepest nesting of linker scripts that is followed.
const DEEPEST: usize = 8;

/// Libraries that glibc has merged into `libc.so.6`: they are still there, and
/// what is asked of them is found in it.
const MERGED: [&str; 5] = [
    "libpthread.so",
    "libdl.so",
    "librt.so",
    "libutil.so",
    "libanl.so",
];

/// Whether a library of this name leaves its symbols to the C library.
pub(crate) fn is_merged(library: &str) -> bool {
    let file = file_name(library);
    let short = format!("lib{file}.so");
    MERGED
        .iter()
        .any(|name| file.starts_with(name) || short == **name)
}

/// Whether a file is the C library or its mathematics, which define some
/// symbols both.
pub(crate) fn is_of_c_library(path: &Path) -> bool {
    let file = path.to_string_lossy();
    let file = file_name(&file);
    file.starts_with("libc.") || file.starts_with("libm.") || file.starts_with("libm-")
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The file that defines a symbol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Where it is, as it was found.
    pub(crate) path: PathBuf,
    /// What it calls itself.
    pub(crate) soname: Option<String>,
}

/// What the files that one library's name leads to define.
#[derive(Debug, Clone, Default)]
pub(crate) struct Definitions {
    files: Vec<File>,
}

#[derive(Debug, Clone)]
struct File {
    found: Found,
    /// Libraries that it needs.
    needed: Vec<String>,
    /// Each symbol that it defines, and whether that is data.
    symbols: BTreeMap<String, bool>,
}

impl Definitions {
    /// Reads a shared library, an archive, or a linker script with what it names,
    /// which is looked for in `folders`. A file of another form tells nothing.
    pub(crate) fn read(path: &Path, folders: &[PathBuf]) -> Self {
        let mut definitions = Self::default();
        definitions.add(path, folders, 0);
        definitions
    }

    fn add(&mut self, path: &Path, folders: &[PathBuf], depth: usize) {
        // What is too large to be read is for the linker to judge.
        let Ok(bytes) = read_bounded(path, MAX_IMAGE) else {
            return;
        };
        if let Some(inputs) = linker_script(&bytes) {
            for input in inputs {
                let found = locate(&input, folders);
                if let Some(found) = found.filter(|_| depth < DEEPEST) {
                    self.add(&found, folders, depth + 1);
                }
            }
            return;
        }
        let symbols = symbols_by_kind(&bytes);
        if symbols.is_empty() {
            return;
        }
        let report = inspect(&bytes).and_then(|found| found.into_one()).ok();
        self.files.push(File {
            found: Found {
                path: path.to_owned(),
                soname: report
                    .as_ref()
                    .and_then(|report| report.library_name.clone()),
            },
            needed: report.map(|report| report.needed).unwrap_or_default(),
            symbols,
        });
    }

    /// Whether anything could be read.
    pub(crate) const fn is_known(&self) -> bool {
        !self.files.is_empty()
    }

    /// The file that defines a symbol, and whether the symbol is data.
    pub(crate) fn of(&self, symbol: &str) -> Option<(&Found, bool)> {
        let mut found = self.files.iter();
        found.find_map(|file| Some((&file.found, *file.symbols.get(symbol)?)))
    }

    /// Names of the libraries that its files need.
    pub(crate) fn needed(&self) -> impl Iterator<Item = &str> {
        self.files
            .iter()
            .flat_map(|file| file.needed.iter().map(String::as_str))
    }
}

/// The file of an input in a linker script: a path, a name, or `-lNAME`.
fn locate(input: &str, folders: &[PathBuf]) -> Option<PathBuf> {
    let names = match input.strip_prefix("-l") {
        Some(name) => Target::host().library_files(name.trim_start_matches(':')),
        None => vec![input.to_owned()],
    };
    let in_folders = folders.iter().flat_map(|folder| {
        let files = names.iter().map(|name| folder.join(name));
        files.collect::<Vec<_>>()
    });
    let mut files = in_folders.chain(names.iter().map(PathBuf::from));
    files.find(|file| file.is_file())
}

/// Where this machine keeps its own libraries.
pub(crate) fn system_folders() -> Vec<PathBuf> {
    let architecture = std::env::consts::ARCH;
    let multiarch = ["/lib", "/usr/lib"];
    let multiarch = multiarch.map(|folder| format!("{folder}/{architecture}-linux-gnu"));
    let plain = ["/lib64", "/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib"].map(str::to_owned);
    let mut folders = multiarch
        .into_iter()
        .chain(plain)
        .map(PathBuf::from)
        .collect::<Vec<_>>();
    // What the administrator has added for the loader.
    let added = fs::read_dir("/etc/ld.so.conf.d")
        .into_iter()
        .flatten()
        .flatten();
    for file in added {
        let text = fs::read_to_string(file.path()).unwrap_or_default();
        let lines = text
            .lines()
            .map(str::trim)
            .filter(|line| line.starts_with('/'));
        folders.extend(lines.map(PathBuf::from));
    }
    folders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_that_glibc_merged_are_known_by_each_name() {
        for name in ["libpthread.so.0", "/lib/libdl.so.2", "pthread", "rt"] {
            assert!(is_merged(name), "{name}");
        }
        for name in ["libm.so.6", "libpthreads.so", "m", "libz.so.1"] {
            assert!(!is_merged(name), "{name}");
        }
    }
}
