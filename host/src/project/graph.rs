//! The projects that a project needs, and how they need one another (RES-4 to RES-9).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Component, Path, PathBuf};

use beskid_frontend::SourceDiagnostic;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::find::{canonical, shown};
use super::manifest::{Dependency, Manifest, SourceKind};
use super::read::{self, PROJECT, project_in};
use super::workspace::Workspace;
use super::written::problem;
use crate::failure::{Failure, Findings};

/// A project of a graph.
#[derive(Debug)]
pub(crate) struct Unit {
    pub(super) manifest: Manifest,
    /// The path of the manifest without symbolic links, which is what makes two
    /// projects one.
    pub(super) identity: PathBuf,
    /// What it depends on, by label: the place of the unit in the graph.
    pub(super) needs: Vec<(String, usize)>,
}

impl Unit {
    /// The folder of its sources, as messages name it.
    pub(super) fn source_root(&self) -> PathBuf {
        self.manifest.folder().join(&self.manifest.root)
    }

    /// Whether what is made of the sources lies among them.
    pub(super) fn holds_obj(&self) -> bool {
        let mut parts = self.manifest.root.components();
        parts.all(|part| part == Component::CurDir)
    }

    /// The folder of its manifest, without symbolic links.
    pub(super) fn folder(&self) -> &Path {
        self.identity.parent().unwrap_or(&self.identity)
    }
}

/// A project and all that it needs; it is the first.
#[derive(Debug)]
pub(crate) struct Graph {
    pub(super) units: Vec<Unit>,
    /// The units, each behind those that it needs (RES-7).
    pub(super) order: Vec<usize>,
}

impl Graph {
    /// The project that all others are there for.
    pub(super) fn root(&self) -> &Unit {
        &self.units[0]
    }
}

/// Reads the projects that a manifest leads to.
///
/// # Errors
/// E3006 and E3007 for dependencies that lead nowhere or in a circle, E3011 for those
/// that are no folders; what is wrong with a manifest.
pub(super) fn build(
    manifest: &Path,
    workspace: Option<&Workspace>,
    warnings: &mut Vec<Findings>,
) -> Result<Graph, Failure> {
    let mut search = Search {
        units: Vec::new(),
        known: HashMap::new(),
        problems: BTreeMap::new(),
        warnings,
    };
    let root = search.add(manifest, canonical(manifest))?;
    search.walk(root)?;
    let Search {
        units, problems, ..
    } = search;
    refuse(&units, problems)?;
    refuse(&units, providers(&units, workspace))?;
    warn_of_names(&units, warnings);
    let order = order(&units);
    Ok(Graph { units, order })
}

/// Problems by the place of the unit whose manifest has them.
type Problems = BTreeMap<usize, Vec<SourceDiagnostic>>;

fn refuse(units: &[Unit], problems: Problems) -> Result<(), Failure> {
    let files = problems.into_iter();
    let files = files.map(|(at, problems)| units[at].manifest.written.findings(problems));
    let files = files.collect::<Vec<_>>();
    match files.is_empty() {
        true => Ok(()),
        false => Err(Failure::Source(files)),
    }
}

struct Search<'w> {
    units: Vec<Unit>,
    known: HashMap<PathBuf, usize>,
    problems: Problems,
    warnings: &'w mut Vec<Findings>,
}

impl Search<'_> {
    fn add(&mut self, path: &Path, identity: PathBuf) -> Result<usize, Failure> {
        let read = read::project(path)?;
        self.warnings.extend(read.warnings);
        let at = self.units.len();
        self.known.insert(identity.clone(), at);
        self.units.push(Unit {
            manifest: read.manifest,
            identity,
            needs: Vec::new(),
        });
        Ok(at)
    }

    /// Visits whatever can be reached, in the order of declaration; without recursion,
    /// since chains may be long.
    fn walk(&mut self, root: usize) -> Result<(), Failure> {
        // The way to here: units, and how many of their dependencies were seen.
        let mut way = vec![(root, 0)];
        let mut is_done = vec![false];
        while let Some((unit, seen)) = way.last_mut() {
            let (unit, at) = (*unit, *seen);
            *seen += 1;
            let Some(dependency) = self.units[unit].manifest.dependencies.get(at) else {
                is_done[unit] = true;
                way.pop();
                continue;
            };
            let SourceKind::Path(path) = &dependency.source else {
                continue;
            };
            let label = dependency.label.text.clone();
            let place = self.units[unit].manifest.folder().join(&path.text);
            let Some(manifest) = manifest_at(&place) else {
                let message = format!("the dependency `{label}` has no `{PROJECT}`");
                let help = format!(
                    "correct the path, or write `{}`",
                    place.join(PROJECT).display()
                );
                let missing = problem(Code::E3006, path.span, message, help);
                self.problems.entry(unit).or_default().push(missing);
                continue;
            };
            let identity = canonical(&manifest);
            let span = path.span;
            let next = match self.known.get(&identity) {
                Some(known) => *known,
                None => {
                    let next = self.add(&shown(&identity), identity)?;
                    is_done.push(false);
                    way.push((next, 0));
                    self.units[unit].needs.push((label, next));
                    continue;
                }
            };
            if !is_done[next] {
                let circle = self.circle(&way, next);
                let message = format!("projects depend on one another in a circle: {circle}");
                let help = "move what both need to a project of its own";
                let circle = problem(Code::E3007, span, message, help);
                return Err(self.units[unit].manifest.written.wrong(circle));
            }
            self.units[unit].needs.push((label, next));
        }
        Ok(())
    }

    /// The manifests on the way from a unit back to it.
    fn circle(&self, way: &[(usize, usize)], to: usize) -> String {
        let from = way.iter().skip_while(|(unit, _)| *unit != to);
        let units = from.map(|(unit, _)| *unit).chain([to]);
        let paths = units.map(|unit| self.units[unit].manifest.written.path.display().to_string());
        paths.collect::<Vec<_>>().join(" -> ")
    }
}

/// The manifest that a dependency's path leads to.
pub(crate) fn manifest_at(place: &Path) -> Option<PathBuf> {
    match place.is_file() {
        true => Some(place.to_owned()),
        false => project_in(place),
    }
}

/// RES-8: only folders are dependencies, and aliases are known ones (WSP-5).
fn providers(units: &[Unit], workspace: Option<&Workspace>) -> Problems {
    let mut problems = Problems::new();
    for (at, unit) in units.iter().enumerate() {
        for Dependency { label, source } in &unit.manifest.dependencies {
            let name = &label.text;
            let source = match source {
                SourceKind::Path(_) | SourceKind::Core => continue,
                SourceKind::Git(url) => format!("`git` ({})", url.text),
                SourceKind::Registry(version, alias) => {
                    let known = |alias: &str| {
                        workspace.is_some_and(|workspace| workspace.has_registry(alias))
                    };
                    if let Some(alias) = alias.as_ref().filter(|alias| !known(&alias.text)) {
                        let message = format!(
                            "dependency `{name}`: no registry has the alias `{}`",
                            alias.text
                        );
                        let help = "add a block `registry \"ALIAS\" {` to the `Workspace.proj`";
                        let unknown = problem(Code::E3004, alias.span, message, help);
                        problems.entry(at).or_default().push(unknown);
                        continue;
                    }
                    let chosen = workspace.and_then(|workspace| workspace.version(name));
                    match chosen {
                        Some(version) => format!("`registry` ({version}, by the workspace)"),
                        None => format!("`registry` ({})", version.text),
                    }
                }
            };
            let message = format!("the dependency `{name}` comes from {source}");
            let help = "only `source = path` is supported; take a copy, and depend on its folder";
            let unsupported = problem(Code::E3011, label.span, message, help);
            problems.entry(at).or_default().push(unsupported);
        }
    }
    problems
}

/// PRJ-7: names tell projects apart in messages.
fn warn_of_names(units: &[Unit], warnings: &mut Vec<Findings>) {
    let mut known = HashMap::new();
    for unit in units {
        let Manifest { name, written, .. } = &unit.manifest;
        let Some(other) = known.insert(name.text.as_str(), &written.path) else {
            continue;
        };
        let message = format!("two projects are named `{}`", name.text);
        let help = format!("rename this one, or that of `{}`", other.display());
        let warning = problem(Code::E3004, name.span, message, help).as_warning();
        warnings.push(written.findings(vec![warning]));
    }
}

/// RES-7: each unit behind those that it needs; those that could change places, by
/// their paths.
fn order(units: &[Unit]) -> Vec<usize> {
    let mut open = Vec::new();
    let mut needed_by = vec![Vec::new(); units.len()];
    for (at, unit) in units.iter().enumerate() {
        let needs = unit.needs.iter().map(|(_, need)| *need);
        let needs = needs.collect::<BTreeSet<_>>();
        open.push(needs.len());
        for need in needs {
            needed_by[need].push(at);
        }
    }
    let places = open.iter().enumerate().filter(|(_, open)| **open == 0);
    let mut ready = places
        .map(|(at, _)| (&units[at].identity, at))
        .collect::<BTreeSet<_>>();
    let mut order = Vec::new();
    while let Some((_, at)) = ready.pop_first() {
        order.push(at);
        for &next in &needed_by[at] {
            open[next] -= 1;
            if open[next] == 0 {
                ready.insert((&units[next].identity, next));
            }
        }
    }
    order
}

/// E3005 for a target that a project does not have.
pub(super) fn no_target(manifest: &Manifest, name: Option<&str>) -> Diagnostic {
    let known = super::written::quoted(manifest.targets.iter().map(|target| &target.label));
    let project = &manifest.name.text;
    let message = match name {
        Some(name) => format!("the project `{project}` has no target `{name}`"),
        None => format!("the project `{project}` has no target"),
    };
    let help = match known.is_empty() {
        true => "name a source file".to_owned(),
        false => format!("its targets are {known}"),
    };
    Diagnostic::new(Code::E3005, message)
        .path(manifest.written.path.display().to_string())
        .help(help)
}
