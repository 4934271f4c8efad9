/* What compiled code does with the collector: docs/runtime-abi.md. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct context { uintptr_t next, limit, *roots; };
struct descriptor { uintptr_t size, align, count; const uintptr_t *offsets; };
struct array { void **elements; uintptr_t length, room; };

struct context *gc_enter(void);
void gc_leave(struct context *);
void *gc_alloc(struct context *, int64_t, const void *);
struct array *gc_array(struct context *, int64_t, int64_t, const void *);
void gc_remember(struct context *, void *);

static struct context *ctx;

#ifdef TIMED
/* Seconds of calls that took longer than finding a hole does. The clock is one that
   is read without a call of the system: holes may be small. */
static double collecting;

static inline double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}
#endif

static __attribute__((noinline, cold)) void *slow(int64_t size, const void *type) {
#ifdef TIMED
    double before = now();
#endif
    void *object = gc_alloc(ctx, size, type);
#ifdef TIMED
    double taken = now() - before;
    if (taken > 100e-6)
        collecting += taken;
#endif
    return object;
}

/* An object of a constant size, whose fields are still to be stored. */
static inline __attribute__((always_inline)) void *fresh(uintptr_t size, const void *type) {
    uintptr_t cell = (size + 8 + 15) / 16 * 16, at = ctx->next, end = at + cell;
    if (__builtin_expect(end > ctx->limit, 0))
        return slow(size, type);
    ctx->next = end;
    *(uint64_t *)at = cell | (uint64_t)1 << 32;
    *(const void **)(at + 8) = type;
    return (void *)(at + 8);
}

static inline void barrier(void *object, const void *value) {
    if (value && ((uint8_t *)object)[-3] == 1)
        gc_remember(ctx, object);
}
