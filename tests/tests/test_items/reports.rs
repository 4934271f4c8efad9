//! Reports for programs: JSON, JUnit's XML, lines of JSON.

use std::fs;

use beskid_tests::command::{beskid, end};
use serde_json::{Value, json};

use super::{line, lines, program, test, test_in};

const TESTS: &str = r#"
test Passes { Say("fine"); }
mod Inner {
    test Fails { __syscall_write(2, "<mine>\n"); panic("a < b & \"c\""); }
}
test Skipped { skip { condition = true; reason = "not today"; } }
test Other { meta { tags = "x"; } }
"#;

/// A document without what depends on the machine.
fn plain(mut value: Value) -> Value {
    if let Some(tests) = value.get_mut("tests").and_then(Value::as_array_mut) {
        tests.iter_mut().for_each(strip);
    }
    value
}

fn strip(test: &mut Value) {
    let seconds = test.as_object_mut().unwrap().remove("seconds");
    assert!(seconds.unwrap().as_f64().unwrap() >= 0.0);
}

#[test]
fn cmd_6_one_json_document_has_the_summary_and_every_test() {
    let ended = test(TESTS, "--json --exclude-tag x");
    assert_eq!(ended.status, Some(1), "{ended:#?}");
    assert!(
        ended.stdout.starts_with("{\n  \"summary\": {\n"),
        "{ended:#?}"
    );
    let document = plain(serde_json::from_str(&ended.stdout).unwrap());
    let fails = json!({
        "name": "Fails", "qualified_name": "Inner::Fails", "outcome": "failed",
        "reason": format!("panic: a < b & \"c\" (t.bd:{}:50)", line(4)),
        "path": "t.bd", "file": "t.bd", "line": line(4), "stderr": "<mine>\n",
        "backtrace": format!("  at t.Inner.Fails (declared at t.bd:{})\n", line(4)),
    });
    let expected = json!({
        "summary": { "passed": 1, "failed": 1, "skipped": 1, "filtered_out": 1 },
        "tests": [
            {
                "name": "Passes", "qualified_name": "Passes", "outcome": "passed",
                "output": "ok", "path": "t.bd", "file": "t.bd", "line": line(2), "stdout": "fine",
            },
            fails,
            {
                "name": "Skipped", "qualified_name": "Skipped", "outcome": "skipped",
                "reason": "not today", "path": "t.bd", "file": "t.bd", "line": line(6),
            },
            {
                "name": "Other", "qualified_name": "Other", "outcome": "filtered_out",
                "reason": "filtered by CLI options", "path": "t.bd", "file": "t.bd", "line": line(7),
            },
        ],
    });
    assert_eq!(document, expected, "{document:#}");
}

#[test]
fn cmd_6_a_document_without_tests_is_one_too() {
    let ended = test("", "--json");
    let document = serde_json::from_str::<Value>(&ended.succeeds()).unwrap();
    let summary = json!({ "passed": 0, "failed": 0, "skipped": 0, "filtered_out": 0 });
    assert_eq!(document, json!({ "summary": summary, "tests": [] }));
}

#[test]
fn junit_has_a_suite_for_each_program_and_backend() {
    let folder = program(TESTS);
    let ended = test_in(
        folder.path(),
        "--junit out.xml --exclude-tag x --backends jit,aot",
    );
    assert_eq!(lines(&ended, 1).len(), 11, "{ended:#?}");
    let xml = fs::read_to_string(folder.path().join("out.xml")).unwrap();
    let mut seconds = xml.split("time=\"");
    let first = seconds.next().unwrap().to_owned();
    let rest = seconds.map(|part| part.split_once('"').unwrap().1);
    let plain = rest.fold(first, |all, part| format!("{all}time=\"0\"{part}"));
    let case = |suite: &str, inside: &str| {
        format!("<testcase classname=\"t.bd [{suite}]\" {inside}</testcase>\n")
    };
    let reason = format!("panic: a &lt; b &amp; &quot;c&quot; (t.bd:{}:50)", line(4));
    let cases = |suite| {
        let passes = format!(
            "name=\"Passes\" file=\"t.bd\" line=\"{}\" time=\"0\"><system-out>fine</system-out>",
            line(2)
        );
        let fails = format!(
            "name=\"Inner::Fails\" file=\"t.bd\" line=\"{0}\" time=\"0\"><failure \
             message=\"{reason}\">{reason}&#10;  at t.Inner.Fails (declared at t.bd:{0})</failure><system-err>&lt;mine&gt;&#10;</system-err>",
            line(4),
        );
        (case(suite, &passes), case(suite, &fails))
    };
    let (jit, aot) = (cases("jit"), cases("aot"));
    let skipped = format!(
        "<testcase classname=\"t.bd\" name=\"Skipped\" file=\"t.bd\" line=\"{}\" time=\"0\">\
         <skipped message=\"not today\"/></testcase>\n",
        line(6)
    );
    for part in [&jit.0, &jit.1, &aot.0, &aot.1, &skipped] {
        assert!(plain.contains(part.as_str()), "{part}\n{plain}");
    }
    assert!(!plain.contains("Other"), "{plain}");
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"5\" failures=\"2\" \
                errors=\"0\" skipped=\"1\" time=\"0\">\n";
    assert!(plain.starts_with(head), "{plain}");
    assert!(plain.ends_with("</testsuite>\n</testsuites>\n"), "{plain}");
}

#[test]
fn cmd_6_lines_of_json_tell_each_test_and_the_summary() {
    let folder = program(TESTS);
    let args = [
        "--message-format",
        "json",
        "test",
        "t.bd",
        "--filter",
        "ses",
    ];
    let stdout = end(beskid(folder.path()).args(args)).succeeds();
    let values = stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    let values = values.collect::<Vec<Value>>();
    assert_eq!(values.len(), 5, "{stdout}");
    assert_eq!(values[0]["outcome"], "passed");
    assert_eq!(values[0]["qualified_name"], "Passes");
    assert_eq!(values[1]["outcome"], "filtered_out");
    assert_eq!(
        values[4],
        json!({ "passed": 1, "failed": 0, "skipped": 0, "filtered_out": 3 })
    );
}

/// A program that is wrong is in the reports, and what they were before is gone.
#[test]
fn cmd_6_what_kept_tests_from_being_run_is_in_the_reports() {
    let folder = program(TESTS);
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write(
        "wrong.bd",
        "pub i64 One() => true;\ntest One1 { i64 x = \"a\"; }\n",
    );
    for (line, tests) in [("wrong.bd", 0), ("wrong.bd t.bd", 4), ("t.bd none.bd", 4)] {
        write("out.xml", "old");
        let args = ["--extern-dlopen", "test", "--json", "--junit", "out.xml"];
        let ended = end(beskid(folder.path()).args(args).args(line.split(' ')));
        assert_eq!(ended.status, Some(1), "{ended:#?}");
        let document = serde_json::from_str::<Value>(&ended.stdout).unwrap();
        assert_eq!(document["tests"].as_array().unwrap().len(), tests, "{line}");
        let errors = document["errors"].as_array().unwrap();
        let (path, code) = match line.contains("none") {
            true => ("none.bd", "E4040"),
            false => ("wrong.bd", "E1207"),
        };
        assert_eq!(errors.len(), 1, "{document:#}");
        assert_eq!(errors[0]["path"], path, "{document:#}");
        assert_eq!(errors[0]["diagnostics"][0]["code"], code, "{document:#}");
        assert!(ended.stderr.contains(code), "{ended:#?}");
        let xml = fs::read_to_string(folder.path().join("out.xml")).unwrap();
        assert!(xml.contains(" errors=\"1\" skipped="), "{xml}");
        assert!(
            xml.contains(&format!("name=\"{path}\" file=\"{path}\"")),
            "{xml}"
        );
        assert!(
            xml.contains(&format!("<error message=\"error[{code}]: ")),
            "{xml}"
        );
        assert!(!xml.contains("old"), "{xml}");
    }
}

#[test]
fn cmd_6_a_backend_that_is_none_leaves_no_old_report() {
    let folder = program(TESTS);
    fs::write(folder.path().join("out.xml"), "old").unwrap();
    test_in(folder.path(), "--backends none --junit out.xml").fails_with("E5108");
    let xml = fs::read_to_string(folder.path().join("out.xml")).unwrap();
    assert!(xml.contains("<error message=\"error[E5108]: "), "{xml}");
}

/// Editors and build servers open what a report names.
#[test]
fn files_of_reports_are_found_from_the_working_folder() {
    let folder = program("use Words;\n");
    let words = "pub i64 Two() => 2;\ntest There { }\n";
    fs::write(folder.path().join("Words.bd"), words).unwrap();
    fs::create_dir(folder.path().join("below")).unwrap();
    let whole = folder.path().join("t.bd");
    let whole = whole.to_str().unwrap();
    for (input, file) in [
        ("../t.bd", "../Words.bd"),
        (whole, &*whole.replace("t.bd", "Words.bd")),
        ("../Words.bd", "../Words.bd"),
    ] {
        let args = ["test", "--json", input];
        let ended = end(beskid(&folder.path().join("below")).args(args));
        let document = serde_json::from_str::<Value>(&ended.succeeds()).unwrap();
        assert_eq!(document["tests"][0]["file"], file, "{document:#}");
    }
}

#[test]
fn junit_of_no_tests_took_no_time() {
    let folder = program("");
    test_in(folder.path(), "--junit out.xml").succeeds();
    let xml = fs::read_to_string(folder.path().join("out.xml")).unwrap();
    assert!(
        xml.contains("tests=\"0\"") && xml.contains(" time=\"0.000\""),
        "{xml}"
    );
}

#[test]
fn a_report_is_not_written_over_the_source() {
    let folder = program(TESTS);
    let ended = test_in(folder.path(), "--junit t.bd");
    assert_eq!(ended.status, Some(1), "{ended:#?}");
    assert!(ended.stderr.contains("E4041"), "{ended:#?}");
    let text = fs::read_to_string(folder.path().join("t.bd")).unwrap();
    assert!(text.contains("test Passes"), "{text}");
    let missing = test_in(folder.path(), "--junit none/out.xml");
    missing.fails_with("E4040");
}
