//! The plan of an executable or a shared library: at most one version script,
//! and one call of the driver.

use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{
    Exports, LinkMode, LinkPlan, LinkRequest, LinkStep, OutputKind, ResponseFile, Strip,
};

use crate::tools::{Tool, run};
use crate::version_script::version_script;

/// Plans an executable or a shared library.
pub(crate) fn plan(request: &LinkRequest) -> Result<LinkPlan, Diagnostic> {
    let mut plan = LinkPlan::default();
    let mut args = Vec::new();
    if request.kind == OutputKind::Shared {
        args.push("-shared".to_owned());
        args.extend(linker_option("-soname", &request.output_name));
        // An undefined symbol is an error now, not when a user loads it.
        args.push("-Wl,-z,defs".to_owned());
        match &request.exports {
            Exports::Only(symbols) => {
                let path = format!("{}/exports.map", request.scratch);
                args.extend(linker_option("--version-script", &path));
                plan.steps.push(LinkStep::WriteFile {
                    path,
                    contents: version_script(symbols)?,
                });
            }
            // All of the program, but nothing of the archives.
            Exports::All => args.push("-Wl,--exclude-libs,ALL".to_owned()),
        }
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
    for folder in &request.rpath {
        args.extend(linker_option("-rpath", folder));
    }
    args.extend(libraries(request));
    // Compilers call the mathematics library on their own account.
    args.extend(["-Wl,--as-needed", "-lm", "-Wl,--no-as-needed"].map(str::to_owned));
    args.extend(debugging(request));
    args.extend(request.link_args.iter().cloned());
    let driver = run(request, Tool::Driver, args, Some(ResponseFile::Gnu))?;
    plan.steps.push(driver);
    Ok(plan)
}

fn debugging(request: &LinkRequest) -> Vec<String> {
    let strip = match request.strip {
        Strip::Debug => Some("-Wl,--strip-debug"),
        Strip::Symbols => Some("-Wl,--strip-all"),
        _ => None,
    };
    // Linkers keep what debuggers read; a driver that compiles at link time is told.
    let debug = request.debug.then_some("-g");
    let flags = debug.into_iter().chain(strip);
    flags.map(str::to_owned).collect()
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

/// An option of the linker and its value, through the driver, which splits
/// `-Wl,` at commas.
fn linker_option(option: &str, value: &str) -> Vec<String> {
    if value.contains(',') {
        ["-Xlinker", option, "-Xlinker", value]
            .map(str::to_owned)
            .to_vec()
    } else {
        vec![format!("-Wl,{option},{value}")]
    }
}
