//! Linker scripts in the place of a library, as glibc's `libc.so` is.

/// Longest script that is read, in bytes.
const MAX_SCRIPT: usize = 1 << 16;

/// The files that a linker script names in `GROUP` and `INPUT`, `AS_NEEDED`
/// among them; `None` if the bytes are no text.
pub(crate) fn linker_script(bytes: &[u8]) -> Option<Vec<String>> {
    if bytes.len() > MAX_SCRIPT || bytes.contains(&0) {
        return None;
    }
    let text = without_comments(std::str::from_utf8(bytes).ok()?);
    let spaced = text
        .replace('(', " ( ")
        .replace([')', ';'], " ) ")
        .replace(',', " ");
    let mut inputs = Vec::new();
    let mut is_input = Vec::<bool>::new();
    let mut last = "";
    for word in spaced.split_whitespace() {
        match word {
            "(" => {
                let inside = is_input.last() == Some(&true);
                let names_files = matches!(last, "GROUP" | "INPUT");
                is_input.push(names_files || inside && last == "AS_NEEDED");
            }
            ")" => {
                is_input.pop();
            }
            "AS_NEEDED" => {}
            word if is_input.last() == Some(&true) => {
                inputs.push(word.trim_matches('"').to_owned());
            }
            _ => {}
        }
        last = word;
    }
    Some(inputs)
}

fn without_comments(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_a_script_is_found() {
        let script = "/* GNU ld script (GROUP) */\nOUTPUT_FORMAT(elf64-x86-64)\n\
                      GROUP ( /lib/libc.so.6 /usr/lib/libc_nonshared.a  AS_NEEDED ( /lib64/ld.so ) )\n\
                      INPUT(-ltinfo, \"b c.so\")";
        let expected = [
            "/lib/libc.so.6",
            "/usr/lib/libc_nonshared.a",
            "/lib64/ld.so",
        ];
        let found = linker_script(script.as_bytes()).unwrap();
        assert_eq!(found[..3], expected);
        assert_eq!(found[3], "-ltinfo");
        assert_eq!(linker_script(b"\x7fELF\0"), None);
        assert_eq!(linker_script(b"))((GROUP").unwrap(), [""; 0]);
    }
}
