//! The core library as a package of every program: where it comes from, and what it
//! costs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::Path;

use beskid_tests::command::{beskid, end};

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[test]
fn cor_1_the_library_is_the_package_corelib_and_its_label_is_std() {
    let folder = tempfile::tempdir().unwrap();
    let written = end(beskid(folder.path()).arg("corelib")).succeeds();
    assert_eq!(written, "corelib/beskid_corelib\n");
    let manifest = folder.path().join("corelib/beskid_corelib/Project.proj");
    let manifest = fs::read_to_string(manifest).unwrap();
    assert!(manifest.contains("name    = \"corelib\"\n"), "{manifest}");
    for (label, status) in [("Std", 0), ("corelib", 1), ("beskid_corelib", 1)] {
        let value = "UnwrapOr(Result<i64, i64>::Ok(2), 0)";
        let text = format!("i64 main() => {label}.Core.Results.{value};\n");
        write(folder.path(), "main.bd", &text);
        let ended = end(beskid(folder.path()).args(["run", "main.bd"]));
        assert_eq!(ended.status, Some(status), "{label}: {ended:#?}");
    }
}

#[test]
fn cor_5_the_library_is_written_where_it_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| end(beskid(folder.path()).arg("corelib").args(args));
    assert_eq!(run(&[]).succeeds(), "corelib/beskid_corelib\n");
    let written = folder.path().join("corelib/beskid_corelib");
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corelib/beskid_corelib");
    for name in [
        "Project.proj",
        "Src/Core/Results.bd",
        "Src/Core/Optional/Option.bd",
    ] {
        let found = fs::read(written.join(name)).unwrap();
        assert_eq!(found, fs::read(own.join(name)).unwrap(), "{name}");
    }
    // Once more changes nothing; what somebody changed stays.
    run(&["--output", "corelib/beskid_corelib"]).succeeds();
    write(&written, "Src/Core/Results.bd", "// mine\n");
    let refused = run(&[]).fails_with("E4040");
    assert!(refused.contains("Src/Core/Results.bd"), "{refused}");
    let mine = fs::read_to_string(written.join("Src/Core/Results.bd")).unwrap();
    assert_eq!(mine, "// mine\n");
}

#[test]
fn cor_2_a_variable_names_another_library() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "other/Src/Core/Results.bd",
        "pub enum Result<T, E> { Ok(T value), Error(E error) }\npub i64 Answer() => 42;\n",
    );
    write(
        folder.path(),
        "main.bd",
        "i64 main() { Result<i64, i64> r = Result::Ok(Core.Results.Answer());\n\
         return match r { Result::Ok(x) => x, Result::Error(_) => 0, }; }\n",
    );
    let run = |library: Option<&str>| {
        let mut command = beskid(folder.path());
        let library = library.map(|name| ("BESKID_CORELIB_ROOT", folder.path().join(name)));
        end(command.envs(library).args(["run", "main.bd"]))
    };
    assert_eq!(run(Some("other")).succeeds(), "42\n");
    run(None).fails_with("E1101");
    // Without any, programs that name nothing of it still compile (COR-3).
    run(Some("none")).fails_with("E1201");
    write(folder.path(), "main.bd", "i64 main() => 7;\n");
    assert_eq!(run(Some("none")).succeeds(), "7\n");
}

#[test]
fn cor_2_what_is_wrong_in_the_library_is_told_with_its_file() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "other/Src/Deep/Part.bd",
        "pub i64 F() => nope;\n",
    );
    write(
        folder.path(),
        "main.bd",
        "i64 main() => Std.Deep.Part.F();\n",
    );
    let mut command = beskid(folder.path());
    command.env("BESKID_CORELIB_ROOT", folder.path().join("other"));
    let told = end(command.args(["--plain", "run", "main.bd"])).fails_with("E1101");
    assert!(told.contains("other/Src/Deep/Part.bd:1:"), "{told}");
}

#[test]
fn cor_4_modules_of_the_program_come_before_those_of_the_library() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "Core/Results.bd", "pub i64 Own() => 1;\n");
    write(
        folder.path(),
        "main.bd",
        "i64 main() { let r = Std.Core.Results.UnwrapOr(Result<i64, i64>::Ok(2), 0);\n\
         return Core.Results.Own() + r; }\n",
    );
    let run = end(beskid(folder.path()).args(["run", "main.bd"]));
    assert_eq!(run.succeeds(), "3\n");
}

#[test]
fn pan_1_a_panic_in_the_library_names_its_file() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "main.bd",
        "i64 main() { Result<i64, string> r = Result::Error(\"gone\");\n\
         return Std.Core.Results.Expect(r, \"it was there\"); }\n",
    );
    let run = end(beskid(folder.path()).args(["run", "main.bd"]));
    assert_eq!(run.status, Some(101), "{run:#?}");
    let place = run.stderr.lines().nth(1).unwrap_or_default();
    assert!(place.starts_with("  at Std/Core/Results.bd:"), "{run:#?}");
}
