//! Which imports may leave a program (EXT-7), decided by what they resolve to.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::facts::Found;
use crate::input::read_bounded;
use crate::inspect::{MAX_IMAGE, names_of_code};

/// Variables that hold the policy.
const ALLOW: &str = "BESKID_EXTERN_ALLOW";
const DENY: &str = "BESKID_EXTERN_DENY";

/// What they hold.
const PATTERNS: &str =
    "write `library:symbol`, `library:*`, `*:symbol` or `symbol`, separated by commas";

/// An import, and what is known of where it leads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Leaving<'a> {
    /// Its link symbol.
    pub(crate) symbol: &'a str,
    /// The library that the program names.
    pub(crate) named: Option<&'a str>,
    /// The files that define it: the one that the library's name leads to, and
    /// the first that the linker meets. Empty: nobody knows.
    pub(crate) found: &'a [Found],
}

/// The file that is loaded for a library's name, if there is one.
pub(crate) type Loader<'l> = &'l dyn Fn(&str) -> Option<PathBuf>;

/// Which imports may leave a program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// If there is one, nothing else is allowed.
    allow: Option<Vec<Pattern>>,
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
    /// E5133 names the variable and the part that is no pattern, or an allow
    /// list that is there and empty.
    pub fn from_environment() -> Result<Self, Diagnostic> {
        let read = |variable: &str| {
            let Some(text) = std::env::var_os(variable) else {
                return Ok(None);
            };
            let text = text.to_str().ok_or_else(|| {
                let message = format!("`{variable}` is not UTF-8");
                Diagnostic::new(Code::E5133, message).help(PATTERNS)
            })?;
            patterns(variable, text).map(Some)
        };
        let allow = read(ALLOW)?;
        if allow.as_ref().is_some_and(Vec::is_empty) {
            let message = format!("`{ALLOW}` is set and empty");
            return Err(Diagnostic::new(Code::E5133, message).help(format!(
                "unset it to allow everything, or deny everything with `{DENY}=*`"
            )));
        }
        Ok(Self {
            allow,
            deny: read(DENY)?.unwrap_or_default(),
        })
    }

    /// Whether it says nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.allow.is_none() && self.deny.is_empty()
    }

    /// Why an import is refused.
    fn refusal(&self, import: Leaving<'_>, loader: Loader<'_>) -> Option<String> {
        if self.deny.iter().any(|pattern| pattern.touches(import)) {
            return Some("denied by denylist".to_owned());
        }
        if let Some(name) = self.denied_name(import) {
            return Some(format!("denied by denylist, as `{name}`"));
        }
        let allow = self.allow.as_ref()?;
        let allowed = allow.iter().any(|pattern| pattern.covers(import, loader));
        (!allowed).then(|| "denied by allowlist".to_owned())
    }

    /// Another name of the same code in its library that is denied.
    fn denied_name(&self, import: Leaving<'_>) -> Option<&str> {
        if self.deny.is_empty() {
            return None;
        }
        import.found.iter().find_map(|found| {
            let names = names_in(&found.path, import.symbol);
            let mut denied = self.deny.iter().filter_map(|pattern| {
                let symbol = pattern.symbol.as_deref()?;
                let library = pattern.library.as_deref();
                let is_there = || library.is_none_or(|library| found.is(library, None));
                (names.contains(symbol) && is_there()).then_some(symbol)
            });
            denied.next()
        })
    }

    /// Refuses imports that may not leave the program.
    ///
    /// # Errors
    /// E5130 lists every one that is denied, and by which list.
    pub(crate) fn check<'a>(
        &self,
        imports: impl IntoIterator<Item = Leaving<'a>>,
        loader: Loader<'_>,
    ) -> Result<(), Diagnostic> {
        let mut notes = BTreeSet::new();
        for import in imports {
            let Some(reason) = self.refusal(import, loader) else {
                continue;
            };
            let Leaving { symbol, named, .. } = import;
            let found = import.found.first().map(Found::name);
            let place = match (named, found) {
                (Some(named), Some(found)) if found != named => {
                    format!(" of `{named}`, which is `{found}`")
                }
                (Some(named), _) => format!(" of `{named}`"),
                (None, Some(found)) => format!(" of `{found}`"),
                (None, None) => " of whichever library has it".to_owned(),
            };
            notes.insert(format!("`{symbol}`{place}: {reason}"));
        }
        if notes.is_empty() {
            return Ok(());
        }
        let message = format!("{} foreign functions may not be called", notes.len());
        let mut diagnostic = Diagnostic::new(Code::E5130, message);
        diagnostic.notes = notes.into_iter().collect();
        Err(diagnostic.help(format!("the lists are in `{ALLOW}` and `{DENY}`")))
    }
}

impl Pattern {
    /// Whether it is about the import in any way: by the name that the program
    /// writes or by any file that it may lead to. So a denial has no way around.
    fn touches(&self, import: Leaving<'_>) -> bool {
        let library = self.library.as_deref();
        self.is_for_symbol(import.symbol)
            && library.is_none_or(|library| match (import.named, import.found) {
                // It may be any library, and so this one.
                (None, []) => true,
                (Some(named), []) => stem(named) == stem(library),
                (named, found) => {
                    named == Some(library) || found.iter().any(|found| found.is(library, None))
                }
            })
    }

    /// Whether it is about everything that the import may lead to. Names count
    /// only where nobody knows the file.
    fn covers(&self, import: Leaving<'_>, loader: Loader<'_>) -> bool {
        let library = self.library.as_deref();
        self.is_for_symbol(import.symbol)
            && library.is_none_or(|library| match import.found {
                [] => import.named == Some(library),
                found => found.iter().all(|found| found.is(library, Some(loader))),
            })
    }

    fn is_for_symbol(&self, symbol: &str) -> bool {
        self.symbol.as_deref().is_none_or(|own| own == symbol)
    }
}

impl Found {
    /// What people call it.
    fn name(&self) -> String {
        let file = || self.path.file_name()?.to_str().map(str::to_owned);
        let name = self.soname.clone().or_else(file);
        name.unwrap_or_else(|| self.path.display().to_string())
    }

    /// Whether a pattern's library is this file: by the name that it has or
    /// gives itself, by the name that `-l` takes, or because the name leads to
    /// the same file. With a loader, a name of another file that the loader
    /// would take is not this one's, however it is called.
    fn is(&self, library: &str, loader: Option<Loader<'_>>) -> bool {
        let real = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        if library.contains('/') {
            return is_same_file(&real, Path::new(library));
        }
        let is_own = |name: &str| {
            let taken = loader.and_then(|loader| loader(name));
            taken.is_none_or(|taken| is_same_file(&taken, &real))
        };
        let file = |path: &Path| {
            path.file_name()
                .map(|name| name.to_string_lossy().into_owned())
        };
        let own = [file(&self.path), file(&real), self.soname.clone()];
        let names = [
            library.to_owned(),
            format!("lib{library}.so"),
            format!("lib{library}.a"),
        ];
        for name in own.into_iter().flatten() {
            // `libx.so` is what developers call each version of it.
            let is_version_of = |short: &String| {
                short.ends_with(".so")
                    && name
                        .strip_prefix(short.as_str())
                        .is_some_and(|rest| rest.starts_with('.'))
            };
            if names.iter().any(|own| *own == name || is_version_of(own)) && is_own(&name) {
                return true;
            }
        }
        let near = [&self.path, &real]
            .into_iter()
            .filter_map(|path| path.parent());
        let near = near.map(Path::to_owned).chain(super::system_folders());
        let folders = near.collect::<BTreeSet<_>>();
        let leads_here = |name: &String| {
            let mut files = folders.iter().map(|folder| folder.join(name));
            files.any(|file| is_same_file(&file, &real)) && is_own(name)
        };
        names.iter().any(leads_here)
    }
}

/// Whether two paths lead to one file.
pub(crate) fn is_same_file(left: &Path, right: &Path) -> bool {
    let identity = |path: &Path| fs::metadata(path).ok().map(|meta| (meta.dev(), meta.ino()));
    let left = identity(left);
    left.is_some() && left == identity(right)
}

/// Every name that a library's file has for the code of a function.
fn names_in(path: &Path, function: &str) -> BTreeSet<String> {
    // What cannot be read is for the loader or the linker to judge.
    let bytes = read_bounded(path, MAX_IMAGE).unwrap_or_default();
    names_of_code(&bytes, function)
}

/// `x` of `libx.so.1`, `libx.a`, `x` and paths to them.
fn stem(library: &str) -> &str {
    let file = library.rsplit('/').next().unwrap_or(library);
    let name = file.split_once(".so").map_or(file, |(name, _)| name);
    let name = name.strip_suffix(".a").unwrap_or(name);
    if name == library {
        return name;
    }
    name.strip_prefix("lib").unwrap_or(name)
}

fn patterns(variable: &str, text: &str) -> Result<Vec<Pattern>, Diagnostic> {
    let parts = text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty());
    let patterns = parts.map(|part| {
        pattern(part).ok_or_else(|| {
            let message = format!("`{part}` in `{variable}` is no pattern");
            let mut diagnostic = Diagnostic::new(Code::E5133, message).help(PATTERNS);
            if part.len() > 1 && part.contains('*') {
                diagnostic = diagnostic.note("a `*` stands for a whole library or symbol");
            }
            diagnostic
        })
    });
    patterns.collect()
}

fn pattern(text: &str) -> Option<Pattern> {
    let (library, symbol) = text.split_once(':').unwrap_or(("*", text));
    let part = |text: &str| (text != "*").then(|| text.to_owned());
    let is_part = |text: &str| {
        let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, ':' | '*');
        text == "*" || !text.is_empty() && !text.contains(odd)
    };
    // No symbol has such a name: it is a library's.
    let is_library = symbol.contains('/') || symbol.contains(".so");
    (is_part(library) && is_part(symbol) && !is_library).then(|| Pattern {
        library: part(library),
        symbol: part(symbol),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ext_7_each_form_of_a_pattern_matches_what_it_says() {
        let getpid = Leaving {
            symbol: "getpid",
            named: Some("libc.so.6"),
            found: &[],
        };
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
            let pattern = pattern(text).unwrap();
            assert_eq!(pattern.touches(getpid), expected, "{text}");
            assert_eq!(pattern.covers(getpid, &|_| None), expected, "{text}");
        }
    }

    #[test]
    fn ext_7_a_file_counts_and_not_its_name_in_the_program() {
        let found = [Found {
            path: PathBuf::from("/nowhere/libreal.so.1.2"),
            soname: Some("libreal.so.1".to_owned()),
        }];
        let import = Leaving {
            symbol: "f",
            named: Some("./alias.so"),
            found: &found,
        };
        for (library, denies, allows) in [
            ("libreal.so.1", true, true),
            ("libreal.so.1.2", true, true),
            ("libreal.so", true, true),
            ("real", true, true),
            ("./alias.so", true, false),
            ("libre", false, false),
        ] {
            let pattern = pattern(&format!("{library}:*")).unwrap();
            assert_eq!(pattern.touches(import), denies, "{library}");
            assert_eq!(pattern.covers(import, &|_| None), allows, "{library}");
        }
    }

    #[test]
    fn ext_7_where_nobody_knows_the_file_a_denial_counts_and_a_permission_does_not() {
        let unknown = |named| Leaving {
            symbol: "f",
            named,
            found: &[],
        };
        for (named, library, denies, allows) in [
            (None, "libx.so.1", true, false),
            (Some("x"), "libx.so.1", true, false),
            (Some("/opt/libx.so"), "x", true, false),
            (Some("libx.so.1"), "libx.so.1", true, true),
            (Some("libx.so.1"), "liby.so.1", false, false),
        ] {
            let pattern = pattern(&format!("{library}:*")).unwrap();
            assert_eq!(pattern.touches(unknown(named)), denies, "{named:?}");
            assert_eq!(
                pattern.covers(unknown(named), &|_| None),
                allows,
                "{named:?}"
            );
        }
    }

    #[test]
    fn ext_7_what_is_no_pattern_is_refused_with_its_variable() {
        for text in [
            "libc.so.6:",
            ":getpid",
            "a:b:c",
            "get pid",
            "get*",
            "lib*.so:*",
            "libc.so.6",
            "./libx.so",
            "**",
        ] {
            let diagnostic = patterns(ALLOW, text).unwrap_err();
            assert_eq!(diagnostic.code, "E5133");
            assert!(diagnostic.message.contains(ALLOW), "{diagnostic}");
        }
        assert_eq!(patterns(DENY, " , ,").unwrap(), []);
    }
}
