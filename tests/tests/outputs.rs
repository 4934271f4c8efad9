//! Outputs are written as compilers write them, and sources read as they read
//! them: devices, pipes, links, permissions, folders that refuse.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::io::Write;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use beskid_tests::built::built;
use beskid_tests::command::{Ended, beskid, end, run};

const PROGRAM: &str = "i32 main() { return 7; }\n";
const CLIF: &str =
    "; a comment\nfunction %main() -> i32 {\nblock0:\n    v0 = iconst.i32 5\n    return v0\n}\n";

fn folder_with_program() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), PROGRAM).unwrap();
    folder
}

/// The arguments that make each kind of output, and whether it can be executed.
const KINDS: [(&[&str], bool); 5] = [
    (&["build", "p.bd", "-o"], true),
    (&["build", "p.bd", "--kind", "shared", "-o"], true),
    (&["build", "p.bd", "--kind", "static", "-o"], false),
    (&["build", "p.bd", "--kind", "object", "-o"], false),
    (&["artifact", "emit", "p.bd", "-o"], false),
];

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// Runs a command with this text as its input.
fn fed(command: &mut Command, input: &[u8]) -> Ended {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap().into()
}

fn fifo(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status().unwrap();
    assert!(made.success());
}

#[test]
fn what_is_no_regular_file_is_written_and_never_replaced() {
    let folder = folder_with_program();
    let null = || {
        let meta = fs::metadata("/dev/null").unwrap();
        (meta.ino(), meta.rdev(), meta.mode())
    };
    let before = null();
    symlink("/dev/null", folder.path().join("link")).unwrap();
    let pipe = folder.path().join("pipe");
    fifo(&pipe);
    for (args, _) in KINDS {
        for output in ["/dev/null", "link"] {
            run(folder.path(), args.iter().chain([&output])).succeeds();
            assert_eq!(null(), before, "{args:?}");
        }
        let reader = pipe.clone();
        let reader = thread::spawn(move || fs::read(reader).unwrap());
        run(folder.path(), args.iter().chain([&"pipe"])).succeeds();
        assert!(reader.join().unwrap().len() > 100, "{args:?}");
        assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
    }
    assert!(folder.path().join("link").is_symlink());
}

#[test]
fn standard_output_takes_what_one_stream_can_hold_and_nothing_else() {
    let folder = folder_with_program();
    for path in ["-", "/dev/stdout"] {
        for (args, magic) in [
            (
                &["build", "p.bd", "--kind", "object", "-o"][..],
                &b"\x7fELF"[..],
            ),
            (&["artifact", "emit", "p.bd", "-o"], b"BSKA"),
        ] {
            let mut command = beskid(folder.path());
            let output = command.args(args).arg(path).output().unwrap();
            assert!(output.status.success(), "{output:?}");
            assert!(output.stdout.starts_with(magic), "{args:?}");
            fs::write(folder.path().join("got"), &output.stdout).unwrap();
            run(folder.path(), args.iter().chain([&"file"])).succeeds();
            let file = fs::read(folder.path().join("file")).unwrap();
            assert_eq!(output.stdout, file, "{args:?}");
        }
    }
    for args in [
        &["build", "p.bd", "-o", "-"][..],
        &["build", "p.bd", "--kind", "shared", "-o", "-"],
        &["build", "p.bd", "--kind", "static", "-o", "-"],
        &["build", "p.bd", "-o", "p", "--object-output", "-"],
        &["diff", "p.bd", "--reduce", "-o", "-"],
    ] {
        run(folder.path(), args).fails_with("E4042");
    }
    assert!(!folder.path().join("-").exists());
    run(folder.path(), ["artifact", "emit", "p.bd", "-o", "./-"]).succeeds();
    assert!(folder.path().join("-").is_file());
}

#[test]
fn an_open_file_is_written_where_the_shell_opened_it() {
    let folder = folder_with_program();
    let path = folder.path().join("redirected");
    let file = fs::File::create(&path).unwrap();
    let before = file.metadata().unwrap().ino();
    let mut command = beskid(folder.path());
    command.args(["artifact", "emit", "p.bd", "-o", "/dev/stdout"]);
    assert!(command.stdout(file).status().unwrap().success());
    assert_eq!(fs::metadata(&path).unwrap().ino(), before);
    assert!(fs::read(&path).unwrap().starts_with(b"BSKA"));
}

#[test]
fn new_files_have_the_permissions_that_the_umask_leaves() {
    let folder = folder_with_program();
    for (umask, data, code) in [("027", 0o640, 0o750), ("000", 0o666, 0o777)] {
        for (number, (args, is_code)) in KINDS.iter().enumerate() {
            let name = format!("{umask}-{number}");
            let beskid = beskid(folder.path());
            let mut shell = Command::new("sh");
            shell.current_dir(folder.path());
            shell.args(["-c", &format!("umask {umask}; exec \"$@\""), "sh"]);
            shell.arg(beskid.get_program()).args(*args).arg(&name);
            end(&mut shell).succeeds();
            let expected = if *is_code { code } else { data };
            assert_eq!(mode(&folder.path().join(&name)), expected, "{name}");
        }
    }
}

#[test]
fn a_file_that_is_there_keeps_its_permissions_and_its_links() {
    let folder = folder_with_program();
    for (number, (args, is_code)) in KINDS.iter().enumerate() {
        let path = |name: &str| folder.path().join(format!("{name}-{number}"));
        fs::write(path("file"), "old").unwrap();
        fs::set_permissions(path("file"), PermissionsExt::from_mode(0o4600)).unwrap();
        fs::hard_link(path("file"), path("other")).unwrap();
        symlink(path("file"), path("link")).unwrap();
        let mut command = beskid(folder.path());
        end(command.args(*args).arg(path("link"))).succeeds();
        assert!(path("link").is_symlink());
        assert!(fs::read(path("file")).unwrap().len() > 100);
        // As a linker does it: the other name keeps the old contents.
        assert_eq!(fs::read(path("other")).unwrap(), b"old");
        let found = mode(&path("file"));
        let expected = if *is_code { 0o711 } else { 0o600 };
        assert_eq!(found, expected, "{args:?}");
        let dangling = path("dangling");
        symlink(path("new"), &dangling).unwrap();
        let mut command = beskid(folder.path());
        end(command.args(*args).arg(&dangling)).succeeds();
        assert!(dangling.is_symlink() && path("new").is_file());
    }
}

#[test]
fn a_writable_file_in_a_folder_that_is_not_is_written() {
    let folder = folder_with_program();
    let sealed = folder.path().join("sealed");
    fs::create_dir(&sealed).unwrap();
    let output = sealed.join("output");
    fs::write(
        &output,
        "old contents that are longer than what is new".repeat(100),
    )
    .unwrap();
    for (path, mode) in [(folder.path(), 0o755), (&output, 0o666), (&sealed, 0o555)] {
        fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    }
    let before = fs::metadata(&output).unwrap().ino();
    let unprivileged = || {
        let mut command = beskid(folder.path());
        // No permissions bind root.
        if fs::metadata("/proc/self").unwrap().uid() == 0 {
            command.uid(65534).gid(65534);
        }
        command.args(["artifact", "emit", "p.bd", "-o"]);
        command
    };
    match unprivileged().arg("/dev/null").output() {
        Ok(output) if output.status.success() => {}
        refused => {
            println!("skipped: another user cannot run beskid here: {refused:?}");
            return;
        }
    }
    assert!(
        fs::metadata("/dev/null")
            .unwrap()
            .file_type()
            .is_char_device()
    );
    end(unprivileged().arg(&output)).succeeds();
    assert_eq!(fs::metadata(&output).unwrap().ino(), before);
    run(folder.path(), ["artifact", "verify", "sealed/output"]).succeeds();
    end(unprivileged().arg(sealed.join("new"))).fails_with("E4040");
    fs::set_permissions(&sealed, PermissionsExt::from_mode(0o755)).unwrap();
}

#[test]
fn sources_may_be_streams() {
    let folder = folder_with_program();
    run(folder.path(), ["artifact", "emit", "p.bd", "-o", "p.bska"]).succeeds();
    let artifact = fs::read(folder.path().join("p.bska")).unwrap();
    for path in ["-", "/dev/stdin"] {
        for (input, result) in [
            (PROGRAM.as_bytes(), "7\n"),
            (CLIF.as_bytes(), "5\n"),
            (&artifact, "7\n"),
        ] {
            let mut command = beskid(folder.path());
            let ended = fed(command.args(["run", path]), input);
            assert_eq!(ended.succeeds(), result);
        }
        let mut command = beskid(folder.path());
        let message = fed(command.args(["build", path]), PROGRAM.as_bytes()).fails_with("E4041");
        assert!(message.contains("--output"), "{message}");
        let mut command = beskid(folder.path());
        let built = fed(
            command.args(["build", path, "-o", "out"]),
            PROGRAM.as_bytes(),
        );
        built.succeeds();
        let status = Command::new(folder.path().join("out")).status().unwrap();
        assert_eq!(status.code(), Some(7));
    }
    let mut command = beskid(folder.path());
    let message = fed(command.args(["run", "-"]), b"i32 main() {\n  return x; }\n");
    let message = message.stderr;
    assert!(message.contains("<stdin>:2:10"), "{message}");
    let mut command = beskid(folder.path());
    let ended = fed(command.args(["test", "-"]), CLIF.as_bytes());
    assert!(ended.stderr.contains("can be read only once"), "{ended:#?}");
    let pipe = folder.path().join("pipe.bd");
    fifo(&pipe);
    let writer = thread::spawn(move || fs::write(pipe, PROGRAM).unwrap());
    assert_eq!(run(folder.path(), ["run", "pipe.bd"]).succeeds(), "7\n");
    writer.join().unwrap();
}

#[test]
fn what_stands_before_the_text_is_skipped_and_positions_stay() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    for (before, place) in [
        ("\u{feff}", ":1:21"),
        ("#!/usr/bin/env -S beskid run\n", ":2:21"),
        ("\u{feff}#!/usr/bin/env -S beskid run\r\n", ":2:21"),
    ] {
        write("good.bd", &format!("{before}{PROGRAM}"));
        assert_eq!(run(folder.path(), ["run", "good.bd"]).succeeds(), "7\n");
        write("good.clif", &format!("{before}{CLIF}"));
        assert_eq!(run(folder.path(), ["run", "good.clif"]).succeeds(), "5\n");
        write("bad.bd", &format!("{before}i32 main() {{ return x; }}\n"));
        let message = run(folder.path(), ["run", "bad.bd"]).stderr;
        assert!(message.contains(&format!("bad.bd{place}")), "{message}");
    }
    // A script needs no extension.
    write(
        "script",
        &format!("#!/usr/bin/env -S beskid run\n{PROGRAM}"),
    );
    assert_eq!(run(folder.path(), ["run", "script"]).succeeds(), "7\n");
}

#[test]
fn a_home_that_cannot_be_written_is_as_good_as_none() {
    let folder = folder_with_program();
    let temporary = folder.path().join("tmp");
    fs::create_dir(&temporary).unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    for home in [Path::new("/proc/none"), &folder.path().join("file")] {
        let mut command = beskid(folder.path());
        command.env("HOME", home).env_remove("XDG_CACHE_HOME");
        command.env("TMPDIR", &temporary);
        end(command.args(["build", "p.bd"])).succeeds();
        let user = fs::metadata("/proc/self").unwrap().uid();
        let cache = temporary.join(format!("beskid-{user}"));
        assert_eq!(mode(&cache), 0o700);
        fs::remove_dir_all(cache).unwrap();
    }
    let mut command = beskid(folder.path());
    command.env("XDG_CACHE_HOME", "/proc/none");
    let message = end(command.args(["build", "p.bd"])).fails_with("E4040");
    assert!(message.contains("XDG_CACHE_HOME"), "{message}");
}

/// A file system from which nothing is executed.
struct NoExec {
    folder: tempfile::TempDir,
}

impl NoExec {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "noexec", "tmpfs"])
            .arg(folder.path())
            .output();
        let mounted = mounted.is_ok_and(|output| output.status.success());
        mounted.then_some(Self { folder })
    }
}

impl Drop for NoExec {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.folder.path()).status();
    }
}

#[test]
fn a_folder_without_execution_is_named_with_the_variable_that_chooses_it() {
    let Some(disk) = NoExec::mount() else {
        println!("skipped: mounting a tmpfs is not permitted");
        return;
    };
    let folder = folder_with_program();
    let mut command = beskid(folder.path());
    command.env("TMPDIR", disk.folder.path());
    let ended = end(command.args(["--backend", "aot", "run", "p.bd"]));
    let message = ended.fails_with("E4043");
    assert!(
        message.contains("noexec") && message.contains("TMPDIR"),
        "{message}"
    );
    // Nothing is loaded to link.
    let mut command = beskid(folder.path());
    command.env("TMPDIR", disk.folder.path());
    end(command.args(["build", "p.bd"])).succeeds();
    let mut command = beskid(folder.path());
    command.env("XDG_CACHE_HOME", disk.folder.path());
    command.arg("--plugin").arg(built().plugin("backend_jit"));
    // Plugins are loaded from memory.
    end(command.args(["run", "p.bd"])).succeeds();
}

/// A file that is mounted over another one.
struct Bound<'p>(&'p Path);

impl<'p> Bound<'p> {
    fn mount(file: &Path, over: &'p Path) -> Option<Self> {
        let mut command = Command::new("mount");
        let mounted = command.arg("--bind").args([file, over]).output();
        let mounted = mounted.is_ok_and(|output| output.status.success());
        mounted.then_some(Self(over))
    }
}

impl Drop for Bound<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).status();
    }
}

#[test]
fn an_output_that_is_mounted_by_itself_is_written_in_place() {
    for (args, is_code) in KINDS {
        let folder = folder_with_program();
        let elsewhere = tempfile::tempdir().unwrap();
        let [file, over] = [elsewhere.path().join("file"), folder.path().join("out")];
        // Longer than what is written.
        fs::write(&file, vec![b'x'; 1 << 22]).unwrap();
        fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).unwrap();
        fs::write(&over, "below").unwrap();
        let Some(bound) = Bound::mount(&file, &over) else {
            println!("skipped: binding a file is not permitted");
            return;
        };
        let inode = fs::metadata(&file).unwrap().ino();
        run(folder.path(), args.iter().chain(&["out"])).succeeds();
        drop(bound);
        assert_eq!(fs::metadata(&file).unwrap().ino(), inode);
        assert_eq!(fs::read(&over).unwrap(), b"below");
        assert_eq!(mode(&file) & 0o100 != 0, is_code, "{args:?}");
        run(folder.path(), args.iter().chain(&["plain"])).succeeds();
        let plain = fs::read(folder.path().join("plain")).unwrap();
        assert_eq!(fs::read(&file).unwrap().len(), plain.len(), "{args:?}");
        let names = fs::read_dir(folder.path()).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let left = names.filter(|name| name.starts_with(".beskid-scratch"));
        assert_eq!(left.count(), 0);
    }
}
