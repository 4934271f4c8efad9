/* The functions of the runtime: docs/runtime-abi.md. */
#include "artifact.h"

static const struct {
    const char *name;
    uint8_t params; /* of pointer width, all of them */
    type result;    /* 0: none */
} FUNCTIONS[] = {
    {"beskid_runtime_abi_version", 0, I32}, {"alloc", 2, I64}, {"str_new", 2, I64},
    {"str_concat", 2, I64}, {"str_len", 1, I64}, {"array_new", 2, I64}, {"panic", 2, 0},
    {"panic_str", 1, 0}, {"syscall_write", 2, I64}, {"syscall_read", 2, I64},
    {"gc_write_barrier", 2, 0}, {"gc_root_handle", 1, I64}, {"gc_unroot_handle", 1, 0},
    {"gc_register_root", 1, 0}, {"gc_unregister_root", 1, 0}, {"event_subscribe", 3, I64},
    {"event_unsubscribe_first", 2, I64}, {"event_len", 1, I64},
    {"event_get_handler", 2, I64}, {"interop_dispatch_unit", 1, 0},
    {"interop_dispatch_ptr", 1, I64}, {"interop_dispatch_usize", 1, I64},
    {"test_bytes_ptr", 0, I64}, {"test_bytes_len", 0, I64}, {"array_len", 1, I64},
    {"rt_yield", 0, 0}, {"rt_now_millis", 0, I64}, {"beskid_register_callbacks", 2, I64},
    {"str_eq", 2, I64}, {"str_from_i64", 1, I64}, {"str_from_bool", 1, I64},
    {"str_from_char", 1, I64}, {"str_from_f64", 1, I64}, {"panic_at", 2, 0}, {"panic_traced", 3, 0},
    {"rt_functions", 1, I64}, {"rt_on_panic", 1, I64}, {"gc_save", 1, 0}, {"gc_restore", 1, 0},
    {"str_interpolate", 2, I64}, {"gc_limit", 1, 0}, {"rt_debug_list", 1, 0}, {"input_at_end", 0, I64},
    {"callback_at", 1, I64}, {"rt_start", 2, 0}, {"rt_argc", 0, I64}, {"rt_argv", 0, I64},
    {"rt_arg", 1, I64}, {"rt_thread", 0, 0}, {"gc_enter", 0, I64},
    {"gc_leave", 1, 0}, {"gc_alloc", 3, I64}, {"gc_array", 4, I64}, {"gc_remember", 2, 0},
    {"gc_append", 3, I64}, {"gc_collect", 1, 0}, {"event_snapshot", 2, I64},
    {"str_slice", 3, I64}, {"str_from_bytes_utf8", 1, I64}, {"bytes_copy", 5, 0},
    {"bytes_compare", 2, I64}, {"bytes_get", 2, I64}, {"syscall_read_bytes", 2, I64},
    {"syscall_write_bytes", 2, I64}, {"env_get", 1, I64}, {"env_set", 2, I64}, {"env_getcwd", 0,
    I64}, {"fs_read_text", 1, I64}, {"fs_write_text", 2, I64}, {"fs_exists", 1, I64},
    {"fs_delete", 1, I64}, {"fs_mkdir", 1, I64}, {"process_getpid", 0, I32}, {"process_exit", 1,
    0}, {"clock_realtime_nanos", 0, I64}, {"clock_monotonic_nanos", 0, I64}, {"tty_winsize", 1,
    I64}};

void check_runtime_import(const artifact *a, const symbol *s)
{
    const signature *found = &a->signatures[s->signature];
    size_t i = 0, count = sizeof FUNCTIONS / sizeof *FUNCTIONS;
    while (i < count && !is_text(s->name, FUNCTIONS[i].name))
        i++;
    /* One that the table has not may be a later runtime's. */
    if (i == count)
        return;
    type result = FUNCTIONS[i].result;
    bool fits = found->convention == PLATFORM || found->convention == SYSTEM_V ||
                found->convention == FAST;
    fits &= found->param_count == FUNCTIONS[i].params && found->return_count == (result != 0);
    for (uint32_t at = 0; fits && at < found->param_count; at++)
        fits = found->params[at].type == I64;
    if (!fits || (result && found->returns[0].type != result))
        invalid(a->call, "`%s` is imported with another signature than the runtime's (ABI-002)",
                s->name.data);
}
