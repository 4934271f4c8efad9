//! How a plugin's process fails, in words.

use std::time::Duration;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::super::at_work::Task;
use crate::child::Ending;

/// Longest part of a line that is repeated, in characters.
const LONGEST: usize = 300;

/// What went wrong with a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::plugins) struct Fault {
    pub(super) kind: Kind,
    /// What the process wrote last to standard output or standard error.
    pub(super) said: Option<String>,
    /// Most memory that it might take, in MiB.
    pub(super) memory: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// It ended before it had answered.
    Ended(Ending),
    /// It was stopped after this time.
    TimedOut(Duration),
    /// It wrote what is no answer.
    Rubbish,
}

impl Fault {
    /// The last line of an output, in short; no line of a backtrace, which come
    /// after what says more.
    pub(super) fn last_line(said: &[u8]) -> Option<String> {
        let said = String::from_utf8_lossy(said);
        let is_told = |line: &&str| {
            let traced = [" ", "note: ", "stack backtrace:", "skipping backtrace"];
            !line.is_empty() && !traced.iter().any(|start| line.starts_with(start))
        };
        let line = said.lines().rfind(is_told)?;
        Some(line.trim_end().chars().take(LONGEST).collect())
    }

    fn words(&self) -> String {
        match &self.kind {
            Kind::Ended(ending) => format!("ended with {ending}"),
            Kind::TimedOut(time) => format!("did not come back within {} s", time.as_secs()),
            Kind::Rubbish => "answered with what is no answer".to_owned(),
        }
    }

    /// E5162 to E5164: an isolated plugin has failed at its work.
    pub(in crate::plugins) fn at_work(&self, id: &str, task: Task) -> Diagnostic {
        let code = match self.kind {
            Kind::Ended(_) => Code::E5162,
            Kind::TimedOut(_) => Code::E5163,
            Kind::Rubbish => Code::E5164,
        };
        let (words, task) = (self.words(), task.words());
        let message = format!("the process of plugin `{id}` {words} while the plugin {task}");
        let help = match self.kind {
            Kind::TimedOut(_) => {
                format!("give it more time, `[plugins.{id}] time-limit = SECONDS`, or report this")
            }
            _ => "report this to the author of the plugin".to_owned(),
        };
        self.noted(Diagnostic::new(code, message).plugin(id))
            .help(help)
    }

    /// E5118: a plugin has failed when it was loaded for the first time.
    pub(in crate::plugins) fn at_first_use(&self, id: &str) -> Diagnostic {
        let words = self.words();
        let message = format!("the process that first loaded plugin `{id}` {words}");
        let diagnostic = Diagnostic::new(Code::E5118, message).plugin(id);
        self.noted(diagnostic)
            .help("rebuild the plugin on this machine, or report this to its author")
    }

    fn noted(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        if let Some(line) = &self.said {
            diagnostic = diagnostic.note(format!("it said: {line}"));
        }
        let is_memory = self
            .said
            .as_ref()
            .is_some_and(|line| line.contains("memory"));
        if is_memory {
            let memory = self.memory;
            diagnostic = diagnostic.note(format!(
                "it may take {memory} MiB (`memory-limit` under `[plugins.NAME]`)"
            ));
        }
        diagnostic
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_names_the_plugin_the_task_and_what_was_said_last() {
        let said = b"one\nout of memory\nskipping backtrace printing\nstack backtrace:\n   0: f\nnote: Some\n\n";
        let said = Fault::last_line(said);
        let mut fault = Fault {
            kind: Kind::Ended(Ending::Killed(libc::SIGABRT)),
            said,
            memory: 64,
        };
        let diagnostic = fault.at_work("far", Task::Plan);
        assert_eq!(
            diagnostic.to_string(),
            "E5162: the process of plugin `far` ended with SIGABRT while the plugin planned the link"
        );
        assert_eq!(diagnostic.notes[0], "it said: out of memory");
        assert!(diagnostic.notes[1].contains("64 MiB"));
        fault.kind = Kind::TimedOut(Duration::from_secs(3));
        let diagnostic = fault.at_work("far", Task::Compile);
        assert_eq!(diagnostic.code, "E5163");
        assert!(diagnostic.help.unwrap().contains("[plugins.far]"));
        fault.kind = Kind::Rubbish;
        assert_eq!(fault.at_work("far", Task::Load).code, "E5164");
        assert_eq!(fault.at_first_use("far").code, "E5118");
    }
}
