//! Tokens.

use std::fmt;

use crate::span::Span;

/// A token and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) span: Span,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum TokenKind {
    /// An identifier that is not reserved.
    Name(String),
    /// A reserved word.
    Word(Word),
    /// An integer; too large ones were reported and became 0.
    Int(u64),
    /// A float.
    Float(f64),
    /// A character.
    Char(char),
    /// A string, in parts.
    Str(Vec<StrPart>),
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
            pub(crate) const ALL: &[(&'static str, Self)] = &[$(($text, Self::$variant)),+];

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
            Self::Name(name) => write!(f, "`{name}`"),
            Self::Word(word) => write!(f, "`{}`", word.text()),
            Self::Int(_) | Self::Float(_) => f.write_str("a number"),
            Self::Char(_) => f.write_str("a character"),
            Self::Str(_) => f.write_str("a string"),
            Self::Punct(punct) => write!(f, "`{}`", punct.text()),
            Self::End => f.write_str("the end of the file"),
        }
    }
}
