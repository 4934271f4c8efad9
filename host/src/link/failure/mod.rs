//! What is said of a tool that failed.

mod classify;

use std::fmt::Write as _;
use std::process::{Command, Output};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::tools::ToolCall;

use super::scan::SymbolScan;
use crate::cache::keep_log;
use crate::child::run_tool;
use classify::{Cause, Subjects, classify};

/// Most symbols that are named one by one: command and messages must have room
/// among the notes that are shown.
const MOST_SUBJECTS: usize = 15;
/// Most lines of a tool's messages that are shown; all of them are kept.
const MOST_LINES: usize = 60;
/// Most characters of such a line that are shown.
const MOST_CHARACTERS: usize = 2000;

/// A command that a step runs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tool<'t> {
    pub(super) role: &'t str,
    pub(super) program: &'t str,
    /// The command as one would type it into a shell.
    pub(super) line: &'t str,
}

/// E4021 for a tool that ran and failed, or E4020 if it is no such tool.
pub(super) fn failed(tool: Tool<'_>, output: &Output, scan: Option<&SymbolScan>) -> Diagnostic {
    let messages = messages(output);
    if messages.trim().is_empty() && !answers(tool.program) {
        let Tool { role, program, .. } = tool;
        let message = format!("`{program}` is no {role}: it fails and says nothing");
        return Diagnostic::new(Code::E4020, message)
            .note(format!("command: {}", tool.line))
            .note("it does not answer `--version` either")
            .help("name another program: `CC`, `AR`, or `[tools]` in the configuration");
    }
    let summary = format!("the {} failed: {}", tool.role, output.status);
    let mut diagnostic = Diagnostic::new(Code::E4021, summary);
    let causes = classify(&messages);
    for (cause, subjects) in &causes {
        diagnostic.notes.extend(facts(*cause, subjects, scan));
    }
    diagnostic.notes.push(format!("command: {}", tool.line));
    if !messages.trim().is_empty() {
        let shown = shown(&messages);
        diagnostic.notes.push(format!("its messages:\n{shown}"));
    }
    if let Some(path) = keep_log(&format!("{}\n\n{messages}", tool.line)) {
        let note = format!("command and messages are kept in {}", path.display());
        diagnostic.notes.push(note);
    }
    let cause = causes.first_key_value();
    diagnostic.help(cause.map_or("read the tool's messages above", |(cause, _)| cause.help()))
}

/// Standard error, or standard output of tools that write their errors there.
fn messages(output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr);
    if stderr.trim().is_empty() {
        String::from_utf8_lossy(&output.stdout).into_owned()
    } else {
        stderr.into_owned()
    }
}

/// Whether a program is one that tells its version.
fn answers(program: &str) -> bool {
    let output = run_tool(Command::new(program).arg("--version"));
    output.is_ok_and(|output| output.status.success() && !output.stdout.is_empty())
}

fn facts(cause: Cause, subjects: &Subjects, scan: Option<&SymbolScan>) -> Vec<String> {
    let mut facts = Vec::new();
    if subjects.is_empty() {
        facts.push(format!("cause: {}", cause.name()));
    }
    for (subject, concerned) in subjects.iter().take(MOST_SUBJECTS) {
        let mut fact = format!("{}: {subject}", cause.name());
        let inputs = scan
            .filter(|_| cause == Cause::UndefinedSymbol)
            .and_then(|scan| scan.needed_by(subject));
        let concerned = inputs.into_iter().chain(concerned.iter().cloned());
        let concerned = concerned.collect::<Vec<_>>().join(", ");
        if !concerned.is_empty() {
            let _ = write!(fact, " ({concerned})");
        }
        facts.push(fact);
    }
    if subjects.len() > MOST_SUBJECTS {
        facts.push(format!("and {} more", subjects.len() - MOST_SUBJECTS));
    }
    facts
}

/// The first and the last of many lines.
fn shown(messages: &str) -> String {
    let lines = messages.trim_end().lines().map(shortened);
    let lines = lines.collect::<Vec<_>>();
    if lines.len() <= MOST_LINES {
        return lines.join("\n");
    }
    let (first, rest) = lines.split_at(MOST_LINES / 2);
    let (left_out, last) = rest.split_at(rest.len() - MOST_LINES / 2);
    let gap = format!("… {} lines are left out here …", left_out.len());
    [&first.join("\n"), &gap, &last.join("\n")]
        .map(String::as_str)
        .join("\n")
}

fn shortened(line: &str) -> String {
    let mut end = line.char_indices().skip(MOST_CHARACTERS);
    match end.next() {
        Some((end, _)) => format!("{} … and {} bytes more", &line[..end], line.len() - end),
        None => line.to_owned(),
    }
}

/// A command as one would type it into a shell.
pub(super) fn command_line(call: &ToolCall) -> String {
    let env = call.env.iter();
    let env = env.map(|(name, value)| format!("{name}={} ", quoted(value)));
    let mut line = env.collect::<String>() + &quoted(&call.program);
    for arg in &call.args {
        line.push(' ');
        line.push_str(&quoted(arg));
    }
    line
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,+:@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lk_6_the_command_can_be_pasted_into_a_shell() {
        let call = ToolCall::new("C driver", ["cc"], ["-o", "a b", "it's"]);
        assert_eq!(command_line(&call), "cc -o 'a b' 'it'\\''s'");
        let call = call.with_env("ZERO_AR_DATE", "1").with_env("A", "b c");
        assert_eq!(
            command_line(&call),
            "A='b c' ZERO_AR_DATE=1 cc -o 'a b' 'it'\\''s'"
        );
    }

    #[test]
    fn lk_6_of_many_lines_the_first_and_the_last_are_shown() {
        let many = (0..1000).map(|line| format!("line {line}\n"));
        let shown = shown(&many.collect::<String>());
        assert!(
            shown.starts_with("line 0\n") && shown.ends_with("line 999"),
            "{shown}"
        );
        assert!(shown.contains("… 940 lines are left out here …"), "{shown}");
    }
}
