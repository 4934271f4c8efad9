//! What an engine leaves as it was: the process that it is in.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use beskid_host::embed::{Config, Engine, Imports};
use beskid_tests::tools::find;

/// The variable by which a process of this test knows itself.
const ALONE: &str = "BESKID_TESTS_ALONE";

/// What a process has once, and every library in it shares.
#[derive(Debug, PartialEq)]
struct Shared {
    folder: PathBuf,
    variables: BTreeMap<OsString, OsString>,
    /// What the system says of its signals and its mask for new files.
    status: Vec<String>,
    threads: usize,
    files: usize,
}

fn shared() -> Shared {
    let told = ["SigBlk:", "SigIgn:", "SigCgt:", "Umask:"];
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let lines = status.lines();
    let lines = lines.filter(|line| told.iter().any(|name| line.starts_with(name)));
    Shared {
        folder: env::current_dir().unwrap(),
        variables: env::vars_os().collect(),
        status: lines.map(str::to_owned).collect(),
        threads: fs::read_dir("/proc/self/task").unwrap().count(),
        files: fs::read_dir("/proc/self/fd").unwrap().count(),
    }
}

#[test]
fn engines_change_nothing_that_a_process_has_once() {
    let test = "process::engines_change_nothing_that_a_process_has_once";
    if env::var_os(ALONE).is_none() {
        // Other tests of this process ask for faults as values.
        let again = Command::new(env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"])
            .env(ALONE, "1")
            .output()
            .unwrap();
        assert!(again.status.success(), "{again:?}");
        return;
    }
    let mut backends = vec!["jit"];
    backends.extend(find("cc").map(|_| "aot"));
    let before = shared();
    assert_eq!(before.status.len(), 4, "{before:?}");
    for backend in backends {
        let engine = Engine::new(Config::new().backend(backend)).unwrap();
        let text = "[Export(Abi: \"C\")]\npub i64 half(i64 n) {\n    if n == 0 { panic(\"none\"); }\n    return n / 2;\n}\n";
        let artifact = engine.artifact_of_source("half.bd", text).unwrap();
        let instance = engine.compile(&artifact, Imports::new()).unwrap();
        let half = instance.function::<(i64,), i64>("half").unwrap();
        assert_eq!(half.call((8,)).unwrap(), 4);
        half.call((0,)).unwrap_err();
        drop(instance);
        drop(engine);
        assert_eq!(shared(), before, "{backend}");
    }
}
