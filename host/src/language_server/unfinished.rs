//! What the begin of a text leaves open.

use beskid_syntax::{Token, TokenKind};

/// What stands around the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Around {
    /// A statement, or whatever else.
    Statement,
    /// The fields of a value, where one of them is named.
    Fields,
    /// The arms of a `match`, where one of them begins.
    Arms,
    /// The code within a text.
    Hole,
}

/// What is open at the end of a text.
#[derive(Debug)]
pub(super) struct Unfinished {
    open: Vec<Open>,
    pub(super) around: Around,
}

/// What is open, and the tokens in it since it began or something in it ended.
#[derive(Debug, Default)]
struct Open {
    kind: Bracket,
    since: Vec<TokenKind>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Bracket {
    /// The whole text, or a block.
    #[default]
    Block,
    Paren,
    Square,
    Fields,
    Arms,
    /// `${` in a text.
    Hole,
}

/// The tokens that begin what has a block, and no value with fields before its brace.
const HEADS: [TokenKind; 13] = [
    TokenKind::Type,
    TokenKind::Enum,
    TokenKind::Contract,
    TokenKind::Impl,
    TokenKind::Mod,
    TokenKind::Attribute,
    TokenKind::Test,
    TokenKind::If,
    TokenKind::Else,
    TokenKind::While,
    TokenKind::For,
    TokenKind::Arrow,
    TokenKind::Event,
];

impl Unfinished {
    /// What a text leaves open.
    pub(super) fn of(text: &str) -> Self {
        let tree = beskid_syntax::parse(text);
        let mut found = Self {
            open: vec![Open::default()],
            around: Around::Statement,
        };
        tree.tokens().for_each(|token| found.token(token));
        found.around = found.at_end();
        found
    }

    fn token(&mut self, token: Token<'_>) {
        let kind = token.kind();
        match kind {
            TokenKind::OpenParen => self.begin(Bracket::Paren),
            TokenKind::OpenBracket => self.begin(Bracket::Square),
            TokenKind::OpenBrace => {
                let bracket = self.brace();
                // What is around a block stays open.
                if bracket == Bracket::Block {
                    self.leave(&[Bracket::Paren, Bracket::Square]);
                }
                self.begin(bracket);
            }
            TokenKind::TextStart => self.begin(Bracket::Hole),
            TokenKind::CloseParen => self.end(&[Bracket::Paren]),
            TokenKind::CloseBracket => self.end(&[Bracket::Square]),
            TokenKind::CloseBrace => {
                self.leave(&[Bracket::Paren, Bracket::Square]);
                self.end(&[Bracket::Block, Bracket::Fields, Bracket::Arms]);
            }
            TokenKind::TextEnd => self.end(&[Bracket::Hole]),
            TokenKind::Semicolon => {
                self.leave(&[Bracket::Paren, Bracket::Square]);
                self.last().since.clear();
            }
            TokenKind::Comma | TokenKind::TextMiddle => self.last().since.clear(),
            TokenKind::End => {}
            kind => self.last().since.push(kind),
        }
    }

    fn last(&mut self) -> &mut Open {
        if self.open.is_empty() {
            self.open.push(Open::default());
        }
        let last = self.open.len() - 1;
        &mut self.open[last]
    }

    fn begin(&mut self, kind: Bracket) {
        self.open.push(Open {
            kind,
            since: Vec::new(),
        });
    }

    /// Ends the innermost, if it is one of these; what was a block has ended its statement.
    fn end(&mut self, kinds: &[Bracket]) {
        if self.open.len() < 2 || !kinds.contains(&self.last().kind) {
            return;
        }
        let ended = self.open.pop().map(|open| open.kind);
        match ended {
            Some(Bracket::Block) => self.last().since.clear(),
            _ => self.last().since.push(TokenKind::CloseBrace),
        }
    }

    /// Leaves out what is open of these kinds.
    fn leave(&mut self, kinds: &[Bracket]) {
        while self.open.len() > 1 && kinds.contains(&self.last().kind) {
            self.open.pop();
        }
    }

    /// What a brace opens here.
    fn brace(&mut self) -> Bracket {
        let since = &self.last().since;
        let is_path = |kind| matches!(kind, TokenKind::Name | TokenKind::Greater);
        if since.contains(&TokenKind::Match) {
            return Bracket::Arms;
        }
        let is_head = since.iter().any(|kind| HEADS.contains(kind));
        match since.last() {
            Some(last) if is_path(*last) && !is_head => Bracket::Fields,
            _ => Bracket::Block,
        }
    }

    fn at_end(&mut self) -> Around {
        if self.open.iter().any(|open| open.kind == Bracket::Hole) {
            return Around::Hole;
        }
        let Open { kind, since } = self.last();
        match kind {
            Bracket::Fields if since.is_empty() => Around::Fields,
            Bracket::Arms => {
                let path = [TokenKind::Name, TokenKind::Dot, TokenKind::PathSeparator];
                match since.iter().all(|kind| path.contains(kind)) {
                    true => Around::Arms,
                    false => Around::Statement,
                }
            }
            _ => Around::Statement,
        }
    }

    /// What ends the statement at the end.
    pub(super) fn closing(&self) -> String {
        let inner = self.open.iter().rev();
        let inner = inner.map_while(|open| match open.kind {
            Bracket::Paren => Some(")"),
            Bracket::Square => Some("]"),
            Bracket::Hole => Some("}\""),
            Bracket::Fields => Some(" }"),
            Bracket::Arms if self.around == Around::Arms => Some(" }"),
            Bracket::Block | Bracket::Arms => None,
        });
        inner.collect::<String>() + ";"
    }

    /// What ends the code in a text; and behind its brace, what ends the text and the
    /// statement.
    pub(super) fn closing_of_hole(&self) -> (String, String) {
        let all = self.closing();
        match all.split_once("}\"") {
            Some((inner, outer)) => (inner.to_owned(), format!("\"{outer}")),
            None => (String::new(), all),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_around_the_end_is_known_by_the_tokens_before() {
        for (text, around) in [
            ("m() { return P { ", Around::Fields),
            ("m() { f(P { x: 1, ", Around::Fields),
            ("m() { let p = A.P { x: 1,\n", Around::Fields),
            ("m() { let p = P { x: ", Around::Statement),
            ("m() { if a { ", Around::Statement),
            ("type P { ", Around::Statement),
            ("m() { return match s { ", Around::Arms),
            ("m() { match s { A::B => 1, S::", Around::Arms),
            ("m() { match s { A::B(x) => { f(x); }, S::", Around::Arms),
            ("m() { match s { A::B => x.", Around::Statement),
            ("m() { f(\"a ${", Around::Hole),
            ("m() { f(\"a ${b}\"", Around::Statement),
            ("m() { f(\"a ${b} ${g(", Around::Hole),
        ] {
            assert_eq!(Unfinished::of(text).around, around, "{text}");
        }
    }

    #[test]
    fn what_is_open_is_closed_from_within() {
        for (text, closing) in [
            ("m() { f(a[b", "]);"),
            ("m() { f(\"a ${g(b", ")}\");"),
            ("m() { f(P { x: g(", ") });"),
            ("m() { f(1); g(", ");"),
            ("m() { if a { ", ";"),
        ] {
            assert_eq!(Unfinished::of(text).closing(), closing, "{text}");
        }
    }
}
