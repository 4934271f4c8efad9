//! The backend in C, `examples/c11-backend`: it makes of programs what the built-in ones
//! make, and of damaged artifacts one refusal each, under sanitizers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use beskid_tests::built::{c_backend, c_backend_includes, c_backend_sources, c_plugin, root};
use beskid_tests::cases::examples;
use beskid_tests::command::{Ended, beskid, end, run_with};
use beskid_tests::tools::tool_in_path;

/// `beskid` with the backend at hand.
fn with_backend(folder: &Path, args: &[&str]) -> Ended {
    run_with(c_backend(), folder, args)
}

/// A case of CLIF, by its name.
fn case(name: &str) -> String {
    let path = root().join(format!("tests/cases/clif/{name}.clif"));
    path.to_str().unwrap().to_owned()
}

#[test]
fn every_compiler_takes_it_as_c11_without_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    for compiler in ["gcc", "clang"] {
        if tool_in_path(compiler).is_none() {
            continue;
        }
        let output = folder.path().join(format!("lib{compiler}.so"));
        let more = [&*c_backend_includes(), "-std=c11", "-pedantic"];
        let plugin = c_plugin(&output, compiler, &c_backend_sources(), &more);
        let mut inspect = beskid(folder.path());
        let args = ["plugin", "inspect", "--ask"];
        let shown = end(inspect.args(args).arg(&plugin)).succeeds();
        for line in ["id:           c11", "result:       pass", "written in C"] {
            assert!(shown.contains(line), "{compiler}: {line} in {shown}");
        }
    }
}

#[test]
fn programs_do_what_they_do_by_the_built_in_backend() {
    let folder = tempfile::tempdir().unwrap();
    for program in examples() {
        let program = program.to_str().unwrap();
        let ours = with_backend(folder.path(), &["--backend", "aot", "run", program]);
        for level in ["none", "speed"] {
            let args = ["--backend", "c11", "--optimize", level, "run", program];
            assert_eq!(with_backend(folder.path(), &args), ours, "{program}");
        }
    }
}

#[test]
fn either_compiler_makes_the_program() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), "i32 main() { return 40 + 2; }").unwrap();
    for compiler in ["gcc", "clang"] {
        if tool_in_path(compiler).is_none() {
            continue;
        }
        let option = format!("c11.cc={compiler}");
        let args = ["--backend", "c11", "--backend-option", &option];
        let build = [&args[..], &["build", "p.bd", "--isolate"]].concat();
        with_backend(folder.path(), &build).succeeds();
        let program = folder.path().join("p");
        assert_eq!(end(&mut Command::new(&program)).status, Some(42));
        fs::remove_file(program).unwrap();
    }
}

#[test]
fn run_directives_have_the_verdicts_of_the_jit() {
    let folder = tempfile::tempdir().unwrap();
    let cases = [
        "calls_arguments",
        "calls_c_library",
        "control_tables",
        "float_fused",
        "float_min_max",
        "float_to_int_saturating",
        "int_divide",
        "int_overflow",
        "int_rotate",
        "memory",
        "memory_atomic",
        "memory_exchange",
        "memory_order",
        "settings",
        "traps",
        "wide_arithmetic",
    ];
    let cases = cases.map(case);
    let mut args = vec!["test", "--backends", "jit,c11"];
    args.extend(cases.iter().map(String::as_str));
    let ended = with_backend(folder.path(), &args);
    let ours = |line: &&str| line.contains("[c11") && !line.starts_with("ok");
    assert_eq!(
        ended.stdout.lines().filter(ours).collect::<Vec<_>>(),
        [""; 0]
    );
    let last = ended.stdout.lines().last().unwrap();
    assert!(last.contains(" 0 failed"), "{last}");
    let passed = last.split(' ').next().unwrap().parse::<u32>();
    assert!(passed.unwrap() > 1_000, "{last}");
}

#[test]
fn names_of_its_own_are_no_other_names() {
    let folder = tempfile::tempdir().unwrap();
    // More signatures than types have bits, and symbols that look like its own.
    let params = |count| vec!["i64"; count].join(", ");
    let functions = (0..140).map(|count| {
        let values = (0..count).map(|value| format!("v{value}: i64"));
        let values = values.collect::<Vec<_>>().join(", ");
        let params = params(count);
        format!(
            "; symbol: %s{count} export \"s{count}\"\n\
             function %s{count}({params}) -> i64 {{\nblock0({values}):\n    \
             v1000 = iconst.i64 {count}\n    return v1000\n}}\n"
        )
    });
    let main = "function %main() -> i64 {\n    fn0 = %s1(i64) -> i64\nblock0:\n    \
                v0 = iconst.i64 7\n    v1 = call fn0(v0)\n    return v1\n}\n";
    let text = functions.collect::<String>() + main;
    fs::write(folder.path().join("many.clif"), text).unwrap();
    let args = ["--backend", "c11", "run", "many.clif"];
    assert_eq!(with_backend(folder.path(), &args).succeeds(), "1\n");
}

#[test]
fn there_is_one_nan_if_the_program_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let text = "test run\nset enable_nan_canonicalization=true\ntarget x86_64\n\
                function %sum(i64, f64) -> i64 {\nblock0(v0: i64, v1: f64):\n    \
                v2 = bitcast.f64 v0\n    v3 = fadd v2, v1\n    v4 = bitcast.i64 v3\n    \
                return v4\n}\n\
                ; run: %sum(-1, 0x1.0) == 0x7ff8_0000_0000_0000\n\
                function %turned(i64) -> i64 {\nblock0(v0: i64):\n    \
                v1 = bitcast.f64 v0\n    v2 = fneg v1\n    v3 = bitcast.i64 v2\n    \
                return v3\n}\n\
                ; run: %turned(-1) == 0x7fff_ffff_ffff_ffff\n";
    fs::write(folder.path().join("nans.clif"), text).unwrap();
    let ended = with_backend(
        folder.path(),
        &["test", "--backends", "jit,c11", "nans.clif"],
    );
    let passed = ended.clone().succeeds();
    assert!(passed.contains("4 passed, 0 failed"), "{ended:#?}");
}

#[test]
fn objects_and_programs_are_the_same_wherever_they_are_made() {
    let made = ["first", "second"].map(|name| {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join(name);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("p.bd"), "i32 main() { return 40 + 2; }").unwrap();
        with_backend(&folder, &["--backend", "c11", "build", "p.bd"]).succeeds();
        fs::read(folder.join("p")).unwrap()
    });
    assert!(made[0] == made[1], "the folder is in the program");
}

#[test]
fn what_it_lacks_is_an_error_of_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let object = ["--backend", "c11", "build", "--kind", "object"];
    let refused = |more: &[&str], code: &str, part: &str| {
        let args = [&object[..], more].concat();
        let message = with_backend(folder.path(), &args).fails_with(code);
        assert!(message.contains(part), "{part} in {message}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 5);
    };
    let named = |file: &str, name: &str| {
        let text =
            format!("; symbol: %f export \"{name}\"\nfunction %f() {{\nblock0:\n    return\n}}\n");
        fs::write(folder.path().join(file), text).unwrap();
    };
    named("odd.clif", "two words");
    named("taken.clif", "memset");
    let throw = "function %g(i64, i64, i64, i32, i64, i64) {\n    \
                 fn0 = %__cranelift_throw(i64, i64, i64, i32, i64, i64)\n\
                 block0(v0: i64, v1: i64, v2: i64, v3: i32, v4: i64, v5: i64):\n    \
                 call fn0(v0, v1, v2, v3, v4, v5)\n    return\n}\n";
    fs::write(folder.path().join("throw.clif"), throw).unwrap();
    fs::write(folder.path().join("p.bd"), "unit main() { }").unwrap();
    let pinned = "test compile\nset enable_pinned_reg=true\n\
                  function %f() -> i64 {\nblock0:\n    v0 = iconst.i64 7\n    return v0\n}\n";
    fs::write(folder.path().join("pinned.clif"), pinned).unwrap();

    let elsewhere = ["p.bd", "--target-triple", "aarch64-unknown-linux-gnu"];
    refused(&elsewhere, "E4001", "`aarch64-unknown-linux-gnu`");
    refused(&[&case("vectors")], "E5008", "simd");
    refused(&["pinned.clif"], "E4002", "`pinned-register`");
    refused(&[&case("calls_conventions")], "E4002", "Tail");
    refused(&["odd.clif"], "E4002", "`two words`");
    refused(&["taken.clif"], "E4002", "`memset`");
    refused(&["throw.clif"], "E4002", "throws");
    let cc = |program: &str| format!("c11.cc={program}");
    for (program, code, part) in [
        ("", "E4004", "`cc` is empty"),
        ("false", "E4002", "`false` ends with status 1"),
        ("/nonexistent/cc", "E4020", "/nonexistent/cc"),
    ] {
        refused(&["p.bd", "--backend-option", &cc(program)], code, part);
    }
}

/// The backend with `feed.c`, as a program under sanitizers.
fn fed(folder: &Path) -> PathBuf {
    let program = folder.join("feed");
    let include = root().join("plugin-api/include");
    let example = root().join("examples/c11-backend");
    let mut cc = Command::new("cc");
    cc.args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-O1", "-g"]);
    cc.args(["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]);
    cc.arg(c_backend_includes()).arg("-I").arg(include);
    cc.arg("-I").arg(example).args(c_backend_sources());
    cc.arg(root().join("tests/fixtures/c-plugins/feed.c"));
    end(cc.arg("-o").arg(&program)).succeeds();
    program
}

#[test]
fn damaged_artifacts_are_one_refusal_each_under_sanitizers() {
    let folder = tempfile::tempdir().unwrap();
    let mut feed = Command::new(fed(folder.path()));
    feed.env("TMPDIR", folder.path()).arg("400");
    let cases = [
        "calls",
        "control_tables",
        "memory",
        "memory_exchange",
        "vectors",
    ];
    let sources = cases.map(|name| PathBuf::from(case(name)));
    for (index, source) in sources.iter().chain(&examples()).enumerate() {
        let artifact = folder.path().join(format!("{index}.bska"));
        let mut emit = beskid(folder.path());
        emit.args(["artifact", "emit"]).arg(source);
        end(emit.arg("-o").arg(&artifact)).succeeds();
        feed.arg(artifact);
    }
    let said = end(&mut feed).succeeds();
    // As they are, they come as far as the C compiler.
    let compiled = said.split_once("refused, ").unwrap().1;
    let compiled = compiled.split(' ').next().unwrap().parse::<u32>().unwrap();
    assert!(compiled > 20, "{said}");
}
