//! Signals by which the user ends a command: SIGHUP, SIGINT, SIGQUIT, SIGTERM.
//!
//! The first one cancels: tools and other processes of this program end, the
//! backend at work is asked to stop, and the command ends as if by the signal
//! once its scratch is gone. Who does not stop in time, or sends a second
//! signal, is not waited for. As long as there is nothing to stop and nothing
//! to remove, the signals do what they always do. A program that runs in this
//! process has signals of its own; this is over by then.

mod group;
mod ignored;

pub(crate) use group::{Group, Kind, keep_together};

use std::ffi::c_int;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::{Handle, Signals};
use signal_hook::low_level::emulate_default_handler;

/// How long work may take to stop by itself.
const GRACE: Duration = Duration::from_secs(1);

/// The first signal, or 0.
static RECEIVED: AtomicI32 = AtomicI32::new(0);

/// How much is going on that stops by itself.
static WORK: AtomicUsize = AtomicUsize::new(0);

/// Whether somebody waits for signals.
static WATCH: Mutex<Watch> = Mutex::new(Watch::Unwanted);

enum Watch {
    /// This process is not a command's.
    Unwanted,
    /// Nothing needs it yet.
    Wanted,
    /// A thread of its own does.
    Running(Handle, JoinHandle<Signals>),
    /// The process is a program's.
    Over,
}

/// Has signals end the command from now on. A thread waits for them once there
/// is something to stop or to remove. Those that are ignored stay so: `nohup`
/// asks for it.
pub(crate) fn watch() {
    *watching() = Watch::Wanted;
}

/// Ends the watch for good, without a thread or an open file of it left. The
/// caller has set what happens on the signals instead.
///
/// # Errors
/// E4044 if the user wants to stop.
pub(crate) fn release() -> Result<(), Diagnostic> {
    let before = std::mem::replace(&mut *watching(), Watch::Over);
    if let Watch::Running(handle, thread) = before {
        handle.close();
        // Those that came last were not looked at.
        let late = thread
            .join()
            .ok()
            .and_then(|mut rest| rest.pending().next());
        if let Some(signal) = late {
            end(signal);
        }
    }
    check()
}

/// Starts the thread if it is wanted and not there.
fn start() {
    let mut watch = watching();
    if !matches!(*watch, Watch::Wanted) {
        return;
    }
    let ends = [SIGHUP, SIGINT, SIGQUIT, SIGTERM];
    let ignored = ignored::mask();
    let wanted = ends
        .into_iter()
        .filter(|signal| !ignored::holds(ignored, *signal));
    let started = Signals::new(wanted).and_then(|signals| {
        let handle = signals.handle();
        let named = thread::Builder::new().name("signals".to_owned());
        let thread = named.spawn(move || serve(signals))?;
        Ok(Watch::Running(handle, thread))
    });
    match started {
        Ok(running) => *watch = running,
        // The signals do what they always did.
        Err(error) => tracing::debug!("cannot watch for signals: {error}"),
    }
}

fn watching() -> MutexGuard<'static, Watch> {
    WATCH.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(mut signals: Signals) -> Signals {
    for signal in &mut signals {
        let is_first = RECEIVED
            .compare_exchange(0, signal, Ordering::SeqCst, Ordering::SeqCst)
            .is_ok();
        if !is_first || WORK.load(Ordering::SeqCst) == 0 {
            end(signal);
        }
        let patience = group::end_all(signal);
        let timer = thread::Builder::new().spawn(move || {
            thread::sleep(GRACE * patience);
            end(signal);
        });
        if timer.is_err() {
            end(signal);
        }
    }
    signals
}

/// The signal that the user sent.
pub(crate) fn received() -> Option<c_int> {
    match RECEIVED.load(Ordering::SeqCst) {
        0 => None,
        signal => Some(signal),
    }
}

/// E4044 if the user wants to stop.
pub(crate) fn check() -> Result<(), Diagnostic> {
    match received() {
        None => Ok(()),
        Some(_) => Err(Diagnostic::new(Code::E4044, "the command was stopped")),
    }
}

/// Ends this process by a signal, as if nobody had waited for it.
pub(crate) fn end(signal: c_int) -> ! {
    group::kill_all();
    clean_up();
    if let Err(error) = emulate_default_handler(signal) {
        tracing::debug!(signal, "cannot be raised: {error}");
    }
    std::process::exit(128 + signal)
}

/// What is to be removed before a signal ends this process.
static LITTER: Mutex<Option<fn()>> = Mutex::new(None);

/// Has this called before a signal ends this process.
pub(crate) fn clean_up_with(remove: fn()) {
    *LITTER.lock().unwrap_or_else(PoisonError::into_inner) = Some(remove);
    start();
}

fn clean_up() {
    let remove = *LITTER.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(remove) = remove {
        remove();
    }
}

/// Something that stops by itself soon after a signal, for as long as this
/// value lives.
#[derive(Debug)]
pub(crate) struct Work(());

impl Work {
    /// Begins.
    pub(crate) fn begin() -> Self {
        start();
        WORK.fetch_add(1, Ordering::SeqCst);
        Self(())
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        WORK.fetch_sub(1, Ordering::SeqCst);
    }
}
