//! The packages of a program, and what each depends on (PKG-1).

use rustc_hash::FxHashMap;

/// A package: 0 has the file that the program starts with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PackageId(pub u32);

impl PackageId {
    /// The package of the file that the program starts with.
    pub const ENTRY: Self = Self(0);
}

/// A package that another depends on, and the label by which it names it.
pub(crate) type Dependency = (String, PackageId);

/// The label of the core library.
const CORE: &str = "Std";

/// The types of the core library that need no import, with their modules (NAM-7).
pub(crate) const PREDECLARED: [(&str, &[&str]); 2] = [
    ("Option", &["Core", "Optional", "Option"]),
    ("Result", &["Core", "Results"]),
];

/// What the packages that were asked for it depend on.
#[derive(Debug, Default)]
pub(crate) struct Packages {
    known: FxHashMap<PackageId, Vec<Dependency>>,
    /// In the order in which they were found, each with its label.
    found: Vec<Dependency>,
}

impl Packages {
    pub(crate) fn is_known(&self, package: PackageId) -> bool {
        self.known.contains_key(&package)
    }

    pub(crate) fn add(&mut self, package: PackageId, dependencies: Vec<Dependency>) {
        for (label, id) in &dependencies {
            let known = self.found.iter().any(|(_, known)| known == id);
            if !known && *id != PackageId::ENTRY {
                self.found.push((label.clone(), *id));
            }
        }
        self.known.insert(package, dependencies);
    }

    /// The direct dependencies of a package, in the order of its manifest.
    pub(crate) fn of(&self, package: PackageId) -> &[Dependency] {
        self.known.get(&package).map_or(&[], Vec::as_slice)
    }

    /// The packages other than the first, each with the label by which it was found.
    pub(crate) fn found(&self) -> &[Dependency] {
        &self.found
    }

    /// The package that a package names by a label.
    pub(crate) fn labelled(&self, package: PackageId, label: &str) -> Option<PackageId> {
        let mut all = self.of(package).iter();
        all.find_map(|(known, id)| (known == label).then_some(*id))
    }

    /// Whether a package is the core library of the program.
    pub(crate) fn is_core(&self, package: PackageId) -> bool {
        let mut found = self.found.iter();
        found.any(|(label, id)| *id == package && label.eq_ignore_ascii_case(CORE))
    }

    /// The core library, if a package depends on it.
    pub(crate) fn core(&self, package: PackageId) -> Option<PackageId> {
        let mut all = self.of(package).iter();
        all.find_map(|(label, id)| label.eq_ignore_ascii_case(CORE).then_some(*id))
    }
}
