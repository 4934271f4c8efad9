/* What compiled code does by itself: docs/runtime-abi.md, "The collector". */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime.h"

#define CHECK(condition)                                                  \
    if (!(condition)) {                                                   \
        fprintf(stderr, "line %d: %s\n", __LINE__, #condition);           \
        exit(1);                                                          \
    }
/* An integer of pointer width, as the ABI passes it. */
#define WORD(number) ((const void *)(intptr_t)(number))
#define TEXT(text) str_new(text, WORD(sizeof(text) - 1))

typedef struct { uintptr_t next, limit, *roots; } context;
typedef struct { uintptr_t size, align, count; const uintptr_t *offsets; } descriptor;
typedef struct { const char *ptr; size_t len; } str;
typedef struct { void **ptr; size_t len, cap; } array;
typedef struct node { const descriptor *type; struct node *next, *other; int64_t value; } node;

static const uintptr_t NODE_OFFSETS[] = {8, 16};
static const descriptor NODE = {sizeof(node), 8, 2, NODE_OFFSETS};
static __thread context *ctx;

/* The inline path; every field is stored before anything may collect. */
static node *fresh(node *next, node *other, int64_t value) {
    uintptr_t cell = (sizeof(node) + 8 + 15) / 16 * 16, p = ctx->next;
    node *made;
    if (p + cell > ctx->limit) {
        made = gc_alloc(ctx, sizeof(node), &NODE);
    } else {
        ctx->next = p + cell;
        *(uint64_t *)p = cell | (uint64_t)1 << 32;
        made = (node *)(p + 8);
        made->type = &NODE;
    }
    made->next = next;
    made->other = other;
    made->value = value;
    return made;
}

static uint8_t state(const void *object) { return ((const uint8_t *)object)[-3]; }

static inline void barrier(void *object, const void *value) {
    if (value && state(object) == 1)
        gc_remember(ctx, object);
}

/* Frames of the root stack: ROOTS(n) at the begin, DONE at the end. */
#define ROOTS(count)                                                      \
    uintptr_t *const top = ctx->roots;                                    \
    node **const root = (node **)top;                                     \
    for (int i_ = 0; i_ < (count); i_++)                                  \
        top[i_] = 0;                                                      \
    ctx->roots = top + (count)
#define DONE ctx->roots = top

/* Of this program alone: what `getrusage` says is its parent's, too. */
static inline long peak_kilobytes(void) {
    FILE *status = fopen("/proc/self/status", "r");
    char line[256];
    long peak = 0;
    while (status && !peak && fgets(line, sizeof line, status))
        sscanf(line, "VmHWM: %ld", &peak);
    CHECK(peak);
    fclose(status);
    return peak;
}

static inline int is_stressed(void) { return getenv("BESKID_GC_STRESS") != 0; }
/* A number of rounds that a stressed program can do, too. */
static inline int rounds(int count) { return is_stressed() ? count / 1000 + 3 : count; }
/* Whether an object was freed: stressed programs overwrite it. */
static inline int is_gone(const node *object) {
    return object->value == (int64_t)0xdbdbdbdbdbdbdbdbu;
}
