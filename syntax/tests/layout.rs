//! How a text is laid out.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use beskid_syntax::{format, parse};

#[track_caller]
fn becomes(text: &str, expected: &str) {
    let formatted = format(&parse(text)).unwrap_or_else(|errors| panic!("{errors:?}"));
    assert_eq!(formatted, expected.trim_start_matches('\n'));
}

#[test]
fn fmt_2_items_and_members_stand_apart() {
    becomes(
        "use a.b as c;use d;[Extern(Abi:\"C\",Library:\"m\")]pub contract M{f64 sin(f64 x);Other\n}
         pub type Price<T>:Shown,Kept{pub i64 cents,T of,event{4}Raised(i64 by) i64 Of(){return 1;}}
         enum Side{Left,Right(i64 by,string)} type None{} attribute Tier(Type,Field){name:string=\"x\",n:i32}",
        "
use a.b as c;

use d;

[Extern(Abi: \"C\", Library: \"m\")]
pub contract M
{
    f64 sin(f64 x);

    Other;
}

pub type Price<T> : Shown, Kept
{
    pub i64 cents,

    T of,

    event{4} Raised(i64 by),

    i64 Of()
    {
        return 1;
    }
}

enum Side
{
    Left,

    Right(i64 by, string),
}

type None { }

attribute Tier(Type, Field)
{
    name: string = \"x\",

    n: i32,
}
",
    );
}

#[test]
fn fmt_2_conditions_are_in_one_pair_of_parentheses() {
    becomes(
        "unit f(){if a{}else if(b){g();}else{h();}while a<b&&c{break;}for i in range(0,n){continue;}}",
        "
unit f()
{
    if (a) { }
    else if (b)
    {
        g();
    }
    else
    {
        h();
    }
    while (a < b && c)
    {
        break;
    }
    for i in range(0, n)
    {
        continue;
    }
}
",
    );
    becomes(
        "unit f() { while {n+=1;n<9;} {g();} for x in {h();} {} }",
        "
unit f()
{
    while ({
        n += 1;
        n < 9;
    })
    {
        g();
    }
    for x in {
        h();
    } { }
}
",
    );
    // What begins a statement stands where statements do.
    becomes(
        "unit f() { a+b==c && g(); }",
        "\nunit f()\n{\n    a + b == c && g();\n}\n",
    );
    // In parentheses, its `<` would compare.
    becomes(
        "unit f() { if a<b> { } }",
        "\nunit f()\n{\n    if a<b> { }\n}\n",
    );
}

#[test]
fn fmt_2_values_matches_and_blocks() {
    becomes(
        "Point f(Side s){mut Point p=Point{x:-1,y:2};p.Moved+=by=>{print(\"${ by+1 }\");};
         i64 n=match s{Side::Left when p.x==1=>2,Side::Right(b,_)=>{return p;}};return p;}
         i64(i64) g(ref i64 x,(i64)=>bool y)=>z=>x*(z+1);",
        "
Point f(Side s)
{
    mut Point p = Point
    {
        x: -1,
        y: 2,
    };
    p.Moved += by => {
        print(\"${by + 1}\");
    };
    i64 n = match s
    {
        Side::Left when p.x == 1 => 2,

        Side::Right(b, _) => {
            return p;
        },
    };
    return p;
}

i64(i64) g(ref i64 x, (i64) => bool y) => z => x * (z + 1);
",
    );
}

#[test]
fn fmt_2_control_statements_and_sections_stand_before_an_empty_line() {
    becomes(
        "test T{meta{tags=\"a\";group=\"b\";}skip{condition=true;}if a{b();}i64 c=1;\n\n\nd();e();}",
        "
test T
{
    meta
    {
        tags = \"a\";

        group = \"b\";
    }

    skip
    {
        condition = true;
    }

    if (a)
    {
        b();
    }

    i64 c = 1;

    d();
    e();
}
",
    );
}

#[test]
fn fmt_2_lists_that_do_not_fit_have_a_line_for_each_part() {
    let word = "x".repeat(40);
    becomes(
        &format!(
            "unit f() {{ g({word}, [1, 2], {word}, {word}); i64 a = {word} + {word} * 2 + {word}; }}"
        ),
        &format!(
            "
unit f()
{{
    g(
        {word},
        [1, 2],
        {word},
        {word},
    );
    i64 a = {word}
        + {word} * 2
        + {word};
}}
"
        ),
    );
}

#[test]
fn fmt_3_comments_stay_where_they_are() {
    becomes(
        "// head\r\n\r\n\r\n/// Docs.\r\n/// @returns a\r\ni64 f(/* in */i64 x,// after\ni64 y){ // begin
  g(); /* tail */ // end\n\n  // alone\n\n  h();\n  // last\n}// after\n//// four\n",
        "
// head

/// Docs.
/// @returns a
i64 f(
    /* in */ i64 x, // after
    i64 y,
)
{ // begin
    g(); /* tail */ // end

    // alone

    h();
    // last
} // after
//// four
",
    );
    becomes("/// a {\n\n/// b\nuse c;", "/// a {\n\n/// b\nuse c;\n");
    becomes("unit f() {\n\n// a\n}", "\nunit f()\n{\n    // a\n}\n");
    becomes("unit f() { // why\n}", "\nunit f()\n{ // why\n}\n");
    becomes("", "");
    becomes("/* a */", "/* a */\n");
}

#[test]
fn fmt_3_an_impl_keeps_its_methods() {
    becomes(
        "impl A.B<T> { pub T Get<U>(mut U x) { return this.y?.z[0](1)(); } }",
        "
impl A.B<T>
{
    pub T Get<U>(mut U x)
    {
        return this.y?.z[0](1)();
    }
}
",
    );
}

#[test]
fn fmt_3_strings_and_their_lines_are_kept() {
    becomes(
        "unit f() { g(\"a\n  b${x+ \"c${ y }\"}\", \"${x // why\n}\", 'c', 1 .m()); }",
        "\nunit f()\n{\n    g(\"a\n  b${x + \"c${y}\"}\", \"${x // why\n}\", 'c', 1.m());\n}\n",
    );
}

#[test]
fn fmt_4_what_does_not_parse_has_no_layout() {
    let tree = parse("i32 f() { return 1 }");
    assert_eq!(format(&tree).unwrap_err(), tree.errors());
}
