//! Which operators of the language bind tighter than which.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::cmp::Ordering;

use beskid_syntax::{NodeKind, parse};

/// The operators of two operands by their level, the loosest first (section 7.1).
const LEVELS: [&[&str]; 6] = [
    &["||"],
    &["&&"],
    &["===", "!==", "==", "!="],
    &["<", "<=", ">", ">="],
    &["+", "-"],
    &["*", "/", "%"],
];

#[test]
fn every_pair_of_operators_binds_by_its_levels() {
    let level = |operator: &str| LEVELS.iter().position(|level| level.contains(&operator));
    let all = LEVELS.concat();
    for one in &all {
        for other in &all {
            let [a, b, c] = ["(Name a)", "(Name b)", "(Name c)"];
            let expected = match level(one).cmp(&level(other)) {
                Ordering::Less => format!("(Chain {a} {one} (Chain {b} {other} {c}))"),
                Ordering::Equal => format!("(Chain {a} {one} {b} {other} {c})"),
                Ordering::Greater => format!("(Chain (Chain {a} {one} {b}) {other} {c})"),
            };
            expression(&format!("a {one} b {other} c"), &expected);
            expression(&format!("a{one}b{other}c"), &expected);
        }
        // Assignments and lambdas are looser, prefixes and suffixes tighter.
        for assign in ["=", "+=", "-="] {
            expression(
                &format!("a {assign} b {one} c"),
                &format!("(Assign (Name a) {assign} (Chain (Name b) {one} (Name c)))"),
            );
        }
        expression(
            &format!("a => b {one} c"),
            &format!("(Lambda (LambdaParam a) => (Chain (Name b) {one} (Name c)))"),
        );
        for prefix in ["-", "!"] {
            expression(
                &format!("{prefix}a {one} {prefix}b"),
                &format!("(Chain (Unary {prefix} (Name a)) {one} (Unary {prefix} (Name b)))"),
            );
        }
        for (suffix, shape) in [
            ("()", "(Arguments ( ))"),
            (".d", "(Member . d)"),
            ("[d]", "(Index [ (Name d) ])"),
            ("?", "(Try ?)"),
        ] {
            expression(
                &format!("a {one} -b{suffix}"),
                &format!("(Chain (Name a) {one} (Unary - (Postfix (Name b) {shape})))"),
            );
        }
    }
}

/// The shape of an expression.
#[track_caller]
fn expression(text: &str, expected: &str) {
    let source = format!("unit f() {{ let a = {text}; }}");
    let tree = parse(&source);
    assert_eq!(tree.errors(), [], "{text}");
    let function = tree.root().children().next().unwrap();
    let block = function.child(NodeKind::Block).unwrap();
    let shapes = block.children().map(|statement| statement.to_string());
    let expected = format!("(Local let a = {expected} ;)");
    assert_eq!(shapes.collect::<Vec<_>>(), [expected], "{text}");
}
