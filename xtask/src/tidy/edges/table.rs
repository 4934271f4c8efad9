//! The table of allowed edges: one row for each folder of the workspace.

/// What one folder's package may depend on. Dependencies of tests are free.
pub struct Row {
    pub folder: &'static str,
    /// Folders of the workspace that it may depend on; `..` is the one around it.
    pub workspace: &'static [&'static str],
    /// Whether it may depend on packages from outside.
    pub outside: bool,
    /// Packages that it must not reach, even through others.
    pub never: &'static [&'static str],
}

pub const ROWS: &[Row] = &[
    row(
        "plugin-api",
        &[],
        true,
        &["cranelift*", "goblin", "libloading", "clap"],
    ),
    row(
        "clif",
        &["plugin-api"],
        true,
        &["cranelift-jit", "cranelift-object", "goblin", "clap"],
    ),
    row("syntax", &[], true, &["cranelift*", "miette"]),
    row(
        "frontend",
        &["plugin-api", "clif", "syntax"],
        true,
        &["cranelift-jit", "cranelift-object"],
    ),
    row("runtime", &[], false, &[]),
    row(
        "backend-jit",
        &["plugin-api", "clif"],
        true,
        &["cranelift-object", "goblin"],
    ),
    row(
        "backend-aot",
        &["plugin-api", "clif"],
        true,
        &["cranelift-jit", "goblin"],
    ),
    row(
        "backend-llvm",
        &["plugin-api"],
        true,
        &["cranelift*", "goblin"],
    ),
    row(
        "linker-strategies/*",
        &["plugin-api"],
        true,
        &["cranelift*"],
    ),
    row("*/dylib", &["..", "plugin-api"], false, &[]),
    row(
        "linker-strategies/*/dylib",
        &["..", "plugin-api"],
        false,
        &[],
    ),
    row("host", PARTS, true, &[]),
    row("c-api", &["host", "plugin-api"], false, &[]),
    row("tests", &["host", "plugin-api"], true, &[]),
    row(
        "tests/fixtures/*",
        &[
            "plugin-api",
            "backend-jit",
            "backend-aot",
            "linker-strategies/unix",
            "tests/fixtures/misbehaviour",
        ],
        true,
        &[],
    ),
    // What another author has: the interface, and nothing else of ours.
    row("examples/c-backend", &["plugin-api"], false, &[]),
    row("examples/mold-linker", &["plugin-api"], false, &[]),
    row("examples/*", &[], true, &[]),
    row("benches", BENCHED, true, &[]),
    row("xtask", &[], true, &[]),
];

const BENCHED: &[&str] = &[
    "plugin-api",
    "clif",
    "frontend",
    "backend-jit",
    "backend-aot",
    "host",
];

const PARTS: &[&str] = &[
    "plugin-api",
    "clif",
    "syntax",
    "frontend",
    "runtime",
    "backend-jit",
    "backend-aot",
    "linker-strategies/*",
];

/// Edges that are not followed, with the reason.
pub const HIDDEN: &[(&str, &str, &str)] = &[(
    "abi_stable",
    "libloading",
    "abi_stable links it always; plugin-api opens nothing",
)];

const fn row(
    folder: &'static str,
    workspace: &'static [&'static str],
    outside: bool,
    never: &'static [&'static str],
) -> Row {
    Row {
        folder,
        workspace,
        outside,
        never,
    }
}
