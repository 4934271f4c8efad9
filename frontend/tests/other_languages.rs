//! What people write who know other languages, or forget an import: errors say what is
//! written here.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::{Path, PathBuf};

use beskid_frontend::{
    Analysis, Entry, Lints, Loaded, Loader, PackageId, SourceDiagnostic, analyze_program,
};

/// The core library, beside a program of one file.
struct WithCore(PathBuf);

impl WithCore {
    fn new() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        Self(root.join("corelib/beskid_corelib/Src"))
    }
}

impl Loader for WithCore {
    fn load(&mut self, package: PackageId, module: &[&str]) -> Result<Option<Loaded>, String> {
        let (Some(last), true) = (module.last(), package == PackageId(1)) else {
            return Ok(None);
        };
        let path = module.join("/");
        let mut names = [format!("{path}.bd"), format!("{path}/{last}.bd")].into_iter();
        Ok(names.find_map(|name| {
            let bytes = fs::read(self.0.join(&name)).ok()?;
            Some(Loaded { name, bytes })
        }))
    }

    fn modules(&mut self, package: PackageId) -> Vec<Vec<String>> {
        let known = [
            "System.IO",
            "Core.Error",
            "Core.Output",
            "Core.FS",
            "Core.String",
            "Core.String.Change",
            "Core.String.StringBuilder",
            "Collections.Array",
            "Collections.List",
            "Collections.Map",
            "Testing.Assert",
        ];
        let known = known.iter().filter(|_| package == PackageId(1));
        let parts = known.map(|path| path.split('.').map(str::to_owned).collect());
        parts.collect()
    }

    fn dependencies(&mut self, package: PackageId) -> Vec<(String, PackageId)> {
        match package {
            PackageId::ENTRY => vec![("Std".to_owned(), PackageId(1))],
            _ => Vec::new(),
        }
    }
}

fn analyzed(text: &str) -> Analysis {
    let entry = Entry::of_file("p.bd", text.as_bytes());
    analyze_program(&entry, &mut WithCore::new(), &Lints::default())
}

fn help(found: &SourceDiagnostic) -> String {
    let help = found.diagnostic.help.as_ref();
    help.map(ToString::to_string).unwrap_or_default()
}

/// Checks the first problem of each program: its code, and a part of its help.
#[track_caller]
fn check(before: &str, after: &str, cases: &[(&str, &str, &str)]) {
    let mut wrong = Vec::new();
    for (case, code, part) in cases {
        let found = analyzed(&format!("{before}{case}{after}")).diagnostics;
        let is_so = found.iter().any(|found| {
            let same = found.diagnostic.code.as_str() == *code;
            same && help(found).contains(part)
        });
        if !is_so {
            let told = found.iter().map(|found| {
                let (code, message) = (&found.diagnostic.code, &found.diagnostic.message);
                format!("{code} {message}: {}", help(found))
            });
            wrong.push(format!("{case}: {:#?}", told.collect::<Vec<_>>()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const ITEMS: &str = "
use Collections.List;
use Collections.Map;
enum Op { Add, Sub(i64 by) }
pub mod Shapes { pub i64 New(i64 x) => x; }
Result<i64, string> Try() => Result::Ok(1);
T Same<T>(T a, T b) => a;
unit Run(i64 a, string text, i64[] items, List<i64> list, Map<string, i64> map, Op op) { ";

#[test]
fn use_1_forgotten_imports_are_named() {
    check(
        "unit Run(i64 a) { ",
        " }",
        &[
            ("List<i64> b = a;", "E1201", "`use Collections.List;`"),
            ("FsError b = a;", "E1201", "`use Core.FS;`"),
            ("IO.Println(\"\");", "E1101", "`use System.IO;`"),
            (
                "io.Println(\"\");",
                "E1101",
                "write `IO`, with `use System.IO;`",
            ),
            ("let b = True;", "E1101", "write `true`"),
            ("Int64 b = a;", "E1201", "the integers are i32, i64 and u8"),
            ("String.Split(\"\", \"\");", "E1101", "`use Core.String;`"),
            (
                "Println(\"\");",
                "E1101",
                "write `IO.Println(…)`, with `use System.IO;`",
            ),
            (
                "let b = ToUpper(\"\");",
                "E1101",
                "write `String.ToUpper(…)`, with `use Core.String;`",
            ),
            ("List.Lost b = a;", "E1108", "`use Collections.List;`"),
            ("let b = FsError::NotFound;", "E1301", "`use Core.FS;`"),
            (
                "let b = StringBuilder { x: 1 };",
                "E1201",
                "`use Core.String.StringBuilder;`",
            ),
            ("z;", "E1101", ""),
        ],
    );
    check(
        "",
        " unit Run() { }",
        &[
            ("use Collection.List;", "E1105", "`use Collections.List;`"),
            ("use IO;", "E1105", "`use System.IO;`"),
            ("use Core.Map;", "E1108", "`use Collections.Map;`"),
            ("use Core.String.List;", "E1108", "`use Collections.List;`"),
        ],
    );
}

#[test]
fn a_name_of_one_letter_is_near_nothing() {
    let found = analyzed("unit Run(i64 x) { let y = z; }").diagnostics;
    let found = found
        .iter()
        .find(|found| found.diagnostic.code == "E1101")
        .unwrap();
    assert_eq!(help(found), "");
}

#[test]
fn meth_5_members_of_other_languages_have_a_way_here() {
    check(
        ITEMS,
        " }",
        &[
            ("let n = map.Count;", "E1201", "call it: `Count()`"),
            ("let n = text.Length;", "E1213", "`len()`"),
            ("let n = items.length;", "E1213", "`len()`"),
            ("let n = text.Len();", "E1606", "`len()`"),
            ("let n = list.len();", "E1606", "`Count()`"),
            ("let n = a.ToString();", "E1606", "`\"${value}\"`"),
            (
                "let n = Try().Unwrap();",
                "E1606",
                "did you mean `UnwrapOr`?",
            ),
            (
                "let n = map.insert(\"\", 1);",
                "E1606",
                "did you mean `Insert`?",
            ),
            (
                "let n = list.Where(x => true);",
                "E1606",
                "its methods are `At`, ",
            ),
            (
                "let n = text.toUpper();",
                "E1606",
                "write `String.ToUpper(…)`, with `use Core.String;`",
            ),
            (
                "let n = items.Map(x => x);",
                "E1606",
                "write `Array.Map(…)`, with `use Collections.Array;`",
            ),
            (
                "let n = text.substring(1, 2);",
                "E1606",
                "write `String.SubSlice(…)`, with `use Core.String;`",
            ),
            (
                "let n = items.push(4);",
                "E1606",
                "write `Array.Append(…)`, with `use Collections.Array;`",
            ),
            ("System.Nope.F();", "E1108", ""),
            ("Core.Nope.F();", "E1108", ""),
            ("Core;", "E1201", "name something that is in it"),
            ("let n = list[0];", "E1213", "write `.At(…)`"),
            ("let n = map[\"\"];", "E1213", "write `.Get(…)`"),
            ("map[\"\"] = 1;", "E1013", "`value = value.Insert(…)`"),
            ("text[0] = 1;", "E1013", "strings never change"),
            ("for x in list { }", "E1215", "write `.Iterate()` behind it"),
            (
                "for x in text { }",
                "E1215",
                "`for i in range(0, text.len())`",
            ),
            ("let n = Shapes::New(2);", "E1301", "`Shapes` is a module"),
            (
                "let n = \"\" < text;",
                "E1209",
                "`String.Compare(a, b) < 0`",
            ),
            ("string s = Try();", "E1206", "`\"${value}\"`"),
            ("i64 n = Try();", "E1206", "write `?` behind it"),
            ("let n = i64(a);", "E1101", "`i64 x = value;`"),
            ("let n = unit;", "E1101", "written `()`"),
        ],
    );
}

#[test]
fn mat_1_patterns_of_other_languages_have_a_way_here() {
    check(
        ITEMS,
        " }",
        &[
            (
                "match op { Add => { }, Sub => { } };",
                "W1309",
                "write `Op::Add`",
            ),
            (
                "match op { Sub => { }, _ => { } };",
                "W1309",
                "write `Op::Sub(_)`",
            ),
            (
                "match op { Op.Add => { }, _ => { } };",
                "E0010",
                "`Enum::Variant`",
            ),
            (
                "match op { Op::Sub => { }, _ => { } };",
                "E1307",
                "write `Op::Sub(_)`",
            ),
            (
                "match a { 2 | 3 => { }, _ => { } };",
                "E0003",
                "each pattern has an arm",
            ),
        ],
    );
}

#[test]
fn cnv_2_numbers_that_do_not_fit_have_a_way_here() {
    check(
        ITEMS,
        " }",
        &[
            (
                "let n = list.Fold(0, (sum, x) => sum + x);",
                "W1203",
                "`0_i64`",
            ),
            (
                "i32 b = 1; let n = Same(a, b);",
                "E1205",
                "`i64 x = value;`",
            ),
            (
                "i32 b = 1; let n = Same(b, a);",
                "E1205",
                "`i32 x = value;`",
            ),
        ],
    );
}

#[test]
fn words_of_other_languages_have_a_way_here() {
    check(
        ITEMS,
        " }",
        &[
            ("var b = 1;", "E1201", "`let x = value;`"),
            ("val b = 1;", "E1201", "`let x = value;`"),
            ("var b: i64 = 1;", "E0010", "`let x = value;`"),
            (
                "let b: i64 = 1;",
                "E0010",
                "the type stands before the name",
            ),
            ("int b = 1;", "E1201", "the integers are i32, i64 and u8"),
            ("string b = null;", "E1101", "`Option::None`"),
            ("let b = a == 1 ? 2 : 3;", "E0010", "match condition"),
            ("let b = a ?: 3;", "E0010", "match condition"),
            ("for (;;) { }", "E0010", "`while condition { }`"),
            ("for i in 0..3 { }", "E0010", "`for i in range(0, n)`"),
            ("for i in a..a { }", "E0010", "`for i in range(0, n)`"),
            ("const i64 b = 1;", "E0010", "a local without `mut`"),
            ("try { Try(); } catch { }", "E0010", "errors are values"),
            ("throw a;", "E0010", "errors are values"),
            ("switch a { }", "E0010", "`match value"),
            ("let b = new Op();", "E0010", "`Name { field: value }`"),
            ("println(\"\");", "E1101", "`use System.IO;`"),
            ("let b = 'ab';", "E0006", "text stands between `\"`"),
        ],
    );
    check(
        "",
        " unit Run() { }",
        &[
            ("fn Two() => 2;", "E1201", "`T Name(P p) { … }`"),
            ("fun Two(a: i64) { }", "E0010", "`T Name(P p) { … }`"),
            (
                "i64 Two(a: i64) { }",
                "E0010",
                "the type stands before the name",
            ),
            ("void Two() { }", "E1201", "`unit`"),
            ("class Two { }", "E0010", "`type Name { T field }`"),
            ("struct Two { i64 x }", "E0010", "`type Name { T field }`"),
            ("interface Two { }", "E0010", "`contract Name"),
            ("public i64 Two() => 2;", "E0010", "`pub`"),
            ("import System.IO;", "E0010", "`use Collections.List;`"),
            ("type Two { private i64 x }", "E0010", "is private"),
            ("const i64 Two = 2;", "E0010", "only functions"),
        ],
    );
}

#[test]
fn typ_8_the_value_of_unit_is_named() {
    let text = "Result<unit, string> Save() { return Result::Ok(); }";
    check(text, "", &[("", "E1302", "`Result::Ok(())`")]);
}
