//! The values of literals. What is not well-formed was reported by the lexer, and
//! has some value here.

use std::borrow::Cow;

/// The type that an integer literal names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suffix {
    /// `_i32`
    I32,
    /// `_i64`
    I64,
    /// `_u8`
    U8,
}

/// The value of an integer literal, and the type that it names; no value, if it
/// does not fit 64 bits.
pub fn integer(text: &str) -> (Option<u64>, Option<Suffix>) {
    if let Ok(value) = text.parse() {
        return (Some(value), None);
    }
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit() && c != '_');
    let (digits, suffix) = [
        ("_i32", Suffix::I32),
        ("_i64", Suffix::I64),
        ("_u8", Suffix::U8),
    ]
    .into_iter()
    .find_map(|(end, suffix)| Some((text.strip_suffix(end)?, Some(suffix))))
    .unwrap_or((digits, None));
    let mut value = Some(0_u64);
    let digits = digits
        .bytes()
        .take_while(|byte| byte.is_ascii_digit() || *byte == b'_');
    for digit in digits.filter(u8::is_ascii_digit) {
        let more = |value: u64| value.checked_mul(10)?.checked_add(u64::from(digit - b'0'));
        value = value.and_then(more);
    }
    (value, suffix)
}

/// The value of a float literal.
pub fn float(text: &str) -> f64 {
    let text = text.strip_suffix("_f64").unwrap_or(text);
    let value = match text.contains('_') {
        true => text.replace('_', "").parse(),
        false => text.parse(),
    };
    value.unwrap_or(f64::NAN)
}

/// The value of a character literal.
pub fn character(text: &str) -> char {
    let inner = text.strip_prefix('\'').unwrap_or(text);
    let mut chars = inner.chars();
    match chars.next() {
        Some('\\') => chars
            .next()
            .and_then(escaped)
            .unwrap_or(char::REPLACEMENT_CHARACTER),
        Some('\'') | None => '\0',
        Some(c) => c,
    }
}

/// The characters of a string, or of a part of one: of the whole token, with its
/// quotes and `${`.
pub fn characters(token: &str) -> Cow<'_, str> {
    let inner = token.strip_prefix(['"', '}']).unwrap_or(token);
    let inner = match inner.strip_suffix("${") {
        Some(interrupted) => interrupted,
        None => inner.strip_suffix('"').unwrap_or(inner),
    };
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let mut chars = rest[at + 1..].chars();
        if let Some(next) = chars.next() {
            text.push(escaped(next).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        rest = chars.as_str();
    }
    text.push_str(rest);
    Cow::Owned(text)
}

const fn escaped(c: char) -> Option<char> {
    match c {
        'n' => Some('\n'),
        't' => Some('\t'),
        'r' => Some('\r'),
        '0' => Some('\0'),
        '"' | '\\' | '$' | '\'' => Some(c),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lex_8_integers() {
        assert_eq!(integer("1_000_000"), (Some(1_000_000), None));
        assert_eq!(integer("99_i64"), (Some(99), Some(Suffix::I64)));
        assert_eq!(integer("7_u8"), (Some(7), Some(Suffix::U8)));
        assert_eq!(integer("1_0_i32"), (Some(10), Some(Suffix::I32)));
        assert_eq!(integer("18446744073709551615"), (Some(u64::MAX), None));
        assert_eq!(integer("18446744073709551616"), (None, None));
        assert_eq!(integer("12abc").0, Some(12));
    }

    #[test]
    fn lex_9_floats() {
        assert_eq!(float("1_0.5"), 10.5);
        assert_eq!(float("2.25_f64"), 2.25);
    }

    #[test]
    fn lex_11_characters() {
        assert_eq!(character("'a'"), 'a');
        assert_eq!(character("'\\''"), '\'');
        assert_eq!(character("'\\n'"), '\n');
        assert_eq!(character("'é'"), 'é');
        assert_eq!(character("''"), '\0');
    }

    #[test]
    fn lex_12_and_13_strings() {
        assert_eq!(
            characters("\"a\\\"b\\\\\\$\\'\\n\\t\\r\\0\""),
            "a\"b\\$'\n\t\r\0"
        );
        assert_eq!(characters("\"a\\${b}\""), "a${b}");
        assert_eq!(characters("\"a $ b ${"), "a $ b ");
        assert_eq!(characters("} c ${"), " c ");
        assert_eq!(characters("} d\""), " d");
        assert_eq!(characters("\"\""), "");
    }
}
