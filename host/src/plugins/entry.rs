//! One plugin in reach: what it says of itself, and its code once it is used.

use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};

use beskid_plugin_api::Digest;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::OutputKind;
use beskid_plugin_api::manifest::{PluginKind, PluginManifest};
use beskid_plugin_api::sdk::Builtin;

use super::at_work::{Task, at_work_as};
use super::builtin;
use super::divert::Diverted;
use super::expected::Expected;
use super::facts::Facts;
use super::file::PluginFile;
use super::first_use::{Reached, first_use};
use super::handle::{BackendHandle, LinkerHandle};
use super::marks;
use super::place::Place;
use super::vet::{VettedPlugin, digest_of};
use super::wanted::Wanted;
use crate::cache::Stamp;

/// Where a plugin comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Linked into the host.
    Builtin,
    /// A file.
    File {
        /// Its path.
        path: PathBuf,
        /// Digest of its contents, if they can be read.
        digest: Option<Digest>,
    },
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Builtin => f.write_str("built-in"),
            Self::File { path, digest } => match digest {
                Some(digest) => write!(f, "{} ({})", path.display(), digest.short()),
                None => write!(f, "{}", path.display()),
            },
        }
    }
}

/// One plugin.
pub struct Entry {
    manifest: PluginManifest,
    place: Place,
    body: Body,
}

/// Its code, which a file gives only when it is loaded.
enum Body {
    Builtin(Builtin),
    File(Box<PluginFile>),
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("manifest", &self.manifest)
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

impl Entry {
    pub(super) const fn builtin(manifest: PluginManifest, table: Builtin) -> Self {
        Self {
            manifest,
            place: Place::Builtin,
            body: Body::Builtin(table),
        }
    }

    pub(super) fn file(manifest: PluginManifest, place: Place, file: PluginFile) -> Self {
        Self {
            manifest,
            place,
            body: Body::File(Box::new(file)),
        }
    }

    /// What the plugin says of itself.
    pub const fn manifest(&self) -> &PluginManifest {
        &self.manifest
    }

    /// Where it was found.
    pub const fn place(&self) -> Place {
        self.place
    }

    /// Its file; `None` for a built-in.
    pub(super) fn plugin_file(&self) -> Option<&PluginFile> {
        match &self.body {
            Body::Builtin(_) => None,
            Body::File(file) => Some(file),
        }
    }

    /// The path of its file; `None` for a built-in.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.plugin_file().map(PluginFile::path)
    }

    /// Whether it is a file, and no built-in.
    pub(crate) fn is_file(&self) -> bool {
        self.plugin_file().is_some()
    }

    /// Whether a name, `ID` or `ID@VERSION`, means it.
    pub(crate) fn is_meant_by(&self, name: &str) -> bool {
        Wanted::parse(name).means(&self.manifest.id, &self.manifest.version)
    }

    /// Whether it was added to the user's folder.
    pub(super) fn is_added(&self) -> bool {
        self.plugin_file().is_some_and(|file| file.added.is_some())
    }

    /// Whether it is switched off.
    pub(super) fn is_disabled(&self) -> bool {
        self.plugin_file().is_some_and(|file| file.is_disabled)
    }

    pub(super) fn plugin_file_mut(&mut self) -> Option<&mut PluginFile> {
        match &mut self.body {
            Body::Builtin(_) => None,
            Body::File(file) => Some(file),
        }
    }

    /// Where it comes from. A file that was not loaded is read for it.
    pub fn origin(&self) -> Origin {
        match &self.body {
            Body::Builtin(_) => Origin::Builtin,
            Body::File(file) => Origin::File {
                path: file.path().to_owned(),
                digest: self.digest().ok().flatten(),
            },
        }
    }

    /// Digest of its file, which is read for it; `None` for a built-in.
    ///
    /// # Errors
    /// Why the gate refuses the file, or it cannot be read.
    pub fn digest(&self) -> Result<Option<Digest>, Diagnostic> {
        let file = self.plugin_file();
        file.map(|file| file.vetted()?.digest()).transpose()
    }

    /// The same, and as far as the system says the same of the file as when it was
    /// read before, without reading it: to be shown, and compared with others.
    pub(super) fn likely_digest(&self) -> Option<Digest> {
        let file = self.plugin_file()?;
        let vetted = file.vetted.get().and_then(|vetted| vetted.as_ref().ok());
        if let Some(digest) = vetted.and_then(VettedPlugin::known_digest) {
            return Some(digest);
        }
        *file.seen.get_or_init(|| seen_digest(file.path()))
    }

    /// Names the plugin in what is wrong with its output (E52xx), or with itself
    /// (E511x, E516x).
    pub fn judged(&self, diagnostic: Diagnostic) -> Diagnostic {
        let code = diagnostic.code.as_str();
        let is_its = ["E52", "E511", "E516"].map(|start| code.starts_with(start));
        if is_its.contains(&true) {
            diagnostic.plugin(&self.manifest.id)
        } else {
            diagnostic
        }
    }

    /// Asks the plugin for something; if it ends the process instead, an error
    /// names it, as does what is wrong with the plugin itself.
    ///
    /// # Errors
    /// What the plugin says.
    pub(crate) fn working<T>(
        &self,
        task: Task,
        work: impl FnOnce() -> Result<T, Diagnostic>,
    ) -> Result<T, Diagnostic> {
        // When it frees a program, threads of that one may be writing.
        let is_alone = self.is_file() && task != Task::Close;
        let diverted = is_alone.then(Diverted::begin);
        let done = at_work_as(&self.manifest.id, task, work);
        drop(diverted);
        done.map_err(|error| self.judged(error))
    }

    /// Whether it has a capability.
    pub fn can(&self, capability: &str) -> bool {
        let mut capabilities = self.manifest.capabilities.iter();
        capabilities.any(|found| found == capability)
    }

    /// The backend; loads its code if that has not happened yet.
    ///
    /// # Errors
    /// Why it cannot be loaded; E5111 if it says something else of itself than
    /// its manifest does, E5141 if it is another file than the one that is meant.
    pub fn backend(&self) -> Result<BackendHandle, Diagnostic> {
        self.backend_at(self.is_isolated())
    }

    /// The backend in this process, where the programs run that it makes in memory.
    ///
    /// # Errors
    /// As for [`Self::backend`]; E5161 if the user wants it in a process of its own.
    pub(crate) fn backend_here(&self) -> Result<BackendHandle, Diagnostic> {
        self.check_session()?;
        self.backend_at(false)
    }

    fn backend_at(&self, is_isolated: bool) -> Result<BackendHandle, Diagnostic> {
        let client = match &self.body {
            Body::Builtin(builtin) => builtin.backend().map(BackendHandle::here),
            Body::File(file) => match self.reach(file, is_isolated)? {
                Reached::Backend(client) => Some(client),
                Reached::Linker(_) => None,
            },
        };
        let client = client.ok_or_else(|| self.wrong_kind(PluginKind::Backend))?;
        let check = || {
            let found = self.working(Task::Describe, || client.describe())?;
            self.check_backend(&found)
        };
        match &self.body {
            Body::Builtin(_) => builtin::check_once(&self.manifest, check)?,
            Body::File(_) => check()?,
        }
        Ok(client)
    }

    /// The linker strategy; loads its code if that has not happened yet.
    ///
    /// # Errors
    /// As for [`Self::backend`].
    pub fn linker(&self) -> Result<LinkerHandle, Diagnostic> {
        let client = match &self.body {
            Body::Builtin(builtin) => builtin.linker().map(LinkerHandle::here),
            Body::File(file) => match self.reach(file, self.is_isolated())? {
                Reached::Linker(client) => Some(client),
                Reached::Backend(_) => None,
            },
        };
        let client = client.ok_or_else(|| self.wrong_kind(PluginKind::Linker))?;
        let found = self.working(Task::Describe, || client.describe())?;
        self.check_identity(&found.id, &found.version)?;
        Ok(client)
    }

    /// Whether the linker strategy links a kind of output for a target.
    ///
    /// # Errors
    /// What it says; as for [`Self::linker`].
    pub fn supports(&self, target: &str, kind: OutputKind) -> Result<(), Diagnostic> {
        let client = self.linker()?;
        self.working(Task::Support, || client.supports(target, kind))
    }

    /// What it says of itself besides its manifest; loads its code if that has not
    /// happened yet.
    ///
    /// # Errors
    /// As for [`Self::backend`].
    pub(super) fn facts(&self) -> Result<Facts, Diagnostic> {
        if self.manifest.kind == PluginKind::Linker {
            let found = self.linker()?;
            let found = self.working(Task::Describe, || found.describe())?;
            return Ok(found.into());
        }
        let found = self.backend()?;
        let found = self.working(Task::Describe, || found.describe())?;
        Ok(found.into())
    }

    /// From now on its file must have this digest.
    ///
    /// # Errors
    /// E5141 if it must have another one too.
    pub(super) fn expect(&self, expected: Expected) -> Result<(), Diagnostic> {
        let Some(file) = self.plugin_file() else {
            return Ok(());
        };
        let first = file.expected.get_or_init(|| expected.clone());
        match first.digest == expected.digest {
            true => Ok(()),
            false => Err(self.changed(&expected, first.digest)),
        }
    }

    /// Compares the file with what it must be. It is read for that.
    ///
    /// # Errors
    /// E5141 if it is another; as for [`Self::digest`].
    pub(crate) fn confirm(&self) -> Result<(), Diagnostic> {
        let expected = self.plugin_file().and_then(|file| file.expected.get());
        match expected {
            Some(expected) => self.is_expected(expected, self.digest()?),
            None => Ok(()),
        }
    }

    /// The same, as far as [`Self::likely_digest`] tells.
    pub(super) fn likely_confirm(&self) -> Result<(), Diagnostic> {
        let expected = self.plugin_file().and_then(|file| file.expected.get());
        match expected {
            Some(expected) => self.is_expected(expected, self.likely_digest()),
            None => Ok(()),
        }
    }

    /// Compares the digest of bytes that were read for it with what it must be.
    ///
    /// # Errors
    /// E5141 if it is another.
    pub(super) fn confirm_as(&self, found: Digest) -> Result<(), Diagnostic> {
        let expected = self.plugin_file().and_then(|file| file.expected.get());
        expected.map_or(Ok(()), |expected| self.is_expected(expected, Some(found)))
    }

    fn is_expected(&self, expected: &Expected, found: Option<Digest>) -> Result<(), Diagnostic> {
        match found {
            Some(found) if found != expected.digest => Err(self.changed(expected, found)),
            _ => Ok(()),
        }
    }

    fn changed(&self, expected: &Expected, found: Digest) -> Diagnostic {
        let id = &self.manifest.id;
        let message = format!("plugin `{id}` is another file than {}", expected.by);
        let mut diagnostic = Diagnostic::new(Code::E5141, message).plugin(id);
        if let Some(file) = self.plugin_file() {
            let path = file.path().display().to_string();
            diagnostic = diagnostic.note(format!("file:     {path}")).path(path);
        }
        diagnostic
            .note(format!("expected: {}", expected.digest))
            .note(format!("found:    {found}"))
            .help(
                expected
                    .by
                    .remedy(&self.manifest, self.place, self.path(), self.is_added()),
            )
    }

    /// Whether the gate lets its file through, and found in it what the first look
    /// did.
    ///
    /// # Errors
    /// Why the gate refuses it.
    pub(super) fn usable(&self) -> Result<(), Diagnostic> {
        let Some(file) = self.plugin_file() else {
            return Ok(());
        };
        if file.vetted()?.manifest() == &self.manifest {
            return Ok(());
        }
        let path = file.path().display().to_string();
        let message = format!("`{path}` is not a plugin: it was changed after it was looked at");
        Err(Diagnostic::new(Code::E5101, message).path(path))
    }

    /// Whether it works in a process of its own; a session of it does not.
    fn is_isolated(&self) -> bool {
        self.plugin_file().is_some_and(|file| {
            let is_locked = file.locked.get().is_some();
            file.containment.should_isolate(&self.manifest, is_locked)
        })
    }

    /// Makes the plugin of a file ready to be asked, once in each place.
    fn reach(&self, file: &PluginFile, is_isolated: bool) -> Result<Reached, Diagnostic> {
        let reach = || {
            let plugin = file.vetted()?;
            if let Some(expected) = file.expected.get() {
                plugin.is(expected.digest)?;
            }
            self.working(Task::Load, || {
                first_use(plugin, &file.containment, is_isolated)
            })
        };
        // Who finds another digest does not know what says that it must be this one.
        let reach = || reach().map_err(|error| self.check_read(file).err().unwrap_or(error));
        let reached = match is_isolated {
            true => &file.reached_apart,
            false => &file.reached_here,
        };
        reached.get_or_init(reach).clone()
    }

    fn check_read(&self, file: &PluginFile) -> Result<(), Diagnostic> {
        let Some(expected) = file.expected.get() else {
            return Ok(());
        };
        let plugin = file.vetted()?;
        let found = digest_of(&plugin.open()?.0).map_err(|error| plugin.unreadable(&error))?;
        match found == expected.digest {
            true => Ok(()),
            false => Err(self.changed(expected, found)),
        }
    }

    /// E5161 if code that it makes in memory would not be in this process.
    ///
    /// # Errors
    /// E5161.
    pub(crate) fn check_session(&self) -> Result<(), Diagnostic> {
        let isolated = self.plugin_file();
        let isolated = isolated.filter(|file| file.containment.must_isolate(&self.manifest));
        if isolated.is_none() {
            return Ok(());
        }
        let id = &self.manifest.id;
        let message = format!(
            "backend `{id}` works in a process of its own, and cannot run a program in this one"
        );
        let help = match self.can("object") {
            true => format!("build an executable and run that: `beskid --backend {id} build`"),
            false => "run with `--backend aot`, or with `--isolate=no`".to_owned(),
        };
        Err(Diagnostic::new(Code::E5161, message).plugin(id).help(help))
    }

    fn wrong_kind(&self, wanted: PluginKind) -> Diagnostic {
        let message = format!("plugin `{}` is no {wanted}", self.manifest.id);
        Diagnostic::new(Code::E5114, message).help("`beskid plugin list` shows what each plugin is")
    }
}

/// Digest of a file, which is read only if the system says something else of it than
/// when it was read before.
pub(crate) fn seen_digest(path: &Path) -> Option<Digest> {
    let known = Stamp::at(path).filter(Stamp::is_settled);
    if let Some(digest) = known.as_ref().and_then(marks::digest_of) {
        return Some(digest);
    }
    let open = File::open(path).ok()?;
    let stamp = || open.metadata().ok().map(|meta| Stamp::of(&meta));
    let before = stamp().filter(Stamp::is_settled);
    let digest = digest_of(&open).ok()?;
    if let Some(before) = before.filter(|before| stamp().as_ref() == Some(before)) {
        marks::keep_digest(&before, digest);
    }
    Some(digest)
}
