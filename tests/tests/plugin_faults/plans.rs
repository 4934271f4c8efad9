//! Plans that do what a strategy may not, or nothing.

use super::{BOTH, Place};

#[test]
fn a_plan_of_harm_is_refused_and_one_of_nothing_makes_nothing() {
    let place = Place::new();
    for apart in BOTH {
        for (mode, code, says) in [
            ("write-outside", "E5203", "/tmp/beskid-hostile"),
            ("write-escape", "E5203", "escaped"),
            ("nothing", "E5203", "no step names the output"),
            ("no-program", "E5203", "step 1 has no program"),
            ("relative-program", "E5203", "step 1 runs `tools/ld`"),
            ("shell", "E5203", "has the shell `/bin/sh` run a command"),
            ("nul", "E5203", "passes a NUL"),
            ("write-input", "E5203", "step 1 writes over the input"),
            ("link-over-input", "E5203", "step 1 writes over the input"),
            ("copy-over-input", "E5203", "step 1 wrote over the input"),
            ("unknown-answer", "E5203", "needs the answer `@{nobody}`"),
            ("answer-nothing", "E5180", "it wrote nothing"),
            ("answer-lines", "E5180", "more than a line"),
            ("answer-bytes", "E5180", "not UTF-8"),
            ("answer-flood", "E5180", "more than 4096 bytes"),
            ("flood-log", "E4021", "the hostile tool failed"),
            ("no-output", "E4021", "wrote no output"),
            ("text-output", "E5202", "its format is not known"),
            (
                "object-output",
                "E5201",
                "its kind is relocatable object, not executable",
            ),
            ("callback", "E5112", "callback 7 panics"),
            ("anything else", "E4041", "an unknown way to misbehave"),
        ] {
            let said = place.refuses("linker", mode, apart, code, says);
            let is_its = code.starts_with("E51") || code.starts_with("E52");
            let is_named = said.contains("  plugin: hostile");
            assert_eq!(is_named, is_its, "{mode}: {said}");
        }
    }
}
