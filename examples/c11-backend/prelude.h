/* What the C text of every artifact begins with. */
#ifndef PRELUDE_H
#define PRELUDE_H

#include "reader.h"

void emit_prelude(call *);
/* The address of a routine of the compiler's library, as a `u64`; false if there is none
 * of this name. */
bool emit_libcall(call *, text name);

#endif
