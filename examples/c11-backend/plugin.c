/* A backend in C: the artifact as C text, compiled to an object by a C compiler.
 *
 *     cc -std=c11 -O1 -shared -fPIC -fvisibility=hidden -I ../../plugin-api/include \
 *         -I ../c-linker *.c ../c-linker/json.c -o libbeskid_backend_c11.so
 *     beskid --plugin ./libbeskid_backend_c11.so --backend c11 build hello.bd
 */
#include <beskid_plugin.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "artifact.h"
#include "blake3.h"
#include "compiler.h"
#include "entry.h"
#include "names.h"
#include "prelude.h"
#include "write.h"

BESKID_PLUGIN("backend", ID, VERSION, "object");

static beskid_reply constant(const char *message)
{
    return (beskid_reply){.message = {(const uint8_t *)message, strlen(message)}};
}

static beskid_reply describe(void)
{
    return constant("{\"Ok\":{\"id\":\"" ID "\",\"version\":\"" VERSION "\","
                    "\"about\":\"objects by way of C, written in C\",\"emits_objects\":true,"
                    "\"executes\":false,\"architectures\":[\"x86_64\"],"
                    "\"features\":[\"Atomics\",\"I128\"]}}");
}

static beskid_reply options(void)
{
    return constant("{\"Ok\":[{\"key\":\"cc\",\"help\":\"the C compiler: gcc or clang\","
                    "\"values\":\"a program; `cc`\"}]}");
}

static void check_request(call *call, const json *request)
{
    const char *target = json_text(request, "target", BESKID_TARGET);
    const char *system = strstr(target, "-linux-");
    if (!request || request->kind != JSON_FIELDS)
        refuse(call, "E5113", "report this to the author of the host", "the request is none");
    if (strcmp(json_text(request, "output", "object"), "object") != 0)
        refuse(call, "E5114", "build the program, or run it by another backend",
               "it runs nothing in memory");
    if (strncmp(target, "x86_64-", 7) != 0 || !system ||
        (strcmp(system, "-linux-gnu") != 0 && strcmp(system, "-linux-musl") != 0))
        refuse(call, "E4001", "it compiles for x86_64-unknown-linux-gnu",
               "it does not compile for target `%.100s`", target);
}

/* What is handed over: the message, and behind it the object. */
typedef struct {
    uint8_t *object;
    char message[256];
} answer;

static void release(void *owner)
{
    answer *given = owner;
    free(given->object);
    free(given);
}

static void put_digest(char *to, const uint8_t *digest)
{
    to += sprintf(to, "{\"Ok\":{\"digest\":[");
    for (int i = 0; i < DIGEST; i++)
        to += sprintf(to, "%s%d", i ? "," : "", digest[i]);
    strcpy(to, "],\"session\":null}}");
}

static beskid_reply compile_in(call *call, beskid_bytes bytes, beskid_bytes asked)
{
    const beskid_services *services = call->services;
    json *request = call->read[0] = json_read((const char *)asked.data, asked.len);
    check_request(call, request);
    const char *compiler = chosen_compiler(call, json_field(request, "options"));
    const artifact *a = read_artifact(call, bytes);
    visibility seen = chosen_exports(call, json_field(request, "exports"));
    emit_prelude(call);
    declare(a, seen);
    define_data(a, seen);
    for (uint32_t i = 0; i < a->function_count; i++) {
        services->progress(services->context, i, a->function_count);
        write_function(a, i);
    }
    write_entry(a, request);
    go_on(call);
    answer *given = take(call, 1, sizeof *given);
    size_t len;
    put_digest(given->message, a->digest);
    given->object = compile_text(a, compiler, request, &len);
    answer *owned = malloc(sizeof *owned);
    if (!owned) {
        free(given->object);
        out_of_memory(call);
    }
    *owned = *given;
    return (beskid_reply){
        .message = {(const uint8_t *)owned->message, strlen(owned->message)},
        .payload = {owned->object, len},
        .release = release,
        .owner = owned,
    };
}

/* The call is the caller's, so that it is as it was left when the call ends early. */
static beskid_reply attempt(call *call, beskid_bytes bytes, beskid_bytes asked)
{
    if (setjmp(call->ended))
        return refusal(call);
    return compile_in(call, bytes, asked);
}

static beskid_reply compile(beskid_bytes bytes, beskid_bytes asked,
                            const beskid_services *services)
{
    call call = {.services = services};
    beskid_reply reply = attempt(&call, bytes, asked);
    end_call(&call);
    return reply;
}

BESKID_EXPORT const beskid_backend beskid_plugin = {
    .size = sizeof(beskid_backend),
    .describe = describe,
    .compile = compile,
    .options = options,
};
