/* The function by which the entrypoint is reached from outside. */
#ifndef ENTRY_H
#define ENTRY_H

#include "artifact.h"

/* Writes the one that the request asks for, if it does. */
void write_entry(const artifact *, const json *request);

#endif
