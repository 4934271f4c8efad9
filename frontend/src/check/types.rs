//! What the names of types mean.

use std::collections::HashMap;

use super::attributes::arguments;
use super::suggest;
use crate::ast::{self, TypeKind, TypeName};
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::span::Span;
use crate::types::structs::{Form, Struct, is_managed};
use crate::types::{Type, Types};

/// Largest alignment of a struct that crosses the boundary to C, in bytes: that
/// of the stack.
const WIDEST: u64 = 16;

/// Largest struct that crosses the boundary to C by value, in bytes.
const LARGEST: u32 = 4096;

/// The type that a name stands for.
pub(super) fn resolve(
    types: &Types,
    name: &TypeName,
    diagnostics: &mut Vec<SourceDiagnostic>,
) -> Type {
    let what = match &name.kind {
        TypeKind::Broken => return Type::Error,
        TypeKind::Named(text) => return named(types, text, name.span, diagnostics),
        TypeKind::Ref(inner) if is_u8(inner) => return Type::RefU8,
        TypeKind::Ref(_) => "references to anything but u8",
        TypeKind::Array => "arrays",
        TypeKind::Function(..) => "function types outside of foreign contracts",
    };
    let message = format!("{what} are not supported yet");
    diagnostics.push(SourceDiagnostic::new(
        codes::UNSUPPORTED,
        message,
        name.span,
        "",
    ));
    Type::Error
}

/// Whether a type is written `u8`.
pub(super) fn is_u8(name: &TypeName) -> bool {
    matches!(&name.kind, TypeKind::Named(text) if *text == "u8")
}

fn named(types: &Types, text: &str, span: Span, diagnostics: &mut Vec<SourceDiagnostic>) -> Type {
    if let Some(ty) = Type::named(text) {
        return ty;
    }
    if let Some(id) = types.struct_named(text) {
        return Type::Struct(id);
    }
    if types.enums.contains(text) {
        return Type::Error;
    }
    let message = format!("there is no type `{text}`");
    let mut diagnostic = SourceDiagnostic::new(codes::UNKNOWN_TYPE, message, span, "");
    let builtin = Type::NAMED.iter().map(|(name, _)| *name);
    let declared = types.structs.iter().map(|declared| declared.name.as_str());
    diagnostic.set_help(
        suggest::help(text, builtin.chain(declared), diagnostics).or_else(|| {
            Some("the types are bool, i32, i64, u8, f64, char, string, unit".to_owned())
        }),
    );
    diagnostics.push(diagnostic);
    Type::Error
}

/// The types that a source declares, and the views.
pub(super) fn declare(source: &ast::Source, diagnostics: &mut Vec<SourceDiagnostic>) -> Types {
    let mut types = Types::default();
    let enums = source.enums.iter().map(|name| name.text.to_owned());
    types.enums.extend(enums);
    // Names first: a field's type may come later in the source.
    let mut declared = Vec::new();
    let mut places = HashMap::<&str, Span>::new();
    for item in &source.structs {
        let name = &item.name;
        if let Some(first) = places.get(name.text) {
            let message = format!("a second type `{}`", name.text);
            let again = SourceDiagnostic::new(codes::DUPLICATE, message, name.span, "again here");
            diagnostics.push(again.related(*first, "first here"));
        } else if Type::named(name.text).is_some() || types.struct_named(name.text).is_some() {
            let message = format!("`{}` is a builtin type", name.text);
            let again = SourceDiagnostic::new(codes::DUPLICATE, message, name.span, "");
            diagnostics.push(again.help("choose another name"));
        } else {
            places.insert(name.text, name.span);
            let empty = Struct::laid_out(name.text, &[], Form::Managed);
            declared.push((types.add(empty), item));
        }
    }
    for (id, item) in declared {
        let laid_out = lay_out(&types, item, diagnostics);
        types.structs[id as usize] = laid_out;
    }
    types
}

fn lay_out(types: &Types, item: &ast::Struct, diagnostics: &mut Vec<SourceDiagnostic>) -> Struct {
    let mut fields = Vec::<(&str, Type)>::with_capacity(item.fields.len());
    let mut places = HashMap::with_capacity(item.fields.len());
    for field in &item.fields {
        let name = &field.name;
        if let Some(first) = places.insert(name.text, name.span) {
            let message = format!("a second field `{}`", name.text);
            let again = SourceDiagnostic::new(codes::DUPLICATE, message, name.span, "again here");
            diagnostics.push(again.related(first, "first here"));
            continue;
        }
        let is_enum =
            matches!(&field.ty.kind, TypeKind::Named(text) if types.enums.contains(*text));
        let foreign = item.layout.is_some();
        let ty = match (&field.ty.kind, foreign) {
            (TypeKind::Array | TypeKind::Function(..) | TypeKind::Ref(_), true) => Type::Error,
            _ => resolve(types, &field.ty, diagnostics),
        };
        if ty == Type::Unit {
            let message = "a field of type unit";
            let span = field.ty.span;
            diagnostics.push(SourceDiagnostic::new(codes::UNIT_LOCAL, message, span, ""));
        }
        let named = matches!(field.ty.kind, TypeKind::Named(_) | TypeKind::Broken);
        let unknown = ty == Type::Error && named && !is_enum;
        if foreign && !unknown && !is_primitive(ty) {
            not_primitive(types, ty, is_enum, field.ty.span, diagnostics);
        }
        fields.push((name.text, ty));
    }
    let natural = Struct::laid_out(item.name.text, &fields, Form::Managed);
    let Some(attribute) = &item.layout else {
        return natural;
    };
    let align = alignment(attribute, u64::from(natural.align), diagnostics);
    let form = Form::CLayout { align };
    let laid_out = Struct::laid_out(item.name.text, &fields, form);
    if laid_out.c_size > LARGEST {
        let size = laid_out.c_size;
        let message = format!("`{}` has {size} bytes, more than {LARGEST}", item.name.text);
        let diagnostic = SourceDiagnostic::new(codes::BAD_LAYOUT, message, item.name.span, "");
        let help = "values this large cross by their address: a `ref u8` or an i64";
        diagnostics.push(diagnostic.help(help));
    }
    laid_out
}

/// FFI-4: what a struct that crosses the boundary is made of.
const fn is_primitive(ty: Type) -> bool {
    matches!(
        ty,
        Type::Bool | Type::U8 | Type::I32 | Type::I64 | Type::F64 | Type::Unit
    )
}

fn not_primitive(
    types: &Types,
    ty: Type,
    is_enum: bool,
    span: Span,
    diagnostics: &mut Vec<SourceDiagnostic>,
) {
    let what = match ty {
        Type::Struct(_) => format!("a nested struct, {}", types.name(ty)),
        _ if is_enum => "an enum".to_owned(),
        _ if is_managed(ty) => format!("a managed value, {}", types.name(ty)),
        Type::Error => "no primitive".to_owned(),
        _ => format!("a {}", types.name(ty)),
    };
    let message = format!("a field of a `CLayout` type is {what}");
    let diagnostic = SourceDiagnostic::new(codes::BAD_LAYOUT, message, span, "");
    let help = match ty {
        Type::Struct(_) => "write its fields here instead",
        _ => "the fields of such a type are bool, u8, i32, i64 and f64; a pointer is an i64",
    };
    diagnostics.push(diagnostic.help(help));
}

/// The alignment that `CLayout` asks for.
fn alignment(
    attribute: &ast::Attribute,
    natural: u64,
    diagnostics: &mut Vec<SourceDiagnostic>,
) -> u32 {
    let found = arguments(attribute, &["Align"], diagnostics);
    let Some(argument) = found[0] else {
        return 1;
    };
    match argument.value {
        ast::ArgumentValue::Int(align)
            if align.is_power_of_two() && (natural..=WIDEST).contains(&align) =>
        {
            align as u32
        }
        _ => {
            let message = format!("`Align` is a power of two from {natural} to {WIDEST}");
            let label = format!("the fields need {natural}");
            let diagnostic =
                SourceDiagnostic::new(codes::BAD_LAYOUT, message, argument.span, label);
            diagnostics.push(diagnostic.help("leave it out for the alignment of the fields"));
            1
        }
    }
}
