//! Response files, for arguments that a command line cannot hold.

use std::path::Path;

use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{LinkRequest, ResponseFile};

/// Bytes of arguments that every system takes on a command line.
const MOST_BYTES: usize = 30_000;

/// Whether there are too many arguments for a command line.
pub(super) fn is_needed(args: &[String]) -> bool {
    args.iter().map(|arg| arg.len() + 1).sum::<usize>() > MOST_BYTES
}

/// Writes the arguments to a file in the scratch folder; gives the argument
/// that names it.
pub(super) fn write(
    request: &LinkRequest,
    args: &[String],
    style: ResponseFile,
) -> Result<String, Diagnostic> {
    let path = Path::new(&request.scratch).join("arguments.rsp");
    let lines = args.iter().map(|arg| quoted(arg, style) + "\n");
    std::fs::write(&path, lines.collect::<String>())
        .map_err(|error| crate::output::unwritable(&path, &error))?;
    Ok(format!("@{}", path.display()))
}

fn quoted(arg: &str, style: ResponseFile) -> String {
    let mut text = String::from("\"");
    match style {
        ResponseFile::Windows => {
            // Backslashes mean something only before a quote.
            let mut backslashes = 0;
            for c in arg.chars() {
                if c == '"' {
                    text.push_str(&"\\".repeat(backslashes + 1));
                }
                text.push(c);
                backslashes = if c == '\\' { backslashes + 1 } else { 0 };
            }
            text.push_str(&"\\".repeat(backslashes));
        }
        _ => {
            for c in arg.chars() {
                if matches!(c, '"' | '\\') {
                    text.push('\\');
                }
                text.push(c);
            }
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_style_quotes_in_its_own_way() {
        let arg = r#"a b\c"d"#;
        assert_eq!(quoted(arg, ResponseFile::Gnu), r#""a b\\c\"d""#);
        assert_eq!(quoted(arg, ResponseFile::Windows), r#""a b\c\"d""#);
        assert_eq!(quoted(r"C:\x\", ResponseFile::Windows), r#""C:\x\\""#);
        let before_quote = quoted(r#"\"x"#, ResponseFile::Windows);
        assert_eq!(before_quote, r#""\\\"x""#);
    }

    #[test]
    fn short_command_lines_stay_as_they_are() {
        assert!(!is_needed(&["-o".to_owned(), "x".to_owned()]));
        assert!(is_needed(&vec!["x".repeat(99); 400]));
    }
}
