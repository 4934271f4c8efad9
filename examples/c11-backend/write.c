#include "write.h"

#include "instructions.h"
#include "names.h"

const char *c_type(type ty)
{
    static const char *const names[] = {"",     "u8", "u16", "u32", "u64",
                                        "u128", "",   "f32", "f64", ""};
    return names[ty & 15];
}

void check_use(const function *f, uint32_t value)
{
    const block *here = &f->blocks[f->block], *home = &f->blocks[f->home[value]];
    /* Where nothing leads, everything is defined. */
    bool is_defined = !here->enters ||
                      (home == here ? value < f->next
                                    : home->enters && home->enters < here->enters &&
                                          here->leaves < home->leaves);
    if (!is_defined)
        invalid(f->call, "function %u uses value %u where it may not be defined", f->symbol,
                value);
}

void check_uses(const function *f, const uint32_t *values, const parameter *types,
                uint32_t count, const char *what)
{
    for (uint32_t i = 0; i < count; i++) {
        check_use(f, values[i]);
        if (f->types[values[i]] != types[i].type)
            invalid(f->call, "function %u %s a value of another type than its signature has",
                    f->symbol, what);
    }
}

/* ---- jumps ---- */

/* A jump: all arguments are read before a parameter is written. */
static void write_target(function *f, const block_call *target)
{
    const block *to = &f->blocks[target->block];
    if (target->arg_count != to->param_count)
        invalid(f->call, "function %u passes %u values to block %u, which takes %u", f->symbol,
                target->arg_count, target->block, to->param_count);
    go_on(f->call);
    emit(f->call, "{ ");
    for (uint32_t i = 0; i < to->param_count; i++) {
        check_use(f, target->args[i]);
        if (f->types[target->args[i]] != to->params[i])
            invalid(f->call, "function %u passes a value of another type to block %u", f->symbol,
                    target->block);
        emit(f->call, "%s x%u = v%u; ", c_type(to->params[i]), i, target->args[i]);
    }
    for (uint32_t i = 0; i < to->param_count; i++)
        emit(f->call, "v%u = x%u; ", to->first_param + i, i);
    emit(f->call, "goto b%u; }\n", target->block);
}

void write_jump(function *f, const instruction *i)
{
    write_target(f, &i->targets[0]);
}

void write_branch(function *f, const instruction *i)
{
    emit(f->call, "if (v%u) ", i->values[0]);
    write_target(f, &i->targets[0]);
    emit(f->call, "else ");
    write_target(f, &i->targets[1]);
}

void write_branch_table(function *f, const instruction *i)
{
    const jump_table *table = &f->tables[i->number];
    emit(f->call, "switch (v%u) {\n", i->values[0]);
    for (uint32_t at = 1; at < table->count; at++) {
        emit(f->call, "case %uu: ", at - 1);
        write_target(f, &table->targets[at]);
    }
    emit(f->call, "default: ");
    write_target(f, &table->targets[0]);
    emit(f->call, "}");
}

/* ---- addresses ---- */

void write_global_value(function *f, const instruction *i)
{
    const artifact *a = f->artifact;
    /* From what it builds on, which is written first, so that nothing is nested. */
    uint32_t depth = 1, at = (uint32_t)i->number;
    for (const global_value *g = &f->global_values[at];
         g->kind == LOAD_VALUE || g->kind == ADD_VALUE; g = &f->global_values[g->base])
        depth++;
    uint32_t *chain = take(f->call, depth, sizeof *chain);
    for (uint32_t rest = depth; rest--; at = f->global_values[at].base)
        chain[rest] = at;
    emit(f->call, "{ u64 y = 0; ");
    for (uint32_t item = 0; item < depth; item++) {
        const global_value *g = &f->global_values[chain[item]];
        bool is_last = item + 1 == depth;
        type ty = g->kind == LOAD_VALUE || g->kind == ADD_VALUE ? g->type : I64;
        go_on(f->call);
        if (is_last ? f->types[i->result] != ty : ty != I64)
            invalid(f->call, "a global value of function %u has another type", f->symbol);
        uint32_t param = 0;
        switch (g->kind) {
        case CONTEXT_VALUE:
            while (param < f->signature->param_count &&
                   f->signature->params[param].purpose != VM_CONTEXT)
                param++;
            if (param == f->signature->param_count || f->signature->params[param].type != I64)
                invalid(f->call, "function %u has no context", f->symbol);
            emit(f->call, "y = p%u; ", param);
            break;
        case LOAD_VALUE:
            if (g->flags & ORDER_BIG)
                unsupported(f->call, "global values in big-endian order");
            if (is_last)
                emit(f->call, "v%u = ", i->result);
            else
                emit(f->call, "y = ");
            emit(f->call, "*(m_%s *)(y + %lldL); ", c_type(ty), (long long)g->offset);
            break;
        case ADD_VALUE:
            if (!is_int(ty))
                invalid(f->call, "a global value of function %u is no integer", f->symbol);
            emit(f->call, "y += (u64)%#llxul; ", (unsigned long long)g->offset);
            break;
        case SYMBOL_VALUE:
            if (g->is_tls)
                unsupported(f->call, "thread-local data");
            emit(f->call, "y = ");
            emit_address(a, &g->target);
            emit(f->call, " + %#llxul; ", (unsigned long long)g->offset);
            break;
        default:
            unsupported(f->call, "vectors of unknown length");
        }
    }
    if (f->global_values[i->number].kind != LOAD_VALUE)
        emit(f->call, "v%u = y; ", i->result);
    emit(f->call, "}");
}

/* ---- calls ---- */

static void write_arguments(function *f, const instruction *i, uint32_t number,
                            const uint32_t *values, uint32_t count)
{
    const signature *s = &f->artifact->signatures[number];
    bool fits = count == s->param_count && i->form->result_count == s->return_count;
    for (uint32_t at = 0; fits && at < s->return_count; at++)
        fits = s->returns[at].type == i->form->results[at];
    if (!fits)
        invalid(f->call, "function %u calls with other values than the signature has", f->symbol);
    check_uses(f, values, s->params, count, "passes");
    emit(f->call, "(");
    for (uint32_t at = 0; at < count; at++)
        emit(f->call, "%sv%u", at ? ", " : "", values[at]);
    emit(f->call, ");");
    if (s->return_count > 1)
        for (uint32_t at = 0; at < s->return_count; at++)
            emit(f->call, " v%u = y.f%u;", i->result + at, at);
    emit(f->call, " }");
}

static void begin_call(function *f, const instruction *i, uint32_t number)
{
    const signature *s = &f->artifact->signatures[number];
    check_signature(f->artifact, number);
    emit(f->call, "{ ");
    if (s->return_count > 1)
        emit(f->call, "r%u y = ", number);
    else if (s->return_count)
        emit(f->call, "v%u = ", i->result);
    /* Through an integer: a compiler takes another signature than the callee's for a
     * mistake. */
    emit(f->call, "((g%u *)(u64)", number);
}

void write_call(function *f, const instruction *i)
{
    const callee *c = &f->callees[i->number];
    begin_call(f, i, c->signature);
    emit_address(f->artifact, &c->target);
    emit(f->call, ")");
    write_arguments(f, i, c->signature, i->list, i->list_count);
}

void write_call_indirect(function *f, const instruction *i)
{
    uint32_t number = f->signatures[i->number];
    if (!i->list_count || f->types[i->list[0]] != I64)
        invalid(f->call, "function %u calls an address that is none", f->symbol);
    check_use(f, i->list[0]);
    begin_call(f, i, number);
    emit(f->call, "v%u)", i->list[0]);
    write_arguments(f, i, number, i->list + 1, i->list_count - 1);
}

void write_return(function *f, const instruction *i)
{
    const signature *s = f->signature;
    if (i->list_count != s->return_count)
        invalid(f->call, "function %u returns %u values, and its signature has %u", f->symbol,
                i->list_count, s->return_count);
    check_uses(f, i->list, s->returns, s->return_count, "returns");
    if (s->return_count == 1) {
        emit(f->call, "return v%u;", i->list[0]);
        return;
    }
    if (!s->return_count) {
        emit(f->call, "return;");
        return;
    }
    emit(f->call, "{ r%u y = { ", f->artifact->symbols[f->symbol].signature);
    for (uint32_t at = 0; at < s->return_count; at++)
        emit(f->call, "v%u, ", i->list[at]);
    emit(f->call, "}; return y; }");
}

/* ---- functions ---- */

void write_function(const artifact *a, uint32_t index)
{
    call *call = a->call;
    struct piece *before = call->pieces;
    function *f = read_function(a, index);
    /* A frame of its own for what asks for it. */
    if (f->is_framed)
        emit(call, "__attribute__((noinline)) ");
    emit_definition(a, f->symbol);
    emit(call, "\n{\n");
    for (uint32_t value = 0; value < f->value_count; value++) {
        go_on(call);
        emit(call, "%s v%u;\n", c_type(f->types[value]), value);
    }
    for (uint32_t slot = 0; slot < f->slot_count; slot++)
        emit(call, "u8 k%u[%u] __attribute__((aligned(%u)));\n", slot,
             f->slots[slot].size ? f->slots[slot].size : 1, 1u << f->slots[slot].align_shift);
    /* What goes back to the first block jumps behind this. */
    for (uint32_t param = 0; param < f->signature->param_count; param++)
        emit(call, "v%u = p%u;\n", param, param);
    reader from;
    begin_walk(f, &from);
    for (uint32_t number = 0; number < f->block_count; number++) {
        begin_block(f, number);
        emit(call, "b%u:;\n", number);
        for (uint32_t count = f->blocks[number].instructions; count--;) {
            instruction i = read_instruction(f, &from);
            go_on(call);
            write_instruction(f, &i);
            emit(call, "\n");
            define(f, i.form->results, i.form->result_count);
        }
    }
    emit(call, "}\n");
    give_back(call, before);
}
