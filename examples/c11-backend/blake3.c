#include "blake3.h"

#include <string.h>

enum { BLOCK = 64, CHUNK = 1024, WORDS = 8, DEEPEST = 54 };
enum { CHUNK_START = 1, CHUNK_END = 2, PARENT = 4, ROOT = 8 };

static const uint32_t IV[WORDS] = {0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
                                   0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};

/* What goes into the compression whose output is needed: kept back, since only the last
 * one is the root. */
typedef struct {
    uint32_t chain[WORDS], block[16];
    uint64_t counter;
    uint32_t len, flags;
} node;

static uint32_t rotated(uint32_t word, int by)
{
    return word >> by | word << (32 - by);
}

static void mix(uint32_t *s, int a, int b, int c, int d, uint32_t x, uint32_t y)
{
    s[a] += s[b] + x;
    s[d] = rotated(s[d] ^ s[a], 16);
    s[c] += s[d];
    s[b] = rotated(s[b] ^ s[c], 12);
    s[a] += s[b] + y;
    s[d] = rotated(s[d] ^ s[a], 8);
    s[c] += s[d];
    s[b] = rotated(s[b] ^ s[c], 7);
}

static void compress(const node *n, uint32_t out[WORDS])
{
    static const uint8_t order[16] = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};
    uint32_t s[16], m[16], next[16];
    memcpy(s, n->chain, sizeof n->chain);
    memcpy(s + 8, IV, 4 * sizeof *IV);
    s[12] = (uint32_t)n->counter;
    s[13] = (uint32_t)(n->counter >> 32);
    s[14] = n->len;
    s[15] = n->flags;
    memcpy(m, n->block, sizeof m);
    for (int round = 0; round < 7; round++) {
        for (int i = 0; i < 4; i++)
            mix(s, i, i + 4, i + 8, i + 12, m[2 * i], m[2 * i + 1]);
        for (int i = 0; i < 4; i++)
            mix(s, i, (i + 1) % 4 + 4, (i + 2) % 4 + 8, (i + 3) % 4 + 12, m[8 + 2 * i],
                m[9 + 2 * i]);
        for (int i = 0; i < 16; i++)
            next[i] = m[order[i]];
        memcpy(m, next, sizeof m);
    }
    for (int i = 0; i < WORDS; i++)
        out[i] = s[i] ^ s[i + 8];
}

static void load(uint32_t block[16], const uint8_t *data, size_t len)
{
    memset(block, 0, BLOCK);
    for (size_t i = 0; i < len; i++)
        block[i / 4] |= (uint32_t)data[i] << i % 4 * 8;
}

static node chunk(const uint8_t *data, size_t len, uint64_t counter)
{
    node n = {.counter = counter, .flags = CHUNK_START};
    memcpy(n.chain, IV, sizeof IV);
    for (; len > BLOCK; data += BLOCK, len -= BLOCK) {
        uint32_t out[WORDS];
        load(n.block, data, BLOCK);
        n.len = BLOCK;
        compress(&n, out);
        memcpy(n.chain, out, sizeof out);
        n.flags = 0;
    }
    load(n.block, data, len);
    n.len = (uint32_t)len;
    n.flags |= CHUNK_END;
    return n;
}

static node parent(const uint32_t left[WORDS], const node *right)
{
    node n = {.len = BLOCK, .flags = PARENT};
    memcpy(n.chain, IV, sizeof IV);
    memcpy(n.block, left, WORDS * sizeof *left);
    compress(right, n.block + WORDS);
    return n;
}

void blake3(const uint8_t *data, size_t len, uint8_t digest[DIGEST])
{
    /* The left siblings that wait for their right ones; a set bit of the number of
     * finished chunks is one of them. */
    uint32_t waiting[DEEPEST][WORDS];
    int depth = 0;
    uint64_t counter = 0;
    for (; len > CHUNK; data += CHUNK, len -= CHUNK) {
        node n = chunk(data, CHUNK, counter++);
        for (uint64_t bits = counter; !(bits & 1); bits >>= 1)
            n = parent(waiting[--depth], &n);
        compress(&n, waiting[depth++]);
    }
    node root = chunk(data, len, counter);
    while (depth)
        root = parent(waiting[--depth], &root);
    root.flags |= ROOT;
    uint32_t out[WORDS];
    compress(&root, out);
    for (int i = 0; i < DIGEST; i++)
        digest[i] = (uint8_t)(out[i / 4] >> i % 4 * 8);
}
