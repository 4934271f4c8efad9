//! What a process holds: open files and threads.

use std::fs;

use super::outcome::{Checked, Outcome, holds};

/// What this process held at some time; `None` where the system does not say.
pub(super) struct Held(Option<[usize; 2]>);

/// What it holds now.
pub(super) fn held() -> Held {
    let count = |folder: &str| fs::read_dir(folder).ok().map(Iterator::count);
    let counts = count("/proc/self/fd").zip(count("/proc/self/task"));
    Held(counts.map(|(files, threads)| [files, threads]))
}

impl Held {
    /// Whether this process holds no more than it did.
    ///
    /// # Errors
    /// A finding if it holds more.
    pub(super) fn has_not_grown(&self) -> Checked {
        let (Some([files, threads]), Some([files_now, threads_now])) = (self.0, held().0) else {
            let reason = "this system has no `/proc`";
            return Ok(Outcome::Skipped(reason.to_owned()));
        };
        holds(
            files_now <= files && threads_now <= threads,
            format!("no more than {files} open files and {threads} threads"),
            format!("{files_now} files and {threads_now} threads"),
        )?;
        Ok(Outcome::Passed)
    }
}
