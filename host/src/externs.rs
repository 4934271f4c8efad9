//! Foreign functions: which libraries they are in, and who may call them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use beskid_plugin_api::artifact::{CodegenArtifact, ImportSource};
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::runtime_abi::is_runtime_symbol;
use beskid_plugin_api::target::Target;

/// Variables that hold the policy (EXT-7).
const ALLOW: &str = "BESKID_EXTERN_ALLOW";
const DENY: &str = "BESKID_EXTERN_DENY";

/// What they hold.
const PATTERNS: &str =
    "write `library:symbol`, `library:*`, `*:symbol` or `symbol`, separated by commas";

/// A foreign function that an artifact imports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extern<'a> {
    /// Its link symbol.
    pub symbol: &'a str,
    /// The library that the program names.
    pub library: &'a str,
}

/// The foreign functions that an artifact imports, in symbol order.
pub fn externs(artifact: &CodegenArtifact) -> impl Iterator<Item = Extern<'_>> {
    artifact
        .imports()
        .filter_map(|(symbol, source)| match source {
            ImportSource::Extern { library, .. } => Some(Extern { symbol, library }),
            _ => None,
        })
}

/// FFI-6: refuses an artifact, whoever made it, that would put a library's
/// function in the place of one of the runtime's, or that names no library.
///
/// # Errors
/// E1512 for a library without a name, E1514 with every function.
pub fn check_names(artifact: &CodegenArtifact) -> Result<(), Diagnostic> {
    let is_name = |text: &str| !text.is_empty() && !text.contains(char::is_control);
    if let Some(foreign) = externs(artifact).find(|foreign| !is_name(foreign.library)) {
        let Extern { symbol, library } = foreign;
        let message = format!("the foreign function `{symbol}` is of no library: {library:?}");
        return Err(Diagnostic::new("E1512", message)
            .help("name a library in the artifact, such as `libc.so.6`"));
    }
    let names = externs(artifact).filter(|foreign| is_runtime_symbol(foreign.symbol));
    let notes = names.map(|Extern { symbol, library }| format!("`{symbol}` of `{library}`"));
    let notes = notes.collect::<Vec<_>>();
    if notes.is_empty() {
        return Ok(());
    }
    let message = "the artifact imports functions of the runtime as foreign ones";
    let mut diagnostic = Diagnostic::new("E1514", message);
    diagnostic.notes = notes;
    Err(diagnostic.help("the runtime's functions are not foreign; rename them"))
}

/// E5134: a call of it would run data as code.
pub(crate) fn not_a_function(foreign: Extern<'_>) -> Diagnostic {
    let Extern { symbol, library } = foreign;
    let message = format!("`{symbol}` of `{library}` is data, not a function");
    Diagnostic::new("E5134", message).help("correct the method's name or its `Symbol`")
}

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

impl Libraries {
    /// What an artifact needs, as the linkers of a target name it.
    pub fn of(artifact: &CodegenArtifact, target: &str) -> Self {
        let mut libraries = Self::default();
        for Extern { library, .. } in externs(artifact) {
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

/// A folder as it is written into a program. The loader itself replaces what
/// begins with `$ORIGIN` or `@rpath`.
fn loader_folder(folder: &Path) -> PathBuf {
    let text = folder.as_os_str().as_encoded_bytes();
    if text.starts_with(b"$") || text.starts_with(b"@") {
        return folder.to_owned();
    }
    std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned())
}

/// The library of each of an artifact's foreign functions.
pub fn libraries_by_symbol(artifact: &CodegenArtifact) -> BTreeMap<String, String> {
    let all = externs(artifact);
    all.map(|foreign| (foreign.symbol.to_owned(), foreign.library.to_owned()))
        .collect()
}

/// Which foreign functions a program may call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// If there are any, nothing else is allowed.
    allow: Vec<Pattern>,
    /// What is denied even if it is allowed.
    deny: Vec<Pattern>,
}

/// `library:symbol`; `None` stands for `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    library: Option<String>,
    symbol: Option<String>,
}

impl Policy {
    /// The policy of the environment.
    ///
    /// # Errors
    /// E5133 names the variable and the part that is no pattern.
    pub fn from_environment() -> Result<Self, Diagnostic> {
        let read = |variable: &str| {
            let text = std::env::var_os(variable).unwrap_or_default();
            let text = text.to_str().ok_or_else(|| {
                let message = format!("`{variable}` is not UTF-8");
                Diagnostic::new("E5133", message).help(PATTERNS)
            })?;
            patterns(variable, text)
        };
        Ok(Self {
            allow: read(ALLOW)?,
            deny: read(DENY)?,
        })
    }

    /// Refuses an artifact that imports what it may not (EXT-7).
    ///
    /// # Errors
    /// E5130 lists every function that is denied, and by which list.
    pub fn check(&self, artifact: &CodegenArtifact) -> Result<(), Diagnostic> {
        let mut notes = Vec::new();
        for foreign in externs(artifact) {
            let matches = |pattern: &Pattern| pattern.matches(foreign);
            let reason = if self.deny.iter().any(matches) {
                "denied by denylist"
            } else if !self.allow.is_empty() && !self.allow.iter().any(matches) {
                "denied by allowlist"
            } else {
                continue;
            };
            let Extern { symbol, library } = foreign;
            notes.push(format!("`{symbol}` of `{library}`: {reason}"));
        }
        if notes.is_empty() {
            return Ok(());
        }
        let message = format!("{} foreign functions may not be called", notes.len());
        let mut diagnostic = Diagnostic::new("E5130", message);
        diagnostic.notes = notes;
        Err(diagnostic.help(format!("the lists are in `{ALLOW}` and `{DENY}`")))
    }
}

impl Pattern {
    fn matches(&self, foreign: Extern<'_>) -> bool {
        let fits =
            |part: &Option<String>, text: &str| part.as_deref().is_none_or(|part| part == text);
        fits(&self.library, foreign.library) && fits(&self.symbol, foreign.symbol)
    }
}

fn patterns(variable: &str, text: &str) -> Result<Vec<Pattern>, Diagnostic> {
    let parts = text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty());
    let patterns = parts.map(|part| {
        pattern(part).ok_or_else(|| {
            let message = format!("`{part}` in `{variable}` is no pattern");
            Diagnostic::new("E5133", message).help(PATTERNS)
        })
    });
    patterns.collect()
}

fn pattern(text: &str) -> Option<Pattern> {
    let (library, symbol) = text.split_once(':').unwrap_or(("*", text));
    let part = |text: &str| (text != "*").then(|| text.to_owned());
    let is_part =
        |text: &str| !text.is_empty() && !text.contains(char::is_whitespace) && !text.contains(':');
    (is_part(library) && is_part(symbol)).then(|| Pattern {
        library: part(library),
        symbol: part(symbol),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GETPID: Extern<'static> = Extern {
        symbol: "getpid",
        library: "libc.so.6",
    };

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
    fn ext_7_each_form_of_a_pattern_matches_what_it_says() {
        for (text, expected) in [
            ("libc.so.6:getpid", true),
            ("libc.so.6:*", true),
            ("*:getpid", true),
            ("getpid", true),
            ("*", true),
            ("libm.so.6:getpid", false),
            ("libc.so.6:getppid", false),
            ("getppid", false),
        ] {
            assert_eq!(pattern(text).unwrap().matches(GETPID), expected, "{text}");
        }
    }

    #[test]
    fn ext_7_what_is_no_pattern_is_refused_with_its_variable() {
        for text in ["libc.so.6:", ":getpid", "a:b:c", "get pid"] {
            let diagnostic = patterns(ALLOW, text).unwrap_err();
            assert_eq!(diagnostic.code, "E5133");
            assert!(diagnostic.message.contains(ALLOW), "{diagnostic}");
        }
        assert_eq!(patterns(DENY, " , ,").unwrap(), []);
    }
}
