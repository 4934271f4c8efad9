//! The first use of a plugin file in this process: its bytes are sealed, another
//! process has loaded them before or does so now, and then they are loaded here, or
//! stay there.

use std::sync::Arc;

use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::PluginKind;

use super::at_work::Task;
use super::handle::{BackendHandle, LinkerHandle};
use super::isolate::{Call, Containment, Failure, Process, Start};
use super::load::{Loaded, load};
use super::marks;
use super::sealed::Sealed;
use super::vet::VettedPlugin;

/// A plugin that can be asked.
#[derive(Clone)]
pub(super) enum Reached {
    Backend(BackendHandle),
    Linker(LinkerHandle),
}

/// Makes a plugin ready to be asked, in a process of its own if it `is_isolated`.
///
/// # Errors
/// E5101 if the file is not what was vetted, E5109 if the loader refuses it, E5110 if
/// its types differ from the host's, E5118 if the process that loads it first does not
/// come back, E5160 if there is no memory to seal, E5162 to E5164 if it is isolated
/// and its process fails.
pub(super) fn first_use(
    plugin: &VettedPlugin,
    containment: &Containment,
    is_isolated: bool,
) -> Result<Reached, Diagnostic> {
    let (bytes, digest) = Sealed::of(plugin)?;
    let manifest = plugin.manifest();
    let settings = containment.plugins.get(&manifest.id);
    let start = containment.serve.as_deref().map(|arguments| Start {
        arguments,
        id: &manifest.id,
        path: plugin.path(),
        bytes: bytes.file(),
        libraries: settings.map_or(&[][..], |settings| &settings.libraries),
        limits: containment.limits(&manifest.id),
    });
    tracing::info!(
        id = manifest.id,
        path = %plugin.path().display(),
        digest = digest.short(),
        isolated = is_isolated,
        "loading plugin"
    );
    if let Some(start) = start {
        if is_isolated {
            let process = Process::start(start)?;
            let ready = process.ask(Task::Load, &Call::Load, &[]);
            ready.map_err(|error| plugin.about(error))?;
            return Ok(apart(manifest.kind, process));
        }
        if !marks::is_proven(digest) {
            prove(plugin, start)?;
            marks::proven(digest);
        }
    }
    Ok(match load(plugin, &bytes)? {
        Loaded::Backend(client) => Reached::Backend(BackendHandle::here(client)),
        Loaded::Linker(client) => Reached::Linker(LinkerHandle::here(client)),
    })
}

const fn apart(kind: PluginKind, process: Arc<Process>) -> Reached {
    match kind {
        PluginKind::Backend => Reached::Backend(BackendHandle::apart(process)),
        PluginKind::Linker => Reached::Linker(LinkerHandle::apart(process)),
    }
}

/// Has another process load a plugin, which ends with it if its constructors, its
/// layout check or its description do.
fn prove(plugin: &VettedPlugin, start: Start<'_>) -> Result<(), Diagnostic> {
    let process = Process::start(start)?;
    for (task, call) in [(Task::Load, Call::Load), (Task::Describe, Call::Describe)] {
        let answer = process.call(task, &call, &[]);
        answer.map_err(|failure| {
            plugin.about(match failure {
                Failure::Told(diagnostic) => diagnostic,
                Failure::Fault(fault) => fault.at_first_use(start.id),
            })
        })?;
    }
    Ok(())
}
