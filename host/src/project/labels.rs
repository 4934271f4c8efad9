//! Labels of dependencies that stand in the way of the core library.

use beskid_plugin_api::codes::Code;

use super::graph::Unit;
use super::manifest::{Dependency, SourceKind};
use super::written::problem;
use crate::failure::Findings;
use crate::source::corelib;

/// The label of the core library (COR-1).
const CORE: &str = "Std";
/// The name of its project (COR-1).
const CORE_PROJECT: &str = "corelib";
/// Modules of it that are its own affair.
const TESTS: &str = "Tests";

/// Warns of each label by which names of the core library lead elsewhere: what is said of
/// those names later does not tell why.
pub(super) fn warn(units: &[Unit], warnings: &mut Vec<Findings>) {
    for unit in units {
        if unit.manifest.name.text == CORE_PROJECT {
            continue;
        }
        let found = unit.manifest.dependencies.iter();
        let found = found.filter_map(|dependency| {
            let (message, help) = match is_core(dependency) {
                true => replacing(units, unit, dependency)?,
                false => hiding(unit, dependency)?,
            };
            let warning = problem(Code::E3004, dependency.label.span, message, help);
            Some(warning.as_warning())
        });
        let found = found.collect::<Vec<_>>();
        if !found.is_empty() {
            warnings.push(unit.manifest.written.findings(found));
        }
    }
}

fn is_core(dependency: &Dependency) -> bool {
    dependency.label.text.eq_ignore_ascii_case(CORE)
}

/// What there is to say of a label that takes the place of the core library (COR-2).
fn replacing(units: &[Unit], unit: &Unit, dependency: &Dependency) -> Option<(String, String)> {
    let label = &dependency.label.text;
    if matches!(dependency.source, SourceKind::Core) {
        return None;
    }
    let (_, need) = unit.needs.iter().find(|(known, _)| known == label)?;
    let name = &units.get(*need)?.manifest.name.text;
    let message = format!(
        "the dependency `{label}` takes the place of the core library, and is the project `{name}`"
    );
    let help = format!("give it another label; `{CORE}` is for a core library");
    (name != CORE_PROJECT).then_some((message, help))
}

/// What there is to say of a label that is the name of a module of the core library.
fn hiding(unit: &Unit, dependency: &Dependency) -> Option<(String, String)> {
    let label = dependency.label.text.as_str();
    let mut modules = corelib::first_names().filter(|module| *module != TESTS);
    let has_own = unit.manifest.dependencies.iter().any(is_core);
    if has_own || !modules.any(|module| module == label) {
        return None;
    }
    let message = format!(
        "the dependency `{label}` has the name of a module of the core library: paths that begin \
         with `{label}` lead to the dependency"
    );
    let help = format!(
        "give it another label, or write `{CORE}.{label}` where the core library's is meant"
    );
    Some((message, help))
}
