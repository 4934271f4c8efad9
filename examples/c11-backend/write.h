/* A function as C: its values are variables, its blocks labels. */
#ifndef WRITE_H
#define WRITE_H

#include "function.h"

void write_function(const artifact *, uint32_t index);

/* For instructions that are no expression. */
void write_global_value(function *, const instruction *);
void write_call(function *, const instruction *);
void write_call_indirect(function *, const instruction *);
void write_jump(function *, const instruction *);
void write_branch(function *, const instruction *);
void write_branch_table(function *, const instruction *);
void write_return(function *, const instruction *);

/* What the files that write a function have of one another. */
const char *c_type(type);
/* Checks the types of an instruction, and that what it uses is defined; writes it. */
void write_instruction(function *, const instruction *);
/* E5007 unless the value is defined on every way to here, and has the type. */
void check_use(const function *, uint32_t value);
void check_uses(const function *, const uint32_t *values, const parameter *types,
                uint32_t count, const char *what);

#endif
