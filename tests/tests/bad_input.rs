//! Bad input: one clear error, a non-zero exit, nothing left half written.
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

use beskid_tests::built::built;
use beskid_tests::command::{beskid, end, run};
use beskid_tests::strategies::strategies;

const PROGRAM: &str = "unit main() { __syscall_write(1, \"hi\\n\"); }";

fn folder_with_program() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), PROGRAM).unwrap();
    folder
}

/// What is in a folder besides what the test put there.
fn listing(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let mut names = names
        .map(|name| name.to_string_lossy().into_owned())
        .collect::<Vec<_>>();
    names.sort();
    names
}

#[test]
fn sources_that_cannot_be_read() {
    let folder = folder_with_program();
    fs::create_dir(folder.path().join("d.bd")).unwrap();
    for (input, code, reason) in [
        ("missing.bd", "E4040", "No such file"),
        ("d.bd", "E4040", "it is a directory"),
        ("p.txt", "E4040", "No such file"),
    ] {
        for command in ["run", "build", "analyze"] {
            let message = run(folder.path(), [command, input]).fails_with(code);
            assert!(
                message.contains(reason) && message.contains(input),
                "{message}"
            );
        }
    }
    fs::write(folder.path().join("p.txt"), PROGRAM).unwrap();
    run(folder.path(), ["run", "p.txt"]).fails_with("E4041");
}

#[test]
fn sources_that_are_no_programs() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("s.bd");
    let huge = [b"unit main() { }\n".as_slice(), &vec![b' '; 65 << 20]].concat();
    let deep = format!(
        "i32 main() {{ return {}1{}; }}",
        "(".repeat(50_000),
        ")".repeat(50_000)
    );
    let cases: [(&[u8], &str); 6] = [
        (b"", "E4030"),
        (b"// nothing\n", "E4030"),
        (b"unit main() { \xff\xfe }", "E0001"),
        (b"\x7fELF\x02\x01\x01\0\0\0", "E0003"),
        (&huge, "E0002"),
        (deep.as_bytes(), "E0011"),
    ];
    for (contents, code) in cases {
        fs::write(&source, contents).unwrap();
        run(folder.path(), ["run", "s.bd"]).fails_with(code);
        run(folder.path(), ["build", "s.bd"]).fails_with(code);
        assert_eq!(listing(folder.path()), ["s.bd"], "{code}");
    }
}

#[test]
fn damaged_artifacts() {
    let folder = folder_with_program();
    run(folder.path(), ["artifact", "emit", "p.bd", "-o", "p.bska"]).succeeds();
    let artifact = folder.path().join("p.bska");
    assert_eq!(run(folder.path(), ["run", "p.bska"]).succeeds(), "hi\nok\n");
    let same = run(folder.path(), ["artifact", "digest", "p.bska"]).succeeds();
    assert_eq!(
        run(folder.path(), ["artifact", "digest", "p.bd"]).succeeds(),
        same
    );
    run(folder.path(), ["artifact", "verify", "p.bska"]).succeeds();

    let whole = fs::read(&artifact).unwrap();
    for length in [0, 3, 4, 8, 12, 40, whole.len() / 2, whole.len() - 1] {
        fs::write(&artifact, &whole[..length]).unwrap();
        let code = if length < 4 { "E5001" } else { "E5003" };
        run(folder.path(), ["run", "p.bska"]).fails_with(code);
    }
    for at in (12..whole.len()).step_by(11) {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x10;
        fs::write(&artifact, flipped).unwrap();
        let message = run(folder.path(), ["run", "p.bska"]).fails_with("E5003");
        assert!(message.contains("damaged"), "{message}");
    }
    let mut newer = whole.clone();
    newer[4] = 99;
    fs::write(&artifact, newer).unwrap();
    let message = run(folder.path(), ["run", "p.bska"]).fails_with("E5002");
    assert!(
        message.contains("99") && message.contains("versions 1 to 1"),
        "{message}"
    );
    fs::write(&artifact, "just text").unwrap();
    run(folder.path(), ["build", "p.bska"]).fails_with("E5001");
    assert_eq!(listing(folder.path()), ["p.bd", "p.bska"]);
}

#[test]
fn lk_6_outputs_that_cannot_be_written() {
    let folder = folder_with_program();
    fs::create_dir(folder.path().join("taken")).unwrap();
    for kind in ["exe", "shared", "object"] {
        for (output, reason) in [
            ("taken", "it is a directory"),
            ("no/such/p", "does not exist"),
        ] {
            let args = ["build", "p.bd", "--kind", kind, "-o", output];
            let message = run(folder.path(), args).fails_with("E4040");
            assert!(message.contains(reason), "{message}");
        }
    }
    assert_eq!(listing(folder.path()), ["p.bd", "taken"]);
    assert_eq!(listing(&folder.path().join("taken")), [""; 0]);
}

#[test]
fn lk_6_tools_that_are_missing_or_fail_leave_nothing_behind() {
    let folder = folder_with_program();
    let noisy = folder.path().join("noisy");
    let script = "#!/bin/sh\nhead -c 10000000 /dev/zero | tr '\\0' x >&2\nexit 7\n";
    fs::write(&noisy, script).unwrap();
    fs::set_permissions(&noisy, fs::Permissions::from_mode(0o755)).unwrap();
    let lying = folder.path().join("lying");
    fs::write(&lying, "#!/bin/sh\nexit 0\n").unwrap();
    fs::set_permissions(&lying, fs::Permissions::from_mode(0o755)).unwrap();
    let before = listing(folder.path());
    for (cc, code, reason) in [
        ("/nonexistent/cc", "E4020", "it does not exist"),
        ("no-such-driver", "E4020", "not in `PATH`"),
        ("false", "E4020", "`false` is no C driver"),
        ("./noisy", "E4021", "exit status: 7"),
        ("./lying", "E4021", "wrote no output"),
    ] {
        let ended = end(beskid(folder.path()).env("CC", cc).args(["build", "p.bd"]));
        let message = ended.fails_with(code);
        assert!(
            message.contains(reason),
            "{cc}: {}",
            &message[..message.len().min(2000)]
        );
        if cc == "./noisy" {
            assert!(message.len() < 100_000, "{}", message.len());
            assert!(message.contains("command: ./noisy"));
            let (_, path) = message.split_once("are kept in ").unwrap();
            let kept = fs::read_to_string(path.lines().next().unwrap()).unwrap();
            assert!(kept.starts_with("./noisy ") && kept.len() > 10_000_000);
        }
        assert_eq!(listing(folder.path()), before, "{cc}");
    }
}

#[test]
fn lk_6_a_failed_link_names_the_symbol_and_keeps_the_old_output() {
    for strategy in strategies() {
        let folder = folder_with_program();
        strategy.run(folder.path(), ["build", "p.bd"]).succeeds();
        let old = fs::read(folder.path().join("p")).unwrap();
        let args = ["build", "p.bd", "--link-lib", "no-such-library"];
        let message = strategy.run(folder.path(), args).fails_with("E4021");
        assert!(
            message.contains("-lno-such-library") && message.contains("--link-search"),
            "{message}"
        );
        assert!(!message.contains(".beskid-link-"), "{message}");
        assert_eq!(fs::read(folder.path().join("p")).unwrap(), old);
        assert_eq!(listing(folder.path()), ["p", "p.bd"]);
    }
}

#[test]
fn requests_that_contradict_themselves() {
    let folder = folder_with_program();
    for (args, code) in [
        (["--entrypoint", "foo"].as_slice(), "E4023"),
        (&["--entrypoint", ""], "E4041"),
        (&["--target-triple", "aarch64-apple-darwin"], "E4011"),
        (
            &[
                "--target-triple",
                "x86_64-pc-windows-msvc",
                "--kind",
                "static",
            ],
            "E4023",
        ),
        (&["--target-triple", "wasm32-unknown-unknown"], "E4023"),
        (
            &["--kind", "object", "--target-triple", "no-such-triple"],
            "E4001",
        ),
        (&["--standalone"], "E4041"),
        (&["--kind", "shared", "--export", "nothing"], "E4041"),
        (&["--runtime-archive", "none.a"], "E4011"),
        (&["--linker", "gold"], "E5108"),
    ] {
        let ended = run(folder.path(), ["build", "p.bd"].iter().chain(args));
        ended.fails_with(code);
        assert_eq!(listing(folder.path()), ["p.bd"], "{args:?}");
    }
    let both = ["build", "p.bd", "--standalone", "--runtime-archive", "a.a"];
    assert_eq!(run(folder.path(), both).status, Some(2));
    let both = ["build", "p.bd", "--prefer-static", "--prefer-dynamic"];
    assert_eq!(run(folder.path(), both).status, Some(2));
}

#[test]
fn files_that_cannot_be_inspected() {
    let folder = folder_with_program();
    fs::write(folder.path().join("empty"), "").unwrap();
    fs::write(folder.path().join("thin.a"), "!<thin>\n").unwrap();
    run(folder.path(), ["build", "p.bd"]).succeeds();
    let whole = fs::read(folder.path().join("p")).unwrap();
    fs::write(folder.path().join("cut"), &whole[..whole.len() / 2]).unwrap();
    for (file, code) in [
        ("missing", "E4040"),
        (".", "E4040"),
        ("empty", "E5202"),
        ("p.bd", "E5202"),
        ("thin.a", "E5202"),
        ("cut", "E5202"),
    ] {
        run(folder.path(), ["inspect", file]).fails_with(code);
    }
}

#[test]
fn configuration_that_cannot_be_read() {
    let folder = folder_with_program();
    for (contents, part) in [
        ("backend = 3\n", "backend"),
        ("bakend = \"jit\"\n", "bakend"),
        ("backend = \"jit\n", "TOML"),
    ] {
        fs::write(folder.path().join("beskid.toml"), contents).unwrap();
        let message = run(folder.path(), ["run", "p.bd"]).fails_with("E5301");
        assert!(message.contains(part), "{message}");
    }
    fs::write(folder.path().join("beskid.toml"), "backend = \"aot\"\n").unwrap();
    let shown = run(folder.path(), ["config"]).succeeds();
    assert!(
        shown.contains("backend = \"aot\"") && shown.contains("beskid.toml"),
        "{shown}"
    );
    let ended = end(beskid(folder.path())
        .env("BESKID_BACKEND", "jit")
        .args(["-v", "run", "p.bd"]));
    assert!(ended.stderr.contains("backend id=\"jit\""), "{ended:#?}");
    let mut command = beskid(folder.path());
    command.env("BESKID_TOOLS_CC", "/nonexistent/cc");
    end(command.args(["build", "p.bd"])).fails_with("E4020");
}

#[test]
fn plugins_come_from_variables_by_absolute_path_only() {
    let folder = folder_with_program();
    let plugin = built().plugin("backend_jit");
    let list = |variable: &str, value: &Path| {
        end(beskid(folder.path())
            .env(variable, value)
            .args(["plugin", "list"]))
    };
    let listed = list("BESKID_PLUGIN", plugin).succeeds();
    assert!(listed.contains(&plugin.display().to_string()), "{listed}");
    let message = list("BESKID_PLUGIN", Path::new("here.so")).fails_with("E5301");
    assert!(message.contains("`here.so` is relative"), "{message}");
    list("BESKID_PLUGIN_DIR", Path::new("here")).fails_with("E5301");
    list("BESKID_PLUGIN_DIR", Path::new("/nonexistent")).fails_with("E4040");
}

#[test]
fn lk_6_an_output_never_takes_the_place_of_what_is_read() {
    const SOURCE: &str = "pub i64 square(i64 x) { return x * x; }\n";
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("lib.bd"), SOURCE).unwrap();
    let here = folder.file_name().unwrap().to_str().unwrap();
    for args in [
        ["--output", "lib.bd", "--object-output", "lib.o"],
        ["--output", "../here/lib.bd", "--object-output", "lib.o"],
        ["--output", "lib.o", "--object-output", "./lib.bd"],
        ["--output", "lib.o", "--object-output", "./lib.o"],
    ] {
        let args = args.map(|arg| arg.replace("here", here));
        let mut command = beskid(folder);
        command.args(["build", "lib.bd", "--kind", "shared"]);
        end(command.args(&args)).fails_with("E4041");
        assert_eq!(
            fs::read_to_string(folder.join("lib.bd")).unwrap(),
            SOURCE,
            "{args:?}"
        );
        assert!(!folder.join("lib.o").exists(), "{args:?}");
    }
}

#[test]
fn what_is_no_library_is_named_as_what_it_is() {
    let folder = folder_with_program();
    let folder = folder.path();
    fs::write(folder.join("s.c"), "int seven(void) { return 7; }\n").unwrap();
    let mut fifo = Command::new("mkfifo");
    assert!(
        fifo.arg(folder.join("libpipe.so"))
            .status()
            .unwrap()
            .success()
    );
    for (library, code, told) in [
        ("./s.c", "E4041", "`./s.c` is not named as a library"),
        ("./libpipe.so", "E4040", "it is not a regular file"),
        ("./none.so", "E4040", "there is no such file"),
        ("", "E4041", "empty name"),
    ] {
        let message = run(folder, ["build", "p.bd", "--link-lib", library]).fails_with(code);
        assert!(message.contains(told), "{message}");
    }
    let import = "; extern: %seven LIBRARY\nfunction %main() -> i32 system_v {\n    \
                  fn0 = %seven() -> i32 system_v\nblock0:\n    v0 = call fn0()\n    return v0\n}\n";
    for (library, code, told) in [
        ("./s.c", "E4041", "`./s.c` is not named as a library"),
        ("./libpipe.so", "E4040", "it is not a regular file"),
    ] {
        fs::write(folder.join("i.clif"), import.replace("LIBRARY", library)).unwrap();
        let message = run(folder, ["build", "i.clif"]).fails_with(code);
        assert!(message.contains(told), "{message}");
    }
}

#[test]
fn a_main_that_cannot_be_called_is_not_said_to_be_missing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let main = "function %main(i64) -> i64 {\nblock0(v0: i64):\n    return v0\n}\n";
    fs::write(folder.join("p.clif"), main).unwrap();
    run(folder, ["artifact", "emit", "p.clif", "-o", "p.bska"]).succeeds();
    for source in ["p.clif", "p.bska"] {
        for command in ["run", "build", "diff"] {
            let message = run(folder, [command, source]).fails_with("E4041");
            assert!(message.contains("(i32, i64) -> i32"), "{message}");
        }
    }
    fs::write(folder.join("p.clif"), main.replace("%main", "%other")).unwrap();
    run(folder, ["run", "p.clif"]).fails_with("E4030");
}

#[test]
fn a_cache_without_a_place_is_told_every_variable_that_gives_it_one() {
    let folder = folder_with_program();
    let mut command = beskid(folder.path());
    command
        .env("HOME", "/proc/none")
        .env("TMPDIR", "/proc/none");
    command.env_remove("XDG_CACHE_HOME").args(["build", "p.bd"]);
    let message = end(&mut command).fails_with("E4040");
    for variable in ["`HOME`", "`XDG_CACHE_HOME`", "`TMPDIR`"] {
        assert!(message.contains(variable), "{message}");
    }
}

#[test]
fn the_help_and_the_usage_name_the_same_arguments() {
    let folder = folder_with_program();
    let help = run(folder.path(), ["trust", "-h"]).succeeds();
    let wrong = run(folder.path(), ["trust"]);
    assert_eq!(wrong.status, Some(2), "{wrong:#?}");
    let usage = |text: &str| {
        let line = text.lines().find(|line| line.starts_with("Usage:"));
        line.unwrap_or_else(|| panic!("{text}")).to_owned()
    };
    assert_eq!(usage(&help), usage(&wrong.stderr));
}
