//! Names of symbols and ABIs that mean something to checking and to lowering.

/// The only ABI of foreign code.
pub(crate) const ABI: &str = "C";

/// Prefix of the linker names of functions that are not exported, so that none
/// of them can meet a name of the runtime or of the C library.
pub(crate) const PRIVATE: &str = "bd.";

/// The linker name of a function that is not exported. Type arguments are spelled with
/// characters that every assembler takes (GEN-5).
pub(crate) fn private(name: &str) -> String {
    let mut symbol = PRIVATE.to_owned();
    for c in name.chars() {
        match c {
            '<' => symbol.push_str("$l"),
            '>' => symbol.push_str("$g"),
            ',' => symbol.push_str("$c"),
            '(' => symbol.push_str("$p"),
            ')' => symbol.push_str("$q"),
            '[' => symbol.push_str("$a"),
            ' ' | ']' => {}
            c if !c.is_ascii() => symbol.push_str("$u"),
            c => symbol.push(c),
        }
    }
    symbol
}

/// The linker name of a test, by its place among the tests of its program. No function
/// has such a name, since `test` is a word of the language.
pub fn test_symbol(index: usize) -> String {
    format!("{PRIVATE}test.{index}")
}

/// The source language's default entrypoint.
pub const DEFAULT_ENTRYPOINT: &str = "main";
