/* The body of a function: what its instructions refer to. */
#include "function.h"

uint32_t below(const function *f, const char *what, uint32_t index, uint32_t count)
{
    if (index >= count)
        invalid(f->call, "function %u refers to %s %u, and there are %u", f->symbol, what, index,
                count);
    return index;
}

uint32_t check_flags(const function *f, uint32_t flags)
{
    uint32_t region = flags >> 13;
    if ((flags & FLAG_ORDER) == FLAG_ORDER)
        invalid(f->call, "function %u has memory flags that are none", f->symbol);
    if (region)
        below(f, "alias region", region - 1, f->region_count);
    return flags;
}

/* A number of a symbol, or a name; `is_near`: within reach of short addresses. */
static reference read_reference(function *f, reader *from)
{
    reference target = {.kind = read_variant(from, NAMES)};
    if (target.kind == SYMBOL_NAME)
        target.symbol = below(f, "symbol", read_u32(from), f->artifact->symbol_count);
    else
        target.name = read_text(from);
    return target;
}

static void check_distance(const function *f, reference target, bool is_near)
{
    if (is_near && target.kind == SYMBOL_NAME &&
        f->artifact->symbols[target.symbol].linkage == IMPORT)
        invalid(f->call, "function %u has an import near it", f->symbol);
}

static bool same_values(const parameter *one, const parameter *other, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (one[i].type != other[i].type || one[i].purpose != other[i].purpose)
            return false;
    return true;
}

/* ABI-002, EXT-002: what has a signature outside of the program is called by it. */
static void check_import(const function *f, const symbol *s, const signature *called)
{
    const signature *type = &f->artifact->signatures[s->signature];
    bool same = type == called ||
                (type->param_count == called->param_count &&
                 type->return_count == called->return_count &&
                 same_values(type->params, called->params, type->param_count) &&
                 same_values(type->returns, called->returns, type->return_count));
    if (s->linkage == IMPORT && s->source != PLAIN && !same)
        invalid(f->call, "`%.100s` is called with another signature than it is imported with",
                s->name.data);
}

static void read_callees(function *f, reader *from)
{
    f->callee_count = read_count(from);
    f->callees = take(f->call, f->callee_count, sizeof *f->callees);
    for (uint32_t i = 0; i < f->callee_count; i++) {
        callee *c = &f->callees[i];
        c->target = read_reference(f, from);
        c->signature = f->signatures[below(f, "signature", read_u32(from), f->signature_count)];
        check_distance(f, c->target, read_bool(from));
        if (read_bool(from))
            unsupported(f->call, "calls that are patched");
        if (c->target.kind != SYMBOL_NAME)
            continue;
        const symbol *s = &f->artifact->symbols[c->target.symbol];
        if (!s->is_function)
            invalid(f->call, "function %u calls data", f->symbol);
        check_import(f, s, &f->artifact->signatures[c->signature]);
    }
}

static void read_global_values(function *f, reader *from)
{
    f->global_value_count = read_count(from);
    f->global_values = take(f->call, f->global_value_count, sizeof *f->global_values);
    for (uint32_t i = 0; i < f->global_value_count; i++) {
        global_value *g = &f->global_values[i];
        g->kind = read_variant(from, GLOBAL_VALUES);
        switch (g->kind) {
        case LOAD_VALUE:
        case ADD_VALUE:
            /* A base comes before its user, so that there are no cycles. */
            g->base = below(f, "earlier global value", read_u32(from), i);
            g->offset = g->kind == LOAD_VALUE ? read_i32(from) : read_i64(from);
            g->type = read_type(from);
            g->flags = g->kind == LOAD_VALUE ? read_u32(from) : 0;
            break;
        case SYMBOL_VALUE:
            g->target = read_reference(f, from);
            g->offset = read_i64(from);
            check_distance(f, g->target, read_bool(from));
            g->is_tls = read_bool(from);
            break;
        case SCALE_VALUE:
            read_type(from);
            break;
        default:
            break;
        }
    }
}

static block_call read_target(function *f, reader *from)
{
    enum { VALUE_ARG, ARGS = 3 };
    block_call target = {.block = read_u32(from), .arg_count = read_count(from)};
    target.args = take(f->call, target.arg_count, sizeof *target.args);
    for (uint32_t i = 0; i < target.arg_count; i++) {
        if (read_variant(from, ARGS) != VALUE_ARG)
            invalid(f->call, "a call's result is passed outside of an exception table");
        target.args[i] = read_u32(from);
    }
    return target;
}

static void read_tables(function *f, reader *from)
{
    f->table_count = read_count(from);
    f->tables = take(f->call, f->table_count, sizeof *f->tables);
    for (uint32_t i = 0; i < f->table_count; i++) {
        jump_table *table = &f->tables[i];
        block_call otherwise = read_target(f, from);
        table->count = read_count(from) + 1;
        table->targets = take(f->call, table->count, sizeof *table->targets);
        table->targets[0] = otherwise;
        for (uint32_t at = 1; at < table->count; at++)
            table->targets[at] = read_target(f, from);
    }
}

static void read_blocks(function *f, reader *from)
{
    uint64_t params = 0;
    uint32_t features = 0;
    f->block_count = read_count(from);
    f->blocks = take(f->call, f->block_count, sizeof *f->blocks);
    for (uint32_t i = 0; i < f->block_count; i++) {
        block *b = &f->blocks[i];
        b->params = read_types(from, &b->param_count);
        read_bool(from);
        b->instructions = read_u32(from);
        params += b->param_count;
        for (uint32_t at = 0; at < b->param_count; at++)
            features |= features_of(b->params[at]);
    }
    check_declared(f->artifact, features);
    /* Without this, few bytes could ask for much memory. */
    enum { MOST_VALUES = 16 };
    f->value_count = read_u32(from);
    uint64_t room = params + (uint64_t)(f->stream.end - f->stream.at);
    if (f->value_count > room * MOST_VALUES)
        invalid(f->call, "function %u has more values than its size allows", f->symbol);
}

/* What is for debuggers and collectors: read, checked, left out. */
static void read_annotations(function *f, reader *from)
{
    uint64_t instructions = 0;
    for (uint32_t i = 0; i < f->block_count; i++)
        instructions += f->blocks[i].instructions;
    uint32_t most = instructions > UINT32_MAX ? UINT32_MAX : (uint32_t)instructions;
    uint32_t last = 0;
    for (uint32_t count = read_count(from), i = 0; i < count; i++) {
        uint32_t at = below(f, "instruction", read_u32(from), most);
        if (i && at <= last)
            invalid(f->call, "the positions in function %u do not ascend", f->symbol);
        last = at;
        read_u32(from);
    }
    for (uint32_t count = read_count(from); count--;) {
        below(f, "instruction", read_u32(from), most);
        read_type(from);
        below(f, "stack slot", read_u32(from), f->slot_count);
        read_u32(from);
    }
    for (uint32_t count = read_count(from); count--;) {
        below(f, "instruction", read_u32(from), most);
        bool is_slot = read_variant(from, 2);
        uint32_t number = read_u32(from);
        if (is_slot)
            below(f, "stack slot", number, f->slot_count);
    }
    for (uint32_t count = read_count(from); count--;) {
        below(f, "value", read_u32(from), f->value_count);
        read_u32(from);
        read_u32(from);
    }
}

/* A sequence of what only vectors and their like have. */
static void read_none(function *f, reader *from, const char *what)
{
    if (read_count(from))
        unsupported(f->call, "%s", what);
}

static void check_entry(const function *f)
{
    const signature *s = f->signature;
    const block *entry = f->blocks;
    bool fits = f->block_count && entry->param_count == s->param_count;
    for (uint32_t i = 0; fits && i < s->param_count; i++)
        fits = entry->params[i] == s->params[i].type;
    if (!fits)
        invalid(f->call, "the first block of function %u has not the function's parameters",
                f->symbol);
}

void read_body(function *f, reader from)
{
    const artifact *a = f->artifact;
    f->symbol = read_u32(&from);
    if (f->symbol >= a->symbol_count || !a->symbols[f->symbol].is_function ||
        a->symbols[f->symbol].linkage == IMPORT)
        invalid(f->call, "a body is of no function that is defined");
    f->signature = &a->signatures[a->symbols[f->symbol].signature];
    f->signature_count = read_count(&from);
    f->signatures = take(f->call, f->signature_count, sizeof *f->signatures);
    for (uint32_t i = 0; i < f->signature_count; i++)
        f->signatures[i] = below(f, "module signature", read_u32(&from), a->signature_count);
    read_callees(f, &from);
    read_global_values(f, &from);
    f->region_count = read_count(&from);
    for (uint32_t i = 0; i < f->region_count; i++) {
        read_u32(&from);
        read_text(&from);
    }
    for (uint32_t i = 0; i < f->global_value_count; i++)
        check_flags(f, f->global_values[i].flags);
    f->slot_count = read_count(&from);
    f->slots = take(f->call, f->slot_count, sizeof *f->slots);
    for (uint32_t i = 0; i < f->slot_count; i++) {
        f->slots[i].size = read_u32(&from);
        f->slots[i].align_shift = read_byte(&from);
        if (f->slots[i].align_shift > 16)
            invalid(f->call, "a stack slot is aligned to more than 2 to the 16");
        if (read_bool(&from))
            read_u64(&from);
    }
    read_none(f, &from, "vectors of unknown length");
    read_none(f, &from, "vectors of unknown length");
    if (read_bool(&from))
        unsupported(f->call, "stack limits");
    for (int kind = 0; kind < 2; kind++)
        for (uint32_t count = read_count(&from); count--;)
            read_part(&from, read_count(&from));
    read_tables(f, &from);
    read_none(f, &from, "exception tables");
    read_blocks(f, &from);
    read_annotations(f, &from);
    read_end(&from);
    check_entry(f);
}
