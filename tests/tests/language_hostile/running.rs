//! Programs that ask much of memory and of the stack.

use std::fs;

use super::{command, prints, run_text, start};

const LIST: &str = "enum List { End, Cell(i32 n, List rest) }\n\
    List Long(i32 n) {\n    mut List all = List::End;\n    \
    for i in range(0, n) { all = List::Cell(i, all); }\n    return all;\n}\n\
    i64 Sum(List list) {\n    mut List at = list;\n    mut i64 sum = 0;\n    while true {\n        \
    match at { List::Cell(n, rest) => { sum += n; at = rest; }, List::End => { return sum; } };\n    }\n}\n";

/// A list is as long as memory allows: marking it takes no stack.
#[test]
fn mem_4_long_lists_are_collected() {
    prints(
        &format!(
            "{LIST}i64 main() {{\n    List kept = Long(1000000);\n    mut i64 sum = 0;\n    \
             for i in range(0, 5) {{ sum += Sum(Long(200000)); }}\n    return sum - Sum(kept);\n}}\n"
        ),
        "-400000000000\n",
    );
}

/// To compare two such lists takes stack, or not; it must not crash.
#[test]
fn eq_1_long_lists_are_compared() {
    let ended = run_text(&format!(
        "{LIST}i32 main() {{\n    if Long(1000000) == Long(1000000) {{ return 1; }}\n    return 0;\n}}\n"
    ));
    match ended.status {
        Some(0) => assert_eq!(ended.stdout, "1\n"),
        Some(101) => assert!(ended.stderr.contains("stack overflow"), "{ended:#?}"),
        _ => panic!("{ended:#?}"),
    }
}

/// What is allocated in all is more than the address space that there is.
#[test]
fn mem_4_bounded_memory() {
    let programs = [
        "i64 main() {\n    mut i64 sum = 0;\n    for i in range(0, 2000) {\n        \
         i64[] list = __array_new(8, 1000000);\n        list[i] = 1;\n        sum += list[i] + list[i + 1];\n    }\n    return sum;\n}\n",
        "type Node { i64 n, Node[] others }\ni64 main() {\n    mut i64 sum = 0;\n    for i in range(0, 4000000) {\n        \
         Node node = Node { n: 1, others: __array_new(8, 200) };\n        node.others[0] = node;\n        sum += node.others[0].n;\n    }\n    return sum;\n}\n",
        "i64 main() {\n    mut string text = \"\";\n    mut i64 sum = 0;\n    for i in range(0, 200000) {\n        \
         text += \"0123456789012345678901234567890123456789\";\n        if text.len() > 100000 { sum += 1; text = \"\"; }\n    }\n    return sum;\n}\n",
    ];
    for (program, expected) in programs.into_iter().zip(["2000\n", "4000000\n", "79\n"]) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("main.bd"), program).unwrap();
        let args = ["--optimize", "speed", "run", "main.bd"];
        let ended = command(folder.path(), &args, Some(4 << 20));
        assert_eq!(ended.status, Some(0), "{} {program}", start(&ended.stderr));
        assert_eq!(ended.stdout, expected, "{program}");
    }
}

/// A stack overflow is a panic, however it comes about.
#[test]
fn pan_2_stack_overflows() {
    for program in [
        "i32 F(i32 n) { return F(n + 1) + 1; } i32 main() { return F(0); }",
        "i32 F(i32 n) => G(n) + 1; i32 G(i32 n) => F(n) * 2; i32 main() { return F(0); }",
        "type K { i32(i32) f } i32 main() { mut K k = K { f: n => n }; k.f = n => k.f(n) + 1; return k.f(1); }",
        "contract C { i32 F(C c); } type T : C { pub i32 F(C c) => c.F(this) + 1; } i32 main() { return T { }.F(T { }); }",
        "type B { event R(), pub unit F() { R(); __syscall_write(2, \"\"); } } unit main() { mut B b = B { }; b.R += () => { b.F(); }; b.F(); }",
        "string F(i32 n) => \"${F(n + 1)}x\"; unit main() { F(0); }",
    ] {
        let ended = run_text(program);
        assert_eq!(ended.status, Some(101), "{ended:#?} {program}");
        assert!(
            ended.stderr.contains("stack overflow"),
            "{ended:#?} {program}"
        );
        assert!(ended.stderr.len() < 100_000, "{program}");
    }
}
