//! `beskid format`.

use std::path::{Path, PathBuf};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use serde_json::{Value, json};

use super::args::MessageFormat;
use super::render;
use super::source_args::FormatArgs;
use crate::failure::{Failure, Findings};
use crate::output;
use crate::project;
use crate::source::{Written, is_beskid, sources};

/// Exit status of wrong usage.
const USAGE: u8 = 2;

/// A source and its layout.
struct Formatted {
    path: PathBuf,
    new: Vec<u8>,
    changes: bool,
}

/// Lays sources out. Nothing is written if one of them does not parse (FMT-4).
pub(super) fn format(args: &FormatArgs, format: MessageFormat) -> Result<u8, Failure> {
    let paths = match &args.path {
        None => sources(&project::sources_here()?)?,
        Some(path) => {
            let is_folder = path.is_dir();
            if let Some(wrong) = wrong_usage(args, path, is_folder) {
                render::failure(&wrong.into(), format);
                return Ok(USAGE);
            }
            match is_folder {
                true => sources(path)?,
                false => vec![path.clone()],
            }
        }
    };
    let files = read_all(&paths)?;
    if args.check {
        return check(&files, format);
    }
    if args.write || args.path.is_none() {
        for file in files.iter().filter(|file| file.changes) {
            output::update(&file.path, &file.new)?;
        }
        tell(&files, "changed", format)?;
        return Ok(0);
    }
    for file in &files {
        one(file, args.output.as_deref(), format)?;
    }
    Ok(0)
}

fn wrong_usage(args: &FormatArgs, path: &Path, is_folder: bool) -> Option<Diagnostic> {
    let shown = path.display();
    let (message, help) = if is_folder {
        if args.write || args.check {
            return None;
        }
        let message = format!("`{shown}` is a folder, whose files have no one output");
        (message, "give `--write` or `--check`")
    } else if path.as_os_str() == "-" {
        if !args.write {
            return None;
        }
        let message = "`-` is standard input, which cannot be replaced".to_owned();
        (
            message,
            "leave out `--write`: the text goes to standard output",
        )
    } else if is_beskid(path) {
        return None;
    } else {
        let message = format!("`{shown}` is not a Beskid source `.bd`");
        (message, "give a file `.bd`, a folder, or `-`")
    };
    Some(Diagnostic::new(Code::E5304, message).help(help))
}

/// Every file and its layout, or what is wrong with any of them.
fn read_all(paths: &[PathBuf]) -> Result<Vec<Formatted>, Failure> {
    let mut files = Vec::new();
    let mut wrong = Vec::<Findings>::new();
    for path in paths {
        let written = Written::read(path)?;
        let (tree, diagnostics) = beskid_frontend::parse(written.text());
        match tree.as_ref().map(beskid_syntax::format) {
            Some(Ok(text)) if diagnostics.is_empty() => {
                let new = [written.preamble(), text.as_bytes()].concat();
                files.push(Formatted {
                    path: path.clone(),
                    changes: new != written.bytes(),
                    new,
                });
            }
            _ => wrong.push(Findings {
                path: written.shown(),
                text: String::from_utf8_lossy(written.text()).into_owned(),
                diagnostics,
            }),
        }
    }
    match wrong.is_empty() {
        true => Ok(files),
        false => Err(Failure::Source(wrong)),
    }
}

/// Names what would change.
fn check(files: &[Formatted], format: MessageFormat) -> Result<u8, Failure> {
    let differing = files.iter().filter(|file| file.changes);
    let names = differing.map(|file| file.path.display().to_string());
    let names = names.collect::<Vec<_>>();
    if format != MessageFormat::Json {
        render::lines(&names)?;
    }
    tell(files, "would change", format)?;
    Ok(u8::from(!names.is_empty()))
}

/// Says which files are others.
fn tell(files: &[Formatted], done: &str, format: MessageFormat) -> Result<(), Diagnostic> {
    let changed = files.iter().filter(|file| file.changes).count();
    render::silent(format, &value(files))?;
    render::aside(
        &format!("{changed} of {} files {done}", files.len()),
        format,
    );
    Ok(())
}

fn value(files: &[Formatted]) -> Value {
    let files = files.iter().map(|file| {
        let path = file.path.display().to_string();
        json!({ "path": path, "changes": file.changes })
    });
    json!({ "files": files.collect::<Vec<_>>() })
}

/// One text, to a file or to standard output.
fn one(file: &Formatted, to: Option<&Path>, format: MessageFormat) -> Result<(), Diagnostic> {
    match to {
        Some(to) => {
            output::write(to, &file.new)?;
            if !output::is_stdout(to) {
                render::silent(format, &value(std::slice::from_ref(file)))?;
            }
        }
        None if format == MessageFormat::Json => {
            let path = file.path.display().to_string();
            let text = String::from_utf8_lossy(&file.new);
            let value = json!({ "path": path, "changes": file.changes, "text": text });
            render::value(format, &value, String::new)?;
        }
        None => output::write_stdout(&file.new)?,
    }
    let changed = if file.changes { "changed" } else { "unchanged" };
    render::aside(&format!("{}: {changed}", file.path.display()), format);
    Ok(())
}
