//! Folders of plugins: what is found in them, which comes before which, and what
//! nobody has to suffer from.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::Path;

use beskid_tests::built::built;
use beskid_tests::command::{end, run};
use beskid_tests::desk::Desk;
use beskid_tests::plugin_files::{change, write_faulty, write_stale};
use serde_json::Value;

/// What `plugin which` says of `faulty`, with options before it.
fn which(desk: &Desk, options: &[&str]) -> String {
    end(desk
        .command()
        .args(options)
        .args(["plugin", "which", "faulty"]))
    .succeeds()
}

#[test]
fn what_is_named_comes_before_folders_and_those_before_built_ins() {
    let desk = Desk::new();
    let path = |name: &str| desk.path(name);
    fs::create_dir(path("dir")).unwrap();
    let places = [
        desk.system().join("a.so"),
        desk.user().join("b.so"),
        path("dir").join("c.so"),
        path("variable.so"),
        path("option.so"),
    ];
    for (at, file) in places.iter().enumerate() {
        // An earlier version in the place that comes before others.
        write_faulty(file, &format!("0.1.{}", 9 - at));
    }
    let [system, user, folder, variable, option] =
        places.each_ref().map(|path| path.to_str().unwrap());
    assert!(which(&desk, &[]).contains(user), "{}", which(&desk, &[]));
    fs::remove_file(user).unwrap();
    assert!(which(&desk, &[]).contains(system));
    write_faulty(Path::new(user), "0.1.8");
    let dir = path("dir");
    let with_dir = ["--plugin-dir", dir.to_str().unwrap()];
    let found = which(&desk, &with_dir);
    let first = found.lines().next().unwrap();
    assert!(first.contains(folder), "{found}");
    assert!(found.lines().nth(1).unwrap().contains(user), "{found}");
    assert!(found.lines().nth(2).unwrap().contains(system), "{found}");

    // The variable and the option add up, and the option comes first.
    let both = |args: &[&str]| {
        let mut command = desk.command();
        command.env("BESKID_PLUGIN", variable).args(args);
        end(command.args(["plugin", "which", "faulty"])).succeeds()
    };
    assert!(both(&with_dir).lines().next().unwrap().contains(variable));
    let all = both(&["--plugin", option]);
    assert!(all.lines().next().unwrap().contains(option), "{all}");
    assert!(all.lines().nth(1).unwrap().contains(variable), "{all}");
    let mut command = desk.command();
    command.env("BESKID_PLUGIN", built().plugin("linker_unix"));
    let listed = end(command.args(["--plugin", option, "plugin", "list"])).succeeds();
    for place in ["--plugin ", "BESKID_PLUGIN "] {
        assert!(listed.contains(place), "{place} in {listed}");
    }
}

#[test]
fn a_file_of_a_folder_takes_the_place_of_a_built_in() {
    let desk = Desk::new();
    let file = desk.user().join("jit.so");
    fs::copy(built().plugin("backend_jit"), &file).unwrap();
    let mut command = desk.command();
    let ran = end(command.args(["-v", "run", "p.bd"]));
    assert!(ran.stderr.contains(file.to_str().unwrap()), "{ran:#?}");
    assert_eq!(ran.succeeds(), "42\n");
    let states = desk.rows("");
    let jit = states.iter().filter(|row| row["id"] == "jit");
    let jit = jit.map(|row| {
        (
            row["source"].as_str().unwrap(),
            row["state"].as_str().unwrap(),
        )
    });
    assert_eq!(
        jit.collect::<Vec<_>>(),
        [("user", "active"), ("built-in", "shadowed")]
    );
}

#[test]
fn a_file_that_cannot_be_used_is_a_row_and_stops_nobody() {
    let desk = Desk::new();
    let user = desk.user();
    write_stale(&user.join("stale.so"));
    fs::write(user.join("text.so"), "no library").unwrap();
    fs::write(user.join("notes.txt"), "no library").unwrap();
    let whole = fs::read(built().plugin("linker_unix")).unwrap();
    fs::write(user.join("cut.so"), &whole[..whole.len() / 2]).unwrap();
    assert_eq!(end(desk.command().args(["run", "p.bd"])).succeeds(), "42\n");
    let rows = desk.rows("");
    let row = |name: &str| {
        let path = user.join(name).display().to_string();
        rows.iter().find(|row| row["path"] == path)
    };
    let stale = row("stale.so").unwrap();
    assert_eq!(stale["state"], "refused");
    assert_eq!(stale["refusal"]["code"], "E5105");
    assert_eq!(stale["id"], "faulty");
    let cut = row("cut.so").unwrap();
    assert_eq!(cut["refusal"]["code"], "E5101");
    assert_eq!(row("text.so"), None);
    // The built-in of the id of the file that was cut is still what it means.
    let unix = rows
        .iter()
        .find(|row| row["id"] == "unix" && row["source"] == "built-in");
    assert_eq!(unix.unwrap()["state"], "active");
    let listed = end(desk.command().args(["plugin", "list"])).succeeds();
    assert!(listed.contains("refused"), "{listed}");
    assert!(listed.contains("E5105: plugin `faulty`"), "{listed}");

    // It is an error for whoever needs it.
    let needs = end(desk.command().args(["--backend", "faulty", "run", "p.bd"]));
    needs.fails_with("E5105");
    end(desk.command().args(["plugin", "which", "faulty"])).fails_with("E5105");
    let told = end(desk.command().args(["-v", "plugin", "list"]));
    assert!(
        told.stderr
            .contains("text.so`: it is not a 64-bit ELF file"),
        "{told:#?}"
    );
    assert!(!told.stderr.contains("notes.txt"), "{told:#?}");
    // A sound file of another folder is used in its place.
    write_faulty(&desk.system().join("sound.so"), "0.1.1");
    let used = end(desk.command().args(["--backend", "faulty", "run", "p.bd"]));
    assert_eq!(used.succeeds(), "42\n");
}

#[test]
fn a_manifest_that_is_malformed_is_a_row_with_what_it_says() {
    let desk = Desk::new();
    let file = desk.user().join("odd.so");
    let mut bytes = fs::read(built().plugin("faulty_backend")).unwrap();
    let at = bytes
        .windows(14)
        .position(|found| found == b"\npanic=unwind\n");
    bytes[at.unwrap() + 12] = b'?';
    fs::write(&file, bytes).unwrap();
    let rows = desk.rows("");
    let row = rows.iter().find(|row| row["source"] == "user").unwrap();
    assert_eq!(row["id"], "faulty");
    assert_eq!(row["refusal"]["code"], "E5102");
    end(desk.command().args(["--backend", "faulty", "run", "p.bd"])).fails_with("E5102");
    let inspected = end(desk.command().args(["plugin", "inspect"]).arg(&file));
    assert_eq!(inspected.status, Some(1));
    assert!(
        inspected.stdout.contains("id:           faulty"),
        "{inspected:#?}"
    );
    assert!(
        inspected.stdout.contains("result:       refused E5102"),
        "{inspected:#?}"
    );
}

#[test]
fn equal_files_are_one_plugin_and_unequal_ones_of_a_version_are_refused() {
    let desk = Desk::new();
    let (first, second) = (desk.user().join("a.so"), desk.user().join("b.so"));
    write_faulty(&first, "0.1.1");
    fs::copy(&first, &second).unwrap();
    let args = ["--backend", "faulty", "run", "p.bd"];
    assert_eq!(end(desk.command().args(args)).succeeds(), "42\n");
    let states = desk.rows("");
    let states = states.iter().filter(|row| row["id"] == "faulty");
    let states = states.map(|row| row["state"].as_str().unwrap());
    assert_eq!(states.collect::<Vec<_>>(), ["active", "same"]);
    change(&second);
    let message = end(desk.command().args(args)).fails_with("E5107");
    assert!(
        message.contains("a.so") && message.contains("b.so"),
        "{message}"
    );
    // Nobody else is stopped.
    assert_eq!(end(desk.command().args(["run", "p.bd"])).succeeds(), "42\n");
}

#[test]
fn versions_lie_side_by_side_and_the_latest_is_meant() {
    let desk = Desk::new();
    for version in ["0.1.9", "0.1.2"] {
        write_faulty(&desk.user().join(format!("{version}.so")), version);
    }
    let version = |name: &str| {
        let mut command = desk.command();
        let args = ["--message-format", "json", "plugin", "which", name];
        let found = end(command.args(args)).succeeds();
        let found = serde_json::from_str::<Value>(&found).unwrap();
        found["version"].as_str().unwrap().to_owned()
    };
    assert_eq!(version("faulty"), "0.1.9");
    assert_eq!(version("faulty@0.1"), "0.1.9");
    assert_eq!(version("faulty@0.1.2"), "0.1.2");
    for backend in ["faulty@0.1.2", "faulty@0.1.9"] {
        let ran = end(desk
            .command()
            .args(["-v", "--backend", backend, "run", "p.bd"]));
        let file = format!("{}.so", backend.split_once('@').unwrap().1);
        assert!(ran.stderr.contains(&file), "{ran:#?}");
        assert_eq!(ran.succeeds(), "42\n");
    }
    let backends = ["diff", "p.bd", "--backends", "faulty@0.1.2,jit"];
    end(desk.command().args(backends)).succeeds();
    let args = ["--backend", "faulty@0.2", "run", "p.bd"];
    end(desk.command().args(args)).fails_with("E5108");
    let states = desk.rows("");
    let states = states.iter().filter(|row| row["id"] == "faulty");
    let states = states.map(|row| row["state"].as_str().unwrap());
    assert_eq!(states.collect::<Vec<_>>(), ["active", "available"]);
}

#[test]
fn a_folder_that_cannot_be_read_is_an_error_only_if_it_was_named() {
    let desk = Desk::new();
    fs::remove_dir_all(desk.user()).unwrap();
    fs::write(desk.user(), "a file").unwrap();
    fs::remove_dir(desk.system()).unwrap();
    assert_eq!(end(desk.command().args(["run", "p.bd"])).succeeds(), "42\n");
    let named = ["--plugin-dir", "none", "run", "p.bd"];
    end(desk.command().args(named)).fails_with("E4040");
    // Without a need for plugins nobody looks.
    run(desk.folder(), ["--plugin-dir", "none", "analyze", "p.bd"]).succeeds();
}
