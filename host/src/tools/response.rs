//! Response files, for arguments that a command line cannot hold.

use std::borrow::Cow;
use std::path::PathBuf;

use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::tools::{ResponseFile, ToolCall};

/// Bytes of arguments that every system takes on a command line.
const MOST_BYTES: usize = 30_000;

/// The arguments of a call, or one that names a file which they were written to, in a
/// folder for temporary files: if there are too many for a command line, and the tool
/// reads such a file. `number` tells calls apart that are made at the same time.
///
/// # Errors
/// E4040 or its like if the file cannot be written; what the folder's are.
pub(crate) fn arguments(
    call: &ToolCall,
    folder: impl FnOnce() -> Result<PathBuf, Diagnostic>,
    number: usize,
) -> Result<Cow<'_, [String]>, Diagnostic> {
    let Some(style) = style(call) else {
        return Ok(Cow::Borrowed(&call.args));
    };
    let path = folder()?.join(format!("arguments-{number}.rsp"));
    let lines = call.args.iter().map(|arg| quoted(arg, style) + "\n");
    std::fs::write(&path, lines.collect::<String>())
        .map_err(|error| crate::output::unwritable(&path, &error))?;
    Ok(Cow::Owned(vec![format!("@{}", path.display())]))
}

/// How the arguments are written to a file, if they must be.
pub(crate) fn style(call: &ToolCall) -> Option<ResponseFile> {
    call.response_file.filter(|_| is_needed(&call.args))
}

/// Whether there are too many arguments for a command line.
fn is_needed(args: &[String]) -> bool {
    args.iter().map(|arg| arg.len() + 1).sum::<usize>() > MOST_BYTES
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
