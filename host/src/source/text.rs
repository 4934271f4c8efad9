//! What stands before the text of a source, and what a text without a name is
//! written in.

use super::Language;

/// U+FEFF in UTF-8, which some editors write first.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Removes a byte-order mark, and blanks out a first line that names a
/// program for the system to run the file with. Positions stay those of the
/// text that an editor shows.
pub(super) fn skip_preamble(bytes: &mut Vec<u8>) {
    if bytes.starts_with(BYTE_ORDER_MARK) {
        bytes.drain(..BYTE_ORDER_MARK.len());
    }
    if is_script(bytes) {
        let line = bytes.iter_mut().take_while(|byte| **byte != b'\n');
        line.for_each(|byte| *byte = b' ');
    }
}

/// Length of the byte-order mark and of the line that names a program.
pub(super) fn preamble_length(bytes: &[u8]) -> usize {
    if is_script(bytes) {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        return end.map_or(bytes.len(), |end| end + 1);
    }
    match bytes.starts_with(BYTE_ORDER_MARK) {
        true => BYTE_ORDER_MARK.len(),
        false => 0,
    }
}

/// Whether a file names the program to run it with.
pub(super) fn is_script(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    text.starts_with(b"#!")
}

/// What a text is written in: the first line of CLIF that is neither empty nor a
/// comment begins with a word that begins none of a Beskid source.
pub(super) fn language(text: &[u8]) -> Language {
    let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let first = lines
        .filter(|line| !line.is_empty() && !line.starts_with(b"#!"))
        .find(|line| !line.starts_with(b";"));
    let has_comment = text.trim_ascii_start().starts_with(b";");
    let is_clif = |line: &[u8]| {
        let mut words = line.split(|byte| byte.is_ascii_whitespace());
        match (words.next(), words.next()) {
            (Some(b"function"), Some(name)) => name.starts_with(b"%") || name.starts_with(b"u"),
            (Some(b"test" | b"target" | b"set" | b"feature"), Some(_)) => {
                !line.iter().any(|byte| b"({".contains(byte))
            }
            _ => false,
        }
    };
    if has_comment || first.is_some_and(is_clif) {
        Language::Clif
    } else {
        Language::Beskid
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skipped(text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        skip_preamble(&mut bytes);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn positions_stay_those_of_the_lines() {
        assert_eq!(skipped("\u{feff}i32 main"), "i32 main");
        assert_eq!(skipped("#!/x\ni32 main"), "    \ni32 main");
        assert_eq!(skipped("\u{feff}#!/x\r\ny"), "     \ny");
        assert_eq!(skipped("#!"), "  ");
        assert_eq!(skipped("x #!\n"), "x #!\n");
    }

    #[test]
    fn a_preamble_is_what_is_skipped() {
        assert_eq!(preamble_length(b"i32"), 0);
        assert_eq!(preamble_length("\u{feff}i32".as_bytes()), 3);
        assert_eq!(preamble_length("\u{feff}#!/x\ny\n".as_bytes()), 8);
        assert_eq!(preamble_length(b"#!/x"), 4);
    }

    #[test]
    fn a_text_without_a_name_tells_its_language() {
        for text in [
            "function %main() -> i32 {\n",
            "\n; a comment\ntest interpret\n",
            "test run\ntarget x86_64\n",
            "set opt_level=speed\n",
            "function u0:0() {\n",
        ] {
            assert_eq!(language(text.as_bytes()), Language::Clif, "{text}");
        }
        for text in [
            "",
            "i32 main() { return 0; }\n",
            "// function %main\nunit main() { }\n",
            "test make() { }\n",
            "pub i32 function() { return 1; }\n",
        ] {
            assert_eq!(language(text.as_bytes()), Language::Beskid, "{text}");
        }
    }
}
