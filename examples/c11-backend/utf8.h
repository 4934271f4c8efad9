/* UTF-8, as the texts of artifacts and messages must be. */
#ifndef UTF8_H
#define UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of the character that begins here; 0 if none does. */
size_t utf8_character(const uint8_t *at, size_t len);

#endif
