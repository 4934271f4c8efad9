/* Embedding Beskid: programs compiled into this process, and called.
 *
 * Functions return null or a status other than BESKID_OK when they fail; the error that
 * an `error` pointer is given says why. Errors and other objects are freed by the function
 * of their type, which takes null too. Strings are UTF-8 and end with a zero byte.
 * One thread at a time calls an instance; an engine may be used by all.
 */
#ifndef BESKID_H
#define BESKID_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct beskid_engine beskid_engine;
typedef struct beskid_imports beskid_imports;
typedef struct beskid_instance beskid_instance;
typedef struct beskid_error beskid_error;

/* What a call became. */
typedef enum beskid_status {
    BESKID_OK = 0,
    BESKID_REFUSED = 1,           /* nothing was called: see the error's code */
    BESKID_PANIC = 2,             /* the program panicked */
    BESKID_UNREACHABLE = 3,       /* it reached a trap */
    BESKID_ARITHMETIC = 4,        /* it divided by zero */
    BESKID_MEMORY_FAULT = 5,      /* it touched memory that is not its own */
    BESKID_STACK_OVERFLOW = 6,    /* its calls were deeper than the stack */
    BESKID_HOST_ERROR = 7,        /* a host function returned an error */
    BESKID_INTERRUPTED = 8,       /* beskid_instance_interrupt */
    BESKID_DEADLINE_EXCEEDED = 9, /* it took longer than the engine allows */
    BESKID_OTHER = 10,            /* anything else: see the message */
    BESKID_MEMORY_LIMIT = 11      /* it wanted more memory than the engine allows */
} beskid_status;

/* The types of values. Of Beskid's, `bool` and `u8` are both BESKID_I8, `i32` is BESKID_I32,
 * `i64` and `ref u8` are BESKID_I64, `f64` is BESKID_F64; `char` and `string` do not cross. */
typedef enum beskid_type {
    BESKID_I8 = 1,
    BESKID_I16 = 2,
    BESKID_I32 = 3,
    BESKID_I64 = 4,
    BESKID_F32 = 7,
    BESKID_F64 = 8
} beskid_type;

/* A value. Integers that the library writes are sign-extended in `of.integer`: of a `u8`
 * take `(uint8_t)value.of.integer`. Those that it reads have a sign or none: BESKID_I8 goes
 * from -128 to 255, the others likewise, and what does not fit is refused. Whether an
 * integer is a `bool` is not known: write 0 or 1 for one. */
typedef struct beskid_value {
    uint32_t type; /* a beskid_type */
    union {
        int64_t integer;
        float f32;
        double f64;
    } of;
} beskid_value;

/* How an engine compiles and calls; all zeroes is the usual. Fields that later versions
 * have, behind these, are read only if `size` says that they are there. */
typedef struct beskid_config {
    size_t size;              /* sizeof(beskid_config); 0: up to `debug_info` */
    const char *backend;      /* null: "jit" */
    int32_t catch_faults;     /* sets handlers of SIGSEGV, SIGBUS, SIGILL and SIGFPE */
    int32_t interruptible;    /* calls can be ended from other threads */
    uint64_t deadline_millis; /* what each call may take; 0: any time */
    uint64_t memory_limit;    /* bytes that each call may have at once; 0: any number */
    int32_t debug_info;       /* sources tell lines and locals, to debuggers and in traps */
} beskid_config;

/* A host function. It writes its result, if it has one, and returns 0; any other number
 * ends the call with BESKID_HOST_ERROR, and so does a result that is not of its type. It
 * must not be left by longjmp, nor by an exception of C++: catch them all in it. */
typedef int32_t (*beskid_host_function)(void *data, const beskid_value *arguments,
                                        size_t count, beskid_value *result);

/* An engine; `config` may be null. */
beskid_engine *beskid_engine_new(const beskid_config *config, beskid_error **error);
void beskid_engine_free(beskid_engine *engine);

/* Host functions for one instance, each of another name. `type` is written as
 * `(i64, f64) -> i64`. */
beskid_imports *beskid_imports_new(void);
beskid_status beskid_imports_add(beskid_imports *imports, const char *name, const char *type,
                                 beskid_host_function function, void *data,
                                 beskid_error **error);
void beskid_imports_free(beskid_imports *imports);

/* An instance of a Beskid program of one file, of CLIF text, or of an artifact's bytes.
 * `imports` may be null, and is freed in any case. An instance may outlive its engine. */
beskid_instance *beskid_compile_source(const beskid_engine *engine, const char *name,
                                       const char *text, beskid_imports *imports,
                                       beskid_error **error);
beskid_instance *beskid_compile_clif(const beskid_engine *engine, const char *text,
                                     beskid_imports *imports, beskid_error **error);
beskid_instance *beskid_compile_artifact(const beskid_engine *engine, const uint8_t *bytes,
                                         size_t length, beskid_imports *imports,
                                         beskid_error **error);

/* Frees an instance; while a call of it goes on, when that has ended. */
void beskid_instance_free(beskid_instance *instance);

/* Calls an exported function by name. `result` may be null; a function that returns nothing
 * leaves it as it was. While another call of the instance goes on, as from one of its host
 * functions or on another thread, it is refused. */
beskid_status beskid_call(const beskid_instance *instance, const char *name,
                          const beskid_value *arguments, size_t count, beskid_value *result,
                          beskid_error **error);

/* Ends the call of an instance that goes on, or else the next one; from any thread. */
void beskid_instance_interrupt(const beskid_instance *instance);

/* What an error says; the texts live as long as it. `position` is null if there is none,
 * and so is `code` of a call that ended. `backtrace` is a line for each function of the
 * program that the call had come through, the innermost first, or null if none is known. */
const char *beskid_error_message(const beskid_error *error);
const char *beskid_error_code(const beskid_error *error);
const char *beskid_error_position(const beskid_error *error);
const char *beskid_error_backtrace(const beskid_error *error);
void beskid_error_free(beskid_error *error);

#ifdef __cplusplus
}
#endif

#endif
