//! What `plugin add`, `lock` and `inspect` refuse, and what they say of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use beskid_tests::built::built;
use beskid_tests::command::end;
use beskid_tests::desk::Desk;
use beskid_tests::plugin_files::{change, write_faulty};
use serde_json::Value;

/// A desk with the plugin `faulty` in its folder.
fn desk() -> Desk {
    let desk = Desk::new();
    write_faulty(&desk.path("faulty.so"), "0.1.4");
    desk
}

#[test]
fn of_two_files_of_one_version_neither_is_added() {
    let desk = desk();
    fs::create_dir(desk.path("release")).unwrap();
    for name in ["one.so", "two.so"] {
        fs::copy(desk.path("faulty.so"), desk.path("release").join(name)).unwrap();
    }
    // Equal files are one plugin.
    let said = desk.run("plugin add release faulty.so").succeeds();
    assert_eq!(said.lines().count(), 1, "{said}");
    desk.run("plugin remove faulty").succeeds();
    change(&desk.path("release/two.so"));
    fs::copy(built().plugin("linker_unix"), desk.path("release/unix.so")).unwrap();
    for line in [
        "plugin add release",
        "plugin add release/one.so release/two.so",
    ] {
        let ended = desk.run(line);
        assert_eq!(ended.status, Some(1), "{ended:#?}");
        assert!(ended.stderr.starts_with("error[E5107]"), "{ended:#?}");
        for part in ["one.so", "two.so", "by its path"] {
            assert!(ended.stderr.contains(part), "{part} in {ended:#?}");
        }
        desk.uses("").fails_with("E5108");
    }
    // Whatever lies beside them is added.
    assert_eq!(desk.installed(".so").len(), 1);
    // One that is named twice is one.
    desk.run("plugin add release/two.so release/two.so")
        .succeeds();
    assert_eq!(desk.uses("").succeeds(), "42\n");
}

#[test]
fn refusals_of_what_is_added_name_the_file_that_was_given() {
    let desk = desk();
    let liar = desk.path("liar.so");
    let mut bytes = fs::read(desk.path("faulty.so")).unwrap();
    let at = bytes
        .windows(11)
        .position(|found| found == b"\nid=faulty\n");
    bytes[at.unwrap() + 4] = b'g';
    fs::write(&liar, bytes).unwrap();
    let hostile = desk.path("hostile.so");
    fs::copy(built().plugin("hostile_linker"), &hostile).unwrap();
    let add = |path: &Path| {
        let mut command = desk.command();
        command.env("HOSTILE", "abort-constructor");
        end(command
            .args(["--message-format", "json", "plugin", "add"])
            .arg(path))
    };
    for (path, code) in [(&liar, "E5111"), (&hostile, "E5162")] {
        let ended = add(path);
        assert_eq!(ended.status, Some(1), "{ended:#?}");
        let error = serde_json::from_str::<Value>(&ended.stderr).unwrap();
        assert_eq!(error["code"], code, "{error:#}");
        assert_eq!(error["path"], path.to_str().unwrap(), "{error:#}");
        let folder = desk.user();
        assert!(
            !ended.stderr.contains(folder.to_str().unwrap()),
            "{error:#}"
        );
    }
    assert!(desk.installed("").is_empty());
}

#[test]
fn a_plugin_that_is_off_is_said_to_be_when_it_is_added_again() {
    let desk = desk();
    desk.run("plugin add faulty.so").succeeds();
    desk.run("plugin disable faulty").succeeds();
    desk.run("plugin remove faulty").succeeds();
    let said = desk.run("plugin add faulty.so").succeeds();
    assert!(
        said.contains("still is: `beskid plugin enable faulty`"),
        "{said}"
    );
    let said = desk.run("--message-format json plugin update").succeeds();
    let said = serde_json::from_str::<Value>(&said).unwrap();
    assert_eq!(said["disabled"], true);
    desk.uses("").fails_with("E5149");
    desk.run("plugin enable faulty").succeeds();
    let said = desk.run("plugin add faulty.so").succeeds();
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn where_only_what_is_locked_is_used_only_that_is_added() {
    let desk = desk();
    desk.run("--locked plugin add faulty.so")
        .fails_with("E5143");
    desk.run("plugin add faulty.so").succeeds();
    desk.run("plugin lock").succeeds();
    let before = desk.installed("");
    fs::copy(desk.path("faulty.so"), desk.path("other.so")).unwrap();
    change(&desk.path("other.so"));
    write_faulty(&desk.path("next.so"), "0.1.5");
    let message = desk.run("--locked plugin add other.so").fails_with("E5141");
    for part in ["plugins.lock", "other.so", "expected: ", "found: "] {
        assert!(message.contains(part), "{part} in {message}");
    }
    desk.run("--locked plugin add next.so").fails_with("E5143");
    assert_eq!(desk.installed(""), before);
    assert_eq!(desk.uses("--locked").succeeds(), "42\n");
    // On another machine, or after it was taken out, the one that is locked is added.
    desk.run("plugin remove faulty").succeeds();
    desk.run("--locked plugin add faulty.so").succeeds();
    assert_eq!(desk.uses("--locked").succeeds(), "42\n");
}

#[test]
fn a_lock_says_what_it_locks_otherwise_and_no_longer() {
    let desk = desk();
    desk.run("plugin add faulty.so").succeeds();
    let said = desk.run("plugin lock").succeeds();
    assert!(said.contains("\n  new: backend faulty@0.1.4 "), "{said}");
    let said = desk.run("plugin lock").succeeds();
    assert_eq!(said.lines().count(), 1, "{said}");
    change(&desk.path("faulty.so"));
    desk.run("plugin add faulty.so").succeeds();
    let said = desk.run("plugin lock").succeeds();
    assert!(
        said.contains("\n  changed: backend faulty@0.1.4 "),
        "{said}"
    );
    change(&desk.path("faulty.so"));
    let said = desk.run("plugin update").succeeds();
    assert!(
        said.contains("\n  changed: backend faulty@0.1.4 "),
        "{said}"
    );
    desk.run("plugin remove faulty").succeeds();
    let said = desk.run("--message-format json plugin lock").succeeds();
    let said = serde_json::from_str::<Value>(&said).unwrap();
    let change = &said["changes"][0];
    assert_eq!(change["change"], "dropped", "{said:#}");
    assert_eq!(change["id"], "faulty", "{said:#}");
    assert_eq!(change["to"], Value::Null, "{said:#}");
}

#[test]
fn what_can_be_locked_is_listed_and_no_built_in() {
    let desk = desk();
    let message = desk.run("plugin lock nosuch").fails_with("E5108");
    assert!(message.contains("no plugin file is in reach"), "{message}");
    assert!(!message.contains("aot"), "{message}");
    desk.run("plugin add faulty.so").succeeds();
    let message = desk.run("plugin lock nosuch").fails_with("E5108");
    assert!(message.contains("are: faulty\n"), "{message}");
    assert!(!message.contains("aot"), "{message}");
    let message = desk.run("plugin lock aot").fails_with("E5108");
    assert!(message.contains("`aot` is built in"), "{message}");
    assert!(!desk.path("plugins.lock").exists());
}

/// Things that are no file to read.
const NO_FILES: [&str; 4] = ["a folder", "a pipe", "a large file", "a link to nothing"];

/// Puts one of them in the place of a file.
fn put(what: &str, path: &Path) {
    match path.symlink_metadata() {
        Ok(meta) if meta.is_dir() => fs::remove_dir(path).unwrap(),
        Ok(_) => fs::remove_file(path).unwrap(),
        Err(_) => {}
    }
    match what {
        "a folder" => fs::create_dir(path).unwrap(),
        "a pipe" => assert!(Command::new("mkfifo").arg(path).status().unwrap().success()),
        "a large file" => File::create(path).unwrap().set_len(64 << 20).unwrap(),
        _ => symlink("nothing", path).unwrap(),
    }
}

#[test]
fn a_lock_that_cannot_be_read_stops_whoever_needs_a_plugin_and_says_how_to_go_on() {
    let desk = desk();
    let lock = desk.path("plugins.lock");
    for what in NO_FILES {
        put(what, &lock);
        // It may say that the built-in's id is a file's.
        for line in ["run p.bd", "plugin lock", "plugin update"] {
            let message = desk.run(line).fails_with("E4040");
            for part in [
                "plugins.lock",
                "move what is there away",
                "`beskid plugin lock`",
            ] {
                assert!(message.contains(part), "{what}, {line}: {message}");
            }
        }
        desk.run("analyze p.bd").succeeds();
        desk.run("clif p.bd").succeeds();
    }
    fs::remove_file(&lock).unwrap();
    fs::write(&lock, "<<<<<<< HEAD\n").unwrap();
    let message = desk.run("run p.bd").fails_with("E5147");
    assert!(message.contains("version control"), "{message}");
    desk.run("analyze p.bd").succeeds();
}

#[test]
fn a_record_that_cannot_be_read_says_how_to_go_on() {
    let desk = desk();
    desk.run("plugin add faulty.so").succeeds();
    let record = desk.user().join("installed.toml");
    for what in NO_FILES {
        put(what, &record);
        for line in [
            "--backend faulty run p.bd",
            "plugin add faulty.so",
            "plugin remove faulty",
        ] {
            let ended = desk.run(line);
            let is_known = ended.stderr.starts_with("error[E4040]")
                || (what == "a link to nothing" && ended.stderr.starts_with("error[E5101]"));
            assert!(
                ended.status == Some(1) && is_known,
                "{what}, {line}: {ended:#?}"
            );
            if what != "a link to nothing" {
                let help = "move what is there away, and add the plugins again";
                assert!(ended.stderr.contains(help), "{what}, {line}: {ended:#?}");
            }
        }
        assert_eq!(desk.run("run p.bd").succeeds(), "42\n");
    }
}

#[test]
fn inspect_says_what_a_host_makes_of_a_file_that_is_not_trusted() {
    let desk = desk();
    let file = desk.path("faulty.so");
    let inspect = |code: Option<&str>, line: &str| {
        let ended = desk.run(line);
        let result = match code {
            Some(code) => format!("result:       refused {code}"),
            None => "result:       pass".to_owned(),
        };
        assert!(ended.stdout.contains(&result), "{ended:#?}");
        assert!(ended.stdout.contains("id:           faulty"), "{ended:#?}");
        assert!(!ended.stdout.contains("about:"), "{ended:#?}");
        assert_eq!(ended.status, Some(i32::from(code.is_some())), "{ended:#?}");
    };
    inspect(None, "plugin inspect faulty.so");
    let permit = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    permit(&file, 0o666);
    for ask in ["", "--ask"] {
        inspect(Some("E5142"), &format!("plugin inspect faulty.so {ask}"));
    }
    permit(&file, 0o644);
    // What was added is the file that was added.
    desk.run("plugin add faulty.so").succeeds();
    let added = desk.installed(".so").remove(0);
    change(&added);
    inspect(Some("E5141"), "plugin inspect faulty");
    let message = desk.run("plugin inspect nosuch").fails_with("E5101");
    assert!(
        message.contains("a name that `beskid plugin list` shows"),
        "{message}"
    );
    inspect(
        Some("E5141"),
        &format!("plugin inspect {}", added.display()),
    );
}

/// Takes the plugins out of the record, as if `plugin add` had been killed before it wrote
/// it.
fn forget(desk: &Desk) {
    let record = desk.user().join("installed.toml");
    let text = fs::read_to_string(&record).unwrap();
    let (head, _) = text.split_once("[[plugin]]").unwrap();
    fs::write(&record, head).unwrap();
}

#[test]
fn what_an_interrupted_add_has_left_counts_as_added_from_the_next_one_on() {
    let desk = desk();
    let next = desk.path("next.so");
    write_faulty(&next, "0.1.5");
    desk.run("plugin add faulty.so").succeeds();
    forget(&desk);
    let ended = desk.run("plugin add next.so");
    let told = "was put there by a command that was interrupted, and counts as added now";
    assert!(ended.stderr.contains(told), "{ended:#?}");
    ended.succeeds();
    // It is noted, as what it is and with what it says.
    let rows = desk.rows("");
    let added = rows.iter().filter(|row| row["source"] == "user");
    assert_eq!(added.count(), 2, "{rows:#?}");
    let said = desk.run("plugin remove faulty@0.1.4").succeeds();
    assert!(said.starts_with("removed: backend faulty@0.1.4"), "{said}");
    forget(&desk);
    desk.run("plugin remove faulty").succeeds();
    assert_eq!(desk.installed(".so").len(), 0);
    // What changed since is nobody's.
    desk.run("plugin add faulty.so").succeeds();
    forget(&desk);
    change(&desk.installed(".so")[0]);
    let ended = desk.run("plugin remove faulty");
    assert!(!ended.stderr.contains(told), "{ended:#?}");
    ended.fails_with("E5108");
    assert_eq!(desk.installed(".so").len(), 1);
}

#[test]
fn what_an_interrupted_replacement_has_left_goes() {
    let desk = desk();
    desk.run("plugin add faulty.so").succeeds();
    let record = desk.user().join("installed.toml");
    let before = fs::read(&record).unwrap();
    let old = desk.installed(".so").remove(0);
    let bytes = fs::read(&old).unwrap();
    change(&desk.path("faulty.so"));
    desk.run("plugin add faulty.so").succeeds();
    // As it was before the record was written: both are there.
    fs::write(&record, before).unwrap();
    fs::write(&old, bytes).unwrap();
    assert_eq!(desk.installed(".so").len(), 2);
    assert_eq!(desk.uses("").succeeds(), "42\n");
    let ended = desk.run("plugin remove nobody");
    assert!(
        ended
            .stderr
            .contains("was left by a command that was interrupted"),
        "{ended:#?}"
    );
    assert_eq!(desk.installed(".so"), [old]);
    assert_eq!(desk.uses("").succeeds(), "42\n");
}
