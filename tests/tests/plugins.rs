//! Plugins as files: they do the work of the built-ins, alike, and broken ones
//! are refused before any of their code runs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use beskid_plugin_api::manifest::{CONTRACT, TARGET};
use beskid_tests::built::built;
use beskid_tests::cases::examples;
use beskid_tests::command::{Ended, beskid, end, run};
use beskid_tests::plugin_files::change;

/// `beskid` with both backends and the unix strategy loaded from files.
fn with_plugin_files(folder: &Path) -> Command {
    let mut command = beskid(folder);
    for name in ["backend_jit", "backend_aot", "linker_unix"] {
        command.arg("--plugin").arg(built().plugin(name));
    }
    command.arg("-v");
    command
}

fn assert_loaded(ended: &Ended, name: &str) {
    let file = built().plugin(name).display().to_string();
    let expected = format!("origin={file}");
    assert!(ended.stderr.contains(&expected), "{expected} in {ended:#?}");
}

#[test]
fn bk_2_plugin_files_and_built_ins_give_the_same_results_and_artifacts() {
    let folder = tempfile::tempdir().unwrap();
    for program in examples() {
        for (backend, file) in [("jit", "backend_jit"), ("aot", "backend_aot")] {
            let mut builtin = beskid(folder.path());
            let builtin = end(builtin
                .args(["-v", "--backend", backend, "run"])
                .arg(&program));
            let mut loaded = with_plugin_files(folder.path());
            let loaded = end(loaded.args(["--backend", backend, "run"]).arg(&program));
            assert_loaded(&loaded, file);
            assert_eq!(loaded.stdout, builtin.stdout, "{program:?}");
            assert_eq!(loaded.status, Some(0), "{loaded:#?}");
            assert_eq!(loaded.digest(), builtin.digest(), "{program:?}");
        }
        let outputs = ["builtin", "loaded"].map(|name| folder.path().join(name));
        let builtin = end(beskid(folder.path())
            .arg("build")
            .arg(&program)
            .arg("-o")
            .arg(&outputs[0]));
        builtin.succeeds();
        let mut loaded = with_plugin_files(folder.path());
        let loaded = end(loaded.arg("build").arg(&program).arg("-o").arg(&outputs[1]));
        assert_loaded(&loaded, "backend_aot");
        assert_loaded(&loaded, "linker_unix");
        let line = format!("link: unix ({}", built().plugin("linker_unix").display());
        assert!(loaded.succeeds().contains(&line), "{line}");
        let [builtin, loaded] = outputs.map(|path| fs::read(path).unwrap());
        assert!(builtin == loaded, "{program:?}: the executables differ");
    }
}

#[test]
fn the_listing_shows_which_plugin_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let plain = run(folder.path(), ["plugin", "list"]).succeeds();
    let rows = plain.lines().filter(|line| !line.starts_with(' '));
    let ids = rows.map(|line| line.split_whitespace().take(2).collect::<Vec<_>>());
    let expected = [
        ["backend", "aot"],
        ["backend", "jit"],
        ["linker", "apple"],
        ["linker", "unix"],
        ["linker", "windows"],
    ];
    assert!(ids.eq(expected), "exactly the built-ins: {plain}");

    let jit = built().plugin("backend_jit");
    let listed = end(beskid(folder.path())
        .arg("--plugin")
        .arg(jit)
        .args(["plugin", "list"]));
    let listed = listed.succeeds();
    let jits = listed
        .lines()
        .filter(|line| line.contains(" jit "))
        .collect::<Vec<_>>();
    assert_eq!(jits.len(), 2, "{listed}");
    assert!(jits[0].contains(&jit.display().to_string()), "{listed}");
    assert!(jits[0].contains(" active "), "{listed}");
    assert!(
        jits[1].contains(" shadowed ") && jits[1].ends_with("built-in"),
        "{listed}"
    );

    let inspected = end(beskid(folder.path()).args(["plugin", "inspect"]).arg(jit)).succeeds();
    for fact in [
        "id:           jit",
        "kind:         backend",
        TARGET,
        CONTRACT,
        "result:       pass",
    ] {
        assert!(inspected.contains(fact), "{fact} in {inspected}");
    }
}

#[test]
fn two_files_with_one_id_are_an_error_that_names_both() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("libcopy.so");
    fs::copy(built().plugin("backend_jit"), &copy).unwrap();
    let both = || {
        let mut command = beskid(folder.path());
        command
            .arg("--plugin")
            .arg(built().plugin("backend_jit"))
            .arg("--plugin")
            .arg(&copy);
        end(command.args(["plugin", "list"]))
    };
    // The same file is the same plugin.
    both().succeeds();
    change(&copy);
    let message = both().fails_with("E5107");
    assert!(message.contains("libcopy.so") && message.contains("libbeskid_backend_jit"));
}

#[test]
fn a_projects_own_file_cannot_load_plugins() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("beskid.toml"),
        "plugin = [\"./evil.so\"]\n",
    )
    .unwrap();
    let message = run(folder.path(), ["plugin", "list"]).fails_with("E5302");
    assert!(
        message.contains("beskid.toml") && message.contains("plugin"),
        "{message}"
    );
}

#[test]
fn what_is_no_plugin_is_refused_with_one_clear_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("text.so"), "hello, I am text").unwrap();
    fs::write(path("empty.so"), "").unwrap();
    compile_c(&path("executable"), "int main(void) { return 0; }", &[]);
    compile_c(
        &path("plain.so"),
        "int f(void) { return 1; }",
        &["-shared", "-fPIC"],
    );
    compile_c(&path("object.o"), "int f(void) { return 1; }", &["-c"]);
    let cases = [
        (".", "E5101", "it is a directory"),
        ("empty.so", "E5101", "not an ELF file"),
        ("text.so", "E5101", "not an ELF file"),
        ("executable", "E5101", "it is an executable"),
        ("object.o", "E5101", "not a shared library"),
        ("plain.so", "E5102", "no manifest"),
    ];
    for (name, code, reason) in cases {
        let message = refuse(folder.path(), &path(name), code);
        assert!(message.contains(reason), "{name}: {message}");
    }
    // What is not there may have been meant for a name.
    let inspect = ["plugin", "inspect", "missing.so"];
    let message = run(folder.path(), inspect).fails_with("E5101");
    for part in ["No such file", "a name that `beskid plugin list` shows"] {
        assert!(message.contains(part), "{part} in {message}");
    }
}

#[test]
fn a_plugin_built_for_something_else_names_field_values_and_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let other_target = TARGET.replace("linux", "plan9");
    let other_contract = CONTRACT.chars().rev().collect::<String>();
    let patches = [
        (
            "\napi=1.0\n",
            "\napi=9.0\n",
            "E5103",
            "plugin-api 9.0, this host supports 1.0 to 1.0",
        ),
        ("\napi=1.0\n", "\napi=1.7\n", "E5103", "plugin-api 1.7"),
        (TARGET, &other_target, "E5104", "plan9"),
        (CONTRACT, &other_contract, "E5105", &other_contract),
        (
            "\npanic=unwind\n",
            "\npanic=aborts\n",
            "E5102",
            "panic=aborts",
        ),
        (
            "\npanic=unwind\n",
            "\npanic=abort\n\n",
            "E5102",
            "not `key=value`",
        ),
        ("\nid=jit\n", "\nid=J!T\n", "E5102", "id=J!T"),
    ];
    for (from, to, code, reason) in patches {
        let plugin = patched(folder.path(), from, to);
        let message = refuse(folder.path(), &plugin, code);
        assert!(
            message.contains(reason) && message.contains("help:"),
            "{to}: {message}"
        );
    }
    let from = "\npanic=unwind\ncapabilities=";
    let plugin = patched(folder.path(), from, "\npanic=abort\ncapabilities=,");
    assert!(refuse(folder.path(), &plugin, "E5106").contains("panic=abort"));
}

#[test]
fn a_plugin_that_lies_about_itself_is_refused_when_it_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let plugin = patched(folder.path(), "\nid=jit\n", "\nid=git\n");
    fs::write(folder.path().join("p.bd"), "unit main() { }").unwrap();
    let mut command = beskid(folder.path());
    command
        .arg("--plugin")
        .arg(&plugin)
        .args(["--backend", "git", "run", "p.bd"]);
    assert!(end(&mut command).fails_with("E5111").contains("`git`"));
}

#[test]
fn truncated_plugins_never_reach_the_loader() {
    let folder = tempfile::tempdir().unwrap();
    let whole = fs::read(built().plugin("linker_unix")).unwrap();
    let plugin = folder.path().join("truncated.so");
    for part in [
        1,
        16,
        63,
        64,
        500,
        4096,
        whole.len() / 3,
        whole.len() / 2,
        whole.len() * 2 / 3,
    ] {
        fs::write(&plugin, &whole[..part]).unwrap();
        let ended = load(folder.path(), &plugin);
        assert_eq!(ended.status, Some(1), "{part}: {ended:#?}");
        assert!(ended.stderr.starts_with("error[E51"), "{part}: {ended:#?}");
    }
}

#[test]
fn vetting_survives_any_flipped_byte_in_the_headers() {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = fs::read(built().plugin("linker_apple")).unwrap();
    let path = folder.path().join("flipped.so");
    for at in (0..1024).step_by(7) {
        bytes[at] ^= 0xff;
        fs::write(&path, &bytes).unwrap();
        // Accepted or refused, but always decided.
        let _ = beskid_host::vet(&path);
        bytes[at] ^= 0xff;
    }
}

fn load(folder: &Path, plugin: &Path) -> Ended {
    end(beskid(folder)
        .arg("--plugin")
        .arg(plugin)
        .args(["plugin", "list"]))
}

#[track_caller]
fn refuse(folder: &Path, plugin: &Path, code: &str) -> String {
    let inspected = end(beskid(folder).args(["plugin", "inspect"]).arg(plugin));
    assert_eq!(inspected.status, Some(1), "{inspected:#?}");
    let loaded = load(folder, plugin).fails_with(code);
    assert_eq!(inspected.stderr, loaded, "inspect says the same");
    // What it says of itself is shown all the same.
    let result = format!("result:       refused {code}\n");
    let shown = inspected.stdout.is_empty() || inspected.stdout.ends_with(&result);
    assert!(shown, "{inspected:#?}");
    loaded
}

/// A copy of the JIT backend's file with another manifest.
fn patched(folder: &Path, from: &str, to: &str) -> PathBuf {
    assert_eq!(from.len(), to.len());
    let mut bytes = fs::read(built().plugin("backend_jit")).unwrap();
    let manifest = bytes
        .windows(7)
        .position(|window| window == b"Beskid\0")
        .unwrap();
    let found = bytes[manifest..]
        .windows(from.len())
        .position(|window| window == from.as_bytes());
    let at = manifest + found.unwrap_or_else(|| panic!("{from:?} is not in the manifest"));
    bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    let path = folder.join("libpatched.so");
    fs::write(&path, bytes).unwrap();
    path
}

fn compile_c(output: &Path, source: &str, flags: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("source.c");
    fs::write(&input, source).unwrap();
    let status = Command::new("cc")
        .args(flags)
        .arg(&input)
        .arg("-o")
        .arg(output)
        .status();
    assert!(status.unwrap().success());
}
