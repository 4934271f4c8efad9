/* The C compiler, which the host runs. */
#ifndef COMPILER_H
#define COMPILER_H

#include "artifact.h"

/* The value of the option `cc`; E4004 for what the backend does not take. */
const char *chosen_compiler(call *, const json *options);
/* The object of the call's text. Whoever gets it frees it. */
uint8_t *compile_text(const artifact *, const char *compiler, const json *request, size_t *len);

#endif
