//! The schema of artifacts for programs: the types of `plugin-api/src/artifact/`, in
//! JSON. `docs/artifact-format.md` says what they mean, and how each is encoded.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};
use syn::{Fields, GenericArgument, Item, PathArguments, Type};

const SCHEMA: &str = "docs/artifact-schema.json";
const FOLDER: &str = "plugin-api/src/artifact";
/// Files whose types are in the bytes.
const FILES: [&str; 9] = [
    "header",
    "module",
    "types",
    "form",
    "body",
    "debug/info",
    "debug/places",
    "debug/scopes",
    "debug/types",
];
/// Types of these files that are in no artifact as they are.
const NOT_WRITTEN: [&str; 2] = ["Lane", "MemoryFlags"];
/// Operands that are not one unsigned integer.
const OPERANDS: [(&str, &str); 5] = [
    ("Value", "value"),
    ("ValueList", "values"),
    ("BlockCall", "block call"),
    ("Imm64", "signed"),
    ("Offset32", "signed"),
];

/// What a type is in the schema.
fn of_type(of: &Type) -> Value {
    match of {
        Type::Tuple(tuple) => {
            json!({ "tuple": tuple.elems.iter().map(of_type).collect::<Vec<_>>() })
        }
        Type::Array(array) => {
            let count = &array.len;
            let syn::Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Int(count),
                ..
            }) = count
            else {
                panic!("the length of an array is no number");
            };
            json!({ "tuple": vec![of_type(&array.elem); count.base10_parse().unwrap()] })
        }
        Type::Path(path) => {
            let last = path.path.segments.last().unwrap();
            let name = last.ident.to_string();
            let PathArguments::AngleBracketed(arguments) = &last.arguments else {
                return json!(if name == "String" { "string" } else { &name });
            };
            let Some(GenericArgument::Type(inner)) = arguments.args.first() else {
                panic!("{name} of a type");
            };
            let inner = of_type(inner);
            match name.as_str() {
                "Option" => json!({ "option": inner }),
                "Vec" | "BTreeSet" => json!({ "sequence": inner }),
                "Box" => inner,
                _ => panic!("the schema has no {name}"),
            }
        }
        _ => panic!("the schema has no such type"),
    }
}

fn fields(fields: &Fields) -> Value {
    let named = fields.iter().map(|field| {
        let name = field.ident.as_ref().map(ToString::to_string);
        json!([name, of_type(&field.ty)])
    });
    match fields {
        Fields::Unit => Value::Null,
        Fields::Named(_) => json!({ "struct": named.collect::<Vec<_>>() }),
        Fields::Unnamed(unnamed) if unnamed.unnamed.len() == 1 => {
            json!({ "newtype": of_type(&unnamed.unnamed[0].ty) })
        }
        Fields::Unnamed(unnamed) => {
            json!({ "tuple": unnamed.unnamed.iter().map(|field| of_type(&field.ty)).collect::<Vec<_>>() })
        }
    }
}

/// Adds the types of a source.
fn types(source: &str, into: &mut Map<String, Value>) {
    for item in syn::parse_file(source).unwrap().items {
        let (name, what) = match item {
            Item::Struct(item) => {
                let what = match fields(&item.fields) {
                    // A struct around one value is that value.
                    Value::Object(mut only) if only.contains_key("newtype") => {
                        only.remove("newtype").unwrap()
                    }
                    what => what,
                };
                (item.ident, what)
            }
            Item::Enum(item) => {
                let variants = item.variants.iter();
                let variants = variants
                    .map(|variant| json!([variant.ident.to_string(), fields(&variant.fields)]));
                (item.ident, json!({ "enum": variants.collect::<Vec<_>>() }))
            }
            Item::Type(item) => (item.ident, of_type(&item.ty)),
            _ => continue,
        };
        let name = name.to_string();
        if !NOT_WRITTEN.contains(&name.as_str()) {
            into.insert(name, what);
        }
    }
}

fn schema(read: impl Fn(&str) -> String) -> Value {
    let mut all = Map::new();
    for file in FILES {
        types(&read(&format!("{FOLDER}/{file}.rs")), &mut all);
    }
    let kinds = all["OperandKind"]["enum"].as_array().unwrap().iter();
    let kinds = kinds.map(|kind| kind[0].as_str().unwrap());
    let operands = kinds.map(|kind| {
        let how = OPERANDS.iter().find(|(name, _)| *name == kind);
        (
            kind.to_owned(),
            json!(how.map_or("unsigned", |(_, how)| how)),
        )
    });
    let operands = operands.collect::<Map<_, _>>();
    json!({
        "format": 1,
        "sections": {
            "HEAD": "Header",
            "MODU": "Module",
            "FORM": { "sequence": "Form" },
            "SETT": { "sequence": "string" },
            "DBUG": "DebugInfo",
        },
        "operands": operands,
        "types": all,
    })
}

/// A type a line.
fn written(schema: &Value) -> String {
    let object = |value: &Value| {
        let fields = value.as_object().unwrap().iter();
        let lines = fields.map(|(name, value)| format!("  {}: {value}", json!(name)));
        format!("{{\n{}\n}}", lines.collect::<Vec<_>>().join(",\n"))
    };
    let fields = schema.as_object().unwrap().iter();
    let fields = fields.map(|(name, value)| match value {
        Value::Object(_) => format!("{}: {}", json!(name), object(value)),
        _ => format!("{}: {value}", json!(name)),
    });
    format!("{{\n{}\n}}\n", fields.collect::<Vec<_>>().join(",\n"))
}

#[test]
fn the_schema_says_what_the_sources_say() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap_or_default();
    let now = written(&schema(read));
    if std::env::var_os("BESKID_BLESS").is_some() {
        fs::write(root.join(SCHEMA), &now).unwrap();
    }
    assert!(
        read(SCHEMA) == now,
        "{SCHEMA} is not what {FOLDER} says: run `cargo xtask bless -p xtask artifact_schema`"
    );
}

#[test]
fn types_of_rust_become_types_of_the_schema() {
    let mut all = Map::new();
    let source = "pub type Id = u32; pub struct Bits(u16);
        pub struct S { pub a: Option<String>, pub b: Vec<(Id, bool)>, pub c: [u8; 2] }
        pub enum E { None, One(S), Two(u8, u8), Named { x: i64 } }";
    types(source, &mut all);
    assert_eq!(all["Id"], json!("u32"));
    assert_eq!(all["Bits"], json!("u16"));
    let of_s = json!({ "struct": [
        ["a", { "option": "string" }],
        ["b", { "sequence": { "tuple": ["Id", "bool"] } }],
        ["c", { "tuple": ["u8", "u8"] }],
    ] });
    assert_eq!(all["S"], of_s);
    let of_e = json!({ "enum": [
        ["None", null], ["One", { "newtype": "S" }], ["Two", { "tuple": ["u8", "u8"] }],
        ["Named", { "struct": [["x", "i64"]] }],
    ] });
    assert_eq!(all["E"], of_e);
}
