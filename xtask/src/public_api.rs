//! What authors of plugins write against: the public items of `plugin-api`, a line
//! each. `plugin-api/interface/public-api.txt` keeps them, so that a change which
//! breaks somebody's source is seen when it is made.
//!
//! Whatever may only grow has a line for each part: a struct that is
//! `#[non_exhaustive]` one for each field, a trait one for each method that has a
//! body. What may not has a single one.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use quote::{ToTokens, quote};
use syn::{
    Attribute, Fields, ImplItem, Item, ItemEnum, ItemImpl, ItemMod, ItemStruct, ItemTrait,
    TraitItem, Visibility,
};

type Lines = BTreeSet<String>;

/// Tokens as one writes them, as far as that matters.
fn text(tokens: impl ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    let spaced = [
        (" :: ", "::"),
        (" , ", ", "),
        ("& ", "&"),
        (" < ", "<"),
        (" > ", "> "),
        (" ;", ";"),
        ("( ", "("),
        (" )", ")"),
        (" (", "("),
        (" : ", ": "),
        (" !", "!"),
        ("' ", "'"),
        ("[ ", "["),
        (" ]", "]"),
        (" >", ">"),
        ("< ", "<"),
    ];
    let text = spaced
        .iter()
        .fold(text, |text, (from, to)| text.replace(from, to));
    text.trim().to_owned()
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn has(attributes: &[Attribute], name: &str, words: &str) -> bool {
    attributes
        .iter()
        .any(|attribute| attribute.path().is_ident(name) && text(&attribute.meta).contains(words))
}

fn is_hidden(attributes: &[Attribute]) -> bool {
    has(attributes, "doc", "hidden") || has(attributes, "cfg", "test")
}

/// Whether a module may be seen from outside, by its name or by what is used from it.
fn is_reachable(item: &ItemMod) -> bool {
    !is_hidden(&item.attrs) && !matches!(item.vis, Visibility::Restricted(_))
}

/// What a type can do because it derives it.
fn derived(attributes: &[Attribute]) -> String {
    let derives = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"));
    derives
        .map(|attribute| text(&attribute.meta) + " ")
        .collect()
}

fn items(module: &str, file: &Path, items: &[Item], lines: &mut Lines) {
    for item in items {
        match item {
            Item::Mod(item) if is_reachable(item) => submodule(module, file, item, lines),
            Item::Struct(item) if is_public(&item.vis) && !is_hidden(&item.attrs) => {
                structure(module, item, lines);
            }
            Item::Enum(item) if is_public(&item.vis) && !is_hidden(&item.attrs) => {
                enumeration(module, item, lines);
            }
            Item::Trait(item) if is_public(&item.vis) && !is_hidden(&item.attrs) => {
                interface(module, item, lines);
            }
            Item::Impl(item) => implementation(module, item, lines),
            Item::Fn(item) if is_public(&item.vis) && !is_hidden(&item.attrs) => {
                lines.insert(format!("{module}: {}", text(&item.sig)));
            }
            Item::Const(item) if is_public(&item.vis) && !is_hidden(&item.attrs) => {
                let (name, of) = (&item.ident, &item.ty);
                lines.insert(format!("{module}: const {name}: {}", text(of)));
            }
            Item::Static(item) if is_public(&item.vis) && !is_hidden(&item.attrs) => {
                let (name, of) = (&item.ident, &item.ty);
                lines.insert(format!("{module}: static {name}: {}", text(of)));
            }
            Item::Type(item) if is_public(&item.vis) && !is_hidden(&item.attrs) => {
                lines.insert(format!("{module}: {}", text(quote!(#item))));
            }
            Item::Use(item) if is_public(&item.vis) && !is_hidden(&item.attrs) => {
                lines.insert(format!("{module}: use {}", text(&item.tree)));
            }
            Item::Macro(item)
                if has(&item.attrs, "macro_export", "") && !is_hidden(&item.attrs) =>
            {
                let rules = item.mac.tokens.clone();
                let name = item.ident.as_ref().map(ToString::to_string);
                let name = name.unwrap_or_default();
                for pattern in patterns(rules) {
                    lines.insert(format!("macro {name}!: {pattern}"));
                }
            }
            _ => {}
        }
    }
}

/// What the rules of a macro take.
fn patterns(rules: impl IntoIterator<Item = impl ToTokens + ToString>) -> Vec<String> {
    let mut patterns = Vec::new();
    let mut before = None;
    for token in rules {
        let written = token.to_string();
        if written == "=" {
            patterns.extend(before.take());
        }
        before = Some(text(token));
    }
    patterns
}

fn submodule(module: &str, file: &Path, item: &ItemMod, lines: &mut Lines) {
    let name = format!("{module}::{}", item.ident);
    if let Some((_, inner)) = &item.content {
        items(&name, file, inner, lines);
        return;
    }
    let folder = match file.file_stem().and_then(|stem| stem.to_str()) {
        Some("lib" | "mod") | None => file.parent().unwrap_or(file).to_owned(),
        Some(_) => file.with_extension(""),
    };
    let file = folder.join(format!("{}.rs", item.ident));
    let file = match file.exists() {
        true => file,
        false => folder.join(item.ident.to_string()).join("mod.rs"),
    };
    read(&name, &file, lines);
}

fn read(module: &str, file: &Path, lines: &mut Lines) {
    let source = fs::read_to_string(file).unwrap_or_else(|error| panic!("{file:?}: {error}"));
    let parsed = syn::parse_file(&source).unwrap_or_else(|error| panic!("{file:?}: {error}"));
    items(module, file, &parsed.items, lines);
}

fn fields(fields: &Fields) -> Vec<(bool, String)> {
    let fields = fields.iter().enumerate().map(|(index, field)| {
        let name = field.ident.as_ref().map(ToString::to_string);
        let name = name.unwrap_or_else(|| index.to_string());
        (
            is_public(&field.vis),
            format!("{name}: {}", text(&field.ty)),
        )
    });
    fields.collect()
}

fn structure(module: &str, item: &ItemStruct, lines: &mut Lines) {
    let (name, generics) = (&item.ident, text(&item.generics));
    let name = format!("{module}: {}struct {name}{generics}", derived(&item.attrs));
    let fields = fields(&item.fields);
    let may_grow =
        has(&item.attrs, "non_exhaustive", "") || fields.iter().any(|(public, _)| !public);
    let public = fields.into_iter().filter(|(public, _)| *public);
    let public = public.map(|(_, field)| field).collect::<Vec<_>>();
    if may_grow {
        lines.insert(format!("{name}, which may grow"));
        let of = format!("{module}: {}", item.ident);
        lines.extend(public.into_iter().map(|field| format!("{of}.{field}")));
    } else {
        lines.insert(format!("{name} {{ {} }}", public.join(", ")));
    }
}

fn enumeration(module: &str, item: &ItemEnum, lines: &mut Lines) {
    let (name, generics) = (&item.ident, text(&item.generics));
    let name = format!("{module}: {}enum {name}{generics}", derived(&item.attrs));
    let variants = item.variants.iter().map(|variant| {
        let fields = fields(&variant.fields).into_iter().map(|(_, field)| field);
        format!(
            "{} {{ {} }}",
            variant.ident,
            fields.collect::<Vec<_>>().join(", ")
        )
    });
    if has(&item.attrs, "non_exhaustive", "") {
        lines.insert(format!("{name}, which may grow"));
        lines.extend(variants.map(|variant| format!("{module}: {}::{variant}", item.ident)));
    } else {
        let variants = variants.collect::<Vec<_>>().join(", ");
        lines.insert(format!("{name}: {variants}"));
    }
}

fn interface(module: &str, item: &ItemTrait, lines: &mut Lines) {
    let mut required = Vec::new();
    for method in &item.items {
        let (name, has_body) = match method {
            TraitItem::Fn(method) => (text(&method.sig), method.default.is_some()),
            other => (text(other), false),
        };
        match has_body {
            true => drop(lines.insert(format!("{module}: {}::{name}", item.ident))),
            false => required.push(name),
        }
    }
    let bounds = text(&item.supertraits);
    let (name, required) = (&item.ident, required.join("; "));
    lines.insert(format!(
        "{module}: trait {name}: {bounds} requires {required}"
    ));
}

fn implementation(module: &str, item: &ItemImpl, lines: &mut Lines) {
    if is_hidden(&item.attrs) {
        return;
    }
    let of = text(&item.self_ty);
    if let Some((_, path, _)) = &item.trait_ {
        lines.insert(format!("{module}: impl {} for {of}", text(path)));
        return;
    }
    for member in &item.items {
        match member {
            ImplItem::Fn(method) if is_public(&method.vis) && !is_hidden(&method.attrs) => {
                lines.insert(format!("{module}: {of}::{}", text(&method.sig)));
            }
            ImplItem::Const(constant) if is_public(&constant.vis) => {
                let (name, of_type) = (&constant.ident, text(&constant.ty));
                lines.insert(format!("{module}: {of}::{name}: {of_type}"));
            }
            _ => {}
        }
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugin-api")
}

fn of_source(source: &str) -> Lines {
    let mut lines = Lines::new();
    let parsed = syn::parse_file(source).unwrap();
    items("api", Path::new("lib.rs"), &parsed.items, &mut lines);
    lines
}

#[test]
fn the_public_api_of_plugins_is_the_one_that_is_kept() {
    let mut lines = Lines::new();
    read(
        "beskid_plugin_api",
        &folder().join("src/lib.rs"),
        &mut lines,
    );
    assert!(lines.len() > 300, "{}", lines.len());
    let path = folder().join("interface/public-api.txt");
    let now = lines
        .iter()
        .map(|line| format!("{line}\n"))
        .collect::<String>();
    if std::env::var_os("BESKID_BLESS").is_some() {
        fs::write(&path, &now).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    let kept = kept.lines().map(str::to_owned).collect::<Lines>();
    let list = |lines: Vec<&String>| format!("{lines:#?}");
    let gone = list(kept.difference(&lines).collect());
    let new = list(lines.difference(&kept).collect());
    assert!(
        kept == lines,
        "the public interface of plugin-api has changed.\n\
         Gone, which breaks plugins that use it: it needs another version of the package (the \
         second number of 0.x) and a line under Breaking in CHANGELOG.md:\n{gone}\n\
         New, which breaks nobody:\n{new}\n\
         Then run `cargo xtask bless -p xtask public_api`."
    );
}

#[test]
fn a_change_that_breaks_source_takes_a_line_away_and_an_addition_does_not() {
    const BEFORE: &str = "
        #[derive(Debug)] #[non_exhaustive] pub struct Open { pub a: u8, b: u8 }
        pub struct Closed { pub a: u8 }
        #[non_exhaustive] pub enum Grows { A, B { x: u8 } }
        pub enum Fixed { A, B }
        pub trait T: Sync { fn must(&self); fn may(&self) {} }
        pub fn f(a: &str) -> u8 { 1 }
        #[cfg(test)] mod tests { pub fn not_seen() {} }
        #[doc(hidden)] pub fn not_seen_either() {}
    ";
    let before = of_source(BEFORE);
    assert_eq!(before.len(), 10, "{before:#?}");
    for (from, to, breaks) in [
        ("pub a: u8, b: u8", "pub a: u8, pub c: u8, b: u8", false),
        ("pub a: u8, b: u8", "pub a: u16, b: u8", true),
        (
            "Closed { pub a: u8 }",
            "Closed { pub a: u8, pub b: u8 }",
            true,
        ),
        ("B { x: u8 } }", "B { x: u8 }, C }", false),
        ("Fixed { A, B }", "Fixed { A, B, C }", true),
        (
            "fn may(&self) {}",
            "fn may(&self) {} fn also(&self) {}",
            false,
        ),
        ("fn must(&self);", "fn must(&self); fn too(&self);", true),
        ("(a: &str)", "(a: String)", true),
        ("#[derive(Debug)]", "", true),
        ("{ 1 }", "{ 2 }", false),
        ("not_seen()", "gone()", false),
    ] {
        let after = BEFORE.replacen(from, to, 1);
        assert_ne!(after, BEFORE, "{from}");
        let after = of_source(&after);
        assert_eq!(
            !before.is_subset(&after),
            breaks,
            "{from} to {to}: {after:#?}"
        );
    }
}
