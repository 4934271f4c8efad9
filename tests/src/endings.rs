//! Programs that come to a bad end, in text.

/// Calls itself until there is no stack left, in Beskid.
pub const OVERFLOWING: &str = "i64 down(i64 n) { return down(n + 1) + n; }\n\
                               i64 main() { return down(0); }\n";

/// Sends itself a signal, as main's first act, in CLIF.
pub fn raising(signal: i32) -> String {
    format!(
        "function %main() -> i32 {{\n    fn0 = %raise(i32) -> i32\nblock0:\n    \
         v0 = iconst.i32 {signal}\n    v1 = call fn0(v0)\n    return v1\n}}\n"
    )
}

/// Reads from an address, in CLIF.
pub fn reading(address: &str) -> String {
    format!(
        "function %main() -> i64 {{\nblock0:\n    v0 = iconst.i64 {address}\n    \
         v1 = load.i64 v0\n    return v1\n}}\n"
    )
}
