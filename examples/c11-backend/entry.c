#include "entry.h"

#include <string.h>

enum { RUNTIME_ABI = 2 };

static bool has_symbol(const artifact *a, const char *name, bool is_defined)
{
    for (uint32_t i = 0; i < a->symbol_count; i++)
        if (is_text(a->symbols[i].name, name) && (!is_defined || a->symbols[i].linkage != IMPORT))
            return true;
    return false;
}

/* ABI-003: no code of the program runs with another runtime than it was made for. */
static void write_check(call *call, uint32_t required)
{
    emit(call, "extern u32 e_version(void) __asm__(\"beskid_runtime_abi_version\");\n"
               "extern void e_panic(const char *, u64) __asm__(\"panic\");\n");
    emit(call, "static void check_version(void) __asm__(\".Lbeskid.check\");\n"
               "static void check_version(void) {\n"
               "u32 found = e_version(); if (found == %uu) return;\n", required);
    emit(call, "static char message[] = \"0000000000\"\n"
               "\" is the ABI version of the runtime found, but this program requires %u \"\n",
         required);
    emit(call, "\"(E4012); align the releases of the beskid CLI and of the runtime\";\n"
               "int start = 10;\n"
               "do { message[--start] = '0' + found %% 10; found /= 10; } while (found);\n");
    emit(call, "e_panic(message + start, sizeof message - 1 - start); TRAP(); }\n");
}

static void write_main(const artifact *a, bool is_checked, const char *start)
{
    call *call = a->call;
    bool is_weak = !strcmp(start, "if-loaded");
    bool has_start = is_checked && (is_weak || !strcmp(start, "linked")) &&
                     !has_symbol(a, "rt_start", true);
    /* Linkers leave out a library to which there are weak references only. */
    uint32_t required = a->has_runtime ? a->runtime_abi : RUNTIME_ABI;
    bool has_check = is_checked && (a->has_runtime || (has_start && is_weak));
    if (has_check)
        write_check(call, required);
    if (has_start)
        emit(call, "extern %svoid e_start(i64, char **) __asm__(\"rt_start\");\n",
             is_weak ? "__attribute__((weak)) " : "");
    emit(call, "int main(int count, char **arguments) {\n%s%s", has_check ? "check_version();\n" : "",
         has_start ? is_weak ? "if (e_start) e_start(count, arguments);\n"
                             : "e_start(count, arguments);\n"
                   : "");
    bool is_status = a->result == RESULT_I32 || a->result == RESULT_I64;
    emit(call, is_status ? "return (int)s%u(); }\n" : "s%u(); return 0; }\n", a->entrypoint);
}

void write_entry(const artifact *a, const json *request)
{
    const char *shim = json_text(request, "entry_shim", "none");
    bool is_callable = !strcmp(shim, "callable");
    const char *name = is_callable ? "beskid_entry" : "main";
    if (!strcmp(shim, "none"))
        return;
    if (!a->has_entrypoint)
        refuse(a->call, "E5007", "report this to the producer of the artifact",
               "function `%s`: the artifact has no entrypoint", name);
    if (has_symbol(a, name, false))
        refuse(a->call, "E5007",
               "the program starts at a function of this name: give the symbol another one",
               "function `%s`: the artifact has a symbol of this name already", name);
    if (is_callable)
        emit(a->call, "r%u beskid_entry(void) { return s%u(); }\n",
             a->symbols[a->entrypoint].signature, a->entrypoint);
    else
        write_main(a, !strcmp(shim, "checked"), json_text(request, "start_runtime", "never"));
}
