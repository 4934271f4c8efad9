//! The items of programs, with their documentation.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use beskid_frontend::api::{Item, Kind, Target, Text};
use beskid_frontend::{Analysis, Entry, Loaded, Loader, PackageId, document};

/// Modules by their paths.
struct Files(&'static [(&'static str, &'static str)]);

impl Loader for Files {
    fn load(&mut self, _: PackageId, module: &[&str]) -> Result<Option<Loaded>, String> {
        let name = module.join("/") + ".bd";
        let found = self.0.iter().find(|(path, _)| *path == name);
        Ok(found.map(|(_, text)| Loaded {
            name,
            bytes: text.as_bytes().to_vec(),
        }))
    }
}

const SHOP: &str = "
use Units.Money;

/// What is sold.
///
/// @tier(standard) See @ref(Money), @ref(Shop.Kind) and @ref(Nothing).
/// @par(T) of what
pub type Price<T> : Shown {
    /// In cents.
    i64 cents,
    T of,
    event{2} Changed(i64 by),
    pub i64 Of(i64 times) { return cents * times; }
}

/// @variant(Small) less @variant(Large) more
enum Kind { Small, /// Much. \n Large(i64 by) }

pub contract Shown {
    /// @returns the text
    string Show(i64 width);
}

[Extern(Abi: \"C\")]
contract Libc { i32 getpid(); }

impl Kind {
    /// Whether it is large. @returns yes or
    i64 Size(/// ignored
        mut i64 by) => by;
}

mod Inner { pub unit Do() { } }

attribute Marked(Type) { name: string }

test Works { }

/// @arg(a) one. @returns two
i64 Add(i64 a, i64 b) { return a + b; }
";

fn items(text: &str, files: &'static [(&'static str, &'static str)]) -> (Vec<Item>, Analysis) {
    let (items, analysis) = document(
        &Entry::of_file("Shop.bd", text.as_bytes()),
        &mut Files(files),
    );
    let found = &analysis.diagnostics;
    (items.unwrap_or_else(|| panic!("{found:?}")), analysis)
}

const UNITS: &[(&str, &str)] = &[
    (
        "Units.bd",
        "/// Of money.\npub mod Money;\npub type Unit { }",
    ),
    ("Units/Money.bd", "pub unit f() { }"),
];

fn find<'a>(items: &'a [Item], name: &str, kind: Kind) -> &'a Item {
    let mut found = items.iter();
    let found = found.find(|item| item.qualified == name && item.kind == kind);
    found.unwrap_or_else(|| panic!("{name}: {items:#?}"))
}

fn shown(text: &Text) -> String {
    text.markdown(|written, target| match target {
        Target::Item(name) => format!("<{written}|{name}>"),
        Target::Elsewhere => format!("<{written}|elsewhere>"),
        Target::Nothing => format!("<{written}|?>"),
    })
}

#[test]
fn api_2_members_are_items_and_all_are_sorted() {
    let (items, _) = items(SHOP, UNITS);
    let names = items
        .iter()
        .map(|item| format!("{} {}", item.qualified, item.kind.as_str()));
    let expected = "\
Shop module
Shop::Add function
Shop::Add::a parameter
Shop::Add::b parameter
Shop::Inner module
Shop::Inner::Do function
Shop::Kind enum
Shop::Kind::Large enum_variant
Shop::Kind::Size method
Shop::Kind::Size::by parameter
Shop::Kind::Small enum_variant
Shop::Libc contract
Shop::Libc::getpid contract_method
Shop::Marked attribute
Shop::Marked::name parameter
Shop::Money use
Shop::Price type
Shop::Price::Changed field
Shop::Price::Of method
Shop::Price::Of::times parameter
Shop::Price::cents field
Shop::Price::of field
Shop::Shown contract
Shop::Shown::Show contract_method
Shop::Shown::Show::width parameter
Shop::Works test
Units module
Units::Money module
Units::Money::f function
Units::Unit type";
    assert_eq!(names.collect::<Vec<_>>().join("\n"), expected);
}

#[test]
fn api_2_items_have_declarations_and_visibility() {
    let (items, analysis) = items(SHOP, UNITS);
    let price = find(&items, "Shop::Price", Kind::Type);
    assert_eq!(price.signature, "pub type Price<T> : Shown");
    assert_eq!(
        (price.name.as_str(), price.module.as_str()),
        ("Price", "Shop")
    );
    assert!(price.public && find(&items, "Shop::Price::of", Kind::Field).public);
    assert!(!find(&items, "Shop::Kind::Size", Kind::Method).public);
    let signature = |name, kind| find(&items, name, kind).signature.as_str();
    assert_eq!(
        signature("Shop::Price::Changed", Kind::Field),
        "event{2} Changed(i64 by)"
    );
    assert_eq!(
        signature("Shop::Price::Of", Kind::Method),
        "pub i64 Of(i64 times)"
    );
    assert_eq!(
        signature("Shop::Kind::Size", Kind::Method),
        "i64 Size(mut i64 by)"
    );
    assert_eq!(
        signature("Shop::Kind::Large", Kind::Variant),
        "Large(i64 by)"
    );
    assert_eq!(signature("Shop::Libc", Kind::Contract), "contract Libc");
    assert_eq!(
        signature("Shop::Libc::getpid", Kind::ContractMethod),
        "i32 getpid()"
    );
    let file = analysis.sources.file_of(price.span).unwrap();
    assert_eq!(file.name, "Shop.bd");
    assert!(SHOP[(price.span.start - file.base) as usize..].starts_with("pub type Price"));
}

#[test]
fn doc_2_directives_are_told_apart() {
    let (items, _) = items(SHOP, UNITS);
    let doc = |name, kind| find(&items, name, kind).doc.clone().unwrap();
    let add = doc("Shop::Add", Kind::Function);
    assert_eq!(shown(&add.summary), "");
    assert_eq!(add.arguments.len(), 1);
    assert_eq!(
        (
            add.arguments[0].0.as_str(),
            shown(&add.arguments[0].1).as_str()
        ),
        ("a", "one.")
    );
    assert_eq!(shown(add.returns.as_ref().unwrap()), "two");
    let size = doc("Shop::Kind::Size", Kind::Method);
    assert_eq!(shown(&size.summary), "Whether it is large.");
    let kind = doc("Shop::Kind", Kind::Enum);
    let variants = kind
        .variants
        .iter()
        .map(|(name, text)| (name.as_str(), shown(text)));
    let expected = [("Small", "less".to_owned()), ("Large", "more".to_owned())];
    assert_eq!(variants.collect::<Vec<_>>(), expected);
    let price = doc("Shop::Price", Kind::Type);
    assert_eq!(price.tier.as_deref(), Some("standard"));
    assert_eq!(price.type_parameters[0].0, "T");
    assert_eq!(doc("Shop::Price::cents", Kind::Field).body, "In cents.");
    assert_eq!(doc("Shop::Kind::Large", Kind::Variant).body, "Much. ");
}

#[test]
fn doc_6_references_find_items_and_others_stay() {
    let (items, analysis) = items(SHOP, UNITS);
    let price = find(&items, "Shop::Price", Kind::Type).doc.clone().unwrap();
    let expected =
        "What is sold.\n\n See <Money|Units::Money>, <Shop.Kind|Shop::Kind> and <Nothing|?>.";
    assert_eq!(shown(&price.summary), expected);
    let codes = analysis
        .diagnostics
        .iter()
        .map(|found| found.diagnostic.code.as_str());
    assert_eq!(codes.collect::<Vec<_>>(), ["W1615"]);
}

#[test]
fn doc_6_members_are_meant_and_code_has_no_directives() {
    let text = "
/// See @ref(Price.cents), @ref(Kind::Large), @ref(Shown.Show), @ref(Libc.getpid), @ref(Changed).
/// ```
/// @ref(Nowhere) @arg(a) @returns
/// ```
/// And @ref(Nothing).
pub type Price { i64 cents, event{2} Changed(i64 by) }
pub enum Kind { Small, Large(i64 by) }
pub contract Shown { string Show(); }
[Extern(Abi: \"C\")]
contract Libc { i32 getpid(); }
";
    let (items, analysis) = items(text, &[]);
    let found = &analysis.diagnostics;
    let messages = found.iter().map(|found| found.diagnostic.message.as_str());
    assert_eq!(messages.collect::<Vec<_>>(), ["nothing is named `Nothing`"]);
    let price = find(&items, "Shop::Price", Kind::Type).doc.clone().unwrap();
    let summary = shown(&price.summary);
    assert!(
        summary.contains("\n```\n@ref(Nowhere) @arg(a) @returns\n```\n"),
        "{summary}"
    );
    assert!(price.returns.is_none() && price.arguments.is_empty());
}

#[test]
fn doc_1_what_stands_before_mod_is_the_modules() {
    let (found, _) = items(SHOP, UNITS);
    let money = find(&found, "Units::Money", Kind::Module);
    assert_eq!(money.doc.as_ref().unwrap().body, "Of money.");
    let (found, _) = items(
        "/// Its own.\nmod A.B;\n/// No.\n/// Yes.\nunit f() { }",
        &[],
    );
    assert_eq!(
        find(&found, "A::B", Kind::Module)
            .doc
            .as_ref()
            .unwrap()
            .body,
        "Its own."
    );
    assert_eq!(
        find(&found, "A::B::f", Kind::Function)
            .doc
            .as_ref()
            .unwrap()
            .body,
        "No.\nYes."
    );
}

#[test]
fn api_1_wrong_bodies_have_documentation_and_wrong_names_have_none() {
    let (found, analysis) = items("/// Doc.\ni64 f() { return true; }", &[]);
    assert!(find(&found, "Shop::f", Kind::Function).doc.is_some());
    assert!(
        analysis.diagnostics.is_empty(),
        "{:?}",
        analysis.diagnostics
    );
    for wrong in ["i64 f( {", "use Nowhere.At;", "unit f() { } unit f() { }"] {
        let (items, analysis) =
            document(&Entry::of_file("p.bd", wrong.as_bytes()), &mut Files(&[]));
        assert!(items.is_none(), "{wrong}");
        assert!(!analysis.diagnostics.is_empty(), "{wrong}");
    }
}

#[test]
fn doc_1_any_text_has_documentation_or_errors() {
    let ends = 0..SHOP.len();
    for end in ends.step_by(7) {
        let (items, analysis) = document(
            &Entry::of_file("Shop.bd", &SHOP.as_bytes()[..end]),
            &mut Files(UNITS),
        );
        assert!(items.is_some() || !analysis.diagnostics.is_empty());
    }
}
