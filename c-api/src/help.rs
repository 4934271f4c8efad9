//! What errors help with, to who calls from C.

/// Where a help begins to speak of Rust or of the command line, and what it says from there
/// on to C.
const ELSEWHERE: [(&str, &str); 5] = [
    (
        "give it with `Imports::",
        "give it with `beskid_imports_add`",
    ),
    ("ask for it by `Instance::", "name a function"),
    (
        "make the engine `dynamic`",
        "only scalars can be passed, and one of them returned",
    ),
    ("; or load another with `--plugin`", ""),
    (
        ", or name another program: under `[tools]`",
        ", or use the backend `jit`",
    ),
];

/// The help of an error, as C has it.
pub(crate) fn for_c(help: &str) -> String {
    let mut elsewhere = ELSEWHERE.iter();
    let said = elsewhere.find_map(|(begin, instead)| Some((help.split_once(begin)?.0, instead)));
    match said {
        Some((kept, instead)) => format!("{kept}{instead}"),
        None => help.to_owned(),
    }
}
