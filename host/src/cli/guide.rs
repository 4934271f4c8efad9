//! What the program tells of itself: error codes, manual pages, completions.

use beskid_plugin_api::diagnostic::Diagnostic;
use clap::CommandFactory;
use clap_complete::Shell;
use serde_json::json;

use super::args::{Cli, MessageFormat};
use super::render;

/// The list of error codes.
const ERRORS: &str = include_str!("../../../docs/errors.md");

/// Says what an error code means.
///
/// # Errors
/// E5305 if there is no such code.
pub(super) fn explain(code: &str, format: MessageFormat) -> Result<(), Diagnostic> {
    let wanted = code.trim().to_ascii_uppercase();
    let text = meaning(&wanted).ok_or_else(|| {
        Diagnostic::new("E5305", format!("there is no error code `{code}`"))
            .help("codes are `E` and four digits, such as `E4021`")
    })?;
    let value = json!({ "code": wanted, "explanation": text });
    render::value(format, &value, || format!("{wanted}: {text}"))
}

fn meaning(code: &str) -> Option<String> {
    let begin = format!("- **{code}** ");
    let mut lines = ERRORS.lines();
    let first = lines.find_map(|line| line.strip_prefix(&begin))?;
    let rest = lines.take_while(|line| line.starts_with("  "));
    let lines = std::iter::once(first).chain(rest.map(str::trim));
    Some(lines.collect::<Vec<_>>().join(" "))
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
            Diagnostic::new("E5305", message).help("`beskid --help` lists the commands")
        })?;
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(found)
        .render(&mut page)
        .map_err(|error| Diagnostic::new("E4040", format!("cannot write a page: {error}")))?;
    let page = String::from_utf8_lossy(&page);
    let value = json!({ "man": page });
    render::value(format, &value, || page.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_code_is_explained() {
        let codes = ERRORS.lines().filter_map(|line| {
            let (code, _) = line.strip_prefix("- **")?.split_once("**")?;
            Some(code)
        });
        let codes = codes.collect::<Vec<_>>();
        assert!(codes.len() > 80, "{codes:?}");
        for code in codes {
            assert!(meaning(code).is_some_and(|text| !text.is_empty()), "{code}");
        }
        assert_eq!(meaning("E9999"), None);
    }
}
