#include "call.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

/* Bytes of C for one artifact; no compiler would see the end of more. */
enum { MOST_TEXT = 1 << 28 };

struct piece {
    struct piece *next;
    _Alignas(max_align_t) unsigned char bytes[];
};

static const char SHORT[] = "{\"Err\":{\"code\":\"E4045\",\"message\":\"backend `" ID
                            "`: out of memory\"}}";

void out_of_memory(call *call)
{
    free(call->refusal.data);
    call->refusal = (writer){.failed = true};
    longjmp(call->ended, 1);
}

void *take(call *call, size_t count, size_t size)
{
    if (size && count > (SIZE_MAX - sizeof(struct piece)) / size)
        out_of_memory(call);
    struct piece *piece = calloc(1, sizeof *piece + count * size);
    if (!piece)
        out_of_memory(call);
    piece->next = call->pieces;
    call->pieces = piece;
    return piece->bytes;
}

void give_back(call *call, struct piece *before)
{
    while (call->pieces != before) {
        struct piece *next = call->pieces->next;
        free(call->pieces);
        call->pieces = next;
    }
}

void refuse(call *call, const char *code, const char *help, const char *format, ...)
{
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    /* What is quoted may have been cut within a character. */
    for (size_t at = 0, len = strlen(message), size; at < len; at += size ? size : 1) {
        size = utf8_character((const uint8_t *)message + at, len - at);
        if (!size)
            message[at] = '?';
    }
    writer *to = &call->refusal;
    put(to, "{\"Err\":{\"code\":");
    put_text(to, "%s", code);
    put(to, ",\"message\":");
    put_text(to, "backend `" ID "`: %s", message);
    put(to, ",\"help\":");
    put_text(to, "%s", help);
    put(to, "}}");
    if (to->failed)
        out_of_memory(call);
    longjmp(call->ended, 1);
}

void refuse_as(call *call, beskid_bytes answer)
{
    char *text = take(call, answer.len + 1, 1);
    memcpy(text, answer.data, answer.len);
    put(&call->refusal, text);
    if (call->refusal.failed)
        out_of_memory(call);
    longjmp(call->ended, 1);
}

void malformed(call *call, const char *section, const char *what)
{
    refuse(call, "E5004", "report this to the producer of the artifact",
           "section `%s` of the artifact is malformed: %s", section, what);
}

void go_on(call *call)
{
    if (call->services->cancelled(call->services->context))
        refuse(call, "E4044", "start the command again", "stopped by the user");
    if (call->text.failed)
        out_of_memory(call);
    if (call->text.len > MOST_TEXT)
        unsupported(call, "the program has more than %d MiB of C", MOST_TEXT >> 20);
}

void end_call(call *call)
{
    give_back(call, NULL);
    free(call->text.data);
    if (call->refusal.failed) {
        /* The text that needs no memory is the plugin's to give. */
        free(call->refusal.data);
        call->refusal.data = NULL;
    }
    json_free(call->read[0]);
    json_free(call->read[1]);
}

beskid_reply refusal(call *call)
{
    if (call->refusal.failed)
        return (beskid_reply){.message = {(const uint8_t *)SHORT, sizeof SHORT - 1}};
    return (beskid_reply){
        .message = {(const uint8_t *)call->refusal.data, call->refusal.len},
        .release = free,
        .owner = call->refusal.data,
    };
}

void emit(call *call, const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    put(&call->text, text);
}
