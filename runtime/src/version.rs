//! The version of the runtime ABI.

/// Version of the runtime ABI that this runtime implements (ABI-003).
#[unsafe(no_mangle)]
pub extern "C" fn beskid_runtime_abi_version() -> u32 {
    crate::layout::BESKID_RUNTIME_ABI_VERSION
}
