/* An artifact, read and checked: docs/artifact-format.md has the structures. */
#ifndef ARTIFACT_H
#define ARTIFACT_H

#include "call.h"
#include "reader.h"

/* As in the artifact: the kind of a lane, and above it what makes a vector. */
typedef uint16_t type;
enum { I8 = 1, I16, I32, I64, I128, F16, F32, F64, F128 };

enum { SIMD, SCALABLE_SIMD, ATOMICS, TLS, EXCEPTIONS, INT128, FLOAT16, FLOAT128, TAIL_CALLS,
       SYSV_AMD64, FEATURES };
/* The set of features, a bit each. */
enum { SUPPORTED = 1 << ATOMICS | 1 << INT128 };

enum { PLATFORM, SYSTEM_V, WINDOWS_FASTCALL, APPLE_AARCH64, FAST, TAIL, PROBESTACK, WINCH,
       PRESERVE_ALL, CONVENTIONS };
enum { NORMAL, STRUCT_ARGUMENT, STRUCT_RETURN, VM_CONTEXT, PURPOSES };
enum { EXTENSION_NONE, UNSIGNED, SIGNED, EXTENSIONS };

typedef struct {
    type type;
    uint8_t purpose, extension;
} parameter;

typedef struct {
    uint32_t convention, param_count, return_count;
    parameter *params, *returns;
} signature;

enum { IMPORT, LOCAL, HIDDEN, PREEMPTIBLE, EXPORT, LINKAGES };
enum { RUNTIME, EXTERN, PLAIN, SOURCES };

typedef struct {
    text name; /* its data is NULL without one */
    bool is_function, is_writable, is_tls;
    uint32_t signature, linkage, source;
    text abi; /* of imports of libraries */
} symbol;

typedef struct {
    uint32_t offset, target;
    int64_t addend;
} relocation;

typedef struct {
    uint32_t symbol, relocation_count;
    uint64_t len;
    const uint8_t *bytes; /* NULL: zeroes */
    uint64_t align;
    text section; /* its data is NULL without one */
    bool is_used;
    relocation *relocations; /* ascending */
} data_object;

enum { VALUE, VALUE_LIST, BLOCK, BLOCK_CALL, IMM8, IMM64, OFFSET32, IEEE16, IEEE32, IEEE64,
       IMMEDIATE, CONSTANT, GLOBAL_VALUE, STACK_SLOT, DYNAMIC_STACK_SLOT, CALLEE, SIGNATURE,
       JUMP_TABLE, EXCEPTION_TABLE, INT_CONDITION, FLOAT_CONDITION, MEMORY_FLAGS, TRAP_CODE,
       ATOMIC_OPERATION, OPERAND_KINDS };

typedef struct {
    text mnemonic;
    uint32_t operand_count, result_count;
    uint8_t *operands;
    type *results;
    const struct rule *rule; /* NULL: not one of this backend's */
} form;

enum { UNIT, BOOL, U8, RESULT_I32, RESULT_I64, RESULT_F64, CHAR, STR, POINTER, RESULTS };

typedef struct {
    call *call;
    const uint8_t *digest;

    uint8_t pointer_width;
    bool has_runtime, has_entrypoint;
    bool keeps_frame_pointers, has_one_nan; /* settings */
    uint32_t runtime_abi, features; /* as declared */
    uint32_t entrypoint, result;
    text entrypoint_name;

    uint32_t signature_count, symbol_count, data_count, form_count, function_count;
    signature *signatures;
    symbol *symbols;
    data_object *data;
    form *forms;
    reader *functions; /* body and stream of each */
} artifact;

/* Reads and checks all but the functions. */
artifact *read_artifact(call *, beskid_bytes);

/* `i32x4` and the like, in a text that the call owns. */
const char *type_name(call *, type);
static inline bool is_int(type ty) { return ty >= I8 && ty <= I128; }
static inline bool is_float(type ty) { return ty == F32 || ty == F64; }
/* Bits of a scalar type. */
static inline unsigned bits(type ty)
{
    static const uint8_t of[] = {0, 8, 16, 32, 64, 128, 16, 32, 64, 128};
    return of[ty & 15];
}

/* What the files that read and check have of one another. */
type read_type(reader *);
type *read_types(reader *, uint32_t *count);
void read_module(artifact *, reader from);
void check_module(const artifact *);
/* ABI-002: what the runtime exports is imported by its signature. */
void check_runtime_import(const artifact *, const symbol *);
/* The features that a type stands for. */
uint32_t features_of(type);
/* E5007 for features that are used and not declared. */
void check_declared(const artifact *, uint32_t used);

#endif
