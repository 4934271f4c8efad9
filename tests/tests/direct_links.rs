//! Links without the C driver: the same bytes as through it, and the driver
//! wherever it is not understood.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use beskid_tests::command::{Ended, beskid, end};

const PROGRAM: &str = "pub i64 twice(i64 x) { return x * 2; }\n\nunit main() {\n    \
                       __syscall_write(1, \"hello\\n\");\n}\n";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), PROGRAM).unwrap();
    folder
}

/// A build with this driver and a cache of its own.
fn build(folder: &Path, driver: &str, how: &str, rest: &[&str]) -> Ended {
    let mut command = beskid(folder);
    command
        .env("XDG_CACHE_HOME", folder.join("cache"))
        .env("CC", driver)
        .env("BESKID_DIRECT_LINK", how)
        .args(["build", "p.bd", "--verbose-link"])
        .args(rest);
    end(&mut command)
}

/// Whether another program ran instead of the driver.
fn is_direct(stdout: &str) -> bool {
    stdout.lines().any(|line| line.starts_with("instead: "))
}

fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Whether this machine's `cc` is GCC, whose answers are understood.
fn has_gcc() -> bool {
    let output = Command::new("cc").arg("-v").output().unwrap();
    String::from_utf8_lossy(&output.stderr).contains("gcc version")
}

/// Links in three ways and compares the bytes; gives whether the last two did
/// without the driver.
fn alike(folder: &Path, driver: &str, rest: &[&str]) -> [bool; 2] {
    let output = folder.join("out");
    let linked = |how| {
        let ended = build(folder, driver, how, &[rest, &["-o", "out"]].concat());
        (ended.succeeds(), fs::read(&output).unwrap())
    };
    let (through, expected) = linked("false");
    assert!(!is_direct(&through), "{driver}: {through}");
    // The driver is asked and links, and then what it said is remembered.
    [linked("true"), linked("true")].map(|(stdout, bytes)| {
        assert!(
            bytes == expected,
            "{driver} {rest:?}: other bytes: {stdout}"
        );
        is_direct(&stdout)
    })
}

#[test]
fn every_kind_and_linker_gives_the_bytes_of_the_driver() {
    let folder = folder();
    let folder = folder.path();
    let drivers = [
        "cc",
        "cc -static",
        "cc -static-pie",
        "cc -no-pie",
        "cc -pie -Wl,-z,now",
        "cc --sysroot=/",
        "cc -fuse-ld=bfd",
        "cc -fuse-ld=gold",
        "cc -fuse-ld=lld",
        "cc -fuse-ld=mold",
        "clang",
    ];
    let understood = has_gcc();
    for driver in drivers {
        let linker = driver
            .split_once("-fuse-ld=")
            .map(|(_, name)| format!("ld.{name}"));
        let needed = linker.unwrap_or_else(|| driver.split(' ').next().unwrap().to_owned());
        if !is_installed(&needed) {
            println!("skipped: {needed} not installed");
            continue;
        }
        for rest in [
            &["--kind", "exe"][..],
            &["--kind", "shared", "--export", "twice"],
        ] {
            if driver.contains("static") && rest.contains(&"shared") {
                continue;
            }
            let expected = understood && driver != "clang";
            let expected = [false, expected];
            assert_eq!(alike(folder, driver, rest), expected, "{driver} {rest:?}");
        }
    }
    assert!(folder.join("cache/beskid/drivers").exists());
}

#[test]
fn a_failure_is_told_in_the_words_of_the_driver() {
    let folder = folder();
    let folder = folder.path();
    let driver = "cc -Wl,--no-such-option";
    let told =
        ["false", "true"].map(|how| told(&build(folder, driver, how, &[]).fails_with("E4021")));
    assert_eq!(told[0], told[1]);
    assert!(told[0].concat().contains("no-such-option"), "{told:?}");
}

#[test]
fn a_link_that_was_good_before_fails_in_the_words_of_the_driver_too() {
    let folder = folder();
    let folder = folder.path();
    let object = folder.join("extra.o");
    let compile = |source: &str| {
        fs::write(folder.join("extra.c"), source).unwrap();
        let mut cc = Command::new("cc");
        cc.current_dir(folder).args(["-c", "extra.c"]);
        end(&mut cc).succeeds();
    };
    let driver = format!("cc {}", object.display());
    compile("int extra(void) { return 1; }\n");
    build(folder, &driver, "true", &[]).succeeds();
    let stdout = build(folder, &driver, "true", &[]).succeeds();
    assert_eq!(is_direct(&stdout), has_gcc(), "{stdout}");
    compile(
        "int absent(void);\nint extra(void) { return absent(); }\nint (*used)(void) = extra;\n\
             __attribute__((constructor)) void start(void) { used(); }\n",
    );
    fs::remove_file(folder.join("p")).unwrap();
    let told =
        ["false", "true"].map(|how| told(&build(folder, &driver, how, &[]).fails_with("E4021")));
    assert_eq!(told[0], told[1]);
    assert!(told[0].concat().contains("absent"), "{told:?}");
    assert!(!folder.join("p").exists());
}

/// What a message says, but for the log of the whole, whose name is new each time.
fn told(message: &str) -> Vec<String> {
    let lines = message.lines().filter(|line| !line.contains(".log"));
    lines.map(str::to_owned).collect()
}

#[test]
fn a_driver_that_is_a_script_runs_itself() {
    let folder = folder();
    let folder = folder.path();
    let script = folder.join("my-cc");
    fs::write(&script, "#!/bin/sh\necho ran >> ran\nexec cc \"$@\"\n").unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let driver = script.to_str().unwrap();
    for runs in 1..=2 {
        let stdout = build(folder, driver, "true", &[]).succeeds();
        assert!(!is_direct(&stdout), "{stdout}");
        let ran = fs::read_to_string(folder.join("ran")).unwrap();
        assert_eq!(ran.lines().count(), runs);
    }
}

#[test]
fn a_driver_that_finds_another_linker_is_asked_again() {
    if !has_gcc() {
        println!("skipped: gcc not installed");
        return;
    }
    let folder = folder();
    let folder = folder.path();
    let linker = |stdout: &str| {
        let line = stdout
            .lines()
            .find_map(|line| line.strip_prefix("instead: "));
        line.map(|line| line.split(' ').next().unwrap().to_owned())
    };
    build(folder, "cc", "true", &[]).succeeds();
    let first = linker(&build(folder, "cc", "true", &[]).succeeds()).unwrap();
    let ours = folder.join("bin");
    fs::create_dir(&ours).unwrap();
    std::os::unix::fs::symlink(&first, ours.join("ld")).unwrap();
    let path = std::env::var("PATH").unwrap();
    for (variable, value) in [
        ("PATH", format!("{}:{path}", ours.display())),
        ("COMPILER_PATH", ours.display().to_string()),
    ] {
        let mut command = beskid(folder);
        command
            .env("XDG_CACHE_HOME", folder.join("cache"))
            .env(variable, value)
            .args(["build", "p.bd", "--verbose-link"]);
        // It is not what was said before, and the folder of `ld` is too new.
        let first = linker(&end(&mut command).succeeds());
        assert_eq!(first, None, "{variable}");
        std::thread::sleep(Duration::from_secs(3));
        end(&mut command).succeeds();
        let second = linker(&end(&mut command).succeeds());
        let expected = ours.join("ld").display().to_string();
        assert_eq!(second, Some(expected), "{variable}");
    }
}

/// What is not there when the driver is asked may be there later, and rules that a
/// file holds may change.
#[test]
fn prefixes_that_are_not_there_and_files_with_rules_are_left_to_the_driver() {
    let folder = folder();
    let folder = folder.path();
    let rules = Command::new("cc").arg("-dumpspecs").output().unwrap();
    let file = folder.join("rules");
    fs::write(&file, rules.stdout).unwrap();
    let absent = folder.join("absent");
    let mut drivers = vec![format!("cc -B{}", absent.display())];
    if has_gcc() {
        drivers.push(format!("cc -specs={}", file.display()));
    }
    for driver in drivers {
        assert_eq!(alike(folder, &driver, &[]), [false, false], "{driver}");
    }
    // The folder is there now, and empty.
    fs::create_dir(&absent).unwrap();
    std::thread::sleep(Duration::from_millis(2_500));
    let driver = format!("cc -B{}", absent.display());
    assert_eq!(alike(folder, &driver, &[]), [false, has_gcc()], "{driver}");
}
