//! What is thrown, and what looks at the stack, passes through the frames of programs:
//! of linked ones and of those in memory.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod exceptions;
mod mach_o;
mod machines;
mod memory;
mod walks;
mod windows;

use std::path::Path;

use beskid_tests::command::{Ended, beskid, end};
use beskid_tests::workshop::Workshop;

/// Calls `guard` with a function that keeps more values than registers can hold across
/// its call of `inner`.
const PROGRAM: &str = "\
; extern: %guard libguard.so
; extern: %inner libguard.so
function %deep(i64) -> i64 system_v {
    ss0 = explicit_slot 64
    fn0 = %inner(i64) -> i64 system_v
block0(v0: i64):
    v21 = iconst.i64 3
    v1 = imul v0, v21
    v22 = iconst.i64 5
    v2 = imul v0, v22
    v23 = iconst.i64 7
    v3 = imul v0, v23
    v24 = iconst.i64 11
    v4 = imul v0, v24
    v25 = iconst.i64 13
    v5 = imul v0, v25
    v26 = iconst.i64 17
    v6 = imul v0, v26
    v7 = stack_addr.i64 ss0
    store v6, v7
    v8 = call fn0(v0)
    v10 = load.i64 v7
    v11 = iadd v8, v1
    v12 = iadd v11, v2
    v13 = iadd v12, v3
    v14 = iadd v13, v4
    v15 = iadd v14, v5
    v16 = iadd v15, v10
    return v16
}
function %middle(i64) -> i64 system_v {
    fn0 = %deep(i64) -> i64 system_v
block0(v0: i64):
    v2 = call fn0(v0)
    v3 = iadd v2, v0
    return v3
}
function %main() -> i64 system_v {
    fn0 = %guard(i64, i64) -> i64 system_v
    fn1 = %middle(i64) -> i64 system_v
block0:
    v0 = func_addr.i64 fn1
    v1 = iconst.i64 7
    v2 = call fn0(v0, v1)
    return v2
}
";

/// The ways in which the program runs.
const WAYS: [&str; 3] = ["memory", "shared", "executable"];

/// A folder with the program and the library that it calls, in C++.
fn workshop(library: &str, tools: &[&str], flags: &[&str]) -> Option<Workshop> {
    let workshop = Workshop::with(&[&["c++"], tools].concat())?;
    workshop.write("p.clif", PROGRAM);
    workshop.write("guard.cpp", library);
    let usual = ["-O2", "-shared", "-fPIC", "guard.cpp", "-o", "libguard.so"];
    workshop.run("c++", usual.iter().chain(flags));
    Some(workshop)
}

fn in_folder(folder: &Path, args: &[&str]) -> Ended {
    end(beskid(folder).args(args).env("LD_LIBRARY_PATH", folder))
}

/// Runs the program, optimized or not.
fn start(folder: &Path, way: &str, optimize: &str) -> Ended {
    let link = ["--link-search", "."];
    let level = ["--optimize", optimize];
    let args = |args: &[&'static str]| [&level[..], args].concat();
    match way {
        "memory" => in_folder(folder, &args(&["--extern-dlopen", "run", "p.clif"])),
        "shared" => {
            let rest = [&args(&["--backend", "aot", "run"])[..], &link, &["p.clif"]];
            in_folder(folder, &rest.concat())
        }
        _ => {
            let rest = [&args(&["build", "p.clif", "-o", "out"])[..], &link];
            in_folder(folder, &rest.concat()).succeeds();
            end(std::process::Command::new(folder.join("out")).env("LD_LIBRARY_PATH", folder))
        }
    }
}
