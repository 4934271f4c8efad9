//! The `beskid` binary and the plugin dylibs, built as a user would, and the
//! examples of plugins by other authors, built as those would.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Packages whose products the tests use.
const PACKAGES: [&str; 13] = [
    "beskid-faulty-backend-plugin",
    "beskid-hostile-backend-plugin",
    "beskid-hostile-linker-plugin",
    "beskid-lying-linker-plugin",
    "beskid-lying-objects-plugin",
    "beskid-lying-sessions-plugin",
    "beskid-host",
    "beskid-backend-jit-plugin",
    "beskid-backend-aot-plugin",
    "beskid-backend-llvm-plugin",
    "beskid-linker-unix-plugin",
    "beskid-linker-apple-plugin",
    "beskid-linker-windows-plugin",
];

/// What cargo built.
#[derive(Debug)]
pub struct Built {
    files: Vec<PathBuf>,
}

/// Builds the packages, once for each test process.
pub fn built() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| {
        let packages = PACKAGES.iter().flat_map(|package| ["--package", package]);
        build(root(), packages)
    })
}

/// The shared library for C, `c-api`; built once for each test process.
pub fn c_library() -> &'static Path {
    static BUILT: OnceLock<Built> = OnceLock::new();
    let built = BUILT.get_or_init(|| build(root(), ["--package", "beskid-c-api"]));
    built.find("libbeskid.so")
}

/// The dylib of `examples/mold-linker`; built once for each test process.
pub fn third_party_linker() -> &'static Path {
    static BUILT: OnceLock<Built> = OnceLock::new();
    let built = BUILT.get_or_init(|| third_party("examples/mold-linker"));
    built.find("libbeskid_linker_mold.so")
}

/// The dylib of `examples/c-backend`; built once for each test process.
pub fn third_party_backend() -> &'static Path {
    static BUILT: OnceLock<Built> = OnceLock::new();
    let built = BUILT.get_or_init(|| third_party("examples/c-backend"));
    built.find("libbeskid_backend_c.so")
}

/// The dylib of `examples/c-linker`; built once for each test process.
pub fn c_linker() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let folder = root().join("examples/c-linker");
        let sources = ["strategy.c", "json.c"].map(|name| folder.join(name));
        c_plugin(
            &third_party_folder().join("libbeskid_linker_c.so"),
            "cc",
            &sources,
            &[],
        )
    })
}

/// The sources of `examples/c11-backend`, with those that it shares.
pub fn c_backend_sources() -> Vec<PathBuf> {
    let folder = root().join("examples/c11-backend");
    let files = std::fs::read_dir(folder).expect("the example");
    let files = files.map(|file| file.expect("the example").path());
    let mut sources = files
        .filter(|path| path.extension() == Some(OsStr::new("c")))
        .collect::<Vec<_>>();
    sources.sort();
    sources.push(root().join("examples/c-linker/json.c"));
    sources
}

/// Where the headers are that those sources share.
pub fn c_backend_includes() -> String {
    format!("-I{}", root().join("examples/c-linker").display())
}

/// The dylib of `examples/c11-backend`; built once for each test process.
pub fn c_backend() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        c_plugin(
            &third_party_folder().join("libbeskid_backend_c11.so"),
            "cc",
            &c_backend_sources(),
            &[&c_backend_includes()],
        )
    })
}

/// Builds a plugin in C, as the header says. The file appears whole, whoever else
/// builds it.
pub fn c_plugin(output: &Path, compiler: &str, sources: &[PathBuf], more: &[&str]) -> PathBuf {
    let made = output.with_extension(format!("{}.so", std::process::id()));
    let mut cc = Command::new(compiler);
    cc.args(["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-O1"]);
    cc.args(["-shared", "-fPIC", "-fvisibility=hidden", "-I"]);
    cc.arg(root().join("plugin-api/include"));
    cc.args(more).args(sources).arg("-o").arg(&made);
    let ended = cc.output().expect("a C compiler");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{cc:?}: {said}");
    std::fs::rename(&made, output).expect("a place for the plugin");
    output.to_owned()
}

/// Where the products of what is no part of the workspace are.
fn third_party_folder() -> PathBuf {
    let profile = built().beskid().parent();
    let target = profile
        .and_then(Path::parent)
        .expect("target/PROFILE/beskid");
    let target = target.join("third-party");
    std::fs::create_dir_all(&target).expect("a folder for products");
    target
}

/// Builds a package that is no part of the workspace. What cargo makes of it lies below
/// the workspace's own products.
fn third_party(folder: &str) -> Built {
    let target = third_party_folder();
    let args = [OsStr::new("--target-dir"), target.as_os_str()];
    build(&root().join(folder), args)
}

fn build<A: AsRef<OsStr>>(folder: &Path, args: impl IntoIterator<Item = A>) -> Built {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(folder)
        .args(["build", "--locked", "--offline", "--message-format=json"])
        .args(args);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    let output = cargo.output().expect("cargo runs");
    let messages = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "building in {folder:?} failed:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let files = messages.lines().flat_map(products).collect();
    Built { files }
}

/// Files that a message of cargo names.
fn products(line: &str) -> Vec<PathBuf> {
    let message = serde_json::from_str::<serde_json::Value>(line).unwrap_or_default();
    let files = message["filenames"].as_array().into_iter().flatten();
    let files = files.chain(message.get("executable"));
    files
        .filter_map(|file| file.as_str().map(PathBuf::from))
        .collect()
}

impl Built {
    /// The `beskid` binary.
    pub fn beskid(&self) -> &Path {
        self.find("beskid")
    }

    /// The dylib of a plugin package, such as `backend_jit`.
    pub fn plugin(&self, name: &str) -> &Path {
        self.find(&format!("libbeskid_{name}_plugin.so"))
    }

    fn find(&self, name: &str) -> &Path {
        let named = |path: &&PathBuf| path.file_name().is_some_and(|found| found == name);
        let found = self.files.iter().find(named);
        found.unwrap_or_else(|| panic!("cargo built no `{name}`"))
    }
}

/// The root of the repository.
pub fn root() -> &'static Path {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests
        .parent()
        .expect("the package is in a folder of the repository")
}
