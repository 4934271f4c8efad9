/* Objects, roots and the barrier, as compiled code uses them. */

static void list(void) {
    ROOTS(1);
    int count = is_stressed() ? 300 : 10000000;
    for (int i = 0; i < count; i++)
        root[0] = fresh(root[0], 0, i);
    gc_collect(ctx);
    gc_collect(ctx);
    int64_t expected = count;
    for (node *at = root[0]; at; at = at->next)
        CHECK(at->value == --expected && at->type == &NODE);
    CHECK(expected == 0);
    DONE;
}

static node *tree(int depth) {
    ROOTS(2);
    if (depth > 0) {
        root[0] = tree(depth - 1);
        root[1] = tree(depth - 1);
    }
    node *made = fresh(root[0], root[1], depth);
    DONE;
    return made;
}

static int nodes(const node *at, int depth) {
    CHECK(!at == (depth < 0) && (!at || at->value == depth));
    return at ? 1 + nodes(at->next, depth - 1) + nodes(at->other, depth - 1) : 0;
}

static void trees(void) {
    ROOTS(2);
    int depth = is_stressed() ? 5 : 14;
    root[0] = tree(depth);
    for (int i = 0; i < rounds(200); i++) {
        root[1] = tree(depth - 2);
        CHECK(nodes(root[1], depth - 2) == (1 << (depth - 1)) - 1);
    }
    CHECK(nodes(root[0], depth) == (2 << depth) - 1);
    DONE;
}

/* 500 MB of rings, each garbage as soon as it is made. */
static void cycles(void) {
    ROOTS(2);
    for (int i = 0; i < rounds(5000000); i++) {
        root[0] = fresh(0, 0, i);
        root[1] = fresh(root[0], root[0], i);
        barrier(root[0], root[1]);
        root[0]->next = root[1];
    }
    CHECK(root[0]->next->other == root[0]);
    CHECK(peak_kilobytes() < 32 << 10);
    DONE;
}

/* What old objects refer to, and nothing else, survives. */
static void old(void) {
    ROOTS(2);
    array *all = gc_array(ctx, 0, 1000, 0);
    root[1] = (node *)all;
    root[0] = fresh(0, 0, -1);
    gc_collect(ctx);
    CHECK(state(all) == 1 && state(root[0]) == 1);
    for (int i = 0; i < rounds(3000000); i++) {
        node *made = fresh(root[0]->next, 0, i);
        CHECK(is_stressed() || state(made) == 0);
        barrier(root[0], made);
        CHECK(state(root[0]) == 3 || state(root[0]) == 0);
        root[0]->next = made;
        barrier(all, made);
        all->ptr[i % 1000] = made;
        if (i % 1000 == 999) {
            for (int k = 0; k < 1000; k++)
                CHECK(((node *)all->ptr[k])->value == i - 999 + k);
            root[0]->next = 0;
        }
    }
    DONE;
}

/* A reference that is stored without the barrier is lost: it is needed. */
static void lost(void) {
    ROOTS(1);
    root[0] = fresh(0, 0, 1);
    fresh(0, 0, 2);
    CHECK(state(root[0]) == 1);
    fresh(0, 0, 2);
    node *made = fresh(0, 0, 3);
    root[0]->next = made;
    gc_alloc(ctx, 8, 0);
    gc_alloc(ctx, 8, 0);
    CHECK(is_stressed() && root[0]->value == 1);
    puts(is_gone(made) ? "lost" : "kept");
    DONE;
}

/* An object that no root leads to is overwritten at once. */
static void unrooted(void) {
    node *made = fresh(0, 0, 3);
    gc_alloc(ctx, 8, 0);
    gc_alloc(ctx, 8, 0);
    puts(is_gone(made) ? "lost" : "kept");
}

static void handles(void) {
    static node *variable, *second;
    node *kept = fresh(0, 0, 1);
    int64_t handle = gc_root_handle(kept);
    gc_register_root(&variable);
    gc_register_root(&second);
    variable = fresh(0, 0, 2);
    second = fresh(fresh(0, 0, 4), 0, 3);
    for (int i = 0; i < rounds(300000); i++)
        fresh(0, 0, 9);
    gc_collect(ctx);
    CHECK(kept->value == 1 && variable->value == 2 && second->value == 3);
    gc_unroot_handle(handle);
    gc_unregister_root(&second);
    node *gone = second;
    for (int i = 0; i < 10; i++)
        gc_collect(ctx);
    CHECK(variable->value == 2);
    CHECK(!is_stressed() || (is_gone(kept) && is_gone(gone)));
    gc_unregister_root(&variable);
}

static void large(void) {
    ROOTS(3);
    enum { SIZE = 1 << 20 };
    for (int i = 0; i < rounds(3000); i++) {
        array *made = gc_array(ctx, 1, SIZE + i % 7, 0);
        char *bytes = (char *)made->ptr;
        CHECK(made->len == SIZE + i % 7 && bytes[0] == 0 && bytes[made->len - 1] == 0);
        memset(bytes, 1, made->len);
        root[i % 2] = (node *)made;
    }
    /* One element refers to the only young object. */
    array *wide = gc_array(ctx, 0, 100000, 0);
    root[2] = (node *)wide;
    gc_collect(ctx);
    CHECK(state(wide) == 1);
    for (int i = 0; i < rounds(100000); i++) {
        node *made = fresh(0, 0, i);
        barrier(wide, made);
        wide->ptr[i] = made;
    }
    gc_collect(ctx);
    for (int i = 0; i < rounds(100000); i++)
        CHECK(((node *)wide->ptr[i])->value == i);
    CHECK(peak_kilobytes() < 64 << 10);
    DONE;
}

/* Sizes around every limit: cells do not overlap and are zeroed. */
static void sizes(void) {
    ROOTS(64);
    static const int SIZES[] = {8, 24, 120, 121, 136, 1000, 4000, 16368, 16376, 16384, 32760, 65536};
    uintptr_t lengths[64] = {0};
    for (int i = 0; i < rounds(30000); i++) {
        int at = (i * 7) % 64, size = SIZES[(i * 5 + i / 64) % 12] / 8 * 8;
        uint64_t *before = (uint64_t *)root[at];
        for (uintptr_t k = 0; k < lengths[at]; k++)
            CHECK(before[k] == (uintptr_t)before);
        uint64_t *made = gc_alloc(ctx, size, 0);
        for (int k = 0; k < size / 8; k++) {
            CHECK(made[k] == 0);
            made[k] = (uintptr_t)made;
        }
        lengths[at] = size / 8;
        root[at] = (node *)made;
    }
    CHECK(peak_kilobytes() < 64 << 10);
    DONE;
}

/* What arrays are filled with needs no root while they are made. */
static void filled(void) {
    ROOTS(1);
    for (int i = 0; i < rounds(3000); i++) {
        int length = i % 3 ? i % 9 + 1 : 3000;
        array *made = gc_array(ctx, 0, length, fresh(0, 0, i));
        root[0] = (node *)made;
        fresh(0, 0, -1);
        CHECK(made->len == (size_t)length && made->cap == made->len);
        for (int k = 0; k < length; k++)
            CHECK(made->ptr[k] == made->ptr[0] && ((node *)made->ptr[k])->value == i);
    }
    DONE;
}

/* 10 GB in total with 10 MB live, or less: a table of lists that are replaced. */
static void churn(int64_t total) {
    ROOTS(1);
    enum { LENGTH = 10 };
    const int LISTS = is_stressed() ? 20 : 20000;
    array *table = gc_array(ctx, 0, LISTS, 0);
    root[0] = (node *)table;
    uint64_t random = 1;
    for (int64_t done = 0; done < total; done += LENGTH * 48) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        int at = (random >> 33) % LISTS;
        uintptr_t *frame = ctx->roots;
        ctx->roots = frame + 1;
        *frame = 0;
        for (int i = 0; i < LENGTH; i++)
            *frame = (uintptr_t)fresh((node *)*frame, 0, at);
        barrier(table, (void *)*frame);
        table->ptr[at] = (void *)*frame;
        ctx->roots = frame;
    }
    for (int at = 0; at < LISTS; at++) {
        int length = 0;
        for (node *one = table->ptr[at]; one; one = one->next)
            CHECK(++length && one->value == at);
        CHECK(length == 0 || length == LENGTH);
    }
    CHECK(peak_kilobytes() < 64 << 10);
    DONE;
}

/* More roots than there are frames of the native stack for. */
static void deep(void) {
    for (;;)
        *ctx->roots++ = 0;
}

static void endless(void) {
    ROOTS(1);
    for (;;)
        root[0] = fresh(root[0], 0, 0);
}

int main(int count, char **args) {
    if (load_runtime() || count < 2)
        return 2;
    rt_start(count, args);
    ctx = gc_enter();
    uintptr_t *bottom = ctx->roots;
    const struct { const char *name; void (*run)(void); } ALL[] = {
        {"list", list}, {"trees", trees}, {"cycles", cycles}, {"old", old}, {"lost", lost},
        {"unrooted", unrooted}, {"handles", handles}, {"large", large}, {"sizes", sizes},
        {"filled", filled}, {"deep", deep},
        {"endless", endless}};
    if (!strncmp(args[1], "churn", 5))
        churn((is_stressed() ? 1000 : (int64_t)1 << 20) * atoi(args[1] + 5));
    else {
        int found = 0;
        for (size_t i = 0; i < sizeof ALL / sizeof *ALL; i++)
            if (!strcmp(args[1], ALL[i].name)) {
                ALL[i].run();
                found = 1;
            }
        CHECK(found);
    }
    CHECK(ctx->roots == bottom);
    gc_leave(ctx);
    return 0;
}
