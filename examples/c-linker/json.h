/* JSON as it crosses the plugin boundary: read into a tree, written into a buffer. */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>

typedef enum { JSON_NULL, JSON_BOOLEAN, JSON_NUMBER, JSON_TEXT, JSON_LIST, JSON_FIELDS } json_kind;

/* A value. The items of a list and the values of fields follow one another by `next`. */
typedef struct json {
    json_kind kind;
    bool boolean;
    char *key;  /* of a field */
    char *text; /* of a text, or of a number as it is spelt, with a NUL behind it */
    size_t len; /* of that, in bytes */
    struct json *first, *next;
} json;

/* The value that `data` is, or NULL if it is none or memory is short. */
json *json_read(const char *data, size_t len);
void json_free(json *value);
/* A field, or NULL; also of NULL and of what has no fields. */
const json *json_field(const json *value, const char *key);
/* The text of a field, or `otherwise`. */
const char *json_text(const json *value, const char *key, const char *otherwise);

/* What is written. `failed` once memory was short. */
typedef struct {
    char *data;
    size_t len, room;
    bool failed;
} writer;

void put(writer *to, const char *raw);
/* A text in quotes, of `format` as printf takes it. */
void put_text(writer *to, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
