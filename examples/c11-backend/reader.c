#include "reader.h"

#include <string.h>

#include "utf8.h"

_Noreturn static void wrong(const reader *from, const char *what)
{
    malformed(from->call, from->section, what);
}

uint8_t read_byte(reader *from)
{
    if (from->at == from->end)
        wrong(from, "it ends too early");
    return *from->at++;
}

uint64_t read_u64(reader *from)
{
    uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
        uint8_t byte = read_byte(from);
        if (shift == 63 && byte > 1)
            wrong(from, "an integer is too large");
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) {
            if (!byte && shift)
                wrong(from, "an integer is longer than it need be");
            return value;
        }
    }
}

uint32_t read_u32(reader *from)
{
    uint64_t value = read_u64(from);
    if (value > UINT32_MAX)
        wrong(from, "an integer is too large");
    return (uint32_t)value;
}

bool read_bool(reader *from)
{
    uint8_t byte = read_byte(from);
    if (byte > 1)
        wrong(from, "a flag is neither 0 nor 1");
    return byte;
}

int64_t read_i64(reader *from)
{
    uint64_t coded = read_u64(from);
    return (int64_t)(coded >> 1 ^ (0 - (coded & 1)));
}

int32_t read_i32(reader *from)
{
    int64_t value = read_i64(from);
    if (value < INT32_MIN || value > INT32_MAX)
        wrong(from, "an integer is too large");
    return (int32_t)value;
}

uint32_t read_variant(reader *from, uint32_t count)
{
    uint32_t variant = read_u32(from);
    if (variant >= count)
        wrong(from, "an enum has no variant of this number");
    return variant;
}

uint32_t read_count(reader *from)
{
    uint64_t count = read_u64(from);
    if (count > (uint64_t)(from->end - from->at) || count > UINT32_MAX)
        wrong(from, "a count is larger than what follows");
    return (uint32_t)count;
}

reader read_part(reader *from, uint64_t len)
{
    if (len > (uint64_t)(from->end - from->at))
        wrong(from, "a length is larger than what follows");
    reader part = *from;
    from->at += len;
    part.end = from->at;
    return part;
}

text read_text(reader *from)
{
    uint32_t len = read_count(from);
    reader bytes = read_part(from, len);
    char *data = take(from->call, (size_t)len + 1, 1);
    if (len)
        memcpy(data, bytes.at, len);
    for (size_t size; bytes.at < bytes.end; bytes.at += size)
        if (!(size = utf8_character(bytes.at, (size_t)(bytes.end - bytes.at))))
            wrong(from, "a text is not UTF-8");
    return (text){data, len};
}

bool is_text(text found, const char *wanted)
{
    return found.data && strlen(wanted) == found.len && !memcmp(found.data, wanted, found.len);
}

void read_end(const reader *from)
{
    if (from->at != from->end)
        wrong(from, "there are bytes behind its contents");
}
