//! Tools that plugins have the host run.

use super::{BOTH, Place, Where};

#[test]
fn a_backend_is_told_what_became_of_its_tool() {
    let place = Place::new();
    for at in BOTH {
        for (mode, code, says) in [
            (
                "tool-fails",
                "E4041",
                "ended with Some(1), wrote 0 bytes: cat: ",
            ),
            (
                "tool-floods",
                "E4041",
                "ended with Some(0), wrote 1048576 bytes",
            ),
            (
                "tool-is-missing",
                "E4020",
                "the tool `no-such-tool` cannot be run",
            ),
            (
                "tool-is-a-shell",
                "E5203",
                "has the shell `sh` run a command",
            ),
            ("tool-has-too-many", "E4020", "Argument list too long"),
        ] {
            let ended = place.build("backend", mode, at);
            assert!(
                ended.stderr.contains(&format!("error[{code}]")),
                "{ended:?}"
            );
            assert!(ended.stderr.contains(says), "{mode}: {ended:?}");
            assert_eq!(ended.status, Some(1), "{mode}");
            place.is_clean((mode, at));
        }
    }
}

#[test]
fn arguments_go_through_a_file_where_the_tool_reads_one() {
    let place = Place::new();
    for at in BOTH {
        let mode = "tool-reads-arguments";
        let said = place.refuses("backend", mode, at, "E4041", "1 arguments, 4001 lines");
        assert!(said.contains(r#""a \"b\\c""#), "{said}");
        let mode = "answer-through-file";
        let said = place.refuses("linker", mode, at, "E4021", "arguments-0.rsp");
        assert!(said.contains("cat: "), "{said}");
    }
}

#[test]
fn a_tool_ends_in_time_with_the_plugin_that_waits_for_it() {
    let place = Place::new();
    place.configured("[plugins.hostile]\ntime-limit = 1\n");
    place.refuses("backend", "tool-hangs", Where::Apart, "E5163", "within 1 s");
}
