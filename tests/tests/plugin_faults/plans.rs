//! Plans that do what a strategy may not, or nothing.

use super::{BOTH, Place};

#[test]
fn a_plan_of_harm_is_refused_and_one_of_nothing_makes_nothing() {
    let place = Place::new();
    for apart in BOTH {
        for (mode, code, says) in [
            ("write-outside", "E5203", "/tmp/beskid-hostile"),
            ("write-escape", "E5203", "escaped"),
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
