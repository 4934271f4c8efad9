//! Options of the backends: whatever is written, the program does the same or is
//! refused with the reason.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::Path;
use std::thread;

use beskid_tests::built::root;
use beskid_tests::command::{Ended, run};

/// Nine results, of which some are in memory; a frame of many pages, most of
/// which is touched; a loop.
const PROGRAM: &str = "
function %g(i64) -> i64, i64, i64, i64, i64, i128, f64, f64, f64 {
block0(v0: i64):
    v10 = iconst.i64 1
    v1 = iadd v0, v10
    v2 = iadd v1, v10
    v3 = iadd v2, v10
    v4 = iadd v3, v10
    v5 = uextend.i128 v4
    v6 = fcvt_from_sint.f64 v0
    v7 = fadd v6, v6
    v8 = fadd v7, v6
    return v0, v1, v2, v3, v4, v5, v6, v7, v8
}
function %sum(i64) -> i64 {
    ss0 = explicit_slot 40000
block0(v0: i64):
    v1 = iconst.i64 0
    v9 = iconst.i64 1
    v10 = stack_addr.i64 ss0
    store v1, v10
    store v0, v10+39992
    jump block1(v1, v1)
block1(v2: i64, v3: i64):
    v4 = iadd v2, v3
    v5 = iadd v3, v9
    v6 = load.i64 v10+39992
    v7 = icmp slt v5, v6
    brif v7, block1(v4, v5), block2(v4)
block2(v8: i64):
    return v8
}
function %main() -> i64 {
    fn0 = %g(i64) -> i64, i64, i64, i64, i64, i128, f64, f64, f64
    fn1 = %sum(i64) -> i64
block0:
    v0 = iconst.i64 10
    v1, v2, v3, v4, v5, v6, v7, v8, v9 = call fn0(v0)
    v10 = fcvt_to_sint.i64 v9
    v11, v12 = isplit v6
    v13 = iadd v10, v11
    v14 = iadd v13, v5
    v15 = call fn1(v0)
    v16 = iadd v14, v15
    return v16
}
";

/// 30, 14 and 14, and the numbers below 10.
const RESULT: &str = "103\n";

const VALUES: [&str; 8] = ["0", "1", "2", "31", "63", "64", "255", "x"];

/// What programs rely on, and is no option for that reason.
const CHOSEN: [&str; 6] = [
    "cranelift.enable_probestack",
    "cranelift.probestack_size_log2",
    "cranelift.probestack_strategy",
    "cranelift.is_pic",
    "cranelift.tls_model",
    "cranelift.libcall_call_conv",
];

/// Writes the user's own settings.
fn set(folder: &Path, options: &str) {
    let user = folder.join(".no-config/beskid");
    fs::create_dir_all(&user).unwrap();
    let text = format!("[backend-options]\n{options}\n");
    fs::write(user.join("config.toml"), text).unwrap();
}

fn with(folder: &Path, option: &str, value: &str, backend: &str) -> Ended {
    set(folder, &format!("\"{option}\" = \"{value}\""));
    run(folder, ["--backend", backend, "run", "p.clif"])
}

/// The options of this machine's architecture with the documented values.
fn options() -> Vec<(String, Vec<String>)> {
    let page = fs::read_to_string(root().join("docs/options.md")).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    let rows = rows.map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    let here = |place: &str| place == "all" || place.contains(std::env::consts::ARCH);
    let rows = rows.filter(|row| here(row[2]));
    let rows = rows.map(|row| {
        let values = match row[3].split_once(" to ") {
            Some((first, last)) => vec![first, last],
            None => row[3]
                .split_once(':')
                .map_or_else(|| row[3].split(", ").collect(), |(preset, _)| vec![preset]),
        };
        let values = values.into_iter().map(str::to_owned).collect();
        (row[1].trim_matches('`').to_owned(), values)
    });
    rows.collect()
}

/// Whether the program ran.
#[track_caller]
fn is_same_or_refused(ended: Ended, what: &str) -> bool {
    if ended.status == Some(0) {
        assert_eq!(ended.stdout, RESULT, "{what}: {ended:#?}");
        return true;
    }
    let message = ended.fails_with("E4004");
    assert!(message.contains("help: "), "{what}: {message}");
    false
}

fn folder_with_program() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.clif"), PROGRAM).unwrap();
    folder
}

#[test]
fn whatever_an_option_is_set_to_the_program_does_the_same_or_is_refused() {
    let options = options();
    assert!(options.len() > 20, "{options:?}");
    thread::scope(|scope| {
        for part in options.chunks(options.len().div_ceil(4)) {
            scope.spawn(|| sweep(part));
        }
    });
}

fn sweep(options: &[(String, Vec<String>)]) {
    let folder = folder_with_program();
    let folder = folder.path();
    for (option, documented) in options {
        let documented = documented.iter().map(String::as_str);
        for value in documented.chain(VALUES) {
            let what = format!("{option}={value}");
            let ran = is_same_or_refused(with(folder, option, value, "jit"), &what);
            // Instruction-set features say what the processor has.
            let is_general = !option.contains("has_") && value != "true";
            if ran && is_general {
                is_same_or_refused(with(folder, option, value, "aot"), &what);
            }
        }
    }
}

#[test]
fn what_programs_rely_on_cannot_be_set() {
    let folder = folder_with_program();
    for option in CHOSEN {
        for value in VALUES
            .into_iter()
            .chain(["false", "outline", "none", "fast"])
        {
            for backend in ["jit", "aot"] {
                let message = with(folder.path(), option, value, backend).fails_with("E4004");
                assert!(message.contains("programs rely on"), "{message}");
            }
        }
    }
}

#[test]
fn options_are_texts_numbers_and_booleans() {
    let folder = folder_with_program();
    let folder = folder.path();
    for options in [
        "\"cranelift.enable_alias_analysis\" = false",
        "\"cranelift.log2_min_function_alignment\" = 5",
        "\"cranelift.regalloc_algorithm\" = \"single_pass\"",
    ] {
        set(folder, options);
        assert_eq!(run(folder, ["run", "p.clif"]).succeeds(), RESULT);
    }
    // The dot makes a table of a key that is not quoted.
    set(folder, "cranelift.opt_level = \"speed\"");
    let message = run(folder, ["run", "p.clif"]).fails_with("E5301");
    assert!(message.contains("quoted key"), "{message}");
    assert!(
        message.contains("`backend-options.cranelift` in `"),
        "{message}"
    );
}

#[test]
fn an_option_that_the_backend_does_not_have_or_take_is_named() {
    let folder = folder_with_program();
    let folder = folder.path();
    for (option, value, reason) in [
        ("cranelift.has_avx22", "true", "`cranelift.has_avx22`"),
        ("cranelift.opt_level", "most", "`most`"),
        ("cranelift.log2_min_function_alignment", "13", "0 to 12"),
    ] {
        for backend in ["jit", "aot"] {
            let message = with(folder, option, value, backend).fails_with("E4004");
            assert!(message.contains(reason), "{message}");
            assert!(message.contains("help: "), "{message}");
        }
    }
}

#[test]
fn lines_of_a_test_that_set_what_programs_rely_on_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let test = "test run\nset enable_probestack=false probestack_strategy=outline\n\
                set probestack_size_log2=0 is_pic=false\n";
    let function = PROGRAM.split("function %main").next().unwrap();
    fs::write(
        folder.join("t.clif"),
        format!("{test}{function}; run: %sum(10) == 45\n"),
    )
    .unwrap();
    run(folder, ["test", "t.clif"]).succeeds();
}
