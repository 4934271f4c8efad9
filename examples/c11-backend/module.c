/* The module: signatures, symbols, data. */
#include <stdio.h>
#include <stdlib.h>

#include "artifact.h"

type read_type(reader *from)
{
    uint32_t ty = read_u32(from);
    unsigned lane = ty & 15, log2_lanes = ty >> 4 & 15;
    if (ty >> 9 || !lane || lane > F128 || log2_lanes > 8)
        malformed(from->call, from->section, "a type is none");
    return (type)ty;
}

type *read_types(reader *from, uint32_t *count)
{
    *count = read_count(from);
    type *types = take(from->call, *count, sizeof *types);
    for (uint32_t i = 0; i < *count; i++)
        types[i] = read_type(from);
    return types;
}

const char *type_name(call *call, type ty)
{
    static const char *const lanes[] = {"",    "i8",  "i16", "i32", "i64",
                                        "i128", "f16", "f32", "f64", "f128"};
    enum { LONGEST = 16 };
    char *name = take(call, LONGEST, 1);
    unsigned log2_lanes = ty >> 4 & 15;
    if (ty >> 4)
        snprintf(name, LONGEST, "%sx%u%s", lanes[ty & 15], 1u << log2_lanes,
                 ty >> 8 ? "xN" : "");
    else
        snprintf(name, LONGEST, "%s", lanes[ty & 15]);
    return name;
}

static parameter *read_parameters(reader *from, uint32_t *count)
{
    *count = read_count(from);
    parameter *all = take(from->call, *count, sizeof *all);
    for (uint32_t i = 0; i < *count; i++) {
        all[i].type = read_type(from);
        all[i].purpose = (uint8_t)read_variant(from, PURPOSES);
        if (all[i].purpose == STRUCT_ARGUMENT)
            read_u32(from);
        all[i].extension = (uint8_t)read_variant(from, EXTENSIONS);
    }
    return all;
}

static void read_symbol(reader *from, symbol *s)
{
    if (read_bool(from))
        s->name = read_text(from);
    s->is_function = !read_variant(from, 2);
    if (s->is_function) {
        s->signature = read_u32(from);
    } else {
        s->is_writable = read_bool(from);
        s->is_tls = read_bool(from);
    }
    s->linkage = read_variant(from, LINKAGES);
    if (s->linkage != IMPORT)
        return;
    s->source = read_variant(from, SOURCES);
    if (s->source == EXTERN) {
        read_text(from);
        s->abi = read_text(from);
    }
}

static int by_offset(const void *one, const void *other)
{
    uint32_t a = ((const relocation *)one)->offset, b = ((const relocation *)other)->offset;
    return (a > b) - (a < b);
}

static void read_data(reader *from, data_object *d)
{
    d->symbol = read_u32(from);
    if (read_variant(from, 2)) {
        d->len = read_count(from);
        d->bytes = read_part(from, d->len).at;
    } else {
        d->len = read_u64(from);
    }
    d->align = 1;
    if (read_bool(from))
        d->align = read_u64(from);
    if (read_bool(from))
        d->section = read_text(from);
    d->is_used = read_bool(from);
    d->relocation_count = read_count(from);
    d->relocations = take(from->call, d->relocation_count, sizeof *d->relocations);
    for (uint32_t i = 0; i < d->relocation_count; i++) {
        d->relocations[i].offset = read_u32(from);
        d->relocations[i].target = read_u32(from);
        d->relocations[i].addend = read_i64(from);
    }
    if (d->relocation_count)
        qsort(d->relocations, d->relocation_count, sizeof *d->relocations, by_offset);
    read_variant(from, 3);
}

void read_module(artifact *a, reader from)
{
    a->signature_count = read_count(&from);
    a->signatures = take(a->call, a->signature_count, sizeof *a->signatures);
    for (uint32_t i = 0; i < a->signature_count; i++) {
        signature *s = &a->signatures[i];
        s->convention = read_variant(&from, CONVENTIONS);
        s->params = read_parameters(&from, &s->param_count);
        s->returns = read_parameters(&from, &s->return_count);
    }
    a->symbol_count = read_count(&from);
    a->symbols = take(a->call, a->symbol_count, sizeof *a->symbols);
    for (uint32_t i = 0; i < a->symbol_count; i++)
        read_symbol(&from, &a->symbols[i]);
    a->data_count = read_count(&from);
    a->data = take(a->call, a->data_count, sizeof *a->data);
    for (uint32_t i = 0; i < a->data_count; i++)
        read_data(&from, &a->data[i]);
    read_end(&from);
}
