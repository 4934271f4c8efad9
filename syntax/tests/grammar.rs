//! The rules of the grammar, one by one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use beskid_syntax::{ErrorKind, NodeKind, Tree, parse};

#[test]
fn the_programs_of_the_grammar_have_no_errors() {
    for (name, text) in [
        ("modules", include_str!("programs/modules.bd")),
        ("types", include_str!("programs/types.bd")),
        ("expressions", include_str!("programs/expressions.bd")),
        ("comments", include_str!("programs/comments.bd")),
    ] {
        let tree = parse(text);
        let errors = tree.errors().iter().map(|error| {
            let line = text[..error.span.start as usize].lines().count();
            format!("{name}:{line}: {}", error.message(text))
        });
        assert_eq!(errors.collect::<Vec<_>>(), [""; 0]);
    }
}

/// Every kind of node that there is stands in one of the programs.
#[test]
fn the_programs_have_every_kind_of_node() {
    let programs = [
        include_str!("programs/modules.bd"),
        include_str!("programs/types.bd"),
        include_str!("programs/expressions.bd"),
        "broken",
    ];
    let shapes = programs.map(|text| parse(text).to_string()).concat();
    for kind in NodeKind::ALL {
        let found = [" ", ")"]
            .iter()
            .any(|after| shapes.contains(&format!("({kind:?}{after}")));
        assert!(found, "{kind:?}");
    }
}

/// The shape of the only statement of a function.
#[track_caller]
fn statement(text: &str, expected: &str) {
    let source = format!("unit f() {{ {text} }}");
    let tree = parse(&source);
    assert_eq!(tree.errors(), [], "{text}");
    let function = tree.root().children().next().unwrap();
    let block = function.child(NodeKind::Block).unwrap();
    let mut statements = block.children();
    assert_eq!(statements.next().unwrap().to_string(), expected, "{text}");
    assert!(statements.next().is_none(), "{text}");
}

/// The shape of an expression.
#[track_caller]
fn expression(text: &str, expected: &str) {
    statement(
        &format!("let a = {text};"),
        &format!("(Local let a = {expected} ;)"),
    );
}

/// What is wrong: each message with the text that it is about.
#[track_caller]
fn refused(text: &str, expected: &[(&str, &str)]) -> Tree {
    let tree = parse(text);
    let errors = tree.errors().iter();
    let errors = errors.map(|error| (error.message(text), error.span.text(text)));
    let errors = errors.collect::<Vec<_>>();
    let errors = errors
        .iter()
        .map(|(message, here)| (message.as_str(), *here));
    assert_eq!(errors.collect::<Vec<_>>(), expected, "{text}");
    tree
}

#[test]
fn precedence() {
    expression(
        "a || b && c == d < e + f * -g",
        "(Chain (Name a) || (Chain (Name b) && (Chain (Name c) == (Chain (Name d) < (Chain (Name \
         e) + (Chain (Name f) * (Unary - (Name g))))))))",
    );
    expression(
        "a * b + c - d % e",
        "(Chain (Chain (Name a) * (Name b)) + (Name c) - (Chain (Name d) % (Name e)))",
    );
    expression(
        "(a + b) * c",
        "(Chain (Paren ( (Chain (Name a) + (Name b)) )) * (Name c))",
    );
    statement(
        "a = b += c;",
        "(ExpressionStatement (Assign (Name a) = (Assign (Name b) += (Name c))) ;)",
    );
    expression(
        "!a.b(c)[d]?",
        "(Unary ! (Postfix (Name a) (Member . b) (Arguments ( (Name c) )) (Index [ (Name d) ]) \
         (Try ?)))",
    );
}

#[test]
fn syn_1_type_arguments_or_less_than() {
    for call in [
        "f<T>(x)",
        "f<T, U[]>(x)",
        "f<A.B<C>>.g",
        "f<T> { }",
        "f<T>::V",
        "a.f<T>(x)",
    ] {
        let shape = parse(&format!("unit f() {{ let a = {call}; }}")).to_string();
        assert!(shape.contains("TypeArguments"), "{call}: {shape}");
    }
    for compared in [
        "a < b",
        "a < b > c",
        "a < b && c > (d)",
        "a < 1 > (d)",
        "a < b, c",
    ] {
        let text = format!("unit f() {{ g({compared}); }}");
        let tree = parse(&text);
        assert_eq!(tree.errors(), [], "{compared}");
        assert!(!tree.to_string().contains("TypeArguments"), "{compared}");
    }
    expression("a < b", "(Chain (Name a) < (Name b))");
    expression(
        "f<T>(x)",
        "(Postfix (Name f (TypeArguments < (NamedType (Path T)) >)) (Arguments ( (Name x) )))",
    );
}

#[test]
fn syn_2_struct_value_or_block() {
    expression("P { }", "(StructValue (Path P) { })");
    expression(
        "A.P<T> { x: 1, }",
        "(StructValue (Path A . P (TypeArguments < (NamedType (Path T)) >)) { (FieldValue x : \
         (Literal 1)) , })",
    );
    statement("if a { }", "(If if (Name a) (Block { }))");
    statement("while a { }", "(While while (Name a) (Block { }))");
    statement("for x in a { }", "(For for x in (Name a) (Block { }))");
    expression("match a { }", "(Match match (Name a) { })");
    statement(
        "if P { x: 1 } { }",
        "(If if (StructValue (Path P) { (FieldValue x : (Literal 1)) }) (Block { }))",
    );
    statement(
        "if f(P { }) { }",
        "(If if (Postfix (Name f) (Arguments ( (StructValue (Path P) { }) ))) (Block { }))",
    );
    statement(
        "if { a; } { }",
        "(If if (Block { (ExpressionStatement (Name a) ;) }) (Block { }))",
    );
    statement(
        "while a && { b; } { }",
        "(While while (Chain (Name a) && (Block { (ExpressionStatement (Name b) ;) })) (Block { }))",
    );
    statement(
        "for x in { a; } { }",
        "(For for x in (Block { (ExpressionStatement (Name a) ;) }) (Block { }))",
    );
}

#[test]
fn syn_3_declaration_or_expression() {
    for local in [
        "i32 a = 1;",
        "mut i32 a = 1;",
        "i32 mut a = 1;",
        "let mut a = 1;",
        "A.B<C>[] a = 1;",
        "i32(i32, A) a = 1;",
        "(A, B) => C a = 1;",
        "ref u8 a = 1;",
        "() => unit a = b;",
    ] {
        let shape = parse(&format!("unit f() {{ {local} }}")).to_string();
        assert!(shape.contains("(Local "), "{local}: {shape}");
    }
    for expression in [
        "a = 1;",
        "a.b = 1;",
        "a[0] = 1;",
        "f(a, b);",
        "(a);",
        "a < b;",
        "a.b(c).d = 1;",
    ] {
        let tree = parse(&format!("unit f() {{ {expression} }}"));
        assert_eq!(tree.errors(), [], "{expression}");
        assert!(
            tree.to_string().contains("(ExpressionStatement "),
            "{expression}"
        );
    }
}

#[test]
fn syn_4_lambda_or_grouping() {
    expression("x => x", "(Lambda (LambdaParam x) => (Name x))");
    expression("() => { }", "(Lambda ( ) => (Block { }))");
    expression(
        "(a, i32 b,) => a",
        "(Lambda ( (LambdaParam a) , (LambdaParam (NamedType (Path i32)) b) , ) => (Name a))",
    );
    expression("(a)", "(Paren ( (Name a) ))");
    expression(
        "((a) => b)(c)",
        "(Postfix (Paren ( (Lambda ( (LambdaParam a) ) => (Name b)) )) (Arguments ( (Name c) )))",
    );
    expression(
        "match a { b when (c) => d, e => f => g }",
        "(Match match (Name a) { (Arm (NamePattern b) (Guard when (Paren ( (Name c) ))) => (Name d)) \
         , (Arm (NamePattern e) => (Lambda (LambdaParam f) => (Name g))) })",
    );
}

#[test]
fn syn_5_a_dot_is_a_member() {
    expression("a.b.c", "(Postfix (Name a) (Member . b) (Member . c))");
    expression("A.B::C", "(EnumValue (Path A . B) :: C)");
    expression("A::C()", "(EnumValue (Path A) :: C (Arguments ( )))");
}

#[test]
fn syn_6_arms_have_commas_and_statements_semicolons() {
    statement(
        "match a { 1 => { }, _ => b, };",
        "(ExpressionStatement (Match match (Name a) { (Arm (LiteralPattern 1) => (Block { })) , \
         (Arm (AnyPattern _) => (Name b)) , }) ;)",
    );
    refused(
        "unit f() { match a { 1 => { } _ => b }; g(); }",
        &[("expected `,`, found `_`", "_")],
    );
    let tree = refused(
        "unit f() { match a { _ => b } g(); }",
        &[("expected `;`, found `g`", "g")],
    );
    let help = tree.errors()[0].help(tree.text()).unwrap();
    assert_eq!(help, "a `match` as a statement ends with `;`");
}

#[test]
fn syn_7_nesting_is_limited() {
    let deep = 20_000;
    let all = [
        ("(", "1", ")"),
        ("-", "1", ""),
        ("[", "1", "]"),
        ("f(", "1", ")"),
        ("a[", "1", "]"),
        ("A { x: ", "1", "}"),
        ("{", "1;", "}"),
        ("x => ", "1", ""),
        ("a = ", "1", ""),
        ("\"${", "1", "}\""),
        ("match a { _ => ", "1", "}"),
        ("(x) => { let a = ", "1", "; }"),
        ("ref ", "a", ""),
        ("A::V(", "1", ")"),
    ];
    for (open, inner, close) in all {
        for close in [close, ""] {
            let value = format!("{}{inner}{}", open.repeat(deep), close.repeat(deep));
            let text = format!("unit f() {{ let a = {value}; }}");
            let tree = parse(&text);
            let first = tree.errors()[0];
            let told = matches!(first.kind, ErrorKind::TooDeep | ErrorKind::UnterminatedText);
            assert!(told, "{first:?} for {open}");
            assert!(tree.errors().len() < 4, "{:?} for {open}", tree.errors());
        }
    }
    let types = [
        ("A<", "B", ">"),
        ("ref ", "B", ""),
        ("", "B", "[]"),
        ("", "B", "(A)"),
        ("(", "A", ") => B"),
    ];
    for (open, inner, close) in types {
        let ty = format!("{}{inner}{}", open.repeat(deep), close.repeat(deep));
        for text in [
            format!("type A {{ {ty} x }}"),
            format!("unit f({ty} x) {{ }}"),
        ] {
            assert_eq!(
                parse(&text).errors()[0].kind,
                ErrorKind::TooDeep,
                "{open}{close}"
            );
        }
    }
    let others = [
        ("mod A {", "", "}"),
        ("unit f() {", "", "}"),
        ("unit f() { if a {", "", "} }"),
    ];
    for (open, inner, close) in others {
        let text = format!("{}{inner}{}", open.repeat(deep), close.repeat(deep));
        assert!(!parse(&text).errors().is_empty(), "{open}");
    }
    let patterns = format!(
        "unit f() {{ match a {{ {}_ => 1 }}; }}",
        "A::V(".repeat(deep)
    );
    assert_eq!(parse(&patterns).errors()[0].kind, ErrorKind::TooDeep);
    let right = format!(
        "unit f() {{ let a = {}1{}; }}",
        "(".repeat(250),
        ")".repeat(250)
    );
    assert_eq!(parse(&right).errors(), []);
}

#[test]
fn syn_7_long_lists_are_not_deep() {
    let many = 100_000;
    for text in [
        format!("unit f() {{ let a = 1{}; }}", " + 1".repeat(many)),
        format!("unit f() {{ let a = b{}; }}", ".c".repeat(many)),
        format!("unit f() {{ let a = b{}; }}", "(c)".repeat(many)),
        format!("unit f() {{ let a = b{}; }}", " < c".repeat(many)),
        format!("unit f() {{ g(b{}); }}", "<c, b".repeat(many)),
        format!("unit f() {{ if a {{ }} {} }}", "else if a { }".repeat(many)),
        format!("unit f() {{ let a = [{}]; }}", "1,".repeat(many)),
        format!("unit f() {{ let a = \"{}\"; }}", "${a}".repeat(many)),
    ] {
        let tree = parse(&text);
        assert_eq!(tree.errors(), [], "{}", &text[..40]);
    }
}

#[test]
fn syn_8_one_error_for_each_construct_and_the_rest_is_parsed() {
    refused(
        "unit f() { let = 1; let b = ; i32 c 2; return 1 1; g(; h(]); let ok = 1; }",
        &[
            ("expected the local's name, found `=`", "="),
            ("expected an expression, found `;`", ";"),
            ("expected `=`, found a number", "2"),
            ("expected `;`, found a number", "1"),
            ("expected an expression, found `;`", ";"),
            ("expected an expression, found `]`", "]"),
        ],
    );
    refused(
        "unit f( { }\ntype A { i32 x; i32 y }\nenum E { A B, C(, D }\ncontract C { i32 f() i32 g(); }\n\
         unit g() { }",
        &[
            ("expected a parameter's type, found `{`", "{"),
            ("expected `,` or `}`, found `;`", ";"),
            ("expected `,` or `}`, found `B`", "B"),
            ("expected a type, found `,`", ","),
            ("expected `;`, found `i32`", "i32"),
        ],
    );
    let tree = refused(
        "unit f() { if a { \nunit g() { let b = ; }\nuse A;",
        &[
            ("expected `}`, found `unit`", "unit"),
            ("expected an expression, found `;`", ";"),
        ],
    );
    assert_eq!(tree.errors()[0].related.unwrap().text(tree.text()), "{");
    let kinds = tree.root().children().map(|item| item.kind());
    assert_eq!(
        kinds.collect::<Vec<_>>(),
        [NodeKind::Error, NodeKind::Function, NodeKind::Use]
    );
    refused(
        "unit f() let a = 1; return; }\nunit g() { }",
        &[("expected `{`, found `let`", "let")],
    );
    refused(
        "[Extern(Abi \"C\")] contract C { }",
        &[("expected `:`, found a string", "\"C\"")],
    );
    refused("}", &[("expected an item, found `}`", "}")]);
    refused(
        "unit f() { ",
        &[("expected `}`, found the end of the file", "{")],
    );
}

#[test]
fn syn_9_what_is_not_in_the_language() {
    let help = |text: &str| {
        let tree = parse(text);
        let [error] = tree.errors() else {
            panic!("{:?}: {text}", tree.errors());
        };
        error.help(text).unwrap_or_default()
    };
    assert_eq!(
        help("type Name = i32;"),
        "a type is declared with its fields: `type Name { T field }`"
    );
    assert_eq!(
        help("unit f((i32) -> i32 g) { }"),
        "a function type is written `R(P)` or `(P) => R`"
    );
    assert_eq!(
        help("i32 f() { 1 }"),
        "a statement ends with `;`; a block has no value: write `return value;`"
    );
    assert_eq!(
        help("unit f() { g(ref 1); }"),
        "`ref` and `out` stand before the name of a variable"
    );
    statement("return ();", "(Return return (Unit ( )) ;)");
    assert_eq!(
        parse("unit f() { generator { yield 1; }; }").errors().len(),
        1
    );
}

#[test]
fn meth_1_methods_have_no_self() {
    refused(
        "impl A { i32 f(A self, i32 x) { return 1; } }\ni32 f(A self) { return 1; }",
        &[("a method has no parameter `self`", "self")],
    );
}

#[test]
fn doc_1_runs_belong_to_what_follows() {
    let text = "/// lost\n\n/// One.\n///  Two.\n///\n// other\n[A]\npub type T {\n  /// Of x.\n  i32 \
                x, /// Of y.\n  i32 y\n}\n/// Of f.\nunit f(/// Of p.\n i32 p) { /// lost\n }\n/// lost";
    let tree = parse(text);
    assert_eq!(tree.errors(), []);
    let body = |node: beskid_syntax::Node<'_>| node.docs().map(|docs| docs.body());
    let items = tree.root().children().collect::<Vec<_>>();
    assert_eq!(body(items[0]).unwrap(), "One.\n Two.\n");
    let fields = items[0].parts().map(body).collect::<Vec<_>>();
    assert_eq!(fields, [Some("Of x.".to_owned()), Some("Of y.".to_owned())]);
    assert_eq!(body(items[1]).unwrap(), "Of f.");
    let params = items[1].child(NodeKind::Params).unwrap();
    assert_eq!(params.children().next().and_then(body).unwrap(), "Of p.");
    let span = items[0].docs().unwrap().span;
    assert_eq!(span.text(text), "/// One.\n///  Two.\n///");
}
