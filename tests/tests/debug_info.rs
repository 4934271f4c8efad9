//! What `-g` says in an artifact, and that programs do the same with it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use beskid_plugin_api::artifact::CodegenArtifact;
use beskid_plugin_api::artifact::debug::{DebugInfo, Scope};
use beskid_tests::cases::{Case, cases_below};
use beskid_tests::command::{beskid, end, run};
use beskid_tests::language::DIRECTIVES;
use tempfile::TempDir;

const PROGRAM: &str = "type Pair {
    i64 a,
    i64 b,
}

i64 sum(Pair p, i64 times) {
    mut i64 total = 0;
    for i in range(0, times) {
        let both = p.a + p.b;
        total = total + both;
    }
    return total;
}

i64 main() {
    let name = \"sum\";
    if name == \"sum\" {
        return sum(Pair { a: 3, b: 4 }, 6);
    }
    return 0;
}
";

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("src")).unwrap();
    fs::write(folder.path().join("src/p.bd"), PROGRAM).unwrap();
    folder
}

/// The artifact that `emit` writes with these options.
fn emitted(folder: &Path, options: &[&str]) -> CodegenArtifact {
    let args = [&["artifact", "emit", "src/p.bd", "-o", "p.bska"], options].concat();
    run(folder, args).succeeds();
    CodegenArtifact::decode(fs::read(folder.join("p.bska")).unwrap()).unwrap()
}

fn names(debug: &DebugInfo) -> Vec<&str> {
    let scopes = debug.scopes.iter();
    let names = scopes.filter_map(|scope| match scope {
        Scope::Function(function) => Some(function.name.as_str()),
        Scope::Block { .. } => None,
    });
    names.collect()
}

/// What the path of a file starts from.
fn directory_of<'d>(debug: &'d DebugInfo, path: &str) -> &'d str {
    let file = debug.files.iter().find(|file| file.path == path);
    &file.unwrap().directory
}

#[test]
fn an_artifact_tells_debuggers_what_is_asked_and_nothing_else() {
    let folder = folder();
    let folder = folder.path();
    for options in [&["-g=none"][..], &["--optimize", "speed"]] {
        assert!(emitted(folder, options).debug().is_none(), "{options:?}");
    }
    let told = emitted(folder, &["-g"]);
    let debug = told.debug().unwrap();
    let names = names(debug);
    for name in ["sum", "main"] {
        assert!(names.contains(&name), "{names:?}");
    }
    let here = fs::canonicalize(folder).unwrap();
    let directory = fs::canonicalize(directory_of(debug, "src/p.bd")).unwrap();
    assert_eq!(directory, here);
    let total = debug.variables.iter().find(|found| found.name == "total");
    assert_eq!(total.unwrap().declared.line, 7);
    let text = end(beskid(folder).args(["artifact", "dump", "p.bska"])).succeeds();
    assert!(text.contains("\ndebug language 0xbe5d"), "{text}");
}

/// What is not optimized tells debuggers without being asked; so that it stays the same
/// wherever it is made, it says no working directory.
#[test]
fn what_is_told_without_being_asked_is_the_same_everywhere() {
    let (here, elsewhere) = (folder(), folder());
    let told = emitted(here.path(), &[]);
    let debug = told.debug().unwrap();
    assert_eq!(directory_of(debug, "src/p.bd"), "");
    let asked = emitted(here.path(), &["-g"]);
    let parts = |debug: &DebugInfo| (debug.scopes.len(), debug.positions.len());
    assert_eq!(parts(debug), parts(asked.debug().unwrap()));
    for folder in [&here, &elsewhere] {
        assert_eq!(
            run(folder.path(), ["artifact", "digest", "src/p.bd"]).succeeds(),
            format!("{}\n", told.digest())
        );
    }
}

#[test]
fn a_program_that_tells_debuggers_is_a_source_of_the_same_in_clif() {
    let folder = folder();
    let folder = folder.path();
    let told = emitted(folder, &["-g"]);
    let clif = run(folder, ["clif", "-g", "src/p.bd"]).succeeds();
    fs::write(folder.join("p.clif"), clif).unwrap();
    run(folder, ["artifact", "emit", "p.clif", "-o", "again.bska"]).succeeds();
    let again = CodegenArtifact::decode(fs::read(folder.join("again.bska")).unwrap()).unwrap();
    let (told, again) = (told.debug().unwrap(), again.debug().unwrap());
    // They are numbered in the order of the text.
    let ordered = |debug: &DebugInfo| {
        let positions = debug.positions.iter();
        let positions = positions.map(|position| (position.at.line, position.at.column));
        positions.collect::<BTreeSet<_>>()
    };
    assert_eq!(ordered(again), ordered(told));
    assert_eq!(again.types, told.types);
    assert_eq!(again.variables, told.variables);
    assert_eq!(names(again), names(told));
    let printed = run(folder, ["run", "p.clif"]).succeeds();
    assert_eq!(printed, run(folder, ["run", "-g", "src/p.bd"]).succeeds());
}

/// What a run with these arguments does; what is not the program's is left out.
fn done(folder: &Path, args: &[&str], case: &Case) -> (Option<i32>, String, String) {
    let mut command: Command = beskid(folder);
    command.env("BESKID_GC_STRESS", "1");
    // Backtraces tell lines where debuggers are told of them.
    command.env("BESKID_BACKTRACE", "0");
    let ended = end(command.args(args).arg(&case.path));
    (ended.status, ended.stdout, ended.stderr)
}

#[test]
fn programs_do_the_same_whether_debuggers_are_told_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let cases = cases_below("cases/language", &DIRECTIVES);
    let runs = cases.iter().filter(|case| case.all("error").is_empty());
    // Every third, so that all folders have some.
    let runs = runs.step_by(3).collect::<Vec<_>>();
    assert!(runs.len() >= 40, "{}", runs.len());
    for case in runs {
        let plain = done(folder.path(), &["run", "-g=none"], case);
        let told = done(folder.path(), &["run", "-g"], case);
        assert_eq!(plain, told, "{:?}", case.path);
    }
}

/// What was made for somebody who is told nothing is not used again for `-g`.
#[test]
fn builds_that_differ_in_what_debuggers_are_told_are_not_mixed_up() {
    let folder = folder();
    let folder = folder.path();
    let digest = |args: &[&str]| {
        let mut command = beskid(folder);
        command.env("BESKID_BUILD_CACHE", "yes");
        end(command.arg("-v").arg("run").args(args).arg("src/p.bd")).digest()
    };
    let ways = [&["-g=none"][..], &["-g"], &[]];
    let made = ways.map(digest);
    assert_eq!(BTreeSet::from(made.clone()).len(), ways.len(), "{made:?}");
    assert_eq!(ways.map(digest), made);
}
