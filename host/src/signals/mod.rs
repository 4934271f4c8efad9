//! Signals by which the user ends a command: SIGHUP, SIGINT, SIGQUIT, SIGTERM.
//!
//! The first one cancels: tools and other processes of this program end, the
//! backend at work is asked to stop, and the command ends as if by the signal
//! once its scratch is gone. Who does not stop in time, or sends a second
//! signal, is not waited for. A program that runs in this process has signals
//! of its own; this is over by then.

mod group;
mod ignored;

pub(crate) use group::{Group, Kind};

use std::ffi::c_int;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::scratch;

/// How long work may take to stop by itself.
const GRACE: Duration = Duration::from_secs(1);

/// The first signal, or 0.
static RECEIVED: AtomicI32 = AtomicI32::new(0);

/// How much is going on that stops by itself.
static WORK: AtomicUsize = AtomicUsize::new(0);

/// Waits for signals from now on, in a thread of its own. Those that are
/// ignored stay so: `nohup` asks for it.
pub(crate) fn watch() {
    let ends = [SIGHUP, SIGINT, SIGQUIT, SIGTERM];
    let ignored = ignored::mask();
    let wanted = ends
        .into_iter()
        .filter(|signal| !ignored::holds(ignored, *signal));
    let watching = Signals::new(wanted).and_then(|signals| {
        let named = thread::Builder::new().name("signals".to_owned());
        named.spawn(move || serve(signals))
    });
    if let Err(error) = watching {
        // The signals do what they always did.
        tracing::debug!("cannot watch for signals: {error}");
    }
}

fn serve(mut signals: Signals) {
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
    scratch::remove_all();
    if let Err(error) = emulate_default_handler(signal) {
        tracing::debug!(signal, "cannot be raised: {error}");
    }
    std::process::exit(128 + signal)
}

/// Something that stops by itself soon after a signal, for as long as this
/// value lives.
#[derive(Debug)]
pub(crate) struct Work(());

impl Work {
    /// Begins.
    pub(crate) fn begin() -> Self {
        WORK.fetch_add(1, Ordering::SeqCst);
        Self(())
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        WORK.fetch_sub(1, Ordering::SeqCst);
    }
}
