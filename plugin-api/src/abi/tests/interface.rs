//! What crosses the boundary in this version of the interface, a fact a line: the
//! layouts of the tables, and the fields of the messages.
//!
//! `interface/VERSION.txt` keeps it, and [`CONTRACT`] is its hash. A comment, another
//! order of items or another version of this package is no fact.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use abi_stable::StableAbi;
use abi_stable::type_layout::{TLData, TypeLayout};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::abi::c::{CBackend, CLinker};
use crate::abi::messages::{CompileQuestion, CompileReply, SupportQuery, compile_asked};
use crate::abi::modules::{BackendModuleRef, LinkerModuleRef, ServicesRef};
use crate::abi::reply::Reply;
use crate::artifact::Feature;
use crate::backend::{
    BackendDescription, CompileRequest, EntryShim, Optimization, OptionDescription, OutputForm,
    RuntimeStart,
};
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::linker::{
    Exports, LinkMode, LinkPlan, LinkRequest, LinkStep, LinkerDescription, OutputKind, Query,
    Strip, ToolDescription,
};
use crate::manifest::{CONTRACT, PLUGIN_API_VERSION, PLUGIN_API_VERSION_TEXT};
use crate::tools::{ResponseFile, ToolCall, ToolOutput};

type Facts = BTreeSet<String>;

/// The facts of a type, and of all types that it is made of.
fn layout(layout: &'static TypeLayout, facts: &mut Facts, seen: &mut BTreeSet<String>) {
    let name = layout.full_type().to_string().trim().to_owned();
    if !seen.insert(name.clone()) {
        return;
    }
    let package = layout.package();
    if package == env!("CARGO_PKG_NAME") {
        let version = layout.package_version();
        facts.insert(format!("package {package}: {version}"));
    }
    match layout.data() {
        // It may grow at its end.
        TLData::PrefixType(prefix) => {
            let first = prefix.first_suffix_field;
            facts.insert(format!("table {name}: the first {first} are always there"));
        }
        _ => {
            let (size, alignment) = (layout.size(), layout.alignment());
            let nonzero = layout.is_nonzero();
            facts.insert(format!(
                "type {name}: size {size}, alignment {alignment}, never zero: {nonzero}"
            ));
        }
    }
    for behind in layout.phantom_fields() {
        // What a reference to a table leads to.
        self::layout(behind.layout(), facts, seen);
    }
    for (index, field) in layout.get_fields().into_iter().flatten().enumerate() {
        let functions = field.function_range();
        let what = match functions.is_empty() {
            true => field.full_type().to_string().trim().to_owned(),
            false => {
                let texts = functions.iter().map(|function| function.to_string());
                texts.collect::<Vec<_>>().join(", ").replace('\n', ", ")
            }
        };
        facts.insert(format!("{name}.{index} {}: {what}", field.name()));
        for function in functions.iter() {
            for parameter in function.param_type_layouts.iter() {
                self::layout(parameter(), facts, seen);
            }
            if let Some(returned) = function.return_type_layout() {
                self::layout(returned(), facts, seen);
            }
        }
        if functions.is_empty() {
            self::layout(field.layout(), facts, seen);
        }
    }
}

/// The facts of a message, of which every field is filled. A field with `?` may be
/// left out.
fn message<T: DeserializeOwned>(name: &str, sample: &impl Serialize, facts: &mut Facts) {
    let read = |value| match serde_json::from_value::<T>(value) {
        Ok(_) => Ok(()),
        Err(error) => Err(error.to_string()),
    };
    message_by(&read, name, sample, facts);
}

fn message_by(
    read: &dyn Fn(Value) -> Result<(), String>,
    name: &str,
    sample: &impl Serialize,
    facts: &mut Facts,
) {
    let whole = serde_json::to_value(sample).unwrap();
    read(whole.clone())
        .unwrap_or_else(|error| panic!("{name} is not read as it is written: {error}"));
    let may_lack = |pointer: &str| {
        let mut without = whole.clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let parent = without.pointer_mut(parent).and_then(Value::as_object_mut);
        parent.unwrap().remove(key);
        read(without).is_ok()
    };
    walk(name, "", &whole, &may_lack, facts);
}

fn walk(name: &str, at: &str, value: &Value, may_lack: &dyn Fn(&str) -> bool, facts: &mut Facts) {
    let kind = match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let pointer = format!("{at}/{key}");
                let mark = if may_lack(&pointer) { "?" } else { "" };
                walk(
                    &format!("{name}.{key}{mark}"),
                    &pointer,
                    value,
                    may_lack,
                    facts,
                );
            }
            "fields"
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(
                    &format!("{name}[]"),
                    &format!("{at}/{index}"),
                    item,
                    may_lack,
                    facts,
                );
            }
            "list"
        }
        Value::String(_) => "text",
        Value::Number(_) => "number",
        Value::Bool(_) => "boolean",
        Value::Null => panic!("{name}: a sample has every field"),
    };
    facts.insert(format!("message {name}: {kind}"));
}

/// The facts of an enumeration, of which `each` holds every variant.
fn choice<T: Serialize>(name: &str, each: impl IntoIterator<Item = T>, facts: &mut Facts) {
    for variant in each {
        let written = match serde_json::to_value(variant).unwrap() {
            Value::String(text) => text,
            Value::Object(fields) => fields.keys().next().unwrap().clone(),
            other => panic!("{name}: {other}"),
        };
        facts.insert(format!("choice {name}: {written}"));
    }
}

/// Lists the variants of an enumeration; one that is missing does not compile.
macro_rules! variants {
    ($($name:ident: $($variant:ident),+;)+) => {
        |facts: &mut Facts| {$(
            let _ = |choice: $name| match choice { $($name::$variant => {})+ };
            choice(stringify!($name), [$($name::$variant),+], facts);
        )+}
    };
}

fn facts() -> Facts {
    let mut facts = Facts::new();
    let tables = [
        BackendModuleRef::LAYOUT,
        LinkerModuleRef::LAYOUT,
        ServicesRef::LAYOUT,
        CBackend::LAYOUT,
        CLinker::LAYOUT,
    ];
    let mut seen = BTreeSet::new();
    for table in tables.into_iter().chain([Reply::LAYOUT]) {
        layout(table, &mut facts, &mut seen);
    }
    messages(&mut facts);
    let variants = variants! {
        OutputForm: Object, Session;
        Optimization: None, Speed, SpeedAndSize;
        EntryShim: None, Checked, Bare, Callable;
        RuntimeStart: Never, Linked, IfLoaded;
        OutputKind: Exe, Shared, Static, Object;
        LinkMode: Auto, PreferStatic, PreferDynamic;
        Strip: None, Debug, Symbols;
        ResponseFile: Gnu, Windows;
    };
    variants(&mut facts);
    choice(
        "Exports",
        [Exports::Only(Vec::new()), Exports::All],
        &mut facts,
    );
    choice("LinkStep", plan().steps, &mut facts);
    choice("Feature", Feature::ALL, &mut facts);
    facts
}

fn text() -> String {
    "text".to_owned()
}

fn call() -> ToolCall {
    ToolCall::new("role", ["program"], ["argument"])
        .with_response_file(ResponseFile::Gnu)
        .with_env("*", "value")
}

/// A step of each kind.
fn plan() -> LinkPlan {
    let _ = |step: LinkStep| match step {
        LinkStep::WriteFile { .. }
        | LinkStep::Run(_)
        | LinkStep::Drive(_)
        | LinkStep::Query(_)
        | LinkStep::Callback { .. } => {}
    };
    LinkPlan::new([
        LinkStep::WriteFile {
            path: text(),
            contents: text(),
        },
        LinkStep::Run(call()),
        LinkStep::Drive(call()),
        LinkStep::Query(Query::new("name", call())),
        LinkStep::Callback {
            step: 1,
            purpose: text(),
        },
    ])
}

fn messages(facts: &mut Facts) {
    let backend = BackendDescription::new("id", "version", "about")
        .for_architectures(["architecture"])
        .with_features(Feature::ALL);
    message::<BackendDescription>("BackendDescription", &backend, facts);
    let option = OptionDescription::new("key", "help", "values");
    message::<OptionDescription>("OptionDescription", &option, facts);
    let mut request = CompileRequest::object(Some("target"));
    request.exports = Some([text()].into());
    request.options.insert("*".to_owned(), text());
    // SAFETY: nobody compiles this.
    let request = unsafe { request.with_imports([("*".to_owned(), 1)].into()) };
    let question = CompileQuestion {
        request: &request,
        imports: request.imports(),
    };
    let read = |value: Value| {
        // SAFETY: nobody compiles this.
        let asked = unsafe { compile_asked(value.to_string().as_bytes()) };
        asked.map(drop).map_err(|error| error.message)
    };
    message_by(&read, "CompileRequest", &question, facts);
    let reply = CompileReply {
        digest: Digest::of(b""),
        session: Some(1),
    };
    message::<CompileReply>("CompileReply", &reply, facts);
    let query = SupportQuery {
        target: text(),
        kind: OutputKind::Exe,
    };
    message::<SupportQuery>("SupportQuery", &query, facts);
    let tool = ToolDescription::new("key", "help", "default");
    let linker = LinkerDescription::new("id", "version", "about").with_tool(tool);
    message::<LinkerDescription>("LinkerDescription", &linker, facts);
    let request = LinkRequest {
        target: text(),
        kind: OutputKind::Exe,
        objects: vec![text()],
        runtime_archive: Some(text()),
        runtime_objects: vec![text()],
        output: text(),
        output_name: text(),
        scratch: text(),
        exports: Exports::Only(vec![text()]),
        mode: LinkMode::Auto,
        libraries: vec![text()],
        search: vec![text()],
        rpath: vec![text()],
        tools: [("*".to_owned(), text())].into(),
        link_args: vec![text()],
        strip: Strip::Debug,
        debug: true,
    };
    message::<LinkRequest>("LinkRequest", &request, facts);
    message::<LinkPlan>("LinkPlan", &plan(), facts);
    message::<ToolCall>("ToolCall", &call(), facts);
    let output = ToolOutput::new(Some(0), text(), text());
    message::<ToolOutput>("ToolOutput", &output, facts);
    let diagnostic = Diagnostic::new("E0000", "message")
        .note("note")
        .help("help")
        .path("path")
        .plugin("plugin");
    message::<Diagnostic>("Diagnostic", &diagnostic, facts);
}

fn file(version: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("interface");
    folder.join(format!("{version}.txt"))
}

fn written(facts: &Facts) -> String {
    facts.iter().map(|fact| format!("{fact}\n")).collect()
}

/// What a version promised that is no longer so.
fn broken<'f>(kept: impl IntoIterator<Item = &'f str>, now: &Facts) -> Vec<&'f str> {
    let kept = kept.into_iter().filter(|fact| !fact.is_empty());
    kept.filter(|fact| !now.contains(*fact)).collect()
}

const WHAT_TO_DO: &str = "\
If a release has this version of the interface: give it the next minor version where \
every earlier fact still holds, and the next major one otherwise \
(`PLUGIN_API_VERSION`, its text, `interface/VERSION.txt`, docs/plugin-compatibility.md). \
If none has yet: run this test with BESKID_BLESS=1, and set `CONTRACT` to what it says then.";

#[test]
fn the_contract_is_what_crosses_the_boundary_and_nothing_else() {
    assert_eq!(PLUGIN_API_VERSION.to_string(), PLUGIN_API_VERSION_TEXT);
    let path = file(PLUGIN_API_VERSION_TEXT);
    let now = written(&facts());
    if std::env::var_os("BESKID_BLESS").is_some() {
        fs::write(&path, &now).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    let difference = |from: &str, to: &str, sign: char| {
        let to = to.lines().collect::<BTreeSet<_>>();
        let gone = from.lines().filter(|line| !to.contains(line));
        gone.map(|line| format!("{sign} {line}\n"))
            .collect::<String>()
    };
    let changes = difference(&kept, &now, '-') + &difference(&now, &kept, '+');
    assert!(
        changes.is_empty(),
        "what crosses the boundary is not what {path:?} says:\n{changes}{WHAT_TO_DO}"
    );
    let hash = &Digest::of(now.as_bytes()).to_string()[..16];
    assert_eq!(CONTRACT, hash, "the contract is `{hash}`. {WHAT_TO_DO}");
}

#[test]
fn whatever_an_earlier_minor_version_promised_still_holds() {
    let now = facts();
    let major = PLUGIN_API_VERSION.major;
    for minor in 0..=PLUGIN_API_VERSION.minor {
        let path = file(&format!("{major}.{minor}"));
        let kept = fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{path:?}: {error}: every version keeps its facts"));
        assert_eq!(
            broken(kept.lines(), &now),
            [""; 0],
            "{path:?}: {WHAT_TO_DO}"
        );
    }
}

#[test]
fn the_guard_tells_what_breaks_plugins_from_what_only_adds() {
    let now = facts();
    let kept = written(&now);
    let mut more = now.clone();
    more.insert("message LinkRequest.brand_new?: text".to_owned());
    assert_eq!(broken(kept.lines(), &more), [""; 0]);
    for (from, to) in [
        ("choice OutputKind: exe", "choice OutputKind: program"),
        (
            "message LinkPlan.steps: list",
            "message LinkPlan.stages: list",
        ),
        (
            "message LinkRequest.rpath?: list",
            "message LinkRequest.rpath: list",
        ),
        ("type Reply: size 64", "type Reply: size 72"),
        (
            "LinkerModule.2 plan: fn(",
            "LinkerModule.2 plan: unsafe fn(",
        ),
        (
            "package beskid-plugin-api: 1.0.0",
            "package beskid-plugin-api: 2.0.0",
        ),
    ] {
        let changed = kept.replacen(from, to, 1);
        assert_ne!(changed, kept, "{from}");
        let changed = changed.lines().map(str::to_owned).collect();
        let broken = broken(kept.lines(), &changed);
        assert_eq!(broken.len(), 1, "{from}");
        assert!(broken[0].contains(from), "{broken:?}");
    }
}
