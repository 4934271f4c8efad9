/* The instruction stream: read twice, once for the types of all values and for the
 * way from block to block, once to write what it means. */
#include "function.h"

#include <string.h>

#include "instructions.h"

void begin_walk(function *f, reader *from)
{
    *from = f->stream;
    f->next = 0;
}

void define(function *f, const type *types, uint32_t count)
{
    if (count > f->value_count - f->next)
        invalid(f->call, "function %u defines more values than it says", f->symbol);
    for (uint32_t i = 0; i < count; i++) {
        f->types[f->next] = types[i];
        f->home[f->next++] = f->block;
    }
}

void begin_block(function *f, uint32_t number)
{
    f->block = number;
    f->blocks[number].first_param = f->next;
    define(f, f->blocks[number].params, f->blocks[number].param_count);
}

/* A value, by how far back it was defined; forward if that is negative. */
static uint32_t resolve(const function *f, uint64_t coded)
{
    int64_t distance = (int64_t)(coded >> 1 ^ (0 - (coded & 1)));
    if (distance > (int64_t)f->next || distance <= (int64_t)f->next - (int64_t)f->value_count - 1)
        invalid(f->call, "function %u uses a value that is not there", f->symbol);
    return below(f, "value", (uint32_t)((int64_t)f->next - distance), f->value_count);
}

static block_call read_target(function *f, reader *from)
{
    block_call target = {.block = below(f, "block", read_u32(from), f->block_count),
                         .arg_count = read_count(from)};
    target.args = take(f->call, target.arg_count, sizeof *target.args);
    for (uint32_t i = 0; i < target.arg_count; i++) {
        uint64_t word = read_u64(from);
        if (word & 3)
            invalid(f->call, "a call's result is passed outside of an exception table");
        target.args[i] = resolve(f, word >> 2);
    }
    return target;
}

static uint64_t read_below(function *f, reader *from, const char *what, uint32_t count)
{
    return below(f, what, read_u32(from), count);
}

instruction read_instruction(function *f, reader *from)
{
    const artifact *a = f->artifact;
    const form *form = &a->forms[read_below(f, from, "form", a->form_count)];
    check_form(f->call, form);
    instruction i = {.form = form, .result = f->next};
    uint32_t values = 0;
    for (uint32_t at = 0; at < form->operand_count; at++) {
        switch (form->operands[at]) {
        case VALUE:
            i.values[values++] = resolve(f, read_u64(from));
            break;
        case VALUE_LIST:
            i.list_count = read_count(from);
            i.list = take(f->call, i.list_count, sizeof *i.list);
            for (uint32_t item = 0; item < i.list_count; item++)
                i.list[item] = resolve(f, read_u64(from));
            break;
        case BLOCK_CALL:
            i.targets[i.target_count++] = read_target(f, from);
            break;
        case IMM64:
            i.number = (uint64_t)read_i64(from);
            break;
        case OFFSET32:
            i.offset = read_i32(from);
            break;
        case IEEE32:
            i.number = read_u32(from);
            break;
        case IEEE64:
            i.number = read_u64(from);
            break;
        case MEMORY_FLAGS:
            i.flags = check_flags(f, read_u32(from));
            break;
        case TRAP_CODE:
            i.number = read_below(f, from, "trap code", 256);
            if (!i.number)
                invalid(f->call, "function %u has trap code 0", f->symbol);
            break;
        case INT_CONDITION:
            i.number = read_below(f, from, "condition", INT_CONDITIONS);
            break;
        case FLOAT_CONDITION:
            i.number = read_below(f, from, "condition", FLOAT_CONDITIONS);
            break;
        case ATOMIC_OPERATION:
            i.number = read_below(f, from, "atomic operation", ATOMIC_OPERATIONS);
            break;
        case GLOBAL_VALUE:
            i.number = read_below(f, from, "global value", f->global_value_count);
            break;
        case STACK_SLOT:
            i.number = read_below(f, from, "stack slot", f->slot_count);
            break;
        case CALLEE:
            i.number = read_below(f, from, "callee", f->callee_count);
            break;
        case SIGNATURE:
            i.number = read_below(f, from, "signature", f->signature_count);
            break;
        case JUMP_TABLE:
            i.number = read_below(f, from, "jump table", f->table_count);
            break;
        default:
            /* No rule has another kind. */
            invalid(f->call, "function %u has an operand of an unknown kind", f->symbol);
        }
    }
    return i;
}

/* The ways from block to block; a jump table is a place of its own among them, so that
 * one which many instructions use is looked at once. */
typedef struct {
    uint32_t (*pairs)[2];
    size_t count, room;
} edges;

static void add_edge(function *f, edges *all, uint32_t from, uint32_t to)
{
    if (all->count == all->room) {
        size_t room = all->room * 2 + 16;
        uint32_t(*pairs)[2] = take(f->call, room, sizeof *pairs);
        if (all->count)
            memcpy(pairs, all->pairs, all->count * sizeof *pairs);
        all->pairs = pairs;
        all->room = room;
    }
    all->pairs[all->count][0] = from;
    all->pairs[all->count++][1] = to;
}

static void survey(function *f)
{
    reader from;
    edges all = {0};
    begin_walk(f, &from);
    for (uint32_t number = 0; number < f->block_count; number++) {
        begin_block(f, number);
        bool is_ended = false;
        for (uint32_t count = f->blocks[number].instructions; count--;) {
            instruction i = read_instruction(f, &from);
            if (is_ended)
                invalid(f->call, "block %u of function %u goes on behind its end", number,
                        f->symbol);
            is_ended = i.form->rule->ends_block;
            const char *text = i.form->rule->text;
            f->is_framed |= text && strstr(text, "_address(0)") != NULL;
            for (uint32_t at = 0; at < i.target_count; at++)
                add_edge(f, &all, number, i.targets[at].block);
            if (i.form->rule->shape[1] == 'J')
                add_edge(f, &all, number, f->block_count + (uint32_t)i.number);
            define(f, i.form->results, i.form->result_count);
        }
        if (!is_ended)
            invalid(f->call, "block %u of function %u does not end", number, f->symbol);
    }
    read_end(&from);
    if (f->next != f->value_count)
        invalid(f->call, "function %u defines fewer values than it says", f->symbol);
    for (uint32_t table = 0; table < f->table_count; table++)
        for (uint32_t at = 0; at < f->tables[table].count; at++) {
            const block_call *target = &f->tables[table].targets[at];
            add_edge(f, &all, f->block_count + table,
                     below(f, "block", target->block, f->block_count));
            for (uint32_t arg = 0; arg < target->arg_count; arg++)
                below(f, "value", target->args[arg], f->value_count);
        }
    find_dominators(f, (const uint32_t(*)[2])all.pairs, all.count);
}

function *read_function(const artifact *a, uint32_t index)
{
    function *f = take(a->call, 1, sizeof *f);
    f->call = a->call;
    f->artifact = a;
    reader from = a->functions[index];
    uint64_t len = read_u64(&from);
    reader body = read_part(&from, len);
    f->stream = from;
    read_body(f, body);
    f->types = take(f->call, f->value_count, sizeof *f->types);
    f->home = take(f->call, f->value_count, sizeof *f->home);
    survey(f);
    return f;
}
