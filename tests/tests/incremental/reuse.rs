//! What is made again, and what is not.

use std::fs;
use std::os::unix::fs::MetadataExt;

use super::workplace::{PHASES, Workplace, done, phases};

#[test]
fn stg_4_a_second_build_does_nothing_again() {
    let place = Workplace::new();
    let first = place.build("");
    let names = first.iter().map(|(name, _)| name.as_str());
    assert_eq!(names.collect::<Vec<_>>(), PHASES);
    assert_eq!(done(&first), PHASES);
    assert_eq!(place.links(), 1);
    let output = place.site.path("a/almanac");
    let number = || fs::metadata(&output).unwrap().ino();
    let before = number();
    let second = place.build("");
    assert_eq!(second.len(), PHASES.len());
    assert_eq!(done(&second), ["workspace.materialize"]);
    assert_eq!((place.links(), number()), (1, before));
    assert_eq!(place.printed(), "hello 28\n");
}

#[test]
fn dia_3_warnings_are_told_each_time() {
    let place = Workplace::new();
    let first = place.run("build --plain");
    assert!(first.stderr.contains("W1504"), "{first:#?}");
    for _ in 0..2 {
        assert_eq!(place.run("build --plain"), first);
    }
    assert_eq!(place.links(), 1);
    let analyzed = place.run("analyze --plain");
    assert_eq!(place.run("analyze --plain"), analyzed);
    let again = phases(&place.run("analyze --timings --message-format json"));
    assert_eq!(done(&again), ["workspace.materialize"]);
    // What was a warning may not be kept as one where it is an error.
    place
        .run("build --plain --deny warnings")
        .fails_with("W1504");
}

#[test]
fn an_output_that_is_gone_or_another_is_put_back() {
    let place = Workplace::new();
    place.build("");
    let output = place.site.path("a/almanac");
    let whole = fs::read(&output).unwrap();
    fs::remove_file(&output).unwrap();
    let absent = place.build("");
    assert_eq!(done(&absent), ["workspace.materialize", "verify"]);
    let mut changed = whole.clone();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    fs::write(&output, &changed).unwrap();
    let other = place.build("");
    assert_eq!(done(&other), ["workspace.materialize", "verify"]);
    assert_eq!(fs::read(&output).unwrap(), whole);
    // Elsewhere too, and with the object.
    place.build("-o other --object-output other.o");
    let elsewhere = place.build("-o elsewhere");
    assert!(!done(&elsewhere).contains(&"compile"));
    assert_eq!(place.printed(), "hello 28\n");
}

#[test]
fn dia_3_whatever_the_program_is_made_of_is_looked_at() {
    let place = Workplace::new();
    place.build("");
    let site = &place.site;
    // A dependency's source.
    let dates = site.read("b/Src/Dates.bd");
    site.write("b/Src/Dates.bd", &dates.replace("28", "29"));
    let front = [
        "parse",
        "semantic",
        "lower.ready",
        "lower",
        "compile",
        "link",
    ];
    let is_new = |more: &str| {
        let phases = place.build(more);
        front
            .iter()
            .filter(|name| done(&phases).contains(name))
            .count()
    };
    assert_eq!(is_new(""), front.len());
    assert_eq!(place.printed(), "hello 29\n");
    // An earlier state of it is another program again, whose output is known.
    site.write("b/Src/Dates.bd", &dates);
    let back = place.build("");
    assert!(!done(&back).contains(&"link"), "{back:?}");
    assert_eq!(place.printed(), "hello 28\n");
    // A manifest: what one depends on.
    let other = "b2/Src/Dates.bd";
    site.write("b2/Project.proj", &site.read("b/Project.proj"));
    site.write("b2/Src/Lib.bd", &site.read("b/Src/Lib.bd"));
    site.write(other, &dates.replace("28", "30"));
    let manifest = site.read("a/Project.proj");
    site.write("a/Project.proj", &manifest.replace("../b", "../b2"));
    assert_eq!(is_new(""), front.len());
    assert_eq!(place.printed(), "hello 30\n");
    site.write("a/Project.proj", &manifest);
    place.build("");
    // A file that was not there: the module is the project's own now.
    site.write(
        "a/Src/Calendar/Dates.bd",
        "pub i64 Days(i64 month) { return 31; }\n",
    );
    assert_eq!(is_new(""), front.len());
    assert_eq!(place.printed(), "hello 31\n");
    fs::remove_dir_all(site.path("a/Src/Calendar")).unwrap();
    place.build("");
    assert_eq!(place.printed(), "hello 28\n");
    // An error is told whatever is known of an earlier state.
    site.write("a/Src/Text.bd", "pub string Hello() { return 1; }\n");
    let wrong = place.run("build --plain");
    assert!(wrong.stderr.contains("error[E1207]"), "{wrong:#?}");
    fs::remove_file(site.path("a/Src/Text.bd")).unwrap();
    let missing = place.run("build --plain");
    assert_eq!(missing.status, Some(1), "{missing:#?}");
}

#[test]
fn other_options_and_tools_are_other_questions() {
    let place = Workplace::new();
    place.build("");
    let links = |more: &str, expected: &[&str]| {
        let phases = place.build(more);
        let made = done(&phases);
        let made = made
            .iter()
            .filter(|name| ["compile", "link"].contains(name))
            .copied();
        assert_eq!(made.collect::<Vec<_>>(), expected, "{more}");
    };
    links("--release", &["compile", "link"]);
    // Debuggers are told nothing.
    links("--strip symbols", &["compile", "link"]);
    links("--kind shared", &["compile", "link"]);
    links("--link-arg=-Wl,-O1", &["link"]);
    for more in ["--release", "--strip symbols", "--kind shared", ""] {
        links(more, &[]);
    }
    // Who wants to see the commands has them run.
    let shown = place.run("build --verbose-link").succeeds();
    assert!(shown.contains("cc"), "{shown}");
    assert_eq!(place.links(), 6);
    // The driver is another.
    let driver = place.site.read("cc").replace("echo link", "echo  link");
    place.site.write("cc", &driver);
    links("", &["link"]);
    links("", &[]);
    assert_eq!(place.printed(), "hello 28\n");
}

#[test]
fn run_uses_what_is_known_of_the_program() {
    let place = Workplace::new();
    let run = || place.run("run --timings --message-format json");
    let first = run();
    assert!(first.stdout.starts_with("hello 28\n"), "{first:#?}");
    assert!(done(&phases(&first)).contains(&"lower"));
    let second = run();
    assert_eq!(second.stdout, first.stdout);
    assert_eq!(done(&phases(&second)), ["workspace.materialize", "compile"]);
    let apart = |place: &Workplace| place.run("run --backend aot --timings --message-format json");
    apart(&place);
    let again = phases(&apart(&place));
    assert!(!done(&again).contains(&"compile"), "{again:?}");
}

#[test]
fn a_file_without_a_project_is_known_too() {
    let place = Workplace::new();
    place.site.write("a/x/p.bd", "i64 main() { return 7; }\n");
    place.build("--project . x/p.bd -o p");
    let again = place.build("--project . x/p.bd -o p");
    assert_eq!(done(&again), ["workspace.materialize"]);
}

#[test]
fn nobody_who_forbids_it_uses_or_keeps_anything() {
    let place = Workplace::new();
    for count in [1, 2] {
        let phases = place.build("--no-cache");
        assert_eq!(done(&phases), PHASES);
        assert_eq!(place.links(), count);
    }
    let mut command = place.beskid();
    command.env("BESKID_BUILD_CACHE", "no").arg("build");
    beskid_tests::command::end(&mut command).succeeds();
    assert_eq!(place.links(), 3);
    assert!(!place.site.has("cache/beskid/builds"));
}
