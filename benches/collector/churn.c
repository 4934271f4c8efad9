/* Allocates so many MB in total with 10 MB alive: a table of 20,000 lists with ten
   nodes of 48 bytes. With `replaced`, each list made takes the place of one at
   random; with `kept`, the table stays, and each list made is garbage. Prints
   all seconds, those spent collecting, and the peak of memory in kB. */
#define TIMED
#include "cells.h"
#include <string.h>
#include <sys/resource.h>

enum { LISTS = 20000, LENGTH = 10 };

typedef struct node { const void *type; struct node *next; int64_t values[3]; } node;
static const uintptr_t OFFSETS[] = {8};
static const struct descriptor NODE = {sizeof(node), 8, 1, OFFSETS};

static node *list(int64_t value) {
    uintptr_t *top = ctx->roots;
    ctx->roots = top + 1;
    *top = 0;
    for (int i = 0; i < LENGTH; i++) {
        node *made = fresh(sizeof *made, &NODE);
        made->next = (node *)*top;
        made->values[0] = value;
        made->values[1] = made->values[2] = i;
        *top = (uintptr_t)made;
    }
    ctx->roots = top;
    return (node *)*top;
}

int main(int count, char **args) {
    if (count < 3)
        return 2;
    int is_replaced = !strcmp(args[1], "replaced");
    int64_t turns = atoll(args[2]) * 1000000 / (LENGTH * 48);
    double start = now();
    ctx = gc_enter();
    uintptr_t *root = ctx->roots;
    ctx->roots = root + 1;
    *root = 0;
    struct array *table = gc_array(ctx, 0, LISTS, 0);
    *root = (uintptr_t)table;
    uint64_t random = 1;
    for (int64_t turn = 0; turn < turns; turn++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        int at = turn < LISTS ? turn : (random >> 33) % LISTS;
        node *made = list(at);
        if (is_replaced || turn < LISTS) {
            barrier(table, made);
            table->elements[at] = made;
        }
    }
    for (int at = 0; at < LISTS; at++) {
        int length = 0;
        for (node *one = table->elements[at]; one; one = one->next)
            length += one->values[0] == at;
        if (length != LENGTH)
            return 1;
    }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("%f %f %ld\n", now() - start, collecting, usage.ru_maxrss);
    ctx->roots = root;
    gc_leave(ctx);
    return 0;
}
