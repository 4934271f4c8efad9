//! What a driver says that it would run.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::known::Known;
use super::names::Names;
use super::search::{in_path, is_executable};
use crate::child::run_tool;

/// The program that GCC starts to link, and which starts the linker.
const COLLECT: &str = "collect2";
/// Other names under which that program looks for a linker first.
const FIRST: [&str; 2] = ["real-ld", "collect-ld"];
/// The only option of ours that program takes out.
const CHOICE: &str = "-fuse-ld=";
/// What else it may take out, or act upon.
const NOT_LINKERS: [&str; 6] = ["-f", "-save-temps", "-dump", "-debug", "-v", "-###"];
/// Where the plugin of the linker writes if there is bitcode, a name that the
/// driver makes up each time.
const RESOLUTION: &str = "-plugin-opt=-fresolution=";

/// Asks a driver what it runs for these arguments. `None` if the answer is not
/// one of GCC, about one program.
pub(super) fn ask(driver: &str, file: &Path, given: &[String], names: &Names<'_>) -> Option<Known> {
    let mut command = Command::new(driver);
    command.arg("-###").args(given).env("LC_ALL", "C");
    let answer = run_tool(&mut command).ok()?;
    if !answer.status.success() {
        return None;
    }
    let said = String::from_utf8(answer.stderr).ok()?;
    // A program that starts the driver under another name may do more than that.
    if line_of(&said, "COLLECT_GCC=")? != driver {
        return None;
    }
    let mut commands = said.lines().filter_map(|line| line.strip_prefix(' '));
    let words = shell_words::split(commands.next()?).ok()?;
    if commands.next().is_some() {
        return None;
    }
    let (collect, args_of_linker) = words.split_first()?;
    let tools = folders(line_of(&said, "COMPILER_PATH=")?);
    let libraries = folders(line_of(&said, "LIBRARY_PATH=")?);
    let has_first = |folder: &PathBuf| FIRST.iter().any(|name| folder.join(name).exists());
    if Path::new(collect).file_name()? != COLLECT || tools.iter().any(has_first) {
        return None;
    }
    // Folders that are others in another working folder.
    if tools
        .iter()
        .chain(&libraries)
        .any(|folder| folder.is_relative())
    {
        return None;
    }
    let choice = args_of_linker
        .iter()
        .rev()
        .find_map(|arg| arg.strip_prefix(CHOICE));
    let linker = match choice {
        Some(choice) => format!("ld.{choice}"),
        None => "ld".to_owned(),
    };
    let among_tools = tools.iter().map(|folder| folder.join(&linker));
    let among_tools = among_tools
        .filter(|file| is_executable(file))
        .find_map(|file| {
            let name = file.to_str()?.to_owned();
            Some((name, file))
        });
    // A linker for another machine has another name in `PATH`.
    let is_native = line_of(&said, "Target: ")?.starts_with(std::env::consts::ARCH);
    let in_path = || is_native.then(|| Some((linker.clone(), in_path(&linker)?)))?;
    let (linker, linker_file) = among_tools.or_else(in_path)?;
    let args = args_of_linker.iter().filter(|arg| !arg.starts_with(CHOICE));
    let args = args.map(|arg| match arg.starts_with(RESOLUTION) {
        true => format!("{RESOLUTION}{}", names.inside("resolution")),
        false => arg.clone(),
    });
    let args = args.collect::<Vec<_>>();
    if args
        .iter()
        .any(|arg| NOT_LINKERS.iter().any(|not| arg.starts_with(not)))
    {
        return None;
    }
    // What the strategy named is linked whatever it is.
    let files = args
        .iter()
        .filter(|arg| arg.starts_with('/') && !given.contains(arg));
    let files = files.filter(|arg| !names.is_own(arg)).map(PathBuf::from);
    let own = [file.to_owned(), linker_file.clone(), collect.into()];
    let rules = libraries.iter().map(|folder| folder.join("specs"));
    let rules = rules.collect::<Vec<_>>();
    let seen = files.chain(own).chain(tools).chain(libraries).chain(rules);
    Some(Known {
        linker,
        file: linker_file,
        args: names.hide_in(&args),
        seen: Known::stamps(seen.collect::<BTreeSet<_>>()),
    })
}

/// What stands behind a name.
fn line_of<'a>(said: &'a str, name: &str) -> Option<&'a str> {
    said.lines().find_map(|line| line.strip_prefix(name))
}

fn folders(list: &str) -> Vec<PathBuf> {
    std::env::split_paths(list).collect()
}
