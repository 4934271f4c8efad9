//! Plugins that work in a process of their own: whatever they do there ends that
//! process at most, and is one error here.
//!
//! Each such plugin has one process, which answers one request after the other
//! over a socket, as long as the command runs. It is the program itself, started
//! with a hidden command; it gets the sealed bytes of the plugin, limits of memory,
//! and no stream of the program's. A second process stays between it and this one,
//! and ends what the plugin has started.

mod fault;
mod frame;
mod limits;
mod message;
mod process;
#[cfg(target_os = "linux")]
mod warden;
mod wire;

pub(super) use frame::{read_frame, write_frame};
pub(super) use limits::{Limits, set_limits};
pub(super) use message::{Answer, Call, Said};
pub(crate) use process::end_all;
pub(super) use process::{Failure, Process, Start};
#[cfg(target_os = "linux")]
pub(crate) use warden::part;

/// Nobody watches elsewhere.
#[cfg(not(target_os = "linux"))]
pub(crate) const fn part() -> std::io::Result<()> {
    Ok(())
}

use std::collections::BTreeMap;
use std::ffi::OsString;

use beskid_plugin_api::manifest::PluginManifest;

use crate::config::PluginSettings;

/// What becomes of the plugins that are loaded from files.
#[derive(Debug, Clone, Default)]
pub struct Containment {
    /// Arguments by which another process of this program serves a plugin; behind
    /// them come options and the path of the file. Without them plugins work in
    /// this process, and none is loaded elsewhere first.
    pub serve: Option<Vec<OsString>>,
    /// Whether plugin files work in processes of their own; `None`: those that are not
    /// locked.
    pub isolate: Option<bool>,
    /// What the user says of plugins, by their ids.
    pub plugins: BTreeMap<String, PluginSettings>,
}

impl Containment {
    /// Whether a plugin of a file works in a process of its own: as the user says of
    /// it, or of all of them, or else if nobody has locked it.
    pub(super) fn should_isolate(&self, plugin: &PluginManifest, is_locked: bool) -> bool {
        self.serve.is_some() && self.said_of(plugin).unwrap_or(!is_locked)
    }

    /// Whether the user wants it in a process of its own, whatever the lock has.
    pub(super) fn must_isolate(&self, plugin: &PluginManifest) -> bool {
        self.serve.is_some() && self.said_of(plugin) == Some(true)
    }

    fn said_of(&self, plugin: &PluginManifest) -> Option<bool> {
        let own = self.plugins.get(&plugin.id);
        own.and_then(|own| own.isolate).or(self.isolate)
    }

    /// How much time and memory the process of a plugin may take.
    pub(super) fn limits(&self, id: &str) -> Limits {
        Limits::of(self.plugins.get(id))
    }
}

#[cfg(test)]
mod tests {
    use beskid_plugin_api::manifest::PluginManifest;

    use super::*;

    #[test]
    fn what_is_said_counts_and_else_the_lock() {
        let text = "kind=linker\nid=far\nversion=1\napi=1.0\ntarget=t\ntoolchain=r\n\
                    contract=c\npanic=unwind\ncapabilities=\n";
        let plugin = PluginManifest::parse(text.as_bytes()).unwrap();
        let mut containment = Containment {
            serve: Some(vec!["serve".into()]),
            ..Containment::default()
        };
        assert!(containment.should_isolate(&plugin, false));
        assert!(!containment.should_isolate(&plugin, true));
        assert!(!containment.must_isolate(&plugin));
        for all in [true, false] {
            containment.plugins.clear();
            containment.isolate = Some(all);
            for is_locked in [true, false] {
                assert_eq!(containment.should_isolate(&plugin, is_locked), all);
            }
            assert_eq!(containment.must_isolate(&plugin), all);
            let settings = PluginSettings {
                isolate: Some(!all),
                ..PluginSettings::default()
            };
            containment.plugins.insert("far".to_owned(), settings);
            assert_eq!(containment.should_isolate(&plugin, true), !all);
            assert_eq!(containment.must_isolate(&plugin), !all);
        }
        containment.serve = None;
        assert!(!containment.should_isolate(&plugin, false));
    }
}
