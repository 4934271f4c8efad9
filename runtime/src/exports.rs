//! The addresses of the exported symbols, for programs in memory (ABI-001).

use crate::*;

/// Name and address of every exported symbol, in the order of the ABI tables.
pub fn exports() -> impl Iterator<Item = (&'static str, *const ())> {
    macro_rules! addresses {
        ($($name:ident)+) => { [$((stringify!($name), $name as *const ())),+] };
    }
    addresses![
        beskid_runtime_abi_version alloc str_new str_concat str_len array_new panic panic_str
        syscall_write syscall_read gc_write_barrier gc_root_handle gc_unroot_handle
        gc_register_root gc_unregister_root event_subscribe event_unsubscribe_first event_len
        event_get_handler interop_dispatch_unit interop_dispatch_ptr interop_dispatch_usize
        test_bytes_ptr test_bytes_len array_len rt_yield rt_now_millis beskid_register_callbacks
        str_eq str_from_i64 str_from_bool str_from_char str_from_f64 str_of_f64 panic_at
        callback_at rt_start rt_argc rt_argv rt_arg
        rt_thread gc_enter gc_leave gc_alloc gc_array gc_remember gc_append gc_collect
        event_snapshot str_slice str_from_bytes_utf8 bytes_copy bytes_compare bytes_get
        syscall_read_bytes syscall_write_bytes env_get env_set env_getcwd fs_read_text
        fs_write_text fs_exists fs_delete fs_mkdir process_getpid process_exit
        clock_realtime_nanos clock_monotonic_nanos tty_winsize f64_remainder
        str_copy fs_read_bytes fs_write_bytes fs_error
        panic_traced rt_functions
        rt_on_panic gc_save gc_restore str_interpolate gc_limit rt_debug_list input_at_end
    ]
    .into_iter()
}

#[cfg(test)]
mod tests {
    use beskid_plugin_api::runtime_abi::BUILTIN_SPECS;

    use super::*;

    #[test]
    fn abi_001_the_host_registers_exactly_the_symbols_of_the_tables() {
        let tables = BUILTIN_SPECS.iter().map(|spec| spec.symbol);
        assert!(exports().map(|(name, _)| name).eq(tables));
        assert!(exports().all(|(_, address)| !address.is_null()));
    }
}
