//! Paths that lead nowhere: the part that is wrong is blamed, and the nearest name is told.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use beskid_frontend::{Entry, Lints, Loaded, Loader, PackageId, analyze_program};

/// Files of the first package and of `Std`, by their packages and modules.
const FILES: &[(u32, &str, &str)] = &[
    (0, "Shop.Price", "pub unit F() { } pub type Money { i64 n }"),
    (0, "Shop.Cart.Item", "pub unit F() { }"),
    (0, "Other.Cart", "pub unit F() { }"),
    (1, "Core.Output", "pub unit WriteLine(string s) { }"),
    (1, "Core.Text.Cursor", "pub type Cursor { i64 at }"),
];

struct Files;

impl Loader for Files {
    fn load(&mut self, package: PackageId, module: &[&str]) -> Result<Option<Loaded>, String> {
        let path = module.join(".");
        let mut files = FILES.iter();
        let found = files.find(|(of, name, _)| *of == package.0 && *name == path);
        Ok(found.map(|(_, name, text)| Loaded {
            name: format!("{name}.bd"),
            bytes: text.as_bytes().to_vec(),
        }))
    }

    fn modules(&mut self, package: PackageId) -> Vec<Vec<String>> {
        let files = FILES.iter().filter(|(of, ..)| *of == package.0);
        let parts = files.map(|(_, name, _)| name.split('.').map(str::to_owned).collect());
        parts.collect()
    }

    fn dependencies(&mut self, package: PackageId) -> Vec<(String, PackageId)> {
        match package {
            PackageId::ENTRY => vec![("Std".to_owned(), PackageId(1))],
            _ => Vec::new(),
        }
    }
}

/// Checks the only error of each program: its code, the part that it blames, its message and
/// its help.
#[track_caller]
fn check(cases: &[(&str, [&str; 4])]) {
    let mut wrong = Vec::new();
    for (text, expected) in cases {
        let entry = Entry::of_file("Main.bd", text.as_bytes());
        let found = analyze_program(&entry, &mut Files, &Lints::default()).diagnostics;
        let errors = found.iter().filter(|found| !found.is_warning());
        let errors = errors.map(|found| {
            let said = &found.diagnostic;
            let help = said.help.as_ref().map(ToString::to_string);
            let blamed = text[found.span().range()].to_owned();
            let code = said.code.as_str().to_owned();
            [code, blamed, said.message.clone(), help.unwrap_or_default()]
        });
        let errors = errors.collect::<Vec<_>>();
        if errors != [expected.map(str::to_owned)] {
            wrong.push(format!("{text}: {errors:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn use_3_the_wrong_part_of_an_import_is_blamed() {
    let shop = "the module `Shop` has no `Prise`";
    let price = "did you mean `Price`?";
    let core = "the module `Core` has no `Outptu`";
    let output = "did you mean `Output`?";
    check(&[
        ("use Shop.Prise;", ["E1108", "Prise", shop, price]),
        (
            "use Shop.Prise.Money;",
            ["E1108", "Prise", shop, "import it: `use Shop.Price;`"],
        ),
        ("use Core.Outptu;", ["E1108", "Outptu", core, output]),
        (
            "use Std.Core.Outptu.Gone;",
            [
                "E1108",
                "Outptu",
                "the module `Std.Core` has no `Outptu`",
                output,
            ],
        ),
        (
            "use Shop.Cart.Itme;",
            [
                "E1108",
                "Itme",
                "the module `Shop.Cart` has no `Itme`",
                "did you mean `Item`?",
            ],
        ),
        (
            "use Core.Gone;",
            ["E1108", "Gone", "the module `Core` has no `Gone`", ""],
        ),
        (
            "use Shpo.Price;",
            [
                "E1105",
                "Shpo",
                "there is no module `Shpo`",
                "import it: `use Shop.Price;`",
            ],
        ),
        (
            "use Shpo;",
            [
                "E1105",
                "Shpo",
                "there is no module `Shpo`",
                "did you mean `Shop`?",
            ],
        ),
        // What only resembles a beginning is none.
        (
            "use Cord.Stuff;",
            ["E1105", "Cord", "there is no module `Cord`", ""],
        ),
        (
            "use Shop;",
            [
                "E1105",
                "Shop",
                "there is no module `Shop`",
                "the modules in it are `Shop.Cart`, `Shop.Price`",
            ],
        ),
    ]);
}

#[test]
fn nam_3_the_wrong_part_of_a_path_in_code_is_blamed() {
    let shop = "the module `Shop` has no `Prise`";
    let price = "did you mean `Price`?";
    check(&[
        (
            "pub unit G() { Shop.Prise.F(); }",
            ["E1108", "Prise", shop, price],
        ),
        (
            "pub unit G(Shop.Prise.Money m) { }",
            ["E1108", "Prise", shop, price],
        ),
        (
            "pub unit G() { Core.Outptu.WriteLine(\"\"); }",
            [
                "E1108",
                "Outptu",
                "the module `Core` has no `Outptu`",
                "did you mean `Output`?",
            ],
        ),
        // Beside a module that was read, all that there are may be meant.
        (
            "pub unit G() { Shop.Price.F(); Shop.Cartt.Item.F(); }",
            [
                "E1108",
                "Cartt",
                "the module `Shop` has no module `Cartt`",
                "did you mean `Cart`?",
            ],
        ),
        (
            "pub unit G() { Far.Off.Away(); }",
            ["E1108", "Far.Off", "there is no module `Far.Off`", ""],
        ),
    ]);
}
