//! What a case of the language says of itself, and whether `beskid` agrees.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::cases::Case;
use crate::command::{Ended, beskid, end};

/// The directives of a case: the rules that it is about; then what the compiler
/// says of it, and how its run ends.
pub const DIRECTIVES: [&str; 5] = ["rule", "result", "panic", "error", "warning"];

/// A way to run a program that prints the result as its last line: arguments, and
/// what the environment says besides.
pub type Way<'w> = (&'w [&'w str], &'w [(&'w str, &'w str)]);

/// The ways that every program is run: in memory at both levels of optimization,
/// through an object file, and with a collection at each allocation.
pub const WAYS: [Way<'static>; 4] = [
    (&["--optimize", "none"], &[]),
    (&["--optimize", "speed"], &[]),
    (&["--backend", "aot"], &[]),
    (&["--optimize", "speed"], &[("BESKID_GC_STRESS", "1")]),
];

/// A diagnostic: code, file (below the case's folder), line.
pub type Place = (String, String, u64);

/// Whether the compiler says what the case says that it does.
///
/// # Errors
/// What it says instead.
pub fn check_diagnostics(case: &Case, folder: &Path) -> Result<(), String> {
    let args = ["--message-format", "json", "analyze"];
    let ended = end(beskid(folder).args(args).arg(&case.path));
    let found = placed(case, &ended)?;
    let refused = !case.all("error").is_empty();
    // A program that is refused need not have all of its warnings yet.
    let counts = |(code, ..): &&Place| !refused || code.starts_with('E');
    let mut found = found.iter().filter(counts).cloned().collect::<Vec<_>>();
    let mut wanted = expected(case, "error");
    if !refused {
        wanted.extend(expected(case, "warning"));
    }
    found.sort();
    wanted.sort();
    let status = Some(i32::from(refused));
    if found != wanted || ended.status != status {
        return Err(format!(
            "{:?}: expected {wanted:#?}\n{:#?}\n{}",
            case.path, ended.status, ended.stderr
        ));
    }
    Ok(())
}

/// What a case expects under a key.
fn expected(case: &Case, key: &str) -> Vec<Place> {
    let entry = file_name(&case.path);
    let read = |text: &String| {
        let (code, place) = text.split_once(" @")?;
        let (file, line) = place.rsplit_once(':').unwrap_or((&entry, place));
        Some((code.to_owned(), file.to_owned(), line.parse().ok()?))
    };
    let all = case.all(key).iter();
    all.map(|text| read(text).unwrap_or_else(|| panic!("{:?}: `{text}`", case.path)))
        .collect()
}

/// The diagnostics that were printed as JSON, a line each.
fn placed(case: &Case, ended: &Ended) -> Result<Vec<Place>, String> {
    let folder = case.path.parent().unwrap_or(Path::new("/"));
    let mut found = Vec::new();
    for line in ended.stderr.lines() {
        let value = serde_json::from_str::<serde_json::Value>(line)
            .map_err(|error| format!("{:?}: {error}: {line}", case.path))?;
        let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        let path = text("path");
        let path = Path::new(&path);
        let path = path.strip_prefix(folder).unwrap_or(path);
        let line = value["line"].as_u64().unwrap_or_default();
        found.push((text("code"), path.display().to_string(), line));
    }
    Ok(found)
}

/// Whether a run that prints its result ends as the case says.
///
/// # Errors
/// How it ended instead.
pub fn check_run(case: &Case, folder: &Path, (args, variables): Way<'_>) -> Result<(), String> {
    let mut command = beskid(folder);
    command.envs(variables.iter().copied());
    let ended = end(command.args(args).arg("run").arg(&case.path));
    let what = format!("{args:?} {variables:?}");
    if case.get("panic").is_some() {
        return check_end(case, &ended, &ended.stdout, None, &what);
    }
    let printed = ended.stdout.strip_suffix('\n').unwrap_or_default();
    let (_, result) = printed.rsplit_once('\n').unwrap_or(("", printed));
    let printed = &ended.stdout[..printed.len() - result.len()];
    let status = match result {
        "ok" => Some(0),
        number => number.parse::<i64>().ok(),
    };
    if ended.status != Some(0) {
        return Err(format!("{:?} {what}: {ended:#?}", case.path));
    }
    check_end(case, &ended, printed, Some(status), &what)
}

/// Whether the executable that is built of a program ends as the case says.
///
/// # Errors
/// How it ended instead, or why it was not built.
pub fn check_executable(case: &Case, folder: &Path, args: &[&str]) -> Result<(), String> {
    let output = folder.join("program");
    let mut build = beskid(folder);
    build.args(args).arg("build").arg(&case.path);
    let built = end(build.arg("-o").arg(&output));
    if built.status != Some(0) {
        return Err(format!("{:?} {args:?}: {built:#?}", case.path));
    }
    let ended = end(&mut Command::new(&output));
    let status = ended.status.map(i64::from);
    let status = (case.get("panic").is_none()).then_some(status);
    check_end(case, &ended, &ended.stdout, status, "executable")
}

/// `status` is what `main` gave; `None` if the program is to panic.
fn check_end(
    case: &Case,
    ended: &Ended,
    printed: &str,
    status: Option<Option<i64>>,
    what: &str,
) -> Result<(), String> {
    let expected = expected_output(&case.path);
    let good = match (case.get("panic"), status) {
        (Some(message), None) => ended.status == Some(101) && panicked(case, message, ended),
        (None, Some(status)) => {
            let result = case.get("result").unwrap_or("0");
            let wanted = result.parse::<i64>().ok().map(|wanted| wanted & 0xff);
            status.map(|status| status & 0xff) == wanted
        }
        _ => false,
    };
    if good && printed == expected {
        return Ok(());
    }
    let path = &case.path;
    Err(format!(
        "{path:?} {what}: expected {expected:?}, ended as {ended:#?}"
    ))
}

/// Whether a program said the message; if that ends with `@LINE`, whether it said no more,
/// and that line.
fn panicked(case: &Case, message: &str, ended: &Ended) -> bool {
    let Some((message, line)) = message.rsplit_once(" @") else {
        return ended.stderr.contains(message);
    };
    let place = format!("{}:{line}:", file_name(&case.path));
    let mut lines = ended.stderr.lines();
    lines.any(|line| line.strip_prefix("panic: ") == Some(message))
        && lines.any(|line| line.starts_with("  at ") && line.contains(&place))
}

/// What a program prints: `NAME.stdout` beside `NAME.bd`.
fn expected_output(program: &Path) -> String {
    fs::read_to_string(program.with_extension("stdout")).unwrap_or_default()
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
