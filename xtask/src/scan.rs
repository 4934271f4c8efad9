//! A rough lexer for Rust: code without comments and literals, and the literals.

/// A string literal, as written between its quotes.
#[derive(Debug, PartialEq, Eq)]
pub struct Literal {
    /// Line of the opening quote, from 1.
    pub line: usize,
    pub text: String,
}

/// One file, taken apart.
#[derive(Debug, Default)]
pub struct Scan {
    /// The text with comments and the inside of literals blanked; lines are kept.
    pub code: String,
    pub literals: Vec<Literal>,
}

impl Scan {
    pub fn new(text: &str) -> Self {
        let mut lexer = Lexer {
            chars: text.chars().collect(),
            at: 0,
            line: 1,
            out: Self::default(),
        };
        while lexer.at < lexer.chars.len() {
            lexer.step();
        }
        lexer.out
    }

    /// The lines (from 1) on which `word` stands as a word of the code.
    pub fn lines_with_word<'a>(&'a self, word: &'a str) -> impl Iterator<Item = usize> + 'a {
        (1..)
            .zip(self.code.lines())
            .filter(move |(_, line)| has_word(line, word))
            .map(|(number, _)| number)
    }

    /// The line (from 1) on which the inline unit tests begin, if there are any.
    pub fn first_test_line(&self) -> Option<usize> {
        let mut after_cfg = None;
        for (number, line) in (1..).zip(self.code.lines()) {
            let line = line.trim();
            if line.starts_with("#[cfg(test)]") {
                after_cfg = Some(number);
            } else if let Some(start) = after_cfg {
                if has_word(line, "mod") && line.ends_with('{') {
                    return Some(start);
                }
                if !line.starts_with("#[") && !line.is_empty() {
                    after_cfg = None;
                }
            }
        }
        None
    }
}

/// Whether `word` occurs in `line` with no letter, digit or `_` beside it.
pub fn has_word(line: &str, word: &str) -> bool {
    let joins = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word)
        .any(|(at, _)| !line[..at].ends_with(joins) && !line[at + word.len()..].starts_with(joins))
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: usize,
    out: Scan,
}

impl Lexer {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    /// Moves over one character, which shows in the code only if `keep`.
    fn take(&mut self, keep: bool) -> Option<char> {
        let c = self.peek(0)?;
        self.at += 1;
        if c == '\n' {
            self.line += 1;
        }
        self.out.code.push(if keep || c == '\n' { c } else { ' ' });
        Some(c)
    }

    fn step(&mut self) {
        let in_word = self.at.checked_sub(1).is_some_and(|before| {
            self.chars[before].is_alphanumeric() || self.chars[before] == '_'
        });
        match (self.peek(0), self.peek(1)) {
            (Some('/'), Some('/')) => {
                while self.peek(0).is_some_and(|c| c != '\n') {
                    self.take(false);
                }
            }
            (Some('/'), Some('*')) => self.block_comment(),
            (Some('"'), _) => self.string(),
            (Some('\''), _) => self.quote(),
            (Some('r'), _) if !in_word => self.raw(1),
            (Some('b' | 'c'), Some('r')) if !in_word => self.raw(2),
            _ => {
                self.take(true);
            }
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0usize;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) => {
                    depth += 1;
                    self.take(false);
                }
                (Some('*'), Some('/')) => {
                    depth -= 1;
                    self.take(false);
                }
                (None, _) => return,
                _ => {}
            }
            self.take(false);
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) {
        let line = self.line;
        let mut text = String::new();
        self.take(true);
        while let Some(c) = self.peek(0) {
            if c == '"' {
                self.take(true);
                break;
            }
            text.extend(self.take(false));
            if c == '\\' {
                text.extend(self.take(false));
            }
        }
        self.out.literals.push(Literal { line, text });
    }

    /// A raw string whose prefix has `prefix` letters, or just those letters.
    fn raw(&mut self, prefix: usize) {
        let hashes = (0..)
            .take_while(|&n| self.peek(prefix + n) == Some('#'))
            .count();
        let raw = self.peek(prefix + hashes) == Some('"');
        for _ in 0..prefix {
            self.take(true);
        }
        if !raw {
            return;
        }
        let line = self.line;
        let mut text = String::new();
        for _ in 0..=hashes {
            self.take(true);
        }
        while let Some(c) = self.peek(0) {
            if c == '"' && (1..=hashes).all(|n| self.peek(n) == Some('#')) {
                for _ in 0..=hashes {
                    self.take(true);
                }
                break;
            }
            text.extend(self.take(false));
        }
        self.out.literals.push(Literal { line, text });
    }

    /// A character literal or a lifetime.
    fn quote(&mut self) {
        self.take(true);
        if self.peek(0) == Some('\\') {
            self.take(false);
            self.take(false);
            while self.peek(0).is_some_and(|c| c != '\'' && c != '\n') {
                self.take(false);
            }
            self.take(true);
        } else if self.peek(1) == Some('\'') {
            self.take(false);
            self.take(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_leave_the_code() {
        let scan = Scan::new("a /* b /* c */ d */ e // f\n\"g \\\" h\" '\"' '\\'' 'i: j");
        let words: Vec<&str> = scan.code.split_whitespace().collect();
        assert_eq!(
            words,
            ["a", "e", "\"", "\"", "'", "'", "'", "'", "'i:", "j"]
        );
        let text = "g \\\" h".to_owned();
        assert_eq!(scan.literals, [Literal { line: 2, text }]);
    }

    #[test]
    fn raw_strings_end_at_their_own_hashes() {
        let scan = Scan::new("for r in br##\"a \"# b\"## { r#type }");
        assert_eq!(scan.literals[0].text, "a \"# b");
        assert!(scan.code.ends_with("{ r#type }"));
    }

    #[test]
    fn unfinished_text_is_read_to_its_end() {
        for text in ["\"a", "r#\"a", "/* a", "'", "'\\", "\"\\"] {
            assert_eq!(Scan::new(text).code.chars().count(), text.len(), "{text}");
        }
    }

    #[test]
    fn inline_tests_are_found() {
        let with = "fn a() {}\n#[cfg(test)]\nmod tests {\n}\n";
        assert_eq!(Scan::new(with).first_test_line(), Some(2));
        let without = "#[cfg(test)]\nuse a;\nmod b {\n}\n";
        assert_eq!(Scan::new(without).first_test_line(), None);
    }
}
