/* What each instruction takes, and what it means in C. docs/instructions.md has the
 * words. */
#ifndef INSTRUCTIONS_H
#define INSTRUCTIONS_H

#include "function.h"

enum { INT_CONDITIONS = 10, FLOAT_CONDITIONS = 14, ATOMIC_OPERATIONS = 11 };

/* A mnemonic. `shape` has a letter for each operand and, behind `>`, for each result:
 *
 *   I F A   values of one type T: an integer, a float, either
 *   N       the same, an integer of at most 64 bits
 *   x y     f32, f64, which is T
 *   i m f   values of one type U: an integer, one of at most 64 bits, a float
 *   n w     of U, which is narrower or wider than T, and an integer or a float as T is
 *   h d e   of U, which has half, twice, as many bits as T
 *   b c p   i8, i32, i64
 *   6 4 5   an immediate, the bits of a float
 *   C D     a condition for integers, for floats
 *   M o u   memory flags, an offset, an atomic operation
 *   t       the code of a trap
 *   S G     a stack slot, a global value
 *   k s L   a callee, a signature, a list of values
 *   B J     a target, a jump table
 *   *       whatever results
 *
 * `text` is the C of it; `expand` says what stands for what. Without one, `write` is. */
typedef struct rule {
    const char *mnemonic, *shape, *text;
    void (*write)(function *, const instruction *);
    bool ends_block;
} rule;

/* The rule for a form's mnemonic, or NULL. */
const rule *rule_of(const form *);
/* E5006 for a mnemonic that is not known, E5007 for operands that it does not take. */
void check_form(call *, const form *);

extern const char *const INT_CONDITION_TEXTS[INT_CONDITIONS];
extern const char *const FLOAT_CONDITION_TEXTS[FLOAT_CONDITIONS];
extern const char *const ATOMIC_TEXTS[ATOMIC_OPERATIONS];

#endif
