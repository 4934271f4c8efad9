/* Instructions as text: the rule's, with the values and types of the instruction. */
#include <string.h>

#include "instructions.h"
#include "names.h"
#include "write.h"

/* The two types of a shape; 0: not known yet. */
typedef struct {
    type t, u;
} types;

typedef enum { FITS, LACKS, WRONG } verdict;

static verdict same(type *known, type ty)
{
    if (!*known)
        *known = ty;
    return *known == ty ? FITS : WRONG;
}

static verdict fits(char letter, type ty, types *known)
{
    bool is_number = is_int(ty) || is_float(ty);
    bool is_like_t = is_int(ty) == is_int(known->t) && is_float(ty) == is_float(known->t);
    bool is_right = is_number;
    switch (letter) {
    case 'b':
        return ty == I8 ? FITS : WRONG;
    case 'c':
        return ty == I32 ? FITS : WRONG;
    case 'p':
        return ty == I64 ? FITS : WRONG;
    case 'A':
        return is_number ? same(&known->t, ty) : WRONG;
    case 'x':
        return ty == F32 ? same(&known->t, ty) : WRONG;
    case 'y':
        return ty == F64 ? same(&known->t, ty) : WRONG;
    case 'F':
        return is_float(ty) ? same(&known->t, ty) : WRONG;
    case 'I':
        return is_int(ty) ? same(&known->t, ty) : WRONG;
    case 'N':
        return ty == I128 ? LACKS : is_int(ty) ? same(&known->t, ty) : WRONG;
    case 'f':
        return is_float(ty) ? same(&known->u, ty) : WRONG;
    case 'i':
        return is_int(ty) ? same(&known->u, ty) : WRONG;
    case 'm':
        return ty == I128 ? LACKS : is_int(ty) ? same(&known->u, ty) : WRONG;
    case 'n':
        is_right &= is_like_t && bits(ty) < bits(known->t);
        break;
    case 'w':
        is_right &= is_like_t && bits(ty) > bits(known->t);
        break;
    case 'h':
        is_right &= is_like_t && is_int(ty) && bits(ty) * 2 == bits(known->t);
        break;
    case 'd':
        is_right &= is_like_t && is_int(ty) && bits(ty) == bits(known->t) * 2;
        break;
    default: /* e */
        is_right &= bits(ty) == bits(known->t);
    }
    return is_right ? same(&known->u, ty) : WRONG;
}

static void check(const function *f, const instruction *i, char letter, type ty, types *known)
{
    const char *mnemonic = i->form->mnemonic.data;
    verdict found = fits(letter, ty, known);
    if (found == LACKS)
        unsupported(f->call, "`%s` of `%s`", mnemonic, type_name(f->call, ty));
    if (found == WRONG)
        invalid(f->call, "`%s` in function %u has a value of type `%s`, which it does not take",
                mnemonic, f->symbol, type_name(f->call, ty));
}

/* Results first: what else there is may depend on their type. */
static types check_types(const function *f, const instruction *i)
{
    types known = {0, 0};
    const char *shape = i->form->rule->shape, *results = strchr(shape, '>') + 1;
    for (uint32_t at = 0; *results != '*' && at < i->form->result_count; at++)
        check(f, i, results[at], i->form->results[at], &known);
    for (uint32_t at = 0, value = 0; at < i->form->operand_count; at++)
        if (i->form->operands[at] == VALUE) {
            check_use(f, i->values[value]);
            check(f, i, shape[at], f->types[i->values[value++]], &known);
        }
    return known;
}

/* A value as an integer without a sign. */
static void emit_bits(function *f, uint32_t value)
{
    type ty = f->types[value];
    if (is_float(ty))
        emit(f->call, "of_%s(v%u)", c_type(ty), value);
    else
        emit(f->call, "v%u", value);
}

static void expand(function *f, const instruction *i, types of, const char *text);

static void expand_one(function *f, const instruction *i, types of, char name)
{
    call *call = f->call;
    bool is_wide = bits(of.t) > 64;
    switch (name) {
    /* Results, and values. */
    case 'r':
        emit(call, "v%u", i->result);
        break;
    case 'q':
        emit(call, "v%u", i->result + 1);
        break;
    case 'a':
    case 'b':
    case 'c':
        emit(call, "v%u", i->values[name - 'a']);
        break;
    case 'A':
    case 'B':
    case 'C':
        emit_bits(f, i->values[name - 'A']);
        break;
    /* T: the type itself, with a sign, that in which is computed, that of its bits; what
     * makes it of bits. U: itself, with a sign. */
    case 'T':
        emit(call, "%s", c_type(of.t));
        break;
    case 'S':
        emit(call, "i%u", bits(of.t));
        break;
    case 'W':
        emit(call, is_wide ? "u128" : "u64");
        break;
    case 'I':
        emit(call, "u%u", bits(of.t));
        break;
    case 'f':
        emit(call, is_float(of.t) ? "%s_of" : "(%s)", c_type(of.t));
        break;
    case 'U':
        emit(call, "%s", c_type(of.u));
        break;
    case 'V':
        emit(call, "i%u", bits(of.u));
        break;
    /* The bits of T, one less, those of U; the sign of a float. */
    case 'n':
        emit(call, "%u", bits(of.t));
        break;
    case 'N':
        emit(call, "%u", bits(of.t) - 1);
        break;
    case 'm':
        emit(call, "%u", bits(of.u));
        break;
    case 'G':
        emit(call, of.t == F32 ? "0x80000000u" : "0x8000000000000000ul");
        break;
    /* What is no value. */
    case 'e':
        emit(call, i->flags & ORDER_BIG ? "swap" : "");
        break;
    case 'o':
        emit(call, "%dL", (int)i->offset);
        break;
    case 'w':
        emit(call, "%#llxul", (unsigned long long)i->number);
        break;
    case 's':
        emit(call, "%u", (unsigned)i->number);
        break;
    case 'k':
        emit_address(f->artifact, &f->callees[i->number].target);
        break;
    case 'u':
        expand(f, i, of, ATOMIC_TEXTS[i->number]);
        break;
    default: /* ? */
        expand(f, i, of, is_float(of.t) ? FLOAT_CONDITION_TEXTS[i->number]
                                        : INT_CONDITION_TEXTS[i->number]);
    }
}

static void expand(function *f, const instruction *i, types of, const char *text)
{
    for (const char *mark; (mark = strchr(text, '$')); text = mark + 2) {
        emit(f->call, "%.*s", (int)(mark - text), text);
        expand_one(f, i, of, mark[1]);
    }
    put(&f->call->text, text);
}

void write_instruction(function *f, const instruction *i)
{
    const rule *rule = i->form->rule;
    types of = check_types(f, i);
    if (i->flags & ORDER_BIG && !strncmp(rule->mnemonic, "atomic", 6))
        unsupported(f->call, "`%s` in big-endian order", rule->mnemonic);
    if (rule->text)
        expand(f, i, of, rule->text);
    else
        rule->write(f, i);
    /* What only moves bits keeps those of a NaN. */
    bool is_computed = strstr(rule->shape, ">F") && !strstr(rule->text, "$f(");
    if (is_computed && f->artifact->has_one_nan)
        expand(f, i, of, " if ($r != $r) $r = nan_$T;");
}
