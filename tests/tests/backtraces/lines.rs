//! The lines of calls, by what debuggers are told of a program.

use std::fs;
use std::process::Command;

use beskid_tests::command::{beskid, end};

use crate::said;

/// Calls in one function, over several lines, in a method, in a chain and in a lambda.
const CALLS: &str = "\
i64 Fail(i64 n) {
    i64[] a = [1, 2];
    return a[n];
}

i64 Thrice(i64 n) {
    i64 first = Fail(0);
    i64 second = Fail(1);
    return first + second
        + Fail(n);
}

type Adder {
    i64 sum,

    pub unit Add(i64 n) {
        sum += n;
        sum += Thrice(
            n
        );
    }

    pub Adder Same() => this;
}

i64 main() {
    Adder adder = Adder { sum: 0 };
    adder.Add(1);
    i64(i64) f = x => {
        i64 y = x;
        adder
            .Same()
            .Add(y);
        return y;
    };
    return f(0) +
        f(1) +
        f(2);
}
";

/// The functions and the lines that the calls come through.
const THROUGH: [(&str, u32); 5] = [
    ("Fail", 3),
    ("Thrice", 10),
    ("Add", 18),
    ("lambda", 33),
    ("main", 38),
];

fn check(text: &str) {
    let lines = text.lines().collect::<Vec<_>>();
    assert_eq!(lines.len(), 2 + THROUGH.len(), "{text}");
    assert!(lines[1].starts_with("  at p.bd:3:"), "{text}");
    for (told, (name, line)) in lines[2..].iter().zip(THROUGH) {
        let place = format!(" (p.bd:{line})");
        assert!(told.contains(name) && told.ends_with(&place), "{text}");
    }
}

#[test]
fn pan_1_each_function_is_told_with_the_line_of_its_call() {
    for text in said(CALLS, &[], None) {
        check(&text);
    }
}

#[test]
fn pan_1_a_core_library_function_is_told_with_its_own_file() {
    let source = "\
i64 First(Result<i64, string> result) {
    return Std.Core.Results.Expect(result, \"it was there\");
}

i64 main() {
    i64 none = First(Result::Error(\"gone\"));
    return none;
}
";
    for text in said(source, &[], None) {
        let lines = text.lines().collect::<Vec<_>>();
        let (Some(place), Some(expect)) = (lines.get(1), lines.get(2)) else {
            panic!("{text}");
        };
        let place = place.strip_prefix("  at ").unwrap();
        let (line, _) = place.rsplit_once(':').unwrap();
        assert!(expect.ends_with(&format!(" ({line})")), "{text}");
        let rest = ["  at First (p.bd:2)", "  at main (p.bd:6)"];
        assert_eq!(lines[3..], rest, "{text}");
    }
}

#[test]
fn pan_1_stripped_executables_tell_the_declarations() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("p.bd"), CALLS).unwrap();
    let declared = "  at main (declared at p.bd:26)\n";
    for options in [&["--strip", "symbols"][..], &["-g=none"]] {
        let mut build = beskid(folder);
        end(build.args(["build", "p.bd"]).args(options)).succeeds();
        let ended = end(&mut Command::new(folder.join("p")));
        assert_eq!(ended.status, Some(101), "{ended:#?}");
        assert!(ended.stderr.ends_with(declared), "{ended:#?}");
        let first = "\n  at Fail (declared at p.bd:1)\n";
        assert!(ended.stderr.contains(first), "{ended:#?}");
    }
}

/// The file is found wherever the program is called from, and whatever it calls itself.
#[test]
fn pan_1_an_executable_is_read_under_any_name() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("p.bd"), CALLS).unwrap();
    end(beskid(folder).args(["build", "p.bd"])).succeeds();
    let script = "cp p q; rm -f p; PATH=$PWD; (exec -a nobody q)";
    let mut shell = Command::new("bash");
    let ended = end(shell.current_dir(folder).args(["-c", script]));
    assert_eq!(ended.status, Some(101), "{ended:#?}");
    check(&ended.stderr);
}

#[test]
fn pan_1_a_shared_library_is_read_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let library = "\
pub i64 Inner(i64 x) {
    return 1 / x;
}

pub i64 Outer(i64 x) {
    i64 y = x;
    return Inner(y) + 1;
}
";
    fs::write(folder.join("l.bd"), library).unwrap();
    let user = "extern long Outer(long);\nint main(void) { return (int)Outer(0); }\n";
    fs::write(folder.join("c.c"), user).unwrap();
    let build = ["build", "l.bd", "--kind", "shared", "-o", "libl.so"];
    end(beskid(folder).args(build)).succeeds();
    crate::compile(folder, &["c.c", "./libl.so", "-Wl,-rpath,.", "-o", "c"]);
    let ended = end(Command::new(folder.join("c")).current_dir(folder));
    let lines = "\n  at Inner (l.bd:2)\n  at Outer (l.bd:7)\n";
    assert!(ended.stderr.ends_with(lines), "{ended:#?}");
    // What is under the name is another library by now.
    end(beskid(folder).args(build).args(["--strip", "symbols"])).succeeds();
    let ended = end(Command::new(folder.join("c")).current_dir(folder));
    let lines = "\n  at Inner (declared at l.bd:1)\n  at Outer (declared at l.bd:5)\n";
    assert!(ended.stderr.ends_with(lines), "{ended:#?}");
}
