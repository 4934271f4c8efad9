//! The requests that strategies are given.

use beskid_plugin_api::linker::{
    Exports, LinkMode, LinkRequest, LinkerDescription, OutputKind, Strip,
};

/// Targets for which strategies are asked.
pub(super) const TARGETS: [&str; 9] = [
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "riscv64gc-unknown-linux-gnu",
    "x86_64-unknown-linux-musl",
    "x86_64-unknown-freebsd",
    "x86_64-apple-darwin",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-msvc",
    "x86_64-pc-windows-gnu",
];

/// Kinds that strategies may link.
pub(super) const KINDS: [OutputKind; 3] = [OutputKind::Exe, OutputKind::Shared, OutputKind::Static];

/// Tools that a user may have named for a target that is not this machine's.
const TOOLS: [(&str, &str); 5] = [
    ("cc", "cc"),
    ("ar", "ar"),
    ("ranlib", "ranlib"),
    ("libtool", "libtool"),
    ("link", "lld-link"),
];

/// What is exported of what the kit has linked.
pub(super) const EXPORTED: [&str; 2] = ["kit_answer", "kit_twice"];
/// Libraries that are linked.
pub(super) const LIBRARIES: [&str; 2] = ["kit_first", "kit_second"];
/// Arguments of the user's.
pub(super) const ARGUMENTS: [&str; 2] = ["-kit-argument,one", "kit argument two"];

fn owned<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

/// An ordinary request, in this folder, which need not be there.
pub(super) fn ordinary(
    about: &LinkerDescription,
    target: &str,
    kind: OutputKind,
    folder: &str,
) -> LinkRequest {
    let output = format!("{folder}/output/product");
    let mut request = LinkRequest::new(target, kind, output, format!("{folder}/scratch"));
    request.objects = vec![
        format!("{folder}/scratch/program.o"),
        format!("{folder}/scratch/second.o"),
    ];
    match kind {
        OutputKind::Static => {
            request.runtime_objects = vec![format!("{folder}/scratch/runtime.o")];
        }
        _ => {
            request.runtime_archive = Some(format!("{folder}/runtime.a"));
            request.libraries = owned(LIBRARIES);
            request.search = vec![format!("{folder}/libraries")];
        }
    }
    request.exports = Exports::Only(owned(EXPORTED));
    let tools = TOOLS.map(|(key, tool)| (key.to_owned(), tool.to_owned()));
    request.tools = tools.into();
    // What has no default is the user's to name.
    for tool in &about.tools {
        if tool.default.is_empty() {
            let named = format!("/kit/tools/{}", tool.key);
            request.tools.entry(tool.key.clone()).or_insert(named);
        }
    }
    request
}

/// Requests that ask for more, with what they ask for. A strategy may refuse them.
pub(super) fn special(request: &LinkRequest) -> Vec<(&'static str, LinkRequest)> {
    let with = |change: &dyn Fn(&mut LinkRequest)| {
        let mut changed = request.clone();
        change(&mut changed);
        changed
    };
    let mut all = vec![
        ("all exports", with(&|it| it.exports = Exports::All)),
        (
            "no exports",
            with(&|it| it.exports = Exports::Only(Vec::new())),
        ),
        (
            "static libraries first",
            with(&|it| it.mode = LinkMode::PreferStatic),
        ),
        (
            "shared libraries first",
            with(&|it| it.mode = LinkMode::PreferDynamic),
        ),
        (
            "no symbols for debuggers",
            with(&|it| it.strip = Strip::Debug),
        ),
        ("no symbols", with(&|it| it.strip = Strip::Symbols)),
        ("debugging", with(&|it| it.debug = true)),
        (
            "arguments of the user's",
            with(&|it| it.link_args = owned(ARGUMENTS)),
        ),
        (
            "folders of the loader",
            with(&|it| it.rpath = owned(["/kit/a b", "/kit/c,d"])),
        ),
    ];
    if request.kind != OutputKind::Static {
        all.push((
            "a program without the runtime",
            with(&|it| it.runtime_archive = None),
        ));
    }
    all
}
