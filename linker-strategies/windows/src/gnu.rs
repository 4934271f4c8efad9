//! Plans for the MinGW-w64 C driver.

use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{
    Exports, LinkMode, LinkPlan, LinkRequest, LinkStep, OutputKind, ResponseFile, Strip, ToolCall,
};

use crate::definition::definition;
use crate::target::Architecture;

/// Plans an executable or a DLL.
pub(crate) fn plan(
    request: &LinkRequest,
    architecture: Architecture,
) -> Result<LinkPlan, Diagnostic> {
    let mut plan = LinkPlan::default();
    let mut args = Vec::new();
    let mut inputs = request.objects.clone();
    if request.kind == OutputKind::Shared {
        args.push("-shared".to_owned());
        args.extend(export_flags(&request.exports));
        let path = format!("{}/exports.def", request.scratch);
        plan.steps.push(LinkStep::WriteFile {
            path: path.clone(),
            contents: definition(&request.output_name, &request.exports)?,
        });
        inputs.push(path);
    } else {
        args.push("-mconsole".to_owned());
    }
    args.push("-Wl,--gc-sections".to_owned());
    args.push("-Wl,--no-insert-timestamp".to_owned());
    args.push("-Wl,--disable-auto-image-base".to_owned());
    if request.mode == LinkMode::PreferStatic {
        args.push("-static-libgcc".to_owned());
    }
    args.push("-o".to_owned());
    args.push(request.output.clone());
    args.extend(inputs);
    args.extend(request.runtime_archive.clone());
    args.extend(request.search.iter().map(|folder| format!("-L{folder}")));
    args.extend(libraries(request));
    let driver = match architecture {
        Architecture::X86_64 => "x86_64-w64-mingw32-gcc",
        Architecture::Aarch64 => "aarch64-w64-mingw32-gcc",
    };
    args.extend(debugging(request));
    args.extend(request.link_args.iter().cloned());
    let words = request.tool("cc");
    let words = words.unwrap_or_else(|| vec![driver.to_owned()]);
    let driver = ToolCall::new("C driver", words, args).with_response_file(ResponseFile::Gnu);
    plan.steps.push(LinkStep::Run(driver));
    Ok(plan)
}

fn debugging(request: &LinkRequest) -> Vec<String> {
    let strip = match request.strip {
        Strip::Debug => Some("-Wl,--strip-debug"),
        Strip::Symbols => Some("-Wl,--strip-all"),
        _ => None,
    };
    let debug = request.debug.then_some("-g");
    let flags = debug.into_iter().chain(strip);
    flags.map(str::to_owned).collect()
}

/// What the definition file cannot say.
fn export_flags(exports: &Exports) -> Vec<String> {
    let flags: &[&str] = match exports {
        Exports::Only(symbols) if symbols.is_empty() => &["-Wl,--exclude-all-symbols"],
        Exports::Only(_) => &[],
        Exports::All => &["-Wl,--export-all-symbols", "-Wl,--exclude-libs,ALL"],
    };
    flags.iter().map(|&flag| flag.to_owned()).collect()
}

fn libraries(request: &LinkRequest) -> Vec<String> {
    if request.libraries.is_empty() {
        return Vec::new();
    }
    let preference = match request.mode {
        LinkMode::Auto => None,
        LinkMode::PreferStatic => Some("-Wl,-Bstatic"),
        LinkMode::PreferDynamic => Some("-Wl,-Bdynamic"),
    };
    let mut args = Vec::from_iter(preference.map(str::to_owned));
    let libraries = request.libraries.iter();
    args.extend(libraries.map(|library| format!("-l{library}")));
    if request.mode == LinkMode::PreferStatic {
        // The driver's own libraries are found as always.
        args.push("-Wl,-Bdynamic".to_owned());
    }
    args
}
