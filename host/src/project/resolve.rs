//! From what a command says to a project that is ready to be compiled (RES-1).

use std::path::{Path, PathBuf};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::find::{Found, Wanted, find, nowhere};
use super::graph::{self, Graph, no_target};
use super::labels;
use super::lock::{self, Permission, Synced};
use super::manifest::{Target, TargetKind};
use super::materialize;
use super::written::problem;
use crate::failure::{Failure, Findings};
use crate::foreign::Extra;
use crate::source::PackagePlace;

/// A project whose dependencies are known.
#[derive(Debug)]
pub(crate) struct Resolved {
    graph: Graph,
    /// What may be wrong with the manifests.
    pub(crate) warnings: Vec<Findings>,
}

/// A target of a project.
#[derive(Debug)]
pub(crate) struct Chosen {
    /// Its label, which names the outputs.
    pub(crate) label: String,
    /// What it is for.
    pub(crate) kind: TargetKind,
    /// The file that it starts with, as messages name it.
    pub(crate) entry: PathBuf,
}

/// PRJ-5: the targets of the project itself begin with files that are there.
fn check_entries(graph: &Graph) -> Result<(), Failure> {
    let root = graph.root();
    let mut problems = Vec::new();
    for Target { label, entry, .. } in &root.manifest.targets {
        let Some(entry) = entry else { continue };
        let path = root.source_root().join(&entry.text);
        if path.is_file() {
            continue;
        }
        let (label, path) = (&label.text, path.display());
        let message = format!("target `{label}`: there is no file `{path}`");
        let help = "correct `entry`, which begins at the folder of the sources, or write the file";
        problems.push(problem(Code::E3004, entry.span, message, help));
    }
    match problems.is_empty() {
        true => Ok(()),
        false => Err(root.manifest.written.failure(problems)),
    }
}

impl Resolved {
    /// The project that is named, or that is here or above.
    ///
    /// # Errors
    /// E3001 if there is none; what is wrong with the manifests.
    pub(crate) fn named(wanted: Wanted<'_>) -> Result<Self, Failure> {
        let found = find(wanted)?.ok_or_else(nowhere)?;
        let resolved = Self::new(found)?;
        check_entries(&resolved.graph)?;
        Ok(resolved)
    }

    /// The project around a source file, if there is one. Its targets may begin with
    /// files that are not there yet.
    ///
    /// # Errors
    /// What is wrong with the manifests.
    pub(crate) fn around(wanted: Wanted<'_>) -> Result<Option<Self>, Failure> {
        find(wanted)?.map(Self::new).transpose()
    }

    fn new(found: Found) -> Result<Self, Failure> {
        let mut warnings = Vec::from_iter(found.warnings);
        let graph = graph::build(&found.manifest, found.workspace.as_ref(), &mut warnings)?;
        labels::warn(&graph.units, &mut warnings);
        let names = graph.order.iter();
        let names = names.map(|at| graph.units[*at].manifest.name.text.as_str());
        tracing::info!(units = names.collect::<Vec<_>>().join(" "), "project");
        Ok(Self { graph, warnings })
    }

    /// Brings the lock up to date, if it can be.
    ///
    /// # Errors
    /// Why it cannot be, or must not.
    pub(crate) fn lock(&self, permission: Permission) -> Result<Synced, Diagnostic> {
        lock::sync(&self.graph, permission)
    }

    /// Gathers the sources in `obj/beskid`.
    ///
    /// # Errors
    /// E3030, E3031.
    pub(crate) fn materialize(&self) -> Result<(), Diagnostic> {
        materialize::materialize(&self.graph)
    }

    /// A target by its label; else the first program, or else the first (PRJ-6).
    ///
    /// # Errors
    /// E3005 if there is none.
    pub(crate) fn target(&self, name: Option<&str>) -> Result<Chosen, Diagnostic> {
        let manifest = &self.graph.root().manifest;
        let mut targets = manifest.targets.iter();
        let found = match name {
            Some(name) => targets.find(|target| target.label.text == name),
            None => targets
                .find(|target| target.kind == TargetKind::App)
                .or(manifest.targets.first()),
        };
        let target = found.ok_or_else(|| no_target(manifest, name))?;
        self.chosen(target).ok_or_else(|| {
            let message = format!("the target `{}` begins with no file", target.label.text);
            Diagnostic::new(Code::E3005, message)
                .path(manifest.written.path.display().to_string())
                .help("name a source file of the project")
        })
    }

    /// The targets that are programs of tests.
    pub(crate) fn tests(&self) -> Vec<Chosen> {
        let targets = self.graph.root().manifest.targets.iter();
        let tests = targets.filter(|target| target.kind == TargetKind::Test);
        tests.filter_map(|target| self.chosen(target)).collect()
    }

    /// All targets that begin with a file.
    pub(crate) fn targets(&self) -> impl Iterator<Item = Chosen> {
        let targets = self.graph.root().manifest.targets.iter();
        targets.filter_map(|target| self.chosen(target))
    }

    /// The folder of the project's sources, as messages name it.
    pub(crate) fn source_root(&self) -> PathBuf {
        self.graph.root().source_root()
    }

    fn chosen(&self, target: &Target) -> Option<Chosen> {
        let entry = self
            .graph
            .root()
            .source_root()
            .join(&target.entry.as_ref()?.text);
        Some(Chosen {
            label: target.label.text.clone(),
            kind: target.kind,
            entry,
        })
    }

    /// The name of the project.
    pub(crate) fn name(&self) -> &str {
        &self.graph.root().manifest.name.text
    }

    /// The names of the projects that it needs, each behind those that it needs itself.
    pub(crate) fn dependencies(&self) -> Vec<&str> {
        let units = self.graph.order.iter().filter(|at| **at > 0);
        let names = units.map(|at| self.graph.units[*at].manifest.name.text.as_str());
        names.collect()
    }

    /// The folder of the project, as messages name it.
    pub(crate) fn folder(&self) -> &Path {
        self.graph.root().manifest.folder()
    }

    /// The packages of a program of this project; the first is its own.
    pub(crate) fn packages(&self) -> Vec<PackagePlace> {
        let units = self.graph.units.iter();
        let packages = units.map(|unit| PackagePlace {
            name: unit.manifest.name.text.clone(),
            folder: unit.manifest.folder().to_owned(),
            root: unit.source_root(),
            has_obj: unit.holds_obj(),
            needs: unit.needs.clone(),
        });
        packages.collect()
    }

    /// What the manifests have linked; paths of libraries begin at their folders.
    pub(crate) fn link(&self) -> Extra {
        let mut extra = Extra::default();
        for unit in &self.graph.units {
            let folder = unit.manifest.folder();
            let link = &unit.manifest.link;
            for library in &link.libraries {
                let library = match library.text.contains('/') {
                    true => folder.join(&library.text).display().to_string(),
                    false => library.text.clone(),
                };
                if !extra.libraries.contains(&library) {
                    extra.libraries.push(library);
                }
            }
            for search in &link.search {
                let search = folder.join(&search.text);
                if !extra.search.contains(&search) {
                    extra.search.push(search);
                }
            }
        }
        extra
    }
}
