#include "compiler.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *chosen_compiler(call *call, const json *options)
{
    for (const json *option = options ? options->first : NULL; option; option = option->next)
        if (strcmp(option->key, "cc") != 0)
            refuse(call, "E4004", "it has the option `cc`", "it has no option `%.100s`",
                   option->key);
    const char *program = json_text(options, "cc", "cc");
    if (!*program)
        refuse(call, "E4004", "name a C compiler", "its option `cc` is empty");
    return program;
}

/* What the host answers a question: the value under `Ok`. */
static const json *answered(call *call, beskid_reply reply, int place)
{
    json *read = json_read((const char *)reply.message.data, reply.message.len);
    bool is_error = json_field(read, "Err");
    beskid_bytes error = {0};
    if (is_error) {
        uint8_t *copy = take(call, reply.message.len, 1);
        memcpy(copy, reply.message.data, reply.message.len);
        error = (beskid_bytes){copy, reply.message.len};
    }
    if (reply.release)
        reply.release(reply.owner);
    json_free(call->read[place]);
    call->read[place] = read;
    if (is_error)
        refuse_as(call, error);
    const json *value = json_field(read, "Ok");
    if (!value)
        refuse(call, "E5113", "report this to the author of the host",
               "the host's answer is none");
    return value;
}

static char *path_in(call *call, const char *folder, const char *name)
{
    size_t len = strlen(folder) + strlen(name) + 2;
    char *path = take(call, len, 1);
    snprintf(path, len, "%s/%s", folder, name);
    return path;
}

static void write_unit(call *call, const char *path)
{
    FILE *file = fopen(path, "wb");
    bool is_written = file && fwrite(call->text.data, 1, call->text.len, file) == call->text.len;
    int error = errno;
    if (file && fclose(file) != 0 && is_written) {
        error = errno;
        is_written = false;
    }
    if (!is_written)
        refuse(call, "E4040", "make room, or name another folder by `TMPDIR`",
               "`%.200s` is not written: %s", path, strerror(error));
}

/* The bytes of a file, or NULL. */
static uint8_t *read_file(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    uint8_t *bytes = NULL;
    long size = fseek(file, 0, SEEK_END) ? -1 : ftell(file);
    if (size > 0 && !fseek(file, 0, SEEK_SET) && (bytes = malloc((size_t)size)) &&
        fread(bytes, 1, (size_t)size, file) != (size_t)size) {
        free(bytes);
        bytes = NULL;
    }
    fclose(file);
    *len = bytes ? (size_t)size : 0;
    return bytes;
}

static const char *level(const json *request)
{
    const char *wanted = json_text(request, "optimization", "none");
    return !strcmp(wanted, "speed") ? "-O2" : !strcmp(wanted, "none") ? "-O0" : "-Os";
}

uint8_t *compile_text(const artifact *a, const char *compiler, const json *request, size_t *len)
{
    static const char *const arguments[] = {
        "-std=gnu11", "-w", "-fPIC", "-fwrapv", "-fno-strict-aliasing", "-ffp-contract=off",
        "-fno-math-errno", "-fno-delete-null-pointer-checks", "-fno-builtin",
        "-fno-semantic-interposition", "-fno-stack-protector", "-ffunction-sections",
        "-fdata-sections", "-fno-ident"};
    call *call = a->call;
    const beskid_services *services = call->services;
    const json *folder = answered(call, services->scratch(services->context), 1);
    const char *unit = path_in(call, folder->text ? folder->text : "", "unit.c");
    char *object = path_in(call, folder->text ? folder->text : "", "unit.o");
    write_unit(call, unit);

    writer to = {0};
    put(&to, "{\"role\":\"C compiler\",\"program\":");
    put_text(&to, "%s", compiler);
    put(&to, ",\"args\":[");
    for (size_t i = 0; i < sizeof arguments / sizeof *arguments; i++) {
        put_text(&to, "%s", arguments[i]);
        put(&to, ",");
    }
    if (a->keeps_frame_pointers)
        put(&to, "\"-fno-omit-frame-pointer\",");
    put_text(&to, "%s", level(request));
    /* Nothing of the folder gets into the object. */
    put(&to, ",");
    put_text(&to, "-ffile-prefix-map=%s=.", folder->text ? folder->text : "");
    put(&to, ",\"-c\",\"-o\",");
    put_text(&to, "%s", object);
    put(&to, ",");
    put_text(&to, "%s", unit);
    put(&to, "]}");
    if (to.failed) {
        free(to.data);
        out_of_memory(call);
    }
    beskid_bytes asked = {(const uint8_t *)to.data, to.len};
    beskid_reply reply = services->run(services->context, asked);
    free(to.data);
    const json *ended = answered(call, reply, 1);
    const json *status = json_field(ended, "status");
    bool has_status = status && status->kind == JSON_NUMBER;
    if (!has_status || strcmp(status->text, "0") != 0)
        refuse(call, "E4002", "set the option `cc` of backend `" ID "` to gcc or clang",
               "the C compiler `%.100s` ends with %s %s: %.250s", compiler,
               has_status ? "status" : "a signal", has_status ? status->text : "",
               json_text(ended, "stderr", ""));
    uint8_t *bytes = read_file(object, len);
    if (!bytes)
        refuse(call, "E4002", "set the option `cc` of backend `" ID "` to gcc or clang",
               "the C compiler `%.100s` makes no object that can be read", compiler);
    return bytes;
}
