/* What the module of an artifact must keep, beyond its form. */
#include <stdlib.h>
#include <string.h>

#include "artifact.h"

static const uint64_t MOST_ZEROES = 1ull << 32, MOST_ALIGN = 1 << 16;

uint32_t features_of(type ty)
{
    static const uint32_t of_lane[] = {
        [I128] = 1 << INT128, [F16] = 1 << FLOAT16, [F128] = 1 << FLOAT128};
    uint32_t shape = ty >> 8 ? 1 << SCALABLE_SIMD : ty >> 4 ? 1 << SIMD : 0;
    return of_lane[ty & 15] | shape;
}

void check_declared(const artifact *a, uint32_t used)
{
    if (used & ~a->features)
        invalid(a->call, "the artifact uses a feature that its header does not declare");
}

static uint32_t features_of_params(const parameter *params, uint32_t count)
{
    uint32_t used = 0;
    while (count--)
        used |= features_of(params++->type);
    return used;
}

static uint32_t used(const artifact *a)
{
    uint32_t used = 0;
    for (uint32_t i = 0; i < a->signature_count; i++) {
        const signature *s = &a->signatures[i];
        used |= features_of_params(s->params, s->param_count);
        used |= features_of_params(s->returns, s->return_count);
    }
    for (uint32_t i = 0; i < a->symbol_count; i++)
        used |= a->symbols[i].is_tls ? 1 << TLS : 0;
    for (uint32_t i = 0; i < a->form_count; i++) {
        const form *f = &a->forms[i];
        const char *name = f->mnemonic.data;
        for (uint32_t at = 0; at < f->result_count; at++)
            used |= features_of(f->results[at]);
        if (!strncmp(name, "atomic", 6) || is_text(f->mnemonic, "fence"))
            used |= 1 << ATOMICS;
        if (!strncmp(name, "return_call", 11))
            used |= 1 << TAIL_CALLS;
        if (f->operand_count && memchr(f->operands, EXCEPTION_TABLE, f->operand_count))
            used |= 1 << EXCEPTIONS;
    }
    return used;
}

/* EXT-002: whether C compilers pass a value in one way. */
static bool crosses(const parameter *p)
{
    type ty = p->type;
    return p->purpose == NORMAL && (ty == I8 || ty == I32 || ty == I64 || ty == F64);
}

static void check_foreign(const artifact *a, const symbol *s)
{
    const signature *type = &a->signatures[s->signature];
    bool is_c = is_text(s->abi, "C") && s->is_function && (type->convention == PLATFORM || type->convention == SYSTEM_V);
    if (is_c) {
        is_c = type->return_count <= 1;
        for (uint32_t i = 0; i < type->param_count; i++)
            is_c &= crosses(&type->params[i]);
        for (uint32_t i = 0; i < type->return_count; i++)
            is_c &= crosses(&type->returns[i]);
    }
    if (!is_c)
        refuse(a->call, "E5010",
               "foreign functions take and return i8, i32, i64 and f64 by the platform's "
               "convention (EXT-002)",
               "the foreign function `%.100s` has a type that not every C compiler passes in "
               "one way",
               s->name.data);
}

static void check_symbol(const artifact *a, const symbol *s)
{
    const char *name = s->name.data;
    if (!name && s->linkage != LOCAL)
        invalid(a->call, "a symbol without a name is not local");
    if (name && (!s->name.len || strlen(name) != s->name.len || strchr(name, '@')))
        invalid(a->call, "the symbol name `%.100s` is empty or has a NUL or an `@`", name);
    if (s->is_function && s->signature >= a->signature_count)
        invalid(a->call, "a symbol has a signature that is not there");
    if (s->linkage == IMPORT && s->source == RUNTIME && (!s->is_function || !a->has_runtime))
        invalid(a->call, "`%.100s` is imported from a runtime that has no such thing", name);
    if (s->linkage == IMPORT && s->source == RUNTIME)
        check_runtime_import(a, s);
    if (s->linkage == IMPORT && s->source == EXTERN) {
        if (!s->is_function)
            refuse(a->call, "E5010", "import functions", "the foreign function `%.100s` is data",
                   name);
        check_foreign(a, s);
    }
}

static int by_name(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static void check_names(const artifact *a)
{
    const char **names = take(a->call, a->symbol_count, sizeof *names);
    uint32_t count = 0;
    for (uint32_t i = 0; i < a->symbol_count; i++)
        if (a->symbols[i].name.data)
            names[count++] = a->symbols[i].name.data;
    if (count)
        qsort(names, count, sizeof *names, by_name);
    for (uint32_t i = 1; i < count; i++)
        if (!strcmp(names[i - 1], names[i]))
            invalid(a->call, "there is a second symbol `%.100s`", names[i]);
}

static void check_data(const artifact *a, const data_object *d)
{
    enum { POINTER_BYTES = 8 };
    if (!d->align || d->align & (d->align - 1) || d->align > MOST_ALIGN)
        invalid(a->call, "the alignment of data is no power of two up to %d", (int)MOST_ALIGN);
    if (d->section.data && (!d->section.len || strlen(d->section.data) != d->section.len))
        invalid(a->call, "the name of a section is empty or has a NUL");
    for (uint32_t i = 0; i < d->relocation_count; i++) {
        const relocation *r = &d->relocations[i];
        if ((uint64_t)r->offset + POINTER_BYTES > d->len || r->target >= a->symbol_count)
            invalid(a->call, "a relocation leads out of its data, or to no symbol");
        if (r->addend && a->symbols[r->target].is_function)
            invalid(a->call, "a relocation adds to the address of a function");
    }
}

/* That definitions have a data object each, in symbol order; of functions the bodies
 * say it when they are read. */
static void check_definitions(const artifact *a)
{
    uint32_t functions = 0, data = 0;
    for (uint32_t i = 0; i < a->symbol_count; i++) {
        if (a->symbols[i].linkage == IMPORT)
            continue;
        if (a->symbols[i].is_function)
            functions++;
        else if (data == a->data_count || a->data[data++].symbol != i)
            invalid(a->call, "the data objects are not those of the data symbols");
    }
    if (data != a->data_count || functions != a->function_count)
        invalid(a->call, "there are more or fewer definitions than symbols");
}

static void check_entrypoint(const artifact *a)
{
    static const type of[RESULTS] = {0, I8, I8, I32, I64, F64, I32, I64, I64};
    if (a->entrypoint >= a->symbol_count || a->symbols[a->entrypoint].linkage == IMPORT ||
        !a->symbols[a->entrypoint].is_function)
        invalid(a->call, "the entrypoint is no function that is defined");
    const signature *s = &a->signatures[a->symbols[a->entrypoint].signature];
    bool fits = a->result ? s->return_count == 1 && s->returns[0].type == of[a->result]
                          : !s->return_count;
    if (s->param_count || !fits)
        invalid(a->call, "the entrypoint has parameters, or another result than the header says");
    if (s->convention != PLATFORM && s->convention != SYSTEM_V)
        refuse(a->call, "E4041", "give the entrypoint the platform's C calling convention",
               "the entrypoint `%.100s` has a calling convention by which C does not call",
               a->entrypoint_name.data);
}

void check_module(const artifact *a)
{
    for (uint32_t i = 0; i < a->symbol_count; i++)
        check_symbol(a, &a->symbols[i]);
    check_names(a);
    uint64_t zeroes = 0;
    for (uint32_t i = 0; i < a->data_count; i++) {
        check_data(a, &a->data[i]);
        uint64_t more = a->data[i].bytes ? 0 : a->data[i].len;
        zeroes = more > MOST_ZEROES ? more : zeroes + more;
        if (zeroes > MOST_ZEROES)
            invalid(a->call, "there are more than 4 GiB of zeroes");
    }
    check_definitions(a);
    if (a->has_entrypoint)
        check_entrypoint(a);
    check_declared(a, used(a));
}
