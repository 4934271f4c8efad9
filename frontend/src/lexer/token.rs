//! Tokens.

use std::fmt;

use crate::span::Span;

/// A token and where it stands. A source has many: they are small.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    start: u32,
    end: u32,
}

impl Token {
    pub(crate) const fn new(kind: TokenKind, span: Span) -> Self {
        // A source is smaller than 4 GiB.
        let (start, end) = (span.start as u32, span.end as u32);
        Self { kind, start, end }
    }

    pub(crate) const fn span(&self) -> Span {
        Span::new(self.start as usize, self.end as usize)
    }
}

/// The tokens of a source; the last one is [`TokenKind::End`].
#[derive(Debug)]
pub(crate) struct Tokens {
    pub(crate) list: Vec<Token>,
    /// The strings among them, in parts.
    pub(crate) strings: Vec<Vec<StrPart>>,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum TokenKind {
    /// An identifier that is not reserved; the source has its text.
    Name,
    /// A reserved word.
    Word(Word),
    /// An integer; too large ones were reported and became 0.
    Int(u64),
    /// A float.
    Float(f64),
    /// A character.
    Char(char),
    /// A string, by its index.
    Str(u32),
    /// Punctuation.
    Punct(Punct),
    /// The end of the source.
    End,
}

/// A part of a string literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StrPart {
    /// Text, escapes resolved.
    Text(String),
    /// The expression between `${` and `}`.
    Code(Span),
}

macro_rules! spelled {
    ($(#[$meta:meta])* $name:ident { $($variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum $name { $($variant,)+ }

        impl $name {
            /// What is spelled like this.
            pub(crate) fn spelled(text: &str) -> Option<Self> {
                match text {
                    $($text => Some(Self::$variant),)+
                    _ => None,
                }
            }

            pub(crate) const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }
    };
}

spelled! {
    /// Reserved words.
    Word {
        Type = "type", Enum = "enum", Contract = "contract", Attribute = "attribute",
        Impl = "impl", Match = "match", Event = "event", When = "when", If = "if",
        Else = "else", While = "while", For = "for", In = "in", Return = "return",
        Break = "break", Continue = "continue", Let = "let", Mut = "mut", Mod = "mod",
        Use = "use", Pub = "pub", Ref = "ref", Out = "out", Test = "test", Meta = "meta",
        Skip = "skip", True = "true", False = "false",
    }
}

spelled! {
    /// Punctuation, longest first.
    Punct {
        Identical = "===", NotIdentical = "!==",
        EqEq = "==", NotEq = "!=", LessEq = "<=", GreaterEq = ">=", AndAnd = "&&",
        OrOr = "||", PlusEq = "+=", MinusEq = "-=", Arrow = "=>", Path = "::",
        Plus = "+", Minus = "-", Star = "*", Slash = "/", Percent = "%", Less = "<",
        Greater = ">", Eq = "=", Not = "!", OpenParen = "(", CloseParen = ")",
        OpenBrace = "{", CloseBrace = "}", OpenBracket = "[", CloseBracket = "]",
        Comma = ",", Semicolon = ";", Colon = ":", Dot = ".", Question = "?",
    }
}

impl fmt::Display for TokenKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name => f.write_str("a name"),
            Self::Word(word) => write!(f, "`{}`", word.text()),
            Self::Int(_) | Self::Float(_) => f.write_str("a number"),
            Self::Char(_) => f.write_str("a character"),
            Self::Str(_) => f.write_str("a string"),
            Self::Punct(punct) => write!(f, "`{}`", punct.text()),
            Self::End => f.write_str("the end of the file"),
        }
    }
}
