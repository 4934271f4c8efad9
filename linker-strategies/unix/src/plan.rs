//! The plan of a link: at most one version script, and one call of the driver.

use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{
    Exports, LinkMode, LinkPlan, LinkRequest, LinkStep, OutputKind, ResponseFile,
};

use crate::version_script::version_script;

/// Plans an executable or a shared library.
pub(crate) fn plan(request: &LinkRequest) -> Result<LinkPlan, Diagnostic> {
    let mut plan = LinkPlan::default();
    let mut args = Vec::new();
    if request.kind == OutputKind::Shared {
        args.push("-shared".to_owned());
        args.push(format!("-Wl,-soname,{}", comma_free(&request.output_name)?));
        // An undefined symbol is an error now, not when a user loads it.
        args.push("-Wl,-z,defs".to_owned());
        if let Exports::Only(symbols) = &request.exports {
            let path = format!("{}/exports.map", request.scratch);
            args.push(format!("-Wl,--version-script,{}", comma_free(&path)?));
            plan.steps.push(LinkStep::WriteFile {
                path,
                contents: version_script(symbols)?,
            });
        }
        args.push("-Wl,--exclude-libs,ALL".to_owned());
    }
    args.push("-Wl,--gc-sections".to_owned());
    args.push("-Wl,-z,noexecstack".to_owned());
    // The same input gives the same output.
    args.push("-Wl,--build-id=none".to_owned());
    args.push("-o".to_owned());
    args.push(request.output.clone());
    args.extend(request.objects.iter().cloned());
    args.extend(request.runtime_archive.clone());
    args.extend(request.search.iter().map(|folder| format!("-L{folder}")));
    args.extend(libraries(request));
    // Compilers call the mathematics library on their own account.
    args.extend(["-Wl,--as-needed", "-lm", "-Wl,--no-as-needed"].map(str::to_owned));
    let cc = request.tools.get("cc").map_or("cc", String::as_str);
    let mut words = cc.split_whitespace().map(str::to_owned);
    let program = words.next().unwrap_or_else(|| "cc".to_owned());
    plan.steps.push(LinkStep::Run {
        role: "C driver".to_owned(),
        program,
        // `CC` may hold arguments, as in `ccache gcc`.
        args: words.chain(args).collect(),
        response_file: Some(ResponseFile::Gnu),
    });
    Ok(plan)
}

fn libraries(request: &LinkRequest) -> Vec<String> {
    let mut args = Vec::new();
    let preference = match request.mode {
        LinkMode::Auto => None,
        LinkMode::PreferStatic => Some("-Wl,-Bstatic"),
        LinkMode::PreferDynamic => Some("-Wl,-Bdynamic"),
    };
    let libraries = request
        .libraries
        .iter()
        .map(|library| format!("-l{library}"));
    if request.libraries.is_empty() {
        return args;
    }
    args.extend(preference.map(str::to_owned));
    args.extend(libraries);
    if request.mode == LinkMode::PreferStatic {
        // The C library itself stays shared.
        args.push("-Wl,-Bdynamic".to_owned());
    }
    args
}

/// The driver splits `-Wl,` at commas.
fn comma_free(text: &str) -> Result<&str, Diagnostic> {
    if text.contains(',') {
        let message = format!("`{text}` contains a comma, which the C driver cannot pass on");
        return Err(Diagnostic::new("E4041", message).help("choose another name or folder"));
    }
    Ok(text)
}
