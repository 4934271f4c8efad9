//! Declared types, their literals and their fields.

use super::{TYPES, check};

#[test]
fn declared_types() {
    check(
        "",
        &[
            (
                "type A { i32 x } type B { A a } type A { i32 y }",
                &[("E1001", "A")],
            ),
            ("type A { i32 x, i64 y, i64 x }", &[("E1102", "x")]),
            ("type i32 { i64 x }", &[]),
            ("type CBuffer { i64 x }", &[]),
            ("type CStringView { i64 x }", &[]),
            (
                "type A { Pint x } type Point { i32 x }",
                &[("E1005", "Pint")],
            ),
            ("type A { unit x }", &[("E1014", "unit")]),
            ("type A { }", &[]),
            ("type A { i32 }", &[("E0010", "}")]),
            ("type A { i32 x i32 y }", &[("E0010", "i32")]),
            ("type A { i32[] x }", &[]),
            ("type A { ref i64 x }", &[("E1521", "ref i64")]),
            ("type A { i32(i32) x }", &[]),
            // Values are references, so a type may be in itself.
            ("type A { A next, B other } type B { A back }", &[]),
            (
                "type A { i32 x } A f(A a) { return a; } i32 A() { return 1; }",
                &[],
            ),
        ],
    );
}

#[test]
fn literals_of_structs() {
    check(
        TYPES,
        &[
            (
                "unit f() { Point { x: 1 }; }",
                &[("E1212", "Point { x: 1 }")],
            ),
            (
                "unit f() { Point { x: 1, y: 2, z: 3 }; }",
                &[("E1211", "z")],
            ),
            (
                "unit f() { Point { x: 1, y: 2, x: 3 }; }",
                &[("E1211", "x")],
            ),
            (
                "unit f() { Point { x: 1, y: \"\" }; }",
                &[("E1206", "\"\"")],
            ),
            (
                "unit f() { Pont { x: 1, y: nope }; }",
                &[("E1201", "Pont"), ("E1101", "nope")],
            ),
            ("unit f() { i32 { x: 1 }; }", &[("E1201", "i32")]),
            (
                "unit f() { Point { x: 1, y 2 }; nope; }",
                &[("E0010", "2"), ("E1101", "nope")],
            ),
            (
                "unit f() { g(Point { x: 1, y: Point { x } }, 3); nope; }",
                &[("E0010", "{"), ("E1101", "nope")],
            ),
            (
                "unit f() { let p = Point { x: 1; nope; }",
                &[("E0010", ";"), ("E1101", "nope")],
            ),
            ("unit f() { let p = Point { }; }", &[("E1212", "Point { }")]),
            (
                "unit f() { CBuffer { ptr: 5, len: 1 }; }",
                &[("E1206", "5")],
            ),
            (
                "unit f() { Deep { at: point(), name: point() }; }",
                &[("E1206", "point()")],
            ),
            (
                "Point f() { return Flat { x: 1, y: 2.0 }; }",
                &[("E1207", "Flat { x: 1, y: 2.0 }")],
            ),
        ],
    );
}

#[test]
fn fields() {
    check(
        TYPES,
        &[
            ("i32 f(Deep d) { return d.at.z; }", &[("E1211", "z")]),
            ("i32 f(Deep d) { return d.at.x.y; }", &[("E1213", "y")]),
            ("i32 f(i32 x) { return x.y; }", &[("E1213", "y")]),
            ("i32 f() { return nope.y; }", &[("E1101", "nope")]),
            ("i32 f(Deep d) { return d.; }", &[("E0010", ";")]),
            ("i32 f(Deep d) { return d.name; }", &[("E1207", "d.name")]),
            ("unit f(Point p) { p == p; }", &[]),
            ("unit f(Point p) { p + p; }", &[("E1209", "p + p")]),
            ("unit f(Point p) { -p; }", &[("E1210", "-p")]),
            ("unit f(Point p) { \"${p}\"; }", &[("E1206", "p")]),
            ("unit f(Point p) { p.x(); }", &[("E1606", "p.x()")]),
            ("unit f(Deep d) { d.at.x(); }", &[("E1606", "d.at.x()")]),
            // A literal takes the type of the field that it stands before.
            (
                "[CLayout] type B { u8 b, i64 w } bool f(B v) { return 200 == v.b && 1 + v.w > 2; }",
                &[],
            ),
            (
                "bool f(ref u8 b, CBuffer v) { return 200 == b || 1 + v.ptr == b; }",
                &[],
            ),
        ],
    );
}

#[test]
fn assignments_to_fields() {
    check(
        TYPES,
        &[
            ("unit f(Point p) { p.x = 1; }", &[("E1214", "p")]),
            ("unit f() { let p = point(); p.x += 1; }", &[("E1214", "p")]),
            (
                "unit f() { let p = Deep { at: point(), name: \"\" }; p.at.x = 1; }",
                &[("E1214", "p")],
            ),
            (
                "unit f() { let mut p = point(); p.x = 1; p.x -= 2; p = point(); }",
                &[],
            ),
            (
                "unit f() { let mut p = point(); p.x = \"\"; }",
                &[("E1206", "\"\"")],
            ),
            (
                "unit f() { let mut p = point(); p.z = 1; }",
                &[("E1211", "z")],
            ),
            ("unit f() { point().x = 1; }", &[("E1013", "point().x")]),
            (
                "unit f() { Point { x: 1, y: 2 }.x += 1; }",
                &[("E1013", "Point { x: 1, y: 2 }.x")],
            ),
            ("unit f() { nope.x = 1; }", &[("E1101", "nope")]),
            (
                "unit f() { let mut p = point(); p += 1; }",
                &[("E1209", "p += 1")],
            ),
        ],
    );
}
