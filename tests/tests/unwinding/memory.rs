//! Programs with calls back under valgrind, which sees every access to memory.

use std::process::Command;

use beskid_tests::command::{beskid, end};
use beskid_tests::tools::find;

use crate::exceptions::LIBRARY;
use crate::{start, workshop};

/// Exit status if valgrind finds anything.
const FOUND: &str = "--error-exitcode=9";

#[test]
fn valgrind_finds_nothing_wrong_with_programs_that_are_called_back() {
    let Some(workshop) = workshop(LIBRARY, &["valgrind"], &[]) else {
        return;
    };
    let folder = workshop.folder();
    // The executable stays in the folder.
    assert_eq!(start(folder, "executable", "none").status, Some(42));
    let in_memory = ["--extern-dlopen", "run", "p.clif"].map(str::to_owned);
    let program = beskid(folder).get_program().to_string_lossy().into_owned();
    let linked = folder.join("out").display().to_string();
    let memory = std::iter::once(program).chain(in_memory).collect();
    for (command, status) in [(vec![linked], 42), (memory, 0)] {
        let mut valgrind = Command::new(find("valgrind").unwrap());
        valgrind.current_dir(folder).env("LD_LIBRARY_PATH", folder);
        valgrind.args(["-q", FOUND]).args(&command);
        let ended = end(&mut valgrind);
        assert_eq!(ended.status, Some(status), "{command:?}: {ended:#?}");
        assert!(!ended.stderr.contains("=="), "{command:?}: {ended:#?}");
    }
}
