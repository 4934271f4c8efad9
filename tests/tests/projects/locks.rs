//! `Project.lock`: what it says, and when it is written.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::process::Stdio;

use beskid_tests::command::{beskid, end};
use beskid_tests::site::{Site, depends, library, manifest};

/// A program that needs `b`, which needs `c`.
fn site() -> Site {
    Site::new(&[
        ("a/Project.proj", &manifest("A", &depends("B", "../b"))),
        ("a/Src/Main.bd", "i32 main() { return B.Lib.Two() + 40; }\n"),
        ("b/Project.proj", &library("B", &depends("C", "../deep/c"))),
        ("b/Src/Lib.bd", "pub i32 Two() => C.Lib.One() + 1;\n"),
        ("deep/c/Project.proj", &library("C", "")),
        ("deep/c/Src/Lib.bd", "pub i32 One() => 1;\n"),
    ])
}

const LOCK: &str = "a/Project.lock";

#[test]
fn lck_1_a_lock_has_a_line_for_each_dependency() {
    let site = site();
    assert_eq!(
        site.run_in("a", "lock").succeeds(),
        "Project.lock synchronized.\n"
    );
    let text = site.read(LOCK);
    let lines = text.lines().collect::<Vec<_>>();
    let head = [
        "# Project.lock v1",
        "root_manifest=Project.proj",
        "project_name=A",
        "dependencies:",
    ];
    assert_eq!(lines[..4], head);
    let expected = [
        "- name=B;manifest=../b/Project.proj;project=../b;source_root=../b/Src;\
         materialized_root=obj/beskid/deps/src/B-",
        "- name=C;manifest=../deep/c/Project.proj;project=../deep/c;source_root=../deep/c/Src;\
         materialized_root=obj/beskid/deps/src/C-",
    ];
    assert_eq!(lines.len(), 6, "{text}");
    for (line, expected) in lines[4..].iter().zip(expected) {
        let hash = line
            .strip_prefix(expected)
            .unwrap_or_else(|| panic!("{line}"));
        assert!(
            hash.len() == 16 && hash.chars().all(|c| c.is_ascii_hexdigit()),
            "{line}"
        );
    }
    // What later versions add is left alone.
    let more = text.replace("\n- name=B;", "\n- new=x;name=B;");
    let more = more.trim_end().to_owned() + ";resolved_version=1.0;artifact_digest=abc\n";
    site.write(LOCK, &more);
    site.run_in("a", "lock --locked").succeeds();
    assert_eq!(site.read(LOCK), more);
}

#[test]
fn lck_2_flags_forbid_what_would_be_written() {
    let site = site();
    let commands = ["run", "analyze", "clif", "build -o ../x", "fetch"];
    let written = |commands: &[&str], flags: &str, code: &str| {
        for command in commands {
            let before = site.files("");
            let ended = site.run_in("a", &format!("{command} {flags}"));
            ended.fails_with(code);
            assert_eq!(site.files(""), before, "{command} {flags}");
        }
    };
    // Missing.
    written(&commands, "--locked", "E3023");
    written(&commands, "--frozen", "E3023");
    assert_eq!(site.run_in("a", "run").succeeds(), "42\n");
    let good = site.read(LOCK);
    // Equal.
    let modified = || fs::metadata(site.path(LOCK)).unwrap().modified().unwrap();
    let before = modified();
    for flags in ["", "--locked", "--frozen", "--locked --frozen"] {
        assert_eq!(site.run_in("a", &format!("run {flags}")).succeeds(), "42\n");
    }
    assert_eq!(modified(), before);
    // Nothing else is written either.
    let files = site.files("");
    let fetched = site.run_in("a", "fetch --frozen").succeeds();
    assert!(fetched.contains("nothing is gathered"), "{fetched}");
    assert_eq!(site.files(""), files);
    // Different, or malformed.
    for text in [
        good.replace("../deep/c", "../deep/d"),
        "rubbish".to_owned(),
        String::new(),
    ] {
        site.write(LOCK, &text);
        written(&commands, "--locked", "E3022");
        written(&commands, "--frozen", "E3023");
        written(&["run"], "--frozen --locked", "E3023");
        let message = site.run_in("a", "run --frozen").fails_with("E3023");
        let word = match text.contains("- name=B;") {
            true => "is out of date",
            false => "is malformed",
        };
        assert!(message.contains(word), "{message}");
        assert_eq!(site.read(LOCK), text);
        assert_eq!(site.run_in("a", "run").succeeds(), "42\n");
        assert_eq!(site.read(LOCK), good);
    }
    // The manifest changes, and with it the lock.
    site.write("b/Project.proj", &library("B", ""));
    site.write("b/Src/Lib.bd", "pub i32 Two() => 2;\n");
    let message = site.run_in("a", "run --locked").fails_with("E3022");
    assert!(message.contains("beskid lock"), "{message}");
    assert_eq!(site.run_in("a", "run").succeeds(), "42\n");
    assert!(!site.read(LOCK).contains("name=C"));
}

#[test]
fn lck_3_a_lock_is_the_same_on_every_machine() {
    let site = site();
    site.run_in("a", "lock").succeeds();
    let text = site.read(LOCK);
    let folder = site.path("").canonicalize().unwrap().display().to_string();
    assert!(!text.contains(&folder), "{text}");
    // The same tree elsewhere.
    let other = Site::copy_of(&site.path(""));
    assert_eq!(
        other.run_in("a", "run --locked --frozen").succeeds(),
        "42\n"
    );
    // Other compilers write whole paths.
    let whole = text
        .replace("=../", &format!("={folder}/a/../"))
        .replace("=Project.proj", &format!("={folder}/a/Project.proj"))
        .replace("=obj/", &format!("={folder}/a/obj/"));
    site.write(LOCK, &whole);
    site.run_in("a", "run --locked --frozen").succeeds();
    assert_eq!(site.read(LOCK), whole);
}

#[test]
fn lck_4_a_lock_that_cannot_be_read_or_written_is_told_by_its_code() {
    let site = site();
    fs::create_dir(site.path(LOCK)).unwrap();
    let message = site.run_in("a", "run").fails_with("E3020");
    assert!(message.contains("Project.lock"), "{message}");
    fs::remove_dir(site.path(LOCK)).unwrap();
    symlink("none/Project.lock", site.path(LOCK)).unwrap();
    site.run_in("a", "run").fails_with("E3021");
    fs::remove_file(site.path(LOCK)).unwrap();
    // The format has no way to write it.
    let odd = Site::new(&[
        ("a/Project.proj", &manifest("A", &depends("B", "../b;c"))),
        ("a/Src/Main.bd", ""),
        ("b;c/Project.proj", &library("B", "")),
        ("b;c/Src/Lib.bd", ""),
    ]);
    let message = odd.run_in("a", "lock").fails_with("E3021");
    assert!(message.contains("has a `;`"), "{message}");
    assert!(!odd.has(LOCK));
}

/// LCK-5 is about archives of registries, which are refused before a lock is read.
#[test]
fn lck_5_nothing_of_a_registry_is_locked() {
    let registered = "dependency \"Net\" {\n source = registry\n version = \"1.0\"\n}\n";
    let site = Site::new(&[
        ("Project.proj", &manifest("A", registered)),
        ("Src/Main.bd", ""),
        (
            "Project.lock",
            "# Project.lock v1\nroot_manifest=Project.proj\nproject_name=A\ndependencies:\n\
             - name=Net;manifest=x;project=x;source_root=x;materialized_root=x;artifact_digest=0\n",
        ),
    ]);
    let before = site.read("Project.lock");
    for command in ["run", "lock", "fetch", "update"] {
        site.run(command).fails_with("E3011");
    }
    assert_eq!(site.read("Project.lock"), before);
}

#[test]
fn lck_2_commands_at_the_same_time_lose_nothing() {
    let site = site();
    for round in 0..3 {
        let _ = fs::remove_file(site.path(LOCK));
        let lines = [
            "lock", "run", "fetch", "update", "analyze", "lock", "fetch", "run",
        ];
        let started = lines.map(|line| {
            let mut command = beskid(&site.path(""));
            command.current_dir(site.path("a")).arg(line);
            command.stdout(Stdio::null()).stderr(Stdio::piped());
            (line, command.spawn().unwrap())
        });
        for (line, child) in started {
            let output = child.wait_with_output().unwrap();
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{round} {line}: {stderr}");
        }
        assert_eq!(site.run_in("a", "run --locked --frozen").succeeds(), "42\n");
        let gathered = site.files("a/obj");
        assert_eq!(gathered.len(), 3, "{gathered:?}");
    }
}

#[test]
fn lck_2_a_lock_is_left_out_where_nothing_can_be_written() {
    let site = site();
    site.write(
        "a/Src/Main.bd",
        "i32 main() { return B.Lib.Two() + 40; }\ntest One { }\n",
    );
    let folder = site.path("a");
    let seal = |mode| fs::set_permissions(&folder, PermissionsExt::from_mode(mode)).unwrap();
    fs::set_permissions(site.path(""), PermissionsExt::from_mode(0o755)).unwrap();
    seal(0o555);
    let unprivileged = |line: &str| {
        let mut command = beskid(&folder);
        // No permissions bind root.
        if fs::metadata("/proc/self").unwrap().uid() == 0 {
            command.uid(65534).gid(65534);
        }
        command.args(line.split_whitespace());
        command
    };
    if unprivileged("--version").output().is_err() {
        println!("skipped: another user cannot run beskid here");
        return;
    }
    let before = site.files("");
    for (line, expected) in [
        ("run", "42\n"),
        ("analyze", ""),
        (
            "test --plain",
            "PASS One\nResult: passed=1, failed=0, skipped=0, filtered_out=0\n",
        ),
        ("run Src/Main.bd", "42\n"),
    ] {
        let ended = end(&mut unprivileged(line));
        let note = "info: `Project.lock` is not written: nothing can be written to its folder\n";
        assert!(ended.stderr.ends_with(note), "{line}: {ended:#?}");
        assert_eq!(
            ended.stderr.matches("info").count(),
            1,
            "{line}: {ended:#?}"
        );
        assert_eq!(ended.succeeds(), expected, "{line}");
    }
    for (line, code) in [
        ("run --locked", "E3023"),
        ("run --frozen", "E3023"),
        ("lock", "E3021"),
        ("fetch", "E3021"),
    ] {
        end(&mut unprivileged(line)).fails_with(code);
    }
    assert_eq!(site.files(""), before);
    // One that is wrong is not passed over.
    seal(0o755);
    site.write(LOCK, "# Project.lock v1\n");
    seal(0o555);
    end(&mut unprivileged("run")).fails_with("E3021");
    seal(0o755);
}
