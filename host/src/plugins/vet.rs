//! The gate: everything that can be known about a plugin file before any of
//! its code runs. Opening a library with the loader runs its constructors, so
//! this comes first.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use beskid_plugin_api::Digest;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::{
    CONTRACT, PLUGIN_API_VERSION, PanicStrategy, PluginManifest, SECTION, TARGET, TOOLCHAIN,
};

use super::elf::{self, ElfFacts};
use crate::input::{open_bounded, read_bounded};

/// Largest plugin file, in bytes: 512 MiB.
const MAX_PLUGIN: u64 = 512 << 20;

/// Libraries that a plugin may need, up to the first dot of the version.
const KNOWN_LIBRARIES: [&str; 8] = [
    "libc.",
    "libm.",
    "libgcc_s.",
    "libdl.",
    "libpthread.",
    "librt.",
    "ld-linux",
    "libutil.",
];

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

    /// Digest of the file, which is read as a whole now unless it was before.
    ///
    /// # Errors
    /// E5101 if it cannot be read.
    pub fn digest(&self) -> Result<Digest, Diagnostic> {
        match self.digest.get() {
            Some(digest) => Ok(*digest),
            None => self.is(Digest::of(&self.read()?)),
        }
    }

    /// All bytes of the file.
    ///
    /// # Errors
    /// E5101 if they cannot be read.
    pub(super) fn read(&self) -> Result<Vec<u8>, Diagnostic> {
        read_bounded(&self.path, MAX_PLUGIN)
            .map_err(|error| not_a_plugin(&self.path, &error.message))
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

    /// Whether a file is what was found out about this one.
    ///
    /// # Errors
    /// E5101 if it is not.
    pub(super) fn is_as_vetted(&self, copy: &File) -> Result<(), Diagnostic> {
        let len = copy.metadata().map(|meta| meta.len());
        let facts = len.map(|len| elf::read(copy, len));
        match facts {
            Ok(Ok(Some(facts))) if facts == self.facts => Ok(()),
            _ => Err(self.changed()),
        }
    }

    fn changed(&self) -> Diagnostic {
        not_a_plugin(&self.path, "it was changed after it was looked at")
    }
}

/// Decides about a plugin file by its headers, notes and names, and reads no more
/// of it. No code of the file runs.
///
/// # Errors
/// E5101 if it is no library for this machine, E5102 without a sound manifest,
/// E5103 to E5106 if it was built for another interface, target or panic
/// strategy, E5117 if loading it would be unsafe.
pub fn vet(path: &Path) -> Result<VettedPlugin, Diagnostic> {
    let (file, len) =
        open_bounded(path, MAX_PLUGIN).map_err(|error| not_a_plugin(path, &error.message))?;
    let facts = elf::read(&file, len).map_err(|reason| not_a_plugin(path, &reason))?;
    let facts = facts.ok_or_else(|| not_a_plugin(path, "it is not an ELF file"))?;
    check_library(path, &facts)?;
    let manifest = manifest(path, &facts)?;
    check_manifest(&manifest)?;
    check_safety(path, &facts)?;
    Ok(VettedPlugin {
        path: path.to_owned(),
        manifest,
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
    match facts.manifests.as_slice() {
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

fn check_safety(path: &Path, facts: &ElfFacts) -> Result<(), Diagnostic> {
    let reason = if let Some(segment) = facts.writable_code {
        format!("segment {segment} is both writable and executable")
    } else if !facts.search_paths.is_empty() {
        format!(
            "it brings a library search path: {}",
            facts.search_paths.join(", ")
        )
    } else if let Some(library) = unknown_library(&facts.needed) {
        format!("it needs the library `{library}`")
    } else if !facts.has_root_symbol {
        return Err(not_a_plugin(
            path,
            "it does not export the plugin's root symbol",
        ));
    } else {
        return Ok(());
    };
    let message = format!("`{}` is not safe to load: {reason}", path.display());
    Err(Diagnostic::new(Code::E5117, message)
        .help("a plugin links everything statically but the C library"))
}

fn unknown_library(needed: &[String]) -> Option<&String> {
    let known = |name: &str| {
        KNOWN_LIBRARIES
            .iter()
            .any(|prefix| name.starts_with(prefix))
    };
    needed.iter().find(|name| !known(name))
}
