//! How much time and memory a plugin's process may take.

use std::io;
use std::num::NonZeroU32;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::super::at_work::Task;
use crate::config::PluginSettings;

/// Longest time for what takes a plugin none to speak of.
const SHORT: Duration = Duration::from_secs(30);
/// Longest time for a program that is compiled, or a step of a link.
const LONG: Duration = Duration::from_secs(600);
/// Longest time for an answer when somebody only wants to know what there is.
const LOOK: Duration = Duration::from_secs(10);
/// Most memory that a process writes to, in MiB.
const MEMORY: u32 = 4096;
/// Addresses that it may reserve for each byte that it may write to.
const RESERVED: u64 = 8;

/// Limits of one plugin's process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::plugins) struct Limits {
    time: Option<Duration>,
    /// In MiB.
    pub(in crate::plugins) memory: u32,
}

impl Limits {
    /// What the user says, or else what is usual.
    pub(super) fn of(settings: Option<&PluginSettings>) -> Self {
        let seconds = settings.and_then(|settings| settings.time_limit);
        let memory = settings.and_then(|settings| settings.memory_limit);
        Self {
            time: seconds.map(|seconds| Duration::from_secs(seconds.get().into())),
            memory: memory.map_or(MEMORY, NonZeroU32::get),
        }
    }

    /// The same for a plugin that nobody wants to use: it has less time, unless the user
    /// says how much.
    pub(in crate::plugins) fn for_a_look(self) -> Self {
        Self {
            time: Some(self.time.unwrap_or(LOOK)),
            ..self
        }
    }

    /// How long an answer may take.
    pub(super) fn time(self, task: Task) -> Duration {
        self.time.unwrap_or(match task {
            Task::Compile | Task::Callback => LONG,
            _ => SHORT,
        })
    }
}

/// Limits the memory of this process, in MiB: what it writes to, and, more widely, what
/// it reserves. It writes no image of its memory when it crashes.
///
/// # Errors
/// The system's refusal.
pub(in crate::plugins) fn set_limits(memory: u32) -> io::Result<()> {
    let bytes = u64::from(memory) << 20;
    limit(Resource::Data, bytes)?;
    limit(Resource::As, bytes.saturating_mul(RESERVED))?;
    limit(Resource::Core, 0)
}

/// Nobody raises what is limited more narrowly already.
fn limit(resource: Resource, bytes: u64) -> io::Result<()> {
    let Rlimit { current, maximum } = getrlimit(resource);
    let least = |limit: Option<u64>| Some(limit.map_or(bytes, |limit| limit.min(bytes)));
    let new = Rlimit {
        current: least(current),
        maximum: least(maximum),
    };
    Ok(setrlimit(resource, new)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_sets_limits_and_others_are_usual() {
        let usual = Limits::of(None);
        assert_eq!(usual.memory, 4096);
        assert_eq!(usual.time(Task::Plan), SHORT);
        assert_eq!(usual.time(Task::Compile), LONG);
        let settings = PluginSettings {
            time_limit: NonZeroU32::new(1),
            memory_limit: NonZeroU32::new(64),
            ..PluginSettings::default()
        };
        let own = Limits::of(Some(&settings));
        assert_eq!((own.memory, own.time(Task::Compile).as_secs()), (64, 1));
        assert_eq!(usual.for_a_look().time(Task::Describe), LOOK);
        assert_eq!(own.for_a_look(), own);
    }
}
