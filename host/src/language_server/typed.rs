//! Texts that are being written, made whole enough to be understood.

use beskid_syntax::TokenKind;

/// The name that stands for what is being written: a program has none like it.
pub(super) const MARK: &str = "beskid__here";

/// A text with the mark in place of the name around an offset, and where the mark begins. At
/// the end of a line what is open is closed, so that it is understood.
pub(super) fn marked(text: &str, offset: usize) -> (u32, String) {
    let is_inner = |sign: &char| sign.is_ascii_alphanumeric() || *sign == '_';
    let before = text[..offset].chars().rev().take_while(is_inner).count();
    let after = text[offset..].chars().take_while(is_inner).count();
    let start = offset - before;
    let rest = &text[offset + after..];
    let line = rest.split('\n').next().unwrap_or_default();
    let closed = match line.trim().is_empty() {
        true => closing(&text[..start]),
        false => String::new(),
    };
    let marked = format!("{}{MARK}{closed}{rest}", &text[..start]);
    (start as u32, marked)
}

/// What ends the statement at the end of a text.
fn closing(text: &str) -> String {
    let tree = beskid_syntax::parse(text);
    let mut open = Vec::new();
    for token in tree.tokens() {
        match token.kind() {
            TokenKind::OpenParen => open.push(')'),
            TokenKind::OpenBracket => open.push(']'),
            TokenKind::CloseParen | TokenKind::CloseBracket => {
                open.pop();
            }
            // What is around the statement stays open.
            TokenKind::OpenBrace | TokenKind::CloseBrace | TokenKind::Semicolon => open.clear(),
            _ => {}
        }
    }
    open.into_iter().rev().chain([';']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_at_the_end_of_a_line_is_closed() {
        let at = |text: &str| {
            let offset = text.find('|').unwrap();
            marked(&text.replace('|', ""), offset)
        };
        let (start, text) = at("i32 m() { f(a[b.c|\n}");
        assert_eq!(text, "i32 m() { f(a[b.beskid__here]);\n}");
        assert_eq!(start, 16);
        let (_, text) = at("i32 m() { x.na|me + 1; }");
        assert_eq!(text, "i32 m() { x.beskid__here + 1; }");
        assert_eq!(at("|").1, "beskid__here;");
    }
}
