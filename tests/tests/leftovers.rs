//! Nothing stays behind, whoever dies: the program, a plugin, a tool, or
//! `beskid` itself.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use beskid_host::Registry;
use beskid_plugin_api::abi::{HostServices, services_table};
use beskid_plugin_api::artifact::CodegenArtifact;
use beskid_plugin_api::backend::CompileRequest;
use beskid_plugin_api::manifest::TARGET;
use beskid_plugin_api::services::Level;
use beskid_tests::built::built;
use beskid_tests::command::{beskid, end, run};

const RETURNS: &str = "i32 main() { return 7; }\n";
const PANICS: &str = "i32 main() { i32 mut zero = 0; return 1 / zero; }\n";
const LOOPS: &str = "i32 main() { __syscall_write(1, \"started\\n\"); while true { } return 0; }\n";
const TRAPS: &str = "function %main() -> i32 {\nblock0:\n    trap user1\n}\n";

/// A folder for the user, and one for temporary files that only the test uses.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["user", "tmp"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let place = Self { folder };
        for (name, text) in [
            ("p.bd", RETURNS),
            ("panics.bd", PANICS),
            ("loops.bd", LOOPS),
            ("traps.clif", TRAPS),
        ] {
            fs::write(place.user().join(name), text).unwrap();
        }
        place
    }

    fn user(&self) -> PathBuf {
        self.folder.path().join("user")
    }

    /// `beskid` with the signals as a terminal has them, whoever runs the tests:
    /// a shell's background jobs ignore some.
    fn beskid(&self) -> Command {
        self.started_by(&["env", "--default-signal=HUP,INT,QUIT,TERM"])
    }

    fn started_by(&self, starter: &[&str]) -> Command {
        let plain = beskid(&self.user());
        let mut command = Command::new(starter[0]);
        command.args(&starter[1..]).arg(plain.get_program());
        command.current_dir(self.user());
        for (name, value) in plain.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.env("TMPDIR", self.folder.path().join("tmp"));
        command.env("XDG_CACHE_HOME", self.folder.path().join("cache"));
        command
    }

    /// A C driver of the test's own, as a shell script.
    fn driver(&self, script: &str) -> PathBuf {
        let path = self.folder.path().join("driver");
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
        path
    }

    /// One that tells its process and that of its child, and never ends.
    fn endless_driver(&self, first: &str) -> PathBuf {
        let folder = self.folder.path().display();
        self.driver(&format!(
            "{first}\nsleep 1000 &\necho \"$$ $!\" > {folder}/ids.new\n\
             mv {folder}/ids.new {folder}/ids\nwait\nwait"
        ))
    }

    /// The processes of the endless driver, once they run.
    fn ids(&self) -> Vec<String> {
        let path = self.folder.path().join("ids");
        wait_until("the driver runs", || path.exists());
        let ids = fs::read_to_string(&path).unwrap();
        fs::remove_file(path).unwrap();
        ids.split_whitespace().map(str::to_owned).collect()
    }

    #[track_caller]
    fn is_clean(&self, what: &str) {
        assert_eq!(names(&self.folder.path().join("tmp")), [""; 0], "{what}");
        let user = ["loops.bd", "p.bd", "panics.bd", "traps.clif"];
        assert_eq!(names(&self.user()), user, "{what}");
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names = names.collect::<Vec<_>>();
    names.sort();
    names
}

/// Waits as long as a slow machine may take.
#[track_caller]
fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..6000 {
        if is_so() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("in vain: {what}");
}

/// Whether a process runs; one that nobody waits for does not.
fn runs(id: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let state = stat.rsplit(')').next().unwrap_or_default().trim_start();
    !state.is_empty() && !state.starts_with(['Z', 'X'])
}

fn send(signal: &str, child: &Child) {
    let status = Command::new("kill")
        .args([&format!("-{signal}"), &child.id().to_string()])
        .status();
    assert!(status.unwrap().success());
}

fn start(command: &mut Command) -> Child {
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// How a process ended that says nothing more.
#[track_caller]
fn ended_silently(child: Child) -> ExitStatus {
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    output.status
}

#[test]
fn a_program_that_never_returns_leaves_nothing() {
    let place = Place::new();
    for (program, is_end) in [
        (
            "p.bd",
            (|status| status.code() == Some(0)) as fn(ExitStatus) -> bool,
        ),
        ("panics.bd", |status| status.code() == Some(101)),
        ("traps.clif", |status| !status.success()),
    ] {
        let mut command = place.beskid();
        let output = command.args(["--backend", "aot", "run", program]).output();
        let output = output.unwrap();
        assert!(is_end(output.status), "{program}: {output:?}");
        place.is_clean(program);
    }
    let mut command = place.beskid();
    let mut child = start(command.args(["--backend", "aot", "run", "loops.bd"]));
    let mut started = [0; 8];
    std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut started).unwrap();
    // The program runs now, and its file is gone already.
    place.is_clean("loops.bd");
    send("KILL", &child);
    assert_eq!(child.wait().unwrap().signal(), Some(9));
    place.is_clean("killed");
}

#[test]
fn a_comparison_of_programs_that_end_their_processes_leaves_nothing() {
    let place = Place::new();
    for program in ["panics.bd", "traps.clif"] {
        end(place.beskid().args(["diff", program]));
        place.is_clean(program);
    }
    end(place.beskid().args(["test", "traps.clif"]));
    place.is_clean("test");
}

#[test]
fn a_signal_during_a_link_ends_the_tools_and_then_the_command() {
    let place = Place::new();
    let driver = place.endless_driver("");
    for (name, number) in [("HUP", 1), ("INT", 2), ("QUIT", 3), ("TERM", 15)] {
        for command in ["build", "run"] {
            let mut beskid = place.beskid();
            beskid.env("CC", &driver).args(["--backend", "aot"]);
            let child = start(beskid.args([command, "p.bd"]));
            let ids = place.ids();
            send(name, &child);
            let status = ended_silently(child);
            assert_eq!(status.signal(), Some(number), "{name}: {status}");
            for id in ids {
                wait_until(&format!("{name} ends the tools"), || !runs(&id));
            }
            place.is_clean(name);
        }
    }
}

#[test]
fn a_tool_that_ignores_signals_is_not_waited_for() {
    let place = Place::new();
    let driver = place.endless_driver("trap '' HUP INT QUIT TERM");
    let child = start(place.beskid().env("CC", &driver).args(["build", "p.bd"]));
    let ids = place.ids();
    send("TERM", &child);
    assert_eq!(ended_silently(child).signal(), Some(15));
    for id in ids {
        wait_until("the tools end", || !runs(&id));
    }
    place.is_clean("TERM");
}

#[test]
fn nohup_protects_a_build() {
    let place = Place::new();
    let folder = place.folder.path().display();
    let driver = place.driver(&format!(
        "echo \"$$\" > {folder}/ids\nwhile test ! -e {folder}/go; do sleep 0.05; done\nexec cc \"$@\""
    ));
    let mut command = place.started_by(&["nohup"]);
    command.env("CC", driver).args(["build", "p.bd"]);
    let child = start(command.stdin(Stdio::null()));
    wait_until("the driver runs", || {
        place.folder.path().join("ids").exists()
    });
    send("HUP", &child);
    fs::write(place.folder.path().join("go"), "").unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(place.user().join("p").is_file());
}

#[test]
fn what_a_killed_command_leaves_is_swept_by_a_later_one() {
    let place = Place::new();
    let driver = place.endless_driver("");
    let mut child = start(place.beskid().env("CC", &driver).args(["build", "p.bd"]));
    let ids = place.ids();
    send("KILL", &child);
    child.wait().unwrap();
    let kill = Command::new("kill").arg("-KILL").args(&ids).status();
    assert!(kill.unwrap().success());
    let left = names(&place.folder.path().join("tmp"));
    assert!(
        matches!(&left[..], [name] if name.starts_with("beskid-scratch-")),
        "{left:?}"
    );
    let ran = end(place.beskid().args(["--backend", "aot", "run", "p.bd"]));
    assert_eq!(ran.succeeds(), "7\n");
    place.is_clean("swept");
}

#[test]
fn a_signal_ends_the_processes_of_a_comparison() {
    let place = Place::new();
    fs::write(place.folder.path().join("l.clif"), endless_directive()).unwrap();
    let tests = place.folder.path().join("l.clif");
    let of_ours = |id: &str| {
        let line = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        let mark = place.folder.path().join("tmp");
        let line = String::from_utf8_lossy(&line).into_owned();
        line.contains("--report") && line.contains(mark.to_str().unwrap()) && runs(id)
    };
    let workers = || {
        let entries = fs::read_dir("/proc").unwrap();
        let ids = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        ids.filter(|id| of_ours(id)).count()
    };
    for (name, number) in [("TERM", 15), ("INT", 2)] {
        for args in [
            &["diff", "loops.bd"][..],
            &["test", tests.to_str().unwrap()],
        ] {
            let child = start(place.beskid().args(args));
            wait_until("a worker runs", || workers() > 0);
            send(name, &child);
            assert_eq!(ended_silently(child).signal(), Some(number), "{args:?}");
            wait_until("the workers end", || workers() == 0);
            place.is_clean(name);
        }
    }
}

fn endless_directive() -> &'static str {
    "test run\ntarget x86_64\n\nfunction %f() -> i32 {\nblock0:\n    jump block1\nblock1:\n    \
     jump block1\n}\n; run: %f() == 1\n"
}

#[test]
fn a_plugin_that_ends_the_process_leaves_nothing() {
    let place = Place::new();
    for (mode, code) in [
        ("exit-plan", Some(1)),
        ("abort-plan", None),
        ("exit-callback", Some(1)),
        ("abort-callback", None),
        ("fault-callback", None),
    ] {
        let mut command = place.beskid();
        command.env("HOSTILE", mode).arg("--plugin");
        command.arg(built().plugin("hostile_linker"));
        command.arg("--isolate=no");
        let ended = end(command.args(["--linker", "hostile", "build", "p.bd"]));
        assert_eq!(ended.status, code, "{mode}: {ended:#?}");
        place.is_clean(mode);
    }
}

/// `beskid` with the faulty backend, in one of its ways.
fn faulty(place: &Place, fault: &str) -> Command {
    let mut command = place.beskid();
    command.env("FAULTY", fault).arg("--plugin");
    command.arg(built().plugin("faulty_backend"));
    command
}

#[test]
fn a_signal_during_a_compile_stops_the_backend_and_then_the_command() {
    let place = Place::new();
    for (name, number) in [("INT", 2), ("TERM", 15)] {
        let mut command = faulty(&place, "waits");
        command.args(["--backend", "faulty", "build", "--kind", "object", "p.bd"]);
        command.arg("--isolate=no");
        let mut child = start(&mut command);
        let mut started = [0; 10];
        std::io::Read::read_exact(child.stderr.as_mut().unwrap(), &mut started).unwrap();
        assert_eq!(&started, b"compiling\n");
        send(name, &child);
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "stopped\n");
        assert_eq!(output.status.signal(), Some(number), "{name}: {output:?}");
        place.is_clean(name);
    }
}

#[test]
fn a_backend_that_crashes_leaves_nothing() {
    let place = Place::new();
    for args in [
        &["--backend", "faulty", "build", "p.bd"][..],
        &["--backend", "faulty", "build", "--kind", "object", "p.bd"],
        &["--backend", "faulty", "run", "p.bd"],
        &["diff", "p.bd", "--backends", "aot,faulty"],
    ] {
        let ended = end(faulty(&place, "crashes").args(args));
        assert_ne!(ended.status, Some(0), "{args:?}: {ended:#?}");
        place.is_clean(args[0]);
    }
}

#[test]
fn a_process_that_was_started_for_one_that_is_gone_does_nothing() {
    let place = Place::new();
    let report = place.folder.path().join("report");
    fs::write(&report, "").unwrap();
    let child = |parent: u32| {
        let mut command = place.beskid();
        command.args(["--parent", &parent.to_string(), "run", "--report"]);
        start(command.arg(&report).arg("p.bd"))
    };
    // No process has this id.
    let gone = child(u32::MAX).wait_with_output().unwrap();
    assert_eq!(gone.status.signal(), Some(15), "{gone:?}");
    assert_eq!(fs::read_to_string(&report).unwrap(), "");
    let there = child(std::process::id()).wait_with_output().unwrap();
    assert!(there.status.success(), "{there:?}");
    assert_ne!(fs::read_to_string(&report).unwrap(), "");
    place.is_clean("report");
}

#[test]
fn the_log_of_a_failed_link_is_in_the_cache() {
    let place = Place::new();
    let driver = place.driver("echo no luck >&2; exit 1");
    let ended = end(place.beskid().env("CC", &driver).args(["build", "p.bd"]));
    let message = ended.fails_with("E4021");
    let (_, path) = message.split_once("are kept in ").unwrap();
    let path = Path::new(path.lines().next().unwrap());
    let logs = place.folder.path().join("cache/beskid/logs");
    assert_eq!(path.parent(), Some(&*logs));
    assert!(fs::read_to_string(path).unwrap().contains("no luck"));
    place.is_clean("failed");
}

/// A host whose user wants to stop.
struct Stopped;

impl HostServices for Stopped {
    fn log(_: Level, _: &str) {}
    fn progress(_: u64, _: u64) {}
    fn is_cancelled() -> bool {
        true
    }
}

#[test]
fn a_backend_stops_when_the_user_does() {
    let place = Place::new();
    run(&place.user(), ["artifact", "emit", "p.bd", "-o", "p.bska"]).succeeds();
    let bytes = fs::read(place.user().join("p.bska")).unwrap();
    let artifact = CodegenArtifact::decode(bytes).unwrap();
    let registry = Registry::with_builtins().unwrap();
    for (id, request) in [
        ("jit", CompileRequest::session()),
        ("aot", CompileRequest::object(Some(TARGET))),
    ] {
        let backend = registry.backend(id).unwrap().backend().unwrap();
        let stopped = backend.compile(artifact.bytes(), &request, services_table::<Stopped>());
        assert_eq!(stopped.err().unwrap().code, "E4044", "{id}");
    }
}
