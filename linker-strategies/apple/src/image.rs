//! The plan of an executable or a dylib: one call of the C driver.

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{
    Exports, LinkMode, LinkPlan, LinkRequest, LinkStep, OutputKind, ResponseFile, Strip, ToolCall,
};
use beskid_plugin_api::target;

use crate::target::Target;

/// Plans an executable or a dylib.
pub(crate) fn plan(request: &LinkRequest, target: &Target) -> Result<LinkPlan, Diagnostic> {
    let mut args = target.arguments().to_vec();
    if request.kind == OutputKind::Shared {
        args.push("-dynamiclib".to_owned());
        args.push("-install_name".to_owned());
        args.push(format!("@rpath/{}", request.output_name));
        args.extend(exports(&request.exports)?);
    }
    args.push("-Wl,-dead_strip".to_owned());
    args.push("-o".to_owned());
    args.push(request.output.clone());
    args.extend(request.objects.iter().cloned());
    args.extend(request.runtime_archive.clone());
    args.extend(request.search.iter().map(|folder| format!("-L{folder}")));
    // The driver splits `-Wl,` at commas.
    let rpath = request.rpath.iter().map(String::as_str);
    let rpath = rpath.flat_map(|folder| ["-Xlinker", "-rpath", "-Xlinker", folder]);
    args.extend(rpath.map(str::to_owned));
    let order = match request.mode {
        LinkMode::Auto => None,
        LinkMode::PreferStatic => Some("-Wl,-search_paths_first"),
        LinkMode::PreferDynamic => Some("-Wl,-search_dylibs_first"),
    };
    args.extend(order.map(str::to_owned));
    let libraries = request.libraries.iter();
    args.extend(libraries.map(|library| format!("-l{library}")));
    args.extend(debugging(request));
    args.extend(request.link_args.iter().cloned());
    let driver = ToolCall::new("C driver", driver(request)?, args);
    let driver = driver.with_response_file(ResponseFile::Gnu);
    Ok(LinkPlan::new([LinkStep::Run(driver)]))
}

fn debugging(request: &LinkRequest) -> Vec<String> {
    let strip: &[&str] = match request.strip {
        Strip::Debug => &["-Wl,-S"],
        Strip::Symbols => &["-Wl,-S", "-Wl,-x"],
        _ => &[],
    };
    let debug = request.debug.then_some("-g");
    let flags = debug.iter().chain(strip);
    flags.map(|flag| (*flag).to_owned()).collect()
}

/// The user's C driver, or a Mac's own.
fn driver(request: &LinkRequest) -> Result<Vec<String>, Diagnostic> {
    let own = target::Target::host().is_apple();
    let own = own.then(|| vec!["cc".to_owned()]);
    request.tool("cc").or(own).ok_or_else(|| {
        let triple = &request.target;
        let message = format!("there is no C driver of a known name for `{triple}`");
        Diagnostic::new(Code::E4020, message)
            .note("the driver of this machine links for its own system")
            .help(
                "name one that is for the target with `cc` under `[tools]`, or with `CC`, such as \
                 `clang -isysroot FOLDER -fuse-ld=lld`",
            )
    })
}

fn exports(exports: &Exports) -> Result<Vec<String>, Diagnostic> {
    match exports {
        Exports::All => Ok(Vec::new()),
        Exports::Only(symbols) if symbols.is_empty() => {
            Ok(vec!["-Wl,-unexported_symbol,*".to_owned()])
        }
        Exports::Only(symbols) => symbols.iter().map(|symbol| export(symbol)).collect(),
    }
}

/// Names in C begin with `_` in Mach-O. The driver splits `-Wl,` at commas, and
/// the linker takes `*`, `?` and `[` for patterns.
fn export(symbol: &str) -> Result<String, Diagnostic> {
    let special = |c: char| matches!(c, ',' | '*' | '?' | '[' | ']' | '\\' | '"') || c.is_control();
    if symbol.is_empty() || symbol.contains(special) {
        let message = format!("the symbol {symbol:?} cannot be exported");
        return Err(Diagnostic::new(Code::E4041, message)
            .help("export names of letters, digits, `_`, `.` and `$`"));
    }
    Ok(format!("-Wl,-exported_symbol,_{symbol}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lk_3_an_empty_list_exports_nothing() {
        let found = exports(&Exports::Only(Vec::new())).unwrap();
        assert_eq!(found, ["-Wl,-unexported_symbol,*"]);
    }

    #[test]
    fn lk_3_names_are_no_patterns_and_cannot_break_out() {
        assert_eq!(export("a.b$c").unwrap(), "-Wl,-exported_symbol,_a.b$c");
        for symbol in ["", "a,b", "a*", "a?", "[a]", "a\nb"] {
            assert_eq!(export(symbol).unwrap_err().code, "E4041", "{symbol:?}");
        }
    }
}
