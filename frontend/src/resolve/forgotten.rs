//! Imports that were forgotten: which modules have what a program names and nothing in it
//! is.

use beskid_syntax::views;
use beskid_syntax::{Node, NodeKind};

use super::collect::own_name;
use super::suggest::PROBLEMS;
use super::wrong_paths::Paths;
use crate::diagnostic::{Sought, SourceDiagnostic};
use crate::packages::PackageId;
use crate::source::{Loader, Sources};

/// Most files of a package in which names are sought.
const MOST: usize = 256;

/// Most modules that are named where several have a function.
const MOST_NAMED: usize = 3;

/// What a module shows to others.
struct Shown {
    module: Vec<String>,
    name: String,
    is_type: bool,
}

/// The modules of what a package depends on, and of itself.
#[derive(Default)]
struct Index {
    modules: Vec<Vec<String>>,
    shown: Vec<Shown>,
    /// The ways to the modules.
    paths: Paths,
}

/// Says of names that mean nothing which import gives them a meaning, if one does.
pub(crate) fn suggest(
    sources: &Sources,
    loader: &mut dyn Loader,
    diagnostics: &mut [SourceDiagnostic],
) {
    let seeking = diagnostics.iter().filter(|found| found.sought().is_some());
    if seeking.count() == 0 {
        return;
    }
    let index = Index::of(sources, loader);
    let seeking = diagnostics.iter_mut();
    for found in seeking
        .filter(|found| found.sought().is_some())
        .take(PROBLEMS)
    {
        let Some(sought) = found.sought().cloned() else {
            continue;
        };
        // Files of other packages name modules otherwise.
        let path = sought.path.as_ref();
        let path = path.filter(|_| !sources.is_elsewhere(found.span()));
        let meant = path.and_then(|path| index.paths.blame(found, path));
        let unknown = found.diagnostic.help.is_none();
        let near = || meant.or_else(|| index.near(&sought)).filter(|_| unknown);
        let help = index.help(&sought).or_else(near);
        if help.is_some() {
            found.set_help(help);
        }
    }
}

impl Index {
    fn of(sources: &Sources, loader: &mut dyn Loader) -> Self {
        let mut index = Self::default();
        let own = index.add(loader, PackageId::ENTRY);
        index.paths.add(own);
        let known = sources.packages.of(PackageId::ENTRY).to_vec();
        let known = match sources.packages.is_known(PackageId::ENTRY) {
            true => known,
            false => loader.dependencies(PackageId::ENTRY),
        };
        let (mut labelled, mut plain) = (Vec::new(), Vec::new());
        for (label, package) in known {
            for module in index.add(loader, package) {
                labelled.push([std::slice::from_ref(&label), &module].concat());
                plain.push(module);
            }
        }
        index.paths.add(labelled);
        index.paths.add(plain);
        index
    }

    /// Adds the modules of a package: their paths.
    fn add(&mut self, loader: &mut dyn Loader, package: PackageId) -> Vec<Vec<String>> {
        let before = self.modules.len();
        let mut passed_on = Vec::new();
        for module in loader.modules(package).into_iter().take(MOST) {
            let parts = module.iter().map(String::as_str).collect::<Vec<_>>();
            let Ok(Some(loaded)) = loader.load(package, &parts) else {
                continue;
            };
            let Ok(text) = String::from_utf8(loaded.bytes) else {
                continue;
            };
            let tree = beskid_syntax::parse(&text);
            let named = own_name(tree.root());
            let named = named.map(|path| path.iter().map(|part| part.text().to_owned()).collect());
            let module = named.unwrap_or(module);
            for item in tree.root().children().filter(|item| item.is_public()) {
                match item.kind() {
                    NodeKind::Use => passed_on.extend(re_export(item, &module)),
                    _ => self.shown.extend(shown(item, &module)),
                }
            }
            self.modules.push(module);
        }
        for (module, from, name) in passed_on {
            let mut all = self.shown.iter();
            let Some(known) = all.find(|known| known.module == from && known.name == name) else {
                continue;
            };
            let is_type = known.is_type;
            self.shown.push(Shown {
                module,
                name,
                is_type,
            });
        }
        self.modules[before..].to_vec()
    }

    /// What has the name but for its capitals.
    fn near(&self, sought: &Sought) -> Option<String> {
        let is_near = |name: &str| name.eq_ignore_ascii_case(&sought.name);
        let mut modules = self.modules.iter();
        let module = modules.find(|module| module.last().is_some_and(|last| is_near(last)))?;
        let last = module.last()?;
        Some(format!("write `{last}`, with `use {};`", module.join(".")))
    }

    fn help(&self, sought: &Sought) -> Option<String> {
        let name = sought.name.as_str();
        if let Some(home) = sought.home {
            let mut functions = self.shown.iter().filter(|known| known.module == home);
            let known = functions.find(|known| known.name.eq_ignore_ascii_case(name))?;
            return Some(call(known, sought.is_imported));
        }
        let modules = self.modules.iter();
        let modules = modules.filter(|module| module.last().is_some_and(|last| last == name));
        if let Some(module) = modules.min_by_key(|module| (module.len(), *module)) {
            return Some(import(module));
        }
        let named = self.shown.iter().filter(|known| known.name == name);
        let mut named = named.collect::<Vec<_>>();
        named.sort_by_key(|known| (!known.is_type, known.module.len(), &known.module));
        let first = *named.first()?;
        if first.is_type {
            return Some(import(&first.module));
        }
        let alike = named.into_iter();
        let alike = alike.filter(|known| known.module.len() == first.module.len());
        let calls = alike.take(MOST_NAMED).map(|known| call(known, false));
        Some(calls.collect::<Vec<_>>().join("; or "))
    }
}

fn import(module: &[String]) -> String {
    format!("import it: `use {};`", module.join("."))
}

fn call(known: &Shown, is_imported: bool) -> String {
    let module = known.module.last().map(String::as_str).unwrap_or_default();
    let name = &known.name;
    match is_imported {
        true => format!("write `{module}.{name}(…)`"),
        false => format!(
            "write `{module}.{name}(…)`, with `use {};`",
            known.module.join(".")
        ),
    }
}

/// A type or a function that a module shows.
fn shown(item: Node<'_>, module: &[String]) -> Option<Shown> {
    let (name, is_type) = match item.kind() {
        NodeKind::Type => (views::Type::cast(item)?.name(), true),
        NodeKind::Enum => (views::Enum::cast(item)?.name(), true),
        NodeKind::Contract => (views::Contract::cast(item)?.name(), true),
        NodeKind::Function => (views::Function::cast(item)?.name()?, false),
        _ => return None,
    };
    Some(Shown {
        module: module.to_vec(),
        name: name.text().to_owned(),
        is_type,
    })
}

/// What a module passes on: itself, the module that has it, and its name.
fn re_export(item: Node<'_>, module: &[String]) -> Option<(Vec<String>, Vec<String>, String)> {
    let path = views::Use::cast(item)?.path()?;
    let names = path.names().map(|name| name.text().to_owned());
    let mut names = names.collect::<Vec<_>>();
    let last = names.pop()?;
    Some((module.to_vec(), names, last))
}
