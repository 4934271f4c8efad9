//! Beskid programs of any size.

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

/// A Beskid program of this many functions of some hundred instructions each:
/// arithmetic without divisions, whose messages would be data, nested loops,
/// conditions, and a call of the one before it, or of the first after 64, so that
/// no call is deeper; it ends with 0.
pub fn large_program(functions: usize) -> String {
    let mut source = "i64 f0(i64 x, i64 y) { return x + y; }\n".to_owned();
    for index in 1..functions {
        let before = if index % 64 == 0 { 0 } else { index - 1 };
        // What nothing calls is for others, or warnings are measured.
        let visible = if index % 64 == 63 { "pub " } else { "" };
        // Writing to a string does not fail.
        let _ = writeln!(
            source,
            "{visible}i64 f{index}(i64 x, i64 y) {{\n    \
             i64 mut a = x * {index} + y;\n    \
             i64 mut b = x - y * 3;\n    \
             i64 mut c = 0;\n    \
             for i in range(0, 4) {{\n        \
             a = a + b * i - c;\n        \
             if a > b && c < {index} {{ c = c + a * 5; }} else {{ c = c - i; }}\n        \
             for j in range(i, 3) {{ b = b + a * j - {index}; c = c * 3 + j; }}\n    \
             }}\n    \
             while c > 1000 {{ c = c - 700; b = b + 1; a = a - b * 2; }}\n    \
             if b > 100 || a == {index} {{ b = b * 97 + f{before}(a, c); }}\n    \
             i64 d = a * b + b * c + c * a;\n    \
             i64 e = d * d - a * 11 + b * 13 - c * 17;\n    \
             return e + d;\n}}"
        );
    }
    let last = functions.saturating_sub(1);
    let _ = writeln!(
        source,
        "i64 main() {{ i64 last = f{last}(1, 2); return 0; }}"
    );
    source
}

/// [`large_program`] in C.
pub fn large_program_in_c(functions: usize) -> String {
    let mut source = "#include <stdbool.h>\n#include <stdint.h>\n\
                      int64_t f0(int64_t x, int64_t y) { return x + y; }\n"
        .to_owned();
    for index in 1..functions {
        let before = index - 1;
        // Writing to a string does not fail.
        let _ = writeln!(
            source,
            "int64_t f{index}(int64_t x, int64_t y) {{\n    \
             int64_t a = x * {index} + y;\n    \
             int64_t b = x - y * 3;\n    \
             int64_t c = 0;\n    \
             for (int i = 0; i < 4; i++) {{\n        \
             a = a + b * i - c;\n        \
             if (a > b && c < {index}) {{ c = c + a * 5; }} else {{ c = c - i; }}\n        \
             for (int j = i; j < 3; j++) {{ b = b + a * j - {index}; c = c * 3 + j; }}\n    \
             }}\n    \
             while (c > 1000) {{ c = c - 700; b = b + 1; a = a - b * 2; }}\n    \
             if (b > 100 || a == {index}) {{ b = b * 97 + f{before}(a, c); }}\n    \
             int64_t d = a * b + b * c + c * a;\n    \
             int64_t e = d * d - a * 11 + b * 13 - c * 17;\n    \
             return e + d;\n}}"
        );
    }
    let last = functions.saturating_sub(1);
    let _ = writeln!(source, "int main(void) {{ return f{last}(1, 2); }}");
    source
}
