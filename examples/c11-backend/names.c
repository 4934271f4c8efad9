#include "names.h"

#include <stdlib.h>
#include <string.h>

#include "prelude.h"
#include "write.h"

void emit_escaped(call *call, const char *bytes, size_t len)
{
    while (len--) {
        unsigned char byte = (unsigned char)*bytes++;
        bool is_plain = byte >= ' ' && byte <= '~' && !strchr("\"\\?", byte);
        emit(call, is_plain ? "%c" : "\\%03o", byte);
    }
}

/* Names by which an assembler knows a symbol as they are. */
static bool is_label(text name)
{
    if (strchr("0123456789$", *name.data) || !strncmp(name.data, ".L", 2) || is_text(name, "."))
        return false;
    for (uint32_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        bool is_letter = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_letter && !strchr("_.$", c) && (unsigned char)c < 0x80)
            return false;
    }
    return true;
}

/* Functions that a C compiler calls on its own account, or the prelude does. */
static bool is_called_by_compilers(text name)
{
    static const char *const names[] = {"memcpy", "memmove", "memset", "memcmp", "fma", "fmaf"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is_text(name, names[i]))
            return true;
    return false;
}

/* The name that the linker sees, which may be no word of C's. */
static void emit_label(const artifact *a, uint32_t number)
{
    text name = a->symbols[number].name;
    emit(a->call, " __asm__(\"");
    if (!name.data) {
        emit(a->call, ".Lbeskid.%u", number);
    } else {
        if (!is_label(name))
            unsupported(a->call, "the symbol `%.100s`: assemblers do not read its name",
                        name.data);
        if (a->symbols[number].linkage != IMPORT && is_called_by_compilers(name))
            unsupported(a->call, "a program that defines `%s`, which C compilers call", name.data);
        emit_escaped(a->call, name.data, name.len);
    }
    emit(a->call, "\")");
}

static int by_name(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

visibility chosen_exports(call *call, const json *exports)
{
    visibility seen = {.has_all = !exports || exports->kind != JSON_LIST};
    size_t count = 0;
    for (const json *name = seen.has_all ? NULL : exports->first; name; name = name->next)
        count += name->kind == JSON_TEXT;
    seen.names = take(call, count, sizeof *seen.names);
    for (const json *name = seen.has_all ? NULL : exports->first; name; name = name->next)
        if (name->kind == JSON_TEXT)
            seen.names[seen.count++] = name->text;
    if (count)
        qsort(seen.names, count, sizeof *seen.names, by_name);
    return seen;
}

/* Storage, and who sees it. */
static const char *storage(const artifact *a, uint32_t number, visibility seen)
{
    const symbol *s = &a->symbols[number];
    if (s->linkage == IMPORT)
        return "extern";
    if (s->linkage == HIDDEN)
        return "__attribute__((visibility(\"hidden\")))";
    if (s->linkage == LOCAL)
        return "static";
    bool stays = seen.has_all || (seen.count && bsearch(&s->name.data, seen.names, seen.count,
                                                        sizeof *seen.names, by_name));
    if (!stays)
        return "static";
    return s->linkage == PREEMPTIBLE ? "__attribute__((visibility(\"default\"), weak))"
                                     : "__attribute__((visibility(\"default\")))";
}

void emit_address(const artifact *a, const reference *to)
{
    if (to->kind == SYMBOL_NAME) {
        bool is_function = a->symbols[to->symbol].is_function;
        emit(a->call, "(u64)&%c%u", is_function ? 's' : 'd', to->symbol);
        return;
    }
    if (to->kind != LIBCALL_NAME || !emit_libcall(a->call, to->name))
        unsupported(a->call, "references to `%.100s`", to->name.data);
}

void check_signature(const artifact *a, uint32_t number)
{
    static const char *const without[CONVENTIONS] = {
        [APPLE_AARCH64] = "AppleAarch64", [TAIL] = "Tail", [PROBESTACK] = "Probestack",
        [WINCH] = "Winch", [PRESERVE_ALL] = "PreserveAll"};
    const signature *s = &a->signatures[number];
    bool is_plain = true;
    if (without[s->convention])
        unsupported(a->call, "the convention %s", without[s->convention]);
    for (uint32_t i = 0; i < s->param_count; i++)
        is_plain &= s->params[i].purpose == NORMAL || s->params[i].purpose == VM_CONTEXT;
    for (uint32_t i = 0; i < s->return_count; i++)
        is_plain &= s->returns[i].purpose == NORMAL;
    if (!is_plain)
        unsupported(a->call, "structures that are passed by value");
}

/* The caller extends what is narrow, as its type says. */
static void emit_parameter(call *call, const parameter *p)
{
    if (p->extension == SIGNED && is_int(p->type))
        emit(call, "i%u", bits(p->type));
    else
        emit(call, "%s", c_type(p->type));
}

static const char *convention(const signature *s)
{
    return s->convention == WINDOWS_FASTCALL ? "__attribute__((ms_abi)) " : "";
}

static void emit_parameters(const artifact *a, const signature *s, bool are_named)
{
    for (uint32_t i = 0; i < s->param_count; i++) {
        emit(a->call, i ? ", " : "(");
        emit_parameter(a->call, &s->params[i]);
        if (are_named)
            emit(a->call, " p%u", i);
    }
    emit(a->call, s->param_count ? ")" : "(void)");
}

/* The result r and the function g of a signature. Several results are a structure, each
 * in a register of its own, as System V returns structures of 16 bytes. */
static void declare_signature(const artifact *a, uint32_t number)
{
    const signature *s = &a->signatures[number];
    call *call = a->call;
    emit(call, "typedef ");
    if (s->return_count > 1) {
        emit(call, "struct { ");
        for (uint32_t i = 0; i < s->return_count; i++) {
            bool is_narrow = is_int(s->returns[i].type) && s->returns[i].type < I64;
            emit(call, "%s f%u __attribute__((aligned(8))); ",
                 is_narrow ? "u64" : c_type(s->returns[i].type), i);
        }
        emit(call, "}");
    } else if (s->return_count) {
        emit_parameter(call, s->returns);
    } else {
        emit(call, "void");
    }
    emit(call, " r%u;\ntypedef r%u %sg%u", number, number, convention(s), number);
    emit_parameters(a, s, false);
    emit(call, ";\n");
}

static const data_object *data_of(const artifact *a, uint32_t number)
{
    /* Ascending by symbol. */
    uint32_t low = 0, high = a->data_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (a->data[middle].symbol < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < a->data_count && a->data[low].symbol == number ? &a->data[low] : NULL;
}

/* The structure t of data: bytes b, and addresses p, by their offsets. */
static void declare_data(const artifact *a, uint32_t number)
{
    const data_object *d = data_of(a, number);
    call *call = a->call;
    uint64_t end = 0;
    emit(call, "typedef struct __attribute__((packed)) { ");
    for (uint32_t i = 0; d && i < d->relocation_count; i++) {
        const relocation *r = &d->relocations[i];
        go_on(call);
        if (r->offset < end)
            unsupported(call, "addresses in data that overlap");
        if (r->offset > end)
            emit(call, "u8 b%u[%u]; ", (unsigned)end, (unsigned)(r->offset - end));
        emit(call, "const char *p%u; ", r->offset);
        end = (uint64_t)r->offset + 8;
    }
    uint64_t len = d ? d->len : 1;
    if (len > end || !end)
        emit(call, "u8 b%llu[%llu]; ", (unsigned long long)end, (unsigned long long)(len - end));
    emit(call, "} t%u;\n", number);
}

void declare(const artifact *a, visibility seen)
{
    for (uint32_t i = 0; i < a->signature_count; i++) {
        go_on(a->call);
        declare_signature(a, i);
    }
    for (uint32_t i = 0; i < a->symbol_count; i++) {
        const symbol *s = &a->symbols[i];
        go_on(a->call);
        if (is_text(s->name, "__cranelift_throw") && s->linkage == IMPORT && s->source == PLAIN)
            unsupported(a->call, "a program that throws");
        if (s->is_function) {
            check_signature(a, s->signature);
            emit(a->call, "%s g%u s%u", storage(a, i, seen), s->signature, i);
        } else {
            bool is_constant = s->linkage != IMPORT && !s->is_writable;
            declare_data(a, i);
            emit(a->call, "%s %st%u d%u", storage(a, i, seen), is_constant ? "const " : "", i, i);
        }
        emit_label(a, i);
        emit(a->call, ";\n");
    }
}

void emit_definition(const artifact *a, uint32_t number)
{
    uint32_t type = a->symbols[number].signature;
    const signature *s = &a->signatures[type];
    emit(a->call, "r%u %ss%u", type, convention(s), number);
    emit_parameters(a, s, true);
}

/* ---- data ---- */

static bool is_section(text name)
{
    for (uint32_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        bool is_letter = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_letter && !strchr("_.$-", c))
            return false;
    }
    return true;
}

static void emit_bytes(call *call, const data_object *d, uint64_t from, uint64_t to)
{
    if (!d->bytes) {
        emit(call, "{ 0 }");
        return;
    }
    emit(call, "\"");
    for (uint64_t at = from; at < to; at++) {
        if (at % 4096 == 0)
            go_on(call);
        emit_escaped(call, (const char *)&d->bytes[at], 1);
    }
    emit(call, "\"");
}

static void emit_values(const artifact *a, const data_object *d)
{
    call *call = a->call;
    uint64_t end = 0;
    emit(call, " = { ");
    for (uint32_t i = 0; i < d->relocation_count; i++) {
        const relocation *r = &d->relocations[i];
        if (r->offset > end) {
            emit_bytes(call, d, end, r->offset);
            emit(call, ", ");
        }
        emit(call, "(const char *)&%c%u + %lldL, ",
             a->symbols[r->target].is_function ? 's' : 'd', r->target, (long long)r->addend);
        end = (uint64_t)r->offset + 8;
    }
    if (d->len > end)
        emit_bytes(call, d, end, d->len);
    emit(call, "}");
}

void define_data(const artifact *a, visibility seen)
{
    for (uint32_t i = 0; i < a->data_count; i++) {
        const data_object *d = &a->data[i];
        const symbol *s = &a->symbols[d->symbol];
        call *call = a->call;
        go_on(call);
        emit(call, "%s %st%u d%u __attribute__((aligned(%u)%s", storage(a, d->symbol, seen),
             s->is_writable ? "" : "const ", d->symbol, d->symbol, (unsigned)d->align,
             d->is_used || d->section.data ? ", used" : "");
        if (d->section.data) {
            if (!is_section(d->section))
                unsupported(call, "the section `%.100s`: assemblers do not read its name",
                            d->section.data);
            emit(call, ", section(\"");
            emit_escaped(call, d->section.data, d->section.len);
            emit(call, "\")");
        }
        emit(call, "))");
        if (d->len && (d->bytes || d->relocation_count))
            emit_values(a, d);
        emit(call, ";\n");
    }
}
