//! From a folder to a graph of projects.

use std::fs;
use std::os::unix::fs::symlink;

use beskid_tests::site::{Site, depends, library, manifest};

const MAIN: &str = "i32 main() { return 42; }\n";

#[test]
fn res_1_a_command_stops_at_the_first_stage_that_fails() {
    let registered = "dependency \"Net\" {\n source = registry\n version = \"1\"\n}\n";
    let site = Site::new(&[
        (
            "Project.proj",
            &manifest("A", &(registered.to_owned() + &depends("B", "b"))),
        ),
        ("Src/Main.bd", "i32 main() { return wrong; }\n"),
    ]);
    let run = || site.run("run --locked");
    // Graph, then providers, then the lock, then the program.
    run().fails_with("E3006");
    site.write("b/Project.proj", &library("B", ""));
    site.write("b/Src/Lib.bd", "");
    run().fails_with("E3011");
    site.write("Project.proj", &manifest("A", &depends("B", "b")));
    run().fails_with("E3023");
    site.run("run").fails_with("E1101");
    run().fails_with("E1101");
}

#[test]
fn res_2_a_project_is_found_here_above_or_where_it_is_said() {
    let site = Site::new(&[
        ("p/Project.proj", &manifest("A", "")),
        ("p/Src/Main.bd", MAIN),
        (
            "w/Workspace.proj",
            "workspace {\n name = \"W\"\n}\nmember \"m\" {\n path = \"m\"\n}\n",
        ),
        ("w/m/Project.proj", &manifest("M", "")),
        ("w/m/Src/Main.bd", "i32 main() { return 7; }\n"),
        ("w/m/Src/Deep/Other.bd", ""),
        ("none/x", ""),
    ]);
    assert_eq!(site.run_in("p", "run").succeeds(), "42\n");
    assert_eq!(site.run_in("p/Src", "run").succeeds(), "42\n");
    assert_eq!(site.run("run --project p").succeeds(), "42\n");
    assert_eq!(site.run("run --project p/Project.proj").succeeds(), "42\n");
    assert_eq!(site.run("run p").succeeds(), "42\n");
    assert_eq!(site.run("run p/Project.proj").succeeds(), "42\n");
    assert_eq!(site.run_in("w", "run").succeeds(), "7\n");
    assert_eq!(site.run_in("w/m/Src/Deep", "run").succeeds(), "7\n");
    assert_eq!(site.run("run --project w").succeeds(), "7\n");
    // A manifest may have any name.
    fs::copy(site.path("p/Project.proj"), site.path("p/Other.proj")).unwrap();
    assert_eq!(site.run("run --project p/Other.proj").succeeds(), "42\n");
    fs::copy(site.path("w/Workspace.proj"), site.path("w/All.proj")).unwrap();
    assert_eq!(site.run("run --project w/All.proj").succeeds(), "7\n");
    for line in [
        "run",
        "run --project none",
        "run --project p/Absent.proj",
        "lock",
        "fetch",
        "update",
    ] {
        let message = site.run_in("", line).fails_with("E3001");
        assert!(message.contains("help: "), "{message}");
    }
}

#[test]
fn res_3_a_file_is_the_program_and_sees_the_project_around_it() {
    let site = Site::new(&[
        ("a/Project.proj", &manifest("A", &depends("B", "../b"))),
        ("a/Src/Main.bd", MAIN),
        ("a/Src/Own.bd", "pub i32 Number() => 30;\n"),
        (
            "a/Src/Deep/Try.bd",
            "i32 main() { return Own.Number() + B.Lib.Number(); }\n",
        ),
        (
            "a/tools/Tool.bd",
            "i32 main() { return Own.Number() + B.Lib.Number() + 1; }\n",
        ),
        ("b/Project.proj", &library("B", "")),
        ("b/Src/Lib.bd", "pub i32 Number() => 3;\n"),
    ]);
    assert_eq!(site.run("run a/Src/Deep/Try.bd").succeeds(), "33\n");
    assert_eq!(site.run_in("a/Src/Deep", "run Try.bd").succeeds(), "33\n");
    assert_eq!(site.run("run a/tools/Tool.bd").succeeds(), "34\n");
    // The file wins over a target, which must be there all the same.
    assert_eq!(
        site.run("run --target A a/Src/Deep/Try.bd").succeeds(),
        "33\n"
    );
    site.run("run --target Z a/Src/Deep/Try.bd")
        .fails_with("E3005");
    // Its outputs have its name.
    site.run("build a/Src/Deep/Try.bd").succeeds();
    assert!(site.has("Try"));
    // Of another folder it is a program alone.
    site.write("alone/Try.bd", "i32 main() { return Own.Number(); }\n");
    site.run("run alone/Try.bd").fails_with("E1101");
    assert_eq!(site.run("run --project a alone/Try.bd").succeeds(), "30\n");
}

#[test]
fn res_4_two_spellings_of_a_path_are_one_project() {
    let site = Site::new(&[
        (
            "a/Project.proj",
            &manifest("A", &(depends("B", "../b") + &depends("C", "../c"))),
        ),
        (
            "a/Src/Main.bd",
            "i32 main() { return B.Lib.Make().n + C.Lib.Take(D.Lib.Box { n: 2 }); }\n",
        ),
        ("b/Project.proj", &library("B", &depends("D", "../d"))),
        (
            "b/Src/Lib.bd",
            "pub D.Lib.Box Make() => D.Lib.Box { n: 40 };\n",
        ),
        (
            "c/Project.proj",
            &library("C", &depends("D", "../b/./../e")),
        ),
        ("c/Src/Lib.bd", "pub i32 Take(D.Lib.Box box) => box.n;\n"),
        ("d/Project.proj", &library("D", "")),
        ("d/Src/Lib.bd", "pub type Box { i32 n }\n"),
    ]);
    symlink("d", site.path("e")).unwrap();
    let own = manifest(
        "A",
        &(depends("B", "../b") + &depends("C", "../c") + &depends("D", "../d")),
    );
    site.write("a/Project.proj", &own);
    assert_eq!(site.run_in("a", "run").succeeds(), "42\n");
    assert_eq!(site.read("a/Project.lock").matches("- name=D").count(), 1);
}

#[test]
fn res_5_a_circle_is_shown_by_its_manifests() {
    let site = Site::new(&[
        ("a/Project.proj", &manifest("A", &depends("B", "../b"))),
        ("a/Src/Main.bd", MAIN),
        ("b/Project.proj", &library("B", &depends("C", "../c"))),
        ("c/Project.proj", &library("C", &depends("B", "../b"))),
        ("d/Project.proj", &manifest("D", &depends("Self", "."))),
        ("d/Src/Main.bd", MAIN),
    ]);
    for command in ["run", "lock", "fetch", "analyze"] {
        let message = site
            .run(&format!("--plain {command} --project a"))
            .fails_with("E3007");
        let circle = "b/Project.proj -> c/Project.proj -> b/Project.proj";
        assert!(message.contains(circle), "{message}");
    }
    let message = site.run("--plain run --project d").fails_with("E3007");
    assert!(
        message.contains("d/Project.proj -> d/Project.proj"),
        "{message}"
    );
    assert!(!site.has("a/Project.lock") && !site.has("d/Project.lock"));
}

#[test]
fn res_6_a_dependency_without_a_manifest_is_named_with_its_path() {
    let both = depends("B", "../b") + &depends("C", "../none");
    let site = Site::new(&[
        ("a/Project.proj", &manifest("A", &both)),
        ("a/Src/Main.bd", MAIN),
        ("b/Src/Lib.bd", ""),
    ]);
    let message = site.run_in("a", "run").fails_with("E3006");
    for expected in ["dependency `B`", "dependency `C`", "../none", "2 errors"] {
        assert!(message.contains(expected), "{expected}: {message}");
    }
}

#[test]
fn res_7_projects_come_behind_what_they_need_each_once() {
    let needs = |names: &[&str]| {
        let blocks = names
            .iter()
            .map(|name| depends(name, &format!("../{}", name.to_lowercase())));
        blocks.collect::<String>()
    };
    let site = Site::new(&[
        ("a/Project.proj", &manifest("A", &needs(&["D", "C", "B"]))),
        ("a/Src/Main.bd", MAIN),
        ("b/Project.proj", &library("B", &needs(&["E"]))),
        ("c/Project.proj", &library("C", "")),
        ("d/Project.proj", &library("D", &needs(&["E", "C"]))),
        ("e/Project.proj", &library("E", "")),
        ("b/Src/Lib.bd", ""),
        ("c/Src/Lib.bd", ""),
        ("d/Src/Lib.bd", ""),
        ("e/Src/Lib.bd", ""),
    ]);
    for command in ["lock", "fetch", "update"] {
        let line = format!("--message-format json {command} --project a");
        let stdout = site.run(&line).succeeds();
        let value = serde_json::from_str::<serde_json::Value>(&stdout).unwrap();
        assert_eq!(
            value["dependencies"],
            serde_json::json!(["C", "E", "B", "D"])
        );
    }
}

#[test]
fn res_8_only_folders_are_dependencies_of_any_command() {
    let git =
        "dependency \"G\" {\n source = git\n url = \"https://git.invalid/x\"\n rev = \"1\"\n}\n";
    let site = Site::new(&[
        ("a/Project.proj", &manifest("A", &depends("B", "../b"))),
        ("a/Src/Main.bd", MAIN),
        ("b/Project.proj", &library("B", git)),
        ("b/Src/Lib.bd", ""),
    ]);
    let before = site.files("");
    for command in ["run", "build", "analyze", "clif", "lock", "fetch", "update"] {
        let message = site
            .run(&format!("{command} --project a"))
            .fails_with("E3011");
        for expected in [
            "dependency `G`",
            "`git` (https://git.invalid/x)",
            "b/Project.proj",
        ] {
            assert!(message.contains(expected), "{message}");
        }
    }
    assert_eq!(site.files(""), before);
}

#[test]
fn res_9_identical_files_give_identical_messages_and_targets() {
    let both = depends("B", "../b") + &depends("C", "../c");
    let files = [
        ("a/Project.proj", &*manifest("A", &both)),
        (
            "a/Src/Main.bd",
            "i32 main() { return B.Lib.Wrong() + C.Lib.Wrong(); }\n",
        ),
        ("b/Project.proj", &library("B", "colour {\n}\n")),
        ("c/Project.proj", &library("C", "")),
        ("b/Src/Lib.bd", ""),
        ("c/Src/Lib.bd", ""),
    ];
    let first = Site::new(&files);
    let second = Site::new(&files.map(|file| file).into_iter().rev().collect::<Vec<_>>());
    let run = |site: &Site| site.run_in("a", "run");
    assert_eq!(run(&first), run(&second));
    for site in [&first, &second] {
        site.write("b/Project.proj", &library("B", ""));
    }
    assert_eq!(run(&first), run(&second));
    assert_eq!(first.read("a/Project.lock"), second.read("a/Project.lock"));
}

#[test]
fn res_10_sources_are_gathered_as_an_exact_copy() {
    let site = Site::new(&[
        ("a/Project.proj", &manifest("A", &depends("B", "../b"))),
        ("a/Src/Main.bd", "i32 main() { return B.Lib.Number(); }\n"),
        ("a/Src/Deep/Old.bd", "// old\n"),
        ("b/Project.proj", &library("B", "")),
        ("b/Src/Lib.bd", "pub i32 Number() => 1;\n"),
        ("b/Src/notes.txt", "a note\n"),
    ]);
    let said = "Dependencies resolved and materialized.\n";
    assert_eq!(site.run_in("a", "fetch").succeeds(), said);
    let hash = |site: &Site| {
        let lock = site.read("a/Project.lock");
        lock.trim_end().rsplit_once("/B-").unwrap().1.to_owned()
    };
    let gathered = |names: &[&str]| {
        let mut names = names.iter().map(|name| name.replace("HASH", &hash(&site)));
        names.by_ref().collect::<Vec<_>>()
    };
    let expected = gathered(&[
        "deps/src/B-HASH/Lib.bd",
        "deps/src/B-HASH/notes.txt",
        "root/Src/Deep/Old.bd",
        "root/Src/Main.bd",
    ]);
    assert_eq!(site.files("a/obj/beskid"), expected);
    // What is gone is gone, what is new is there, and nothing lies about.
    fs::remove_dir_all(site.path("a/Src/Deep")).unwrap();
    site.write("b/Src/Lib.bd", "pub i32 Number() => 2;\n");
    let said = "Dependency lock and materialized workspace updated.\n";
    assert_eq!(site.run_in("a", "update").succeeds(), said);
    let expected = gathered(&[
        "deps/src/B-HASH/Lib.bd",
        "deps/src/B-HASH/notes.txt",
        "root/Src/Main.bd",
    ]);
    assert_eq!(site.files("a/obj/beskid"), expected);
    let copy = format!("a/obj/beskid/deps/src/B-{}/Lib.bd", hash(&site));
    assert_eq!(site.read(&copy), site.read("b/Src/Lib.bd"));
    assert_eq!(fs::read_dir(site.path("a/obj")).unwrap().count(), 1);
    // Programs are made of the sources themselves.
    site.write(&copy, "pub i32 Number() => 3;\n");
    assert_eq!(site.run_in("a", "run").succeeds(), "2\n");
    // What was there stays where something cannot be copied.
    symlink("none", site.path("b/Src/Broken.bd")).unwrap();
    let message = site.run_in("a", "--plain fetch").fails_with("E3031");
    let from_to = format!(
        "`../b/Src/Broken.bd` to `obj/beskid/deps/src/B-{}/Broken.bd`",
        hash(&site)
    );
    assert!(message.contains(&from_to), "{message}");
    assert_eq!(site.read(&copy), "pub i32 Number() => 3;\n");
    assert_eq!(fs::read_dir(site.path("a/obj")).unwrap().count(), 1);
    fs::remove_file(site.path("b/Src/Broken.bd")).unwrap();
    symlink("..", site.path("b/Src/Back")).unwrap();
    let message = site.run_in("a", "fetch").fails_with("E3031");
    assert!(message.contains("leads back"), "{message}");
    fs::remove_file(site.path("b/Src/Back")).unwrap();
    fs::remove_dir_all(site.path("a/obj")).unwrap();
    site.write("a/obj", "");
    site.run_in("a", "fetch").fails_with("E3030");
}

#[test]
fn res_11_what_is_gathered_is_no_source() {
    let text = manifest("A", "").replace("version", "root = \".\"\n  version");
    let site = Site::new(&[
        ("Project.proj", &text),
        (
            "Main.bd",
            "use Far.Away;\n\ni32 main() { return Away.Number(); }\n",
        ),
        ("elsewhere.bd", "mod Far.Away;\n\npub i32 Number() => 5;\n"),
    ]);
    for _ in 0..2 {
        site.run("fetch").succeeds();
        let expected = [
            "root/Main.bd",
            "root/Project.lock",
            "root/Project.proj",
            "root/elsewhere.bd",
        ];
        assert_eq!(site.files("obj/beskid"), expected);
        assert_eq!(site.run("run").succeeds(), "5\n");
    }
    fs::remove_file(site.path("elsewhere.bd")).unwrap();
    let ended = site.run("run");
    assert_eq!(ended.status, Some(1), "{ended:#?}");
    site.write("Main.bd", "i32 main() { return obj.beskid.Number.Of(); }\n");
    site.write("obj/beskid/Number.bd", "pub i32 Of() => 1;\n");
    assert_eq!(site.run("run").status, Some(1));
}

#[test]
fn cor_3_a_project_that_names_its_core_library_has_that_one() {
    let program = "use Std.Core.Own;\n\ni32 main() { return Own.Number(); }\n";
    let site = Site::new(&[
        ("a/Project.proj", &manifest("A", &depends("Std", "../std"))),
        ("a/Src/Main.bd", program),
        ("std/Project.proj", &library("corelib", "")),
        ("std/Src/Lib.bd", ""),
        ("std/Src/Core/Own.bd", "pub i32 Number() => 8;\n"),
    ]);
    assert_eq!(site.run("run a").succeeds(), "8\n");
    assert!(
        site.read("a/Project.lock")
            .contains("- name=Std;manifest=../std/")
    );
    // Without a path it is the one that every program has, which is not locked.
    let without = "dependency \"std\" {\n  source = path\n}\n";
    site.write("a/Project.proj", &manifest("A", without));
    site.run("run a").fails_with("E1108");
    site.write("a/Src/Main.bd", "i32 main() { return 9; }\n");
    assert_eq!(site.run("run a").succeeds(), "9\n");
    assert!(!site.read("a/Project.lock").contains("- name="));
}

#[test]
fn nam_3_a_module_of_two_dependencies_is_ambiguous_where_it_is_used() {
    let needs = [depends("B", "../b"), depends("D", "../d")].concat();
    let site = Site::new(&[
        ("a/Project.proj", &manifest("A", &needs)),
        ("b/Project.proj", &library("b", "")),
        ("b/Src/Lib.bd", "pub i32 Two() => 2;\n"),
        ("b/Src/Core.bd", "pub i32 One() => 1;\n"),
        ("d/Project.proj", &library("d", "")),
        (
            "d/Src/Lib.bd",
            "pub i32 Two() => 0;\n\npub i32 Three() => 3;\n",
        ),
    ]);
    let run = |main: &str| {
        site.write("a/Src/Main.bd", main);
        site.run_in("a", "--plain run")
    };
    for main in [
        "i32 main() { return Lib.Two(); }\n",
        "use Lib;\n\ni32 main() { return Lib.Two(); }\n",
    ] {
        let said = run(main).fails_with("E1104");
        assert!(said.contains("write `B.Lib` or `D.Lib`"), "{said}");
    }
    // What follows decides, so that a module does not hide one of the core library.
    let core = "i64 main() { return Core.String.Len(\"abc\"); }\n";
    assert_eq!(run(core).succeeds(), "3\n");
    let own = "i32 main() { return Lib.Three() + Core.One(); }\n";
    assert_eq!(run(own).succeeds(), "4\n");
    let labelled = "i32 main() { return B.Lib.Two() + D.Lib.Three(); }\n";
    assert_eq!(run(labelled).succeeds(), "5\n");
}

#[test]
fn prj_5_names_are_what_they_are_used_for() {
    for (from, to) in [
        ("name = \"A\"", "name = \"..\""),
        ("name = \"A\"", "name = \".\""),
        ("target \"A\"", "target \"..\""),
        ("dependency \"B\"", "dependency \"my-lib\""),
        ("dependency \"B\"", "dependency \"1st\""),
        ("dependency \"B\"", "dependency \"while\""),
        ("dependency \"B\"", "dependency \"a.b\""),
    ] {
        let text = manifest("A", &depends("B", "../b"));
        assert!(text.contains(from), "{text}");
        let site = Site::new(&[
            ("a/Project.proj", &text.replace(from, to)),
            ("a/Src/Main.bd", "i32 main() { return 1; }\n"),
            ("b/Project.proj", &library("b", "")),
            ("b/Src/Lib.bd", "pub i32 Two() => 2;\n"),
        ]);
        site.run_in("a", "--plain run").fails_with("E3004");
    }
}

#[test]
fn init_begins_a_project_where_one_is() {
    let site = Site::new(&[("mine/notes.txt", "")]);
    let said = site.run_in("mine", "init").succeeds();
    assert_eq!(said, "created: mine in .\n");
    assert_eq!(site.run_in("mine", "run").succeeds(), "Hello, world!\nok\n");
    site.run_in("mine", "test").succeeds();
    site.run_in("mine", "--plain init").fails_with("E5306");
    assert!(site.has("mine/notes.txt"));
    for name in [".", "..", "mine/.."] {
        let said = site.run(&format!("--plain new {name}")).fails_with("E5306");
        assert!(said.contains("beskid init"), "{said}");
    }
}
