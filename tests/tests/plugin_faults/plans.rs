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
            ("write-input", "E5203", "step 1 writes over the input"),
            ("link-over-input", "E5203", "step 1 writes over the input"),
            ("copy-over-input", "E5203", "step 1 wrote over the input"),
            ("text-output", "E5202", "its format is not known"),
            (
                "object-output",
                "E5201",
                "its kind is relocatable object, not executable",
            ),
            ("callback", "E5112", "callback 7 panics"),
            ("anything else", "E4041", "an unknown way to misbehave"),
        ] {
            place.refuses("linker", mode, apart, code, says);
        }
    }
}
