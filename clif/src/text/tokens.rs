//! Words, names and quoted text in the comments of a `.clif` file.

use std::str::FromStr;

/// A part of a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token<'t> {
    /// What ends with a space.
    Word(&'t str),
    /// What stood in quotes.
    Text(Vec<u8>),
}

/// The parts of a comment, one after the other.
pub(super) struct Tokens<'t> {
    rest: &'t str,
}

impl<'t> Tokens<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { rest: text }
    }

    /// The next part, if there is one.
    pub(super) fn next(&mut self) -> Result<Option<Token<'t>>, String> {
        self.rest = self.rest.trim_start();
        if self.rest.is_empty() {
            return Ok(None);
        }
        if let Some(quoted) = self.rest.strip_prefix('"') {
            let (bytes, rest) = unquoted(quoted)?;
            self.rest = rest;
            return Ok(Some(Token::Text(bytes)));
        }
        let end = self.rest.find(char::is_whitespace);
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        Ok(Some(Token::Word(word)))
    }

    pub(super) fn word(&mut self) -> Result<&'t str, String> {
        match self.next()? {
            Some(Token::Word(word)) => Ok(word),
            Some(Token::Text(_)) => Err("expected a word, found text in quotes".to_owned()),
            None => Err("expected a word, and the line ends".to_owned()),
        }
    }

    /// `%name`, without its sign.
    pub(super) fn name(&mut self) -> Result<String, String> {
        let word = self.word()?;
        let name = word.strip_prefix('%').filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| format!("expected a name such as `%f`, found `{word}`"))?;
        Ok(name.to_owned())
    }

    pub(super) fn number<T: FromStr>(&mut self) -> Result<T, String> {
        let word = self.word()?;
        let number = word.parse();
        number.map_err(|_| format!("expected a number, found `{word}`"))
    }

    pub(super) fn bytes(&mut self) -> Result<Vec<u8>, String> {
        match self.next()? {
            Some(Token::Text(bytes)) => Ok(bytes),
            _ => Err("expected text in quotes".to_owned()),
        }
    }

    pub(super) fn text(&mut self) -> Result<String, String> {
        let bytes = self.bytes()?;
        String::from_utf8(bytes).map_err(|_| "the text in quotes is not UTF-8".to_owned())
    }

    /// Text in quotes, if that is next.
    pub(super) fn text_if_any(&mut self) -> Result<Option<String>, String> {
        match self.rest.trim_start().starts_with('"') {
            true => self.text().map(Some),
            false => Ok(None),
        }
    }

    /// Whether nothing is left.
    pub(super) fn is_at_end(&self) -> bool {
        self.rest.trim().is_empty()
    }

    /// Refuses whatever is left.
    pub(super) fn end(&mut self) -> Result<(), String> {
        let left = self.rest.trim();
        match left.is_empty() {
            true => Ok(()),
            false => Err(format!("expected the end of the line, found `{left}`")),
        }
    }
}

/// Bytes as [`quoted`] writes them, and what comes after the closing quote.
fn unquoted(text: &str) -> Result<(Vec<u8>, &str), String> {
    let mut bytes = Vec::new();
    let mut rest = text;
    loop {
        let end = rest.find(['"', '\\']).ok_or("a quote is not closed")?;
        bytes.extend_from_slice(&rest.as_bytes()[..end]);
        let special = &rest[end..];
        if let Some(after) = special.strip_prefix('"') {
            return Ok((bytes, after));
        }
        let digits = special.strip_prefix("\\x").and_then(|hex| hex.get(..2));
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.ok_or("a `\\` is followed by `x` and two digits")?);
        rest = &special[4..];
    }
}

/// Bytes in quotes, on one line.
pub(super) fn quoted(bytes: &[u8]) -> String {
    let mut text = String::from("\"");
    for byte in bytes {
        match byte {
            b' '..=b'~' if !matches!(byte, b'"' | b'\\') => text.push(char::from(*byte)),
            _ => text.push_str(&format!("\\x{byte:02x}")),
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_bytes_are_the_same_bytes_again() {
        let all = (0..=u8::MAX).collect::<Vec<_>>();
        let text = quoted(&all);
        assert!(text.is_ascii() && !text.contains('\n'), "{text}");
        let mut tokens = Tokens::new(&text);
        assert_eq!(tokens.bytes(), Ok(all));
        assert_eq!(tokens.end(), Ok(()));
        for broken in ["\"a", "\"\\n\"", "\"\\x0\"", "\"\\xag\""] {
            assert!(Tokens::new(broken).bytes().is_err(), "{broken}");
        }
    }
}
