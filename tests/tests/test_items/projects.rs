//! The tests of projects.

use beskid_tests::built::root;
use beskid_tests::command::Ended;
use beskid_tests::site::Site;
use serde_json::Value;

use super::lines;

fn harness() -> Site {
    Site::copy_of(&root().join("tests/cases/projects/harness"))
}

#[track_caller]
fn check(ended: &Ended, expected: &[&str]) {
    assert_eq!(lines(ended, 0), expected, "{ended:#?}");
}

const CHECKS: [&str; 4] = [
    "PASS Doubles",
    "SKIP LaterOn: not yet",
    "PASS OfNothing",
    "Result: passed=2, failed=0, skipped=1, filtered_out=0",
];

#[test]
fn cmd_3_cmd_5_the_targets_for_tests_are_tested_wherever_the_project_is_named() {
    let site = harness();
    for (folder, line) in [
        ("", "test"),
        ("Src", "test"),
        ("", "test ."),
        ("Src", "test --project .."),
        ("", "test Project.proj"),
        ("", "test --target Checks"),
        ("", "test Src/Checks.bd"),
        ("", "test --backends aot"),
    ] {
        check(&site.run_in(folder, line), &CHECKS);
    }
    check(
        &site.run_in("", "test --target harness"),
        &[
            "PASS OfNothing",
            "Result: passed=1, failed=0, skipped=0, filtered_out=0",
        ],
    );
    site.run_in("", "test --target Moon").fails_with("E3005");
}

#[test]
fn cmd_5_every_target_for_tests_counts_and_a_program_where_there_is_none() {
    let site = harness();
    let text = site.read("Project.proj");
    let more = "target \"More\" {\n  kind = Test\n  entry = \"More.bd\"\n}\n";
    site.write("Project.proj", &format!("{text}{more}"));
    site.write("Src/More.bd", "test Other { }\n");
    let ended = site.run_in("", "test --json");
    let document = serde_json::from_str::<Value>(&ended.succeeds()).unwrap();
    let tests = document["tests"].as_array().unwrap();
    let short = tests.iter().map(|test| {
        let path = test["path"].as_str().unwrap();
        let file = path.rsplit('/').next().unwrap();
        let name = test["qualified_name"].as_str().unwrap();
        format!("{file} {} {name}", test["file"].as_str().unwrap())
    });
    assert_eq!(
        short.collect::<Vec<_>>(),
        [
            "Checks.bd Src/Checks.bd Doubles",
            "Checks.bd Src/Checks.bd LaterOn",
            "Checks.bd Src/Numbers.bd OfNothing",
            "More.bd Src/More.bd Other",
        ]
    );
    site.run_in("", "test --junit out.xml").succeeds();
    let xml = site.read("out.xml");
    assert_eq!(xml.matches("<testsuite name=").count(), 2, "{xml}");
    assert!(
        xml.contains("name=\"OfNothing\" file=\"Src/Numbers.bd\" line=\"4\""),
        "{xml}"
    );

    let program = text.replace("kind = Test", "kind = Lib");
    site.write("Project.proj", &program);
    check(
        &site.run_in("", "test"),
        &[
            "PASS OfNothing",
            "Result: passed=1, failed=0, skipped=0, filtered_out=0",
        ],
    );
}

#[test]
fn cmd_5_the_tests_of_dependencies_are_theirs() {
    let site = harness();
    let text = site.read("Project.proj");
    let needs = "dependency \"Other\" {\n  source = path\n  path = \"other\"\n}\n";
    site.write("Project.proj", &format!("{text}{needs}"));
    let other = "project {\n  name = \"other\"\n  version = \"0.1.0\"\n}\ntarget \"other\" {\n  \
                 kind = Lib\n  entry = \"Words.bd\"\n}\n";
    site.write("other/Project.proj", other);
    let words = "pub i64 One() => 1;\ntest Broken { panic(\"of the dependency\"); }\n";
    site.write("other/Src/Words.bd", words);
    let checks = "test Uses { if Other.Words.One() != 1 { panic(\"no\"); } }\n";
    site.write("Src/Checks.bd", checks);
    check(
        &site.run_in("", "test"),
        &[
            "PASS Uses",
            "Result: passed=1, failed=0, skipped=0, filtered_out=0",
        ],
    );
    let ended = site.run_in("other", "test");
    assert_eq!(ended.status, Some(1), "{ended:#?}");
}

#[test]
fn lck_2_the_lock_counts_for_tests_too() {
    let site = harness();
    site.run_in("", "--locked test").fails_with("E3023");
    site.run_in("", "test --frozen").fails_with("E3023");
    site.run_in("", "lock").succeeds();
    check(&site.run_in("", "--locked test --frozen"), &CHECKS);
}

#[test]
fn without_a_project_and_a_file_there_is_nothing_to_test() {
    let site = Site::new(&[]);
    site.run_in("", "test").fails_with("E3001");
}
