//! The order of the stages, and what stops where.

use crate::workplace::{PHASES, Workplace, phases};

const TIMED: &str = "--timings --message-format json";

fn names(phases: &[(String, bool)]) -> Vec<&str> {
    phases.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn stg_1_the_stages_come_in_one_order() {
    let place = Workplace::new();
    assert_eq!(names(&place.build("")), PHASES);
    assert_eq!(names(&place.build("--no-cache")), PHASES);
}

#[test]
fn stg_2_build_and_run_share_the_order_and_an_error_stops_before_code() {
    let place = Workplace::new();
    let run = place.run(&format!("run --no-cache {TIMED}"));
    let stages = phases(&run);
    assert_eq!(names(&stages), PHASES[..stages.len()]);
    assert!(stages.len() > 5, "{run:#?}");
    // What is wrong may be how it is written, or what it means.
    for wrong in ["unit main() { \n", "unit main() { i64 x = true; }\n"] {
        place.site.write("a/Src/Main.bd", wrong);
        for command in ["build", "run"] {
            let ended = place.run(&format!("{command} --no-cache {TIMED}"));
            assert_eq!(ended.status, Some(1), "{ended:#?}");
            let all = phases(&ended);
            let late = names(&all).into_iter();
            let mut late = late.filter(|name| PHASES[3..].contains(name));
            assert_eq!(late.next(), None, "{command} {wrong}");
        }
    }
    assert!(!place.site.path("a/almanac").exists());
    // A comment or a text is no entrypoint.
    let text = "// unit main() { }\npub string Text() { return \"unit main() { }\"; }\n";
    place.site.write("a/Src/Main.bd", text);
    assert_ne!(place.run("build --no-cache").status, Some(0));
    assert!(!place.site.path("a/almanac").exists());
}

#[test]
fn stg_3_what_does_not_depend_on_a_failed_part_is_told_with_it() {
    let place = Workplace::new();
    let wrong = "unit main() { Missing(); i64 x = true; break; }\n\
                 type Twice { i64 a, i64 a }\nunit Late() { return 1; }\n";
    place.site.write("a/Src/Main.bd", wrong);
    let told = place.run("analyze --plain").stderr;
    for code in ["E1101", "E1206", "E1401", "E1207"] {
        assert!(told.contains(code), "{code}: {told}");
    }
}

#[test]
fn stg_5_no_command_makes_code_of_what_is_wrong_whatever_was_kept() {
    let place = Workplace::new();
    place.build("");
    place
        .site
        .write("a/Src/Text.bd", "pub string Hello() { return 1; }\n");
    for command in ["analyze", "build", "run", "test", "clif"] {
        let ended = place.run(&format!("{command} --plain"));
        assert_eq!(ended.status, Some(1), "{command}: {ended:#?}");
        assert!(ended.stderr.contains("E1207"), "{command}: {ended:#?}");
    }
    assert_eq!(
        place.printed(),
        "hello 28\n",
        "the old program is not touched"
    );
}

#[test]
fn dia_2_what_is_wrong_with_a_manifest_has_a_code_of_projects() {
    let place = Workplace::new();
    place
        .site
        .write("a/Project.proj", "project { name = 3 \n unit main() { }\n");
    for command in ["analyze", "build", "run", "test", "doc", "lock"] {
        let told = place.run(&format!("{command} --plain")).stderr;
        assert!(told.contains("E30"), "{command}: {told}");
        for source in ["E00", "E1"] {
            assert!(!told.contains(source), "{command}: {told}");
        }
    }
}
