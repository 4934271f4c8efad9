//! Which object file a compilation gives.

use std::path::PathBuf;

use beskid_plugin_api::Digest;
use beskid_plugin_api::artifact::Outline;
use serde::Serialize;

use super::build_cache::{BuildCache, Kind};
use crate::compile::{CompileSettings, ObjectTarget};
use crate::plugins::Entry;
use crate::source::Source;

/// All that decides about the bytes of an object.
#[derive(Serialize)]
struct ObjectQuestion {
    artifact: Digest,
    backend: Identity,
    target: String,
    settings: String,
}

/// Which plugin: the built-in ones are part of this program, whose digest is in each
/// question.
#[derive(Serialize)]
pub(super) struct Identity {
    id: String,
    version: String,
    file: Option<Digest>,
}

impl Identity {
    /// `None` for one that must not be used as it is.
    pub(super) fn of(plugin: &Entry) -> Option<Self> {
        plugin.confirm().ok()?;
        let manifest = plugin.manifest();
        Some(Self {
            id: manifest.id.clone(),
            version: manifest.version.to_string(),
            file: plugin.digest().ok()?,
        })
    }
}

/// The key of the object that a backend makes of an artifact.
pub(crate) fn object_key(
    cache: &BuildCache,
    backend: &Entry,
    artifact: &Outline,
    target: &ObjectTarget,
    settings: &CompileSettings,
) -> Option<Digest> {
    cache.key(&ObjectQuestion {
        artifact: artifact.digest(),
        backend: Identity::of(backend)?,
        target: format!("{target:?}"),
        settings: settings.deciding(),
    })
}

/// All that decides which file of machine code may help.
#[derive(Serialize)]
struct FunctionsQuestion<'q> {
    program: Digest,
    backend: Identity,
    target: &'q str,
    settings: String,
}

impl BuildCache {
    /// Where a backend keeps machine code of a program, whatever state that is in.
    pub(crate) fn functions(
        &self,
        backend: &Entry,
        program: Digest,
        settings: &CompileSettings,
        target: &str,
    ) -> Option<PathBuf> {
        let key = self.key(&FunctionsQuestion {
            program,
            backend: Identity::of(backend)?,
            target,
            settings: settings.deciding(),
        })?;
        Some(self.place(Kind::Functions, key))
    }

    /// The same program, whatever state its source is in.
    pub(crate) fn program(&self, source: &Source) -> Option<Digest> {
        self.key(&source.place())
    }

    /// An object that was made before.
    pub(crate) fn object(&self, key: Digest) -> Option<Vec<u8>> {
        self.bytes(Kind::Object, key)
    }

    /// Keeps an object.
    pub(crate) fn keep_object(&self, key: Digest, object: &[u8]) {
        self.keep(Kind::Object, key, object);
        self.tidy();
    }
}
