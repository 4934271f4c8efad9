//! How an engine compiles and calls.

use std::collections::BTreeMap;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use beskid_plugin_api::backend::Optimization;

/// The configuration of an [`Engine`](super::Engine), a value: no file, variable or
/// command line changes it.
#[derive(Debug, Clone)]
pub struct Config {
    pub(super) backend: String,
    pub(super) optimization: Optimization,
    pub(super) options: BTreeMap<String, String>,
    pub(super) plugins: Vec<PathBuf>,
    pub(super) threads: NonZeroU32,
    pub(super) catch: Catch,
    pub(super) is_interruptible: bool,
    pub(super) is_dynamic: bool,
    pub(super) deadline: Option<Duration>,
    pub(super) memory_limit: Option<NonZeroUsize>,
    pub(super) has_debug_info: bool,
}

/// What comes back from a call as a [`Trap`](super::Trap).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Catch {
    /// Nothing but what host functions and interruptions need: a panic of the program ends
    /// the process, as its executable would end. Calls of a program without these cost
    /// what calls of C cost.
    Nothing,
    /// Panics of the program and of host functions, and interruptions.
    Panics,
    /// These, and what the processor refuses: bad memory accesses, stacks that
    /// overflow, trap instructions, divisions by zero.
    ///
    /// The first such engine sets the process's handlers of SIGSEGV, SIGBUS, SIGILL and
    /// SIGFPE, for good. Faults that are not a program's go on to the handlers that
    /// were there. Who sets handlers of these signals later passes on to the ones
    /// before in the same way, or traps end the process again.
    Faults,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            backend: "jit".to_owned(),
            optimization: Optimization::None,
            options: BTreeMap::new(),
            plugins: Vec::new(),
            threads: NonZeroU32::MIN,
            catch: Catch::Panics,
            is_interruptible: false,
            is_dynamic: false,
            deadline: None,
            memory_limit: None,
            has_debug_info: false,
        }
    }
}

impl Config {
    /// The built-in backend `jit`, fast compilation, one thread, [`Catch::Panics`].
    pub fn new() -> Self {
        Self::default()
    }

    /// The backend that compiles, by its id. One that makes objects only needs a linker
    /// on the machine: its programs are linked as shared libraries and loaded.
    #[must_use]
    pub fn backend(mut self, id: impl Into<String>) -> Self {
        self.backend = id.into();
        self
    }

    /// How much to optimize.
    #[must_use]
    pub const fn optimization(mut self, optimization: Optimization) -> Self {
        self.optimization = optimization;
        self
    }

    /// Sets an option of the backend.
    #[must_use]
    pub fn option(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.options.insert(key.into(), value.into());
        self
    }

    /// Adds a plugin file. It is code that runs in this process.
    #[must_use]
    pub fn plugin(mut self, path: impl Into<PathBuf>) -> Self {
        self.plugins.push(path.into());
        self
    }

    /// Most threads that compile one program at once.
    #[must_use]
    pub const fn threads(mut self, threads: NonZeroU32) -> Self {
        self.threads = threads;
        self
    }

    /// What comes back from calls as traps.
    #[must_use]
    pub const fn catch(mut self, catch: Catch) -> Self {
        self.catch = catch;
        self
    }

    /// Whether calls can be ended from outside: functions and loops of the programs look
    /// at a flag where they begin.
    #[must_use]
    pub const fn interruptible(mut self, is: bool) -> Self {
        self.is_interruptible = is;
        self
    }

    /// What each call may take; makes the engine [`interruptible`](Self::interruptible).
    #[must_use]
    pub const fn deadline(mut self, deadline: Duration) -> Self {
        self.is_interruptible = true;
        self.deadline = Some(deadline);
        self
    }

    /// How many bytes of the collector's memory a call may have at once, in steps of 32 KiB;
    /// one that wants more ends with [`TrapKind::MemoryLimit`](super::TrapKind), and the
    /// instance can be called again. What the program drops is collected before; but
    /// nothing is collected while another thread is inside of a program, and what is dropped
    /// until then counts. Code, data, stacks and what host functions allocate do not count,
    /// nor does what only root handles keep. 0 is no limit.
    #[must_use]
    pub const fn memory_limit(mut self, bytes: usize) -> Self {
        self.memory_limit = NonZeroUsize::new(bytes);
        self
    }

    /// Whether [artifacts of sources](super::Engine::artifact_of_source) tell lines and
    /// locals, to debuggers and to the backtraces of traps. Their code keeps locals where a
    /// debugger finds them.
    #[must_use]
    pub const fn debug_info(mut self, is: bool) -> Self {
        self.has_debug_info = is;
        self
    }

    /// Whether functions can be called whose types are known only when the program runs:
    /// each exported one gets another one for it.
    #[must_use]
    pub const fn dynamic(mut self, is: bool) -> Self {
        self.is_dynamic = is;
        self
    }
}
