//! Texts that are being written, made whole enough to be understood.

use beskid_syntax::TokenKind;

use super::unfinished::{Around, Unfinished};

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
    let written = Unfinished::of(&text[..start]);
    let mut marked = format!("{}{MARK}", &text[..start]);
    marked.push_str(&match written.around {
        Around::Fields => part(&marked, field(rest), ": 0", &written, rest),
        Around::Arms => part(&marked, arm(rest), " => 0", &written, rest),
        Around::Hole => hole(&written, rest),
        Around::Statement => statement(&written.closing(), rest),
    });
    marked.push_str(&blocks(&marked));
    (start as u32, marked)
}

/// What follows the mark in a statement: editors close what is opened at once.
fn statement(closing: &str, rest: &str) -> String {
    let ended = rest.trim_start_matches([' ', '\t', ')', ']']);
    if !(ended.is_empty() || ended.starts_with(['\n', '\r', '}'])) {
        return rest.to_owned();
    }
    let there = rest[..rest.len() - ended.len()].trim_end();
    closed(there, closing) + &rest[there.len()..]
}

/// Signs, and those that close what they leave open.
fn closed(there: &str, closing: &str) -> String {
    let signs = there.chars().filter(|sign| !sign.is_whitespace());
    let missing = closing.chars().skip(signs.count());
    there.chars().chain(missing).collect()
}

/// What follows the mark in a list of parts: `filled`, unless the list is left open there;
/// then `value`, and what closes it.
fn part(marked: &str, filled: String, value: &str, written: &Unfinished, rest: &str) -> String {
    let line = rest.lines().next().unwrap_or_default();
    let is_open = || !blocks(&format!("{marked}{filled}")).is_empty();
    match line.trim().is_empty() && is_open() {
        true => format!("{value}{}{rest}", written.closing()),
        false => filled,
    }
}

/// What follows the mark where it names a field of a value.
fn field(rest: &str) -> String {
    let next = rest.trim_start();
    let goes_on = next.starts_with([':', '}', ',']) || next.is_empty();
    match (next.starts_with(':'), goes_on) {
        (true, _) => rest.to_owned(),
        (false, true) => format!(": 0{rest}"),
        (false, false) => format!(": 0,{rest}"),
    }
}

/// What follows the mark where it begins an arm.
fn arm(rest: &str) -> String {
    let next = rest.trim_start_matches([' ', '\t']);
    let goes_on = ["=>", "(", "::", "when"];
    match goes_on.iter().any(|start| next.starts_with(start)) {
        true => rest.to_owned(),
        false => format!(" => 0,{rest}"),
    }
}

/// What follows the mark in the code within a text, which may not be closed, as the text
/// may not.
fn hole(written: &Unfinished, rest: &str) -> String {
    let (inner, outer) = written.closing_of_hole();
    let line = rest.find(['\n', '\r']).map_or(rest, |end| &rest[..end]);
    let after = &rest[line.len()..];
    let end = line.find('}').filter(|end| !line[..*end].contains("${"));
    let (code, more) = match end {
        Some(end) => (&line[..end], &line[end + 1..]),
        None if line.contains('"') => ("", line),
        None => ("", ""),
    };
    let is_closing = code.chars().all(|sign| matches!(sign, ' ' | ')' | ']'));
    let code = match is_closing {
        true => closed(code.trim(), &inner),
        false => code.to_owned(),
    };
    let more = match more.split_once('"') {
        None => outer,
        Some((text, more)) => format!("{text}\"{}", statement(&outer[1..], more)),
    };
    format!("{code}}}{more}{after}")
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

    #[test]
    fn fields_arms_and_code_in_texts_are_made_whole() {
        let at = |text: &str| {
            let offset = text.find('|').unwrap();
            marked(&text.replace('|', ""), offset).1
        };
        for (text, expected) in [
            (
                "m() { p(\"a ${x.|\n}",
                "m() { p(\"a ${x.beskid__here}\");\n}",
            ),
            (
                "m() { p(\"a ${f(x.|\n}",
                "m() { p(\"a ${f(x.beskid__here)}\");\n}",
            ),
            (
                "m() { p(\"a ${x.|\");\n}",
                "m() { p(\"a ${x.beskid__here}\");\n}",
            ),
            (
                "m() { p(\"a ${x.|}\");\n}",
                "m() { p(\"a ${x.beskid__here}\");\n}",
            ),
            (
                "m() { p(\"a ${x.|}\")\n}",
                "m() { p(\"a ${x.beskid__here}\");\n}",
            ),
            (
                "m() { p(\"${x.|, ${y}\");\n}",
                "m() { p(\"${x.beskid__here}, ${y}\");\n}",
            ),
            ("m() { p(\"${x.|}\n}", "m() { p(\"${x.beskid__here}\");\n}"),
            ("m() { P { | } }", "m() { P { beskid__here: 0 } }"),
            (
                "m() { P { x: 1, | } }",
                "m() { P { x: 1, beskid__here: 0 } }",
            ),
            (
                "m() { P { |\ny: 1 } }",
                "m() { P { beskid__here: 0,\ny: 1 } }",
            ),
            ("m() { P { |\n}", "m() { P { beskid__here: 0 };\n}"),
            (
                "m() { f(match s { S::|\n}",
                "m() { f(match s { S::beskid__here => 0 });\n}",
            ),
            ("m() { P { x|: 1 } }", "m() { P { beskid__here: 1 } }"),
            (
                "m() { f(P { x: a.|\n}",
                "m() { f(P { x: a.beskid__here });\n}",
            ),
            (
                "m() { match s { S::| } }",
                "m() { match s { S::beskid__here => 0, } }",
            ),
            (
                "m() { match s { S::|\nS::B => 1 } }",
                "m() { match s { S::beskid__here => 0,\nS::B => 1 } }",
            ),
            (
                "m() { match s { S::| => 1 } }",
                "m() { match s { S::beskid__here => 1 } }",
            ),
        ] {
            assert_eq!(at(text), expected, "{text}");
        }
    }
}
