//! What C is refused, and how it is told.

use std::process::Command;

use beskid_tests::tools::find;

use super::{built_of, output};

/// What the programs here begin with.
const BEGIN: &str = r#"#define _DEFAULT_SOURCE
#include <beskid.h>
#include <stdio.h>

static beskid_error *error = NULL;

static inline void told(int status)
{
    const char *code = beskid_error_code(error), *message = beskid_error_message(error);
    printf("%d %s %s\n", status, code ? code : "-", message ? message : "-");
    beskid_error_free(error);
    error = NULL;
}

"#;

/// What a program says; it finds no other programs.
fn said(text: &str) -> Option<String> {
    if find("cc").is_none() {
        println!("skipped: cc not installed");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let program = built_of(folder.path(), &format!("{BEGIN}{text}"), &[]);
    Some(output(Command::new(program).env("PATH", "/nonexistent")))
}

const NULLS: &str = r#"
static const char *PROGRAM =
    "[Extern(Abi: \"C\", Library: \"host\")]\ncontract Host {\n    i64 same(i64 n);\n}\n\n"
    "[Export(Abi: \"C\")]\npub i64 twice(i64 n) { return Host.same(n) * 2; }\n";

static int32_t same(void *data, const beskid_value *arguments, size_t count, beskid_value *result)
{
    *result = arguments[0];
    return data != NULL || count != 1;
}

static int32_t fails(void *data, const beskid_value *arguments, size_t count, beskid_value *result)
{
    return data == NULL && arguments && count && result;
}

int main(void)
{
    beskid_imports *imports = beskid_imports_new();
    const char *type = "(i64) -> i64";
    told(beskid_imports_add(NULL, "same", type, same, NULL, &error));
    told(beskid_imports_add(imports, "same", type, NULL, NULL, &error));
    told(beskid_imports_add(imports, "same", type, same, NULL, &error));
    told(beskid_imports_add(imports, "same", type, fails, NULL, &error));
    beskid_engine *engine = beskid_engine_new(NULL, NULL);
    told(beskid_compile_artifact(engine, NULL, 3, NULL, &error) != NULL);
    beskid_instance *instance = beskid_compile_source(engine, "same.bd", PROGRAM, imports, &error);
    told(beskid_call(instance, "twice", NULL, 1, NULL, &error));
    beskid_value argument = {.type = BESKID_I64, .of.integer = 21}, result;
    told(beskid_call(instance, "twice", &argument, 1, &result, &error));
    printf("%lld\n", (long long)result.of.integer);
    beskid_instance_free(instance);
    beskid_engine_free(engine);
    return 0;
}
"#;

#[test]
fn null_and_names_that_are_taken_are_refused() {
    let expected = "\
        1 E4041 the imports are null\nmake them with `beskid_imports_new`\n\
        1 E4041 the function is null\ngive a `beskid_host_function`\n\
        0 - -\n\
        1 E4041 the imports have a function `same`\ngive each name one function\n\
        0 E4041 the bytes are null, and are said to be 3\ngive as many as there are said to be\n\
        1 E4041 the arguments are null, and are said to be 1\n\
        give as many as there are said to be\n\
        0 - -\n42\n";
    if let Some(said) = said(NULLS) {
        assert_eq!(said, expected);
    }
}

const VALUES: &str = r#"
#define SECOND(name, type) \
    "function %" name "(i64, " type ") -> " type " system_v {\n" \
    "block0(v0: i64, v1: " type "):\n    return v1\n}\n\n"
static const char *SECONDS = SECOND("b", "i8") SECOND("h", "i16") SECOND("w", "i32");
static const char *HIGH =
    "[Export(Abi: \"C\")]\npub bool is_high(u8 b, bool is) { return is && b > 127; }\n";

static const struct {
    const char *name;
    uint32_t type;
    int64_t integer;
} CALLS[] = {
    {"b", BESKID_I8, -128}, {"b", BESKID_I8, 255},
    {"b", BESKID_I8, -129}, {"b", BESKID_I8, 256},
    {"h", BESKID_I16, -32768}, {"h", BESKID_I16, 65535},
    {"h", BESKID_I16, -32769}, {"h", BESKID_I16, 65536},
    {"w", BESKID_I32, INT32_MIN}, {"w", BESKID_I32, UINT32_MAX},
    {"w", BESKID_I32, -2147483649}, {"w", BESKID_I32, 4294967296},
    {"b", 0, 1}, {"b", 99, 1},
};

int main(void)
{
    beskid_engine *engine = beskid_engine_new(NULL, NULL);
    beskid_instance *instance = beskid_compile_clif(engine, SECONDS, NULL, &error);
    for (size_t i = 0; i < sizeof CALLS / sizeof *CALLS; i++) {
        beskid_value arguments[] = {
            {.type = BESKID_I64, .of.integer = INT64_MIN},
            {.type = CALLS[i].type, .of.integer = CALLS[i].integer},
        };
        beskid_value result;
        beskid_status status = beskid_call(instance, CALLS[i].name, arguments, 2, &result, &error);
        if (status == BESKID_OK)
            printf("%lld\n", (long long)result.of.integer);
        else
            told(status);
    }
    beskid_instance_free(instance);
    instance = beskid_compile_source(engine, "high.bd", HIGH, NULL, &error);
    for (int64_t byte = 127; byte <= 128; byte++) {
        beskid_value arguments[] = {
            {.type = BESKID_I8, .of.integer = byte},
            {.type = BESKID_I8, .of.integer = 1},
        };
        beskid_value result;
        int status = beskid_call(instance, "is_high", arguments, 2, &result, &error);
        printf("%d %u %lld\n", status, result.type, (long long)result.of.integer);
    }
    beskid_instance_free(instance);
    beskid_engine_free(engine);
    return 0;
}
"#;

#[test]
fn integers_that_do_not_fit_their_types_are_refused() {
    let refused = |integer: i64, name: &str, range: &str| {
        format!(
            "1 E4041 argument 2 is {integer}, which does not fit an {name}\n\
             from {range} do, with a sign and without\n"
        )
    };
    let mut expected = String::new();
    for (name, bits) in [("i8", 8), ("i16", 16), ("i32", 32)] {
        let (least, most) = (-(1 << (bits - 1)), (1 << bits) - 1);
        let range = format!("{least} to {most}");
        // The bits of the greatest are those of -1.
        expected += &format!("{least}\n-1\n");
        expected += &refused(least - 1, name, &range);
        expected += &refused(most + 1, name, &range);
    }
    for of_type in [0, 99] {
        expected += &format!(
            "1 E4041 argument 2 has the type {of_type}, which no value has\nuse a `beskid_type`\n"
        );
    }
    expected += "0 1 0\n0 1 1\n";
    if let Some(said) = said(VALUES) {
        assert_eq!(said, expected);
    }
}

const RESULTS: &str = r#"
static const char *PROGRAM =
    "[Extern(Abi: \"C\", Library: \"host\")]\ncontract Host {\n    u8 give(i64 n);\n"
    "    unit take(i64 n);\n}\n\n"
    "[Export(Abi: \"C\")]\npub u8 given(i64 n) { Host.take(n); return Host.give(n); }\n";

static const beskid_value GIVEN[] = {
    {.type = BESKID_I8, .of.integer = 200}, {.type = BESKID_I8, .of.integer = 300},
    {.type = BESKID_F64, .of.f64 = 1.5},    {.type = 77},
    {.type = 0},                            {.type = BESKID_I8, .of.integer = 1},
};

static int32_t give(void *data, const beskid_value *arguments, size_t count, beskid_value *result)
{
    *result = GIVEN[arguments[0].of.integer];
    return data != NULL || count != 1;
}

static int32_t take(void *data, const beskid_value *arguments, size_t count, beskid_value *result)
{
    if (arguments[0].of.integer == 5)
        *result = arguments[0];
    return data != NULL || count != 1;
}

int main(void)
{
    beskid_engine *engine = beskid_engine_new(NULL, NULL);
    beskid_imports *imports = beskid_imports_new();
    told(beskid_imports_add(imports, "give", "(i64) -> i8", give, NULL, &error));
    told(beskid_imports_add(imports, "take", "(i64)", take, NULL, &error));
    beskid_instance *instance = beskid_compile_source(engine, "g.bd", PROGRAM, imports, &error);
    for (int64_t n = 0; n <= 5; n++) {
        beskid_value argument = {.type = BESKID_I64, .of.integer = n}, result;
        int status = beskid_call(instance, "given", &argument, 1, &result, &error);
        if (status == BESKID_OK)
            printf("%d\n", (uint8_t)result.of.integer);
        else
            told(status);
    }
    beskid_instance_free(instance);
    beskid_engine_free(engine);
    return 0;
}
"#;

#[test]
fn results_of_host_functions_are_of_their_types() {
    let expected = "\
        0 - -\n0 - -\n200\n\
        7 - the result of a host function is 300, which does not fit an i8\n\
        7 - a host function of `(i64) -> i8` returned an f64\n\
        7 - the result of a host function has the type 77, which no value has\n\
        7 - a host function of `(i64) -> i8` returned nothing; \
        write the result's type and value\n\
        7 - a host function of `(i64)` returned an i64\n";
    if let Some(said) = said(RESULTS) {
        assert_eq!(said, expected);
    }
}

const HELPS: &str = r#"
static const char *PROGRAM =
    "[Extern(Abi: \"C\", Library: \"host\")]\ncontract Host {\n    i64 same(i64 n);\n}\n\n"
    "[Export(Abi: \"C\")]\npub i64 twice(i64 n) { return Host.same(n) * 2; }\n";
static const char *PAIR =
    "; data: %counter export writable align 8 zero 8\n\n"
    "function %pair() -> i64, i64 system_v {\nblock0:\n    v0 = iconst.i64 1\n"
    "    return v0, v0\n}\n";

int main(void)
{
    beskid_config config = {.backend = "none"};
    told(beskid_engine_new(&config, &error) != NULL);
    beskid_engine *engine = beskid_engine_new(NULL, NULL);
    told(beskid_compile_source(engine, "twice.bd", PROGRAM, NULL, &error) != NULL);
    beskid_instance *instance = beskid_compile_clif(engine, PAIR, NULL, &error);
    told(beskid_call(instance, "pair", NULL, 0, NULL, &error));
    told(beskid_call(instance, "counter", NULL, 0, NULL, &error));
    beskid_instance_free(instance);
    beskid_engine_free(engine);
    config.backend = "aot";
    engine = beskid_engine_new(&config, &error);
    told(beskid_compile_clif(engine, PAIR, NULL, &error) != NULL);
    beskid_engine_free(engine);
    return 0;
}
"#;

/// Not of Rust's functions, nor of options of the command line.
#[test]
fn errors_speak_of_what_c_has() {
    let expected = "\
        0 E5108 there is no backend `none`\nchoose one of: aot, jit\n\
        0 E4055 the program imports `same` of `host`, which nobody gives it\n\
        give it with `beskid_imports_add`\n\
        1 E4052 `pair` is `() -> (i64, i64)`, and cannot be called by words\n\
        only scalars can be passed, and one of them returned\n\
        1 E4053 `counter` is data, not a function\nname a function\n\
        0 E4020 the C driver `cc` cannot be run: it is not in `PATH`\n\
        install it, or use the backend `jit`\n";
    if let Some(said) = said(HELPS) {
        assert_eq!(said, expected);
    }
}

const CONFIGURATIONS: &str = r#"#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static char *end;

/* An engine of the last of readable bytes, which begin with a configuration's size and have
 * a one at their end, if they are asked to. */
static void try(size_t there, size_t size, int one)
{
    memset(end - there, 0, there);
    memcpy(end - there, &size, sizeof size);
    end[-1] |= one;
    beskid_engine *engine = beskid_engine_new((beskid_config *)(end - there), &error);
    told(engine != NULL);
    beskid_engine_free(engine);
}

int main(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), whole = sizeof(beskid_config);
    char *pages = mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED || mprotect(pages + 2 * page, page, PROT_NONE) != 0)
        return 1;
    end = pages + 2 * page;
    try(whole, 0, 0);
    try(whole, whole, 0);
    try(whole + 16, 0, 1);
    try(whole + 16, whole + 16, 0);
    try(whole + 16, whole + 16, 1);
    try(sizeof(size_t), sizeof(size_t), 0);
    try(sizeof(size_t), 5000, 0);
    beskid_config config = {.size = sizeof config, .backend = "none"};
    told(beskid_engine_new(&config, &error) != NULL);
    return 0;
}
"#;

#[test]
fn no_byte_is_read_beyond_the_size_of_a_configuration() {
    let size = |size: usize| {
        format!(
            "0 E4041 the configuration's size is {size}, which none has\n\
             write `sizeof(beskid_config)`, or 0\n"
        )
    };
    let expected = format!(
        "1 - -\n1 - -\n1 - -\n1 - -\n\
         0 E4041 the configuration uses fields that this library does not have\n\
         leave them zero, or link the library of this header\n\
         {}{}0 E5108 there is no backend `none`\nchoose one of: aot, jit\n",
        size(size_of::<usize>()),
        size(5000)
    );
    if let Some(said) = said(CONFIGURATIONS) {
        assert_eq!(said, expected);
    }
}
