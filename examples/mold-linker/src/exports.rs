//! The version script: which symbols a shared library exports.

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

/// A script that exports exactly `symbols`, and nothing if there are none.
pub(crate) fn version_script(symbols: &[String]) -> Result<String, Diagnostic> {
    if let Some(symbol) = symbols.iter().find(|symbol| !is_plain(symbol)) {
        let message = format!("linker strategy `mold` cannot export the symbol {symbol:?}");
        return Err(Diagnostic::new(Code::E4041, message)
            .help("export names without quotes, backslashes, line breaks, `*`, `?` and `[`"));
    }
    let names = symbols.iter().map(|symbol| format!("    \"{symbol}\";\n"));
    let names = names.collect::<String>();
    let global = if names.is_empty() { "" } else { "  global:\n" };
    Ok(format!("{{\n{global}{names}  local: *;\n}};\n"))
}

/// Whether a name means itself between quotes. To GNU ld a quoted `*` is just
/// a character; mold and lld take it as a pattern all the same.
fn is_plain(symbol: &str) -> bool {
    !symbol.is_empty() && !symbol.contains(['"', '\\', '\n', '*', '?', '['])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_and_an_empty_list_exports_nothing() {
        let script = version_script(&["a b".to_owned(), "c".to_owned()]).unwrap();
        let expected = "{\n  global:\n    \"a b\";\n    \"c\";\n  local: *;\n};\n";
        assert_eq!(script, expected);
        assert_eq!(version_script(&[]).unwrap(), "{\n  local: *;\n};\n");
    }

    #[test]
    fn names_that_would_be_patterns_or_break_out_are_refused() {
        for name in ["", "a*", "a?", "[ab]", "a\"; b", "a\\b", "a\nb"] {
            let error = version_script(&[name.to_owned()]).unwrap_err();
            assert_eq!(error.code, "E4041", "{name:?}");
        }
    }
}
