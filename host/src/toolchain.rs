//! The plugins and settings that programs are taken through.

use beskid_clif::KEPT_CODE;
use beskid_plugin_api::Digest;
use beskid_plugin_api::artifact::Outline;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::OutputKind;

use crate::compile::{self, CompileSettings, ObjectTarget};
use crate::config::Config;
use crate::image::ObjectFile;
use crate::link::Driver;
use crate::plugins::{Entry, Registry, accepted_options};
use crate::reuse::{BuildCache, object_key};
use crate::timings::{Became, phase};

/// Bytes of an artifact of which machine code is kept function by function.
const LARGE: usize = 32 << 10;

/// The plugins and settings of this invocation.
#[derive(Debug, Clone, Copy)]
pub struct Toolchain<'a> {
    /// Every plugin in reach.
    pub registry: &'a Registry,
    /// The settings in force.
    pub config: &'a Config,
    /// The backend to use.
    pub backend: &'a Entry,
    /// What earlier builds made, if it may be used.
    pub cache: Option<&'a BuildCache>,
    /// Which program it is, in whatever state: machine code of an earlier one is used
    /// again.
    pub program: Option<Digest>,
}

impl<'a> Toolchain<'a> {
    /// The linker strategy for a kind of output.
    ///
    /// # Errors
    /// If none is found, or the chosen one does not support it.
    pub fn strategy(self, target: &str, kind: OutputKind) -> Result<&'a Entry, Diagnostic> {
        let entry = match &self.config.linker {
            Some(id) => self.registry.linker(id)?,
            None => self.registry.linker_for(target, kind)?,
        };
        entry.supports(target, kind)?;
        tracing::info!(id = entry.manifest().id, origin = %entry.origin(), "linker strategy");
        Ok(entry)
    }

    /// The settings of a compilation by the backend.
    ///
    /// # Errors
    /// As for [`CompileSettings::new`].
    pub fn settings(self) -> Result<CompileSettings, Diagnostic> {
        CompileSettings::new(self.config, self.registry, self.backend)
    }

    /// Whether links may do without the C driver.
    pub const fn driver(self) -> Driver {
        match self.config.direct_link {
            true => Driver::Asked,
            false => Driver::Run,
        }
    }

    /// Compiles an artifact to an inspected object file.
    ///
    /// # Errors
    /// E5114 if the backend makes none; as for [`compile::object`]; what the
    /// inspection finds.
    pub fn object_file(
        self,
        artifact: &Outline,
        target: &ObjectTarget,
        settings: &CompileSettings,
    ) -> Result<ObjectFile, Diagnostic> {
        let entry = self.backend;
        if !entry.can("object") {
            let message = format!("backend `{}` makes no object files", entry.manifest().id);
            return Err(Diagnostic::new(Code::E5114, message)
                .help("choose a backend that does, for instance `--backend aot`"));
        }
        let phase = phase("compile");
        let inspected = |object| {
            let object = ObjectFile::from_backend(object, &target.triple);
            object.map_err(|error| entry.judged(error))
        };
        let key = self.object_key(artifact, target, settings);
        let kept = key.and_then(|(cache, key)| cache.object(key));
        if let Some(object) = kept.and_then(|object| inspected(object).ok()) {
            phase.ended(Became::Reused);
            return Ok(object);
        }
        let settings = self.with_kept_code(settings, artifact, &target.triple);
        let object = inspected(compile::object(entry, artifact, target, &settings)?)?;
        if let Some((cache, key)) = key {
            cache.keep_object(key, object.bytes());
        }
        phase.ended(Became::Done);
        Ok(object)
    }

    /// Settings by which the backend uses machine code of an earlier state of the program,
    /// if it takes them. A small program is compiled faster than it is looked for.
    pub(crate) fn with_kept_code(
        self,
        settings: &CompileSettings,
        artifact: &Outline,
        target: &str,
    ) -> CompileSettings {
        match artifact.bytes().len() >= LARGE {
            true => self.with_any_kept_code(settings, target),
            false => settings.clone(),
        }
    }

    /// The same of a program of any size.
    pub(crate) fn with_any_kept_code(
        self,
        settings: &CompileSettings,
        target: &str,
    ) -> CompileSettings {
        let file = || {
            let (cache, program) = self.cache.zip(self.program)?;
            let accepted = accepted_options(self.backend).ok()?;
            let place = accepted
                .contains(KEPT_CODE)
                .then(|| cache.functions(self.backend, program, settings, target))??;
            place.into_os_string().into_string().ok()
        };
        let option = file().map(|file| (KEPT_CODE.to_owned(), file));
        settings.clone().with_options(option)
    }

    /// Where the object that the backend makes of an artifact is kept.
    pub(crate) fn object_key(
        self,
        artifact: &Outline,
        target: &ObjectTarget,
        settings: &CompileSettings,
    ) -> Option<(&'a BuildCache, Digest)> {
        let cache = self.cache?;
        let key = object_key(cache, self.backend, artifact, target, settings)?;
        Some((cache, key))
    }
}
