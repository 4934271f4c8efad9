/* Binary trees: with the collector, and as a peer with malloc and free, or with
   Boehm's collector. Prints the same; the seconds of the processor to standard error. */
#ifdef PEER
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#ifdef BOEHM
#include <gc.h>
#define malloc GC_MALLOC
#endif

typedef struct tree { struct tree *left, *right; } tree;

static tree *make(int depth) {
    tree *left = depth ? make(depth - 1) : 0, *right = depth ? make(depth - 1) : 0;
    tree *made = malloc(sizeof *made);
    made->left = left;
    made->right = right;
    return made;
}

static void drop(tree *at) {
#ifndef BOEHM
    if (at->left) {
        drop(at->left);
        drop(at->right);
    }
    free(at);
#else
    (void)at;
#endif
}
#else
#include "cells.h"

typedef struct tree { const void *type; struct tree *left, *right; } tree;
static const uintptr_t OFFSETS[] = {8, 16};
static const struct descriptor TREE = {sizeof(tree), 8, 2, OFFSETS};

static tree *make(int depth) {
    if (depth == 0) {
        tree *made = fresh(sizeof *made, &TREE);
        made->left = made->right = 0;
        return made;
    }
    uintptr_t *top = ctx->roots;
    ctx->roots = top + 2;
    top[0] = top[1] = 0;
    top[0] = (uintptr_t)make(depth - 1);
    top[1] = (uintptr_t)make(depth - 1);
    tree *made = fresh(sizeof *made, &TREE);
    made->left = (tree *)top[0];
    made->right = (tree *)top[1];
    ctx->roots = top;
    return made;
}

static void drop(tree *at) { (void)at; }
#endif

static int nodes(const tree *at) { return at->left ? 1 + nodes(at->left) + nodes(at->right) : 1; }

int main(int count, char **args) {
    int depth = count > 1 ? atoi(args[1]) : 18;
#ifndef PEER
    ctx = gc_enter();
    uintptr_t *root = ctx->roots;
    ctx->roots = root + 2;
    root[0] = root[1] = 0;
#else
    uintptr_t root[2];
#endif
    root[1] = (uintptr_t)make(depth + 1);
    printf("stretch tree of depth %d: %d\n", depth + 1, nodes((tree *)root[1]));
    drop((tree *)root[1]);
    root[0] = (uintptr_t)make(depth);
    for (int each = 4; each <= depth; each += 2) {
        int turns = 1 << (depth - each + 4), all = 0;
        for (int turn = 0; turn < turns; turn++) {
            root[1] = (uintptr_t)make(each);
            all += nodes((tree *)root[1]);
            drop((tree *)root[1]);
        }
        printf("%d trees of depth %d: %d\n", turns, each, all);
    }
    printf("long-lived tree of depth %d: %d\n", depth, nodes((tree *)root[0]));
    drop((tree *)root[0]);
#ifndef PEER
    ctx->roots = root;
    gc_leave(ctx);
#endif
    fprintf(stderr, "%f\n", (double)clock() / CLOCKS_PER_SEC);
    return 0;
}
