//! Plans for linkers with the command line of `link.exe`.

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{
    Exports, LinkMode, LinkPlan, LinkRequest, LinkStep, OutputKind, ResponseFile, ToolCall,
};

use crate::target::Architecture;

/// Linker if the user chose none.
const LINKER: &str = "lld-link";

/// Plans an executable or a DLL.
pub(crate) fn plan(
    request: &LinkRequest,
    architecture: Architecture,
) -> Result<LinkPlan, Diagnostic> {
    if request.debug {
        let message = format!(
            "unsupported linker strategy: debug information for target `{}`",
            request.target
        );
        return Err(Diagnostic::new(Code::E4023, message)
            .note("these linkers write it to a file beside the image")
            .help("leave out `--debug-info`, or build for x86_64-pc-windows-gnu"));
    }
    let machine = match architecture {
        Architecture::X86_64 => "X64",
        Architecture::Aarch64 => "ARM64",
    };
    let mut args = vec![
        "/NOLOGO".to_owned(),
        format!("/OUT:{}", request.output),
        format!("/MACHINE:{machine}"),
    ];
    if request.kind == OutputKind::Shared {
        args.push("/DLL".to_owned());
        args.push(format!("/IMPLIB:{}/import.lib", request.scratch));
        args.extend(exports(request)?);
    } else {
        args.push("/SUBSYSTEM:CONSOLE".to_owned());
    }
    // An incremental link pads the image; a manifest would be another file.
    args.extend(
        [
            "/INCREMENTAL:NO",
            "/MANIFEST:NO",
            "/Brepro",
            "/OPT:REF,NOICF",
        ]
        .map(String::from),
    );
    let c_library = match request.mode {
        LinkMode::PreferStatic => "libcmt",
        LinkMode::Auto | LinkMode::PreferDynamic => "msvcrt",
    };
    args.push(format!("/DEFAULTLIB:{c_library}"));
    let search = request.search.iter();
    args.extend(search.map(|folder| format!("/LIBPATH:{folder}")));
    args.extend(request.objects.iter().cloned());
    args.extend(request.runtime_archive.clone());
    args.extend(request.libraries.iter().map(|name| library_file(name)));
    args.extend(request.link_args.iter().cloned());
    let words = request.tool("link");
    let words = words.unwrap_or_else(|| vec![LINKER.to_owned()]);
    let linker = ToolCall::new("linker", words, args).with_response_file(ResponseFile::Windows);
    Ok(LinkPlan::new([LinkStep::Run(linker)]))
}

fn exports(request: &LinkRequest) -> Result<Vec<String>, Diagnostic> {
    let Exports::Only(symbols) = &request.exports else {
        let message = format!(
            "unsupported linker strategy: exporting all symbols for target `{}`",
            request.target
        );
        return Err(Diagnostic::new(Code::E4023, message).help(
            "name each export with `--export`; targets such as x86_64-pc-windows-gnu can export \
             all",
        ));
    };
    symbols.iter().map(|symbol| export(symbol)).collect()
}

/// In an export, `=` begins another name and `,` an attribute.
fn export(symbol: &str) -> Result<String, Diagnostic> {
    let special = |c: char| matches!(c, '=' | ',' | '"') || c.is_whitespace() || c.is_control();
    if symbol.is_empty() || symbol.contains(special) {
        let message = format!("the symbol {symbol:?} cannot be exported");
        return Err(Diagnostic::new(Code::E4041, message)
            .help("export names of letters, digits, `_`, `.` and `$`"));
    }
    Ok(format!("/EXPORT:{symbol}"))
}

/// `user32` and `user32.lib` are the same library.
fn library_file(name: &str) -> String {
    let suffix = name.rsplit('.').next().unwrap_or_default();
    if suffix.eq_ignore_ascii_case("lib") && suffix.len() < name.len() {
        name.to_owned()
    } else {
        format!("{name}.lib")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lk_3_an_export_cannot_become_something_else() {
        assert_eq!(export("a.b$c@4").unwrap(), "/EXPORT:a.b$c@4");
        for symbol in ["", "a=b", "a,DATA", "a b", "a\"b", "a\nb"] {
            assert_eq!(export(symbol).unwrap_err().code, "E4041", "{symbol:?}");
        }
    }

    #[test]
    fn libraries_are_files() {
        assert_eq!(library_file("user32"), "user32.lib");
        assert_eq!(library_file("User32.LIB"), "User32.LIB");
        assert_eq!(library_file("lib"), "lib.lib");
        assert_eq!(library_file("v1.2"), "v1.2.lib");
    }
}
