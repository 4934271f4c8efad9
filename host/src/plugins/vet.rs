//! The gate: everything that can be known about a plugin file before any of
//! its code runs. Opening a library with the loader runs its constructors, so
//! this comes first.

use std::collections::BTreeMap;
use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use beskid_plugin_api::Digest;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::{
    CONTRACT, PLUGIN_API_VERSION, PanicStrategy, PluginManifest, SECTION, TARGET, TOOLCHAIN,
};

use super::elf::{self, ElfFacts};
use super::safety::objection;
use crate::config::PluginSettings;
use crate::input::open_bounded;

/// Largest plugin file, in bytes: 512 MiB.
pub(super) const MAX_PLUGIN: u64 = 512 << 20;
/// Bytes that are hashed at once.
const PART: usize = 64 << 10;

/// A plugin file that may be loaded, as long as what was found out about it
/// holds for the bytes that are.
#[derive(Debug)]
pub struct VettedPlugin {
    path: PathBuf,
    manifest: PluginManifest,
    facts: ElfFacts,
    digest: OnceLock<Digest>,
}

impl VettedPlugin {
    /// Where the file was read from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it says of itself.
    pub const fn manifest(&self) -> &PluginManifest {
        &self.manifest
    }

    /// Digest of the file, which is read as a whole now unless it was before. What
    /// is loaded afterwards has this digest.
    ///
    /// # Errors
    /// E5101 if it cannot be read.
    pub fn digest(&self) -> Result<Digest, Diagnostic> {
        match self.digest.get() {
            Some(digest) => Ok(*digest),
            None => {
                let (file, _) = self.open()?;
                let digest = digest_of(&file);
                self.is(digest.map_err(|error| self.unreadable(&error))?)
            }
        }
    }

    /// The parts of the file that the loader maps.
    pub(super) fn loaded(&self) -> &[Range<u64>] {
        &self.facts.loaded
    }

    /// Its digest, if somebody has asked for it or it was loaded.
    pub(super) fn known_digest(&self) -> Option<Digest> {
        self.digest.get().copied()
    }

    /// The file, and its size.
    ///
    /// # Errors
    /// E5101 if it cannot be opened.
    pub(super) fn open(&self) -> Result<(File, u64), Diagnostic> {
        let opened = open_bounded(&self.path, MAX_PLUGIN);
        opened.map_err(|error| self.about(not_a_plugin(&self.path, &error.message)))
    }

    /// Keeps the digest in mind.
    ///
    /// # Errors
    /// E5101 if it was another one before.
    pub(super) fn is(&self, digest: Digest) -> Result<Digest, Diagnostic> {
        match *self.digest.get_or_init(|| digest) == digest {
            true => Ok(digest),
            false => Err(self.changed()),
        }
    }

    /// Whether bytes are what was found out about this file.
    ///
    /// # Errors
    /// E5101 if they are not.
    pub(super) fn is_as_vetted(&self, bytes: &File) -> Result<(), Diagnostic> {
        let len = bytes.metadata().map(|meta| meta.len());
        let facts = len.map(|len| elf::read(bytes, len));
        match facts {
            Ok(Ok(Some(facts))) if facts == self.facts => Ok(()),
            _ => Err(self.changed()),
        }
    }

    /// E5101: it is not what it was.
    pub(super) fn changed(&self) -> Diagnostic {
        self.about(not_a_plugin(
            &self.path,
            "it was changed after it was looked at",
        ))
    }

    /// E5101: it can be read no more.
    pub(super) fn unreadable(&self, error: &std::io::Error) -> Diagnostic {
        self.about(not_a_plugin(
            &self.path,
            &format!("cannot read it: {error}"),
        ))
    }

    /// Names file and plugin in what is wrong with them.
    pub(super) fn about(&self, diagnostic: Diagnostic) -> Diagnostic {
        about(diagnostic, &self.path, Some(&self.manifest.id))
    }
}

fn about(diagnostic: Diagnostic, path: &Path, id: Option<&str>) -> Diagnostic {
    let shown = path.display().to_string();
    // Of a folder, nobody else says which file it was.
    let diagnostic = match diagnostic.message.contains(&shown) {
        true => diagnostic,
        false => diagnostic.note(format!("file: {shown}")),
    };
    let diagnostic = diagnostic.path(shown);
    match id {
        Some(id) => diagnostic.plugin(id),
        None => diagnostic,
    }
}

/// Digest of a file's bytes.
pub(crate) fn digest_of(file: &File) -> std::io::Result<Digest> {
    let mut hasher = blake3::Hasher::new();
    let mut part = vec![0; PART];
    let mut at = 0;
    loop {
        let read = file.read_at(&mut part, at)?;
        if read == 0 {
            return Ok(Digest::from_bytes(*hasher.finalize().as_bytes()));
        }
        hasher.update(&part[..read]);
        at += read as u64;
    }
}

/// Decides about a plugin file by its headers, notes and names, and reads no more
/// of it. No code of the file runs.
///
/// # Errors
/// E5101 if it is no library for this machine, E5102 without a sound manifest,
/// E5103 to E5106 if it was built for another interface, target or panic
/// strategy, E5117 if loading it would be unsafe. Each names the file, and the
/// plugin if the manifest can be read.
pub fn vet(path: &Path) -> Result<VettedPlugin, Diagnostic> {
    vet_permitting(path, &BTreeMap::new())
}

/// The same, with what the user says of plugins by their ids: the libraries that
/// they may need.
///
/// # Errors
/// As for [`vet`].
pub(crate) fn vet_permitting(
    path: &Path,
    settings: &BTreeMap<String, PluginSettings>,
) -> Result<VettedPlugin, Diagnostic> {
    let opened = open_bounded(path, MAX_PLUGIN);
    let (file, len) =
        opened.map_err(|error| about(not_a_plugin(path, &error.message), path, None))?;
    vet_open(&file, len, path, settings)
}

/// The same for a file of `len` bytes that is open; `path` is for messages.
///
/// # Errors
/// As for [`vet`].
pub(super) fn vet_open(
    file: &File,
    len: u64,
    path: &Path,
    settings: &BTreeMap<String, PluginSettings>,
) -> Result<VettedPlugin, Diagnostic> {
    let nameless = |error| about(error, path, None);
    let facts = elf::read(file, len).map_err(|reason| nameless(not_a_plugin(path, &reason)))?;
    let facts = facts.ok_or_else(|| nameless(not_a_plugin(path, "it is not an ELF file")))?;
    let manifest = manifest(path, &facts);
    let id = manifest.as_ref().ok().map(|manifest| manifest.id.clone());
    let decided = check_library(path, &facts).and_then(|()| {
        let manifest = manifest?;
        check_manifest(&manifest)?;
        let permitted = settings.get(&manifest.id);
        let permitted = permitted.map_or(&[][..], |settings| &settings.libraries);
        check_safety(path, &manifest.id, &facts, permitted)?;
        Ok(manifest)
    });
    Ok(VettedPlugin {
        path: path.to_owned(),
        manifest: decided.map_err(|error| about(error, path, id.as_deref()))?,
        facts,
        digest: OnceLock::new(),
    })
}

fn not_a_plugin(path: &Path, reason: &str) -> Diagnostic {
    let message = format!("`{}` is not a plugin: {reason}", path.display());
    Diagnostic::new(Code::E5101, message)
        .help("give the shared library of a plugin, built with `export_plugin!`")
}

fn check_library(path: &Path, facts: &ElfFacts) -> Result<(), Diagnostic> {
    let reason = if !facts.is_64_bit_little_endian {
        "it is not a 64-bit little-endian ELF file".to_owned()
    } else if facts.machine != elf::host_machine() {
        format!(
            "it is for machine {}, this is machine {}",
            facts.machine,
            elf::host_machine()
        )
    } else if facts.is_executable {
        "it is an executable, not a shared library".to_owned()
    } else if !facts.is_shared_object {
        "it is not a shared library".to_owned()
    } else if let Some(segment) = facts.truncated_segment {
        format!("it is truncated: segment {segment} ends beyond the file")
    } else {
        return Ok(());
    };
    Err(not_a_plugin(path, &reason))
}

fn manifest(path: &Path, facts: &ElfFacts) -> Result<PluginManifest, Diagnostic> {
    let refused = |reason: String| {
        Diagnostic::new(Code::E5102, format!("`{}`: {reason}", path.display()))
            .help("export the plugin with `beskid_plugin_api::export_plugin!`")
    };
    if facts.manifests.is_misaligned {
        let reason = "its manifest does not begin at a multiple of four bytes";
        return Err(refused(reason.to_owned()));
    }
    match facts.manifests.texts.as_slice() {
        [note] => PluginManifest::parse(note).map_err(|error| refused(error.to_string())),
        [] => Err(refused(format!("no manifest (section {SECTION})"))),
        more => Err(refused(format!("{} manifests, expected one", more.len()))),
    }
}

fn check_manifest(manifest: &PluginManifest) -> Result<(), Diagnostic> {
    let id = &manifest.id;
    let host = PLUGIN_API_VERSION;
    if manifest.api.major != host.major || manifest.api.minor > host.minor {
        let message = format!(
            "plugin `{id}` was built for plugin-api {}, this host supports {}.0 to {host}",
            manifest.api, host.major
        );
        return Err(Diagnostic::new(Code::E5103, message)
            .help("rebuild the plugin against this release, or use a matching release of beskid"));
    }
    if manifest.api == host && manifest.contract != CONTRACT {
        let message = format!(
            "plugin `{id}` was built against another plugin-api {host}: its contract is {}, \
             the host's is {CONTRACT}",
            manifest.contract
        );
        return Err(Diagnostic::new(Code::E5105, message)
            .note(format!("plugin's compiler: {}", manifest.toolchain))
            .note(format!("host's compiler: {TOOLCHAIN}"))
            .help("rebuild the plugin against the beskid-plugin-api of this release"));
    }
    if manifest.target != TARGET {
        let message = format!(
            "plugin `{id}` was built for target {}, this host runs on {TARGET}",
            manifest.target
        );
        return Err(Diagnostic::new(Code::E5104, message)
            .help(format!("rebuild the plugin with `--target {TARGET}`")));
    }
    if manifest.panic == PanicStrategy::Abort {
        let message = format!("plugin `{id}` was built with panic=abort, expected panic=unwind");
        return Err(Diagnostic::new(Code::E5106, message)
            .help("remove `panic = \"abort\"` from the plugin's profile"));
    }
    Ok(())
}

fn check_safety(
    path: &Path,
    id: &str,
    facts: &ElfFacts,
    permitted: &[String],
) -> Result<(), Diagnostic> {
    if let Some(objection) = objection(facts, permitted) {
        let (file, reason) = (path.display(), &objection.reason);
        let message = format!("`{file}` is not safe to load: {reason}");
        return Err(Diagnostic::new(Code::E5117, message).help(objection.help(id)));
    }
    match facts.has_root_symbol {
        true => Ok(()),
        false => Err(not_a_plugin(
            path,
            "it does not export the plugin's root symbol",
        )),
    }
}
