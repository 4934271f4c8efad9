//! The program, as an artifact that tells debuggers of itself.

use std::fs;

use beskid_tests::built::built;
use beskid_tests::command::run;
use beskid_tests::llvm::has_llvm;
use beskid_tests::workshop::Workshop;
use serde_json::Value;

use crate::golden;

/// A way in which the program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// An executable of this name.
    Linked(&'static str),
    /// By `beskid run`, with the built-in backend or with LLVM.
    Memory { is_llvm: bool },
    /// The tests of `values.bd`, by `beskid test`, in processes of their own.
    Tests,
}

/// The ways in which it runs: by the built-in backends, and by LLVM where there is one.
pub fn ways() -> Vec<Way> {
    let mut ways = vec![Way::Linked("linked"), Way::Memory { is_llvm: false }];
    if has_llvm() {
        ways.extend([Way::Linked("linked-llvm"), Way::Memory { is_llvm: true }]);
    } else {
        println!("skipped: LLVM not installed");
    }
    ways
}

/// What is said before a command that LLVM is to be used by.
pub fn llvm() -> Vec<String> {
    let plugin = built().plugin("backend_llvm").display().to_string();
    ["--plugin", &plugin, "--backend", "llvm"]
        .map(str::to_owned)
        .into()
}

/// A folder with the program: `p.bska`, the executables, and its source.
pub fn workshop(tools: &[&str]) -> Option<Workshop> {
    let workshop = Workshop::with(tools)?;
    for name in ["program.c", "program.clif"] {
        workshop.write(name, fs::read(golden(name)).unwrap());
    }
    let folder = workshop.folder();
    let dumped = run(folder, ["artifact", "dump", "--json", "program.clif"]).succeeds();
    let mut artifact = serde_json::from_str::<Value>(&dumped).unwrap();
    let told = fs::read_to_string(golden("program.json")).unwrap();
    let mut told = serde_json::from_str::<Value>(&told).unwrap();
    let symbols = artifact["module"]["symbols"].as_array().unwrap();
    for scope in told["scopes"].as_array_mut().unwrap() {
        if let Some(symbol) = scope.pointer_mut("/Function/symbol") {
            let found = symbols.iter().position(|known| known["name"] == *symbol);
            *symbol = Value::from(found.unwrap());
        }
    }
    artifact["debug"] = told;
    // The sum of `twice` is `m`; text has no word for that.
    let label = serde_json::json!([{ "value": 3, "position": 6, "label": 1 }]);
    artifact["functions"][0]["body"]["value_labels"] = label;
    workshop.write("p.json", artifact.to_string());
    run(folder, ["artifact", "assemble", "p.json", "-o", "p.bska"]).succeeds();
    link(&workshop);
    Some(workshop)
}

/// Makes the executables of `p.bska`.
pub fn link(workshop: &Workshop) {
    let folder = workshop.folder();
    let build = ["--optimize", "none", "build", "p.bska", "-o"];
    run(folder, build.iter().chain(&["linked"])).succeeds();
    if has_llvm() {
        let mut args = llvm();
        args.extend(
            build
                .iter()
                .chain(&["linked-llvm"])
                .map(|&arg| arg.to_owned()),
        );
        run(folder, args).succeeds();
    }
}
