/* One call of `compile`: its memory, which goes when the call ends, and the refusal that
 * ends it early. */
#ifndef CALL_H
#define CALL_H

#include <beskid_plugin.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>

#include "json.h"

#define ID "c11"
#define VERSION "0.1.0"

typedef struct {
    const beskid_services *services;
    struct piece *pieces; /* what was taken */
    writer text;          /* the C text */
    writer refusal;       /* JSON */
    json *read[2];        /* what crossed the boundary as JSON, and is still needed */
    jmp_buf ended;
} call;

/* Zeroed memory for `count` things of `size` bytes, until the call ends. */
void *take(call *, size_t count, size_t size);
/* Gives back what was taken since `pieces` was `before`. */
void give_back(call *, struct piece *before);

/* Ends the call by a diagnostic: the message is `format`, as printf takes it. */
_Noreturn void refuse(call *, const char *code, const char *help, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Ends the call by an answer of the host that is an error, as it is. */
_Noreturn void refuse_as(call *, beskid_bytes answer);

/* Ends the call by E4045. */
_Noreturn void out_of_memory(call *);
/* E5004: the bytes do not follow the schema. */
_Noreturn void malformed(call *, const char *section, const char *what);
/* E5007: the contents contradict each other. */
#define invalid(CALL, ...) \
    refuse(CALL, "E5007", "report this to the producer of the artifact", __VA_ARGS__)
/* E4002: this backend has no words for it. */
#define unsupported(CALL, ...) \
    refuse(CALL, "E4002", "use another backend, or a producer that avoids it", __VA_ARGS__)

/* Ends the call if the user wants to stop, if memory was short, or if there is too much
 * text. */
void go_on(call *);
/* Frees all that belongs to the call, but for its refusal. */
void end_call(call *);
/* The refusal as an answer, which the host frees. */
beskid_reply refusal(call *);

/* Writes text of C, as printf. What `format` makes is at most 250 bytes; `put` takes
 * more. */
void emit(call *, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
