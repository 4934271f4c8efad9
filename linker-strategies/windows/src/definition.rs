//! Module-definition files: a DLL's name, and what it exports.

use std::fmt::Write;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::Exports;

/// The definition of the DLL `name`. What it exports beyond a list is for
/// flags to say.
pub(crate) fn definition(name: &str, exports: &Exports) -> Result<String, Diagnostic> {
    let mut text = format!("LIBRARY {}\n", quoted(name, "be a DLL's name")?);
    if let Exports::Only(symbols) = exports
        && !symbols.is_empty()
    {
        text.push_str("EXPORTS\n");
        for symbol in symbols {
            let _ = writeln!(text, "    {}", quoted(symbol, "be exported")?);
        }
    }
    Ok(text)
}

/// Quoted, so that `DATA` and `a;b` are names too. Nothing escapes a quote.
fn quoted(name: &str, what: &str) -> Result<String, Diagnostic> {
    let special = |c: char| matches!(c, '"' | '\\' | '=') || c.is_control();
    if name.is_empty() || name.contains(special) {
        let message = format!("{name:?} cannot {what}");
        return Err(Diagnostic::new(Code::E4041, message)
            .help("choose a name of letters, digits, `_`, `.` and `$`"));
    }
    Ok(format!("\"{name}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(symbols: &[&str]) -> Exports {
        Exports::Only(symbols.iter().map(|&symbol| symbol.to_owned()).collect())
    }

    #[test]
    fn lk_3_names_are_quoted_and_cannot_break_out() {
        let text = definition("a b.dll", &only(&["DATA", "a;b"])).unwrap();
        assert_eq!(
            text,
            "LIBRARY \"a b.dll\"\nEXPORTS\n    \"DATA\"\n    \"a;b\"\n"
        );
        for symbol in ["", "a\"b", "a\nb", "a=b", "a\\b"] {
            let refused = definition("a.dll", &only(&[symbol])).unwrap_err();
            assert_eq!(refused.code, "E4041", "{symbol:?}");
        }
        assert!(definition("a\".dll", &Exports::All).is_err());
    }

    #[test]
    fn lk_3_an_empty_section_would_export_everything() {
        let name_only = "LIBRARY \"a.dll\"\n";
        assert_eq!(definition("a.dll", &only(&[])).unwrap(), name_only);
        assert_eq!(definition("a.dll", &Exports::All).unwrap(), name_only);
    }
}
