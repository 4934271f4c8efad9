//! This process, given to the program that runs in it: with the signals, the
//! arguments and the end of stack that its executable would have.

use std::ffi::{CString, OsString, c_char, c_int};
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStringExt;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::threads;
use crate::plugins::end_all;
use crate::signals;

/// What a runtime does at the start of a process, its `START_SYMBOL`: it takes
/// the number of arguments and their addresses.
type Start = unsafe extern "C" fn(i64, *mut *const c_char);

/// What happened on SIGPIPE before this program's own start code ignored it.
static INHERITED_PIPE: AtomicUsize = AtomicUsize::new(libc::SIG_DFL);

/// Called by the loader, before Rust's start code.
#[cfg(target_os = "linux")]
#[used]
// SAFETY: the section holds addresses of C functions that the loader calls; the
// three arguments that it passes are not looked at.
#[unsafe(link_section = ".init_array")]
static REMEMBER: extern "C" fn() = remember;

extern "C" fn remember() {
    if let Some(action) = action(libc::SIGPIPE)
        && action.sa_sigaction == libc::SIG_IGN
    {
        INHERITED_PIPE.store(libc::SIG_IGN, Ordering::Relaxed);
    }
}

/// Undoes what this process does on signals: nobody waits for them any more,
/// those that it catches end it again, and SIGPIPE does what whoever started it
/// wanted. Signals that were ignored from the start stay so. Comes before
/// foreign libraries are loaded, since their handlers are the program's.
///
/// # Errors
/// E4044 if the user wants to stop.
pub(super) fn give_signals() -> Result<(), Diagnostic> {
    for signal in 1..=last_signal() {
        let caught = |action: libc::sigaction| {
            ![libc::SIG_DFL, libc::SIG_IGN].contains(&action.sa_sigaction)
        };
        if action(signal).is_some_and(caught) {
            set(signal, libc::SIG_DFL);
        }
    }
    end_all();
    signals::release()?;
    set(libc::SIGPIPE, INHERITED_PIPE.load(Ordering::Relaxed));
    threads::wait_for_leaving();
    Ok(())
}

/// Has the program's runtime take the process over, with these arguments, or the
/// host's own if that one has no start. They stay for the rest of the process.
///
/// # Errors
/// E4041 for an argument with a NUL byte, which no process gets.
///
/// # Safety
/// `address` is that of a runtime's `START_SYMBOL`.
pub(super) unsafe fn start(
    address: Option<*const ()>,
    arguments: &[OsString],
) -> Result<(), Diagnostic> {
    let start = match address {
        // SAFETY: the caller's promise; runtimes define the symbols of the ABI
        // tables with their signatures (ABI-002).
        Some(address) => unsafe { std::mem::transmute::<*const (), Start>(address) },
        None => beskid_runtime::rt_start,
    };
    let strings = arguments.iter().map(|argument| {
        CString::new(argument.clone().into_vec()).map_err(|_| {
            Diagnostic::new(Code::E4041, "an argument of the program holds a NUL byte")
                .help("leave it out; no process gets such an argument")
        })
    });
    let strings = strings.collect::<Result<Vec<_>, _>>()?;
    let strings = strings
        .into_iter()
        .map(|string| string.into_raw().cast_const());
    let addresses = strings.chain([ptr::null()]).collect::<Vec<_>>();
    let count = arguments.len() as i64;
    threads::wait_for_leaving();
    let addresses = Vec::leak(addresses).as_mut_ptr();
    // SAFETY: the array and its strings are never freed, and a null address ends
    // it, as C has it.
    unsafe { start(count, addresses) };
    Ok(())
}

/// Takes the process back when the program has returned: what C still holds is
/// written, and a reader that is gone is an error again, not the end.
pub(super) fn take_back() {
    // Whether it can be is the program's affair, as when its executable ends.
    // SAFETY: a null stream stands for all of them.
    unsafe { libc::fflush(ptr::null_mut()) };
    set(libc::SIGPIPE, libc::SIG_IGN);
}

fn last_signal() -> c_int {
    #[cfg(target_os = "linux")]
    return libc::SIGRTMAX();
    #[cfg(not(target_os = "linux"))]
    return 31;
}

/// What happens on a signal; `None` for those that the system keeps.
pub(super) fn action(signal: c_int) -> Option<libc::sigaction> {
    let mut action = MaybeUninit::uninit();
    // SAFETY: only asks; `action` is ours.
    let failed = unsafe { libc::sigaction(signal, ptr::null(), action.as_mut_ptr()) } != 0;
    // SAFETY: the call has not failed, so it has written `action`.
    (!failed).then(|| unsafe { action.assume_init() })
}

/// Sets a disposition that is no function.
pub(super) fn set(signal: c_int, disposition: usize) {
    // SAFETY: all zeroes is an action without flags, and no signal blocked.
    let mut action = unsafe { MaybeUninit::<libc::sigaction>::zeroed().assume_init() };
    action.sa_sigaction = disposition;
    // SAFETY: nothing is called on the signal from now on.
    unsafe { libc::sigaction(signal, &raw const action, ptr::null_mut()) };
}
