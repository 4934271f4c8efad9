//! What the two sides of the boundary to foreign code have in common.

use crate::ast::{Attribute, Text};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::types::Type;

/// The only ABI of foreign code.
pub(crate) const ABI: &str = "C";

/// FFI-1, FFI-5: the ABI is named, and it is C's.
pub(super) fn check_abi(
    attribute: &Attribute,
    abi: Option<&Text>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let (message, span, help) = match abi {
        Some(abi) if abi.text == ABI => return,
        Some(abi) => {
            let message = format!("the ABI `{}` is not supported", abi.text);
            (message, abi.span, "the only ABI is `C`")
        }
        None => {
            let message = format!("`{}` names its ABI", attribute.name.text);
            (message, attribute.span, "add `Abi: \"C\"`")
        }
    };
    diagnostics.push(Diagnostic::new(codes::BAD_ABI, message, span, "").help(help));
}

/// Whether a text can name a symbol or a library.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// The values of an attribute's arguments, in the order of their names.
pub(super) fn arguments<'a>(
    attribute: &'a Attribute,
    known: &[&str],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Option<&'a Text>> {
    let mut found = vec![None; known.len()];
    for (name, value) in &attribute.args {
        let Some(index) = known.iter().position(|known| *known == name.text) else {
            let message = format!(
                "`{}` has no argument `{}` here",
                attribute.name.text, name.text
            );
            let diagnostic = Diagnostic::new(codes::BAD_ARGUMENT, message, name.span, "");
            diagnostics.push(diagnostic.help(format!("its arguments are: {}", known.join(", "))));
            continue;
        };
        if found[index].is_some() {
            let message = format!("a second argument `{}`", name.text);
            diagnostics.push(Diagnostic::new(codes::DUPLICATE, message, name.span, ""));
        }
        found[index] = Some(value);
    }
    found
}

/// FFI-3: the values that cross the boundary.
pub(super) fn check_type(ty: Type, is_result: bool, span: Span, diagnostics: &mut Vec<Diagnostic>) {
    let crosses = match ty {
        Type::Bool | Type::U8 | Type::I32 | Type::I64 | Type::F64 | Type::Error => true,
        Type::Unit => is_result,
        _ => false,
    };
    if !crosses {
        let message = format!("a {ty} cannot cross the boundary to foreign code");
        let diagnostic = Diagnostic::new(codes::NOT_FOREIGN_TYPE, message, span, "");
        diagnostics.push(diagnostic.help("bool, u8, i32, i64 and f64 can; a result may be unit"));
    }
}
