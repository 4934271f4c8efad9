//! Expressions that begin with themselves: literals, names, values, `match`.

use super::{Parsed, Parser, Stop};
use crate::error::{ErrorKind, Hint, SyntaxError};
use crate::kinds::{NodeKind, TokenKind};
use crate::lexer;

/// Most tokens of arms of other languages that are skipped at once.
const LONGEST_ARMS: usize = 1024;

impl Parser<'_> {
    pub(super) fn primary(&mut self) -> Parsed {
        match self.peek() {
            TokenKind::Name => self.named(),
            TokenKind::Integer
            | TokenKind::Float
            | TokenKind::Char
            | TokenKind::Text
            | TokenKind::True
            | TokenKind::False => {
                self.leaf(NodeKind::Literal);
                Ok(())
            }
            TokenKind::OpenParen if self.ahead(1) == TokenKind::CloseParen => {
                self.node(NodeKind::Unit, |parser| {
                    parser.bump();
                    parser.bump();
                    Ok(())
                })
            }
            TokenKind::OpenParen => self.node(NodeKind::Paren, |parser| {
                parser.bump();
                parser.within(false, false, Self::expression)?;
                parser.expect(TokenKind::CloseParen)
            }),
            TokenKind::OpenBracket => self.node(NodeKind::Array, |parser| {
                parser.bump();
                parser.within(false, false, |parser| {
                    let parsed = parser.list(TokenKind::CloseBracket, Self::expression);
                    parsed.inspect_err(|_| parser.skip_count())
                })
            }),
            TokenKind::TextStart => self.interpolation(),
            TokenKind::Match => self.node(NodeKind::Match, Self::match_expression),
            TokenKind::OpenBrace if !self.head || self.is_head_block() => self.block(),
            _ => Err(self.unexpected("an expression")),
        }
    }

    /// Skips `; 3` in brackets, which was told, and its `]`.
    fn skip_count(&mut self) {
        let is_count = matches!(self.ahead(1), TokenKind::Integer | TokenKind::Name)
            && self.ahead(2) == TokenKind::CloseBracket;
        if self.at(TokenKind::Semicolon) && is_count {
            if let Some(error) = self.errors.last_mut() {
                error.hint = Some(Hint::RepeatedValue);
            }
            self.at += 3;
        }
    }

    /// A name, or what begins with a path: SYN-2, and the values of enums.
    fn named(&mut self) -> Parsed {
        match self.ahead(1) {
            TokenKind::Dot | TokenKind::Less | TokenKind::PathSeparator | TokenKind::OpenBrace => {}
            TokenKind::Name | TokenKind::Text if self.is_later_word(self.at) => {
                return Err(self.later());
            }
            _ => {
                self.leaf(NodeKind::Name);
                return Ok(());
            }
        }
        let end = self.value_path_end();
        if self.tokens.kind(end) == TokenKind::PathSeparator {
            return self.node(NodeKind::EnumValue, |parser| {
                parser.path_to(end)?;
                parser.bump();
                parser.name("a variant")?;
                match parser.peek() {
                    TokenKind::OpenParen => parser.arguments(),
                    _ => Ok(()),
                }
            });
        }
        if self.opens_value(end) {
            return self.node(NodeKind::StructValue, |parser| {
                parser.path_to(end)?;
                parser.bump();
                parser.within(false, false, |parser| {
                    parser.list(TokenKind::CloseBrace, Self::field_value)
                })
            });
        }
        self.node(NodeKind::Name, |parser| {
            parser.bump();
            parser.value_arguments()
        })
    }

    /// Whether the brace at a token opens the fields of a value (SYN-2).
    fn opens_value(&self, brace: usize) -> bool {
        if self.tokens.kind(brace) != TokenKind::OpenBrace {
            return false;
        }
        match (self.tokens.kind(brace + 1), self.tokens.kind(brace + 2)) {
            (name, TokenKind::Colon) => name == TokenKind::Name || name.is_word(),
            (TokenKind::CloseBrace, _) => !self.head,
            _ => false,
        }
    }

    fn field_value(&mut self) -> Parsed {
        self.node(NodeKind::FieldValue, |parser| {
            parser.name("the field's name")?;
            parser.expect(TokenKind::Colon)?;
            parser.expression()
        })
    }

    /// LEX-13.
    fn interpolation(&mut self) -> Parsed {
        self.node(NodeKind::Interpolation, |parser| {
            parser.within(false, false, |parser| {
                loop {
                    parser.bump();
                    if matches!(parser.peek(), TokenKind::TextMiddle | TokenKind::TextEnd) {
                        parser.empty_hole();
                    } else {
                        parser.hole()?;
                    }
                    if parser.eat(TokenKind::TextEnd) {
                        return Ok(());
                    }
                }
            })
        })
    }

    /// The code of a hole. What is wrong in it ends with it.
    fn hole(&mut self) -> Parsed {
        let mark = self.mark();
        let reported = self.errors.len();
        let parsed = self.expression();
        // That it does not end was told.
        let is_cut = lexer::is_cut(self.cuts, mark.token() - 1);
        if is_cut {
            self.errors.truncate(reported);
        }
        let stop = match parsed {
            Ok(()) if matches!(self.peek(), TokenKind::TextMiddle | TokenKind::TextEnd) => {
                return Ok(());
            }
            Ok(()) if is_cut => Stop::Broken,
            Ok(()) => self.unexpected("`}`"),
            Err(stop) => stop,
        };
        self.around(mark, NodeKind::Error, |parser| {
            match parser.skip_hole(mark.token()) {
                true => Ok(()),
                false => Err(stop),
            }
        })
    }

    fn empty_hole(&mut self) {
        if self.is_after_cut() {
            return;
        }
        let (before, here) = (self.previous_span().end, self.span().start);
        let span = crate::span::Span::new(before - 2, here + 1);
        self.report(SyntaxError::new(ErrorKind::EmptyHole, span));
    }

    fn match_expression(&mut self) -> Parsed {
        self.bump();
        self.head()?;
        self.open_brace(|kind| kind == TokenKind::Name)?;
        self.within(false, false, Self::arms)
    }

    /// The arms of a `match`, and its `}`. A comma that is missing between two is told, and
    /// the next one is read.
    fn arms(&mut self) -> Parsed {
        while !self.at(TokenKind::CloseBrace) {
            if self.at_case() {
                return Err(self.case());
            }
            self.arm()?;
            if self.eat(TokenKind::Comma) {
                continue;
            }
            if !self.at_arm() {
                break;
            }
            // A block before it that is not closed is what is wrong.
            let here = self.span();
            if self.errors.last().is_none_or(|error| error.span != here) {
                self.unexpected("`,`");
            }
        }
        self.expect(TokenKind::CloseBrace)
    }

    /// Whether an arm of other languages is here: `case 1:`, `default:`.
    fn at_case(&self) -> bool {
        match self.ahead(1) {
            TokenKind::Colon => self.at_contextual("default"),
            TokenKind::Arrow | TokenKind::When => false,
            TokenKind::Dot | TokenKind::PathSeparator | TokenKind::OpenParen => false,
            _ => self.at_contextual("case"),
        }
    }

    /// Says what is written for such arms, and skips them to before the `}` around them.
    fn case(&mut self) -> Stop {
        let hint = Hint::OtherWord(self.span());
        let stop = self.unexpected_hint("a pattern", Some(hint));
        let mut depth = 0_usize;
        for token in self.at..self.at + LONGEST_ARMS {
            match self.tokens.kind(token) {
                TokenKind::OpenBrace => depth += 1,
                TokenKind::CloseBrace if depth == 0 => {
                    self.at = token;
                    break;
                }
                TokenKind::CloseBrace => depth -= 1,
                TokenKind::End => break,
                _ => {}
            }
        }
        stop
    }

    fn arm(&mut self) -> Parsed {
        self.node(NodeKind::Arm, |parser| {
            parser.pattern()?;
            if parser.at(TokenKind::When) {
                parser.node(NodeKind::Guard, |parser| {
                    parser.bump();
                    parser.within(false, true, |parser| {
                        parser.nested(|parser| parser.chain(0))
                    })
                })?;
            }
            parser.expect(TokenKind::Arrow)?;
            match parser.peek() {
                TokenKind::Return | TokenKind::Break | TokenKind::Continue => {
                    parser.bare_statement()
                }
                _ => parser.block_or_expression(),
            }
        })
    }

    /// A statement where an arm has a block: it is told, and the next arm is read.
    fn bare_statement(&mut self) -> Parsed {
        let _ = self.unexpected_hint("an expression", Some(Hint::BlockOfArm));
        self.node(NodeKind::Error, |parser| {
            parser.bump();
            match parser.peek() {
                TokenKind::Comma | TokenKind::CloseBrace => Ok(()),
                _ => parser.expression(),
            }
        })
    }
}
