//! The same from C and from Python, by the library and its header.

mod refusals;

use std::path::{Path, PathBuf};
use std::process::Command;

use beskid_tests::built::{c_library, root};
use beskid_tests::tools::{find, tool};

fn output(command: &mut Command) -> String {
    let ended = command.output().unwrap();
    let [told, said] = [&ended.stdout, &ended.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    let status = ended.status;
    assert!(status.success(), "{command:?}: {status}: {told}{said}");
    String::from_utf8(ended.stdout).unwrap()
}

/// Builds the example in C, with these arguments for the linker, as `embed`.
fn built_with(folder: &Path, arguments: &[&str]) {
    let mut cc = Command::new("cc");
    cc.args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-I"]);
    cc.arg(root().join("c-api/include"));
    cc.arg(root().join("examples/embedding/embed.c"));
    output(cc.args(arguments).arg("-o").arg(folder.join("embed")));
}

/// What the example says at first.
const SAID: &str = "sum: 55\nhalf: 2.5\n\
    sum: - too much sum.bd:11:21\n\
    sum: E4052 the function is `(i64) -> i64`, and is called as `(f64) -> i64`\n\
    give it the arguments that it takes -\n\
    product: E4051 the program exports no `product`\n";

/// What the linker is told of the library.
fn of_library() -> [String; 3] {
    let library = c_library().parent().unwrap().to_str().unwrap();
    let (search, run) = (format!("-L{library}"), format!("-Wl,-rpath,{library}"));
    [search, "-lbeskid".to_owned(), run]
}

/// Builds a program in C.
fn built_of(folder: &Path, text: &str, arguments: &[&str]) -> PathBuf {
    let [source, program] = ["program.c", "program"].map(|name| folder.join(name));
    std::fs::write(&source, text).unwrap();
    let mut cc = Command::new("cc");
    cc.args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-I"]);
    cc.arg(root().join("c-api/include"))
        .arg(source)
        .args(arguments);
    output(cc.args(of_library()).arg("-o").arg(&program));
    program
}

/// The backends of which one makes code in memory, and the other objects.
const BACKENDS: [&str; 2] = ["jit", "aot"];

#[test]
fn c_calls_a_program_and_is_called_by_it() {
    if find("cc").is_none() {
        println!("skipped: cc not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let library = of_library();
    built_with(folder.path(), &library.each_ref().map(String::as_str));
    for backend in BACKENDS {
        let found = output(Command::new(folder.path().join("embed")).arg(backend));
        assert!(found.starts_with(SAID), "{backend}: {found}");
    }
}

/// The archive has the backends, though nothing of C names them: optimized too, when crates
/// share no generic code that brings them in.
#[test]
fn c_links_all_of_it_into_the_program() {
    if find("cc").is_none() {
        println!("skipped: cc not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let archive = c_library().with_file_name("libbeskid.a");
    let archive = archive.to_str().unwrap();
    let smaller = "-Wl,--gc-sections,--strip-all";
    built_with(
        folder.path(),
        &[archive, "-lpthread", "-ldl", "-lm", smaller],
    );
    for backend in BACKENDS {
        let found = output(Command::new(folder.path().join("embed")).arg(backend));
        assert!(found.starts_with(SAID), "{backend}: {found}");
    }
}

/// Whether programs can be built with the sanitizer of addresses.
fn has_sanitizer(folder: &Path) -> bool {
    let source = folder.join("nothing.c");
    std::fs::write(&source, "int main(void) { return 0; }\n").unwrap();
    let mut cc = Command::new("cc");
    cc.arg("-fsanitize=address").arg(&source);
    let built = cc.arg("-o").arg(folder.join("nothing")).output();
    built.is_ok_and(|ended| ended.status.success())
}

#[test]
fn a_sanitizer_finds_nothing_in_c_that_embeds() {
    let folder = tempfile::tempdir().unwrap();
    if find("cc").is_none() || !has_sanitizer(folder.path()) {
        println!("skipped: libasan not installed");
        return;
    }
    let library = of_library();
    let [search, name, run] = library.each_ref().map(String::as_str);
    let sanitized = ["-g", "-fsanitize=address", search, name, run];
    built_with(folder.path(), &sanitized);
    for backend in BACKENDS {
        let mut program = Command::new(folder.path().join("embed"));
        // What lives as long as the process is no leak, and what code in memory has of it
        // is not seen.
        program.arg(backend).env("ASAN_OPTIONS", "detect_leaks=0");
        let found = output(&mut program);
        assert!(found.starts_with(SAID), "{backend}: {found}");
    }
}

#[test]
fn valgrind_finds_nothing_in_c_that_embeds() {
    if find("cc").is_none() || tool("valgrind").is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let library = of_library();
    built_with(folder.path(), &library.each_ref().map(String::as_str));
    for backend in BACKENDS {
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--quiet", "--error-exitcode=9", "--leak-check=no"]);
        let found = output(valgrind.arg(folder.path().join("embed")).arg(backend));
        assert!(found.starts_with(SAID), "{backend}: {found}");
    }
}

/// A panic, told with the lines of calls.
const PANICS: &str = r#"#include <beskid.h>
#include <stdio.h>

static const char *PROGRAM =
    "i64 half(i64 n) {\n    if n % 2 != 0 { panic(\"not even\"); }\n    return n / 2;\n}\n"
    "[Export(Abi: \"C\")]\npub i64 halve(i64 n) {\n    return half(n);\n}\n";

int main(void)
{
    beskid_config config = {.debug_info = 1};
    beskid_engine *engine = beskid_engine_new(&config, NULL);
    beskid_instance *instance = beskid_compile_source(engine, "halve.bd", PROGRAM, NULL, NULL);
    if (!instance)
        return 1;
    beskid_value argument = {.type = BESKID_I64, .of.integer = 7}, result;
    beskid_error *error = NULL;
    beskid_status status = beskid_call(instance, "halve", &argument, 1, &result, &error);
    printf("%d: %s at %s\n%s\n", status, beskid_error_message(error),
           beskid_error_position(error), beskid_error_backtrace(error));
    beskid_error_free(error);
    status = beskid_call(instance, "none", NULL, 0, NULL, &error);
    printf("%d: %s, %d\n", status, beskid_error_code(error), !beskid_error_backtrace(error));
    beskid_error_free(error);
    beskid_instance_free(instance);
    beskid_engine_free(engine);
    return 0;
}
"#;

#[test]
fn c_is_told_where_calls_ended() {
    if find("cc").is_none() {
        println!("skipped: cc not installed");
        return;
    }
    let expected = "2: not even at halve.bd:2:21\nhalf (halve.bd:2)\nhalve (halve.bd:7)\n\
        1: E4051, 1\n";
    let folder = tempfile::tempdir().unwrap();
    let program = built_of(folder.path(), PANICS, &[]);
    assert_eq!(output(&mut Command::new(program)), expected);
}

/// A call that wants more memory than it may, and the next one.
const LIMITED: &str = r#"#include <beskid.h>
#include <stdio.h>

static const char *PROGRAM =
    "[Export(Abi: \"C\")]\npub i64 keep(i64 n) {\n    mut string all = \"\";\n"
    "    mut i64 i = 0;\n    while i < n { all = \"${all}0123456789abcdef\"; i = i + 1; }\n"
    "    return n;\n}\n";

int main(void)
{
    beskid_config config = {.memory_limit = 1 << 20};
    beskid_engine *engine = beskid_engine_new(&config, NULL);
    beskid_instance *instance = beskid_compile_source(engine, "keep.bd", PROGRAM, NULL, NULL);
    if (!instance)
        return 1;
    for (int64_t n = 1000; n <= 1000000; n *= 1000) {
        beskid_value argument = {.type = BESKID_I64, .of.integer = n}, result;
        printf("%d\n", beskid_call(instance, "keep", &argument, 1, &result, NULL));
    }
    beskid_instance_free(instance);
    beskid_engine_free(engine);
    return 0;
}
"#;

#[test]
fn c_limits_the_memory_of_calls() {
    if find("cc").is_none() {
        println!("skipped: cc not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let program = built_of(folder.path(), LIMITED, &[]);
    assert_eq!(output(&mut Command::new(program)), "0\n11\n");
}

/// A host function that calls its instance, also on another thread, and frees it.
const BUSY: &str = r#"#include <beskid.h>
#include <pthread.h>
#include <stdio.h>

static const char *PROGRAM =
    "[Extern(Abi: \"C\", Library: \"host\")]\ncontract Host {\n    i64 visit(i64 n);\n}\n\n"
    "[Export(Abi: \"C\")]\npub i64 visited(i64 n) { return Host.visit(n) + 1; }\n";

static void *again(void *instance)
{
    beskid_value argument = {.type = BESKID_I64, .of.integer = 1}, result;
    beskid_error *error = NULL;
    int status = beskid_call(instance, "visited", &argument, 1, &result, &error);
    printf("%d %s %s\n", status, beskid_error_code(error), beskid_error_message(error));
    beskid_error_free(error);
    return NULL;
}

static int32_t visit(void *data, const beskid_value *arguments, size_t count, beskid_value *result)
{
    beskid_instance *instance = *(beskid_instance **)data;
    pthread_t thread;
    again(instance);
    if (count != 1 || pthread_create(&thread, NULL, again, instance) != 0)
        return 1;
    pthread_join(thread, NULL);
    if (arguments[0].of.integer == 2)
        beskid_instance_free(instance);
    *result = arguments[0];
    return 0;
}

int main(void)
{
    beskid_instance *instance = NULL;
    beskid_engine *engine = beskid_engine_new(NULL, NULL);
    beskid_imports *imports = beskid_imports_new();
    if (beskid_imports_add(imports, "visit", "(i64) -> i64", visit, &instance, NULL) != BESKID_OK)
        return 1;
    instance = beskid_compile_source(engine, "visit.bd", PROGRAM, imports, NULL);
    for (int64_t n = 1; n <= 2; n++) {
        beskid_value argument = {.type = BESKID_I64, .of.integer = n}, result;
        int status = beskid_call(instance, "visited", &argument, 1, &result, NULL);
        printf("%d %lld\n", status, (long long)result.of.integer);
    }
    beskid_engine_free(engine);
    beskid_error *error = NULL;
    int status = beskid_call(NULL, "visited", NULL, 0, NULL, &error);
    printf("%d %s\n", status, beskid_error_message(error));
    beskid_error_free(error);
    return 0;
}
"#;

#[test]
fn an_instance_in_the_middle_of_a_call_is_neither_called_nor_freed() {
    if find("cc").is_none() {
        println!("skipped: cc not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let program = built_of(folder.path(), BUSY, &["-pthread"]);
    let help = "one thread at a time calls an instance, and none of its host functions does";
    let refused = format!("1 E4041 the instance is in the middle of a call\n{help}\n");
    let null = "1 the instance is null\n\
                make one with `beskid_compile_source` or another of its kind\n";
    let expected = format!("{refused}{refused}0 2\n{refused}{refused}0 3\n{null}");
    assert_eq!(output(&mut Command::new(&program)), expected);
    if tool("valgrind").is_some() {
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--quiet", "--error-exitcode=9", "--leak-check=no"]);
        assert_eq!(output(valgrind.arg(&program)), expected);
    }
}

#[test]
fn python_calls_a_program() {
    if find("python3").is_none() {
        println!("skipped: python3 not installed");
        return;
    }
    let mut python = Command::new("python3");
    python
        .arg(root().join("examples/embedding/embed.py"))
        .arg(c_library());
    let found = output(&mut python);
    assert_eq!(found, "42: 21\n7: not even at halve.bd:3:21\n8: 4\n");
}
