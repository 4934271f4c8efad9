//! The names of the runtime's symbols in a static library.
//!
//! A C program has one namespace for everything that it links, and functions of
//! its own called `panic` or `alloc`. There the runtime's symbols have a prefix,
//! but for those that C calls.

use std::borrow::Cow;

use beskid_plugin_api::runtime_abi::{BESKID_RUNTIME_ABI_VERSION, is_runtime_symbol};

/// What C calls begins with it, and is the same everywhere.
const FOR_C: &str = "beskid_";

/// The name of one of the runtime's symbols in a static library. It holds the ABI
/// version: runtimes of several versions may meet in one program.
pub(crate) fn merged_name(symbol: &str) -> Cow<'_, str> {
    if symbol.starts_with(FOR_C) || !is_runtime_symbol(symbol) {
        return Cow::Borrowed(symbol);
    }
    Cow::Owned(format!("beskid_rt{BESKID_RUNTIME_ABI_VERSION}_{symbol}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_c_calls_and_what_is_not_the_runtimes_keeps_its_name() {
        assert_eq!(merged_name("panic"), "beskid_rt2_panic");
        assert_eq!(merged_name("str_len"), "beskid_rt2_str_len");
        for name in [
            "beskid_register_callbacks",
            "beskid_runtime_abi_version",
            "main",
        ] {
            assert_eq!(merged_name(name), name);
        }
    }
}
