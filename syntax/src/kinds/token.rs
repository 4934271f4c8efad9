//! Kinds of tokens.

macro_rules! token_kinds {
    (
        open { $($(#[$meta:meta])* $open:ident,)+ }
        words { $($word:ident = $spelled:literal,)+ }
        punctuation { $($punct:ident = $mark:literal,)+ }
    ) => {
        /// What a token is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum TokenKind {
            $($(#[$meta])* $open,)+
            $(#[doc = concat!("`", $spelled, "`")] $word,)+
            $(#[doc = concat!("`", $mark, "`")] $punct,)+
        }

        impl TokenKind {
            /// Every reserved word (LEX-4).
            pub const WORDS: &'static [Self] = &[$(Self::$word,)+];

            /// Every punctuation (LEX-14).
            pub const PUNCTUATION: &'static [Self] = &[$(Self::$punct,)+];

            /// How a token of this kind is always spelled, if it is.
            pub const fn spelling(self) -> Option<&'static str> {
                match self {
                    $(Self::$word => Some($spelled),)+
                    $(Self::$punct => Some($mark),)+
                    _ => None,
                }
            }

            /// Whether it is a reserved word.
            pub const fn is_word(self) -> bool {
                matches!(self, $(Self::$word)|+)
            }

            /// The reserved word that is spelled so.
            pub(crate) fn word(text: &str) -> Option<Self> {
                match text {
                    $($spelled => Some(Self::$word),)+
                    _ => None,
                }
            }
        }
    };
}

token_kinds! {
    open {
        /// An identifier that is not reserved.
        Name,
        /// `1_000`, `5_u8`.
        Integer,
        /// `1.5`, `1.5_f64`.
        Float,
        /// `'a'`.
        Char,
        /// A string without code in it.
        Text,
        /// A string from its quote to the first `${`.
        TextStart,
        /// A string from a `}` to the next `${`.
        TextMiddle,
        /// A string from the last `}` to its quote.
        TextEnd,
        /// Characters that start no token, which was reported.
        Unknown,
        /// The end of the text: the last token, and empty.
        End,
    }
    words {
        Type = "type", Enum = "enum", Contract = "contract", Attribute = "attribute",
        Impl = "impl", Match = "match", Event = "event", When = "when", If = "if",
        Else = "else", While = "while", For = "for", In = "in", Return = "return",
        Break = "break", Continue = "continue", Let = "let", Mut = "mut", Mod = "mod",
        Use = "use", Pub = "pub", Test = "test", Meta = "meta", Skip = "skip",
        True = "true", False = "false",
    }
    punctuation {
        Identical = "===", NotIdentical = "!==", PathSeparator = "::", Arrow = "=>",
        EqEq = "==", NotEq = "!=", LessEq = "<=", GreaterEq = ">=", AndAnd = "&&",
        OrOr = "||", PlusEq = "+=", MinusEq = "-=",
        OpenParen = "(", CloseParen = ")", OpenBrace = "{", CloseBrace = "}",
        OpenBracket = "[", CloseBracket = "]", Comma = ",", Semicolon = ";",
        Colon = ":", Dot = ".", Eq = "=", Less = "<", Greater = ">", Plus = "+",
        Minus = "-", Star = "*", Slash = "/", Percent = "%", Not = "!",
        Question = "?",
    }
}

/// A bit for each length of the reserved words that begin with a byte.
static WORD_LENGTHS: [u16; 256] = {
    let mut lengths = [0; 256];
    let mut index = 0;
    while index < TokenKind::WORDS.len() {
        if let Some(word) = TokenKind::WORDS[index].spelling() {
            lengths[word.as_bytes()[0] as usize] |= 1 << word.len();
        }
        index += 1;
    }
    lengths
};

impl TokenKind {
    /// Whether a reserved word begins with a byte and is so long.
    pub(crate) const fn may_be_word(first: u8, len: usize) -> bool {
        len < 16 && WORD_LENGTHS[first as usize] & (1 << len) != 0
    }

    /// What to call it in a message.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Name => "a name",
            Self::Integer | Self::Float => "a number",
            Self::Char => "a character",
            Self::Text | Self::TextStart | Self::TextMiddle | Self::TextEnd => "a string",
            Self::Unknown => "an unknown character",
            Self::End => "the end of the file",
            _ => match self.spelling() {
                Some(text) => text,
                None => "a token",
            },
        }
    }
}
