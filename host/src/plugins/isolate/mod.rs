//! Plugins that work in a process of their own: whatever they do there ends that
//! process at most, and is one error here.
//!
//! Each such plugin has one process, which answers one request after the other
//! over a socket, as long as the command runs. It is the program itself, started
//! with a hidden command; it gets the sealed bytes of the plugin, limits of memory,
//! and no stream of the program's.

mod fault;
mod frame;
mod limits;
mod message;
mod process;
mod wire;

pub(super) use frame::{read_frame, write_frame};
pub(super) use limits::{Limits, set_limits};
pub(super) use message::{Answer, Call, Said};
pub(crate) use process::end_all;
pub(super) use process::{Failure, Process, Start};

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
    /// Every plugin file works in a process of its own.
    pub isolate: bool,
    /// What the user says of plugins, by their ids.
    pub plugins: BTreeMap<String, PluginSettings>,
}

impl Containment {
    /// Whether a plugin of a file works in a process of its own: because the command
    /// says so for all of them, or the user for this one.
    pub(super) fn should_isolate(&self, plugin: &PluginManifest) -> bool {
        let own = self.plugins.get(&plugin.id);
        self.serve.is_some() && (self.isolate || own.is_some_and(|own| own.isolate == Some(true)))
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
    fn the_command_or_the_user_isolates_a_plugin() {
        let text = "kind=linker\nid=far\nversion=1\napi=1.0\ntarget=t\ntoolchain=r\n\
                    contract=c\npanic=unwind\ncapabilities=\n";
        let plugin = PluginManifest::parse(text.as_bytes()).unwrap();
        let mut containment = Containment {
            serve: Some(vec!["serve".into()]),
            ..Containment::default()
        };
        assert!(!containment.should_isolate(&plugin));
        containment.isolate = true;
        assert!(containment.should_isolate(&plugin));
        containment.isolate = false;
        let settings = PluginSettings {
            isolate: Some(true),
            ..PluginSettings::default()
        };
        containment.plugins.insert("far".to_owned(), settings);
        assert!(containment.should_isolate(&plugin));
        containment.serve = None;
        assert!(!containment.should_isolate(&plugin));
    }
}
