//! What an embedder's program is built of.

use std::process::Command;

/// The packages that a build of the library for embedders is made of.
fn packages(features: &[&str]) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--package", "beskid-host"])
        .args(["--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .args(features)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let lines = String::from_utf8(output.stdout).unwrap();
    let names = lines.lines().filter_map(|line| line.split(' ').next());
    names.map(str::to_owned).collect()
}

#[test]
fn embedders_get_no_command_line() {
    let of_commands = ["clap", "clap_mangen", "lsp-server", "tracing-subscriber"];
    let whole = packages(&[]);
    let library = packages(&["--no-default-features"]);
    assert!(
        library.iter().any(|name| name == "beskid-clif"),
        "{library:?}"
    );
    for name in of_commands {
        assert!(whole.iter().any(|package| package == name), "{name}");
        assert!(!library.iter().any(|package| package == name), "{name}");
    }
}
