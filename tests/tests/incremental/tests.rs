//! `test`: what is known of a program whose tests run again.

use super::workplace::{PHASES as OF_BUILDS, Workplace, done, phases};

const TIMED: &str = "test --timings --message-format json";

/// The phases before tests run, but for those of a backend that makes objects.
const PHASES: &[&str] = OF_BUILDS.split_at(6).0;

const CHECKS: &str = "use Text;\n\ntest Greets { if Text.Hello() != \"hello\" { panic(\"no\"); } }\n\n\
                      test Again { if Text.Hello() != \"hello\" { panic(\"no\"); } }\n\n\
                      test Later { skip { condition = true; reason = \"not yet\"; } }\n\n\
                      test Days { meta { tags = \"slow\"; } __syscall_write(1, \"days\\n\"); }\n";

fn place() -> Workplace {
    let place = Workplace::new();
    let target = "\ntarget \"Checks\" {\n  kind = Test\n  entry = \"Checks.bd\"\n}\n";
    let manifest = place.site.read("a/Project.proj");
    place
        .site
        .write("a/Project.proj", &format!("{manifest}{target}"));
    place.site.write("a/Src/Checks.bd", CHECKS);
    place
}

#[track_caller]
fn timed(place: &Workplace, more: &str) -> Vec<(String, bool)> {
    let ended = place.run(&format!("{TIMED} {more}"));
    assert_eq!(ended.status, Some(0), "{ended:#?}");
    phases(&ended)
}

#[test]
fn stg_4_tests_that_did_not_change_run_without_front_end_and_compiler() {
    let place = place();
    let first = timed(&place, "");
    let names = first.iter().map(|(name, _)| name.as_str());
    assert_eq!(names.collect::<Vec<_>>(), PHASES);
    assert_eq!(done(&first), PHASES);
    let told = place.run("test --plain");
    assert!(told.stdout.contains("SKIP Later: not yet"), "{told:#?}");
    let again = timed(&place, "");
    assert_eq!(again.len(), PHASES.len());
    assert_eq!(done(&again), ["workspace.materialize"]);
    // They run, and say where they are, as the first time.
    assert_eq!(place.run("test --plain"), told);
    let shown = place.run("test --plain --show-output --junit report.xml");
    assert!(shown.stdout.contains("days"), "{shown:#?}");
    let fresh = place.run("test --plain --no-cache --junit fresh.xml");
    assert_eq!(fresh.stdout, told.stdout);
    let lines = |path: &str| {
        let report = place.site.read(path);
        let cases = report.split("<testcase").skip(1);
        let places = cases.map(|case| case.split(" time=").next().unwrap().to_owned());
        places.collect::<Vec<_>>()
    };
    assert_eq!(lines("a/report.xml"), lines("a/fresh.xml"));
    assert_eq!(lines("a/report.xml").len(), 4);
}

#[test]
fn dia_3_tests_of_what_has_changed_are_made_again() {
    let place = place();
    timed(&place, "");
    place
        .site
        .write("a/Src/Text.bd", "pub string Hello() { return \"hi\"; }\n");
    let changed = place.run(TIMED);
    assert_eq!(changed.status, Some(1), "{changed:#?}");
    // The code of the functions is the same: a text is data.
    assert_eq!(done(&phases(&changed))[..5], PHASES[..5]);
    place
        .site
        .write("a/Src/Text.bd", "pub string Hello() { return 1; }\n");
    let wrong = place.run("test --plain");
    assert!(wrong.stderr.contains("error[E1207]"), "{wrong:#?}");
    place.site.write(
        "a/Src/Text.bd",
        "pub string Hello() { return \"hello\"; }\n",
    );
    let back = timed(&place, "");
    assert!(!done(&back).contains(&"compile"), "{back:?}");
}

#[test]
fn other_tests_and_backends_are_other_questions() {
    let place = place();
    timed(&place, "");
    for more in ["--filter Greets", "--exclude-tag slow", "--backends aot"] {
        timed(&place, more);
        let again = timed(&place, more);
        let made = done(&again);
        for phase in &PHASES[1..] {
            assert!(!made.contains(phase), "{more}: {again:?}");
        }
    }
    // Where none is to be run nothing is lowered.
    let none = timed(&place, "--group nothing");
    assert_eq!(done(&none), PHASES[..3]);
    assert_eq!(done(&timed(&place, "--group nothing")), PHASES[..1]);
    assert_eq!(done(&timed(&place, "")), PHASES[..1]);
    assert_eq!(done(&timed(&place, "--no-cache")), PHASES);
}

#[test]
fn stg_4_the_stages_of_a_program_with_errors_are_told() {
    let place = place();
    place
        .site
        .write("a/Src/Text.bd", "pub string Hello() { return 1; }\n");
    for command in ["analyze", "build", "run", "test"] {
        let ended = place.run(&format!("{command} --timings --message-format json"));
        assert_eq!(ended.status, Some(1), "{command}: {ended:#?}");
        assert_eq!(done(&phases(&ended)), PHASES[..3], "{command}");
    }
}
