//! The header for plugins in C: `plugin-api/src/abi/c/types.rs`, in C.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use syn::{
    Attribute, Expr, ExprLit, Fields, GenericArgument, Item, ItemStruct, Lit, Meta, PathArguments,
    ReturnType, Type, TypeBareFn,
};

const HEADER: &str = "plugin-api/include/beskid_plugin.h";
const TYPES: &str = "plugin-api/src/abi/c/types.rs";
const MANIFEST: &str = "plugin-api/src/manifest/mod.rs";

/// What precedes the types.
const HEAD: &str = r#"/* Plugins for beskid in C: backends and linker strategies.
 *
 * Written from the sources of beskid-plugin-api, whose documentation says what the
 * messages mean: `abi`, `backend`, `linker`, `manifest`; for readers of C, what a backend
 * is asked and answers is in `docs/plugins.md`, and `interface/1.0.txt` lists the fields of
 * all messages. Messages are JSON in UTF-8:
 * {"Ok": value} or {"Err": {"code": "E…", "message": "…"}}.
 *
 * A plugin is a shared library that exports one table by the name `beskid_plugin`, and
 * says what it is:
 *
 *     BESKID_PLUGIN("linker", "mine", "0.1.0", "");
 *     BESKID_EXPORT const beskid_linker beskid_plugin = {
 *         .size = sizeof(beskid_linker), .describe = describe, …
 *     };
 *
 *     cc -shared -fPIC -fvisibility=hidden -I include mine.c -o libmine.so
 */
#ifndef BESKID_PLUGIN_H
#define BESKID_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

"#;

/// What follows them.
const TAIL: &str = r#"/* The target that this plugin runs on. */
#if defined(__x86_64__) && defined(__linux__)
#define BESKID_TARGET "x86_64-unknown-linux-gnu"
#elif defined(__aarch64__) && defined(__linux__)
#define BESKID_TARGET "aarch64-unknown-linux-gnu"
#elif defined(__riscv) && __riscv_xlen == 64 && defined(__linux__)
#define BESKID_TARGET "riscv64gc-unknown-linux-gnu"
#else
#error "beskid has no plugins for this target"
#endif

/* Of what the library exports, whatever else is hidden. */
#define BESKID_EXPORT __attribute__((visibility("default")))

/* The manifest, as the note that the host reads before it loads the library. KIND is
 * "backend" or "linker"; CAPABILITIES of a backend are "object", "execute" or
 * "execute,object". All are string literals. */
#define BESKID_PLUGIN(KIND, ID, VERSION, CAPABILITIES)                                   \
    __asm__(".pushsection .note.beskid,\"a\",%note\n"                                    \
            ".balign 4\n"                                                                \
            ".long 2f - 1f, 4f - 3f, " BESKID_NOTE_TYPE "\n"                             \
            "1: .asciz \"" BESKID_OWNER "\"\n"                                           \
            "2: .balign 4\n"                                                             \
            "3: .ascii \"kind=" KIND "\\nid=" ID "\\nversion=" VERSION                   \
            "\\napi=" BESKID_API "\\ntarget=" BESKID_TARGET                              \
            "\\ntoolchain=C " BESKID_COMPILER "\\ncontract=" BESKID_CONTRACT             \
            "\\npanic=unwind\\ncapabilities=" CAPABILITIES "\\n\"\n"                     \
            "4: .balign 4\n"                                                             \
            ".popsection")

#if defined(__clang__) || defined(__GNUC__)
#define BESKID_COMPILER __VERSION__
#else
#define BESKID_COMPILER "unknown"
#endif

#ifdef __cplusplus
}
#endif

#endif
"#;

/// `CReply` is `beskid_reply`.
fn named(rust: &str) -> String {
    match rust.strip_prefix('C') {
        Some(name) => format!("beskid_{}", name.to_lowercase()),
        None => rust.to_owned(),
    }
}

/// A declaration of `name` with a type.
fn declared(of: &Type, name: &str) -> String {
    let spaced = |text: String| match name {
        "" => text,
        _ if text.ends_with('*') => text + name,
        _ => format!("{text} {name}"),
    };
    match of {
        Type::Ptr(pointer) => {
            let constant = if pointer.mutability.is_some() {
                ""
            } else {
                "const "
            };
            spaced(format!("{constant}{} *", declared(&pointer.elem, "")))
        }
        Type::BareFn(function) => of_function(function, name),
        Type::Path(path) => {
            let last = path.path.segments.last().unwrap();
            if let PathArguments::AngleBracketed(arguments) = &last.arguments {
                assert_eq!(last.ident, "Option", "C has no such type");
                let Some(GenericArgument::Type(inner)) = arguments.args.first() else {
                    panic!("an option of a type");
                };
                return declared(inner, name);
            }
            spaced(match last.ident.to_string().as_str() {
                "usize" => "size_t".to_owned(),
                "u8" => "uint8_t".to_owned(),
                "u32" => "uint32_t".to_owned(),
                "u64" => "uint64_t".to_owned(),
                "c_void" => "void".to_owned(),
                other => named(other),
            })
        }
        _ => panic!("C has no such type"),
    }
}

fn of_function(function: &TypeBareFn, name: &str) -> String {
    let parameters = function.inputs.iter().map(|input| declared(&input.ty, ""));
    let parameters = match parameters.collect::<Vec<_>>() {
        none if none.is_empty() => "void".to_owned(),
        some => some.join(", "),
    };
    let returned = match &function.output {
        ReturnType::Default => "void".to_owned(),
        ReturnType::Type(_, of) => declared(of, ""),
    };
    format!("{returned} (*{name})({parameters})")
}

/// A documentation comment, as a comment of C.
fn comment(attributes: &[Attribute], indent: &str) -> String {
    let lines = attributes.iter().filter_map(|attribute| {
        let Meta::NameValue(pair) = &attribute.meta else {
            return None;
        };
        let Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) = &pair.value
        else {
            return None;
        };
        let is_doc = pair.path.is_ident("doc");
        is_doc.then(|| text.value().trim().to_owned())
    });
    let text = lines.collect::<Vec<_>>().join(&format!("\n{indent} * "));
    let text = text
        .replace("`CReply`", "`beskid_reply`")
        .replace("*/", "* /");
    format!("{indent}/* {text} */\n")
}

fn structure(item: &ItemStruct) -> String {
    let name = named(&item.ident.to_string());
    let mut text = comment(&item.attrs, "");
    writeln!(text, "typedef struct {name} {{").unwrap();
    let Fields::Named(fields) = &item.fields else {
        panic!("{name} has no names of fields");
    };
    for field in &fields.named {
        text += &comment(&field.attrs, "    ");
        let declared = declared(&field.ty, &field.ident.as_ref().unwrap().to_string());
        writeln!(text, "    {declared};").unwrap();
    }
    text + &format!("}} {name};\n\n")
}

/// The value of a constant in a source.
fn constant(source: &str, name: &str) -> String {
    let start = format!("pub const {name}: ");
    let line = source.lines().find_map(|line| line.strip_prefix(&start));
    let (_, value) = line.unwrap().split_once(" = ").unwrap();
    value.trim_end_matches(';').trim_matches('"').to_owned()
}

fn header(types: &str, manifest: &str) -> String {
    let mut text = HEAD.to_owned();
    for (name, of) in [
        ("BESKID_API", "PLUGIN_API_VERSION_TEXT"),
        ("BESKID_CONTRACT", "CONTRACT"),
        ("BESKID_OWNER", "OWNER"),
        ("BESKID_NOTE_TYPE", "NOTE_TYPE"),
    ] {
        writeln!(text, "#define {name} \"{}\"", constant(manifest, of)).unwrap();
    }
    text.push('\n');
    for item in syn::parse_file(types).unwrap().items {
        if let Item::Struct(item) = item {
            text += &structure(&item);
        }
    }
    text + TAIL
}

#[test]
fn the_header_says_what_the_sources_say() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap_or_default();
    let now = header(&read(TYPES), &read(MANIFEST));
    if std::env::var_os("BESKID_BLESS").is_some() {
        fs::write(root.join(HEADER), &now).unwrap();
    }
    assert!(
        read(HEADER) == now,
        "{HEADER} is not what {TYPES} says: run `cargo xtask bless -p xtask c_header`"
    );
}

#[test]
fn a_struct_of_rust_becomes_one_of_c() {
    let source = "/// A table.\n#[repr(C)] pub struct CTable {\n/// Its size.\npub size: usize,\n\
                  /// Asks.\npub ask: Option<unsafe extern \"C\" fn(*const c_void, CBytes) -> CReply>,\n\
                  /// Tells.\npub tell: Option<unsafe extern \"C\" fn()>,\n/// Data.\npub data: *mut u8 }";
    let Item::Struct(item) = syn::parse_str::<Item>(source).unwrap() else {
        panic!();
    };
    let expected = "/* A table. */\ntypedef struct beskid_table {\n    /* Its size. */\n    size_t size;\n    \
                    /* Asks. */\n    beskid_reply (*ask)(const void *, beskid_bytes);\n    \
                    /* Tells. */\n    void (*tell)(void);\n    /* Data. */\n    uint8_t *data;\n} beskid_table;\n\n";
    assert_eq!(structure(&item), expected);
}
