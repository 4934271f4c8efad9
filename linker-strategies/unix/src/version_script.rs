//! Version scripts: which symbols a shared library exports.

use std::fmt::Write;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

/// A script that exports exactly `symbols`; an empty list exports nothing.
pub(crate) fn version_script(symbols: &[String]) -> Result<String, Diagnostic> {
    let mut script = String::from("{\n");
    if !symbols.is_empty() {
        script.push_str("  global:\n");
        for symbol in symbols {
            if symbol.is_empty() || symbol.contains(['"', '\\', '\n']) {
                let message = format!("the symbol {symbol:?} cannot be exported");
                return Err(Diagnostic::new(Code::E4041, message)
                    .help("export names of letters, digits, `_`, `.` and `$`"));
            }
            // Quoted, so that a `*` in a name is not a pattern.
            let _ = writeln!(script, "    \"{symbol}\";");
        }
    }
    script.push_str("  local: *;\n};\n");
    Ok(script)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lk_3_an_empty_list_exports_nothing() {
        assert_eq!(version_script(&[]).unwrap(), "{\n  local: *;\n};\n");
    }

    #[test]
    fn lk_3_names_are_quoted_and_cannot_break_out() {
        let script = version_script(&["a*".to_owned()]).unwrap();
        assert_eq!(script, "{\n  global:\n    \"a*\";\n  local: *;\n};\n");
        assert!(version_script(&["a\"; b".to_owned()]).is_err());
        assert!(version_script(&[String::new()]).is_err());
    }
}
