/* The container: its marks, its digest, its sections; and what is short in them. */
#include <string.h>

#include "artifact.h"
#include "blake3.h"
#include "instructions.h"

enum { FORMAT_VERSION = 1, MOST_BYTES = 1 << 30 };

static uint64_t little_endian(reader *from, int bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++)
        value |= (uint64_t)read_byte(from) << i * 8;
    return value;
}

enum { HEAD, MODU, FORM, BODY, SETT, SECTIONS };
static const char TAGS[SECTIONS][5] = {"HEAD", "MODU", "FORM", "BODY", "SETT"};

static void read_sections(artifact *a, reader *from, reader found[SECTIONS])
{
    uint64_t count = little_endian(from, 4);
    while (count--) {
        char tag[5] = {0};
        for (int i = 0; i < 4; i++)
            tag[i] = (char)read_byte(from);
        bool is_required = read_byte(from) & 1;
        reader part = read_part(from, little_endian(from, 8));
        int known = 0;
        while (known < SECTIONS && strcmp(tag, TAGS[known]) != 0)
            known++;
        if (known < SECTIONS) {
            if (found[known].call)
                malformed(a->call, TAGS[known], "it is there twice");
            part.section = TAGS[known];
            found[known] = part;
        } else if (is_required) {
            for (int i = 0; i < 4; i++)
                if (tag[i] < ' ' || tag[i] > '~')
                    tag[i] = '?';
            refuse(a->call, "E5005", "use a newer release",
                   "the artifact needs a section `%s`, which is not known", tag);
        }
    }
    read_end(from);
    for (int i = 0; i < SETT; i++)
        if (!found[i].call)
            malformed(a->call, TAGS[i], "it is missing");
}

static void read_header(artifact *a, reader from)
{
    read_text(&from);
    read_text(&from);
    a->pointer_width = read_byte(&from);
    bool is_big = read_variant(&from, 2);
    a->has_runtime = read_bool(&from);
    if (a->has_runtime)
        a->runtime_abi = read_u32(&from);
    a->has_entrypoint = read_bool(&from);
    if (a->has_entrypoint) {
        a->entrypoint = read_u32(&from);
        a->entrypoint_name = read_text(&from);
        a->result = read_variant(&from, RESULTS);
    }
    for (uint32_t count = read_count(&from); count--;)
        a->features |= 1u << read_variant(&from, FEATURES);
    read_end(&from);
    if (a->pointer_width != 32 && a->pointer_width != 64)
        invalid(a->call, "pointers have %d bits, not 32 or 64", a->pointer_width);
    if (a->pointer_width != 64 || is_big)
        refuse(a->call, "E4041", "compile the source again for this target",
               "the artifact is for another target: x86-64 has pointers of 64 bits and "
               "little-endian data");
}

static void read_forms(artifact *a, reader from)
{
    a->form_count = read_count(&from);
    a->forms = take(a->call, a->form_count, sizeof *a->forms);
    for (uint32_t i = 0; i < a->form_count; i++) {
        form *f = &a->forms[i];
        f->mnemonic = read_text(&from);
        f->operand_count = read_count(&from);
        f->operands = take(a->call, f->operand_count, 1);
        for (uint32_t at = 0; at < f->operand_count; at++)
            f->operands[at] = (uint8_t)read_variant(&from, OPERAND_KINDS);
        f->results = read_types(&from, &f->result_count);
        f->rule = rule_of(f);
    }
    read_end(&from);
}

static void read_settings(artifact *a, reader from)
{
    const char *last = "";
    uint32_t count = read_count(&from);
    if (!count)
        invalid(a->call, "there is a section of settings without any");
    while (count--) {
        text name = read_text(&from);
        if (strcmp(last, name.data) >= 0)
            invalid(a->call, "the settings do not ascend");
        last = name.data;
        if (is_text(name, "frame-pointers"))
            a->keeps_frame_pointers = true;
        else if (is_text(name, "canonical-nans"))
            a->has_one_nan = true;
        else if (is_text(name, "pinned-register"))
            unsupported(a->call, "programs with the setting `%s`", name.data);
        else
            refuse(a->call, "E5005", "use a newer release",
                   "the artifact has a setting `%.100s`, which is not known", name.data);
    }
    read_end(&from);
}

static void read_functions(artifact *a, reader from)
{
    a->function_count = read_count(&from);
    a->functions = take(a->call, a->function_count, sizeof *a->functions);
    for (uint32_t i = 0; i < a->function_count; i++)
        a->functions[i] = read_part(&from, read_u64(&from));
    read_end(&from);
}

/* E5008, by the names of all that are missing. */
static void check_features(const artifact *a)
{
    static const char *const names[FEATURES] = {
        "simd", "scalable-simd", "atomics", "tls", "exceptions",
        "i128", "f16", "f128", "tail-calls", "sysv-amd64"};
    char list[128] = "";
    for (int i = 0; i < FEATURES; i++)
        if (a->features & ~(uint32_t)SUPPORTED & 1u << i) {
            strcat(list, *list ? ", " : "");
            strcat(list, names[i]);
        }
    if (*list)
        refuse(a->call, "E5008", "choose another backend; `beskid plugin list` shows them",
               "it lacks: %s", list);
}

artifact *read_artifact(call *call, beskid_bytes bytes)
{
    artifact *a = take(call, 1, sizeof *a);
    a->call = call;
    if (bytes.len > MOST_BYTES)
        unsupported(call, "artifacts of more than %d MiB", MOST_BYTES >> 20);
    if (bytes.len < 4 || memcmp(bytes.data, "BSKA", 4) != 0)
        refuse(call, "E5001", "give an artifact", "these bytes are no artifact");
    reader from = {call, "container", bytes.data + 4, bytes.data + bytes.len};
    /* Before the digest, so that a newer file is called newer and not damaged. */
    uint64_t version = little_endian(&from, 4);
    if (!version || version > FORMAT_VERSION)
        refuse(call, "E5002", "use a newer release",
               "the artifact has format version %u, and this backend reads %d",
               (unsigned)version, FORMAT_VERSION);
    uint8_t digest[DIGEST];
    bool is_whole = from.end - from.at >= DIGEST;
    if (is_whole) {
        from.end -= DIGEST;
        blake3(bytes.data, bytes.len - DIGEST, digest);
        is_whole = memcmp(digest, from.end, DIGEST) == 0;
    }
    if (!is_whole)
        refuse(call, "E5003", "write it again",
               "the artifact was cut or changed after it was written");
    a->digest = from.end;
    reader found[SECTIONS] = {{0}};
    read_sections(a, &from, found);
    read_header(a, found[HEAD]);
    read_module(a, found[MODU]);
    read_forms(a, found[FORM]);
    read_functions(a, found[BODY]);
    check_features(a);
    if (found[SETT].call)
        read_settings(a, found[SETT]);
    check_module(a);
    return a;
}
