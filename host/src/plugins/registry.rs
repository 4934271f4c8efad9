//! The registry: every plugin in reach, by kind and id.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use beskid_plugin_api::Digest;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::OutputKind;
use beskid_plugin_api::manifest::{PluginKind, PluginManifest};
use beskid_plugin_api::sdk::Builtin;

use super::at_work::{Task, at_work_as};
use super::first_use::{Reached, first_use};
use super::handle::{BackendHandle, LinkerHandle};
use super::isolate::Containment;
use super::vet::{VettedPlugin, vet_permitting};

/// Every plugin in reach. A value that is passed, not a global.
#[derive(Debug, Default)]
pub struct Registry {
    entries: Vec<Entry>,
    containment: Arc<Containment>,
}

/// What happens when a loaded plugin has the id of a built-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precedence {
    /// The loaded plugin takes its place: the user named the file.
    Replace,
    /// The built-in stays: the file just lay in a folder.
    KeepBuiltin,
}

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
    shadowed: bool,
    body: Body,
}

/// Its code, which a file gives only when it is loaded.
enum Body {
    Builtin(Builtin),
    File {
        plugin: Box<VettedPlugin>,
        containment: Arc<Containment>,
        reached: OnceLock<Result<Reached, Diagnostic>>,
    },
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("manifest", &self.manifest)
            .field("shadowed", &self.shadowed)
            .finish_non_exhaustive()
    }
}

impl Entry {
    /// What the plugin says of itself.
    pub const fn manifest(&self) -> &PluginManifest {
        &self.manifest
    }

    /// Where it comes from. A file that was not loaded is read for it.
    pub fn origin(&self) -> Origin {
        match &self.body {
            Body::Builtin(_) => Origin::Builtin,
            Body::File { plugin, .. } => Origin::File {
                path: plugin.path().to_owned(),
                digest: plugin.digest().ok(),
            },
        }
    }

    /// Whether it comes from a file, and is not linked into the host.
    pub(crate) const fn is_file(&self) -> bool {
        matches!(self.body, Body::File { .. })
    }

    /// Whether another plugin of the same id is used instead.
    pub const fn is_shadowed(&self) -> bool {
        self.shadowed
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
        at_work_as(&self.manifest.id, task, work).map_err(|error| self.judged(error))
    }

    /// Whether it has a capability.
    pub fn can(&self, capability: &str) -> bool {
        self.manifest
            .capabilities
            .iter()
            .any(|found| found == capability)
    }

    /// The backend; loads its code if that has not happened yet.
    ///
    /// # Errors
    /// Why it cannot be loaded; E5111 if it says something else of itself than
    /// its manifest does.
    pub fn backend(&self) -> Result<BackendHandle, Diagnostic> {
        let client = match &self.body {
            Body::Builtin(builtin) => builtin.backend().map(BackendHandle::here),
            Body::File { .. } => match self.reach()? {
                Some(Reached::Backend(client)) => Some(client),
                _ => None,
            },
        };
        let client = client.ok_or_else(|| self.wrong_kind(PluginKind::Backend))?;
        let found = self.working(Task::Describe, || client.describe())?;
        self.check_identity(&found.id, &found.version)?;
        let says = [("execute", found.executes), ("object", found.emits_objects)];
        for (capability, claimed) in says {
            if claimed != self.can(capability) {
                return Err(self.disagrees("capabilities"));
            }
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
            Body::File { .. } => match self.reach()? {
                Some(Reached::Linker(client)) => Some(client),
                _ => None,
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

    /// Makes the plugin of a file ready to be asked, once.
    fn reach(&self) -> Result<Option<Reached>, Diagnostic> {
        let Body::File {
            plugin,
            containment,
            reached,
        } = &self.body
        else {
            return Ok(None);
        };
        let reach = || self.working(Task::Load, || first_use(plugin, containment));
        reached.get_or_init(reach).clone().map(Some)
    }

    /// E5161 if code that it makes in memory would not be in this process.
    ///
    /// # Errors
    /// E5161.
    pub(crate) fn check_session(&self) -> Result<(), Diagnostic> {
        let Body::File { containment, .. } = &self.body else {
            return Ok(());
        };
        if !containment.should_isolate(&self.manifest) {
            return Ok(());
        }
        let id = &self.manifest.id;
        let message = format!(
            "backend `{id}` works in a process of its own, and cannot run a program in this one"
        );
        let help = match self.can("object") {
            true => format!("build an executable and run that: `beskid --backend {id} build`"),
            false => "run with `--backend aot`, or without isolation".to_owned(),
        };
        Err(Diagnostic::new(Code::E5161, message).plugin(id).help(help))
    }

    fn check_identity(&self, id: &str, version: &str) -> Result<(), Diagnostic> {
        if id != self.manifest.id {
            return Err(self.disagrees("id"));
        }
        if version != self.manifest.version {
            return Err(self.disagrees("version"));
        }
        Ok(())
    }

    fn disagrees(&self, field: &str) -> Diagnostic {
        let message = format!(
            "plugin `{}` says another {field} of itself than its manifest does",
            self.manifest.id
        );
        Diagnostic::new(Code::E5111, message)
            .plugin(&self.manifest.id)
            .note(format!("origin: {}", self.origin()))
            .help("report this to the author of the plugin")
    }

    fn wrong_kind(&self, wanted: PluginKind) -> Diagnostic {
        let message = format!("plugin `{}` is no {wanted}", self.manifest.id);
        Diagnostic::new(Code::E5114, message).help("`beskid plugin list` shows what each plugin is")
    }
}

impl Registry {
    /// The plugins that are linked into the host.
    ///
    /// # Errors
    /// E5102 if one of them has a broken manifest, E5107 if two share an id.
    pub fn with_builtins() -> Result<Self, Diagnostic> {
        let mut registry = Self::default();
        for (manifest, builtin) in super::builtin::all()? {
            registry.add(
                Entry {
                    manifest,
                    shadowed: false,
                    body: Body::Builtin(builtin),
                },
                Precedence::KeepBuiltin,
            )?;
        }
        Ok(registry)
    }

    /// What becomes of the files that are added from now on.
    pub fn contain(&mut self, containment: Containment) {
        self.containment = Arc::new(containment);
    }

    /// Decides about a plugin file, and adds nothing.
    ///
    /// # Errors
    /// Why the gate refuses it.
    pub fn vet(&self, path: &Path) -> Result<VettedPlugin, Diagnostic> {
        vet_permitting(path, &self.containment.plugins)
    }

    /// Adds a plugin file. It is vetted now, and loaded when it is first used.
    ///
    /// # Errors
    /// Why [`vet`](super::vet) refuses it; E5107 if another file has the same id.
    pub fn add_file(&mut self, path: &Path, precedence: Precedence) -> Result<(), Diagnostic> {
        let plugin = self.vet(path)?;
        let entry = Entry {
            manifest: plugin.manifest().clone(),
            shadowed: false,
            body: Body::File {
                plugin: Box::new(plugin),
                containment: Arc::clone(&self.containment),
                reached: OnceLock::new(),
            },
        };
        self.add(entry, precedence)
    }

    /// Adds the plugin files `lib*.so` of a folder, in the order of their
    /// names. Libraries without a manifest are passed over.
    ///
    /// # Errors
    /// E4040 if the folder cannot be read, or as for [`Self::add_file`].
    pub fn add_folder(&mut self, folder: &Path) -> Result<(), Diagnostic> {
        let unreadable = |error: std::io::Error| {
            let message = format!("cannot read plugin folder `{}`: {error}", folder.display());
            Diagnostic::new(Code::E4040, message).help("give an existing folder")
        };
        let mut files = Vec::new();
        for item in fs::read_dir(folder).map_err(unreadable)? {
            let path = item.map_err(unreadable)?.path();
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or("");
            if name.starts_with("lib") && name.ends_with(".so") {
                files.push(path);
            }
        }
        files.sort();
        for path in files {
            match self.add_file(&path, Precedence::KeepBuiltin) {
                Err(error) if error.code == Code::E5102 => {
                    tracing::debug!(path = %path.display(), "passed over: {error}");
                }
                added => added?,
            }
        }
        Ok(())
    }

    fn add(&mut self, mut entry: Entry, precedence: Precedence) -> Result<(), Diagnostic> {
        let rival = self.entries.iter_mut().find(|other| {
            !other.shadowed
                && other.manifest.kind == entry.manifest.kind
                && other.manifest.id == entry.manifest.id
        });
        if let Some(rival) = rival {
            match (&rival.body, precedence) {
                (Body::Builtin(_), Precedence::Replace) => rival.shadowed = true,
                (Body::Builtin(_), Precedence::KeepBuiltin) => entry.shadowed = true,
                (Body::File { .. }, _) => return Err(duplicate(rival, &entry)),
            }
        }
        self.entries.push(entry);
        Ok(())
    }

    /// Every plugin, shadowed ones too, in the order they were added.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// The backend with this id.
    ///
    /// # Errors
    /// E5108 lists the backends in reach.
    pub fn backend(&self, id: &str) -> Result<&Entry, Diagnostic> {
        self.find(PluginKind::Backend, id)
    }

    /// The linker strategy with this id.
    ///
    /// # Errors
    /// E5108 lists the strategies in reach.
    pub fn linker(&self, id: &str) -> Result<&Entry, Diagnostic> {
        self.find(PluginKind::Linker, id)
    }

    /// The first linker strategy that supports a kind of output for a target.
    ///
    /// # Errors
    /// E4022 if a strategy knows the target but not the kind, the error of one that
    /// fails, E4023 if none knows the target.
    pub fn linker_for(&self, target: &str, kind: OutputKind) -> Result<&Entry, Diagnostic> {
        let mut kind_refused = None;
        let mut failed = None;
        let mut refusals = Vec::new();
        for entry in self.active(PluginKind::Linker) {
            match entry.supports(target, kind) {
                Ok(()) => return Ok(entry),
                Err(error) if error.code == Code::E4022 => kind_refused = Some(error),
                // It may be the one that would have linked this.
                Err(error) if error.code != Code::E4023 => failed = failed.or(Some(error)),
                Err(error) => refusals.push(format!("{}: {}", entry.manifest.id, error.message)),
            }
        }
        if let Some(error) = kind_refused.or(failed) {
            return Err(error);
        }
        let message = format!("no linker strategy links {kind} for target `{target}`");
        let mut diagnostic = Diagnostic::new(Code::E4023, message);
        diagnostic.notes = refusals;
        Err(diagnostic.help("load one with `--plugin`, or build with `--kind object`"))
    }

    fn active(&self, kind: PluginKind) -> impl Iterator<Item = &Entry> {
        let of_kind = move |entry: &&Entry| !entry.shadowed && entry.manifest.kind == kind;
        self.entries.iter().filter(of_kind)
    }

    fn find(&self, kind: PluginKind, id: &str) -> Result<&Entry, Diagnostic> {
        let found = self.active(kind).find(|entry| entry.manifest.id == id);
        found.ok_or_else(|| {
            let ids = self.active(kind).map(|entry| entry.manifest.id.as_str());
            let ids = ids.collect::<Vec<_>>().join(", ");
            Diagnostic::new(Code::E5108, format!("there is no {kind} `{id}`")).help(format!(
                "choose one of: {ids}; or load another with `--plugin`"
            ))
        })
    }
}

fn duplicate(first: &Entry, second: &Entry) -> Diagnostic {
    let message = format!("two plugin files have the id `{}`", first.manifest.id);
    Diagnostic::new(Code::E5107, message)
        .note(format!("first: {}", first.origin()))
        .note(format!("second: {}", second.origin()))
        .help("load only one of them")
}
