#include "utf8.h"

#include <stdbool.h>

size_t utf8_character(const uint8_t *at, size_t len)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    uint8_t first = at[0];
    size_t size = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (!size || size > len || first > 0xF4)
        return 0;
    uint32_t point = size == 1 ? first : first & (0x7F >> size);
    for (size_t i = 1; i < size; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return 0;
        point = point << 6 | (at[i] & 0x3F);
    }
    bool is_one = point >= least[size] && point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
    return is_one ? size : 0;
}
