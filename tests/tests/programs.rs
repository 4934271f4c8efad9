//! Every program gives the same output in memory, through an object file, and
//! as an executable; and all three come from the same artifact.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::path::Path;

use beskid_tests::cases::{cases, examples};
use beskid_tests::command::{Ended, beskid, end, run};

/// The three ways of running a program: in memory, through an object file, as
/// an executable. The first two print the result as their last line. What is
/// optimized does the same.
struct Ways {
    jit: Ended,
    fast: Ended,
    aot: Ended,
    executable: Ended,
}

fn three_ways(program: &Path, folder: &Path) -> Ways {
    let with = |backend: &str, level: &str| {
        let args = ["-v", "--backend", backend, "--optimize", level, "run"].map(Path::new);
        run(folder, args.into_iter().chain([program]))
    };
    let output = folder.join("program");
    let built = end(beskid(folder)
        .args(["-v", "build"])
        .arg(program)
        .arg("-o")
        .arg(&output));
    let digest = built.digest();
    let link_line = "link: unix (built-in)\n";
    assert!(built.clone().succeeds().ends_with(link_line), "{built:#?}");
    let ways = Ways {
        jit: with("jit", "none"),
        fast: with("jit", "speed"),
        aot: with("aot", "none"),
        executable: end(&mut std::process::Command::new(&output)),
    };
    assert_eq!(ways.jit.digest(), digest, "{program:?}");
    assert_eq!(ways.aot.digest(), digest, "{program:?}");
    let (plain, fast) = (&ways.jit, &ways.fast);
    assert_eq!(fast.stdout, plain.stdout, "{program:?}: {fast:#?}");
    assert_eq!(fast.status, plain.status, "{program:?}: {fast:#?}");
    ways
}

#[test]
fn bk_2_examples_are_alike_in_memory_through_objects_and_as_executables() {
    let folder = tempfile::tempdir().unwrap();
    let examples = examples();
    assert!(examples.len() >= 6);
    for program in examples {
        let ways = three_ways(&program, folder.path());
        assert_eq!(ways.jit.stdout, ways.aot.stdout, "{program:?}");
        assert_eq!(ways.jit.status, Some(0), "{program:?}");
        // The executable prints everything but the formatted result.
        let (printed, result) = split_result(&ways.jit.stdout);
        assert_eq!(ways.executable.stdout, printed, "{program:?}");
        let status = result
            .parse::<i64>()
            .map_or(0, |result| (result & 0xff) as i32);
        assert_eq!(ways.executable.status, Some(status), "{program:?}");
    }
}

/// Cases with a `result` end normally; those with a `panic` end with status
/// 101 and that message.
#[test]
fn bk_2_cases_are_alike_in_memory_through_objects_and_as_executables() {
    let folder = tempfile::tempdir().unwrap();
    for case in cases("cases/run", &["result", "panic"]) {
        let ways = three_ways(&case.path, folder.path());
        if let Some(message) = case.get("panic") {
            for way in [&ways.jit, &ways.fast, &ways.aot, &ways.executable] {
                assert_eq!(way.status, Some(101), "{:?}: {way:#?}", case.path);
                assert!(way.stderr.contains(message), "{:?}: {way:#?}", case.path);
            }
            assert_eq!(ways.jit.stdout, ways.executable.stdout, "{:?}", case.path);
            case.check_stdout(&ways.jit.stdout);
            continue;
        }
        let expected = case.get("result").expect("a case has `result` or `panic`");
        let (printed, result) = split_result(&ways.jit.stdout);
        assert_eq!(result, expected, "{:?}: {:#?}", case.path, ways.jit);
        assert_eq!(ways.aot.stdout, ways.jit.stdout, "{:?}", case.path);
        assert_eq!(ways.executable.stdout, printed, "{:?}", case.path);
        case.check_stdout(printed);
    }
}

fn split_result(stdout: &str) -> (&str, &str) {
    let lines = stdout.strip_suffix('\n').unwrap_or(stdout);
    match lines.rsplit_once('\n') {
        Some((before, result)) => (&stdout[..=before.len()], result),
        None => ("", lines),
    }
}

#[test]
fn any_function_without_parameters_can_be_run() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("results.bd");
    let source = "bool yes() { return true; }\n u8 byte() { return 200; }\n\
                  char letter() { return 'ž'; }\n string text() { return \"a\\nb\"; }\n\
                  f64 half() { return 0.5; }\n i64 big() { return -9000000000; }\n\
                  unit nothing() { }\n i32 twice(i32 x) { return x * 2; }\n";
    std::fs::write(&program, source).unwrap();
    let results = [
        ("yes", "true\n"),
        ("byte", "200\n"),
        ("letter", "ž\n"),
        ("text", "a\nb\n"),
        ("half", "0.5\n"),
        ("big", "-9000000000\n"),
        ("nothing", "ok\n"),
    ];
    for backend in ["jit", "aot"] {
        for (name, shown) in results {
            let ended = run(
                folder.path(),
                [
                    "--backend",
                    backend,
                    "run",
                    "results.bd",
                    "--entrypoint",
                    name,
                ],
            );
            assert_eq!(ended.succeeds(), shown, "{backend} {name}");
        }
    }
    let missing = run(folder.path(), ["run", "results.bd"]);
    assert!(missing.fails_with("E4030").contains("Missing entrypoint"));
    let unknown = run(folder.path(), ["run", "results.bd", "--entrypoint", "none"]);
    assert!(unknown.fails_with("E4030").contains("`none`"));
    let params = run(
        folder.path(),
        ["run", "results.bd", "--entrypoint", "twice"],
    );
    assert!(
        params
            .fails_with("E4041")
            .contains("must take no parameters")
    );
}

#[test]
fn run_exits_as_the_executable_would_only_if_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("p.bd"), "i32 main() { return 259; }").unwrap();
    assert_eq!(run(folder.path(), ["run", "p.bd"]).status, Some(0));
    assert_eq!(
        run(folder.path(), ["run", "p.bd", "--exit-code"]).status,
        Some(3)
    );
}

#[test]
fn bk_7_a_backend_that_cannot_is_an_error_and_no_other_takes_its_place() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("p.bd"), "unit main() { }").unwrap();
    let built = run(folder.path(), ["--backend", "jit", "build", "p.bd"]);
    assert!(built.fails_with("E5114").contains("`jit`"));
    assert!(!folder.path().join("p").exists());
    let unknown = run(folder.path(), ["--backend", "llvm", "run", "p.bd"]);
    let message = unknown.fails_with("E5108");
    assert!(
        message.contains("`llvm`") && message.contains("aot, jit"),
        "{message}"
    );
}
