//! What does not follow the grammar, and how to say it.

use crate::kinds::TokenKind;
use crate::other_words;
use crate::span::Span;

/// An error of a text. It is small, since a broken text may have very many; its
/// words are made when they are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SyntaxError {
    /// What is wrong.
    pub kind: ErrorKind,
    /// Where.
    pub span: Span,
    /// What has to do with it: the brace that is not closed.
    pub related: Option<Span>,
    /// What to write instead.
    pub hint: Option<Hint>,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The text is larger than [`LARGEST`](crate::LARGEST).
    TooLarge,
    /// Characters that start no token.
    UnknownCharacter,
    /// A `/*` without `*/`.
    UnterminatedComment,
    /// A string without its last quote.
    UnterminatedText,
    /// A `${` without its `}`.
    UnterminatedHole,
    /// An escape that does not exist.
    BadEscape,
    /// `''`.
    EmptyCharacter,
    /// More than a character between single quotes, or no second quote.
    BadCharacter,
    /// A number with something after it that does not belong to numbers.
    BadNumber,
    /// Something else than the grammar wants here.
    Expected {
        /// What it wants.
        wanted: &'static str,
        /// What is here.
        found: TokenKind,
    },
    /// `${}`.
    EmptyHole,
    /// A `}` behind which what is in the braces goes on.
    StrayBrace,
    /// Nested too deeply (SYN-7).
    TooDeep,
    /// A word of a later version of the language (LEX-7).
    Later,
    /// A `meta` block beside the items of a program.
    MetaBlock,
    /// A method with a parameter `self` (METH-1).
    Receiver,
}

/// What to write instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// Values of types: the name of the type is here.
    StructValue(Span),
    /// No pattern looks into the fields of a type.
    FieldPattern,
    /// A variant has its values in parentheses.
    VariantFields,
    /// Commas between fields.
    CommaBetweenFields,
    /// Function types have no `->`.
    FunctionType,
    /// There are no aliases of types.
    TypeAlias,
    /// The last expression of a block is no value.
    TailExpression,
    /// A `match` as a statement ends with `;`.
    MatchStatement,
    /// `ref` and `out` stand before names.
    Modifier,
    /// Statements as arms of a `match` stand in blocks.
    BlockOfArm,
    /// There are `+=` and `-=` alone.
    CompoundAssignment,
    /// There is no `++`.
    Increment,
    /// There are no shifts.
    Shift,
    /// The types of arrays have no length.
    ArrayLength,
    /// A word of other languages is here.
    OtherWord(Span),
    /// There is no `? :`.
    Conditional,
    /// There is no `..`.
    Range,
    /// Loops have no three parts.
    ForLoop,
    /// Types stand before names.
    TypeFirst,
    /// `::` stands before variants.
    VariantPath,
    /// A word of the language that is misspelt.
    Misspelt(TokenKind),
    /// A function without a type of its result: its name is here.
    ResultType(Span),
    /// An array of one value many times.
    RepeatedValue,
    /// A value of fields without its type.
    ValueType,
    /// There is no `->` before members and in lambdas.
    MemberArrow,
    /// Locals have values, and statements of their own.
    LocalValue,
    /// Methods of contracts have no `pub`.
    PublicMethod,
    /// Methods of contracts have no bodies.
    NoBody,
    /// Commas between variants.
    CommaBetweenVariants,
    /// Variants have no numbers.
    VariantNumber,
    /// Parameters have no values.
    DefaultValue,
    /// There are no variables outside of functions.
    Global,
    /// An import names one thing.
    OneImport,
    /// Type parameters have no bounds.
    Bound,
    /// Tests have names alone.
    TestName,
    /// Items stand outside of functions.
    NestedItem,
    /// `pub` stands elsewhere.
    Public,
    /// A word with which items begin is no name.
    Reserved(TokenKind),
}

/// Deepest nesting of blocks, types, patterns and expressions (SYN-7).
pub(crate) const DEEPEST: u32 = 256;

impl SyntaxError {
    pub(crate) const fn new(kind: ErrorKind, span: Span) -> Self {
        Self {
            kind,
            span,
            related: None,
            hint: None,
        }
    }

    /// One line that says what is wrong; `text` is the text that has it.
    pub fn message(&self, text: &str) -> String {
        let here = self.span.text(text);
        match self.kind {
            ErrorKind::TooLarge => {
                format!("the text has more than {} bytes", crate::LARGEST)
            }
            ErrorKind::UnknownCharacter => {
                let first = here.chars().next().map_or_else(String::new, escaped);
                format!("`{first}` starts no token")
            }
            ErrorKind::UnterminatedComment => "this comment does not end".to_owned(),
            ErrorKind::UnterminatedText => "this string does not end".to_owned(),
            ErrorKind::UnterminatedHole => "this interpolation does not end".to_owned(),
            ErrorKind::BadEscape => {
                let shown = here.chars().nth(1).map_or_else(String::new, escaped);
                format!("`\\{shown}` is not an escape")
            }
            ErrorKind::EmptyCharacter => "an empty character literal".to_owned(),
            ErrorKind::BadCharacter => {
                "a character literal is one character between `'`".to_owned()
            }
            ErrorKind::BadNumber => bad_number(here),
            ErrorKind::Expected { wanted, found } => match found {
                TokenKind::Name => format!("expected {wanted}, found `{here}`"),
                _ if self.is_reserved(wanted, found, text) => {
                    format!("`{}` is a reserved word", found.describe())
                }
                _ if found.spelling().is_some() => {
                    format!("expected {wanted}, found `{}`", found.describe())
                }
                _ => format!("expected {wanted}, found {}", found.describe()),
            },
            ErrorKind::EmptyHole => "an interpolation needs an expression".to_owned(),
            ErrorKind::StrayBrace => "one `}` too many".to_owned(),
            ErrorKind::TooDeep => format!("nested more than {DEEPEST} levels deep"),
            ErrorKind::Later => format!("`{here}` is not supported"),
            ErrorKind::MetaBlock => "a `meta` block stands only in a test".to_owned(),
            ErrorKind::Receiver => "a method has no parameter `self`".to_owned(),
        }
    }

    /// What to write at the place itself; may be empty.
    pub fn label(&self) -> String {
        match self.kind {
            ErrorKind::Expected { wanted, .. } => format!("expected {wanted}"),
            ErrorKind::UnterminatedComment
            | ErrorKind::UnterminatedText
            | ErrorKind::UnterminatedHole => "starts here".to_owned(),
            _ => String::new(),
        }
    }

    /// How to mend it, if that can be said.
    pub fn help(&self, text: &str) -> Option<String> {
        if let Some(hint) = self.hint {
            return Some(hint.help(text));
        }
        let help = match self.kind {
            ErrorKind::UnknownCharacter => match self.span.text(text).chars().next()? {
                '&' => "there are no operators of bits; `&&` is for conditions",
                '|' => {
                    "there are no operators of bits; `||` is for conditions, and each pattern \
                     has an arm of its own"
                }
                '^' | '~' => "there are no operators of bits",
                '#' => "a comment begins with `//`, an attribute with `[`, an import with `use`",
                _ => return None,
            },
            ErrorKind::UnterminatedComment => "close it with `*/`",
            ErrorKind::UnterminatedText => "close it with `\"`",
            ErrorKind::UnterminatedHole => {
                "close it with `}`; write `\\${` for the characters themselves"
            }
            ErrorKind::BadEscape => "the escapes are \\\" \\' \\\\ \\$ \\n \\t \\r \\0",
            ErrorKind::BadCharacter => "text stands between `\"`",
            ErrorKind::BadNumber if self.is_range(text) => RANGE,
            ErrorKind::EmptyHole => "write `\\${` for the characters themselves",
            ErrorKind::StrayBrace => {
                "remove it: what follows has the indentation of what is in the braces"
            }
            ErrorKind::TooDeep => "move inner parts into functions or locals of their own",
            ErrorKind::Later => "it belongs to a later version of the language",
            ErrorKind::MetaBlock => {
                "remove it: no kind of project has such blocks in this version of the language"
            }
            ErrorKind::Receiver => "methods know their value as `this`",
            ErrorKind::TooLarge => "split the program into several files",
            ErrorKind::Expected { wanted, found } if self.is_reserved(wanted, found, text) => {
                return Some(instead_of_word(wanted, found));
            }
            _ => return None,
        };
        Some(help.to_owned())
    }

    /// Whether it is of a word of the language where something else has a name or a value.
    fn is_reserved(&self, wanted: &str, found: TokenKind, text: &str) -> bool {
        let is_told = matches!(self.hint, Some(Hint::Reserved(_)));
        let is_missing =
            wanted == "an expression" && found != TokenKind::Else && self.begins_line(text);
        let is_name = !wanted.starts_with('`') && wanted != "an item" && !is_missing;
        found.is_word() && (is_told || is_name)
    }

    /// Whether nothing stands before it on its line: what is missing is before it.
    fn begins_line(&self, text: &str) -> bool {
        let before = text.get(..self.span.start as usize).unwrap_or_default();
        before.trim_end_matches([' ', '\t']).ends_with('\n')
    }

    /// Whether a number that is wrong is the begin of `0..3`.
    fn is_range(&self, text: &str) -> bool {
        let here = text.get(self.span.start as usize..).unwrap_or_default();
        let digits = |c: char| c.is_ascii_digit() || c == '_';
        here.trim_start_matches(digits).starts_with("..")
    }
}

/// What is written for `0..3`.
const RANGE: &str = "a loop counts by `for i in range(0, n)`, `n` excluded; there is no `..`";

impl Hint {
    fn help(self, text: &str) -> String {
        let help = match self {
            Self::StructValue(name) => {
                let name = name.text(text);
                return format!("a value of a type is written `{name} {{ field: value }}`");
            }
            Self::Misspelt(word) => return format!("did you mean `{}`?", word.describe()),
            Self::Reserved(word) => return instead_of_word("", word),
            Self::ResultType(name) if is_type(name.text(text)) => {
                let ty = name.text(text);
                return format!("write the name between the result and `(`: `{ty} Name() {{ }}`");
            }
            Self::ResultType(name) => {
                let name = name.text(text);
                return format!(
                    "write the type of the result before the name: `unit {name}() {{ }}`"
                );
            }
            Self::FieldPattern => {
                "no pattern looks into fields: bind the value, `p when p.field == 1 => …`"
            }
            Self::VariantFields => "a variant has its values in parentheses: `Name(i64 field)`",
            Self::ValueType => {
                "a value of a type has the type before its fields: `Name { field: value }`"
            }
            Self::MemberArrow => {
                "a member is written `value.name`, a lambda `x => …`: there is no `->`"
            }
            Self::LocalValue => {
                "a local has a value from the start, and a statement of its own: `i64 x = 0;`"
            }
            Self::PublicMethod => "what a contract asks for has no `pub`: everyone may call it",
            Self::NoBody => "what a contract asks for ends with `;`: the types have the bodies",
            Self::CommaBetweenVariants => "put a comma between variants",
            Self::VariantNumber => "a variant has no number: a `match` says what it stands for",
            Self::DefaultValue => {
                "a parameter has no value of its own: declare another function that passes it"
            }
            Self::Global => {
                "outside of functions there are no variables; a constant is a function: \
                 `i64 Size() => 8;`"
            }
            Self::OneImport => "an import names one module, or one thing of it: `use System.IO;`",
            Self::Bound => {
                "a type parameter is any type; what has the methods of a contract is passed as \
                 the contract"
            }
            Self::TestName => "a test has a name, and no parameters: `test Adds { }`",
            Self::NestedItem => "items stand outside of functions: move it there",
            Self::Public => "`pub` stands before items, and before members of types",
            Self::RepeatedValue => "an array has its values between commas: `[1, 1, 1]`",
            Self::OtherWord(word) => other_words::instead_of(word.text(text)).unwrap_or_default(),
            Self::Conditional => {
                "there is no `? :`: write `match condition { true => a, false => b }`; what may \
                 be absent is an `Option`"
            }
            Self::Range => RANGE,
            Self::ForLoop => "write `for i in range(0, n) { }`, or `while condition { }`",
            Self::TypeFirst => "the type stands before the name: `i64 x`",
            Self::VariantPath => "a variant stands behind `::`: `Enum::Variant`",
            Self::CommaBetweenFields => "put a comma between fields",
            Self::FunctionType => "a function type is written `R(P)` or `(P) => R`",
            Self::TypeAlias => "a type is declared with its fields: `type Name { T field }`",
            Self::TailExpression => {
                "a statement ends with `;`; a block has no value: write `return value;`"
            }
            Self::Modifier => "`ref` and `out` stand before the name of a variable",
            Self::BlockOfArm => "an arm that is a statement has braces: `=> { return value; }`",
            Self::CompoundAssignment => "write `a = a * b`: only `+=` and `-=` are of this kind",
            Self::Increment => "write `+= 1`",
            Self::Shift => "there are no shifts: multiply or divide by a power of two",
            Self::ArrayLength => "the type of an array has no length: `T[]`",
            Self::MatchStatement => "a `match` as a statement ends with `;`",
        };
        help.to_owned()
    }
}

/// What to write for a word of the language that is no name and no value.
fn instead_of_word(wanted: &str, found: TokenKind) -> String {
    let word = found.describe();
    match found {
        TokenKind::If if wanted == "an expression" => {
            "an `if` has no value: write `match condition { true => a, false => b }`".to_owned()
        }
        TokenKind::Else if wanted == "an expression" => {
            "an `else` follows the block of its `if`: `if condition { } else { }`".to_owned()
        }
        TokenKind::Return
        | TokenKind::Break
        | TokenKind::Continue
        | TokenKind::While
        | TokenKind::For
        | TokenKind::Let
            if wanted == "an expression" =>
        {
            format!("`{word}` begins a statement, which has no value")
        }
        TokenKind::Event if matches!(wanted, "an expression" | "a field's type") => {
            "an event is a member of a type, and has no `pub`: `event Rang()`".to_owned()
        }
        _ => format!("`{word}` is a word of the language: choose another name"),
    }
}

/// Whether a name is that of a type of the language.
fn is_type(name: &str) -> bool {
    matches!(
        name,
        "unit" | "bool" | "char" | "string" | "u8" | "i32" | "i64" | "f64"
    )
}

fn escaped(c: char) -> String {
    c.escape_debug().to_string()
}

fn bad_number(here: &str) -> String {
    let digits = |c: char| c.is_ascii_digit() || c == '_';
    let rest = here.trim_start_matches(digits);
    if here.starts_with('.') || rest == "." {
        return "a number has digits before and after its `.`".to_owned();
    }
    let junk = match rest.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches(digits),
        None => rest,
    };
    if junk.is_empty() {
        "`_` stands between digits".to_owned()
    } else {
        format!("`{junk}` after a number")
    }
}
