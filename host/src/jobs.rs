//! How many threads may work at once: what the user says, what the jobserver of
//! `make` or cargo gives, or a thread for each processor.

use std::num::NonZeroU32;
use std::thread;

use beskid_plugin_api::artifact::Outline;
use jobserver::{Acquired, Client};

/// Most threads, whatever is asked for; more than there are processors only
/// take turns.
const MOST: u32 = 256;
/// Bytes of an artifact that are worth a thread of their own: starting one for
/// less takes longer than it saves.
const BYTES_PER_THREAD: usize = 4096;

/// Threads that a compilation may use. What the jobserver gave goes back when
/// this is dropped.
#[derive(Debug)]
pub(crate) struct Jobs {
    count: u32,
    /// One thread is everybody's without a token.
    _tokens: Vec<Acquired>,
}

impl Jobs {
    /// As many as are wanted and of use. A number that the user gave counts, and
    /// no jobserver.
    pub(crate) fn take(wanted: Option<NonZeroU32>, artifact: &Outline) -> Self {
        let useful = artifact.bytes().len() / BYTES_PER_THREAD;
        let useful = u32::try_from(useful).unwrap_or(MOST).clamp(1, MOST);
        let mut tokens = Vec::new();
        let count = match wanted {
            Some(wanted) => useful.min(wanted.get()),
            None if useful == 1 => 1,
            None => {
                let processors = thread::available_parallelism().map_or(1, usize::from);
                let count = useful.min(u32::try_from(processors).unwrap_or(MOST));
                match jobserver() {
                    Some(server) => {
                        let more = (1..count).map_while(|_| server.try_acquire().ok().flatten());
                        tokens.extend(more);
                        1 + tokens.len() as u32
                    }
                    None => count,
                }
            }
        };
        Self {
            count,
            _tokens: tokens,
        }
    }

    /// How many; at least 1.
    pub(crate) const fn count(&self) -> u32 {
        self.count
    }
}

/// The jobserver that this process was started under, if any.
fn jobserver() -> Option<Client> {
    // SAFETY: the descriptors that `MAKEFLAGS` names are checked to be pipes,
    // which who set the variable opened for this process; nothing here closes or
    // takes over descriptors that it did not open.
    unsafe { Client::from_env_ext(true) }.client.ok()
}
