//! `Project.proj`: its format and what it may say.

use beskid_tests::site::{Site, depends, library, manifest};

const MAIN: &str = "i32 main() { return 42; }\n";

fn site(manifest: &str) -> Site {
    Site::new(&[("Project.proj", manifest), ("Src/Main.bd", MAIN)])
}

#[test]
fn prj_1_a_manifest_has_comments_blank_lines_and_any_ends_of_lines() {
    let text = "\u{feff}// a program\r\nproject { // its head\r\n\r\n  name = \"A\"\r\n  \
                root_namespace = \"x // y\"\r\n  version = \"1.2.3-rc.1\" // no release\r\n}\r\ntarget \"A\" {\r\n  kind = App\r\n  \
                entry = \"Main.bd\"\r\n}";
    let site = site(text);
    assert_eq!(site.run("run").succeeds(), "42\n");
    assert!(site.read("Project.lock").contains("project_name=A\n"));
    let hash = text.replace("// a program", "# a program");
    site.write("Project.proj", &hash);
    site.run("run").fails_with("E3003");
}

#[test]
fn prj_2_words_stand_without_quotes_where_they_are_chosen_from_a_few() {
    let quoted = manifest("A", "").replace("= App", "= \"App\"");
    assert_eq!(site(&quoted).run("run").succeeds(), "42\n");
    let bare = manifest("A", "").replace("\"Main.bd\"", "Main.bd");
    let message = site(&bare).run("run").fails_with("E3003");
    assert!(message.contains("target `A`: `entry` is"), "{message}");
    let list = manifest("A", "").replace("= App", "= [\"App\"]");
    site(&list).run("run").fails_with("E3003");
    let text = manifest("A", "link {\n  libraries = \"m\"\n}\n");
    let message = site(&text).run("run").fails_with("E3003");
    assert!(message.contains("`libraries` is"), "{message}");
}

#[test]
fn prj_3_what_is_malformed_is_shown_with_its_line() {
    let good = manifest("A", "");
    for (from, to, line) in [
        ("project {", "project", 1),
        ("\"A\"\n", "\"A\n", 2),
        ("target \"A\" {", "aim \"A\" {", 6),
        ("  kind = App\n", "  kind App\n", 7),
        ("Main.bd\"\n}", "Main.bd\"\n", 6),
    ] {
        let text = good.replacen(from, to, 1);
        assert_ne!(text, good);
        let ended = site(&text).run("--message-format json run");
        let first = ended.stderr.lines().next().unwrap();
        let message = serde_json::from_str::<serde_json::Value>(first).unwrap();
        assert_eq!(message["code"], "E3003", "{text}: {ended:#?}");
        assert_eq!(message["line"], line, "{text}: {ended:#?}");
        assert!(message["help"].is_string(), "{ended:#?}");
        assert_eq!(ended.stderr.lines().count(), 1, "{ended:#?}");
    }
    // People see the line itself.
    let text = good.replace("kind = App", "kind App");
    let message = site(&text).run("run").fails_with("E3003");
    assert!(message.contains("Project.proj:7:"), "{message}");
    assert!(message.contains("kind App"), "{message}");
}

#[test]
fn prj_4_an_unknown_key_is_a_warning_and_a_second_one_an_error() {
    let text = manifest("A", "").replace("version", "colour = \"red\"\n  version");
    let ended = site(&text).run("run");
    assert!(
        ended.stderr.contains("nothing reads `colour`"),
        "{ended:#?}"
    );
    assert!(ended.stderr.contains("1 warning"), "{ended:#?}");
    assert_eq!(ended.succeeds(), "42\n");
    let text = manifest("A", "").replace("version", "name = \"B\"\n  version");
    let message = site(&text).run("run").fails_with("E3003");
    assert!(message.contains("`name` is there twice"), "{message}");
    let message = site(&manifest("A", "meta {\n}\n"))
        .run("run")
        .fails_with("E3003");
    assert!(
        message.contains("`meta` blocks are not supported"),
        "{message}"
    );
}

#[test]
fn prj_5_what_the_table_does_not_allow_is_named_by_block_label_and_field() {
    let good = manifest("A", "");
    let with = |more: &str| format!("{good}{more}");
    let without = |line: &str| good.replacen(line, "", 1);
    let dependency = |lines: &str| with(&format!("dependency \"D\" {{\n{lines}\n}}\n"));
    let cases = [
        (without("  name = \"A\"\n"), "`project`: `name` is missing"),
        (
            without("  version = \"0.1.0\"\n"),
            "`project`: `version` is missing",
        ),
        (
            good.replace("0.1.0", "one"),
            "`version` is no version: `one`",
        ),
        (
            good.replace("\"A\"\n", "\" \"\n"),
            "`project`: `name` is empty",
        ),
        (
            good.replace("\"A\"\n", "\"../A\"\n"),
            "`name` is no name of a folder",
        ),
        (
            good.replace("version", "root = \"../Src\"\n  version"),
            "`root` leads out",
        ),
        (
            good.replace("version", "root = \"/Src\"\n  version"),
            "`root` leads out",
        ),
        (without("  kind = App\n"), "target `A`: `kind` is missing"),
        (
            good.replace("App", "Program"),
            "no `kind` of target `Program`",
        ),
        (
            without("  entry = \"Main.bd\"\n"),
            "target `A`: `entry` is missing",
        ),
        (good.replace("Main.bd", "../Main.bd"), "`entry` leads out"),
        (
            good.replace("target \"A\"", "target"),
            "`target` has no label",
        ),
        (
            good.replace("target \"A\"", "target \"\""),
            "the label of `target` is empty",
        ),
        (
            good.replace("target \"A\"", "target \"a/b\""),
            "no name of a file",
        ),
        (
            with("target \"A\" {\n kind = App\n entry = \"Main.bd\"\n}\n"),
            "target `A` is there twice",
        ),
        (
            with("project {\n name = \"B\"\n version = \"1.0.0\"\n}\n"),
            "`project` is there twice",
        ),
        (
            good.split("target").next().unwrap().to_owned(),
            "`project` has no target",
        ),
        (
            good.split("\n\n").nth(1).unwrap().to_owned(),
            "no block `project`",
        ),
        (
            dependency("path = \"x\""),
            "dependency `D`: `source` is missing",
        ),
        (
            dependency("source = path"),
            "dependency `D`: `path` is missing",
        ),
        (
            dependency("source = disk"),
            "no `source` of dependencies `disk`",
        ),
        (
            dependency("source = git\nrev = \"1\""),
            "dependency `D`: `url` is missing",
        ),
        (
            dependency("source = registry"),
            "dependency `D`: `version` is missing",
        ),
        (
            dependency("source = path\npath = \"x\"") + "dependency \"D\" {\nsource = git\n}\n",
            "dependency `D` is there twice",
        ),
    ];
    for (text, expected) in cases {
        let ended = site(&text).run("--message-format plain run");
        let message = ended.fails_with("E3004");
        assert!(message.contains(expected), "{expected}: {message}");
    }
}

#[test]
fn prj_5_all_that_is_wrong_is_told_at_once_and_a_missing_entry_is_named() {
    let text = manifest("A", "")
        .replace("App", "Program")
        .replace("0.1.0", "one");
    let message = site(&text).run("run").fails_with("E3004");
    assert!(message.contains("2 errors"), "{message}");
    let second = "target \"B\" {\n  kind = Test\n  entry = \"Checks/None.bd\"\n}\n";
    let message = site(&manifest("A", second)).run("run").fails_with("E3004");
    assert!(
        message.contains("target `B`: there is no file `Src/Checks/None.bd`"),
        "{message}"
    );
    // A file is run while others are still to be written.
    let ended = site(&manifest("A", second)).run("run Src/Main.bd");
    assert_eq!(ended.succeeds(), "42\n");
}

#[test]
fn prj_6_a_target_is_the_first_program_or_the_first_or_the_one_that_is_named() {
    let library = "target \"Core\" {\n  kind = Lib\n  entry = \"Core.bd\"\n}\n";
    let tests = "target \"Checks\" {\n  kind = Test\n  entry = \"Checks.bd\"\n}\n";
    let head = manifest("A", "");
    let (head, app) = head.split_once("\n\n").unwrap();
    let site = Site::new(&[
        ("Project.proj", &format!("{head}\n{library}{tests}{app}")),
        ("Src/Main.bd", MAIN),
        ("Src/Core.bd", "i32 main() { return 1; }\n"),
        ("Src/Checks.bd", "i32 main() { return 2; }\n"),
    ]);
    assert_eq!(site.run("run").succeeds(), "42\n");
    assert_eq!(site.run("run --target Core").succeeds(), "1\n");
    let message = site.run("run --target Cores").fails_with("E3005");
    assert!(message.contains("no target `Cores`"), "{message}");
    assert!(message.contains("`Core`, `Checks`, `A`"), "{message}");
    site.write("Project.proj", &format!("{head}\n{tests}{library}"));
    assert_eq!(site.run("run").succeeds(), "2\n");
}

#[test]
fn prj_7_two_projects_of_one_name_are_a_warning() {
    let site = Site::new(&[
        ("Project.proj", &manifest("A", &depends("B", "b"))),
        ("Src/Main.bd", MAIN),
        ("b/Project.proj", &library("A", "")),
        ("b/Src/Lib.bd", ""),
    ]);
    let ended = site.run("run");
    assert!(
        ended.stderr.contains("two projects are named `A`"),
        "{ended:#?}"
    );
    assert_eq!(ended.succeeds(), "42\n");
}

/// Names of the core library that lead to a dependency are told of where they are written.
#[test]
fn prj_5_labels_that_hide_the_core_library_are_a_warning() {
    let with = |label: &str, name: &str| {
        Site::new(&[
            ("Project.proj", &manifest("A", &depends(label, "b"))),
            ("Src/Main.bd", MAIN),
            ("b/Project.proj", &library(name, "")),
            ("b/Src/Lib.bd", ""),
        ])
    };
    for (label, said) in [
        (
            "Core",
            "`Core` has the name of a module of the core library",
        ),
        (
            "Query",
            "`Query` has the name of a module of the core library",
        ),
        (
            "std",
            "`std` takes the place of the core library, and is the project `b`",
        ),
    ] {
        let ended = with(label, "b").run("--message-format json run");
        assert!(ended.stderr.contains(said), "{label}: {ended:#?}");
        assert!(
            ended
                .stderr
                .contains("\"severity\":\"warning\",\"code\":\"E3004\"")
        );
        assert_eq!(ended.status, Some(0), "{ended:#?}");
    }
    for (label, name) in [("Cores", "b"), ("Tests", "b"), ("Std", "corelib")] {
        assert_eq!(with(label, name).run("run").stderr, "", "{label}");
    }
}

/// Files of a library that nobody reaches are told of; the targets' other ones are not.
#[test]
fn res_1_files_of_a_library_that_no_target_reaches_are_told_of() {
    let checks = "target \"Checks\" {\n  kind = Test\n  entry = \"Checks.bd\"\n}\n";
    let site = Site::new(&[
        ("Project.proj", &library("A", checks)),
        ("Src/Lib.bd", "pub mod Inner;\n"),
        ("Src/Inner.bd", "pub i64 One() => 1;\n"),
        (
            "Src/Checks.bd",
            "test One { if Helps.One() != 1 { panic(\"no\"); } }\n",
        ),
        ("Src/Helps.bd", "pub i64 One() => Inner.One();\n"),
    ]);
    for command in ["analyze", "test", "doc"] {
        assert_eq!(site.run(command).stderr, "", "{command}");
    }
    site.write("Src/Lost.bd", "i64 One() => true;\n");
    for command in ["analyze", "test", "doc"] {
        let ended = site.run(command);
        assert_eq!(ended.status, Some(0), "{ended:#?}");
        let said = "`Src/Lost.bd` is part of no target of `A`";
        assert!(ended.stderr.contains(said), "{command}: {ended:#?}");
    }
    assert_eq!(site.run("build").stderr, "");
    // Of a program nobody expects it.
    site.write(
        "Project.proj",
        &library("A", checks).replace("= Lib", "= App"),
    );
    assert_eq!(site.run("analyze").stderr, "");
}

#[test]
fn prj_8_manifests_of_later_compilers_are_read_and_nothing_is_written_beside_them() {
    let site = Site::new(&[
        (
            "Checks.bproj",
            "checks {\n  name = \"checks\"\n  version = \"0.1.0\"\n  type = Mod\n  readme = \"R.md\"\n}\n\
             grammar {\n  file = \"x\"\n}\n\
             target \"Checks\" {\n  kind = Test\n  entry = \"Main.bd\"\n}\n\
             dependency \"Numbers\" {\n  source = path\n  path = \"numbers\"\n}\n",
        ),
        (
            "Src/Main.bd",
            "use Numbers.Twice;\n\ni32 main() { return Twice.Of(21); }\n",
        ),
        (
            "numbers/numbers.bproj",
            "numbers {\n  root = \"Source\"\n}\ntarget \"All\" {\n  kind = Lib\n}\n",
        ),
        ("numbers/Source/Twice.bd", "pub i32 Of(i32 n) => n * 2;\n"),
        (
            "whole/whole.bproj",
            "whole {\n  name = \"whole\"\n  type = Aggregate\n}\n\
             dependency \"Numbers\" {\n  source = path\n  path = \"../numbers\"\n}\n",
        ),
    ]);
    let before = site.files("");
    let ended = site.run("run --project Checks.bproj");
    assert_eq!(ended.stderr, "");
    assert_eq!(ended.succeeds(), "42\n");
    assert_eq!(site.run("run --project .").succeeds(), "42\n");
    assert_eq!(site.run("run").succeeds(), "42\n");
    site.run_in("Src", "run").fails_with("E3001");
    site.run("fetch --project Checks.bproj").succeeds();
    site.run("fetch --project whole").succeeds();
    site.run("run --project whole").fails_with("E3005");
    site.run("run --project numbers").fails_with("E3005");
    assert_eq!(site.files(""), before);
}
