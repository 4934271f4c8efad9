//! Compiles the runtime into a static library that the host embeds, so that
//! building a Beskid program needs no Rust toolchain; and says how the program is
//! linked, so that it starts fast.
//!
//! `rustc` compiles the runtime alone, with link-time optimization, into one
//! object; the compiler's own support library, which `rustc` adds to every
//! static library, is left out, because it carries bitcode that archivers
//! trip over and nothing needs it.
//!
//! The run directives of the tests are embedded too, for the conformance kit; and the
//! core library, whose modules programs find in `beskid` itself.

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const RUNTIME: &str = "../runtime";
/// Names of functions, as the linker knows them.
const ORDER: &str = "startup-order.txt";
const CORPUS: &str = "../tests/cases/clif";
const CORELIB: &str = "../corelib/beskid_corelib";
/// Name of the only member of the archive.
const MEMBER: &str = "beskid_runtime.o";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={RUNTIME}/src");
    println!("cargo::rerun-if-changed={RUNTIME}/archive-flags.txt");
    println!("cargo::rerun-if-changed=../plugin-api/src/runtime_abi/layout.rs");
    link_at_fixed_addresses();
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    put_first_what_starts(&out)?;
    let full = out.join("runtime_full.a");
    embed_corpus(&out)?;
    embed_corelib(&out)?;
    compile(&full)?;
    let object = out.join(MEMBER);
    fs::write(&object, runtime_object(&fs::read(&full)?)?)?;
    strip(&object)?;
    let archive = out.join("libbeskid_runtime.a");
    if archive.exists() {
        fs::remove_file(&archive)?;
    }
    run(Command::new("ar").arg("rcsD").arg(&archive).arg(&object))
}

/// A command that starts often starts faster where nothing has to be relocated:
/// tens of thousands of addresses, in pages that would each be copied. Its
/// libraries, stack and heap are still where chance puts them.
fn link_at_fixed_addresses() {
    let of_target = |variable: &str| env::var(format!("CARGO_CFG_TARGET_{variable}"));
    let is = |variable, value: &str| of_target(variable).is_ok_and(|found| found == value);
    let is_static = of_target("FEATURE").is_ok_and(|all| all.contains("crt-static"));
    if is("OS", "linux") && is("ENV", "gnu") && !is_static {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}

/// The functions that short commands run lie side by side in the program: of
/// thirteen megabytes they are one part in ten, spread over all, and a page is
/// mapped for each. `cargo xtask order` writes the list; names that are not there,
/// as with another compiler, are passed over.
fn put_first_what_starts(out: &Path) -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={ORDER}");
    if env::var("OPT_LEVEL")? == "0" {
        return Ok(());
    }
    let order = fs::canonicalize(ORDER)?;
    let flags = [
        format!("-Wl,--symbol-ordering-file={}", order.display()),
        "-Wl,--no-warn-symbol-ordering".to_owned(),
    ];
    if linker_takes(&flags, out)? {
        for flag in flags {
            println!("cargo::rustc-link-arg-bins={flag}");
        }
    }
    Ok(())
}

/// Whether the linker that `rustc` uses here knows these flags: it is asked.
fn linker_takes(flags: &[String], out: &Path) -> Result<bool, Box<dyn Error>> {
    let source = out.join("linked.rs");
    fs::write(&source, "fn main() {}\n")?;
    let mut rustc = Command::new(env::var_os("RUSTC").ok_or("cargo sets RUSTC")?);
    let given = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    rustc.args(given.split('\x1f').filter(|flag| !flag.is_empty()));
    if let Some(linker) = env::var_os("RUSTC_LINKER") {
        rustc.arg("-C").arg(format!("linker={}", linker.display()));
    }
    for flag in flags {
        rustc.arg("-C").arg(format!("link-arg={flag}"));
    }
    rustc.arg("--target").arg(env::var("TARGET")?);
    rustc.arg("-o").arg(out.join("linked")).arg(source);
    // What it says is for whoever chose the linker, and they did not ask.
    Ok(rustc.output()?.status.success())
}

/// The directives of the tests, as a table of names and texts: they are those of the
/// conformance kit too.
fn embed_corpus(out: &Path) -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={CORPUS}");
    let mut files = fs::read_dir(fs::canonicalize(CORPUS)?)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>, std::io::Error>>()?;
    files.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "clif")
    });
    files.sort();
    let mut table =
        "/// Directives of the kit: names and texts.\nconst CORPUS: &[(&str, &str)] = &[\n"
            .to_owned();
    for path in &files {
        let name = path.file_stem().ok_or("a file has a name")?;
        table += &format!("    ({name:?}, include_str!({path:?})),\n");
    }
    fs::write(out.join("corpus.rs"), table + "];\n")?;
    Ok(())
}

/// The files of the core library, as a sorted table of paths and texts.
fn embed_corelib(out: &Path) -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={CORELIB}");
    let root = fs::canonicalize(CORELIB)?;
    let mut folders = vec![root.clone()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let kind = path.extension().and_then(|extension| extension.to_str());
            if path.is_dir() && !path.ends_with("obj") {
                folders.push(path);
            } else if matches!(kind, Some("bd" | "proj")) {
                let name = path
                    .strip_prefix(&root)?
                    .to_str()
                    .ok_or("a name is UTF-8")?;
                files.push((name.to_owned(), path));
            }
        }
    }
    files.sort();
    let mut table = "/// Paths and texts.\nconst FILES: &[(&str, &str)] = &[\n".to_owned();
    for (name, path) in &files {
        table += &format!("    ({name:?}, include_str!({path:?})),\n");
    }
    fs::write(out.join("corelib.rs"), table + "];\n")?;
    Ok(())
}

fn compile(output: &Path) -> Result<(), Box<dyn Error>> {
    let rustc = env::var_os("RUSTC").ok_or("cargo sets RUSTC")?;
    let flags = fs::read_to_string(Path::new(RUNTIME).join("archive-flags.txt"))?;
    // Paths of the machine that builds must not get into the archive.
    let here = fs::canonicalize(RUNTIME)?;
    run(Command::new(rustc)
        .args(flags.lines())
        .arg(format!("--remap-path-prefix={}=runtime", here.display()))
        .arg("--target")
        .arg(env::var("TARGET")?)
        .arg("-o")
        .arg(output)
        .arg(Path::new(RUNTIME).join("src/lib.rs")))
}

/// The object of the runtime itself, among the members of what `rustc` made.
fn runtime_object(archive: &[u8]) -> Result<&[u8], Box<dyn Error>> {
    let members = goblin::archive::Archive::parse(archive)?;
    let own = members
        .members()
        .into_iter()
        .filter(|name| name.contains("beskid_runtime") && name.ends_with(".o"))
        .collect::<Vec<_>>();
    let [name] = own.as_slice() else {
        return Err(format!("expected one object of the runtime, found {own:?}").into());
    };
    Ok(members.extract(name, archive)?)
}

/// Takes out what debuggers are told of Rust's `core`, which no flag of `rustc` keeps
/// out: in a program it would be more than what they are told of the program.
fn strip(object: &Path) -> Result<(), Box<dyn Error>> {
    // The first is there where `ar` is, but may know this machine's objects alone.
    let mut tools = ["objcopy", "llvm-objcopy"].iter();
    let is_done = tools.any(|tool| {
        let status = Command::new(tool).arg("--strip-debug").arg(object).status();
        status.is_ok_and(|status| status.success())
    });
    match is_done {
        true => Ok(()),
        false => Err("neither `objcopy` nor `llvm-objcopy` can strip the runtime's object".into()),
    }
}

fn run(command: &mut Command) -> Result<(), Box<dyn Error>> {
    let status = command
        .status()
        .map_err(|error| format!("cannot run {command:?}: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{command:?} failed: {status}").into())
    }
}
