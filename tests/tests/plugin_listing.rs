//! What `plugin list` says of files that nobody added: each is asked once, in a process
//! of its own, and what comes of that is its row's affair.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use beskid_tests::built::built;
use beskid_tests::command::end;
use beskid_tests::desk::Desk;
use beskid_tests::plugin_files::{change, write_faulty, write_stale};
use serde_json::Value;

/// The row of a file.
fn row<'r>(rows: &'r [Value], name: &str) -> &'r Value {
    let is_it = |row: &&Value| {
        row["path"]
            .as_str()
            .is_some_and(|path| path.ends_with(name))
    };
    let found = rows.iter().find(is_it);
    found.unwrap_or_else(|| panic!("{name} in {rows:#?}"))
}

/// How often plugins are asked by a listing.
fn asked(desk: &Desk) -> usize {
    let ended = desk.run("-v plugin list");
    let times = ended.stderr.matches("asking plugin").count();
    ended.succeeds();
    times
}

#[test]
fn a_file_of_a_folder_is_asked_once_for_what_it_says_of_itself() {
    let desk = Desk::new();
    write_faulty(&desk.system().join("a.so"), "0.1.4");
    fs::copy(desk.system().join("a.so"), desk.user().join("b.so")).unwrap();
    write_faulty(&desk.user().join("c.so"), "0.1.3");
    fs::copy(built().plugin("linker_unix"), desk.user().join("d.so")).unwrap();
    // Two of the files are equal.
    assert_eq!(asked(&desk), 3);
    assert_eq!(asked(&desk), 0);
    let rows = desk.rows("");
    for (name, state) in [("a.so", "same"), ("b.so", "active"), ("c.so", "available")] {
        let row = row(&rows, name);
        assert_eq!(row["state"], state, "{row:#}");
        assert_eq!(row["about"], "adds where it should multiply");
        assert!(!row["features"].as_array().unwrap().is_empty(), "{row:#}");
        let architectures = row["architectures"].as_array().unwrap();
        assert!(architectures.contains(&"x86_64".into()), "{row:#}");
    }
    assert!(
        row(&rows, "d.so")["about"]
            .as_str()
            .unwrap()
            .contains("ELF")
    );
    let listed = desk.run("plugin list").succeeds();
    assert_eq!(listed.matches("adds where it should multiply").count(), 3);
    // Another file is asked again, and only that one.
    change(&desk.user().join("c.so"));
    assert_eq!(asked(&desk), 1);
    // They were loaded once, and need not be tried in another process before their use.
    let marks = fs::read_dir(desk.path("cache/beskid/plugins")).unwrap();
    let marks = marks.map(|mark| mark.unwrap().path());
    let sound = marks.filter(|path| path.extension().is_some_and(|end| end == "sound"));
    assert_eq!(sound.count(), 4);
    assert_eq!(desk.uses("").succeeds(), "42\n");
}

#[test]
fn a_crash_and_a_plugin_that_never_answers_are_rows() {
    let file = built().plugin("hostile_linker");
    for (mode, code, said) in [
        ("abort-constructor", "E5118", "SIGABRT"),
        ("fault-describe", "E5118", "SIGSEGV"),
        ("exit-describe", "E5118", "status 7"),
        ("loop-describe", "E5118", "did not come back within 1 s"),
        ("panic-describe", "E5112", "no describe"),
        ("other-id", "E5111", "another id"),
    ] {
        let desk = Desk::new();
        fs::copy(file, desk.user().join("hostile.so")).unwrap();
        write_faulty(&desk.user().join("sound.so"), "0.1.4");
        fs::create_dir_all(desk.path("config/beskid")).unwrap();
        let settings = "[plugins.hostile]\ntime-limit = 1\n";
        fs::write(desk.path("config/beskid/config.toml"), settings).unwrap();
        let list = || {
            let mut command = desk.command();
            command.env("HOSTILE", mode);
            let listed = command.args(["--message-format", "json", "plugin", "list"]);
            let listed = end(listed).succeeds();
            let rows = listed.lines().map(|row| serde_json::from_str(row).unwrap());
            rows.collect::<Vec<Value>>()
        };
        let rows = list();
        let hostile = row(&rows, "hostile.so");
        assert_eq!(hostile["state"], "failed", "{mode}: {hostile:#}");
        assert_eq!(hostile["refusal"]["code"], code, "{mode}: {hostile:#}");
        let message = hostile["refusal"]["message"].as_str().unwrap();
        assert!(message.contains(said), "{mode}: {message}");
        assert_eq!(hostile["about"], Value::Null);
        assert_eq!(row(&rows, "sound.so")["state"], "active");
        // It is remembered, and nobody waits for it again.
        let start = Instant::now();
        assert_eq!(row(&list(), "hostile.so")["state"], "failed");
        assert!(start.elapsed() < Duration::from_secs(1) || mode != "loop-describe");
        let listed = desk.run("plugin list").succeeds();
        assert!(listed.contains(" failed "), "{listed}");
        assert!(listed.contains(&format!("{code}: ")), "{listed}");
    }
}

#[test]
fn who_is_refused_or_switched_off_is_not_asked() {
    let desk = Desk::new();
    let hostile = built().plugin("hostile_linker");
    // It would fail if it were asked.
    let list = |state: &str, code: Option<&str>| {
        let mut command = desk.command();
        command.env("HOSTILE", "abort-constructor");
        let ended = end(command.args(["-v", "--message-format", "json", "plugin", "list"]));
        assert!(!ended.stderr.contains("asking plugin"), "{ended:#?}");
        let listed = ended.succeeds();
        let rows = listed.lines().map(|row| serde_json::from_str(row).unwrap());
        let rows = rows.collect::<Vec<Value>>();
        let row = row(&rows, ".so");
        assert_eq!(row["state"], state, "{row:#}");
        assert_eq!(row["refusal"]["code"].as_str(), code, "{row:#}");
    };
    let file = desk.user().join("a.so");
    fs::copy(hostile, &file).unwrap();
    let permit = |mode| fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
    permit(0o666);
    list("refused", Some("E5142"));
    permit(0o644);
    desk.run("plugin disable hostile").succeeds();
    list("disabled", None);
    fs::remove_file(desk.user().join("installed.toml")).unwrap();
    fs::create_dir_all(desk.path("config/beskid")).unwrap();
    let key = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
    let settings = format!("[plugins.hostile]\nkey = \"{key}\"\n");
    fs::write(desk.path("config/beskid/config.toml"), settings).unwrap();
    list("refused", Some("E5145"));
    fs::remove_file(desk.path("config/beskid/config.toml")).unwrap();
    write_stale(&file);
    list("refused", Some("E5105"));
}

#[test]
fn where_nothing_can_be_kept_each_listing_asks() {
    let desk = Desk::new();
    write_faulty(&desk.user().join("a.so"), "0.1.4");
    fs::write(desk.path("cache"), "no folder").unwrap();
    assert_eq!(asked(&desk), 1);
    assert_eq!(asked(&desk), 1);
    let rows = desk.rows("");
    assert_eq!(row(&rows, "a.so")["about"], "adds where it should multiply");
}

#[test]
fn a_mark_that_was_cut_or_is_no_mark_is_made_again() {
    let desk = Desk::new();
    write_faulty(&desk.user().join("a.so"), "0.1.4");
    assert_eq!(asked(&desk), 1);
    let marks = fs::read_dir(desk.path("cache/beskid/plugins")).unwrap();
    let marks = marks.map(|mark| mark.unwrap().path());
    let is_told = |path: &std::path::PathBuf| path.extension().is_some_and(|it| it == "told");
    let told = marks.filter(is_told).collect::<Vec<_>>();
    assert_eq!(told.len(), 1);
    for text in ["", "{", "{\"seconds\":1,\"told\":{\"Ok\":7}}"] {
        fs::write(&told[0], text).unwrap();
        assert_eq!(asked(&desk), 1, "{text}");
        assert_eq!(asked(&desk), 0, "{text}");
    }
}

#[test]
fn a_plugin_that_was_added_and_is_gone_is_a_row_and_an_error_for_whoever_needs_it() {
    let desk = Desk::new();
    write_faulty(&desk.path("faulty.so"), "0.1.4");
    desk.run("plugin add faulty.so").succeeds();
    let file = desk.installed(".so").remove(0);
    for gone in [true, false] {
        match gone {
            true => fs::remove_file(&file).unwrap(),
            false => fs::write(&file, "no library").unwrap(),
        }
        let rows = desk.rows("");
        let lost = row(&rows, ".so");
        assert_eq!(lost["state"], "refused");
        assert_eq!(lost["refusal"]["code"], "E5170");
        assert_eq!(
            (&lost["id"], &lost["version"]),
            (&"faulty".into(), &"0.1.4".into())
        );
        let message = desk.uses("").fails_with("E5170");
        for part in [
            file.to_str().unwrap(),
            "faulty.so",
            "plugin update faulty@0.1.4",
        ] {
            assert!(message.contains(part), "{part} in {message}");
        }
        let doctor = desk.run("doctor");
        assert_eq!(doctor.status, Some(1));
        assert!(
            doctor.stdout.contains("backend faulty@0.1.4: E5170"),
            "{doctor:#?}"
        );
        assert_eq!(desk.run("run p.bd").succeeds(), "42\n");
        // Its help helps.
        desk.run("plugin update faulty@0.1.4").succeeds();
        assert_eq!(desk.uses("").succeeds(), "42\n");
    }
    fs::remove_file(&file).unwrap();
    let said = desk.run("plugin remove faulty").succeeds();
    assert!(
        said.starts_with("forgotten: backend faulty@0.1.4 "),
        "{said}"
    );
    assert!(said.contains("its file was gone already"), "{said}");
    desk.uses("").fails_with("E5108");
}

/// Most memory that a command took, in KiB, once it has succeeded.
#[allow(
    clippy::zombie_processes,
    reason = "`wait4` waits for it, and says what it took"
)]
fn peak(desk: &Desk, line: &str) -> i64 {
    let mut command = desk.command();
    command.args(line.split_whitespace());
    let child = command.stdout(std::process::Stdio::null()).spawn().unwrap();
    // SAFETY: numbers only, for which zeros are values.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    let mut status = 0;
    let id = child.id() as libc::pid_t;
    // SAFETY: the child was not waited for, and both places are this function's.
    let waited = unsafe { libc::wait4(id, &raw mut status, 0, &raw mut usage) };
    assert_eq!((waited, status), (id, 0), "{line}");
    usage.ru_maxrss
}

#[test]
fn two_hundred_files_cost_as_good_as_no_memory() {
    let desk = Desk::new();
    let file = desk.path("hostile.so");
    fs::copy(built().plugin("hostile_linker"), &file).unwrap();
    fs::hard_link(&file, desk.user().join("000.so")).unwrap();
    let lines = ["plugin list", "--backend aot build p.bd -o p"];
    lines
        .iter()
        .for_each(|line| desk.run(line).succeeds().clear());
    let one = lines.map(|line| peak(&desk, line));
    for number in 1..200 {
        fs::hard_link(&file, desk.user().join(format!("{number:03}.so"))).unwrap();
    }
    assert_eq!(
        desk.rows("")
            .iter()
            .filter(|row| row["state"] == "same")
            .count(),
        199
    );
    for (line, one) in lines.iter().zip(one) {
        let all = peak(&desk, line);
        assert!(
            all - one < 10 << 10,
            "{line}: {all} KiB, of one file {one} KiB"
        );
    }
}

/// What becomes of a file that was added, and the error of whoever needs it.
type Damage = (&'static str, fn(&Path), &'static str);

fn damages() -> [Damage; 5] {
    [
        (
            "another plugin",
            |file| {
                fs::copy(built().plugin("linker_apple"), file).unwrap();
            },
            "E5141",
        ),
        ("gone", |file| fs::remove_file(file).unwrap(), "E5170"),
        ("empty", |file| fs::write(file, "").unwrap(), "E5170"),
        (
            "cut",
            |file| {
                let bytes = fs::read(file).unwrap();
                fs::write(file, &bytes[..100]).unwrap();
            },
            "E5170",
        ),
        (
            "a program",
            |file| {
                fs::copy("/bin/true", file).unwrap();
            },
            "E5170",
        ),
    ]
}

#[test]
fn what_was_added_makes_no_way_for_a_built_in_when_it_is_damaged() {
    let desk = Desk::new();
    let unix = built().plugin("linker_unix").to_str().unwrap();
    desk.run(&format!("plugin add {unix}")).succeeds();
    let file = desk.installed(".so").remove(0);
    for (damage, inflict, code) in damages() {
        fs::copy(unix, &file).unwrap();
        desk.run("build p.bd -o sound").succeeds();
        inflict(&file);
        let unnamed = desk.run("build p.bd -o damaged").fails_with(code);
        let named = desk
            .run("--linker unix build p.bd -o damaged")
            .fails_with("E5170");
        for message in [unnamed, named] {
            assert!(message.contains("plugin update "), "{damage}: {message}");
        }
        assert!(!desk.path("damaged").exists());
    }
    desk.run("plugin disable unix").succeeds();
    let built = desk.run("build p.bd -o other").succeeds();
    assert!(built.contains("link: unix (built-in)"), "{built}");
}

#[test]
fn a_lock_that_cannot_be_read_hides_no_plugin() {
    let desk = Desk::new();
    write_faulty(&desk.user().join("a.so"), "0.1.4");
    fs::write(desk.path("plugins.lock"), "rubbish").unwrap();
    let ended = desk.run("plugin list");
    assert_eq!(ended.status, Some(1), "{ended:#?}");
    let fault = "error[E5147]: ";
    assert!(ended.stderr.starts_with(fault), "{ended:#?}");
    assert_eq!(ended.stderr.matches("E5147").count(), 1, "{ended:#?}");
    let lines = ended.stdout.lines();
    let refused = lines.filter(|line| line.contains(" refused ")).count();
    // The rest of the rows are what is built in.
    assert!(ended.stdout.contains("a.so"), "{ended:#?}");
    assert!(refused > 5, "{ended:#?}");
    assert!(!ended.stdout.contains("E5147"), "{ended:#?}");
    // Nobody knows whether it may be loaded.
    let ended = desk.run("-v plugin list");
    assert_eq!(
        ended.stderr.matches("asking plugin").count(),
        0,
        "{ended:#?}"
    );
    let ended = desk.run("--message-format json plugin list");
    assert_eq!(ended.status, Some(1), "{ended:#?}");
    for row in ended.stdout.lines() {
        let row = serde_json::from_str::<Value>(row).unwrap();
        assert_eq!(row["state"], "refused", "{row:#}");
        assert_eq!(row["refusal"]["code"], "E5147", "{row:#}");
    }
    fs::remove_file(desk.path("plugins.lock")).unwrap();
    fs::create_dir(desk.path("plugins.lock")).unwrap();
    let ended = desk.run("plugin list");
    assert!(ended.stderr.starts_with("error[E4040]: "), "{ended:#?}");
    assert!(ended.stdout.contains("a.so"), "{ended:#?}");
}
