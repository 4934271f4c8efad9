//! The version of the runtime ABI.

use crate::layout::BESKID_RUNTIME_ABI_VERSION;

/// Version of the runtime ABI that this runtime implements (ABI-003).
#[unsafe(no_mangle)]
pub extern "C" fn beskid_runtime_abi_version() -> u32 {
    BESKID_RUNTIME_ABI_VERSION
}

/// The same as data, `beskid_runtime_abi`: who links a runtime reads it from the
/// file, without running anything (ABI-7).
#[used]
#[unsafe(export_name = "beskid_runtime_abi")]
pub static BESKID_RUNTIME_ABI: u32 = BESKID_RUNTIME_ABI_VERSION;
