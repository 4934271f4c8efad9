//! The packages of a program, and where the files of their modules are.

use std::path::{Path, PathBuf};

use beskid_frontend::{Loaded, Loader, PackageId};

use super::Source;
use super::folder::Folder;
use super::packages::PackagePlace;

/// A package of a program.
#[derive(Debug)]
pub(crate) struct Package {
    /// Where its sources are; a stream has no folder, and no other modules.
    pub(crate) root: Option<Folder>,
    /// What its files are called before their path below the root, in messages at run
    /// time: empty for the package of the entry.
    pub(crate) prefix: String,
    /// What it depends on directly, by label.
    pub(crate) dependencies: Vec<(String, PackageId)>,
}

/// The packages of a program: a package's number is its place, and the first has the
/// file that the program starts with.
#[derive(Debug)]
pub(crate) struct Modules {
    packages: Vec<Package>,
}

impl Modules {
    /// These packages.
    const fn new(packages: Vec<Package>) -> Self {
        Self { packages }
    }

    /// The modules of a source's program: those of its project, or beside it.
    pub(crate) fn of(source: &Source) -> Self {
        let Some(project) = &source.project else {
            return Self::beside(source);
        };
        let places = project.packages.iter().enumerate();
        let packages = places.map(|(at, place)| Package {
            root: Some(Folder::new(place.root.clone()).without_obj(place.has_obj)),
            prefix: match at {
                0 => String::new(),
                _ => format!("{}/", place.name),
            },
            dependencies: dependencies(place),
        });
        Self::new(packages.collect())
    }

    /// The modules beside a source that belongs to no project.
    fn beside(source: &Source) -> Self {
        let folder = source.path().parent().filter(|_| !source.is_stream());
        let root = folder.map(|folder| match folder.as_os_str().is_empty() {
            true => PathBuf::from("."),
            false => folder.to_owned(),
        });
        Self::new(vec![Package {
            root: root.map(Folder::new),
            prefix: String::new(),
            dependencies: Vec::new(),
        }])
    }

    /// The path of a file that was loaded, as its user would write it.
    pub(crate) fn path(&self, package: PackageId, name: &str) -> String {
        let Some(of) = self.packages.get(package.0 as usize) else {
            return name.to_owned();
        };
        let Some(root) = &of.root else {
            return name.to_owned();
        };
        let below = name.strip_prefix(&of.prefix).unwrap_or(name);
        match root.root() == Path::new(".") {
            true => below.to_owned(),
            false => root.root().join(below).display().to_string(),
        }
    }
}

impl Loader for Modules {
    fn load(&mut self, package: PackageId, module: &[&str]) -> Result<Option<Loaded>, String> {
        let Some(of) = self.packages.get_mut(package.0 as usize) else {
            return Ok(None);
        };
        let Some(root) = &mut of.root else {
            return Ok(None);
        };
        let loaded = root.load(module)?;
        Ok(loaded.map(|loaded| prefixed(&of.prefix, loaded)))
    }

    fn named(&mut self, package: PackageId, first: &str) -> Vec<Loaded> {
        let Some(of) = self.packages.get(package.0 as usize) else {
            return Vec::new();
        };
        let found = of.root.as_ref().map(|root| root.named(first));
        let found = found.unwrap_or_default().into_iter();
        found.map(|loaded| prefixed(&of.prefix, loaded)).collect()
    }

    fn dependencies(&mut self, package: PackageId) -> Vec<(String, PackageId)> {
        let of = self.packages.get(package.0 as usize);
        of.map(|of| of.dependencies.clone()).unwrap_or_default()
    }
}

fn dependencies(place: &PackagePlace) -> Vec<(String, PackageId)> {
    let needs = place.needs.iter();
    let id = |at: usize| PackageId(u32::try_from(at).unwrap_or(u32::MAX));
    needs.map(|(label, at)| (label.clone(), id(*at))).collect()
}

fn prefixed(prefix: &str, loaded: Loaded) -> Loaded {
    Loaded {
        name: format!("{prefix}{}", loaded.name),
        ..loaded
    }
}
