//! Asking the runtime to collect at every allocation.

/// The variable that the runtime reads when a program first allocates: of this
/// command for programs in memory, and of every process that it starts.
const VARIABLE: &str = "BESKID_GC_STRESS";

/// Lets every program that starts from now on collect at every allocation. To be called
/// before the command starts threads.
pub(crate) fn collect_always() {
    // SAFETY: no thread that reads the environment runs yet: the command has only
    // read its source.
    unsafe { std::env::set_var(VARIABLE, "1") };
}
