//! Chores of this repository, run as `cargo xtask NAME`.
#![forbid(unsafe_code)]

#[cfg(test)]
mod artifact_schema;
mod bench;
mod bless;
#[cfg(test)]
mod c_header;
mod cargo;
mod files;
mod fuzz;
mod glob;
mod graph;
mod order;
#[cfg(test)]
mod public_api;
mod sanitize;
mod scan;
mod tidy;

use std::path::PathBuf;
use std::process::ExitCode;

const HELP: &str = "\
usage: cargo xtask COMMAND

  tidy             check the labelled invariants of ARCHITECTURE.md;
                   prints file:line: [INV-label] what, and the fix
  bless [ARGS...]  rewrite expected output from what the tests print;
                   ARGS go to cargo test (default: --workspace)
  fuzz [SECONDS] [TARGET...]
                   run the fuzz targets, each for SECONDS (default: 60);
                   needs cargo-fuzz and a C++ compiler
  bench [NAME...]  run the benches, and write benches/README.md, its plots and
                   the history; with names, print those benches' tables
  sanitize [ARGS...]
                   run the tests of what is unsafe with the sanitizer of addresses;
                   ARGS go to cargo test (default: those tests)
  order            write host/startup-order.txt: what short commands run, for
                   the linker to put side by side; needs valgrind
  help             print this text

exit status: 0 fine, 1 violations, failed tests or findings, 2 the chore could not run";

fn main() -> ExitCode {
    if let Some(ended) = sanitize::in_place_of_compiler() {
        return ended;
    }
    let mut args = std::env::args().skip(1);
    let command = args.next();
    let rest: Vec<String> = args.collect();
    let outcome = match (command.as_deref(), rest.is_empty()) {
        (Some("tidy"), true) => root().and_then(|root| tidy::run(&root)),
        (Some("bless"), _) => root().and_then(|root| bless::run(&root, &rest)),
        (Some("bench"), _) => root().and_then(|root| bench::run(&root, &rest)),
        (Some("order"), true) => root().and_then(|root| order::run(&root)),
        (Some("sanitize"), _) => root().and_then(|root| sanitize::run(&root, &rest)),
        (Some("fuzz"), _) => root().and_then(|root| fuzz::run(&root, &rest)),
        (Some("help" | "--help" | "-h"), true) => {
            println!("{HELP}");
            Ok(true)
        }
        (Some("tidy" | "order" | "help"), false) => {
            Err(format!("unexpected argument `{}`", rest[0]))
        }
        (Some(other), _) => Err(format!("no command `{other}`\n\n{HELP}")),
        (None, _) => Err(format!("a command is needed\n\n{HELP}")),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::from(2)
        }
    }
}

/// The repository's root. Cargo names the package's folder to what it runs.
fn root() -> Result<PathBuf, String> {
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .ok_or("CARGO_MANIFEST_DIR is not set; start this as `cargo xtask`")?;
    match PathBuf::from(package).parent() {
        Some(root) => Ok(root.to_path_buf()),
        None => Err("CARGO_MANIFEST_DIR has no parent folder".to_owned()),
    }
}
