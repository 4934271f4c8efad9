//! Golden plans: the steps for a request, word for word. Nothing is linked.
#![allow(clippy::unwrap_used, reason = "a test that is refused a plan fails")]

use beskid_linker_mold::MoldStrategy;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{
    Exports, LinkMode, LinkRequest, LinkStep, LinkerStrategy, OutputKind, Strip,
};
use beskid_plugin_api::manifest::TARGET;

fn request(kind: OutputKind) -> LinkRequest {
    let mut request = LinkRequest::new(TARGET, kind, "/w/out", "/s");
    request.objects = vec!["/w/p.o".to_owned()];
    request.runtime_archive = Some("/w/runtime.a".to_owned());
    request.runtime_objects = vec!["/w/runtime.o".to_owned()];
    request.exports = Exports::Only(vec!["f".to_owned()]);
    request
}

fn with_tool(mut request: LinkRequest, key: &str, value: &str) -> LinkRequest {
    request.tools.insert(key.to_owned(), value.to_owned());
    request
}

/// A step a line, its arguments separated by ` | `.
fn shown(request: &LinkRequest) -> Vec<String> {
    let steps = MoldStrategy.plan(request).unwrap().steps;
    steps.iter().map(line).collect()
}

fn line(step: &LinkStep) -> String {
    match step {
        LinkStep::WriteFile { path, contents } => format!("write {path}: {contents:?}"),
        LinkStep::Run(call) => {
            let response = if call.response_file.is_some() {
                " @"
            } else {
                ""
            };
            let (role, program) = (&call.role, &call.program);
            format!("{role}{response}: {program} | {}", call.args.join(" | "))
        }
        other => format!("{other:?}"),
    }
}

fn refusal(request: &LinkRequest) -> Diagnostic {
    MoldStrategy.plan(request).unwrap_err()
}

#[test]
fn an_executable_is_one_call_of_the_driver() {
    assert_eq!(
        shown(&request(OutputKind::Exe)),
        [
            "C driver @: cc | -fuse-ld=mold | -Wl,--gc-sections | -Wl,-z,noexecstack | \
             -Wl,--build-id=none | -o | /w/out | /w/p.o | /w/runtime.a | -Wl,--as-needed | -lm | \
             -Wl,--no-as-needed"
        ]
    );
}

#[test]
fn a_shared_library_has_a_name_and_a_version_script() {
    assert_eq!(
        shown(&request(OutputKind::Shared)),
        [
            r#"write /s/exports.map: "{\n  global:\n    \"f\";\n  local: *;\n};\n""#,
            "C driver @: cc | -fuse-ld=mold | -shared | -Xlinker | -soname | -Xlinker | out | \
             -Xlinker | --version-script | -Xlinker | /s/exports.map | -Wl,-z,defs | \
             -Wl,--exclude-libs,ALL | -Wl,--gc-sections | -Wl,-z,noexecstack | \
             -Wl,--build-id=none | -o | /w/out | /w/p.o | /w/runtime.a | -Wl,--as-needed | -lm | \
             -Wl,--no-as-needed",
        ]
    );
}

#[test]
fn all_exports_need_no_version_script() {
    let mut request = request(OutputKind::Shared);
    request.exports = Exports::All;
    let steps = shown(&request);
    assert_eq!(steps.len(), 1);
    assert!(!steps[0].contains("--version-script"), "{steps:?}");
}

#[test]
fn a_static_library_is_archived_and_then_indexed() {
    assert_eq!(
        shown(&request(OutputKind::Static)),
        [
            "archiver @: ar | qcDS | /w/out | /w/p.o | /w/runtime.o",
            "archive indexer: ranlib | -D | /w/out",
        ]
    );
}

#[test]
fn names_with_commas_and_spaces_stay_whole() {
    let mut request = request(OutputKind::Shared);
    request.output_name = "lib a, b.so".to_owned();
    request.search = vec!["/l, m".to_owned()];
    let steps = shown(&request);
    for part in ["| -Xlinker | lib a, b.so |", "| -L/l, m |"] {
        assert!(steps[1].contains(part), "{part} in {steps:?}");
    }
}

#[test]
fn modes_concern_the_users_libraries_only() {
    for (mode, expected) in [
        (LinkMode::Auto, "| -L/l | -lz | -Wl,--as-needed"),
        (
            LinkMode::PreferStatic,
            "| -L/l | -Wl,-Bstatic | -lz | -Wl,-Bdynamic | -Wl,--as-needed",
        ),
        (
            LinkMode::PreferDynamic,
            "| -L/l | -Wl,-Bdynamic | -lz | -Wl,--as-needed",
        ),
    ] {
        let mut request = request(OutputKind::Exe);
        request.mode = mode;
        request.search = vec!["/l".to_owned()];
        request.libraries = vec!["z".to_owned()];
        let steps = shown(&request);
        assert!(steps[0].contains(expected), "{mode:?}: {steps:?}");
    }
}

#[test]
fn the_user_chooses_the_linker_and_the_programs() {
    let lld = with_tool(request(OutputKind::Exe), "linker", "lld");
    assert!(shown(&lld)[0].starts_with("C driver @: cc | -fuse-ld=lld |"));
    let blank = with_tool(request(OutputKind::Exe), "linker", " ");
    assert!(shown(&blank)[0].contains("-fuse-ld=mold"));
    let driver = with_tool(request(OutputKind::Exe), "cc", "ccache clang");
    assert!(shown(&driver)[0].starts_with("C driver @: ccache | clang | -fuse-ld=mold |"));
}

#[test]
fn the_users_arguments_are_the_last_ones_and_an_archive_takes_none() {
    let mut request = request(OutputKind::Exe);
    request.link_args = vec!["-Wl,-Map=a b".to_owned(), "-s".to_owned()];
    request.strip = Strip::Debug;
    let steps = shown(&request);
    let end = "| -Wl,--strip-debug | -Wl,-Map=a b | -s";
    assert!(steps[0].ends_with(end), "{steps:?}");
    request.kind = OutputKind::Static;
    assert_eq!(refusal(&request).code, "E4041");
}

#[test]
fn another_linker_is_refused_for_every_output() {
    for kind in [OutputKind::Exe, OutputKind::Shared, OutputKind::Static] {
        let error = refusal(&with_tool(request(kind), "linker", "gold"));
        assert_eq!(error.code, "E4041", "{kind}");
        assert!(error.message.contains("`gold`"), "{error:?}");
        let help = error.help.unwrap_or_default();
        assert!(help.ends_with("to `mold` or `lld`"), "{help}");
    }
}

#[test]
fn another_target_needs_its_programs_named() {
    let mut foreign = request(OutputKind::Exe);
    foreign.target = "powerpc64-unknown-linux-gnu".to_owned();
    let error = refusal(&foreign);
    assert_eq!(error.code, "E4020");
    assert!(error.help.unwrap_or_default().contains("BESKID_TOOLS_CC"));
    let foreign = with_tool(foreign, "cc", "powerpc64-linux-gnu-gcc -B/b");
    assert!(shown(&foreign)[0].contains(": powerpc64-linux-gnu-gcc | -B/b | -fuse-ld=mold |"));
    let mut archive = foreign;
    archive.kind = OutputKind::Static;
    let help = refusal(&archive).help.unwrap_or_default();
    assert!(help.ends_with("`BESKID_TOOLS_AR`"), "{help}");
}

#[test]
fn what_is_not_for_linux_or_not_linked_is_refused() {
    let refused = |target: &str, kind| MoldStrategy.supports(target, kind).unwrap_err().code;
    for target in [
        "x86_64-pc-windows-msvc",
        "aarch64-apple-darwin",
        "wasm32-wasip1",
    ] {
        assert_eq!(refused(target, OutputKind::Exe), "E4023", "{target}");
    }
    assert_eq!(refused(TARGET, OutputKind::Object), "E4022");
    assert_eq!(MoldStrategy.supports(TARGET, OutputKind::Static), Ok(()));
}
