/* A program in C that compiles a Beskid program, gives it a function, and calls it:
 * `embed BACKEND`. */
#include <beskid.h>
#include <stdio.h>
#include <stdlib.h>

static const char *PROGRAM =
    "[Extern(Abi: \"C\", Library: \"host\")]\n"
    "contract Host {\n    i64 add(i64 value);\n}\n\n"
    "[Export(Abi: \"C\")]\n"
    "pub i64 sum(i64 n) {\n"
    "    mut i64 i = 0;\n    mut i64 last = 0;\n"
    "    while i < n { i = i + 1; last = Host.add(i); }\n"
    "    if last > 100 { panic(\"too much\"); }\n"
    "    return last;\n}\n\n"
    "[Export(Abi: \"C\")]\n"
    "pub f64 half(f64 x) { return x / 2.0; }\n";

static int32_t add(void *data, const beskid_value *arguments, size_t count, beskid_value *result)
{
    int64_t *sum = data;
    if (count != 1 || arguments[0].of.integer < 0)
        return 1;
    *sum += arguments[0].of.integer;
    result->type = BESKID_I64;
    result->of.integer = *sum;
    return 0;
}

static void told(const char *what, beskid_error *error)
{
    const char *code = beskid_error_code(error);
    const char *position = beskid_error_position(error);
    printf("%s: %s %s %s\n", what, code ? code : "-", beskid_error_message(error),
           position ? position : "-");
    beskid_error_free(error);
}

int main(int count, char **arguments)
{
    beskid_error *error = NULL;
    beskid_config config = {.backend = count > 1 ? arguments[1] : NULL, .catch_faults = 1};
    beskid_engine *engine = beskid_engine_new(&config, &error);
    if (!engine)
        return told("engine", error), 1;
    int64_t sum = 0;
    beskid_imports *imports = beskid_imports_new();
    if (beskid_imports_add(imports, "add", "(i64) -> i64", add, &sum, &error) != BESKID_OK)
        return told("import", error), 1;
    beskid_instance *instance = beskid_compile_source(engine, "sum.bd", PROGRAM, imports, &error);
    if (!instance)
        return told("compile", error), 1;
    beskid_engine_free(engine);

    beskid_value argument = {.type = BESKID_I64, .of.integer = 10}, result;
    if (beskid_call(instance, "sum", &argument, 1, &result, &error) != BESKID_OK)
        return told("sum", error), 1;
    printf("sum: %lld\n", (long long)result.of.integer);
    beskid_value x = {.type = BESKID_F64, .of.f64 = 5.0};
    if (beskid_call(instance, "half", &x, 1, &result, &error) != BESKID_OK)
        return told("half", error), 1;
    printf("half: %g\n", result.of.f64);

    argument.of.integer = 20;
    if (beskid_call(instance, "sum", &argument, 1, &result, &error) == BESKID_PANIC)
        told("sum", error);
    if (beskid_call(instance, "sum", &x, 1, &result, &error) == BESKID_REFUSED)
        told("sum", error);
    if (beskid_call(instance, "product", &x, 1, &result, &error) == BESKID_REFUSED)
        told("product", error);
    beskid_instance_free(instance);
    return 0;
}
