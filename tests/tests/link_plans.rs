//! What each linker strategy plans, compared with golden plans.
//!
//! `tests/plans/STRATEGY-KIND.txt` holds the plans of every link mode and export
//! policy; what is planned alike stands once, under all of its titles.
//! `BESKID_BLESS=1` writes the files anew.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;

use beskid_host::Registry;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{
    Exports, LinkMode, LinkPlan, LinkRequest, LinkStep, OutputKind, ResponseFile, Strip,
};
use beskid_tests::built::root;

/// The plans of one strategy for one target.
struct Planned {
    /// First part of the names of the golden files.
    name: &'static str,
    strategy: &'static str,
    target: &'static str,
    kinds: &'static [OutputKind],
    /// What a user of this machine names, whose own tools are for other files.
    tools: &'static [(&'static str, &'static str)],
}

const ALL_KINDS: &[OutputKind] = &[OutputKind::Exe, OutputKind::Shared, OutputKind::Static];

const PLANNED: &[Planned] = &[
    Planned {
        name: "unix",
        strategy: "unix",
        target: "x86_64-unknown-linux-gnu",
        kinds: ALL_KINDS,
        tools: &[],
    },
    Planned {
        name: "apple",
        strategy: "apple",
        target: "aarch64-apple-darwin",
        kinds: ALL_KINDS,
        tools: &[("cc", "cc"), ("libtool", "libtool"), ("ranlib", "ranlib")],
    },
    Planned {
        name: "windows-msvc",
        strategy: "windows",
        target: "x86_64-pc-windows-msvc",
        kinds: ALL_KINDS,
        tools: &[],
    },
    Planned {
        name: "windows-gnu",
        strategy: "windows",
        target: "x86_64-pc-windows-gnu",
        kinds: ALL_KINDS,
        tools: &[],
    },
];

const MODES: [(&str, LinkMode); 3] = [
    ("auto", LinkMode::Auto),
    ("prefer-static", LinkMode::PreferStatic),
    ("prefer-dynamic", LinkMode::PreferDynamic),
];

fn policies() -> [(&'static str, Exports); 3] {
    let listed = ["answer", "twice"].map(str::to_owned).to_vec();
    [
        ("listed exports", Exports::Only(listed)),
        ("no exports", Exports::Only(Vec::new())),
        ("all exports", Exports::All),
    ]
}

fn request(target: &str, kind: OutputKind, exports: Exports, mode: LinkMode) -> LinkRequest {
    let output = "/build/output/product.out";
    let mut request = LinkRequest::new(target, kind, output, "/build/scratch");
    request.objects = vec!["/build/program.o".to_owned()];
    request.runtime_archive = Some("/runtime/libbeskid_runtime.a".to_owned());
    if kind == OutputKind::Static {
        request.runtime_objects = vec!["/build/beskid_runtime.o".to_owned()];
    }
    request.exports = exports;
    request.mode = mode;
    let texts = |texts: [&str; 2]| texts.map(str::to_owned).to_vec();
    request.libraries = texts(["first", "second"]);
    request.search = texts(["/libraries/a", "/libraries/b c"]);
    request.rpath = texts(["/libraries/b c", "/libraries/d,e"]);
    request
}

/// The least that can be asked for, with tools of the user's.
fn bare_request(target: &str, kind: OutputKind) -> LinkRequest {
    let tools = [
        ("cc", "ccache driver --flag"),
        ("ar", "/tools/archiver"),
        ("ranlib", "/tools/indexer"),
        ("libtool", "'/tools/merge archives'"),
        ("link", "'/tools/Program Files/linker'"),
    ];
    let exports = Exports::Only(Vec::new());
    let mut request = LinkRequest::new(target, kind, "/build/output/product.out", "/build/scratch");
    request.objects = vec!["/build/program.o".to_owned()];
    request.exports = exports;
    request.tools = tools.map(|(key, tool)| (key.into(), tool.into())).into();
    request
}

/// Every request of the golden files, with its title.
fn requests(planned: &Planned, kind: OutputKind) -> Vec<(String, LinkRequest)> {
    let mut requests = Vec::new();
    for (mode_name, mode) in MODES {
        for (policy, exports) in policies() {
            let mut request = request(planned.target, kind, exports, mode);
            let tools = planned.tools.iter();
            request.tools = tools
                .map(|&(key, tool)| (key.into(), tool.into()))
                .collect();
            requests.push((format!("{mode_name}, {policy}"), request));
        }
    }
    let bare = bare_request(planned.target, kind);
    requests.push((
        "standalone, tools of the user's, no exports".into(),
        bare.clone(),
    ));
    for (title, strip, debug) in [
        (
            "arguments of the user's, stripped of what debuggers read",
            Strip::Debug,
            false,
        ),
        (
            "arguments of the user's, stripped of symbols",
            Strip::Symbols,
            false,
        ),
        ("arguments of the user's, for debugging", Strip::None, true),
    ] {
        let mut request = bare.clone();
        request.link_args = vec!["-first,of all".to_owned(), "last one".to_owned()];
        (request.strip, request.debug) = (strip, debug);
        requests.push((title.into(), request));
    }
    requests
}

fn plan(planned: &Planned, request: &LinkRequest) -> Result<LinkPlan, Diagnostic> {
    let registry = Registry::with_builtins().unwrap();
    let strategy = registry.linker(planned.strategy).unwrap();
    strategy.linker().unwrap().plan(request)
}

fn every(mut check: impl FnMut(&Planned, &LinkRequest)) {
    for planned in PLANNED {
        for &kind in planned.kinds {
            for (_, request) in requests(planned, kind) {
                check(planned, &request);
            }
        }
    }
}

fn shown(planned: &Result<LinkPlan, Diagnostic>) -> String {
    let plan = match planned {
        Ok(plan) => plan,
        Err(error) => return format!("error[{}]: {}\n", error.code, error.message),
    };
    let mut text = String::new();
    for step in &plan.steps {
        match step {
            LinkStep::WriteFile { path, contents } => {
                let _ = writeln!(text, "write {path}");
                for line in contents.lines() {
                    let _ = writeln!(text, "    |{line}");
                }
            }
            LinkStep::Run(call) | LinkStep::Drive(call) => {
                let file = match call.response_file {
                    Some(ResponseFile::Gnu) => "gnu",
                    Some(ResponseFile::Windows) => "windows",
                    _ => "none",
                };
                let env = call.env.iter();
                let env = env.map(|(name, value)| format!("{name}={value} "));
                let env = env.collect::<String>();
                let (role, program) = (&call.role, &call.program);
                let _ = writeln!(text, "run {role}: {env}{program} (response file: {file})");
                for arg in &call.args {
                    let _ = writeln!(text, "    {arg}");
                }
            }
            step => panic!("{step:?}"),
        }
    }
    text
}

#[test]
fn lk_1_every_plan_is_the_golden_one() {
    let folder = root().join("tests/plans");
    let bless = std::env::var_os("BESKID_BLESS").is_some();
    let mut files = BTreeSet::new();
    for planned in PLANNED {
        for &kind in planned.kinds {
            let mut plans = Vec::<(Vec<String>, String)>::new();
            for (title, request) in requests(planned, kind) {
                let text = shown(&plan(planned, &request));
                match plans.iter_mut().find(|(_, known)| *known == text) {
                    Some((titles, _)) => titles.push(title),
                    None => plans.push((vec![title], text)),
                }
            }
            let mut found = format!("{kind} for {}\n", planned.target);
            for (titles, text) in plans {
                let _ = write!(found, "\n== {}\n{text}", titles.join("\n== "));
            }
            let name = format!("{}-{kind}.txt", planned.name);
            let path = folder.join(&name);
            if bless {
                fs::create_dir_all(&folder).unwrap();
                fs::write(&path, &found).unwrap();
            }
            let expected = fs::read_to_string(&path).unwrap_or_default();
            assert!(
                found == expected,
                "{path:?}: `cargo xtask bless -p beskid-tests --test link_plans` if this is \
                 wanted:\n{found}"
            );
            files.insert(name);
        }
    }
    let there = fs::read_dir(&folder).unwrap();
    let there = there.map(|file| file.unwrap().file_name().into_string().unwrap());
    assert_eq!(there.collect::<BTreeSet<_>>(), files);
}

#[test]
fn lk_1_planning_is_pure() {
    every(|planned, request| {
        assert_eq!(plan(planned, request), plan(planned, request));
    });
}

/// A strategy that says it supports a kind has a plan for it. One export
/// policy is an exception: link.exe cannot export everything.
#[test]
fn lk_1_what_is_supported_is_planned_and_refusals_name_the_target() {
    let registry = Registry::with_builtins().unwrap();
    every(|planned, request| {
        // What else the user wants may be refused for reasons of its own.
        if !request.link_args.is_empty() {
            return;
        }
        let strategy = registry.linker(planned.strategy).unwrap();
        let supported = strategy
            .linker()
            .unwrap()
            .supports(&request.target, request.kind);
        match plan(planned, request) {
            Ok(plan) => {
                assert!(supported.is_ok() && !plan.steps.is_empty(), "{request:#?}");
            }
            Err(error) => {
                let all = request.exports == Exports::All && planned.name == "windows-msvc";
                assert!(supported.is_err() || all, "{request:#?}");
                assert_eq!(error.code, "E4023");
                assert!(error.message.contains(planned.target), "{error:?}");
            }
        }
    });
    for planned in PLANNED {
        let strategy = registry.linker(planned.strategy).unwrap();
        let object = strategy
            .linker()
            .unwrap()
            .supports(planned.target, OutputKind::Object);
        assert_eq!(object.unwrap_err().code, "E4022");
    }
}

/// Nobody has named a tool, and this machine's would link for this machine.
#[test]
fn lk_1_a_target_without_a_known_tool_is_refused_with_what_to_set() {
    let registry = Registry::with_builtins().unwrap();
    for (target, kind, key) in [
        ("x86_64-unknown-freebsd", OutputKind::Exe, "`CC`"),
        ("x86_64-unknown-freebsd", OutputKind::Shared, "`CC`"),
        ("x86_64-unknown-freebsd", OutputKind::Static, "`AR`"),
        ("x86_64-unknown-netbsd", OutputKind::Exe, "`CC`"),
        ("aarch64-linux-android", OutputKind::Exe, "`CC`"),
        ("x86_64-apple-darwin", OutputKind::Exe, "`CC`"),
    ] {
        let strategy = registry.linker_for(target, kind).unwrap();
        let request = request(target, kind, Exports::All, LinkMode::Auto);
        let error = strategy.linker().unwrap().plan(&request).unwrap_err();
        assert_eq!(error.code, "E4020", "{target}");
        assert!(error.message.contains(target), "{error}");
        assert!(error.help.unwrap().contains(key), "{target}");
    }
}

#[test]
fn lk_1_one_strategy_is_for_each_target() {
    let registry = Registry::with_builtins().unwrap();
    for planned in PLANNED {
        let found = registry.linker_for(planned.target, OutputKind::Exe);
        assert_eq!(found.unwrap().manifest().id, planned.strategy);
        for other in PLANNED {
            let strategy = registry.linker(other.strategy).unwrap().linker().unwrap();
            let supported = strategy.supports(planned.target, OutputKind::Exe);
            assert_eq!(supported.is_ok(), other.strategy == planned.strategy);
        }
    }
}

/// No folder of this machine, and no file beside those of the request, is in a
/// plan.
#[test]
fn lk_1_plans_name_only_paths_of_the_request() {
    every(|planned, request| {
        let Ok(plan) = plan(planned, request) else {
            return;
        };
        for step in &plan.steps {
            match step {
                LinkStep::WriteFile { path, contents } => {
                    assert_eq!(without_paths(request, path), "", "{path}");
                    assert!(!contents.contains('/'), "{contents}");
                }
                LinkStep::Run(call) | LinkStep::Drive(call) => {
                    let program = &call.program;
                    assert!(!without_paths(request, program).contains('/'), "{program}");
                    for arg in &call.args {
                        let rest = without_paths(request, arg);
                        // Options of link.exe begin with a slash.
                        let option = planned.name == "windows-msvc"
                            && arg.as_bytes().get(1).is_some_and(u8::is_ascii_uppercase);
                        let rest = rest.strip_prefix('/').filter(|_| option).unwrap_or(&rest);
                        let rest = rest.replace("@rpath/product.out", "");
                        assert!(!rest.contains('/'), "{arg}");
                    }
                }
                step => panic!("{step:?}"),
            }
        }
    });
}

fn without_paths(request: &LinkRequest, text: &str) -> String {
    let known = request.objects.iter().chain(&request.runtime_archive);
    let known = known.chain(&request.runtime_objects);
    let known = known.chain(&request.search).chain(&request.rpath);
    let known = known.chain([&request.output]);
    let tools = request.tools.keys().filter_map(|role| request.tool(role));
    let tools = tools.flatten().collect::<Vec<_>>();
    let known = known.chain(&tools);
    let text = known.fold(text.to_owned(), |text, path| text.replace(path, ""));
    // Files of the strategy's own, directly in the scratch folder.
    match text.split_once(&format!("{}/", request.scratch)) {
        Some((before, file)) => {
            let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
            format!("{before}{}", file.trim_start_matches(name))
        }
        None => text,
    }
}
