//! Which bytes of a plugin's file are loaded, and what is kept of them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use beskid_tests::built::built;
use beskid_tests::command::{Ended, beskid, end};

const HELLO: &str = "unit main() {\n    __syscall_write(1, \"hello\\n\");\n}\n";
/// A user who owns nothing here.
const NOBODY: u32 = 65534;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), HELLO).unwrap();
    folder
}

fn command(folder: &Path, plugin: &Path) -> Command {
    let mut command = beskid(folder);
    command.env("XDG_CACHE_HOME", folder.join("cache"));
    command.arg("--plugin").arg(plugin);
    command
}

/// A run with a plugin, in memory.
fn with(folder: &Path, plugin: &Path) -> Ended {
    end(command(folder, plugin).args(["run", "p.bd"]))
}

/// Files of the cache by their endings.
fn cached(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder.join("cache/beskid/plugins"));
    let paths = entries
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path());
    let ending = |path: PathBuf| path.extension().unwrap().to_str().unwrap().to_owned();
    let mut endings = paths.map(ending).collect::<Vec<_>>();
    endings.sort();
    endings
}

/// Waits until a change of a file can be told from what is known of it.
fn settle(file: &Path) {
    let old = SystemTime::now() - Duration::from_secs(10);
    File::options()
        .write(true)
        .open(file)
        .unwrap()
        .set_modified(old)
        .unwrap();
    std::thread::sleep(Duration::from_secs(3));
}

#[test]
fn a_plugin_that_is_not_used_leaves_no_mark() {
    let folder = folder();
    let folder = folder.path();
    assert_eq!(
        with(folder, built().plugin("linker_unix")).succeeds(),
        "hello\nok\n"
    );
    assert_eq!(cached(folder), [""; 0]);
}

#[test]
fn marks_are_kept_and_no_code() {
    let folder = folder();
    let folder = folder.path();
    let plugin = folder.join("libplugin.so");
    fs::copy(built().plugin("backend_jit"), &plugin).unwrap();
    with(folder, &plugin).succeeds();
    assert_eq!(cached(folder), ["sound"], "it is too new to be known");
    settle(&plugin);
    for _ in 0..2 {
        assert_eq!(with(folder, &plugin).succeeds(), "hello\nok\n");
        assert_eq!(cached(folder), ["known", "sound"]);
    }
}

#[test]
fn a_file_that_was_changed_is_vetted_and_proven_again() {
    let folder = folder();
    let folder = folder.path();
    let plugin = folder.join("libplugin.so");
    fs::copy(built().plugin("backend_jit"), &plugin).unwrap();
    settle(&plugin);
    with(folder, &plugin).succeeds();
    let modified = fs::metadata(&plugin).unwrap().modified().unwrap();
    // A byte behind all that is loaded: still a plugin, of another digest.
    let len = fs::metadata(&plugin).unwrap().len();
    let file = File::options().write(true).open(&plugin).unwrap();
    file.write_all_at(&[1], len).unwrap();
    file.set_modified(modified).unwrap();
    with(folder, &plugin).succeeds();
    assert_eq!(cached(folder), ["known", "sound", "sound"]);
    // And one that is cut is none, however well it is known.
    file.set_len(len / 2).unwrap();
    file.set_modified(modified).unwrap();
    let message = with(folder, &plugin).fails_with("E5101");
    assert!(message.contains("truncated"), "{message}");
}

#[test]
fn a_file_that_is_cut_while_it_is_used_harms_nobody() {
    let folder = folder();
    let folder = folder.path();
    for isolated in [false, true] {
        let plugin = folder.join("libplugin.so");
        fs::copy(built().plugin("faulty_backend"), &plugin).unwrap();
        let mut command = command(folder, &plugin);
        command.env("FAULTY", "waits").args(["--backend", "faulty"]);
        command.arg(match isolated {
            true => "--isolate",
            false => "--isolate=no",
        });
        command.args(["-v", "build", "p.bd"]);
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.as_mut().unwrap()).lines();
        if isolated {
            // Its own words stay in its process.
            assert!(lines.any(|line| line.unwrap().contains("loading plugin")));
            std::thread::sleep(Duration::from_secs(1));
        } else {
            assert!(lines.any(|line| line.unwrap() == "compiling"));
        }
        File::options()
            .write(true)
            .truncate(true)
            .open(&plugin)
            .unwrap();
        let id = process_id(child.id());
        // SAFETY: it sends a signal to a process of ours.
        assert_eq!(unsafe { libc::kill(id, libc::SIGINT) }, 0);
        let status = child.wait().unwrap();
        assert_eq!(status.signal(), Some(libc::SIGINT), "{isolated}: {status}");
    }
}

fn process_id(id: u32) -> i32 {
    i32::try_from(id).unwrap()
}

#[test]
fn a_cache_that_cannot_be_written_costs_marks_only() {
    let folder = folder();
    let folder = folder.path();
    for isolated in [["--isolate=no"], ["--isolate"]] {
        let mut command = command(folder, built().plugin("linker_unix"));
        command.env("XDG_CACHE_HOME", "/proc/none");
        let args = [
            "build",
            "--standalone",
            "--kind",
            "shared",
            "q.bd",
            "-o",
            "q.so",
        ];
        fs::write(folder.join("q.bd"), "pub i32 one() { return 1; }\n").unwrap();
        end(command.args(isolated).args(args)).succeeds();
        assert!(folder.join("q.so").exists());
    }
}

#[test]
fn a_file_that_may_not_be_read_is_named() {
    let folder = folder();
    let folder = folder.path();
    let plugin = folder.join("libplugin.so");
    fs::copy(built().plugin("linker_unix"), &plugin).unwrap();
    fs::set_permissions(folder, PermissionsExt::from_mode(0o755)).unwrap();
    fs::set_permissions(&plugin, PermissionsExt::from_mode(0o000)).unwrap();
    // SAFETY: it has no preconditions.
    let is_root = unsafe { libc::geteuid() } == 0;
    let mut probe = beskid(folder);
    probe.arg("--version");
    let mut command = command(folder, &plugin);
    if is_root {
        probe.uid(NOBODY).gid(NOBODY);
        command.uid(NOBODY).gid(NOBODY);
    }
    if !probe.output().is_ok_and(|output| output.status.success()) {
        println!("skipped: nobody cannot run what was built");
        return;
    }
    let message = end(command.args(["run", "p.bd"])).fails_with("E5101");
    assert!(message.contains("libplugin.so"), "{message}");
    assert!(message.contains("Permission denied"), "{message}");
}

#[test]
fn the_memory_is_named_after_the_plugin_and_is_no_open_file() {
    let folder = folder();
    let folder = folder.path();
    let program = "[Extern(Abi: \"C\", Library: \"libc.so.6\")]\n\
                   contract C { i32 system(ref u8 command); }\n\
                   i64 main() { C.system(__str_ptr(\"grep -o 'memfd:.* ' /proc/$PPID/maps | \
                   sort -u; ls -l /proc/$PPID/fd | grep -c memfd\\0\")); return 7; }\n";
    fs::write(folder.join("p.bd"), program).unwrap();
    let mut command = command(folder, built().plugin("backend_jit"));
    let ended = end(command.args(["--extern-dlopen", "run", "p.bd"]));
    let shown = ended.succeeds();
    assert_eq!(shown, "memfd:beskid-plugin-jit \n0\n7\n");
}

#[test]
fn without_proc_plugins_are_refused_and_built_ins_work() {
    let folder = folder();
    let folder = folder.path();
    let without = |command: &Command| {
        let mut outer = Command::new("unshare");
        outer.args(["--mount", "sh", "-c"]);
        outer.arg("mount -t tmpfs none /proc && exec \"$0\" \"$@\"");
        outer.arg(command.get_program()).args(command.get_args());
        outer.current_dir(folder).env("XDG_CONFIG_HOME", folder);
        outer
    };
    let mut plain = beskid(folder);
    let plain = without(plain.args(["run", "p.bd"])).output();
    let works = plain.is_ok_and(|output| output.status.success());
    if !works {
        println!("skipped: a namespace without /proc is not permitted");
        return;
    }
    for isolated in [&[][..], &["--isolate"]] {
        let mut command = command(folder, built().plugin("linker_unix"));
        command.args(isolated).args(["build", "p.bd"]);
        let message = end(&mut without(&command)).fails_with("E5160");
        assert!(message.contains("/proc/self/fd"), "{message}");
        assert!(message.contains("plugin: unix"), "{message}");
    }
}
