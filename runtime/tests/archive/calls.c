/* Calls every symbol of the runtime that returns, and checks what it does. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "runtime.h"

#define CHECK(condition)                                                  \
    if (!(condition)) {                                                   \
        fprintf(stderr, "line %d: %s\n", __LINE__, #condition);           \
        return 1;                                                         \
    }
/* An integer of pointer width, as the ABI passes it. */
#define WORD(number) ((const void *)(intptr_t)(number))
#define TEXT(text) str_new(text, WORD(sizeof(text) - 1))
#define EQ(left, right) (str_eq(left, TEXT(right)) == 1)

struct str { const char *ptr; size_t len; };
struct array { int64_t *ptr; size_t len, cap; };
struct value { const void *descriptor; uint64_t tag; const void *payload; };

static int memory(void) {
    static const uintptr_t descriptor[4] = {32, 8, 0, 0};
    uintptr_t *object = alloc(WORD(32), descriptor);
    CHECK((uintptr_t)object % 16 == 0 && object[0] == (uintptr_t)descriptor);
    CHECK(object[1] == 0 && object[2] == 0 && object[3] == 0);
    char *large = alloc(WORD(1 << 22), 0);
    CHECK(large[0] == 0 && large[(1 << 22) - 1] == 0);
    struct array *array = array_new(WORD(8), WORD(4));
    CHECK(array->len == 4 && array->cap == 4 && array->ptr[3] == 0);
    CHECK(array_len(array) == 4);
    return 0;
}

static int strings(void) {
    char source[] = "hello";
    struct str *copied = str_new(source, WORD(5));
    source[0] = 'j';
    CHECK(copied->len == 5 && memcmp(copied->ptr, "hello", 5) == 0);
    CHECK(EQ(str_concat(TEXT("\xc5\xa1"), TEXT("a")), "\xc5\xa1""a"));
    CHECK(EQ(str_concat(TEXT(""), TEXT("")), "") && str_len(TEXT("\xc5\xa1")) == 2);
    CHECK(str_len(str_new(0, 0)) == 0 && str_eq(TEXT("a"), TEXT("b")) == 0);
    double number = 2.5;
    int64_t bits;
    memcpy(&bits, &number, sizeof bits);
    CHECK(EQ(str_from_f64(bits), "2.5") && EQ(str_from_i64(-7), "-7"));
    CHECK(EQ(str_from_bool(1), "true") && EQ(str_from_char(0x1f33f), "\xf0\x9f\x8c\xbf"));
    CHECK(test_bytes_len() == 5 && memcmp((void *)test_bytes_ptr(), "hello", 5) == 0);
    return 0;
}

static int input_and_output(void) {
    int ends[2];
    CHECK(pipe(ends) == 0);
    CHECK(syscall_write(ends[1], TEXT("drina")) == 5);
    CHECK(EQ(syscall_read(ends[0], 3), "dri") && EQ(syscall_read(ends[0], 99), "na"));
    close(ends[1]);
    CHECK(str_len(syscall_read(ends[0], 99)) == 0);
    CHECK(syscall_write(ends[1], TEXT("x")) == -9 /* EBADF */);
    int64_t before = rt_now_millis();
    usleep(3000);
    rt_yield();
    CHECK(rt_now_millis() > before);
    return 0;
}

static int hooks(void) {
    int variable = 0;
    CHECK(gc_root_handle(&variable) == 0 && gc_root_handle(&variable) == 1);
    gc_unroot_handle(0);
    gc_unroot_handle(0);
    gc_unroot_handle(-5);
    CHECK(gc_root_handle(&variable) == 0 && gc_root_handle(&variable) == 2);
    gc_register_root(&variable);
    gc_unregister_root(&variable);
    gc_unregister_root(&variable);
    gc_write_barrier(0, 0);
    CHECK(beskid_register_callbacks(&variable, 2) == -1);
    CHECK(beskid_register_callbacks(&variable, 1) == 0);
    return 0;
}

static int events(void) {
    uintptr_t event[3] = {0};
    CHECK(event_subscribe(event, WORD(1), WORD(3)) == 1);
    CHECK(event_subscribe(event, WORD(2), WORD(3)) == 2);
    CHECK(event_subscribe(event, WORD(1), WORD(3)) == 3);
    CHECK(event_get_handler(event, 0) == WORD(1));
    CHECK(event_unsubscribe_first(event, WORD(1)) == 1);
    CHECK(event_unsubscribe_first(event, WORD(9)) == 0);
    CHECK(event_len(event) == 2);
    CHECK(event_get_handler(event, 0) == WORD(2));
    CHECK(event_get_handler(event, WORD(1)) == WORD(1));
    return 0;
}

static int interop(void) {
    struct value print = {0, 0, TEXT("printed\n")};
    interop_dispatch_unit(&print);
    struct value clone = {0, 1, TEXT("hello")};
    CHECK(EQ(interop_dispatch_ptr(&clone), "hello"));
    struct value length = {0, 2, TEXT("hello")};
    CHECK(interop_dispatch_usize(&length) == 5);
    struct value elements = {0, 3, array_new(WORD(1), WORD(7))};
    CHECK(interop_dispatch_usize(&elements) == 7);
    return 0;
}

static void *many(void *number) {
    void *text = TEXT("");
    for (int i = 0; i < 500; i++)
        text = str_concat(text, str_from_i64((intptr_t)number));
    return text;
}

static int threads(void) {
    pthread_t threads[4];
    for (intptr_t i = 0; i < 4; i++)
        CHECK(pthread_create(&threads[i], 0, many, (void *)i) == 0);
    for (int i = 0; i < 4; i++) {
        void *result;
        CHECK(pthread_join(threads[i], &result) == 0);
        struct str *text = result;
        CHECK(text->len == 500);
        for (int k = 0; k < 500; k++)
            CHECK(text->ptr[k] == '0' + i);
    }
    return 0;
}

static int collector(void) {
    uintptr_t *context = gc_enter();
    CHECK(context && gc_enter() == context);
    gc_leave(context);
    static const uintptr_t offset = 8, descriptor[4] = {24, 8, 1, (uintptr_t)&offset};
    uintptr_t *roots = (uintptr_t *)context[2];
    context[2] += sizeof *roots;
    uintptr_t *object = gc_alloc(context, 24, descriptor);
    *roots = (uintptr_t)object;
    CHECK(object[0] == (uintptr_t)descriptor && object[1] == 0 && object[2] == 0);
    gc_collect(context);
    gc_remember(context, object);
    struct array *array = gc_array(context, 0, 3, object);
    object[1] = (uintptr_t)array;
    gc_collect(context);
    CHECK(array->len == 3 && array->ptr[2] == (intptr_t)object);
    struct str *text = gc_append(context, TEXT("dri"), TEXT("na"));
    CHECK(text->len == 5 && memcmp(text->ptr, "drina", 5) == 0);
    uintptr_t event[3] = {0};
    event_subscribe(event, object, 0);
    struct array *handlers = event_snapshot(context, event);
    CHECK(handlers->len == 1 && *handlers->ptr == (intptr_t)object);
    gc_leave(context);
    return 0;
}

static int bytes(void) {
    struct array *some = array_new(WORD(1), WORD(4)), *other;
    CHECK(bytes_get(some, 3) == 0);
    memcpy(some->ptr, "sava", 4);
    CHECK(EQ(str_from_bytes_utf8(some), "sava") && bytes_get(some, 2) == 'v');
    bytes_copy(some, 1, some, 0, 3);
    CHECK(memcmp(some->ptr, "ssav", 4) == 0);
    str_copy(some, 2, TEXT("xy"));
    CHECK(memcmp(some->ptr, "ssxy", 4) == 0);
    CHECK(bytes_compare(some, array_new(WORD(1), WORD(9))) == 1 && bytes_compare(some, some) == 0);
    CHECK(EQ(str_slice(TEXT("m\xc5\xa1n"), 1, 2), "\xc5\xa1"));
    int ends[2];
    CHECK(pipe(ends) == 0 && syscall_write_bytes(ends[1], some) == 4);
    other = syscall_read_bytes(ends[0], 100);
    CHECK(other->len == 4 && bytes_compare(some, other) == 0);
    CHECK(((struct array *)syscall_read_bytes(-1, 100))->len == 0);
    CHECK(str_len(syscall_read(-1, 100)) == 0);
    return 0;
}

static int surroundings(void) {
    char folder[4096];
    CHECK(getcwd(folder, sizeof folder));
    struct str *here = env_getcwd();
    CHECK(here->len == strlen(folder) && memcmp(here->ptr, folder, here->len) == 0);
    CHECK(EQ(env_get(TEXT("BESKID_NONE")), "") && env_set(TEXT("BESKID_NONE"), TEXT("d\xc5\xbe")) == 0);
    CHECK(EQ(env_get(TEXT("BESKID_NONE")), "d\xc5\xbe") && env_set(TEXT(""), TEXT("")) == -22);
    CHECK(EQ(fs_read_text(TEXT("new/file")), "") && fs_exists(TEXT("new/file")) == 0);
    CHECK(fs_mkdir(TEXT("new")) == 0 && fs_write_text(TEXT("new/file"), TEXT("text")) == 0);
    CHECK(EQ(fs_read_text(TEXT("new/file")), "text") && fs_exists(TEXT("new/file")) == 1);
    struct array *read = fs_read_bytes(TEXT("new/file"));
    CHECK(read->len == 4 && memcmp(read->ptr, "text", 4) == 0 && fs_error() == 0);
    CHECK(fs_write_bytes(TEXT("new/file"), read) == 0 && EQ(fs_read_text(TEXT("new")), ""));
    CHECK(fs_error() == -21);
    CHECK(fs_delete(TEXT("new/file")) == 0 && fs_delete(TEXT("new/file")) == -2 && rmdir("new") == 0);
    CHECK(process_getpid() == getpid() && tty_winsize(-1) == 0);
    CHECK(clock_realtime_nanos() / 1000000000 >= time(0) - 1 && clock_monotonic_nanos() > 0);
    return 0;
}

int main(void) {
    CHECK(load_runtime() == 0);
    CHECK(beskid_runtime_abi_version() == 2);
    if (memory() || strings() || input_and_output() || hooks() || events() || interop() || collector())
        return 1;
    if (bytes() || surroundings())
        return 1;
    CHECK(threads() == 0);
    fflush(stdout);
    process_exit(0);
    return 1;
}
