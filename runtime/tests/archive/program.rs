//! C programs that use the runtime.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use beskid_plugin_api::runtime_abi::{BUILTIN_SPECS, BuiltinSpec, ParamKind, ReturnKind};

use crate::recipe;

/// How a program reaches the runtime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    /// Linked with the archive.
    Static,
    /// Opens a shared object made of the archive while it runs.
    Opened,
}

/// Compiles a program against prototypes made of the ABI table. Its `main`
/// calls `load_runtime()` first, which returns 0 if all went well.
pub fn compile(folder: &Path, source: &str, binding: Binding) -> PathBuf {
    fs::write(folder.join("runtime.h"), header(binding)).unwrap();
    fs::write(folder.join("program.c"), source).unwrap();
    let mut cc = Command::new("cc");
    cc.current_dir(folder).args([
        "-Wall",
        "-Werror",
        "-Wl,--gc-sections",
        "-o",
        "program",
        "program.c",
    ]);
    match binding {
        Binding::Static => cc.arg(recipe::ARCHIVE),
        Binding::Opened => {
            recipe::run(Command::new("cc").current_dir(folder).args([
                "-shared",
                "-Wl,-z,defs",
                "-o",
                "libbeskid_runtime.so",
                "-Wl,--whole-archive",
                recipe::ARCHIVE,
                "-Wl,--no-whole-archive",
            ]));
            cc.arg("-ldl")
        }
    };
    recipe::run(&mut cc);
    folder.join("program")
}

/// Runs a program in its folder.
pub fn run(program: &Path, argument: &str) -> Output {
    Command::new(program)
        .current_dir(program.parent().unwrap())
        .arg(argument)
        .output()
        .unwrap()
}

/// Size in bytes after `strip`.
pub fn stripped_size(program: &Path) -> u64 {
    recipe::run(Command::new("strip").arg(program));
    fs::metadata(program).unwrap().len()
}

fn header(binding: Binding) -> String {
    let mut text = String::from("#include <stdint.h>\n");
    let mut load = String::new();
    if binding == Binding::Opened {
        text += "#include <dlfcn.h>\n#include <stdio.h>\n";
        load += "void *lib = dlopen(\"./libbeskid_runtime.so\", RTLD_NOW | RTLD_LOCAL);\n\
                 if (!lib) { fputs(dlerror(), stderr); return 1; }\n";
    }
    for spec in BUILTIN_SPECS {
        let (returns, params) = (c_return(spec.returns), c_params(spec));
        let name = spec.symbol;
        match binding {
            Binding::Static => text += &format!("{returns} {name}({params});\n"),
            Binding::Opened => {
                text += &format!("static {returns} (*{name})({params});\n");
                load += &format!(
                    "if (!(*(void **)&{name} = dlsym(lib, \"{name}\"))) \
                     {{ fputs(dlerror(), stderr); return 1; }}\n"
                );
            }
        }
    }
    text + "static int load_runtime(void) {\n" + &load + "return 0; }\n"
}

fn c_params(spec: &BuiltinSpec) -> String {
    let params = spec.params.iter().map(|kind| match kind {
        ParamKind::Ptr => "const void *",
        ParamKind::I64 => "int64_t",
    });
    let params = params.collect::<Vec<_>>();
    if params.is_empty() {
        return "void".to_owned();
    }
    params.join(", ")
}

fn c_return(kind: ReturnKind) -> &'static str {
    match kind {
        ReturnKind::Void | ReturnKind::Never => "void",
        ReturnKind::Ptr => "void *",
        ReturnKind::I64 => "int64_t",
        ReturnKind::I32 => "int32_t",
    }
}
