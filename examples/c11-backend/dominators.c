/* Which blocks one must have passed to come to a block: what is defined there may be used
 * here. By the iteration of Cooper, Harvey and Kennedy. */
#include "function.h"

typedef struct {
    uint32_t count;
    uint32_t *first, *next; /* of each place: where in `next` its list is */
} lists;

enum { NONE = 0 };

/* For each place the places to which edges lead from it, or from which they come. */
static lists listed(function *f, uint32_t places, const uint32_t (*edges)[2], size_t count,
                    int key)
{
    lists all = {places, take(f->call, (size_t)places + 1, sizeof *all.first),
                 take(f->call, count, sizeof *all.next)};
    for (size_t i = 0; i < count; i++)
        all.first[edges[i][key] + 1]++;
    for (uint32_t i = 0; i < places; i++)
        all.first[i + 1] += all.first[i];
    uint32_t *filled = take(f->call, places, sizeof *filled);
    for (size_t i = 0; i < count; i++) {
        uint32_t at = edges[i][key];
        all.next[all.first[at] + filled[at]++] = edges[i][!key];
    }
    return all;
}

/* Walks in depth from place 0 and calls nothing: `enters` and `leaves` get the times, from
 * 1 on, at which each place is begun and done; `done` the places in the order of `leaves`.
 * Gives how many those are. */
static uint32_t walk(function *f, const lists *to, uint32_t *enters, uint32_t *leaves,
                     uint32_t *done)
{
    uint32_t *path = take(f->call, to->count, sizeof *path);
    uint32_t *tried = take(f->call, to->count, sizeof *tried);
    uint32_t depth = 1, count = 0, time = 1;
    path[0] = 0;
    enters[0] = time++;
    while (depth) {
        uint32_t at = path[depth - 1];
        uint32_t item = to->first[at] + tried[at]++;
        if (item == to->first[at + 1]) {
            leaves[at] = time++;
            done[count++] = at;
            depth--;
        } else if (enters[to->next[item]] == NONE) {
            enters[to->next[item]] = time++;
            path[depth++] = to->next[item];
        }
    }
    return count;
}

void find_dominators(function *f, const uint32_t (*edges)[2], size_t count)
{
    uint32_t places = f->block_count + f->table_count;
    if (count > UINT32_MAX / 2)
        unsupported(f->call, "functions of so many branches");
    lists to = listed(f, places, edges, count, 0), from = listed(f, places, edges, count, 1);
    uint32_t *enters = take(f->call, places, sizeof *enters);
    uint32_t *leaves = take(f->call, places, sizeof *leaves);
    uint32_t *done = take(f->call, places, sizeof *done);
    uint32_t reached = walk(f, &to, enters, leaves, done);

    /* The nearest dominator of each, plus 1: its parent in the tree. */
    uint32_t *parent = take(f->call, places, sizeof *parent);
    parent[0] = 1;
    for (bool changed = true; changed;) {
        changed = false;
        go_on(f->call);
        for (uint32_t i = reached - 1; i-- > 0;) {
            uint32_t place = done[i], found = NONE;
            for (uint32_t item = from.first[place]; item < from.first[place + 1]; item++) {
                uint32_t one = from.next[item];
                if (parent[one] == NONE)
                    continue;
                if (found == NONE) {
                    found = one + 1;
                    continue;
                }
                uint32_t other = found - 1;
                while (one != other) {
                    while (leaves[one] < leaves[other])
                        one = parent[one] - 1;
                    while (leaves[other] < leaves[one])
                        other = parent[other] - 1;
                }
                found = one + 1;
            }
            changed |= parent[place] != found;
            parent[place] = found;
        }
    }

    /* In a walk of the tree, a place lies between the times of those that dominate it. */
    uint32_t(*tree)[2] = take(f->call, reached, sizeof *tree);
    for (uint32_t i = 0; i + 1 < reached; i++) {
        tree[i][0] = parent[done[i]] - 1;
        tree[i][1] = done[i];
    }
    lists children = listed(f, places, (const uint32_t(*)[2])tree, reached - 1, 0);
    uint32_t *in = take(f->call, places, sizeof *in), *out = take(f->call, places, sizeof *out);
    walk(f, &children, in, out, done);
    for (uint32_t i = 0; i < f->block_count; i++) {
        f->blocks[i].enters = in[i];
        f->blocks[i].leaves = out[i];
    }
}
