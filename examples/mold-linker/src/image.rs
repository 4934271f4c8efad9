//! Executables and shared libraries: at most a version script, and one call
//! of the C driver.

use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{
    Exports, LinkMode, LinkPlan, LinkRequest, LinkStep, OutputKind, ResponseFile, Strip,
};

use crate::exports::version_script;
use crate::programs::{Linker, Program, run};

pub(crate) fn plan(request: &LinkRequest) -> Result<LinkPlan, Diagnostic> {
    let mut plan = LinkPlan::default();
    let mut args = vec![Linker::chosen(request)?.flag().to_owned()];
    if request.kind == OutputKind::Shared {
        args.push("-shared".to_owned());
        args.extend(to_linker("-soname", &request.output_name));
        if let Exports::Only(symbols) = &request.exports {
            let path = format!("{}/exports.map", request.scratch);
            args.extend(to_linker("--version-script", &path));
            plan.steps.push(LinkStep::WriteFile {
                path,
                contents: version_script(symbols)?,
            });
        }
        // What is undefined is an error now, not when somebody loads the
        // library; what comes from archives stays inside.
        args.extend(["-Wl,-z,defs", "-Wl,--exclude-libs,ALL"].map(str::to_owned));
    }
    let always = [
        "-Wl,--gc-sections",
        "-Wl,-z,noexecstack",
        // The same input gives the same output.
        "-Wl,--build-id=none",
        "-o",
    ];
    args.extend(always.map(str::to_owned));
    args.push(request.output.clone());
    args.extend(request.objects.iter().cloned());
    args.extend(request.runtime_archive.clone());
    args.extend(request.search.iter().map(|folder| format!("-L{folder}")));
    let rpath = request.rpath.iter();
    args.extend(rpath.flat_map(|folder| to_linker("-rpath", folder)));
    args.extend(libraries(request));
    // A backend may call the mathematics library on its own account.
    args.extend(["-Wl,--as-needed", "-lm", "-Wl,--no-as-needed"].map(str::to_owned));
    args.extend(match request.strip {
        Strip::Debug => Some("-Wl,--strip-debug".to_owned()),
        Strip::Symbols => Some("-Wl,--strip-all".to_owned()),
        _ => None,
    });
    // The user's own have the last word.
    args.extend(request.link_args.iter().cloned());
    let driver = run(request, Program::Driver, args, Some(ResponseFile::Gnu))?;
    plan.steps.push(driver);
    Ok(plan)
}

/// The user's libraries, between what makes the linker prefer a kind of them
/// and what ends that: the C library stays as it is.
fn libraries(request: &LinkRequest) -> Vec<String> {
    let (before, after) = match request.mode {
        LinkMode::Auto => (None, None),
        LinkMode::PreferStatic => (Some("-Wl,-Bstatic"), Some("-Wl,-Bdynamic")),
        LinkMode::PreferDynamic => (Some("-Wl,-Bdynamic"), None),
    };
    if request.libraries.is_empty() {
        return Vec::new();
    }
    let names = request.libraries.iter().map(|name| format!("-l{name}"));
    let before = before.map(str::to_owned).into_iter();
    before
        .chain(names)
        .chain(after.map(str::to_owned))
        .collect()
}

/// An option of the linker with its value, through the driver. `-Wl,` would
/// split a value at its commas.
fn to_linker(option: &str, value: &str) -> [String; 4] {
    ["-Xlinker", option, "-Xlinker", value].map(str::to_owned)
}
