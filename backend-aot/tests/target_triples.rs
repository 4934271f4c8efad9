//! Every target triple of rustc gives an object that says the same of its
//! target as clang's, or a refusal that says why not.
//!
//! `targets.txt` has the triples, what LLVM calls the target, the ABI that rustc
//! names for it or `-`, and whether there is an object. `BESKID_BLESS=1` writes
//! the last column anew.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use beskid_clif::isa;
use beskid_clif::text::parse;
use beskid_plugin_api::abi::{Silent, services_table};
use beskid_plugin_api::backend::{Backend, CompileRequest, Compiled, Optimization};
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::services::Services;
use cranelift_codegen::isa::CallConv;

const LIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets.txt");

/// It calls, refers to data and to what is elsewhere, and has constants.
const PROGRAM: &str = "\
function %f(i64, f64) -> f64 {
    gv0 = symbol %elsewhere
    fn0 = %g(i64) -> f64
    fn1 = %far(i64) -> i64
block0(v0: i64, v1: f64):
    v2 = symbol_value.i64 gv0
    v3 = load.i64 v2
    v4 = call fn1(v3)
    v5 = call fn0(v4)
    v6 = fadd v5, v1
    return v6
}

function %g(i64) -> f64 {
block0(v0: i64):
    v1 = fcvt_from_uint.f64 v0
    v2 = f64const 0x1.5p3
    v3 = fmul v1, v2
    return v3
}
";

struct Target<'l> {
    triple: &'l str,
    llvm: &'l str,
    abi: &'l str,
    refused: bool,
}

fn targets(list: &str) -> Vec<Target<'_>> {
    let lines = list.lines().map(|line| {
        let words = line.split(' ').collect::<Vec<_>>();
        let [triple, llvm, abi, answer] = words[..] else {
            panic!("{line}");
        };
        Target {
            triple,
            llvm,
            abi,
            refused: answer == "refused",
        }
    });
    lines.collect()
}

fn object(triple: &str) -> Result<Vec<u8>, Diagnostic> {
    let artifact = parse(PROGRAM, None).unwrap();
    let request = CompileRequest::object(Some(triple));
    let services = Services::from_table(services_table::<Silent>());
    let compiled = beskid_backend_aot::ObjectBackend.compile(artifact.bytes(), &request, &services);
    match compiled? {
        Compiled::Object { object, .. } => Ok(object),
        Compiled::Session { .. } => panic!("a session"),
    }
}

fn has(tool: &str) -> bool {
    let mut command = Command::new(tool);
    let found = command.arg("--version").stdout(Stdio::null()).status();
    if found.is_err() {
        println!("skipped: {tool} not installed");
    }
    found.is_ok()
}

/// What `llvm-readobj` says of each file's target.
fn described(folder: &Path, names: &BTreeSet<String>) -> BTreeMap<String, Vec<String>> {
    const FIELDS: [&str; 10] = [
        "Format:",
        "Arch:",
        "AddressSize:",
        "DataEncoding:",
        "OS/ABI:",
        "Type:",
        "Machine:",
        "Flags [",
        "CpuType:",
        "CpuSubType:",
    ];
    let mut command = Command::new("llvm-readobj");
    let output = command.current_dir(folder).arg("-h").args(names).output();
    let text = String::from_utf8(output.unwrap().stdout).unwrap();
    let files = text.split("\nFile: ").map(|part| {
        let (name, header) = part.split_once('\n').unwrap_or_default();
        let lines = header.lines().map(str::trim);
        let lines = lines.filter(|line| FIELDS.iter().any(|field| line.starts_with(field)));
        // Whether symbols divide sections does not depend on the target.
        let is_elf = header.contains("ElfHeader");
        let lines = lines.filter(|line| is_elf || !line.starts_with("Flags ["));
        (name.trim().to_owned(), lines.map(str::to_owned).collect())
    });
    files.collect()
}

/// Clang's command for a target, but for the input and the output.
fn clang(target: &Target<'_>) -> Command {
    let mut command = Command::new("clang");
    command.arg(format!("--target={}", target.llvm));
    if target.abi != "-" {
        command.arg(format!("-mabi={}", target.abi));
        command.arg("-march=rv64gc");
    }
    command.args(["-O1", "-ffreestanding", "-x", "c"]);
    command
}

#[test]
fn every_triple_has_the_object_that_clang_makes_or_a_reason() {
    let list = fs::read_to_string(LIST).unwrap();
    let targets = targets(&list);
    let objects = targets.iter().map(|target| object(target.triple));
    let objects = objects.collect::<Vec<_>>();
    if std::env::var_os("BESKID_BLESS").is_some() {
        let lines = targets.iter().zip(&objects).map(|(target, object)| {
            let answer = if object.is_ok() { "object" } else { "refused" };
            format!(
                "{} {} {} {answer}\n",
                target.triple, target.llvm, target.abi
            )
        });
        fs::write(LIST, lines.collect::<String>()).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let mut made = BTreeMap::new();
    for (target, object) in targets.iter().zip(objects) {
        match object {
            Ok(object) => {
                assert!(!target.refused, "{} has an object now", target.triple);
                fs::write(folder.path().join(target.triple), object).unwrap();
                made.insert(target.triple, target);
            }
            Err(error) => {
                assert!(target.refused, "{}: {error}", target.triple);
                assert_eq!(error.code, "E4001", "{}: {error}", target.triple);
                assert!(
                    error.help.is_some() && !error.message.contains(".rs"),
                    "{error}"
                );
            }
        }
    }
    assert!(made.len() >= 70, "{}", made.len());
    if !has("clang") || !has("llvm-readobj") {
        return;
    }
    let source = folder.path().join("empty.c");
    fs::write(&source, "long long f(long long a) { return a; }\n").unwrap();
    let mut names = BTreeSet::new();
    // Older releases of clang do not know every target, or crash.
    let mut judged = BTreeMap::new();
    for (triple, target) in &made {
        let name = format!("clang.{}", target.llvm);
        let known = judged.entry(target.llvm).or_insert_with(|| {
            let mut command = clang(target);
            let output = folder.path().join(&name);
            let command = command.arg("-c").arg(&source).arg("-o").arg(output);
            let made = command.output().unwrap().status.success();
            made && !target.llvm.contains("-xros")
        });
        match known {
            true => names.extend([name, (*triple).to_owned()]),
            false => println!("skipped: this clang does not compile for {}", target.llvm),
        }
    }
    made.retain(|_, target| judged[target.llvm]);
    assert!(made.len() >= 60, "{}", made.len());
    let described = described(folder.path(), &names);
    let mut wrong = Vec::new();
    for (triple, target) in &made {
        let ours = &described[*triple];
        let clangs = &described[&format!("clang.{}", target.llvm)];
        assert!(ours.len() >= 4, "{triple}: {ours:?}");
        if ours != clangs {
            wrong.push(format!("{triple}: {ours:?}, clang has {clangs:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn calling_conventions_are_those_of_clang() {
    if !has("clang") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("f.c");
    fs::write(&source, "long long f(long long a) { return a; }\n").unwrap();
    let list = fs::read_to_string(LIST).unwrap();
    let mut seen = BTreeSet::new();
    for target in targets(&list) {
        let is_x86 = target.triple.starts_with("x86_64-");
        if target.refused || !is_x86 || !seen.insert(target.llvm) {
            continue;
        }
        let mut command = clang(&target);
        let output = command
            .args(["-S", "-o", "-"])
            .arg(&source)
            .output()
            .unwrap();
        let code = String::from_utf8(output.stdout).unwrap();
        let expected = match (code.contains("%rcx"), code.contains("%rdi")) {
            (true, false) => CallConv::WindowsFastcall,
            (false, true) => CallConv::SystemV,
            _ => panic!("{}: {code}", target.triple),
        };
        let isa = isa::for_objects(target.triple, Optimization::None, &BTreeMap::new());
        let found = isa.unwrap().default_call_conv();
        assert_eq!(found, expected, "{}", target.triple);
    }
    assert!(seen.len() >= 20, "{}", seen.len());
}

#[test]
fn triples_of_the_installed_rustc_are_answered_too() {
    let Ok(output) = Command::new("rustc")
        .args(["--print", "target-list"])
        .output()
    else {
        println!("skipped: rustc not installed");
        return;
    };
    for triple in String::from_utf8(output.stdout).unwrap().lines() {
        if let Err(error) = object(triple) {
            assert_eq!(error.code, "E4001", "{triple}: {error}");
        }
    }
}
