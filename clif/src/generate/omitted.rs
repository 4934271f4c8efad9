//! Which instructions no artifact has, and why.

/// Cranelift compiles it for no target that this machine could be.
const NO_CODE: &str = "Cranelift has no code for it on x86-64";
/// One architecture's own.
const OF_X86: &str = "only x86-64 has it";
/// What it gives is not the same in every backend.
const OF_MACHINE: &str = "what it gives is of the machine and the compiler";
/// No backend has it.
const SCALABLE: &str = "no backend here has scalable vectors";

/// Mnemonics that are not generated, in order, each with the reason.
pub const OMITTED: [(&str, &str); 23] = [
    ("blendv", NO_CODE),
    ("debugtrap", "a debugger is what stops there"),
    ("dynamic_stack_addr", SCALABLE),
    ("extract_vector", SCALABLE),
    ("f128const", "there are no values of f128"),
    ("f16const", "there are no values of f16"),
    ("get_exception_handler_address", OF_MACHINE),
    ("get_frame_pointer", OF_MACHINE),
    ("get_pinned_reg", OF_MACHINE),
    ("get_return_address", OF_MACHINE),
    ("get_stack_pointer", OF_MACHINE),
    ("sadd_overflow_cin", NO_CODE),
    ("set_pinned_reg", OF_MACHINE),
    ("ssub_overflow_bin", NO_CODE),
    ("stack_switch", OF_MACHINE),
    ("tls_value", "programs in memory have no thread-local data"),
    ("uadd_overflow_cin", NO_CODE),
    ("usub_overflow_bin", NO_CODE),
    ("uunarrow", NO_CODE),
    ("x86_cvtt2dq", OF_X86),
    ("x86_pmaddubsw", OF_X86),
    ("x86_pmulhrsw", OF_X86),
    ("x86_pshufb", OF_X86),
];
