//! Words that other languages have, and what is written here instead.

/// Words with which declarations and statements begin elsewhere.
const BEGINNINGS: &[(&[&str], &str)] = &[
    (
        &["var", "val", "auto"],
        "a local is `let x = value;` or `T x = value;`, and has `mut` if it changes",
    ),
    (
        &["const", "final", "static", "readonly"],
        "a local without `mut` never changes; outside of functions there are only functions",
    ),
    (
        &["fn", "fun", "func", "function", "def"],
        "a function is written `T Name(P p) { … }`, the type of its result first",
    ),
    (
        &["class", "struct", "record"],
        "a type is written `type Name { T field }`",
    ),
    (
        &["interface", "trait", "protocol"],
        "a contract is written `contract Name { T Method(); }`",
    ),
    (
        &["union"],
        "an enum is written `enum Name { A, B(T value) }`",
    ),
    (
        &["namespace", "package", "module"],
        "the file says its module; one in it is written `mod Name { … }`",
    ),
    (
        &["import", "using", "include", "require", "from"],
        "an import is written `use Collections.List;`",
    ),
    (&["public", "export"], "what others may use has `pub`"),
    (
        &["override", "virtual", "abstract"],
        "the methods that a contract asks for are declared like others: `pub T Name() { … }`",
    ),
    (
        &["private", "protected", "internal"],
        "what has no `pub` is private",
    ),
    (
        &["switch", "case", "default"],
        "choose by `match value { pattern => …, _ => …, };`",
    ),
    (
        &[
            "try", "catch", "throw", "throws", "raise", "except", "finally",
        ],
        "errors are values: return `Result::Error(…)`; `?` passes one on, `match` looks at it",
    ),
    (
        &["foreach", "loop", "do", "until"],
        "the loops are `for x in values { }` and `while condition { }`",
    ),
    (
        &["elif", "elsif", "elseif"],
        "a further condition is written `else if`",
    ),
    (
        &["new"],
        "a value of a type is written `Name { field: value }`",
    ),
    (
        &["delete", "del", "free"],
        "memory that nothing reaches is given back by itself",
    ),
    (&["unless"], "write `if !condition { }`"),
    (&["lambda"], "a lambda is written `x => value`"),
];

/// Words for types and values elsewhere.
const MEANINGS: &[(&[&str], &str)] = &[
    (
        &["void"],
        "a function that returns nothing has the type `unit`",
    ),
    (
        &[
            "int", "integer", "long", "short", "uint", "usize", "isize", "i8", "i16", "u16", "u32",
            "u64", "size_t", "Int", "Integer", "Int32", "Int64", "int32", "int64", "Long",
        ],
        "the integers are i32, i64 and u8",
    ),
    (&["byte", "Byte", "uint8"], "a byte is a `u8`"),
    (
        &["float", "double", "f32", "number", "Float", "Double"],
        "numbers with a point are `f64`",
    ),
    (&["str", "String"], "text is `string`"),
    (&["boolean", "Bool", "Boolean"], "conditions are `bool`"),
    (
        &["any", "object", "Object"],
        "what any type may be is a type parameter: `T Name<T>(T value)`",
    ),
    (
        &["null", "nil", "NULL", "nullptr", "undefined"],
        "there is no null: what may be missing is an `Option`, `Option::None` if it is",
    ),
    (&["self"], "methods know their value as `this`"),
    (&["True"], "write `true`"),
    (&["False"], "write `false`"),
    (
        &[
            "print", "println", "printf", "puts", "echo", "console", "Console",
        ],
        "`IO.Println(…)` prints a line, with `use System.IO;`",
    ),
    (&["not"], "`!` negates a condition"),
    (&["and"], "conditions are joined by `&&`"),
    (&["or"], "conditions are joined by `||`"),
    (
        &["as"],
        "a number becomes a wider one where it is declared: `i64 x = value;`; for others there \
         is `Core.Convert`",
    ),
    (
        &["is", "instanceof"],
        "what a value is, `match` says: `match value { E::A => …, _ => … }`",
    ),
    (
        &["then"],
        "a block follows the condition: `if condition { }`",
    ),
    (
        &["extends"],
        "types have no parents: a field has the other value, and a contract what both can do",
    ),
    (
        &["implements"],
        "the contracts of a type stand behind a `:`: `type Name : Contract { }`",
    ),
];

/// What is written here for a word of other languages.
pub fn instead_of(word: &str) -> Option<&'static str> {
    found(BEGINNINGS, word).or_else(|| found(MEANINGS, word))
}

/// Whether declarations or statements begin with a word elsewhere.
pub(crate) fn is_beginning(word: &str) -> bool {
    found(BEGINNINGS, word).is_some()
}

fn found(table: &[(&[&str], &'static str)], word: &str) -> Option<&'static str> {
    let mut rows = table.iter();
    rows.find_map(|(words, help)| words.contains(&word).then_some(*help))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::TokenKind;

    #[test]
    fn lex_4_each_word_is_there_once_and_is_none_of_the_language() {
        let rows = BEGINNINGS.iter().chain(MEANINGS);
        let words = rows.flat_map(|(words, _)| words.iter().copied());
        let mut words = words.collect::<Vec<_>>();
        for word in &words {
            let tree = crate::parse(word);
            let kind = tree.tokens().next().map(|token| token.kind());
            assert_eq!(kind, Some(TokenKind::Name), "{word}");
        }
        let count = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), count);
    }
}
