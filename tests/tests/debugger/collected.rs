//! Objects that the program wants no more, and debuggers show: they live as long as the
//! local that has them. And what C calls, in which a debugger finds source.

use std::process::Command;

use beskid_tests::command::{end, run};
use beskid_tests::llvm::has_llvm;
use beskid_tests::tools::find;
use beskid_tests::workshop::Workshop;

use crate::program::{link, llvm, ways};
use crate::transcript::transcript;

const PROGRAM: &str = r#"type Box { i64 n, string name }
enum Tree { Leaf, Node(Tree left, i64 n) }
unit Split(i64 of, out i64 half, ref i64 count) { half = of / 2 + count; }
i64 Work(i64 k) {
    mut i64 sum = 0;
    for i in range(0, 30) { let a = [i, k]; let t = "${i}"; sum += a[1] + t.len(); }
    return sum;
}
i64 Read(Box box) {
    let n = box.n;
    let worked = Work(1);
    return n + worked;
}
i64 main() {
    let box = Box { n: 7, name: "seven${Work(1)}" };
    let tree = Tree::Node(Tree::Node(Tree::Leaf, 1), 2);
    let mut text = "made ${box.n}";
    let numbers = [box.n, 2, 3];
    mut i64 half = 0;
    mut i64 count = 41;
    Split(9, out half, ref count);
    let first = text.len() + numbers[0] + half + count + Read(box);
    text = "set";
    if first > 0 { text = "twice ${first}"; }
    let worked = Work(2);
    __syscall_write(1, "${worked} ${first}\n");
    return 0;
}
"#;

#[test]
fn what_a_local_shows_is_not_collected() {
    let Some(workshop) = Workshop::with(&["gdb", "cc"]) else {
        return;
    };
    workshop.write("objects.bd", PROGRAM);
    let emit = ["artifact", "emit", "objects.bd", "-o", "p.bska"];
    run(workshop.folder(), emit).succeeds();
    link(&workshop);
    let before = [
        "set environment BESKID_GC_STRESS 1",
        "break objects.bd:12",
        "break objects.bd:26",
    ];
    let commands = [
        "print *box",
        "print *box->name->ptr@box->name->len",
        "continue",
        "print *box",
        "print *tree",
        "print *tree->Node.left",
        "print *text->ptr@text->len",
        "print *numbers->ptr@numbers->len",
        "print half",
        "print count",
    ];
    for way in ways() {
        let found = transcript(&workshop, way, &before, &commands);
        let values = found.lines().filter_map(|line| {
            let (number, value) = line.split_once(" = ")?;
            number.starts_with('$').then_some(value)
        });
        let expected = [
            "{n = 7, name = }",
            "\"seven80\"",
            "{n = 7, name = }",
            "{tag = 1, Node = {left = , n = 2}}",
            "{tag = 1, Node = {left = , n = 1}}",
            "\"twice 186\"",
            "{7, 2, 3}",
            "45",
            "41",
        ];
        assert_eq!(values.collect::<Vec<_>>(), expected, "{way:?}: {found}");
    }
}

const LIBRARY: &str = r#"[Export(Abi: "C", Symbol: "lib_measure")]
pub i64 measure(i64 n) {
    let text = "x${n}";
    return text.len();
}
"#;

const CALLER: &str = "long lib_measure(long);
int main(void) {
    long n = 41;
    n = lib_measure(n);
    return (int)n;
}
";

#[test]
fn gdb_steps_from_c_into_what_uses_the_collector() {
    let Some(workshop) = Workshop::with(&["gdb", "cc"]) else {
        return;
    };
    workshop.write("lib.bd", LIBRARY);
    workshop.write("c.c", CALLER);
    let script = "set debuginfod enabled off\nbreak c.c:4\nrun\nstep\nbacktrace\nstep\n\
                  info locals\nfinish\nfinish\ndelete\nbreak lib_measure\nrun\ninfo source\n";
    workshop.write("script.gdb", script);
    for is_llvm in [false, true] {
        if is_llvm && !has_llvm() {
            continue;
        }
        let mut args = if is_llvm { llvm() } else { Vec::new() };
        let build = "--optimize none build lib.bd --kind static -o libl.a";
        args.extend(build.split(' ').map(str::to_owned));
        run(workshop.folder(), args).succeeds();
        workshop.sh("cc -g c.c libl.a -o c");
        let mut gdb = Command::new(find("gdb").unwrap());
        gdb.current_dir(workshop.folder());
        gdb.args([
            "-nx",
            "-batch",
            "-ex",
            "set confirm off",
            "-x",
            "script.gdb",
            "c",
        ]);
        let shown = end(&mut gdb).stdout;
        for wanted in [
            "\nlib_measure () at ./lib.bd:2\n2\tpub i64 measure(i64 n) {\n",
            "\n#0  lib_measure () at ./lib.bd:2\n#1 ",
            "\nmeasure (n=41) at ./lib.bd:3\n",
            " lib_measure () at ./lib.bd:2\n2\t",
            " in main () at c.c:4\n",
            ": file ./lib.bd, line 2.\n",
            "\nBreakpoint 2, lib_measure () at ./lib.bd:2\n",
        ] {
            assert!(shown.contains(wanted), "{is_llvm}: {wanted}\n{shown}");
        }
    }
}
