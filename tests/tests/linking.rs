//! Linking: every kind of output, used as a C programmer would; with every
//! linker strategy where the strategy decides, with the default one elsewhere.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use beskid_tests::command::{Ended, beskid, end, run};
use beskid_tests::strategies::strategies;

const LIBRARY: &str = "\
pub i64 square(i64 x) { return x * x; }
pub unit greet(string whom) { __syscall_write(1, \"hello \" + whom + \"\\n\"); }
pub string name() { return \"beskid\" + \"!\"; }
[Export(Abi: \"C\", Symbol: \"__internal\")]
pub i32 internal(i32 x) { return hidden(x) + 1; }
i32 hidden(i32 x) { return x; }
";

/// Strings are handles to a pointer and a length.
const MAIN: &str = "\
#include <stdint.h>
#include <stdio.h>
struct text { const char *bytes; uintptr_t length; };
int64_t square(int64_t);
struct text *name(void);
void greet(struct text *);
int main(void) {
    struct text *text = name();
    printf(\"%ld %.*s\\n\", (long)square(7), (int)text->length, text->bytes);
    fflush(stdout);
    greet(text);
    return 0;
}
";

fn folder_with_library() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("lib.bd"), LIBRARY).unwrap();
    fs::write(folder.path().join("main.c"), MAIN).unwrap();
    folder
}

fn tool(folder: &Path, program: &str, args: &[&str]) -> Ended {
    end(Command::new(program).current_dir(folder).args(args))
}

fn names(folder: &Path, program: &str, args: &[&str]) -> Vec<String> {
    let listing = tool(folder, program, args).succeeds();
    listing.lines().map(str::to_owned).collect()
}

#[test]
fn lk_2_a_c_program_links_a_static_library_with_one_command() {
    for strategy in strategies() {
        let folder = folder_with_library();
        let folder = folder.path();
        strategy
            .run(folder, ["build", "lib.bd", "--kind", "static"])
            .succeeds();
        tool(folder, "cc", &["main.c", "liblib.a", "-o", "program"]).succeeds();
        let output = tool(folder, "./program", &[]).succeeds();
        assert_eq!(output, "49 beskid!\nhello beskid!\n");
        assert_eq!(
            names(folder, "ar", &["t", "liblib.a"]),
            ["lib.o", "beskid_runtime.o"]
        );
        let report = strategy.run(folder, ["inspect", "liblib.a"]).succeeds();
        assert!(report.contains("static library"), "{report}");
        assert!(report.ends_with("result:        pass\n"), "{report}");
    }
}

#[test]
fn a_c_program_links_a_shared_library() {
    for strategy in strategies() {
        let folder = folder_with_library();
        let folder = folder.path();
        strategy
            .run(folder, ["build", "lib.bd", "--kind", "shared"])
            .succeeds();
        let args = [
            "main.c",
            "-L.",
            "-llib",
            "-Wl,-rpath,$ORIGIN",
            "-o",
            "program",
        ];
        tool(folder, "cc", &args).succeeds();
        let output = tool(folder, "./program", &[]).succeeds();
        assert_eq!(output, "49 beskid!\nhello beskid!\n");
    }
}

/// Functions of the program that `nm` sees as global.
fn global_functions(folder: &Path, file: &str, args: &[&str]) -> Vec<String> {
    let args = [
        args,
        &[
            "--defined-only",
            "--extern-only",
            "--format=just-symbols",
            file,
        ],
    ]
    .concat();
    let ours = ["square", "greet", "name", "__internal", "hidden"];
    let mut found = names(folder, "nm", &args);
    found.retain(|name| ours.contains(&name.as_str()));
    found.sort();
    found
}

#[test]
fn lk_3_each_policy_exports_the_same_from_both_kinds_of_library() {
    for strategy in strategies() {
        let folder = folder_with_library();
        let folder = folder.path();
        for (flags, expected) in [
            ([].as_slice(), ["greet", "name", "square"].as_slice()),
            (
                &["--export", "square", "--export", "name"],
                &["name", "square"],
            ),
            (&["--export", "__internal"], &["__internal"]),
            (
                &["--export-all"],
                &["__internal", "greet", "name", "square"],
            ),
        ] {
            for (kind, file, nm) in [
                ("static", "liblib.a", [].as_slice()),
                ("shared", "liblib.so", &["--dynamic"]),
            ] {
                let args = ["build", "lib.bd", "--kind", kind];
                strategy.run(folder, args.iter().chain(flags)).succeeds();
                assert_eq!(
                    global_functions(folder, file, nm),
                    expected,
                    "{kind} {flags:?}"
                );
            }
        }
    }
}

#[test]
fn lk_2_members_keep_names_of_their_own() {
    for strategy in strategies() {
        let folder = folder_with_library();
        let folder = folder.path();
        fs::rename(folder.join("lib.bd"), folder.join("beskid_runtime.bd")).unwrap();
        strategy
            .run(folder, ["build", "beskid_runtime.bd", "--kind", "static"])
            .succeeds();
        let members = names(folder, "ar", &["t", "libbeskid_runtime.a"]);
        assert_eq!(members, ["beskid_runtime.o", "beskid_runtime-2.o"]);
        let args = ["main.c", "libbeskid_runtime.a", "-o", "program"];
        tool(folder, "cc", &args).succeeds();
        tool(folder, "./program", &[]).succeeds();
    }
}

#[test]
fn paths_with_spaces_and_commas_are_paths_like_others() {
    for strategy in strategies() {
        let folder = tempfile::tempdir().unwrap();
        let odd = folder.path().join("a folder, odd");
        fs::create_dir(&odd).unwrap();
        fs::write(odd.join("my lib.bd"), LIBRARY).unwrap();
        for (kind, file) in [("static", "libmy lib.a"), ("shared", "libmy lib.so")] {
            strategy
                .run(&odd, ["build", "my lib.bd", "--kind", kind])
                .succeeds();
            assert!(odd.join(file).is_file(), "{kind}");
        }
        fs::write(odd.join("my app.bd"), "i32 main() { return 3; }").unwrap();
        strategy.run(&odd, ["build", "my app.bd"]).succeeds();
        assert_eq!(end(&mut Command::new(odd.join("my app"))).status, Some(3));
    }
}

#[test]
fn the_same_input_gives_the_same_bytes_from_another_folder() {
    for strategy in strategies() {
        let (one, other) = (folder_with_library(), folder_with_library());
        let app = "i32 main() { __syscall_write(1, \"hi\"); return 3; }";
        for folder in [&one, &other] {
            fs::write(folder.path().join("app.bd"), app).unwrap();
        }
        for (input, kind, file) in [
            ("lib.bd", "object", "lib.o"),
            ("lib.bd", "static", "liblib.a"),
            ("lib.bd", "shared", "liblib.so"),
            ("app.bd", "exe", "app"),
        ] {
            let mut outputs = [&one, &other].map(|folder| {
                strategy
                    .run(folder.path(), ["build", input, "--kind", kind])
                    .succeeds();
                fs::read(folder.path().join(file)).unwrap()
            });
            let [first, second] = &mut outputs;
            assert!(first == second, "{kind}");
        }
    }
}

#[test]
fn the_undefined_symbols_are_shown_before_the_link_with_who_needs_them() {
    let folder = tempfile::tempdir().unwrap();
    let text = "function %main() -> i64 {\n    fn0 = %getppid() -> i64\nblock0:\n    \
                v0 = call fn0()\n    return v0\n}\n";
    fs::write(folder.path().join("p.clif"), text).unwrap();
    let stdout = run(folder.path(), ["build", "p.clif", "--verbose-link"]).succeeds();
    assert!(
        stdout.contains("undefined: getppid, needed by p.o\n"),
        "{stdout}"
    );
    assert!(stdout.contains("not authoritative: "), "{stdout}");
}

/// An archive whose runtime tells another version, made by hand.
fn runtime_of_version(folder: &Path, version: &str, flags: &[&str]) {
    let source = format!(
        "const unsigned beskid_runtime_abi = {version};\n\
         unsigned beskid_runtime_abi_version(void) {{ return {version}; }}\n"
    );
    fs::write(folder.join("version.c"), source).unwrap();
    tool(folder, "cc", &[&["-c", "version.c"], flags].concat()).succeeds();
    let _ = fs::remove_file(folder.join("other.a"));
    tool(folder, "ar", &["rcs", "other.a", "version.o"]).succeeds();
}

#[test]
fn abi_7_the_version_of_a_prebuilt_runtime_is_read_from_it_before_the_link() {
    let folder = folder_with_library();
    let folder = folder.path();
    let args = [
        "build",
        "lib.bd",
        "--kind",
        "static",
        "--runtime-archive",
        "other.a",
    ];
    for flags in [[].as_slice(), &["-O2"], &["-fdata-sections"]] {
        runtime_of_version(folder, "3", flags);
        let message = run(folder, args).fails_with("E4012");
        assert!(
            message.contains("version 3") && message.contains("version 2"),
            "{message}"
        );
    }
    let said = ["--runtime-abi-version", "2"];
    let message = run(folder, args.iter().chain(&said)).fails_with("E4012");
    assert!(message.contains("version 3, not 2"), "{message}");
    runtime_of_version(folder, "2", &[]);
    let message = run(folder, args).fails_with("E4011");
    assert!(message.contains("missing: alloc, str_new, "), "{message}");
}

#[test]
fn abi_7_an_archive_that_hides_its_version_is_refused_unless_the_user_says_it() {
    let folder = folder_with_library();
    let folder = folder.path();
    fs::write(
        folder.join("version.c"),
        "unsigned beskid_runtime_abi_version(void) { return 2; }\n",
    )
    .unwrap();
    tool(folder, "cc", &["-c", "-O1", "version.c"]).succeeds();
    tool(folder, "ar", &["rcs", "other.a", "version.o"]).succeeds();
    let args = [
        "build",
        "lib.bd",
        "--kind",
        "static",
        "--runtime-archive",
        "other.a",
    ];
    run(folder, args).fails_with("E4013");
    let said = ["--runtime-abi-version", "2"];
    run(folder, args.iter().chain(&said)).fails_with("E4011");
}

#[test]
fn bad_runtime_archives_are_refused() {
    let folder = folder_with_library();
    let folder = folder.path();
    let embedded = beskid_host::embedded_runtime();
    fs::write(folder.join("cut.a"), &embedded[..embedded.len() / 2]).unwrap();
    fs::write(folder.join("text.a"), "no archive").unwrap();
    run(folder, ["build", "lib.bd", "--kind", "object"]).succeeds();
    for (archive, code) in [
        ("none.a", "E4011"),
        ("text.a", "E5202"),
        ("cut.a", "E5202"),
        ("lib.o", "E4011"),
        (".", "E4011"),
    ] {
        let args = [
            "build",
            "lib.bd",
            "--kind",
            "static",
            "--runtime-archive",
            archive,
        ];
        run(folder, args).fails_with(code);
        assert!(!folder.join("liblib.a").exists(), "{archive}");
    }
    fs::write(folder.join("whole.a"), embedded).unwrap();
    let args = [
        "build",
        "lib.bd",
        "--kind",
        "static",
        "--runtime-archive",
        "whole.a",
    ];
    run(folder, args).succeeds();
}

#[test]
fn lk_5_another_target_needs_a_runtime_of_its_own_or_none() {
    let folder = folder_with_library();
    let target = ["--target-triple", "powerpc64le-unknown-linux-gnu"];
    let args = ["build", "lib.bd", "--kind", "shared"];
    let message = run(folder.path(), args.iter().chain(&target)).fails_with("E4011");
    assert!(message.contains("--standalone"), "{message}");
}

#[test]
fn a_standalone_program_for_another_architecture_runs_in_an_emulator() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), "i32 main() { return 40 + 2; }").unwrap();
    for (architecture, triple) in [
        ("aarch64", "aarch64-unknown-linux-gnu"),
        ("riscv64", "riscv64gc-unknown-linux-gnu"),
    ] {
        let emulator = format!("qemu-{architecture}");
        let driver = format!("{architecture}-linux-gnu-gcc");
        let missing = [&emulator, &driver]
            .into_iter()
            .find(|tool| Command::new(tool).arg("--version").output().is_err());
        if let Some(tool) = missing {
            println!("skipped: {tool} not installed");
            continue;
        }
        let args = ["build", "p.bd", "--standalone", "--target-triple", triple];
        end(beskid(folder.path()).args(args)).succeeds();
        let sysroot = format!("/usr/{architecture}-linux-gnu");
        let ended = tool(folder.path(), &emulator, &["-L", &sysroot, "./p"]);
        assert_eq!(ended.status, Some(42), "{architecture}: {ended:#?}");
    }
}

#[test]
fn lk_1_the_strategy_is_chosen_by_name_and_never_by_a_tools_file_name() {
    let folder = folder_with_library();
    let folder = folder.path();
    // A driver with the name of another system's linker is a driver.
    std::os::unix::fs::symlink("/usr/bin/cc", folder.join("link.exe")).unwrap();
    let mut command = beskid(folder);
    command.env("CC", folder.join("link.exe"));
    let stdout = end(command.args(["build", "lib.bd", "--kind", "shared"])).succeeds();
    assert!(stdout.ends_with("link: unix (built-in)\n"), "{stdout}");

    let build = ["build", "lib.bd", "--kind", "shared"];
    for text in ["linker = \"unix\"", "[linker]\nname = \"unix\""] {
        fs::write(folder.join("beskid.toml"), text).unwrap();
        run(folder, build).succeeds();
    }
    fs::write(folder.join("beskid.toml"), "[linker]\nname = \"nope\"").unwrap();
    run(folder, build).fails_with("E5108");
    run(folder, build.iter().chain(&["--linker", "unix"])).succeeds();
    run(folder, build.iter().chain(&["--linker", "windows"])).fails_with("E4023");
    fs::write(folder.join("beskid.toml"), "[linker]\nnam = \"unix\"").unwrap();
    run(folder, build).fails_with("E5301");
}

#[test]
fn an_unknown_triple_suggests_the_nearest() {
    let folder = folder_with_library();
    let args = [
        "build",
        "lib.bd",
        "--target-triple",
        "x86_64-unknown-linux-gnuu",
    ];
    let message = run(folder.path(), args).fails_with("E4001");
    assert!(
        message.contains("did you mean `x86_64-unknown-linux-gnu`?"),
        "{message}"
    );
}

#[test]
fn lk_6_two_definitions_of_a_symbol_are_named() {
    for strategy in strategies() {
        let folder = folder_with_library();
        let folder = folder.path();
        fs::write(
            folder.join("other.c"),
            "long square(long x) { return x; }\nlong once(void) { return square(2); }\n",
        )
        .unwrap();
        tool(folder, "cc", &["-c", "-fPIC", "other.c"]).succeeds();
        tool(folder, "ar", &["rcs", "libother.a", "other.o"]).succeeds();
        let text = "function %square(i64) -> i64 {\nblock0(v0: i64):\n    return v0\n}\n\
                    function %twice() -> i64 {\n    fn0 = %once() -> i64\n    fn1 = %square(i64) -> i64\n\
                    block0:\n    v0 = call fn0()\n    v1 = call fn1(v0)\n    return v1\n}\n";
        fs::write(folder.join("two.clif"), text).unwrap();
        let args = [
            "build",
            "two.clif",
            "--kind",
            "shared",
            "--link-lib",
            "other",
            "--link-search",
            ".",
        ];
        let message = strategy.run(folder, args).fails_with("E4021");
        assert!(message.contains("duplicate symbol: square"), "{message}");
        assert!(
            message.contains("rename one or make it private"),
            "{message}"
        );
    }
}

#[test]
fn the_object_can_be_kept_beside_the_output() {
    let folder = folder_with_library();
    let folder = folder.path();
    let args = [
        "build",
        "lib.bd",
        "--kind",
        "shared",
        "--object-output",
        "kept.o",
    ];
    let stdout = run(folder, args).succeeds();
    assert_eq!(
        stdout,
        "object: kept.o\noutput: liblib.so\nlink: unix (built-in)\n"
    );
    let report = run(folder, ["inspect", "kept.o"]).succeeds();
    assert!(report.contains("relocatable object"), "{report}");

    let args = [
        "build",
        "lib.bd",
        "--kind",
        "object",
        "--release",
        "-o",
        "fast.o",
    ];
    run(folder, args).succeeds();
    let kept = |name: &str| fs::read(folder.join(name)).unwrap();
    assert!(
        kept("kept.o") != kept("fast.o"),
        "optimization changes the code"
    );
    let args = [
        "build",
        "lib.bd",
        "--kind",
        "shared",
        "--object-output",
        "none/kept.o",
    ];
    run(folder, args).fails_with("E4040");
}
