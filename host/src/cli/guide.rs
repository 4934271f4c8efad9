//! What the program tells of itself: error codes, manual pages, completions.

use beskid_plugin_api::codes::{self, Code};
use beskid_plugin_api::diagnostic::Diagnostic;
use clap::CommandFactory;
use clap_complete::Shell;
use serde_json::json;

use super::args::{Cli, MessageFormat};
use super::render;

/// Says what an error code means.
///
/// # Errors
/// E5305 if there is no such code.
pub(super) fn explain(code: &str, format: MessageFormat) -> Result<(), Diagnostic> {
    let mut wanted = code.trim().to_ascii_uppercase();
    let mut meaning = codes::meaning(&wanted);
    if meaning.is_none() {
        // What is an error may be told as a warning, and the other way round.
        let other = match wanted.strip_prefix('W') {
            Some(number) => format!("E{number}"),
            None => wanted.replacen('E', "W", 1),
        };
        meaning = codes::meaning(&other);
        wanted = other;
    }
    let meaning = meaning.ok_or_else(|| {
        Diagnostic::new(Code::E5305, format!("there is no error code `{code}`"))
            .help("codes are `E` or `W` and four digits, such as `E4021`")
    })?;
    let value = json!({ "code": wanted, "explanation": meaning.to_string() });
    render::value(format, &value, || format!("{wanted}: {meaning}"))
}

/// Writes the script that completes the command line in a shell.
pub(super) fn completions(shell: Shell, format: MessageFormat) -> Result<(), Diagnostic> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "beskid", &mut script);
    let script = String::from_utf8_lossy(&script);
    let value = json!({ "shell": shell.to_string(), "script": script });
    render::value(format, &value, || script.trim_end().to_owned())
}

/// Writes the manual page of the program, or of one of its commands.
///
/// # Errors
/// E5305 if there is no such command.
pub(super) fn man(command: &[String], format: MessageFormat) -> Result<(), Diagnostic> {
    let mut found = Cli::command();
    found.build();
    for name in command {
        let inner = found.find_subcommand(name).cloned();
        found = inner.ok_or_else(|| {
            let message = format!("there is no command `{}`", command.join(" "));
            Diagnostic::new(Code::E5305, message).help("`beskid --help` lists the commands")
        })?;
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(found)
        .render(&mut page)
        .map_err(|error| Diagnostic::new(Code::E4040, format!("cannot write a page: {error}")))?;
    let page = String::from_utf8_lossy(&page);
    let value = json!({ "man": page });
    render::value(format, &value, || page.trim_end().to_owned())
}
