//! What the two sides of the boundary to foreign code have in common.

use beskid_plugin_api::runtime_abi::is_runtime_symbol;

use super::attributes::has;
use super::types::{is_u8, resolve};
use crate::ast::{Attribute, TypeKind, TypeName};
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::span::Span;
use crate::symbols::{ABI, DEFAULT_ENTRYPOINT as MAIN, PRIVATE};
use crate::types::structs::WORD;
use crate::types::{FunctionType, Type, Types};

/// FFI-1, FFI-5: the ABI is named, and it is C's.
pub(super) fn check_abi(
    attribute: &Attribute,
    abi: Option<(&str, Span)>,
    diagnostics: &mut Vec<SourceDiagnostic>,
) {
    let (message, span, help) = match abi {
        Some((ABI, _)) => return,
        Some((abi, span)) => {
            let message = format!("the ABI `{abi}` is not supported");
            (message, span, "the only ABI is `C`")
        }
        None if has(attribute, "Abi") => return,
        None => {
            let message = format!("`{}` names its ABI", attribute.name.text);
            (message, attribute.span, "add `Abi: \"C\"`")
        }
    };
    diagnostics.push(SourceDiagnostic::new(codes::BAD_ABI, message, span, "").help(help));
}

/// Why a text cannot name a symbol.
pub(super) fn wrong_symbol(text: &str, span: Span) -> Option<SourceDiagnostic> {
    if text.contains('@') {
        let message = format!("the symbol {text:?} has a version");
        let diagnostic = SourceDiagnostic::new(codes::VERSIONED_SYMBOL, message, span, "");
        return Some(
            diagnostic.help("leave out `@` and what follows: linkers read it as a version"),
        );
    }
    let is_symbol = is_library(text) && !text.contains(char::is_whitespace);
    let message = || format!("{text:?} is no symbol");
    (!is_symbol).then(|| SourceDiagnostic::new(codes::BAD_FOREIGN_NAME, message(), span, ""))
}

/// Prefix of the names that the host defines in outputs.
const HOST_PREFIX: &str = "beskid_";

/// Prefix of names that users never see (EXT-006).
const INTEROP_PREFIX: &str = "__interop_";

/// Whether a symbol is not for programs: it is the runtime's, the program's
/// start, or in a namespace of the compiler.
pub(super) fn is_reserved(symbol: &str) -> bool {
    let prefixes = [HOST_PREFIX, INTEROP_PREFIX, PRIVATE];
    is_runtime_symbol(symbol)
        || symbol == MAIN
        || prefixes.iter().any(|prefix| symbol.starts_with(prefix))
}

/// Whether a text can name a library: a path may have spaces in it.
pub(super) fn is_library(text: &str) -> bool {
    !text.trim().is_empty() && !text.contains(char::is_control)
}

/// Most bytes that the arguments of a foreign function take.
const MOST_BYTES: u64 = 1 << 16;

/// Refuses a function whose arguments would fill the stack: C's compilers copy
/// them there for every call.
pub(super) fn check_size(
    types: &Types,
    function: &FunctionType,
    span: Span,
    diagnostics: &mut Vec<SourceDiagnostic>,
) {
    let sizes = function.params.iter().map(|ty| match ty {
        Type::Struct(id) => u64::from(types.get(*id).c_size.next_multiple_of(WORD)),
        _ => u64::from(WORD),
    });
    let size = sizes.sum::<u64>();
    if size > MOST_BYTES {
        let message = format!("the arguments have {size} bytes, more than {MOST_BYTES}");
        let diagnostic = SourceDiagnostic::new(codes::NOT_FOREIGN_TYPE, message, span, "");
        diagnostics.push(diagnostic.help("pass the addresses of large values"));
    }
}

/// Where a type stands in a foreign signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Of a function that C calls.
    Param,
    /// Of a function of C, which may take functions to call back.
    ForeignParam,
    Result,
}

/// The type of a value that crosses the boundary (FFI-3, FFI-4).
pub(super) fn foreign_type(
    types: &mut Types,
    name: &TypeName,
    place: Place,
    diagnostics: &mut Vec<SourceDiagnostic>,
) -> Type {
    let (what, help) = match &name.kind {
        TypeKind::Broken => return Type::Error,
        TypeKind::Array => ("an array".to_owned(), "pass a CArrayView or a CBuffer"),
        TypeKind::Ref(inner) if !is_u8(inner) => {
            let what = "a reference to anything but u8".to_owned();
            (what, "pass a `ref u8` or an i64")
        }
        TypeKind::Function(result, params) if place == Place::ForeignParam => {
            let mut inner = |name, place| foreign_type(types, name, place, diagnostics);
            let params = params.iter().map(|param| inner(param, Place::Param));
            let params = params.collect();
            let result = inner(result, Place::Result);
            let function = FunctionType { params, result };
            check_size(types, &function, name.span, diagnostics);
            return types.function(function);
        }
        TypeKind::Function(..) => {
            let help = "declare the functions of the host in a contract with `Callback`";
            ("a closure".to_owned(), help)
        }
        TypeKind::Named(_) | TypeKind::Ref(_) => {
            let ty = resolve(types, name, diagnostics);
            let help = match ty {
                Type::Bool | Type::U8 | Type::I32 | Type::I64 | Type::F64 => return ty,
                Type::RefU8 | Type::Error => return ty,
                Type::Unit if place == Place::Result => return ty,
                Type::Struct(id) if types.get(id).crosses() => return ty,
                Type::Str => "pass a CStringView, or the `ref u8` of a text that ends with `\\0`",
                Type::Struct(_) => "give the type the attribute `CLayout`",
                _ => "bool, u8, i32, i64, f64 and `ref u8` can; a result may be unit",
            };
            (format!("a {}", types.name(ty)), help)
        }
    };
    let message = format!("{what} cannot cross the boundary to foreign code");
    let diagnostic = SourceDiagnostic::new(codes::NOT_FOREIGN_TYPE, message, name.span, "");
    diagnostics.push(diagnostic.help(help));
    Type::Error
}
