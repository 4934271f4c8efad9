//! What a backend says of itself.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::artifact::Feature;

/// What a backend is and can do. Crosses the boundary as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BackendDescription {
    /// Unique name, the manifest's: 1 to 64 lowercase letters, digits and `-`.
    pub id: String,
    /// Version of the plugin, the manifest's: `env!("CARGO_PKG_VERSION")`.
    pub version: String,
    /// One line about it.
    pub about: String,
    /// It makes object files: capability `object` of the manifest.
    pub emits_objects: bool,
    /// It runs code in this process: capability `execute` of the manifest.
    pub executes: bool,
    /// Architectures that it compiles for, as target triples begin: `x86_64`,
    /// `aarch64`. For people; `compile` refuses the others.
    pub architectures: Vec<String>,
    /// Features that it supports; [`accept`](super::accept) refuses artifacts that use others.
    pub features: BTreeSet<Feature>,
}

impl BackendDescription {
    /// A backend that can do nothing yet.
    pub fn new(
        id: impl Into<String>,
        version: impl Into<String>,
        about: impl Into<String>,
    ) -> Self {
        Self {
            id: id.into(),
            version: version.into(),
            about: about.into(),
            emits_objects: false,
            executes: false,
            architectures: Vec::new(),
            features: BTreeSet::new(),
        }
    }

    /// It makes object files.
    #[must_use]
    pub const fn emitting_objects(mut self) -> Self {
        self.emits_objects = true;
        self
    }

    /// It runs code in this process.
    #[must_use]
    pub const fn executing(mut self) -> Self {
        self.executes = true;
        self
    }

    /// It compiles for these architectures, besides those before.
    #[must_use]
    pub fn for_architectures(
        mut self,
        architectures: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let architectures = architectures.into_iter().map(Into::into);
        self.architectures.extend(architectures);
        self
    }

    /// It supports these features, besides those before.
    #[must_use]
    pub fn with_features(mut self, features: impl IntoIterator<Item = Feature>) -> Self {
        self.features.extend(features);
        self
    }
}

/// An option that a backend takes. Crosses the boundary as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OptionDescription {
    /// Its name, as in `cranelift.opt_level`: what stands before the `=`.
    pub key: String,
    /// What it does, in one line.
    pub help: String,
    /// The values that it takes, for people: `true, false` or `0 to 12`. The
    /// backend checks them.
    #[serde(default)]
    pub values: String,
}

impl OptionDescription {
    /// An option, what it does, and which values it takes.
    pub fn new(key: impl Into<String>, help: impl Into<String>, values: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            help: help.into(),
            values: values.into(),
        }
    }
}
