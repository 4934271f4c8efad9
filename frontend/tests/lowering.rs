//! What artifacts need: nothing that a program can do without.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use beskid_frontend::{analyze, test_symbol};
use beskid_plugin_api::artifact::{CodegenArtifact, Linkage};

fn lowered(source: &str) -> CodegenArtifact {
    let analysis = analyze("p.bd", source.as_bytes());
    let program = analysis.program;
    let program = program.unwrap_or_else(|| panic!("{source}: {:?}", analysis.diagnostics));
    program.lower(None).unwrap()
}

/// The runtime's symbols that a program with this body of `main` imports, behind
/// these items.
fn imports(items: &str, main: &str) -> Vec<String> {
    let artifact = lowered(&format!("{items}\ni64 main() {{ {main} }}"));
    artifact.runtime_imports().map(str::to_owned).collect()
}

/// Whether a function of this name is in a program.
fn has(artifact: &CodegenArtifact, name: &str) -> bool {
    let mut symbols = artifact.module().symbols.iter();
    symbols.any(|symbol| symbol.name.as_deref() == Some(name))
}

const POINT: &str = "type Point { i64 x, i64 y }";

#[test]
fn mem_5_structs_that_nobody_sees_are_no_objects() {
    let main = "mut Point p = Point { x: 1, y: 2 };
                for i in range(0, 9_i64) { p.x += i; p = Point { x: p.y, y: p.x }; }
                return p.x;";
    assert_eq!(imports(POINT, main), [""; 0]);
}

#[test]
fn mem_5_structs_that_others_see_are_objects() {
    let seen = [
        "Point p = Point { x: 1, y: 2 }; return Sum(p);",
        "Point p = Point { x: 1, y: 2 }; Point q = p; if q === p { return q.x; } return 0;",
        "Point p = Point { x: 1, y: 2 }; i64() f = () => p.x; return f();",
        "Point p = Point { x: 1, y: 2 }; Point[] a = [p]; return a[0].x;",
    ];
    let items = format!("{POINT} i64 Sum(Point p) {{ return p.x + p.y; }}");
    for main in seen {
        let found = imports(&items, main);
        assert!(found.contains(&"gc_alloc".to_owned()), "{main}: {found:?}");
    }
}

#[test]
fn lam_5_closures_that_are_called_alone_are_no_objects() {
    let called = "i64 n = 3; (i64) => i64 f = x => x * n; return f(1) + f(2);";
    assert_eq!(imports("", called), [""; 0]);
    let kept = "i64 n = 3; (i64) => i64 f = x => x * n; return Twice(f);";
    let items = "i64 Twice((i64) => i64 f) { return f(f(1)); }";
    let found = imports(items, kept);
    assert!(found.contains(&"gc_alloc".to_owned()), "{found:?}");
}

#[test]
fn enm_4_variants_without_payload_and_functions_are_constant_objects() {
    let items = "enum Light { Red, Green } Light Next(Light l) {
                     return match l { Light::Red => Light::Green, Light::Green => Light::Red };
                 }";
    let main = "if Next(Light::Red) == Light::Green { return 1; } return 0;";
    assert_eq!(imports(items, main), [""; 0]);
}

#[test]
fn programs_that_allocate_nothing_do_not_go_inside() {
    let items = "i64 Third(i64 n) { mut i64 a = n; while a > 9 { a = a / 3; } return a; }";
    let artifact = lowered(&format!("{items} i64 main() {{ return Third(99); }}"));
    assert_eq!(artifact.runtime_imports().count(), 0);
    assert!(!has(&artifact, "bd.main$outside"));
    // What may overflow the stack names its functions, and does not go inside either.
    let items = "i64 Fib(i64 n) { if n < 2 { return n; } return Fib(n - 1) + Fib(n - 2); }";
    assert_eq!(imports(items, "return Fib(9);"), ["rt_functions"]);
    let artifact = lowered("i64 main() { string s = \"${1}${2}\"; return s.len(); }");
    assert!(has(&artifact, "bd.main$outside"));
    let found = artifact.runtime_imports().collect::<Vec<_>>();
    assert!(found.contains(&"gc_enter") && found.contains(&"gc_leave"));
}

/// Whether indices are checked in a function with an array and a number.
fn checks(body: &str) -> bool {
    let source = format!(
        "i64 Sum(i64[] a, i64 n) {{ mut i64 sum = 0; {body} return sum; }}
         i64 main() {{ return Sum([1, 2, 3], 3); }}"
    );
    has(&lowered(&source), "bd.$out_of_bounds")
}

#[test]
fn exp_2_range_loops_prove_that_elements_are_there() {
    let proven = [
        "for i in range(0, a.len()) { sum += a[i]; }",
        "for i in range(1, a.len()) { a[i] += sum; }",
        "i64 m = a.len(); for i in range(0, m) { sum += a[i] + m; }",
        "for x in a { sum += x; }",
        "i64[] b = __array_new(8, n); for i in range(0, n) { b[i] = i; sum += b[i]; }",
        "string s = \"abc\"; for i in range(0, s.len()) { sum += s[i]; }",
    ];
    for body in proven {
        assert!(!checks(body), "{body}");
    }
    let open = [
        "for i in range(0, n) { sum += a[i]; }",
        "for i in range(n, a.len()) { sum += a[i]; }",
        "for i in range(0, a.len()) { sum += a[i + 1]; }",
        "mut i64[] b = a; for i in range(0, b.len()) { sum += b[i]; b = [1]; }",
        "i64[] b = [1]; for i in range(0, a.len()) { sum += b[i]; }",
        "mut i64 m = a.len(); m += 1; for i in range(0, m) { sum += a[i]; }",
    ];
    for body in open {
        assert!(checks(body), "{body}");
    }
}

#[test]
fn exp_2_while_loops_prove_that_elements_are_there_until_the_index_grows() {
    let proven = [
        "mut i64 i = 0; while i < a.len() { sum += a[i]; i += 1; }",
        "mut i64 i = 1; while i < a.len() { a[i] = sum; i = i + 2; }",
        "mut i64 i = 0; while n > 0 && i < a.len() { if a[i] == n { break; } i += 1; }",
        "mut i64 i = 0; while i < a.len() { if n == 1 { i += 2; continue; } i += 1; }
         i = 0; while i < a.len() { for x in a { sum += a[i]; } i += 1; }",
        "i64 m = a.len(); mut i64 i = 0; while i < a.len() && i < m { sum += a[i]; i += 1; }",
        "string s = \"abc\"; mut i64 i = 0; while i < s.len() { sum += s[i]; i += 1; }",
        "mut i64 i = 0; while i < a.len() {
             mut i64 j = 0; while j < a.len() { sum += a[i] * a[j]; j += 1; } i += 1; }",
    ];
    for body in proven {
        assert!(!checks(body), "{body}");
    }
    let open = [
        // The index may be negative, or anything.
        "mut i64 i = -1; while i < a.len() { sum += a[i]; i += 1; }",
        "mut i64 i = n; while i < a.len() { sum += a[i]; i += 1; }",
        "mut i64 i = 0; while i < a.len() { sum += a[i]; i += n; }",
        "mut i64 i = 0; while i < a.len() { sum += a[i]; i -= 1; }",
        "mut i64 i = 0; while i < a.len() { sum += a[i]; i += 3000000000; }",
        "mut i64 i = 9; while i < a.len() { sum += a[i]; i = a.len() - i; }",
        // It has grown since it was compared.
        "mut i64 i = 0; while i < a.len() { i += 1; sum += a[i]; }",
        "mut i64 i = 0; while i < a.len() { if n > 0 { i += 1; } sum += a[i]; i += 1; }",
        "mut i64 i = 0; while i < a.len() { for x in a { sum += a[i]; i += 1; } }",
        "i64[] b = [1, 2, 3, 4]; mut i64 i = 0;
         while i < a.len() { while i < b.len() { sum += a[i]; i += 1; } }",
        "mut i64 i = 0; while i < a.len() && (i += 1) > 0 { sum += a[i]; }",
        "mut i64 i = 0; while i < a.len() { i += 1; } sum += a[i];",
        // It may grow without an end.
        "mut i64 i = 0; while n > 0 { i += 1; } while i < a.len() { sum += a[i]; i += 1; }",
        "mut i64 i = 0; while i < n { i += 1; } while i < a.len() { sum += a[i]; i += 1; }",
        // It is compared with something else.
        "i64[] b = [1]; mut i64 i = 0; while i < b.len() { sum += a[i]; i += 1; }",
        "mut i64[] b = a; mut i64 i = 0; while i < b.len() { b = [1]; sum += b[i]; i += 1; }",
        "mut i64 i = 0; while i < a.len() || n > 0 { sum += a[i]; i += 1; }",
        "mut i64 i = 0; while i <= a.len() { sum += a[i]; i += 1; }",
        "mut i32 i = 0; while i < a.len() { sum += a[i]; i += 1; }",
    ];
    for body in open {
        assert!(checks(body), "{body}");
    }
}

#[test]
fn gen_5_each_set_of_type_arguments_is_a_function() {
    let source = "T Same<T>(T value) { return value; }
                  i64 main() { i64 n = Same<i64>(1); bool b = Same<bool>(true); return n; }";
    let artifact = lowered(source);
    assert!(has(&artifact, "bd.Same$li64$g") && has(&artifact, "bd.Same$lbool$g"));
}

#[test]
fn artifacts_of_the_whole_language_are_deterministic() {
    let source = "
        enum Option<T> { Some(T value), None }
        contract Named { string Name(); }
        type A : Named { string n, event Changed(i64 by), pub string Name() { return n; }
            pub unit Raise() { Changed(1); } }
        type B : Named { i64 n, pub string Name() { return \"${n}\"; } }
        string Of(Named v) { return v.Name(); }
        bool Same<T>(T a, T b) { return a == b; }
        i64 Twice(i64 n) { return n * 2; }
        i64 main() {
            mut A a = A { n: \"a\" };
            mut i64 sum = 0;
            (i64) => unit log = n => { __syscall_write(1, \"${n}\\n\"); };
            a.Changed += log;
            a.Raise();
            Named[] all = [a, B { n: 2 }];
            for v in all { sum += Of(v).len(); }
            if Same(Option::Some([1]), Option::Some([1])) { sum += 1; }
            (i64) => i64 f = Twice;
            return match Option::Some(f(sum)) { Option::Some(n) when n > 3 => n, _ => 0 };
        }";
    let first = lowered(source);
    for _ in 0..3 {
        assert_eq!(first.bytes(), lowered(source).bytes());
    }
}

#[test]
fn tst_6_an_artifact_of_tests_has_what_they_need_and_one_of_a_program_has_no_test() {
    let source = "i64 Used() => 1;\ni64 Unused() => 2;\nT Same<T>(T value) => value;\n\
                  test First { if Same(Used()) != 1 { panic(\"no\"); } }\n\
                  test Second { (i64) => i64 f = (i64 n) => n; i64 x = f(1); }\n\
                  i64 main() { return 7; }";
    let program = analyze("p.bd", source.as_bytes()).program.unwrap();
    let names = program.tests().iter().map(|test| test.name.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["First", "Second"]);
    assert_eq!(program.test_place(&program.tests()[1]), ("p.bd", 5));
    let exported = |artifact: &CodegenArtifact| {
        let symbols = artifact.module().symbols.iter();
        let exported = symbols.filter(|symbol| symbol.linkage == Linkage::Export);
        let names = exported.filter_map(|symbol| symbol.name.clone());
        names.collect::<Vec<_>>()
    };
    let first = program.lower_tests(&[0]).unwrap();
    assert_eq!(exported(&first), [test_symbol(0)]);
    assert!(first.header().entrypoint.is_none());
    for (name, is_there) in [
        ("bd.Used", true),
        ("bd.Same$li64$g", true),
        ("bd.Unused", false),
        ("bd.main", false),
        ("bd.Second", false),
    ] {
        assert_eq!(has(&first, name), is_there, "{name}");
    }
    let both = program.lower_tests(&[0, 1]).unwrap();
    assert_eq!(exported(&both), [test_symbol(0), test_symbol(1)]);
    let whole = program.lower(None).unwrap();
    assert!(has(&whole, "bd.Unused"));
    for name in ["bd.Same$li64$g", "bd.First", &test_symbol(0)] {
        assert!(!has(&whole, name), "{name}");
    }
    assert_eq!(whole.functions().len(), 3);
    // Whoever names a test as the entrypoint wants it.
    assert!(has(&program.lower(Some("First")).unwrap(), "bd.First"));
}

#[test]
fn pan_1_programs_whose_functions_call_themselves_name_them() {
    let names = |items: &str, main: &str| {
        let found = imports(items, main);
        found.contains(&"rt_functions".to_owned())
    };
    let tree = "enum Tree { Leaf, Node(Tree left, Tree right) }";
    let shape = "contract Shape { i64 Area(); } i64 Of(Shape s) { return s.Area() + 1; }";
    let within = format!("{shape} type Ring : Shape {{ i64 n, pub i64 Area() => Of(this); }}");
    let square = format!("{shape} type Square : Shape {{ i64 n, pub i64 Area() => n * n; }}");
    let recursive = [
        ("i64 F(i64 n) { return F(n + 1) + n; }", "return F(0);"),
        (
            "i64 F(i64 n) { return G(n) + 1; } i64 G(i64 n) { return F(n) + 1; }",
            "return F(0);",
        ),
        (
            "i64 F(i64 n) { (i64) => i64 f = x => F(x) + 1; return f(n); }",
            "return F(0);",
        ),
        (
            "i64 Apply((i64) => i64 f) { return f(1); } i64 F(i64 n) { return Apply(F) + n; }",
            "return F(0);",
        ),
        (&within, "return Of(Ring { n: 1 });"),
        (
            tree,
            "Tree t = Tree::Leaf; if t == Tree::Leaf { return 1; } return 0;",
        ),
    ];
    for (items, main) in recursive {
        assert!(names(items, main), "{items} {main}");
    }
    let others = [
        (
            "i64 F(i64 n) { return n; } i64 G(i64 n) { return F(F(n)); }",
            "return G(0);",
        ),
        (
            "i64 Apply((i64) => i64 f) { return f(f(1)); }",
            "i64 n = 2; return Apply(x => x + n);",
        ),
        (
            POINT,
            "Point[] a = [Point { x: 1, y: 2 }]; if a == [a[0]] { return 1; } return 0;",
        ),
        (&square, "return Of(Square { n: 1 });"),
        (
            tree,
            "Tree t = Tree::Leaf; if t === Tree::Leaf { return 1; } return 0;",
        ),
    ];
    for (items, main) in others {
        assert!(!names(items, main), "{items} {main}");
    }
}
