//! Which plugin is at work: it may end the process, which then has to say why.

use std::ffi::c_int;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use crate::child::Ending;
use crate::last_words::LastWords;

/// What a plugin does, to be read behind "while it".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    /// Its constructors run.
    Load,
    /// It says what it is.
    Describe,
    /// It compiles.
    Compile,
    /// It frees the code of a program that has ended.
    Close,
    /// It says what it links.
    Support,
    /// It plans a link.
    Plan,
    /// It carries a step of its plan out.
    Callback,
}

impl Task {
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Load => "was loaded",
            Self::Describe => "described itself",
            Self::Compile => "compiled the program",
            Self::Close => "freed the program",
            Self::Support => "was asked what it links",
            Self::Plan => "planned the link",
            Self::Callback => "carried out a step of the link",
        }
    }
}

/// The plugins at work, by their ids, on whichever threads; the last one began last.
static AT_WORK: Mutex<Vec<(String, Task)>> = Mutex::new(Vec::new());

/// Does what a plugin is asked for, so that it is named if it ends the process.
pub(super) fn at_work_as<T>(id: &str, task: Task, work: impl FnOnce() -> T) -> T {
    at_work().push((id.to_owned(), task));
    let done = work();
    let mut at_work = at_work();
    let mut own = at_work.iter();
    if let Some(own) = own.rposition(|(other, its)| other == id && *its == task) {
        at_work.remove(own);
    }
    done
}

/// E5140 if the process ends while a plugin is at work.
pub(crate) fn ended_by() -> Option<Diagnostic> {
    let (id, task) = at_work().pop()?;
    let message = format!("plugin `{id}` ended the process while it {}", task.words());
    let diagnostic = Diagnostic::new(Code::E5140, message).plugin(id);
    Some(diagnostic.help("report this to the author of the plugin"))
}

/// Says, with E5140, that a signal ends the process while a plugin is at work, if one
/// is. Only what a handler of signals may do is done.
pub(crate) fn tell_crash(signal: c_int) {
    // One crash may come as two signals.
    static TOLD: AtomicBool = AtomicBool::new(false);
    let Ok(at_work) = AT_WORK.try_lock() else {
        return;
    };
    if let Some((id, task)) = at_work.last()
        && !TOLD.swap(true, Ordering::Relaxed)
    {
        let (task, ending) = (task.words(), Ending::Killed(signal));
        LastWords {
            code: Code::E5140,
            message: format_args!("plugin `{id}` ended the process while it {task}: {ending}"),
            plugin: Some(id),
            help: "report this to the author of the plugin, or build with `--isolate`",
        }
        .say();
    }
}

fn at_work() -> MutexGuard<'static, Vec<(String, Task)>> {
    AT_WORK.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plugins_on_several_threads_are_done_in_any_order() {
        let (first, second) = (std::sync::Barrier::new(2), std::sync::Barrier::new(2));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                at_work_as("test-a", Task::Compile, || first.wait());
                second.wait();
            });
            at_work_as("test-b", Task::Plan, || {
                first.wait();
                second.wait();
            });
        });
        let left = at_work();
        assert!(
            !left.iter().any(|(id, _)| id.starts_with("test-")),
            "{left:?}"
        );
    }
}
