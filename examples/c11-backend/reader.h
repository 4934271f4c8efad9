/* Reads the encoding of structures, and of the instruction stream. Whatever the bytes
 * are, nothing outside of them is read; what is not there ends the call (E5004). */
#ifndef READER_H
#define READER_H

#include "call.h"

typedef struct {
    call *call;
    const char *section; /* for messages */
    const uint8_t *at, *end;
} reader;

/* Integers, in their shortest spelling. */
uint64_t read_u64(reader *);
uint32_t read_u32(reader *);
uint8_t read_byte(reader *);
bool read_bool(reader *);
int64_t read_i64(reader *);
int32_t read_i32(reader *);
/* The number of a variant of an enum that has `count` of them. */
uint32_t read_variant(reader *, uint32_t count);
/* How many elements follow. Each has a byte at least, so there are no more of them than
 * bytes. */
uint32_t read_count(reader *);
/* So many bytes, where they are. */
reader read_part(reader *, uint64_t len);
/* A text with a NUL behind it; `len` without. */
typedef struct {
    const char *data;
    uint32_t len;
} text;
text read_text(reader *);
bool is_text(text, const char *);
/* Ends the call unless everything was read. */
void read_end(const reader *);

#endif
