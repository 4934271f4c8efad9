//! Plugins may crash: the signal ends this process once its scratch is gone.
//!
//! The handlers run in a process whose state is unknown. They allocate nothing
//! and wait for no lock; what they cannot remove is swept by a later command.

use std::ffi::{CStr, OsStr, c_int, c_void};
use std::mem::{ManuallyDrop, MaybeUninit};
use std::os::fd::AsFd;
use std::path::Path;
use std::ptr;
use std::sync::OnceLock;

use rustix::fs::{AtFlags, CWD, Mode, OFlags, RawDir, openat, unlinkat};
use rustix::path::Arg;

/// The signals of a crash.
const FATAL: [c_int; 5] = [
    libc::SIGABRT,
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGILL,
    libc::SIGSEGV,
];
/// Room for the handlers, in bytes: the stack may be what has overflowed.
const STACK: usize = 64 << 10;
/// How deep folders are in scratch.
const DEPTH: usize = 6;
/// Longer paths would be copied to the heap, in bytes.
const LONGEST: usize = 255;

/// The process that asked, and what happened on the signals before.
static BEFORE: OnceLock<(u32, [Option<libc::sigaction>; FATAL.len()])> = OnceLock::new();

/// Called with the signal of a crash, once the scratch is gone.
static TELL: OnceLock<fn(c_int)> = OnceLock::new();

/// Has a crash told by this, which does only what a handler of signals may.
pub(crate) fn tell_by(tell: fn(c_int)) {
    TELL.get_or_init(|| tell);
}

/// Has crashes of this process remove its scratch, from now on.
pub(crate) fn install() {
    let before = (std::process::id(), FATAL.map(action));
    if BEFORE.set(before).is_err() {
        return;
    }
    // Nothing is written to it: pages that no handler uses are never there.
    let mut memory = ManuallyDrop::new(Vec::<u8>::with_capacity(STACK));
    let stack = libc::stack_t {
        ss_sp: memory.as_mut_ptr().cast(),
        ss_flags: 0,
        ss_size: STACK,
    };
    // SAFETY: the memory is used for nothing else and never freed.
    if unsafe { libc::sigaltstack(&raw const stack, ptr::null_mut()) } != 0 {
        return;
    }
    for signal in FATAL {
        if action(signal).is_some_and(|before| before.sa_sigaction != libc::SIG_IGN) {
            catch(signal);
        }
    }
}

fn catch(signal: c_int) {
    // SAFETY: all zeroes is an action without flags, and no signal blocked.
    let mut action = unsafe { MaybeUninit::<libc::sigaction>::zeroed().assume_init() };
    action.sa_sigaction = crashed as *const () as usize;
    action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
    // SAFETY: the handler does only what a signal handler may.
    unsafe { libc::sigaction(signal, &raw const action, ptr::null_mut()) };
}

/// The handlers, for as long as this value lives, where nobody else has any.
pub(super) struct Armed(());

impl Armed {
    pub(super) fn new() -> Self {
        let is_free = |action: libc::sigaction| action.sa_sigaction == libc::SIG_DFL;
        for signal in FATAL {
            if BEFORE.get().is_some() && action(signal).is_some_and(is_free) {
                catch(signal);
            }
        }
        Self(())
    }
}

impl Drop for Armed {
    fn drop(&mut self) {
        let own = crashed as *const () as usize;
        for signal in FATAL {
            if action(signal).is_some_and(|action| action.sa_sigaction == own) {
                // SAFETY: what happened before was what happens by itself.
                unsafe { libc::signal(signal, libc::SIG_DFL) };
            }
        }
    }
}

/// What happens on a signal.
fn action(signal: c_int) -> Option<libc::sigaction> {
    let mut action = MaybeUninit::uninit();
    // SAFETY: only asks; `action` is ours.
    let failed = unsafe { libc::sigaction(signal, ptr::null(), action.as_mut_ptr()) } != 0;
    // SAFETY: the call has not failed, so it has written `action`.
    (!failed).then(|| unsafe { action.assume_init() })
}

/// Removes the scratch, and leaves the signal to whoever had it before.
extern "C" fn crashed(signal: c_int, info: *const libc::siginfo_t, _: *const c_void) {
    let Some((_, before)) = BEFORE.get() else {
        return;
    };
    remove_live();
    if is_own()
        && let Some(tell) = TELL.get()
    {
        tell(signal);
    }
    let mut signals = FATAL.iter().zip(before);
    let before = signals.find(|(fatal, _)| **fatal == signal);
    if let Some((_, Some(before))) = before {
        // SAFETY: the action was there before.
        unsafe { libc::sigaction(signal, before, ptr::null_mut()) };
    }
    // A fault comes again when this returns; a signal that was sent does not.
    // SAFETY: the kernel gives the information to a handler that asks for it.
    if unsafe { (*info).si_code } <= 0 {
        // SAFETY: the signal is blocked until this returns.
        unsafe { libc::raise(signal) };
    }
}

/// Whether this process is the one that asked: children have a copy of the handlers.
fn is_own() -> bool {
    // SAFETY: it has no preconditions.
    let own = unsafe { libc::getpid() };
    let owner = BEFORE.get().map(|(owner, _)| *owner);
    u32::try_from(own).ok() == owner
}

/// Removes the scratch of this process.
pub(super) fn remove_live() {
    if is_own()
        && let Ok(live) = super::LIVE.try_lock()
    {
        live.iter().for_each(|path| remove(path));
    }
}

fn remove(path: &Path) {
    let text: &OsStr = path.as_os_str();
    if text.len() <= LONGEST {
        // What fails is swept later.
        let _ = text.into_with_c_str(|name| {
            remove_in(CWD, name, DEPTH);
            Ok(())
        });
    }
}

fn remove_in(folder: impl AsFd + Copy, name: &CStr, depth: usize) {
    let is_file = unlinkat(folder, name, AtFlags::empty()).is_ok();
    if is_file || depth == 0 {
        return;
    }
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let Ok(inner) = openat(folder, name, flags, Mode::empty()) else {
        return;
    };
    let mut room = [const { MaybeUninit::uninit() }; 2048];
    let mut entries = RawDir::new(&inner, &mut room);
    while let Some(Ok(entry)) = entries.next() {
        let name = entry.file_name();
        if name != c"." && name != c".." {
            remove_in(&inner, name, depth - 1);
        }
    }
    // What is not empty is swept later.
    let _ = unlinkat(folder, name, AtFlags::REMOVEDIR);
}
