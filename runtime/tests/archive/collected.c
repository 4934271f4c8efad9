/* Strings, events and threads with a collector. */
#include <unistd.h>

/* s = s + t, a million times: every prefix that is kept stays as it was. */
static void append(void) {
    ROOTS(4);
    int count = is_stressed() ? 500 : 1000000;
    root[0] = (node *)TEXT("");
    root[2] = (node *)TEXT("drina, ");
    for (int i = 0; i < count; i++) {
        root[0] = gc_append(ctx, root[0], root[2]);
        if (i == count / 2)
            root[1] = root[0];
    }
    const str *all = (str *)root[0], *half = (str *)root[1];
    CHECK(all->len == (size_t)count * 7 && half->len == (size_t)(count / 2 + 1) * 7);
    for (int i = 0; i < count; i++)
        CHECK(!memcmp(all->ptr + i * 7, "drina, ", 7));
    CHECK(!memcmp(all->ptr, half->ptr, half->len));
    /* Two continuations of one string do not see each other. */
    root[2] = gc_append(ctx, half, TEXT("sava"));
    root[3] = gc_append(ctx, half, TEXT("una!"));
    const str *first = (str *)root[2], *second = (str *)root[3];
    CHECK(first->len == half->len + 4 && second->len == half->len + 4);
    CHECK(!memcmp(first->ptr + half->len, "sava", 4) && !memcmp(second->ptr + half->len, "una!", 4));
    CHECK(!memcmp(first->ptr, half->ptr, half->len) && !memcmp(second->ptr, half->ptr, half->len));
    CHECK(gc_append(ctx, half, TEXT("")) == half && gc_append(ctx, TEXT(""), half) == half);
    CHECK(!memcmp(all->ptr, first->ptr, half->len) && !memcmp(all->ptr + half->len, "drin", 4));
    DONE;
}

/* 300 MB of strings that nobody keeps, by symbols that know no context. */
static void strings(void) {
    ROOTS(2);
    for (int i = 0; i < rounds(1000000); i++) {
        root[0] = str_from_i64(i);
        root[0] = str_concat(root[0], TEXT(" is a number, and this is the rest of the text"));
        root[1] = (node *)array_new(WORD(8), WORD(i % 20));
        char expected[80];
        int length = sprintf(expected, "%d is a number, and this is the rest of the text", i);
        CHECK(((str *)root[0])->len == (size_t)length);
        CHECK(!memcmp(((str *)root[0])->ptr, expected, length));
        CHECK(((array *)root[1])->len == (size_t)i % 20);
        for (int k = 0; k < i % 20; k++)
            CHECK(((array *)root[1])->ptr[k] == 0);
    }
    CHECK(peak_kilobytes() < 32 << 10);
    DONE;
}

typedef struct { const descriptor *type; void **handlers; size_t len, cap; int64_t value; } source;
static const uintptr_t SOURCE_OFFSETS[] = {8};
static const descriptor SOURCE = {sizeof(source), 8, 1, SOURCE_OFFSETS};

static void events(void) {
    ROOTS(3);
    for (int i = 0; i < rounds(30000); i++) {
        source *made = gc_alloc(ctx, sizeof(source), &SOURCE);
        root[i % 2] = (node *)made;
        made->value = i;
        for (int k = 0; k < 9; k++)
            event_subscribe(&made->handlers, fresh(0, 0, i * 10 + k), 0);
        CHECK(event_unsubscribe_first(&made->handlers, event_get_handler(&made->handlers, WORD(4))) == 1);
        root[2] = event_snapshot(ctx, &made->handlers);
        if (i % 100 == 0)
            gc_collect(ctx);
        CHECK(event_unsubscribe_first(&made->handlers, event_get_handler(&made->handlers, 0)) == 1);
        fresh(0, 0, 0);
        const array *taken = (array *)root[2];
        CHECK(taken->len == 8 && made->len == 7 && made->value == i);
        for (int k = 0; k < 8; k++)
            CHECK(((node *)taken->ptr[k])->value == i * 10 + k + (k >= 4));
        for (int k = 0; k < 7; k++)
            CHECK(made->handlers[k] == taken->ptr[k + 1]);
    }
    /* An event that is no part of an object keeps its handlers, too. */
    static uintptr_t event[3];
    for (int k = 0; k < 20; k++)
        event_subscribe(event, fresh(0, 0, k), 0);
    node *gone = event_get_handler(event, WORD(7));
    CHECK(event_unsubscribe_first(event, gone) == 1);
    for (int i = 0; i < rounds(300000); i++)
        fresh(0, 0, -1);
    gc_collect(ctx);
    gc_collect(ctx);
    CHECK(event_len(event) == 19 && (!is_stressed() || is_gone(gone)));
    for (int k = 0; k < 19; k++)
        CHECK(((node *)event_get_handler(event, WORD(k)))->value == k + (k >= 7));
    CHECK(peak_kilobytes() < 64 << 10);
    DONE;
}

/* What each thread of a round leaves. */
enum { COUNT = 4 };
static node *left[COUNT];
static int64_t left_handles[COUNT];
static pthread_barrier_t all_inside;

static void *fill(void *number) {
    intptr_t index = (intptr_t)number / 1000;
    ctx = gc_enter();
    CHECK(gc_enter() == ctx);
    gc_leave(ctx);
    pthread_barrier_wait(&all_inside);
    ROOTS(1);
    int count = rounds(100000);
    for (int i = 0; i < count; i++) {
        root[0] = fresh(root[0], 0, i ^ (intptr_t)number);
        if (i % 64 == 0)
            root[0] = fresh(root[0]->next, TEXT("text"), root[0]->value);
    }
    for (node *at = root[0]; at; at = at->next)
        CHECK(at->value == (--count ^ (intptr_t)number));
    CHECK(count == 0);
    left[index] = root[0];
    left_handles[index] = gc_root_handle(root[0]);
    DONE;
    gc_leave(ctx);
    return 0;
}

static void threads(void) {
    CHECK(pthread_barrier_init(&all_inside, 0, COUNT) == 0);
    for (int round = 0; round < 20; round++) {
        pthread_t ids[COUNT];
        /* While this thread is not inside, one of those may collect. */
        if (round % 2)
            gc_leave(ctx);
        for (intptr_t i = 0; i < COUNT; i++)
            CHECK(pthread_create(&ids[i], 0, fill, (void *)(i * 1000)) == 0);
        for (int i = 0; i < COUNT; i++)
            CHECK(pthread_join(ids[i], 0) == 0);
        if (round % 2)
            CHECK(gc_enter() == (void *)ctx);
        gc_collect(ctx);
        for (intptr_t i = 0; i < COUNT; i++) {
            intptr_t count = rounds(100000);
            for (node *at = left[i]; at; at = at->next)
                CHECK(at->value == (--count ^ (i * 1000)));
            CHECK(count == 0);
            gc_unroot_handle(left_handles[i]);
        }
    }
    gc_collect(ctx);
    CHECK(peak_kilobytes() < 128 << 10);
}

static void *inside(void *unused) {
    ctx = gc_enter();
    pthread_barrier_wait(&all_inside);
    pthread_barrier_wait(&all_inside);
    gc_leave(ctx);
    return unused;
}

/* Nothing is collected while another thread is inside, whose references are its own. */
static void shared(void) {
    pthread_t id;
    node *made = fresh(0, 0, 1);
    CHECK(pthread_barrier_init(&all_inside, 0, 2) == 0);
    CHECK(pthread_create(&id, 0, inside, 0) == 0);
    pthread_barrier_wait(&all_inside);
    gc_collect(ctx);
    gc_collect(ctx);
    CHECK(made->value == 1);
    pthread_barrier_wait(&all_inside);
    CHECK(pthread_join(id, 0) == 0);
    gc_collect(ctx);
    CHECK(is_stressed() == is_gone(made));
}

/* A thread that is not inside has memory that is not collected. */
static void *outside(void *text) {
    str *made = text;
    for (int i = 0; i < 1000; i++)
        made = str_concat(made, TEXT("x"));
    return made;
}

static void foreign(void) {
    pthread_t id;
    void *result;
    CHECK(pthread_create(&id, 0, outside, TEXT("abc")) == 0 && pthread_join(id, &result) == 0);
    for (int i = 0; i < rounds(300000); i++)
        fresh(0, 0, i);
    gc_collect(ctx);
    const str *text = result;
    CHECK(text->len == 1003 && !memcmp(text->ptr, "abcxxx", 6) && text->ptr[1002] == 'x');
}

/* What was mapped before the first thread that is inside stays as it was. */
static void late(void) {
    gc_leave(ctx);
    void *object = alloc(WORD(32), 0);
    gc_write_barrier(object, object);
    ctx = gc_enter();
    gc_collect(ctx);
    gc_write_barrier(object, fresh(0, 0, 1));
    CHECK(((uint64_t *)object)[1] == 0);
}

int main(int count, char **args) {
    const struct { const char *name; void (*run)(void); } ALL[] = {
        {"append", append}, {"strings", strings}, {"events", events}, {"threads", threads}, {"shared", shared},
        {"foreign", foreign}, {"late", late}};
    if (load_runtime() || count < 2)
        return 2;
    rt_start(count, args);
    ctx = gc_enter();
    int found = 0;
    for (size_t i = 0; i < sizeof ALL / sizeof *ALL; i++)
        if (!strcmp(args[1], ALL[i].name)) {
            ALL[i].run();
            found = 1;
        }
    CHECK(found);
    gc_leave(ctx);
    return 0;
}
