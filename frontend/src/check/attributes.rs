//! The arguments of attributes.

use crate::ast::{Argument, ArgumentValue, Attribute};
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::span::Span;

/// Whether an attribute has an argument of this name, even a wrong one, which
/// was reported.
pub(super) fn has(attribute: &Attribute, name: &str) -> bool {
    attribute.args.iter().any(|(known, _)| known.text == name)
}

/// The values of an attribute's arguments, in the order of their names.
pub(super) fn arguments<'a>(
    attribute: &'a Attribute,
    known: &[&str],
    diagnostics: &mut Vec<SourceDiagnostic>,
) -> Vec<Option<&'a Argument>> {
    let mut found = vec![None; known.len()];
    for (name, value) in &attribute.args {
        let Some(index) = known.iter().position(|known| *known == name.text) else {
            let message = format!(
                "`{}` has no argument `{}` here",
                attribute.name.text, name.text
            );
            let diagnostic = SourceDiagnostic::new(codes::BAD_ARGUMENT, message, name.span, "");
            diagnostics.push(diagnostic.help(format!("its arguments are: {}", known.join(", "))));
            continue;
        };
        if found[index].is_some() {
            let message = format!("a second argument `{}`", name.text);
            diagnostics.push(SourceDiagnostic::new(
                codes::DUPLICATE,
                message,
                name.span,
                "",
            ));
        }
        found[index] = Some(value);
    }
    found
}

/// The values of arguments that are texts.
pub(super) fn texts<'a>(
    attribute: &'a Attribute,
    known: &[&str],
    diagnostics: &mut Vec<SourceDiagnostic>,
) -> Vec<Option<(&'a str, Span)>> {
    let found = arguments(attribute, known, diagnostics);
    let texts = found.into_iter().map(|argument| match &argument?.value {
        ArgumentValue::Text(text) => Some((text.as_str(), argument?.span)),
        ArgumentValue::Int(_) => {
            let span = argument?.span;
            let message = "a text is wanted here";
            let diagnostic = SourceDiagnostic::new(codes::BAD_ARGUMENT, message, span, "");
            diagnostics.push(diagnostic.help("put it between quotes"));
            None
        }
    });
    texts.collect()
}
