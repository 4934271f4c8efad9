//! Texts that are being written, made whole enough to be understood.

use beskid_syntax::TokenKind;

/// The name that stands for what is being written: a program has none like it.
pub(super) const MARK: &str = "beskid__here";

/// A text with the mark in place of the name around an offset, and where the mark begins.
/// Where a statement stops there, what is open is closed, so that it is understood; so are
/// the blocks that the text leaves open.
pub(super) fn marked(text: &str, offset: usize) -> (u32, String) {
    let is_inner = |sign: &char| sign.is_ascii_alphanumeric() || *sign == '_';
    let before = text[..offset].chars().rev().take_while(is_inner).count();
    let after = text[offset..].chars().take_while(is_inner).count();
    let start = offset - before;
    let rest = &text[offset + after..];
    let mut marked = format!("{}{MARK}", &text[..start]);
    // Editors close what is opened at once.
    let ended = rest.trim_start_matches([' ', '\t', ')', ']']);
    let there = rest[..rest.len() - ended.len()].trim_end();
    if ended.is_empty() || ended.starts_with(['\n', '\r', '}']) {
        let signs = there.chars().filter(|sign| !sign.is_whitespace());
        marked.push_str(there);
        marked.extend(closing(&text[..start]).chars().skip(signs.count()));
        marked.push_str(&rest[there.len()..]);
    } else {
        marked.push_str(rest);
    }
    marked.push_str(&blocks(&marked));
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

/// What ends the blocks that a text leaves open.
fn blocks(text: &str) -> String {
    let tree = beskid_syntax::parse(text);
    let mut open = 0_usize;
    for token in tree.tokens() {
        match token.kind() {
            TokenKind::OpenBrace => open += 1,
            TokenKind::CloseBrace => open = open.saturating_sub(1),
            _ => {}
        }
    }
    "}".repeat(open)
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
        assert_eq!(at("m() { p.| }").1, "m() { p.beskid__here; }");
        assert_eq!(at("m() { f(a, |)\n}").1, "m() { f(a, beskid__here);\n}");
        assert_eq!(at("m() { f(a[|] }").1, "m() { f(a[beskid__here]); }");
        assert_eq!(at("m() { if a { p.|").1, "m() { if a { p.beskid__here;}}");
        assert_eq!(
            at("m() { if a {\np.|\n}\n").1,
            "m() { if a {\np.beskid__here;\n}\n}"
        );
    }
}
