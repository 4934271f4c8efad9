#include "json.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Lists and fields within one another; more is no request. */
enum { DEEPEST = 64 };

typedef struct {
    const char *at, *end;
} reader;

static void skip(reader *from)
{
    while (from->at < from->end && strchr(" \t\r\n", *from->at) && *from->at)
        from->at++;
}

static bool take(reader *from, char wanted)
{
    skip(from);
    if (from->at == from->end || *from->at != wanted)
        return false;
    from->at++;
    return true;
}

static bool take_word(reader *from, const char *word)
{
    size_t len = strlen(word);
    if ((size_t)(from->end - from->at) < len || memcmp(from->at, word, len) != 0)
        return false;
    from->at += len;
    return true;
}

/* Four hexadecimal digits; -1 if they are not there. */
static long hexadecimal(reader *from)
{
    long value = 0;
    for (int digit = 0; digit < 4; digit++, from->at++) {
        static const char digits[] = "0123456789abcdef";
        if (from->at == from->end || !*from->at)
            return -1;
        const char *found = strchr(digits, *from->at | 0x20);
        if (!found)
            return -1;
        value = value * 16 + (found - digits);
    }
    return value;
}

static char *encode(char *to, uint32_t point)
{
    if (point < 0x80) {
        *to++ = (char)point;
    } else if (point < 0x800) {
        *to++ = (char)(0xC0 | point >> 6);
        *to++ = (char)(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
        *to++ = (char)(0xE0 | point >> 12);
        *to++ = (char)(0x80 | (point >> 6 & 0x3F));
        *to++ = (char)(0x80 | (point & 0x3F));
    } else {
        *to++ = (char)(0xF0 | point >> 18);
        *to++ = (char)(0x80 | (point >> 12 & 0x3F));
        *to++ = (char)(0x80 | (point >> 6 & 0x3F));
        *to++ = (char)(0x80 | (point & 0x3F));
    }
    return to;
}

static bool escape(reader *from, char **to)
{
    static const char names[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    if (from->at == from->end || !*from->at)
        return false;
    char name = *from->at++;
    const char *found = strchr(names, name);
    if (found) {
        *(*to)++ = meant[found - names];
        return true;
    }
    long unit = name == 'u' ? hexadecimal(from) : -1;
    if (unit >= 0xD800 && unit < 0xDC00) {
        long low = take_word(from, "\\u") ? hexadecimal(from) : -1;
        if (low < 0xDC00 || low > 0xDFFF)
            return false;
        unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    } else if (unit < 0 || (unit >= 0xDC00 && unit < 0xE000)) {
        return false;
    }
    *to = encode(*to, (uint32_t)unit);
    return true;
}

/* A text; what an escape means is never longer than the escape. */
static char *text(reader *from, size_t *len)
{
    if (!take(from, '"'))
        return NULL;
    char *start = malloc((size_t)(from->end - from->at) + 1), *to = start;
    while (start && from->at < from->end) {
        char next = *from->at++;
        if (next == '"') {
            *to = 0;
            *len = (size_t)(to - start);
            return start;
        }
        if (next != '\\')
            *to++ = next;
        else if (!escape(from, &to))
            break;
    }
    free(start);
    return NULL;
}

static json *value(reader *from, int depth);

/* What stands between brackets. */
static bool contents(reader *from, json *into, char end, int depth)
{
    if (depth == DEEPEST)
        return false;
    if (take(from, end))
        return true;
    json **next = &into->first;
    do {
        char *key = NULL;
        size_t len;
        if (into->kind == JSON_FIELDS && (!(key = text(from, &len)) || !take(from, ':'))) {
            free(key);
            return false;
        }
        *next = value(from, depth + 1);
        if (!*next) {
            free(key);
            return false;
        }
        (*next)->key = key;
        next = &(*next)->next;
    } while (take(from, ','));
    return take(from, end);
}

static json *value(reader *from, int depth)
{
    json *made = calloc(1, sizeof *made);
    if (!made)
        return NULL;
    bool is_read;
    skip(from);
    char first = from->at < from->end ? *from->at : 0;
    if (first == '"') {
        made->kind = JSON_TEXT;
        is_read = (made->text = text(from, &made->len));
    } else if (take(from, '[')) {
        made->kind = JSON_LIST;
        is_read = contents(from, made, ']', depth);
    } else if (take(from, '{')) {
        made->kind = JSON_FIELDS;
        is_read = contents(from, made, '}', depth);
    } else if (take_word(from, "null")) {
        is_read = true;
    } else if (take_word(from, "true")) {
        made->kind = JSON_BOOLEAN;
        is_read = made->boolean = true;
    } else if (take_word(from, "false")) {
        made->kind = JSON_BOOLEAN;
        is_read = true;
    } else {
        /* A number is kept as it is spelt. */
        const char *start = from->at;
        made->kind = JSON_NUMBER;
        while (from->at < from->end && *from->at && strchr("+-.0123456789eE", *from->at))
            from->at++;
        made->len = (size_t)(from->at - start);
        is_read = made->len && (made->text = calloc(1, made->len + 1));
        if (is_read)
            memcpy(made->text, start, made->len);
    }
    if (!is_read) {
        json_free(made);
        return NULL;
    }
    return made;
}

json *json_read(const char *data, size_t len)
{
    reader from = {data, data + len};
    json *read = value(&from, 0);
    skip(&from);
    if (from.at != from.end) {
        json_free(read);
        return NULL;
    }
    return read;
}

void json_free(json *value)
{
    while (value) {
        json *next = value->next;
        json_free(value->first);
        free(value->key);
        free(value->text);
        free(value);
        value = next;
    }
}

const json *json_field(const json *value, const char *key)
{
    const json *field = value && value->kind == JSON_FIELDS ? value->first : NULL;
    while (field && strcmp(field->key, key) != 0)
        field = field->next;
    return field;
}

const char *json_text(const json *value, const char *key, const char *otherwise)
{
    const json *field = json_field(value, key);
    return field && field->kind == JSON_TEXT ? field->text : otherwise;
}

static void append(writer *to, const char *bytes, size_t len)
{
    if (to->failed)
        return;
    if (to->room - to->len < len) {
        size_t room = (to->len + len) * 2;
        char *data = realloc(to->data, room);
        if (!data) {
            to->failed = true;
            return;
        }
        to->data = data;
        to->room = room;
    }
    memcpy(to->data + to->len, bytes, len);
    to->len += len;
}

void put(writer *to, const char *raw)
{
    append(to, raw, strlen(raw));
}

void put_text(writer *to, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int len = vsnprintf(NULL, 0, format, arguments);
    char *made = len < 0 ? NULL : malloc((size_t)len + 1);
    if (made)
        vsnprintf(made, (size_t)len + 1, format, again);
    va_end(arguments);
    va_end(again);
    if (!made) {
        to->failed = true;
        return;
    }
    put(to, "\"");
    for (const char *at = made; *at; at++) {
        char escaped[8];
        if (*at == '"' || *at == '\\')
            snprintf(escaped, sizeof escaped, "\\%c", *at);
        else if ((unsigned char)*at < 0x20)
            snprintf(escaped, sizeof escaped, "\\u%04x", (unsigned)*at);
        else
            snprintf(escaped, sizeof escaped, "%c", *at);
        put(to, escaped);
    }
    put(to, "\"");
    free(made);
}
