//! Reading the arguments, and what is said when they are wrong.

use std::ffi::OsString;
use std::process::ExitCode;

use beskid_plugin_api::codes::Code;
use clap::Parser;
use clap::error::ErrorKind;

use super::args::{Cli, MessageFormat};
use super::render::{self, Message, Severity};
use super::{lean, script};

/// The arguments of this process.
///
/// # Errors
/// The exit status, once help, version or what is wrong was written.
pub(super) fn parse() -> Result<Cli, ExitCode> {
    let args = script::mark(std::env::args_os().collect());
    let parsed = lean::parse(&args).map_or_else(|| Cli::try_parse_from(&args), Ok);
    let parsed = parsed.map(|mut cli| {
        script::unmark(&mut cli);
        cli
    });
    parsed.map_err(|error| {
        match asks_for_json(&args) {
            true => show(&error),
            // Nobody is left to be told that the stream is closed.
            false => drop(error.print()),
        }
        ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(super::FAILED))
    })
}

fn show(error: &clap::Error) {
    let text = error.render().to_string();
    match error.kind() {
        ErrorKind::DisplayHelp => answer("help", &text),
        ErrorKind::DisplayVersion => answer("version", &text),
        _ => render::message(&usage_message(&text), MessageFormat::Json),
    }
}

fn answer(key: &str, text: &str) {
    let value = serde_json::json!({ key: text.trim_end() });
    // A closed pipe is no failure, and of any other nobody could be told.
    let _ = render::value(MessageFormat::Json, &value, String::new);
}

/// E5304: clap writes what is wrong first, and then advice and usage.
fn usage_message(text: &str) -> Message {
    let text = text.trim();
    let text = text.strip_prefix("error: ").unwrap_or(text);
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let lines = rest.lines().map(str::trim).filter(|line| !line.is_empty());
    let notes = lines.filter(|line| !line.starts_with("For more information"));
    let notes = notes.map(str::to_owned).collect::<Vec<_>>();
    Message::new(Severity::Error, first)
        .with_notes(&notes)
        .with_code(Code::E5304)
        .with_help("`beskid --help` lists the commands and options")
}

/// Whether the arguments ask for JSON, as far as they can be told apart.
fn asks_for_json(args: &[OsString]) -> bool {
    let own = args.iter().take_while(|arg| *arg != "--");
    let own = own.filter_map(|arg| arg.to_str()).collect::<Vec<_>>();
    let mut last = own.iter().enumerate().filter_map(|(at, arg)| {
        let value = arg.strip_prefix("--message-format")?;
        match value.strip_prefix('=') {
            Some(value) => Some(value),
            None if value.is_empty() => own.get(at + 1).copied(),
            None => None,
        }
    });
    last.next_back() == Some("json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_asked_for_in_two_ways_before_the_programs_arguments() {
        let asks = |args: &[&str]| {
            let args = args.iter().map(OsString::from).collect::<Vec<_>>();
            asks_for_json(&args)
        };
        assert!(asks(&["beskid", "--message-format", "json", "--nonsense"]));
        assert!(asks(&["beskid", "run", "--message-format=json"]));
        assert!(!asks(&[
            "beskid",
            "run",
            "x",
            "--",
            "--message-format=json"
        ]));
        assert!(!asks(&["beskid", "--message-format=plain"]));
    }
}
