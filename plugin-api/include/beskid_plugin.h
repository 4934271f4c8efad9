/* Plugins for beskid in C: backends and linker strategies.
 *
 * Written from the sources of beskid-plugin-api, whose documentation says what the
 * messages mean: `abi`, `backend`, `linker`, `manifest`; for readers of C, what a backend
 * is asked and answers is in `docs/plugins.md`, and `interface/1.0.txt` lists the fields of
 * all messages. Messages are JSON in UTF-8:
 * {"Ok": value} or {"Err": {"code": "E…", "message": "…"}}.
 *
 * A plugin is a shared library that exports one table by the name `beskid_plugin`, and
 * says what it is:
 *
 *     BESKID_PLUGIN("linker", "mine", "0.1.0", "");
 *     BESKID_EXPORT const beskid_linker beskid_plugin = {
 *         .size = sizeof(beskid_linker), .describe = describe, …
 *     };
 *
 *     cc -shared -fPIC -fvisibility=hidden -I include mine.c -o libmine.so
 */
#ifndef BESKID_PLUGIN_H
#define BESKID_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BESKID_API "1.0"
#define BESKID_CONTRACT "b3ff5ee23a917dec"
#define BESKID_OWNER "Beskid"
#define BESKID_NOTE_TYPE "1"

/* Bytes that somebody else owns, and that stay as they are during a call. `data` may
 * be null where `len` is 0. */
typedef struct beskid_bytes {
    /* The first byte. */
    const uint8_t *data;
    /* How many they are. */
    size_t len;
} beskid_bytes;

/* An answer. Whoever receives it copies what it needs, and then calls `release` with
 * `owner`, once; a null `release` means that nothing has to be freed. */
typedef struct beskid_reply {
    /* JSON of `{"Ok": value}` or `{"Err": diagnostic}`. */
    beskid_bytes message;
    /* Bytes that would be wasteful as JSON, such as an object file. */
    beskid_bytes payload;
    /* Frees what the answer holds. */
    void (*release)(void *);
    /* What `release` is called with. */
    void *owner;
} beskid_reply;

/* What the host offers while a backend compiles: any thread may call it until the
 * call returns to which it was passed. Each function takes `context` first. */
typedef struct beskid_services {
    /* Bytes of this struct. */
    size_t size;
    /* What each function is called with. */
    const void *context;
    /* A message of one line for the log: 1 error, 2 warning, 3 information, 4 debug. */
    void (*log)(const void *, uint8_t, beskid_bytes);
    /* So many of so many units of work are done. */
    void (*progress)(const void *, uint64_t, uint64_t);
    /* Whether the user wants to stop. */
    bool (*cancelled)(const void *);
    /* Path of a folder that goes when the call returns: a text. */
    beskid_reply (*scratch)(const void *);
    /* Runs a tool: a ToolCall; answers a ToolOutput. */
    beskid_reply (*run)(const void *, beskid_bytes);
} beskid_services;

/* What a backend exports as `beskid_plugin`. Any thread may call any function, also
 * while another one does. */
typedef struct beskid_backend {
    /* Bytes of this struct. */
    size_t size;
    /* Answers a BackendDescription. */
    beskid_reply (*describe)(void);
    /* The artifact's bytes and a CompileRequest; answers a CompileReply. The payload is
     * the object, unless a session was made. */
    beskid_reply (*compile)(beskid_bytes, beskid_bytes, const beskid_services *);
    /* A session and the name of a symbol; answers its address, or null. Only of
     * backends that execute, as the next two. */
    beskid_reply (*session_symbol)(uint64_t, beskid_bytes);
    /* Runs the entrypoint of a session; answers its value as a number. */
    beskid_reply (*session_run)(uint64_t);
    /* Frees a session; answers null. */
    beskid_reply (*session_close)(uint64_t);
    /* Answers the OptionDescriptions; without it the plugin takes every option. */
    beskid_reply (*options)(void);
} beskid_backend;

/* What a linker strategy exports as `beskid_plugin`. Any thread may call any function,
 * also while another one does. */
typedef struct beskid_linker {
    /* Bytes of this struct. */
    size_t size;
    /* Answers a LinkerDescription. */
    beskid_reply (*describe)(void);
    /* A SupportQuery; answers null, or why not. */
    beskid_reply (*supports)(beskid_bytes);
    /* A LinkRequest; answers a LinkPlan. */
    beskid_reply (*plan)(beskid_bytes);
    /* A LinkRequest and the number of a step; answers null. Only of strategies whose
     * plans have such steps. */
    beskid_reply (*callback)(beskid_bytes, uint32_t);
} beskid_linker;

/* The target that this plugin runs on. */
#if defined(__x86_64__) && defined(__linux__)
#define BESKID_TARGET "x86_64-unknown-linux-gnu"
#elif defined(__aarch64__) && defined(__linux__)
#define BESKID_TARGET "aarch64-unknown-linux-gnu"
#elif defined(__riscv) && __riscv_xlen == 64 && defined(__linux__)
#define BESKID_TARGET "riscv64gc-unknown-linux-gnu"
#else
#error "beskid has no plugins for this target"
#endif

/* Of what the library exports, whatever else is hidden. */
#define BESKID_EXPORT __attribute__((visibility("default")))

/* The manifest, as the note that the host reads before it loads the library. KIND is
 * "backend" or "linker"; CAPABILITIES of a backend are "object", "execute" or
 * "execute,object". All are string literals. */
#define BESKID_PLUGIN(KIND, ID, VERSION, CAPABILITIES)                                   \
    __asm__(".pushsection .note.beskid,\"a\",%note\n"                                    \
            ".balign 4\n"                                                                \
            ".long 2f - 1f, 4f - 3f, " BESKID_NOTE_TYPE "\n"                             \
            "1: .asciz \"" BESKID_OWNER "\"\n"                                           \
            "2: .balign 4\n"                                                             \
            "3: .ascii \"kind=" KIND "\\nid=" ID "\\nversion=" VERSION                   \
            "\\napi=" BESKID_API "\\ntarget=" BESKID_TARGET                              \
            "\\ntoolchain=C " BESKID_COMPILER "\\ncontract=" BESKID_CONTRACT             \
            "\\npanic=unwind\\ncapabilities=" CAPABILITIES "\\n\"\n"                     \
            "4: .balign 4\n"                                                             \
            ".popsection")

#if defined(__clang__) || defined(__GNUC__)
#define BESKID_COMPILER __VERSION__
#else
#define BESKID_COMPILER "unknown"
#endif

#ifdef __cplusplus
}
#endif

#endif
