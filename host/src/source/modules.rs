//! The packages of a program, and where the files of their modules are.

use std::path::{Path, PathBuf};

use beskid_frontend::{Loaded, Loader, PackageId};

use super::folder::{Folder, module_of};
use super::listing::sources;
use super::packages::PackagePlace;
use super::{Source, corelib};

/// The label of the core library (COR-1).
const CORE: &str = "Std";
/// The name of its project (COR-1).
const CORE_PROJECT: &str = "corelib";
/// The variable that names another folder of it (COR-2).
const VARIABLE: &str = "BESKID_CORELIB_ROOT";

/// A package of a program.
#[derive(Debug)]
pub(crate) struct Package {
    /// Where its sources are.
    pub(crate) root: Root,
    /// What its files are called before their path below the root, in messages at run
    /// time: the way from its project's folder, behind the project's name if it is another
    /// than that of the entry.
    pub(crate) prefix: String,
    /// What it depends on directly, by label.
    pub(crate) dependencies: Vec<(String, PackageId)>,
}

/// Where the sources of a package are.
#[derive(Debug)]
pub(crate) enum Root {
    /// A stream has no folder, and no other modules.
    Nowhere,
    /// Below a folder.
    Folder(Folder),
    /// In this program: the core library.
    Embedded,
}

impl Root {
    /// The paths of its modules.
    fn modules(&self) -> Vec<Vec<String>> {
        match self {
            Self::Nowhere => Vec::new(),
            Self::Folder(folder) => {
                let files = sources(folder.root()).unwrap_or_default();
                let below = files.iter();
                let below = below.filter_map(|file| file.strip_prefix(folder.root()).ok());
                below.map(module_of).collect()
            }
            Self::Embedded => corelib::modules(),
        }
    }
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
            root: Root::Folder(Folder::new(place.root.clone()).without_obj(place.has_obj)),
            prefix: match at {
                0 => place.way(),
                _ => format!("{}/{}", place.name, place.way()),
            },
            dependencies: dependencies(place),
        });
        let wants = |at: usize| project.packages[at].name != CORE_PROJECT;
        Self::new(packages.collect()).with_core(wants)
    }

    /// The modules beside a source that belongs to no project.
    fn beside(source: &Source) -> Self {
        let folder = source.path().parent().filter(|_| !source.is_stream());
        let root = folder.map(|folder| match folder.as_os_str().is_empty() {
            true => PathBuf::from("."),
            false => folder.to_owned(),
        });
        let root = root.map_or(Root::Nowhere, |root| Root::Folder(Folder::new(root)));
        let own = Package {
            root,
            prefix: String::new(),
            dependencies: Vec::new(),
        };
        Self::new(vec![own]).with_core(|_| true)
    }

    /// Gives the core library to the packages that want it and name none as `Std`
    /// themselves (COR-2, COR-3).
    fn with_core(mut self, wants: impl Fn(usize) -> bool) -> Self {
        let core = PackageId(self.packages.len() as u32);
        for (index, package) in self.packages.iter_mut().enumerate() {
            let mut labels = package.dependencies.iter().map(|(label, _)| label);
            let own = labels.any(|label| label.eq_ignore_ascii_case(CORE));
            if !own && wants(index) {
                package.dependencies.push((CORE.to_owned(), core));
            }
        }
        let folder = std::env::var_os(VARIABLE).filter(|folder| !folder.is_empty());
        self.packages.push(Package {
            root: match folder {
                Some(folder) => Root::Folder(Folder::new(PathBuf::from(folder).join("Src"))),
                None => Root::Embedded,
            },
            prefix: format!("{CORE}/"),
            dependencies: Vec::new(),
        });
        self
    }

    /// Whether a package is part of this program.
    pub(crate) fn is_embedded(&self, package: PackageId) -> bool {
        let of = self.packages.get(package.0 as usize);
        of.is_some_and(|of| matches!(of.root, Root::Embedded))
    }

    /// The paths by which the first package may name modules: of all packages, by where
    /// their files lie (MOD-1, MOD-2), and behind the labels of those that it depends on.
    pub(crate) fn paths(&self) -> Vec<Vec<String>> {
        let all = self.packages.iter().map(|package| package.root.modules());
        let all = all.collect::<Vec<_>>();
        let labels = self.packages.iter().take(1);
        let labels = labels.flat_map(|own| &own.dependencies);
        let labelled = labels.flat_map(|(label, id)| {
            let modules = all.get(id.0 as usize).into_iter().flatten();
            modules.map(|module| [std::slice::from_ref(label), module].concat())
        });
        let labelled = labelled.collect::<Vec<_>>();
        all.into_iter().flatten().chain(labelled).collect()
    }

    /// The path of a file that was loaded, as its user would write it.
    pub(crate) fn path(&self, package: PackageId, name: &str) -> String {
        let Some(of) = self.packages.get(package.0 as usize) else {
            return name.to_owned();
        };
        let Root::Folder(root) = &of.root else {
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
        let loaded = match &mut of.root {
            Root::Nowhere => None,
            Root::Folder(root) => root.load(module)?,
            Root::Embedded => corelib::load(module),
        };
        Ok(loaded.map(|loaded| prefixed(&of.prefix, loaded)))
    }

    fn named(&mut self, package: PackageId, first: &str) -> Vec<Loaded> {
        let Some(of) = self.packages.get_mut(package.0 as usize) else {
            return Vec::new();
        };
        let Root::Folder(root) = &mut of.root else {
            return Vec::new();
        };
        let found = root.named(first).into_iter();
        found.map(|loaded| prefixed(&of.prefix, loaded)).collect()
    }

    fn modules(&mut self, package: PackageId) -> Vec<Vec<String>> {
        let of = self.packages.get(package.0 as usize);
        of.map(|of| of.root.modules()).unwrap_or_default()
    }

    fn dependencies(&mut self, package: PackageId) -> Vec<(String, PackageId)> {
        let of = self.packages.get(package.0 as usize);
        of.map(|of| of.dependencies.clone()).unwrap_or_default()
    }
}

/// The folder of the core library, if it is not the one in this program.
pub(super) fn core_folder() -> String {
    format!("{:?}", std::env::var_os(VARIABLE))
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
