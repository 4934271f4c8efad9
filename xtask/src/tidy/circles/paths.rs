//! Which file of a crate a path like `crate::a::B` leads to.

use std::collections::BTreeMap;

use crate::files::Repository;
use crate::scan::{Scan, has_word};

/// What each file names, and the line on which it does so first.
pub type Edges = BTreeMap<String, BTreeMap<String, usize>>;

/// A module, as the names that lead to it from the crate's root.
type Module = Vec<String>;

/// A file of a crate.
struct File<'r> {
    path: &'r str,
    code: String,
    uses: Vec<Use>,
}

/// A path in a file: of a `use`, or in the midst of code.
#[derive(Debug, PartialEq, Eq)]
struct Use {
    line: usize,
    path: Vec<String>,
    /// The name that it gives to what it leads to; none in the midst of code.
    name: Option<String>,
    /// Whether it offers the name to other files.
    public: bool,
}

/// The files of one crate, by their modules.
pub struct Crate<'r>(BTreeMap<Module, File<'r>>);

impl<'r> Crate<'r> {
    pub fn all(repository: &'r Repository) -> Vec<Self> {
        let mut crates: BTreeMap<&str, Self> = BTreeMap::new();
        for (path, scan) in &repository.sources {
            let Some((folder, rest)) = path.split_once("/src/") else {
                continue;
            };
            // Programs beside the crate, each of one file.
            if rest.starts_with("bin/") {
                continue;
            }
            let code = without_tests(scan);
            let uses = uses(&code);
            let file = File { path, code, uses };
            let whole = crates
                .entry(folder)
                .or_insert_with(|| Self(BTreeMap::new()));
            // `lib.rs` comes before `main.rs`, and is the root if both are there.
            whole.0.entry(module(rest)).or_insert(file);
        }
        crates.into_values().collect()
    }

    pub fn edges(&self) -> Edges {
        let mut edges = Edges::new();
        for (module, file) in &self.0 {
            let named = edges.entry(file.path.to_owned()).or_default();
            for used in &file.uses {
                let Some(to) = self.resolve(module, &used.path, 8) else {
                    continue;
                };
                let reexport = used.public && to.starts_with(module);
                if to != module && !reexport {
                    named.entry(self.0[to].path.to_owned()).or_insert(used.line);
                }
            }
        }
        edges
    }

    /// The module whose file defines what a path in `from` leads to, if that is
    /// of this crate. `steps` bounds names that are defined by themselves.
    fn resolve(&self, from: &Module, path: &[String], steps: usize) -> Option<&Module> {
        let (mut at, mut rest) = (from.clone(), path);
        while let [first, after @ ..] = rest {
            match first.as_str() {
                "crate" => at.clear(),
                "self" => {}
                "super" => drop(at.pop()?),
                _ => break,
            }
            rest = after;
        }
        let relative = rest.len() == path.len();
        let (mut here, _) = self.0.get_key_value(&at)?;
        while let [name, after @ ..] = rest {
            at.push(name.clone());
            let Some((below, _)) = self.0.get_key_value(&at) else {
                // A path that begins with no module of ours is another crate's.
                let outside = relative && rest.len() == path.len();
                return if outside {
                    None
                } else {
                    self.item(here, rest, steps)
                };
            };
            (here, rest) = (below, after);
        }
        Some(here)
    }

    /// Where an item that the module `here` offers is defined.
    fn item(&self, here: &Module, path: &[String], steps: usize) -> Option<&Module> {
        let [name, after @ ..] = path else {
            return None;
        };
        let (here, file) = self.0.get_key_value(here)?;
        let steps = steps.checked_sub(1)?;
        if let Some(used) = file
            .uses
            .iter()
            .find(|used| used.name.as_ref() == Some(name))
        {
            let path = [&used.path, after].concat();
            return self.resolve(here, &path, steps);
        }
        if defines(&file.code, name) {
            return Some(here);
        }
        let all = |used: &&Use| used.name.as_deref() == Some("*");
        for used in file.uses.iter().filter(all) {
            let [path @ .., _] = used.path.as_slice() else {
                continue;
            };
            let Some(module) = self.resolve(here, path, steps) else {
                continue;
            };
            let offers = &self.0[module];
            if offers
                .uses
                .iter()
                .any(|used| used.name.as_ref() == Some(name))
                || defines(&offers.code, name)
            {
                return self.item(module, &[std::slice::from_ref(name), after].concat(), steps);
            }
        }
        Some(here)
    }
}

/// The module of a file below `src/`.
fn module(path: &str) -> Module {
    let mut names: Module = path
        .trim_end_matches(".rs")
        .split('/')
        .map(str::to_owned)
        .collect();
    let root = names.len() == 1 && (names[0] == "lib" || names[0] == "main");
    if root || names.last().is_some_and(|name| name == "mod") {
        names.pop();
    }
    names
}

/// The code of a file up to its unit tests.
fn without_tests(scan: &Scan) -> String {
    let end = scan.first_test_line().map_or(usize::MAX, |line| line - 1);
    scan.code
        .lines()
        .take(end)
        .map(|line| format!("{line}\n"))
        .collect()
}

fn defines(code: &str, name: &str) -> bool {
    const KINDS: [&str; 9] = [
        "fn",
        "struct",
        "enum",
        "trait",
        "const",
        "static",
        "type",
        "union",
        "macro_rules!",
    ];
    KINDS
        .iter()
        .any(|kind| has_word(code, &format!("{kind} {name}")))
}

/// The paths of a file's code.
fn uses(code: &str) -> Vec<Use> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((start, word)) = next_word(code, at) {
        at = start + word.len();
        let line = 1 + code[..start].matches('\n').count();
        let before = code[..start].trim_end();
        match word {
            "use" if !before.ends_with('+') => {
                let end = code[at..].find(';').map_or(code.len(), |end| at + end);
                let public = before.ends_with("pub")
                    || before.rsplit_once("pub(").is_some_and(|(_, within)| {
                        within.find(')').is_some_and(|end| end + 1 == within.len())
                    });
                tree(&code[at..end], &[], &mut |path, name| {
                    let name = Some(name);
                    found.push(Use {
                        line,
                        path,
                        name,
                        public,
                    });
                });
                at = end;
            }
            "crate" | "super" if !before.ends_with(['$', ':']) && !before.ends_with("(in") => {
                let path: Module = code[start..]
                    .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
                    .next()
                    .unwrap_or_default()
                    .split("::")
                    .filter(|name| !name.is_empty())
                    .map(str::to_owned)
                    .collect();
                at = start + path.join("::").len();
                if path.len() > 1 {
                    found.push(Use {
                        line,
                        path,
                        name: None,
                        public: false,
                    });
                }
            }
            _ => {}
        }
    }
    found
}

/// The first word that begins at `from` or after it, and where.
fn next_word(code: &str, from: usize) -> Option<(usize, &str)> {
    let joins = |c: char| c.is_alphanumeric() || c == '_';
    let start = from + code[from..].find(joins)?;
    let word = code[start..].split(|c| !joins(c)).next()?;
    Some((start, word))
}

/// The paths of a `use`, each with the name that it gives.
fn tree(text: &str, prefix: &[String], found: &mut dyn FnMut(Module, String)) {
    let (head, group) = match text.split_once('{') {
        Some((head, group)) => (head, group.rsplit_once('}').map(|(group, _)| group)),
        None => (text, None),
    };
    let (head, alias) = head.split_once(" as ").unwrap_or((head, ""));
    let names = head
        .split("::")
        .map(str::trim)
        .filter(|name| !name.is_empty());
    let mut path = [prefix, &names.map(str::to_owned).collect::<Vec<_>>()].concat();
    if let Some(group) = group {
        let mut depth = 0;
        let parts = group.split(|c| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            c == ',' && depth == 0
        });
        for part in parts.filter(|part| !part.trim().is_empty()) {
            tree(part, &path, found);
        }
        return;
    }
    if path.len() > 1 && path.last().is_some_and(|name| name == "self") {
        path.pop();
    }
    let name = match alias.trim() {
        "" => path.last().cloned().unwrap_or_default(),
        alias => alias.to_owned(),
    };
    found(path, name);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(code: &str) -> Vec<String> {
        let shown = |used: Use| {
            let public = if used.public { "pub " } else { "" };
            let path = used.path.join("::");
            format!(
                "{}: {public}{path} as {}",
                used.line,
                used.name.unwrap_or_default()
            )
        };
        uses(code).into_iter().map(shown).collect()
    }

    #[test]
    fn groups_and_other_names_are_read() {
        let code = "use a::{self, b::{c, d as e}, *};\npub(super) use f::g;\npub use super::h;\n\
                    fn i() { use crate::j; }";
        let expected = [
            "1: a as a",
            "1: a::b::c as c",
            "1: a::b::d as e",
            "1: a::* as *",
            "2: pub f::g as g",
            "3: pub super::h as h",
            "4: crate::j as j",
        ];
        assert_eq!(paths(code), expected);
    }

    #[test]
    fn paths_in_the_midst_of_code_are_read() {
        let code = "pub(crate) fn a(b: &super::super::C) -> impl D + use<'_> {\n crate::e::f()\n}";
        assert_eq!(
            paths(code),
            ["1: super::super::C as ", "2: crate::e::f as "]
        );
        assert_eq!(paths("pub(in crate::a) fn b() { $crate::c() }"), [""; 0]);
    }

    #[test]
    fn a_name_that_defines_itself_is_read_to_an_end() {
        let code = "use crate::a::b;\npub use self::b as b;\n";
        let repository = Repository::of(&[("c/src/a.rs", code)]);
        let edges = Crate::all(&repository).remove(0).edges();
        assert!(edges["c/src/a.rs"].is_empty());
    }
}
