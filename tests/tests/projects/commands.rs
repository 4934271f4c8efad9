//! The commands that take projects.

use std::process::Command;

use beskid_tests::command::end;
use beskid_tests::site::{Site, depends, library, manifest};

const MAIN: &str = "i32 main() { return 42; }\n";

#[test]
fn cmd_1_the_commands_for_projects_are_there_and_say_what_they_take() {
    let site = Site::new(&[]);
    for command in ["run", "build", "analyze", "clif", "lock", "fetch", "update"] {
        let help = site.run(&format!("{command} --help")).succeeds();
        for flag in ["--project", "--target ", "--workspace-member"] {
            assert!(help.contains(flag), "{command}: {help}");
        }
        let takes = !["lock", "update"].contains(&command);
        assert_eq!(help.contains("--frozen"), takes, "{command}: {help}");
    }
}

#[test]
fn cmd_2_every_command_says_the_same_of_a_project() {
    let site = Site::new(&[
        ("Project.proj", &manifest("A", "")),
        ("Src/Main.bd", "i32 main() { return wrong; }\n"),
    ]);
    let said = ["run", "build", "analyze", "clif"].map(|command| {
        let ended = site.run(&format!("--message-format json {command}"));
        assert_eq!(ended.status, Some(1), "{command}: {ended:#?}");
        ended.stderr
    });
    assert!(said[0].contains("E1101"), "{said:?}");
    assert!(said.iter().all(|other| *other == said[0]), "{said:?}");
    site.write("Src/Main.bd", MAIN);
    let of_file = site.run("clif Src/Main.bd").succeeds();
    assert_eq!(site.run("clif").succeeds(), of_file);
    assert_eq!(site.run("analyze").stderr, "");
}

#[test]
fn cmd_3_what_is_wrong_in_any_module_is_shown_with_its_path() {
    let site = Site::new(&[
        ("a/Project.proj", &manifest("A", &depends("B", "../b"))),
        (
            "a/Src/Main.bd",
            "i32 main() { return Net.Wire.Number() + B.Lib.Number(); }\n",
        ),
        ("a/Src/Net/Wire.bd", "pub i32 Number() => 1\n"),
        ("b/Project.proj", &library("B", "")),
        ("b/Src/Lib.bd", "pub i32 Number() => 2;\n"),
    ]);
    for command in ["run", "build", "analyze"] {
        let ended = site.run(&format!("{command} --project a"));
        assert_eq!(ended.status, Some(1), "{ended:#?}");
        assert!(ended.stderr.contains("a/Src/Net/Wire.bd:1:"), "{ended:#?}");
    }
    site.write("a/Src/Net/Wire.bd", "pub i32 Number() => 1;\n");
    site.write("b/Src/Lib.bd", "pub i32 Number() => \"two\";\n");
    let ended = site.run("run --project a");
    assert!(ended.stderr.contains("b/Src/Lib.bd:1:"), "{ended:#?}");
    site.write("b/Src/Lib.bd", "pub i32 Number() => 2;\n");
    assert_eq!(site.run("run --project a").succeeds(), "3\n");
}

#[test]
fn cmd_3_arguments_are_the_programs() {
    let text = "unit main() {\n    mut i64 i = 1;\n    while i < __arg_count() {\n        \
                __syscall_write(1, \"<${__arg(i)}>\");\n        i = i + 1;\n    }\n}\n";
    let site = Site::new(&[("Project.proj", &manifest("A", "")), ("Src/Main.bd", text)]);
    assert_eq!(
        site.run("run -- a --frozen").succeeds(),
        "<a><--frozen>ok\n"
    );
    assert_eq!(
        site.run("run --frozen --target A -- -x").succeeds(),
        "<-x>ok\n"
    );
    assert_eq!(site.run("run --").succeeds(), "ok\n");
    assert_eq!(site.run("run . -- x.bd").succeeds(), "<x.bd>ok\n");
    assert_eq!(site.run("run -- Src/Main.bd y").succeeds(), "<y>ok\n");
}

#[test]
fn bk_5_a_target_names_the_output_and_chooses_its_kind() {
    let tests = "target \"Checks\" {\n  kind = Test\n  entry = \"Main.bd\"\n}\n\
                 target \"Core\" {\n  kind = Lib\n  entry = \"Core.bd\"\n}\n";
    let site = Site::new(&[
        ("Project.proj", &manifest("Tool", tests)),
        ("Src/Main.bd", MAIN),
        (
            "Src/Core.bd",
            "[Export(Abi: \"C\", Symbol: \"twice\")]\npub i64 Twice(i64 n) => n * 2;\n",
        ),
    ]);
    assert!(site.run("build").succeeds().starts_with("output: Tool\n"));
    assert_eq!(end(&mut Command::new(site.path("Tool"))).status, Some(42));
    assert!(
        site.run("build --target Checks")
            .succeeds()
            .starts_with("output: Checks\n")
    );
    assert_eq!(end(&mut Command::new(site.path("Checks"))).status, Some(42));
    let said = site.run("build --target Core").succeeds();
    assert!(said.starts_with("output: libCore."), "{said}");
    let library = said
        .lines()
        .next()
        .unwrap()
        .strip_prefix("output: ")
        .unwrap();
    let facts = site.run(&format!("inspect {library}")).succeeds();
    assert!(facts.contains("twice"), "{facts}");
    let said = site.run("build --target Core --kind static").succeeds();
    assert!(said.starts_with("output: libCore.a\n"), "{said}");
    site.run("build -o other").succeeds();
    assert_eq!(end(&mut Command::new(site.path("other"))).status, Some(42));
}

#[test]
fn ffi_2_what_manifests_link_reaches_the_linker() {
    let link = |library: &str| {
        format!("\nlink {{\n  libraries = [\"{library}\"]\n  search = [\"native/{library}\"]\n}}\n")
    };
    let site = Site::new(&[
        (
            "a/Project.proj",
            &manifest("A", &(link("first") + &depends("B", "../b"))),
        ),
        ("a/Src/Main.bd", MAIN),
        ("b/Project.proj", &library("B", &link("second"))),
        ("b/Src/Lib.bd", ""),
    ]);
    let plan = site
        .run("build --project a --link-lib third --print-link-plan")
        .succeeds();
    let place = |word: &str| plan.find(word).unwrap_or_else(|| panic!("{word}: {plan}"));
    assert!(place("-lfirst") < place("-lsecond"), "{plan}");
    assert!(place("-lsecond") < place("-lthird"), "{plan}");
    assert!(place("a/native/first") < place("b/native/second"), "{plan}");
}

#[test]
fn a_new_project_builds_and_runs_at_once() {
    let site = Site::new(&[("full/x", "")]);
    let said = site.run("new hello").succeeds();
    assert_eq!(
        said,
        "created: hello in hello\nnext: cd hello; beskid run\n"
    );
    let ended = site.run_in("hello", "--message-format plain analyze --deny warnings");
    assert_eq!(ended.stderr, "");
    ended.succeeds();
    assert_eq!(
        site.run_in("hello", "run").succeeds(),
        "Hello, world!\nok\n"
    );
    site.run_in("hello", "build").succeeds();
    assert_eq!(
        end(&mut Command::new(site.path("hello/hello"))).stdout,
        "Hello, world!\n"
    );
    site.run_in("hello", "analyze --target Checks --deny warnings --locked")
        .succeeds();
    site.run_in("hello", "run --target Checks --entrypoint GreetsByName")
        .succeeds();
    assert_eq!(
        site.run("new --lib words").succeeds(),
        "created: words in words\nnext: cd words; beskid build\n"
    );
    site.run_in("words", "analyze --deny warnings").succeeds();
    assert!(
        site.run_in("words", "build")
            .succeeds()
            .starts_with("output: libwords.")
    );
    site.run_in("words", "run --target Checks --entrypoint GreetsByName")
        .succeeds();
    for name in ["hello", "words"] {
        site.run_in(name, "fmt --check .").succeeds();
    }
    for name in ["hello", "full", "1st", "a/b", "über"] {
        site.run(&format!("new {name}")).fails_with("E5306");
    }
    assert_eq!(site.files("full"), ["x"]);
}
