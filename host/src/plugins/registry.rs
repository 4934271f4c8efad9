//! The registry: every plugin in reach, by kind and id.

use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use beskid_plugin_api::Digest;
use beskid_plugin_api::abi::{BackendClient, LinkerClient};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::OutputKind;
use beskid_plugin_api::manifest::{PluginKind, PluginManifest};
use beskid_plugin_api::sdk::Builtin;

use super::at_work::{Task, at_work_as};
use super::load::{Loaded, load};
use super::vet::{VettedPlugin, vet};

/// Every plugin in reach. A value that is passed, not a global.
#[derive(Debug, Default)]
pub struct Registry {
    entries: Vec<Entry>,
    probe: Option<Vec<OsString>>,
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
        /// Arguments of the process that loads it first.
        probe: Option<Vec<OsString>>,
        loaded: OnceLock<Result<Loaded, Diagnostic>>,
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

    /// Whether another plugin of the same id is used instead.
    pub const fn is_shadowed(&self) -> bool {
        self.shadowed
    }

    /// Names the plugin in what is wrong with its output (E52xx).
    pub fn judged(&self, diagnostic: Diagnostic) -> Diagnostic {
        if diagnostic.code.as_str().starts_with("E52") {
            diagnostic.plugin(&self.manifest.id)
        } else {
            diagnostic
        }
    }

    /// Asks the plugin for something; if it ends the process instead, an error
    /// names it.
    pub(crate) fn working<T>(&self, task: Task, work: impl FnOnce() -> T) -> T {
        at_work_as(&self.manifest.id, task, work)
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
    pub fn backend(&self) -> Result<BackendClient, Diagnostic> {
        let client = match &self.body {
            Body::Builtin(builtin) => builtin.backend(),
            Body::File {
                plugin,
                probe,
                loaded,
            } => match self.load(plugin, probe.as_deref(), loaded)? {
                Loaded::Backend(client) => Some(client),
                Loaded::Linker(_) => None,
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
    pub fn linker(&self) -> Result<LinkerClient, Diagnostic> {
        let client = match &self.body {
            Body::Builtin(builtin) => builtin.linker(),
            Body::File {
                plugin,
                probe,
                loaded,
            } => match self.load(plugin, probe.as_deref(), loaded)? {
                Loaded::Linker(client) => Some(client),
                Loaded::Backend(_) => None,
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

    fn load(
        &self,
        plugin: &VettedPlugin,
        probe: Option<&[OsString]>,
        loaded: &OnceLock<Result<Loaded, Diagnostic>>,
    ) -> Result<Loaded, Diagnostic> {
        let load = || self.working(Task::Load, || load(plugin, probe));
        loaded.get_or_init(load).clone()
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

    /// Has the files that are added from now on loaded by another process of
    /// this program before their first use here. These arguments, and the path
    /// of a file, make it call [`probe`](crate::probe) and print the result as
    /// JSON.
    pub fn probe_with(&mut self, arguments: Vec<OsString>) {
        self.probe = Some(arguments);
    }

    /// Adds a plugin file. It is vetted now, and loaded when it is first used.
    ///
    /// # Errors
    /// Why [`vet`] refuses it; E5107 if another file has the same id.
    pub fn add_file(&mut self, path: &Path, precedence: Precedence) -> Result<(), Diagnostic> {
        let plugin = vet(path)?;
        let entry = Entry {
            manifest: plugin.manifest().clone(),
            shadowed: false,
            body: Body::File {
                plugin: Box::new(plugin),
                probe: self.probe.clone(),
                loaded: OnceLock::new(),
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
    /// E4022 if a strategy knows the target but not the kind, E4023 if none
    /// knows the target.
    pub fn linker_for(&self, target: &str, kind: OutputKind) -> Result<&Entry, Diagnostic> {
        let mut kind_refused = None;
        let mut refusals = Vec::new();
        for entry in self.active(PluginKind::Linker) {
            match entry.supports(target, kind) {
                Ok(()) => return Ok(entry),
                Err(error) if error.code == Code::E4022 => kind_refused = Some(error),
                Err(error) => refusals.push(format!("{}: {}", entry.manifest.id, error.message)),
            }
        }
        if let Some(error) = kind_refused {
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
