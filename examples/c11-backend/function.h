/* A function of an artifact: its body, and what a walk through its stream finds. */
#ifndef FUNCTION_H
#define FUNCTION_H

#include "artifact.h"

enum { SYMBOL_NAME, LIBCALL_NAME, KNOWN_NAME, NAMES };

typedef struct {
    uint32_t kind, symbol;
    text name; /* of what is no symbol */
} reference;

typedef struct {
    reference target;
    uint32_t signature; /* of the module */
} callee;

enum { CONTEXT_VALUE, LOAD_VALUE, ADD_VALUE, SYMBOL_VALUE, SCALE_VALUE, GLOBAL_VALUES };

typedef struct {
    uint32_t kind, base, flags;
    int64_t offset;
    type type;
    reference target;
    bool is_tls;
} global_value;

typedef struct {
    uint32_t block, arg_count;
    uint32_t *args; /* values */
} block_call;

typedef struct {
    uint32_t count;
    block_call *targets; /* the default first */
} jump_table;

typedef struct {
    uint32_t size;
    uint8_t align_shift;
} stack_slot;

typedef struct {
    uint32_t param_count, instructions;
    type *params;
    uint32_t first_param;   /* its value */
    uint32_t enters, leaves; /* in a walk of the dominator tree; 0 if nothing leads here */
} block;

typedef struct {
    call *call;
    const artifact *artifact;
    uint32_t symbol;
    const signature *signature;
    uint32_t signature_count, callee_count, global_value_count, region_count, slot_count,
        table_count, block_count, value_count;
    uint32_t *signatures; /* of the module */
    callee *callees;
    global_value *global_values;
    stack_slot *slots;
    jump_table *tables;
    block *blocks;
    reader stream;
    type *types;    /* of the values */
    uint32_t *home; /* the block that defines each */
    uint32_t block; /* the one that is being looked at */
    uint32_t next;  /* the value that is defined next */
    bool is_framed; /* an instruction asks for the function's frame */
} function;

/* Reads a function, checks its body, and finds the types of its values. */
function *read_function(const artifact *, uint32_t index);

/* What an instruction is. */
typedef struct {
    const form *form;
    uint32_t result; /* the first one */
    uint32_t values[3], list_count, *list;
    uint64_t number; /* an immediate, the bits of a float, a condition, a code, an index */
    int32_t offset;
    uint32_t flags, target_count;
    block_call targets[2];
} instruction;

/* Begins the walk at the first block. */
void begin_walk(function *, reader *);
/* Begins a block: its parameters are defined. */
void begin_block(function *, uint32_t block);
/* Reads the next instruction; its results are defined by `define`. */
instruction read_instruction(function *, reader *);
void define(function *, const type *, uint32_t count);

/* The files of a body have of one another. */
uint32_t below(const function *, const char *what, uint32_t index, uint32_t count);
void read_body(function *, reader from);
uint32_t check_flags(const function *, uint32_t flags);
void find_dominators(function *, const uint32_t (*edges)[2], size_t count);

enum { FLAG_ORDER = 3 << 3, ORDER_BIG = 2 << 3 };

#endif
