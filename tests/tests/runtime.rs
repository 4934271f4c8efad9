//! The runtime that programs are linked with: complete, checked, and the same
//! in every kind of output, whatever linked it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use beskid_host::embedded_runtime as embedded;
use beskid_plugin_api::runtime_abi::{BUILTIN_SPECS, RUNTIME_EXPORT_SYMBOLS};
use beskid_tests::command::{Ended, end, run};
use beskid_tests::strategies::strategies;
use goblin::archive::Archive;
use goblin::elf::Elf;
use goblin::elf::section_header::{SHN_UNDEF, SHT_PROGBITS};
use goblin::elf::sym::{STB_GLOBAL, STT_FUNC, STT_OBJECT};

/// C library functions that the runtime may use.
const C_LIBRARY: [&str; 40] = [
    "__errno_location",
    "_exit",
    "access",
    "bcmp",
    "calloc",
    "clock_gettime",
    "close",
    "dl_iterate_phdr",
    "exit",
    "getcwd",
    "getenv",
    "getpagesize",
    "getpid",
    "ioctl",
    "lseek",
    "memcmp",
    "memcpy",
    "memmove",
    "memset",
    "mincore",
    "mkdir",
    "mmap",
    "mprotect",
    "munmap",
    "open",
    "poll",
    "pthread_getspecific",
    "pthread_key_create",
    "pthread_key_delete",
    "pthread_self",
    "pthread_setspecific",
    "raise",
    "read",
    "sched_yield",
    "setenv",
    "sigaction",
    "sigaltstack",
    "strlen",
    "unlink",
    "write",
];

fn object(archive: &[u8]) -> &[u8] {
    let parsed = Archive::parse(archive).unwrap();
    assert_eq!(
        parsed.members(),
        ["beskid_runtime.o"],
        "nothing but the runtime"
    );
    parsed.extract("beskid_runtime.o", archive).unwrap()
}

#[test]
fn abi_001_the_embedded_archive_exports_exactly_the_symbols_of_the_tables() {
    let elf = Elf::parse(object(embedded())).unwrap();
    let mut exported = BTreeSet::new();
    let mut undefined = BTreeSet::new();
    for symbol in elf
        .syms
        .iter()
        .filter(|symbol| symbol.st_bind() == STB_GLOBAL)
    {
        let name = elf.strtab.get_at(symbol.st_name).unwrap();
        if symbol.st_shndx == SHN_UNDEF as usize {
            undefined.insert(name);
        } else if symbol.st_visibility() == 0 {
            // Its version is data (ABI-7).
            let is_version = name == "beskid_runtime_abi";
            let kind = if is_version { STT_OBJECT } else { STT_FUNC };
            assert_eq!(symbol.st_type(), kind, "{name}");
            exported.insert(name);
        }
    }
    let table = BUILTIN_SPECS
        .iter()
        .map(|spec| spec.symbol)
        .chain(["beskid_runtime_abi"])
        .collect::<BTreeSet<_>>();
    assert_eq!(exported, table);
    let allowed = C_LIBRARY.into_iter().collect::<BTreeSet<_>>();
    assert!(undefined.is_subset(&allowed), "{undefined:?}");
}

#[test]
fn abi_006_the_host_registers_the_same_symbols_as_the_archive_exports() {
    let registered = beskid_host::runtime_symbols().map(|(name, _)| name);
    assert!(registered.eq(BUILTIN_SPECS.iter().map(|spec| spec.symbol.to_owned())));
}

/// Archivers load a plugin for bitcode members and then lose their symbols.
#[test]
fn the_archive_has_no_bitcode_and_no_path_of_the_building_machine() {
    let bytes = object(embedded());
    let elf = Elf::parse(bytes).unwrap();
    for section in elf
        .section_headers
        .iter()
        .filter(|section| section.sh_type == SHT_PROGBITS)
    {
        let name = elf.shdr_strtab.get_at(section.sh_name).unwrap();
        assert!(!name.contains("llvm"), "{name}");
    }
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let here = here.to_str().unwrap().as_bytes();
    assert!(!bytes.windows(here.len()).any(|window| window == here));
}

#[test]
fn lk_7_an_executable_has_main_and_the_runtime_symbols_and_is_small() {
    for strategy in strategies() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("hello.bd");
        fs::write(
            &program,
            "unit main() { __syscall_write(1, \"hello\\n\"); }",
        )
        .unwrap();
        strategy
            .run(folder.path(), ["build", "hello.bd"])
            .succeeds();
        let report = strategy.run(folder.path(), ["inspect", "hello"]).succeeds();
        for fact in [
            "kind:          executable",
            "main:          defined",
            "exports:       none",
            "beskid_runtime_abi_version",
            "syscall_write",
            "result:        pass",
        ] {
            assert!(report.contains(fact), "{fact} in {report}");
        }
        let json = strategy
            .run(
                folder.path(),
                ["--message-format", "json", "inspect", "hello"],
            )
            .succeeds();
        let json = serde_json::from_str::<serde_json::Value>(&json).unwrap();
        assert_eq!(json["defines_main"], true);
        assert_eq!(json["architecture"], std::env::consts::ARCH);

        let status = Command::new("strip")
            .arg(folder.path().join("hello"))
            .status();
        assert!(status.unwrap().success());
        let size = fs::metadata(folder.path().join("hello")).unwrap().len();
        assert!(size < 100 * 1024, "{size} bytes");
        assert_eq!(
            end(&mut Command::new(folder.path().join("hello"))).succeeds(),
            "hello\n"
        );
        let report = strategy.run(folder.path(), ["inspect", "hello"]).succeeds();
        assert!(report.contains("the symbol table is stripped"), "{report}");
    }
}

#[test]
fn lk_3_a_shared_library_exports_its_public_functions_and_nothing_else() {
    for strategy in strategies() {
        let folder = tempfile::tempdir().unwrap();
        let source = "pub i64 twice(i64 x) { return helper(x) * 2; }\n i64 helper(i64 x) { return x; }\n\
                      [Export(Abi: \"C\", Symbol: \"__hidden\")] pub i64 hidden() { return 1; }\n pub i64 shout() { return __syscall_write(1, \"!\\n\"); }\n\
                      pub i64 divide(i64 a, i64 b) { return a / b; }\n unit main() { }\n";
        fs::write(folder.path().join("lib.bd"), source).unwrap();
        strategy
            .run(folder.path(), ["build", "lib.bd", "--kind", "shared"])
            .succeeds();
        let report = strategy
            .run(folder.path(), ["inspect", "liblib.so"])
            .succeeds();
        assert!(
            report.contains("exports:       divide shout twice\n"),
            "{report}"
        );

        let user = "#include <stdio.h>\nlong twice(long); long shout(void); long divide(long, long);\n\
                    int main(int n, char **v) { printf(\"%ld\\n\", twice(21)); fflush(stdout); shout();\n\
                    return (int)divide(7, n - 1); }";
        let program = compile_c(folder.path(), user, &["liblib.so", "-Wl,-rpath,."]);
        let ended = end(Command::new(&program).current_dir(folder.path()));
        assert_eq!(ended.stdout, "42\n!\n");
        assert_eq!(
            ended.status,
            Some(101),
            "division by zero in the library: {ended:#?}"
        );
        assert!(
            ended
                .stderr
                .starts_with("panic: division by zero\n  at lib.bd:5:"),
            "{ended:#?}"
        );

        let explicit = [
            "build", "lib.bd", "--kind", "shared", "--export", "twice", "-o", "one.so",
        ];
        strategy.run(folder.path(), explicit).succeeds();
        let report = strategy
            .run(folder.path(), ["inspect", "one.so"])
            .succeeds();
        assert!(report.contains("exports:       twice\n"), "{report}");
    }
}

#[test]
fn a_standalone_executable_of_a_unit_main_links_without_runtime() {
    for strategy in strategies() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("p.bd"), "unit main() { }").unwrap();
        strategy
            .run(folder.path(), ["build", "p.bd", "--standalone"])
            .succeeds();
        let report = strategy.run(folder.path(), ["inspect", "p"]).succeeds();
        assert!(report.contains("runtime:       none"), "{report}");
        end(&mut Command::new(folder.path().join("p"))).succeeds();
    }
}

#[test]
fn objects_are_the_same_from_every_folder() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let outputs = folders.each_ref().map(|folder| {
        let source = "i32 main() { __syscall_write(1, \"${1}\"); return 2 / 1; }";
        fs::write(folder.path().join("p.bd"), source).unwrap();
        run(folder.path(), ["build", "p.bd", "--kind", "object"]).succeeds();
        run(folder.path(), ["build", "p.bd"]).succeeds();
        ["p.o", "p"].map(|name| fs::read(folder.path().join(name)).unwrap())
    });
    assert!(outputs[0] == outputs[1]);
}

#[test]
fn abi_003_an_executable_refuses_a_runtime_of_another_version() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("p.bd"),
        "unit main() { __syscall_write(1, \"ran\\n\"); }",
    )
    .unwrap();
    for version in [0, 3, 12, 4_294_967_295_u32] {
        let archive = runtime_of_version(folder.path(), version);
        let archive = archive.to_str().unwrap();
        // The user says what the archive hides, and is wrong.
        let said = ["--runtime-abi-version", "2"];
        let args = ["build", "p.bd", "--runtime-archive", archive];
        run(folder.path(), args.iter().chain(&said)).succeeds();
        let ended = end(&mut Command::new(folder.path().join("p")));
        assert_eq!(ended.status, Some(101), "{ended:#?}");
        assert_eq!(ended.stdout, "", "main must not run: {ended:#?}");
        let message = format!("panic: {version} is the ABI version of the runtime found, but");
        assert!(ended.stderr.starts_with(&message), "{ended:#?}");
        assert!(
            ended.stderr.contains("requires 2") && ended.stderr.contains("align"),
            "{ended:#?}"
        );
    }
}

/// An archive with every symbol of a runtime, which tells another version only
/// when it runs.
fn runtime_of_version(folder: &Path, version: u32) -> PathBuf {
    let source = format!(
        "#include <stdio.h>\n#include <unistd.h>\n\
         static volatile unsigned version = {version}u;\n\
         unsigned beskid_runtime_abi_version(void) {{ return version; }}\n\
         long syscall_write(long fd, void *s) {{ return write(1, \"ran\\n\", 4); }}\n\
         void panic(const char *p, unsigned long n) \
         {{ fprintf(stderr, \"panic: %.*s\\n\", (int)n, p); _exit(101); }}\n"
    );
    let written = ["beskid_runtime_abi_version", "syscall_write", "panic"];
    let others = RUNTIME_EXPORT_SYMBOLS.iter();
    let others = others.filter(|symbol| !written.contains(symbol));
    let others = others.map(|symbol| format!("void {symbol}(void) {{}}\n"));
    let source = source + &others.collect::<String>();
    fs::write(folder.join("runtime.c"), source).unwrap();
    cc(folder, &["-c", "-fPIC", "runtime.c", "-o", "runtime.o"]);
    let archive = folder.join("libruntime.a");
    let _ = fs::remove_file(&archive);
    let mut ar = Command::new("ar");
    end(ar
        .current_dir(folder)
        .args(["rcs", "libruntime.a", "runtime.o"]))
    .succeeds();
    archive
}

/// Programs in C that use the runtime wrongly; each must end with status 101
/// and the message of the specification.
#[test]
fn misuse_of_the_runtime_ends_the_program_with_a_message() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("libbeskid_runtime.a"), embedded()).unwrap();
    let cases = [
        ("str_len(0);", "null string handle"),
        ("str_new(\"\\xff\", 1);", "invalid utf-8 string data"),
        ("panic(\"by hand\", 7);", "by hand"),
        ("panic_str(str_new(\"by handle\", 9));", "by handle"),
        (
            "long e[3] = {0}; event_subscribe(e, e, 1); event_subscribe(e, e, 1);",
            "event capacity exceeded",
        ),
        (
            "long e[3] = {0}; event_get_handler(e, 0);",
            "event handler index out of bounds",
        ),
        (
            "long v[3] = {0, 99, 0}; interop_dispatch_usize(v);",
            "interop tag 99 is unknown in dispatch group usize",
        ),
        (
            "long v[3] = {0, 2, 0}; interop_dispatch_unit(v);",
            "interop tag 2 is unknown in dispatch group unit",
        ),
        (
            "long v[3] = {0, 2, 0}; interop_dispatch_ptr(v);",
            "interop tag 2 is unknown in dispatch group ptr",
        ),
        ("array_new(8, -1L);", "array too large"),
        ("array_len(0);", "null array handle"),
        ("alloc(-1L, 0);", "out of memory"),
        ("syscall_read(0, -1);", "negative length in a read"),
        ("str_from_char(0x110000);", "not a Unicode scalar value"),
    ];
    let arms = cases
        .iter()
        .enumerate()
        .map(|(index, (code, _))| format!("case {index}: {{ {code} }} break;"));
    let source = format!(
        "#include <stdlib.h>\n{PROTOTYPES}\n\
         int main(int n, char **v) {{ switch (atoi(v[1])) {{ {} }} return 0; }}",
        arms.collect::<Vec<_>>().join("\n")
    );
    let program = compile_c(folder.path(), &source, &["libbeskid_runtime.a"]);
    for (index, (code, message)) in cases.iter().enumerate() {
        let ended = end(Command::new(&program).arg(index.to_string()));
        assert_eq!(ended.status, Some(101), "{code}: {ended:#?}");
        assert_eq!(ended.stderr, format!("panic: {message}\n"), "{code}");
    }
}

const PROTOTYPES: &str = "void *str_new(const char*, long); long str_len(void*); \
    void panic(const char*, long); void panic_str(void*); long event_subscribe(void*, void*, long); \
    void *event_get_handler(void*, long); long interop_dispatch_usize(void*); \
    void interop_dispatch_unit(void*); void *interop_dispatch_ptr(void*); void *array_new(long, long); \
    long array_len(void*); void *alloc(long, void*); void *syscall_read(long, long); \
    void *str_from_char(long);";

#[test]
fn the_runtime_works_as_a_shared_object() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("libbeskid_runtime.a"), embedded()).unwrap();
    cc(
        folder.path(),
        &[
            "-shared",
            "-o",
            "libbeskid_runtime.so",
            "-Wl,--whole-archive",
            "libbeskid_runtime.a",
            "-Wl,--no-whole-archive",
        ],
    );
    let report = run(folder.path(), ["inspect", "libbeskid_runtime.so"]).succeeds();
    let exports = report
        .lines()
        .find_map(|line| line.strip_prefix("exports:"))
        .unwrap();
    let exports = exports.split_whitespace().collect::<BTreeSet<_>>();
    assert!(
        RUNTIME_EXPORT_SYMBOLS
            .iter()
            .all(|symbol| exports.contains(symbol))
    );
    let source = format!(
        "#include <stdio.h>\n{PROTOTYPES}\n unsigned beskid_runtime_abi_version(void);\n\
         void *str_concat(void*, void*); long syscall_write(long, void*); long rt_now_millis(void);\n\
         int main(void) {{ void *a = str_new(\"dri\", 3); void *b = str_concat(a, str_new(\"na\\n\", 3));\n\
         syscall_write(1, b); return beskid_runtime_abi_version() * 10 + str_len(b) + (rt_now_millis() < 0); }}"
    );
    let flags = ["libbeskid_runtime.so", "-Wl,-rpath,$ORIGIN"];
    let program = compile_c(folder.path(), &source, &flags);
    let ended: Ended = end(&mut Command::new(program));
    assert_eq!(
        (ended.stdout.as_str(), ended.status),
        ("drina\n", Some(26)),
        "{ended:#?}"
    );
}

fn compile_c(folder: &Path, source: &str, inputs: &[&str]) -> PathBuf {
    fs::write(folder.join("main.c"), source).unwrap();
    let mut args = vec!["main.c", "-o", "main"];
    args.extend(inputs);
    cc(folder, &args);
    folder.join("main")
}

#[track_caller]
fn cc(folder: &Path, args: &[&str]) {
    let ended = end(Command::new("cc").current_dir(folder).args(args));
    ended.succeeds();
}

#[test]
fn bk_8_objects_are_made_for_other_architectures() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), "i32 main() { return 1; }").unwrap();
    for (target, architecture) in [
        ("x86_64-unknown-linux-gnu", "x86_64"),
        ("aarch64-unknown-linux-gnu", "aarch64"),
        ("riscv64gc-unknown-linux-gnu", "riscv64"),
    ] {
        let args = [
            "build",
            "p.bd",
            "--kind",
            "object",
            "--target-triple",
            target,
        ];
        run(folder.path(), args).succeeds();
        let report = run(folder.path(), ["inspect", "p.o"]).succeeds();
        assert!(
            report.contains(&format!("architecture:  {architecture}\n")),
            "{report}"
        );
    }
    for target in ["x86_64-pc-windows-msvc", "aarch64-apple-darwin"] {
        let args = [
            "build",
            "p.bd",
            "--kind",
            "object",
            "--target-triple",
            target,
            "-o",
            "other.o",
        ];
        run(folder.path(), args).succeeds();
        assert!(fs::metadata(folder.path().join("other.o")).unwrap().len() > 100);
    }
}
