//! Programs of any size, for measurements.
#![forbid(unsafe_code)]

use std::fmt::Write;

/// A Beskid program of this many functions, each with a loop and a call of the
/// one before it.
pub fn program(functions: usize) -> String {
    let mut source = "i64 f0(i64 x) { return x + 1; }\n".to_owned();
    for index in 1..functions {
        let before = index - 1;
        // Writing to a string does not fail.
        let _ = writeln!(
            source,
            "i64 f{index}(i64 x) {{\n    i64 mut sum = x;\n    for i in range(0, 3) {{\n        \
             if i % 2 == 0 {{ sum = sum + i * {index}; }} else {{ sum = sum - 1; }}\n    }}\n    \
             return f{before}(sum);\n}}"
        );
    }
    let last = functions.saturating_sub(1);
    let _ = writeln!(source, "i64 main() {{ return f{last}(1); }}");
    source
}
