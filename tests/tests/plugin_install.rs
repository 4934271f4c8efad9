//! Plugins are added, switched off, brought up to date and taken out again, and a
//! project is locked to what it was built with.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;

use beskid_plugin_api::Digest;
use beskid_plugin_api::manifest::TARGET;
use beskid_tests::built::built;
use beskid_tests::command::end;
use beskid_tests::desk::Desk;
use beskid_tests::plugin_files::{change, write_faulty, write_stale};

/// A desk with a plugin of a vendor in its folder.
fn desk() -> Desk {
    let desk = Desk::new();
    write_faulty(&desk.path(VENDOR), "0.1.4");
    desk
}

const VENDOR: &str = "libfaulty.so";

#[test]
fn a_plugin_is_added_used_switched_off_and_taken_out() {
    let desk = desk();
    desk.uses("").fails_with("E5108");
    let said = desk.run("plugin add libfaulty.so").succeeds();
    assert!(said.starts_with("added: backend faulty@0.1.4 "), "{said}");
    assert_eq!(desk.uses("").succeeds(), "42\n");
    let file = &desk.installed(".so")[0];
    assert_eq!(
        fs::metadata(file).unwrap().permissions().mode() & 0o777,
        0o644
    );
    let listed = desk.run("plugin list").succeeds();
    let mut lines = listed.lines().skip_while(|line| !line.contains("faulty"));
    let line = lines.next().unwrap();
    for part in [
        "0.1.4",
        "active",
        "execute,object",
        "user",
        file.to_str().unwrap(),
    ] {
        assert!(line.contains(part), "{part} in {listed}");
    }
    assert_eq!(
        lines.next().unwrap().trim(),
        "adds where it should multiply"
    );
    assert!(lines.next().unwrap().contains("for: x86_64"), "{listed}");
    assert!(lines.next().unwrap().contains("features: "), "{listed}");
    let again = desk.run("plugin add libfaulty.so").succeeds();
    assert!(again.starts_with("unchanged: "), "{again}");

    desk.run("plugin disable nobody").fails_with("E5108");
    let off = desk.run("plugin disable faulty").succeeds();
    assert_eq!(off, "disabled: faulty\n");
    let message = desk.uses("").fails_with("E5149");
    assert!(message.contains("beskid plugin enable faulty"), "{message}");
    assert!(desk.run("plugin list").succeeds().contains("disabled"));
    let on = desk.run("plugin enable faulty").succeeds();
    assert_eq!(on, "enabled: faulty\n");
    assert_eq!(
        desk.run("plugin enable faulty").succeeds(),
        "enabled before: faulty\n"
    );
    assert_eq!(desk.uses("").succeeds(), "42\n");

    let gone = desk.run("plugin remove faulty").succeeds();
    assert!(gone.starts_with("removed: backend faulty@0.1.4"), "{gone}");
    assert!(desk.installed(".so").is_empty());
    desk.uses("").fails_with("E5108");
    desk.run("plugin remove faulty").fails_with("E5108");
    desk.run("plugin update faulty").fails_with("E5108");
}

#[test]
fn of_a_folder_each_plugin_is_added_whatever_lies_beside_it() {
    let desk = desk();
    let folder = desk.path("release");
    fs::create_dir(&folder).unwrap();
    desk.run("plugin add release").fails_with("E5102");
    write_faulty(&folder.join("one.so"), "0.1.4");
    fs::copy(built().plugin("linker_unix"), folder.join("two.so")).unwrap();
    fs::write(folder.join("text.so"), "text").unwrap();
    let said = desk.run("plugin add release").succeeds();
    assert_eq!(said.lines().count(), 2, "{said}");
    write_stale(&folder.join("stale.so"));
    let ended = desk.run("plugin add release");
    assert_eq!(ended.status, Some(1), "{ended:#?}");
    assert!(ended.stderr.starts_with("error[E5105]"), "{ended:#?}");
    assert_eq!(ended.stdout.matches("unchanged: ").count(), 2, "{ended:#?}");
    assert_eq!(desk.installed(".so").len(), 2);
    desk.run("plugin add none.so").fails_with("E5101");
    desk.run("plugin add p.bd").fails_with("E5101");
}

#[test]
fn what_cannot_be_loaded_is_not_added() {
    let desk = desk();
    let file = desk.path("liar.so");
    let mut bytes = fs::read(desk.path(VENDOR)).unwrap();
    let at = bytes
        .windows(11)
        .position(|found| found == b"\nid=faulty\n");
    bytes[at.unwrap() + 4] = b'g';
    fs::write(&file, bytes).unwrap();
    desk.run("plugin add liar.so").fails_with("E5111");
    assert!(desk.installed(".so").is_empty());
    assert!(desk.installed("").is_empty(), "nothing stays");
}

#[test]
fn two_versions_are_side_by_side_and_each_is_taken_out_by_itself() {
    let desk = desk();
    desk.run("plugin add libfaulty.so").succeeds();
    write_faulty(&desk.path("next.so"), "0.1.5");
    desk.run("plugin add next.so").succeeds();
    assert_eq!(desk.installed(".so").len(), 2);
    let which = |name: &str| desk.run(&format!("plugin which {name}")).succeeds();
    assert!(which("faulty").starts_with("backend faulty 0.1.5: "));
    assert!(which("faulty@0.1.4").starts_with("backend faulty 0.1.4: "));
    let ran = desk.run("--backend faulty@0.1.4 run p.bd").succeeds();
    assert_eq!(ran, "42\n");
    desk.run("plugin disable faulty@0.1.5").succeeds();
    assert!(which("faulty").starts_with("backend faulty 0.1.4: "));
    desk.run("plugin enable faulty").succeeds();
    desk.run("plugin remove faulty@0.1.5").succeeds();
    assert!(which("faulty").starts_with("backend faulty 0.1.4: "));
}

#[test]
fn from_adding_to_locking_to_a_refusal_to_an_update() {
    let desk = desk();
    desk.uses("--locked").fails_with("E5108");
    desk.run("plugin add libfaulty.so").succeeds();
    let message = desk.uses("--locked").fails_with("E5143");
    assert!(message.contains("there is no `plugins.lock`"), "{message}");
    desk.run("--locked plugin lock").fails_with("E5143");
    let said = desk.run("plugin lock").succeeds();
    assert!(said.starts_with("locked: 1 plugin in "), "{said}");
    let lock = || fs::read_to_string(desk.path("plugins.lock")).unwrap();
    let digest = Digest::of(&fs::read(desk.path(VENDOR)).unwrap()).to_string();
    let line = format!("{TARGET} = \"{digest}\"");
    for part in ["id = \"faulty\"", "version = \"0.1.4\"", &line] {
        assert!(lock().contains(part), "{part} in {}", lock());
    }
    assert_eq!(desk.uses("--locked").succeeds(), "42\n");
    desk.run("--locked plugin lock").succeeds();

    // Somebody changes the file that was added.
    change(&desk.installed(".so")[0]);
    let changed = Digest::of(&fs::read(&desk.installed(".so")[0]).unwrap()).to_string();
    for options in ["", "--locked"] {
        let message = desk.uses(options).fails_with("E5141");
        for part in [&digest, &changed, "beskid plugin update faulty"] {
            assert!(message.contains(part), "{part} in {message}");
        }
    }
    assert!(desk.run("plugin list").succeeds().contains("E5141"));
    desk.run("plugin which faulty").fails_with("E5141");
    desk.run("plugin lock faulty").fails_with("E5141");
    assert_eq!(desk.run("doctor").status, Some(1));
    assert_eq!(desk.run("run p.bd").succeeds(), "42\n");
    // Its source is as it was.
    let said = desk.run("plugin update faulty").succeeds();
    assert!(said.starts_with("replaced: backend faulty@0.1.4"), "{said}");
    assert_eq!(desk.uses("--locked").succeeds(), "42\n");

    // The vendor builds another one.
    change(&desk.path(VENDOR));
    assert_eq!(desk.uses("--locked").succeeds(), "42\n");
    desk.run("plugin add libfaulty.so").succeeds();
    let message = desk.uses("").fails_with("E5141");
    assert!(message.contains("plugins.lock"), "{message}");
    desk.run("plugin update").succeeds();
    assert!(
        lock().contains(&changed) && !lock().contains(&digest),
        "{}",
        lock()
    );
    assert_eq!(desk.uses("--locked").succeeds(), "42\n");
}

#[test]
fn what_is_off_by_part_of_its_version_is_on_again_by_the_whole() {
    let desk = desk();
    desk.run("plugin add libfaulty.so").succeeds();
    desk.run("plugin disable faulty@0.1").succeeds();
    desk.uses("").fails_with("E5149");
    let said = desk.run("plugin enable faulty@0.1.4").succeeds();
    assert_eq!(said, "enabled: faulty@0.1.4\n");
    assert_eq!(desk.uses("").succeeds(), "42\n");
    desk.run("plugin enable nosuch").fails_with("E5108");
}

#[test]
fn a_path_that_the_record_cannot_hold_is_refused_before_anything_is_copied() {
    let desk = desk();
    let odd = desk
        .path("x")
        .with_file_name(OsStr::from_bytes(b"odd\xff.so"));
    fs::copy(desk.path(VENDOR), &odd).unwrap();
    let mut command = desk.command();
    let message = end(command.args(["plugin", "add"]).arg(&odd)).fails_with("E5101");
    assert!(message.contains("is not UTF-8"), "{message}");
    assert!(desk.installed("").is_empty());
}

#[test]
fn an_update_takes_what_the_source_is_now() {
    let desk = desk();
    desk.run("plugin add libfaulty.so").succeeds();
    desk.run("plugin lock").succeeds();
    write_faulty(&desk.path(VENDOR), "0.1.6");
    // What may not or cannot be locked again is not taken either.
    desk.run("--locked plugin update").fails_with("E5143");
    let lock = fs::read(desk.path("plugins.lock")).unwrap();
    fs::write(desk.path("plugins.lock"), "rubbish").unwrap();
    desk.run("plugin update").fails_with("E5147");
    fs::write(desk.path("plugins.lock"), lock).unwrap();
    assert_eq!(desk.uses("--locked").succeeds(), "42\n");
    let said = desk.run("plugin update").succeeds();
    assert!(said.contains("replaced: backend faulty@0.1.6"), "{said}");
    assert_eq!(desk.installed(".so").len(), 1);
    let lock = fs::read_to_string(desk.path("plugins.lock")).unwrap();
    assert!(lock.contains("0.1.6") && !lock.contains("0.1.4"), "{lock}");
    assert_eq!(desk.uses("--locked").succeeds(), "42\n");
    // Two versions that came from one path stay two.
    write_faulty(&desk.path(VENDOR), "0.1.7");
    desk.run("plugin add libfaulty.so").succeeds();
    let said = desk.run("plugin update").succeeds();
    assert!(said.contains("kept: backend faulty@0.1.6"), "{said}");
    assert_eq!(desk.installed(".so").len(), 2);
    fs::remove_file(desk.path(VENDOR)).unwrap();
    desk.run("plugin update").fails_with("E5101");
    fs::copy(built().plugin("linker_unix"), desk.path(VENDOR)).unwrap();
    desk.run("plugin update faulty").fails_with("E5108");
    assert_eq!(desk.installed(".so").len(), 2);
}

#[test]
fn a_lock_chooses_the_version_and_holds_in_folders_below() {
    let desk = desk();
    desk.run("plugin add libfaulty.so").succeeds();
    desk.run("plugin lock faulty").succeeds();
    write_faulty(&desk.path("next.so"), "0.1.5");
    desk.run("plugin add next.so").succeeds();
    let inner = desk.path("inner");
    fs::create_dir(&inner).unwrap();
    let which = |name: &str| {
        let mut command = desk.command();
        command.current_dir(&inner);
        end(command.args(["--locked", "plugin", "which", name]))
    };
    assert!(
        which("faulty")
            .succeeds()
            .starts_with("backend faulty 0.1.4: ")
    );
    which("faulty@0.1.5").fails_with("E5143");
    desk.run("plugin lock faulty@0.1.5").succeeds();
    assert!(
        which("faulty@0.1.5")
            .succeeds()
            .starts_with("backend faulty 0.1.5")
    );
    desk.run("plugin remove faulty").succeeds();
    let message = which("faulty").fails_with("E5144");
    assert!(message.contains("0.1.4, 0.1.5"), "{message}");
    assert!(
        message.contains("and nothing else: `beskid plugin lock`"),
        "{message}"
    );
    write_faulty(&desk.system().join("later.so"), "0.1.7");
    let message = which("faulty").fails_with("E5144");
    let help = "`beskid plugin lock faulty` locks 0.1.7, which is";
    assert!(message.contains(help), "{message}");
    fs::remove_file(desk.system().join("later.so")).unwrap();
    // A file that is only named is locked all the same.
    let named = "--locked --plugin libfaulty.so --backend faulty run p.bd";
    assert_eq!(desk.run(named).succeeds(), "42\n");
    change(&desk.path(VENDOR));
    let message = desk.run(named).fails_with("E5141");
    let line = "--plugin libfaulty.so plugin lock faulty@0.1.4";
    assert!(message.contains(&format!("`beskid {line}`")), "{message}");
    assert!(!message.contains("plugin update"), "{message}");
    desk.run(line).succeeds();
    assert_eq!(desk.run(named).succeeds(), "42\n");
    change(&desk.path(VENDOR));
    desk.run(named).fails_with("E5141");
    desk.run("--plugin libfaulty.so plugin update faulty")
        .succeeds();
    assert_eq!(desk.run(named).succeeds(), "42\n");
}

#[test]
fn a_built_in_is_not_what_is_locked() {
    let desk = desk();
    let jit = built().plugin("backend_jit").display();
    desk.run(&format!("--plugin {jit} plugin lock jit"))
        .succeeds();
    assert_eq!(
        desk.run(&format!("--locked --plugin {jit} run p.bd"))
            .succeeds(),
        "42\n"
    );
    let message = desk.run("run p.bd").fails_with("E5144");
    assert!(message.contains("`jit` is locked to 0.1.0"), "{message}");
    desk.run("plugin lock aot").fails_with("E5108");
    desk.run("plugin lock").succeeds();
    assert_eq!(desk.run("--locked run p.bd").succeeds(), "42\n");
}

#[test]
fn malformed_records_are_errors_for_whoever_needs_them() {
    let desk = desk();
    desk.run("plugin add libfaulty.so").succeeds();
    fs::write(desk.path("plugins.lock"), "version = 7\n").unwrap();
    desk.uses("").fails_with("E5147");
    fs::remove_file(desk.path("plugins.lock")).unwrap();
    let record = desk.user().join("installed.toml");
    fs::write(&record, "not a record").unwrap();
    desk.uses("").fails_with("E5147");
    desk.run("plugin add libfaulty.so").fails_with("E5147");
    desk.run("plugin remove faulty").fails_with("E5147");
    assert_eq!(desk.run("run p.bd").succeeds(), "42\n");
    fs::remove_file(record).unwrap();
    desk.run("plugin add libfaulty.so").succeeds();
    assert_eq!(desk.uses("").succeeds(), "42\n");
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let desk = desk();
    fs::remove_dir_all(desk.path("data/beskid")).unwrap();
    fs::write(desk.path("data/beskid"), "a file").unwrap();
    let message = desk.run("plugin add libfaulty.so").fails_with("E4040");
    assert!(message.contains("data/beskid/plugins"), "{message}");
}

#[test]
fn whoever_is_told_of_another_file_is_told_what_helps() {
    let desk = desk();
    let fails = |line: &str| desk.run(line).fails_with("E5141");
    let uses = "--backend faulty run p.bd";
    // A file that somebody put into a folder.
    let loose = desk.system().join("loose.so");
    write_faulty(&loose, "0.1.4");
    desk.run("plugin lock faulty").succeeds();
    change(&loose);
    let message = fails(uses);
    let help = "do not use it; `beskid plugin lock faulty@0.1.4` locks the file as it is now";
    assert!(message.contains(help), "{message}");
    desk.run("plugin lock faulty@0.1.4").succeeds();
    assert_eq!(desk.run(uses).succeeds(), "42\n");
    let message = fails(&format!("--plugin libfaulty.so {uses}"));
    assert!(
        message.contains("`beskid --plugin libfaulty.so plugin lock faulty@0.1.4`"),
        "{message}"
    );
    // One that was added, and is not the one that is locked.
    desk.run("plugin add libfaulty.so").succeeds();
    let message = fails(uses);
    let help = "`beskid plugin update faulty` takes it again from where it was added from, and \
                locks that; `beskid plugin lock faulty@0.1.4` locks what is there";
    assert!(message.contains(help), "{message}");
    desk.run("plugin lock faulty@0.1.4").succeeds();
    assert_eq!(desk.run(uses).succeeds(), "42\n");
    // And one that is not what was added.
    change(&desk.installed(".so")[0]);
    let message = fails(uses);
    let help = "`beskid plugin update faulty` takes it again from where it was added from, and \
                locks that if it is locked";
    assert!(message.contains(help), "{message}");
    assert!(!message.contains("plugin lock"), "{message}");
    desk.run("plugin update faulty").succeeds();
    assert_eq!(desk.run(uses).succeeds(), "42\n");
}

#[test]
fn which_says_of_no_kind_that_there_is_none_and_of_a_version_which_there_are() {
    let desk = desk();
    let message = desk.run("plugin which nobody").fails_with("E5108");
    let both = "there is no backend and no linker strategy `nobody`";
    assert!(message.contains(both), "{message}");
    for id in ["aot", "jit", "apple", "unix", "windows"] {
        assert!(message.contains(id), "{message}");
    }
    let message = desk.run("plugin which unix@7").fails_with("E5108");
    assert!(message.contains("there is no linker `unix@7`"), "{message}");
    assert!(message.contains("in reach is unix@0.1.0"), "{message}");
    assert!(!message.contains("backend"), "{message}");
    desk.run("plugin add libfaulty.so").succeeds();
    let message = desk.run("--backend faulty@7 run p.bd").fails_with("E5108");
    assert!(message.contains("in reach is faulty@0.1.4"), "{message}");
}
