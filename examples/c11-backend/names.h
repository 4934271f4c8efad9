/* Symbols and signatures in C. */
#ifndef NAMES_H
#define NAMES_H

#include "function.h"

/* The request's choice of what stays exported. */
typedef struct {
    bool has_all;
    size_t count;
    const char **names; /* ascending */
} visibility;

visibility chosen_exports(call *, const json *exports);

/* Declares the types of all signatures, and all symbols, so that all may refer to all. */
void declare(const artifact *, visibility);
/* E4002 for a signature that C does not have; called where one is used. */
void check_signature(const artifact *, uint32_t signature);
/* The head of a function's definition, with its parameters. */
void emit_definition(const artifact *, uint32_t symbol);
/* The address of what has a name, as a `u64`. */
void emit_address(const artifact *, const reference *);
/* A text as what stands in a string of C. */
void emit_escaped(call *, const char *bytes, size_t len);
/* Defines the data. */
void define_data(const artifact *, visibility);

#endif
