//! What is wrong with a source, shown in the source.

use beskid_frontend::SourceDiagnostic;
use miette::{GraphicalReportHandler, GraphicalTheme};

use super::escape::{cover, escape_line};
use super::wide::{Whole, Wide};
use crate::cli::terminal::{colours, is_dumb};

/// Most diagnostics of one source that are shown.
pub(super) const MOST: usize = 100;

/// Excerpts of a source with what is wrong there, and a line that counts.
pub(super) fn excerpts(path: &str, text: &str, diagnostics: &[SourceDiagnostic]) -> String {
    let theme = if colours() {
        GraphicalTheme::unicode()
    } else if is_dumb() {
        GraphicalTheme::none()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let handler = GraphicalReportHandler::new_themed(theme).with_links(false);
    let path = escape_line(path);
    let text = cover(text);
    let source = Whole {
        path: &path,
        text: &text,
    };
    let mut out = String::new();
    for diagnostic in foremost(diagnostics, MOST) {
        let mut harmless = harmless(diagnostic);
        let wide = Wide::of(&path, &text, &mut harmless);
        let report = match &wide {
            None => harmless.with_source(&source),
            Some(wide) => harmless.with_source(wide),
        };
        if handler.render_report(&mut out, &report).is_err() {
            out.push_str(&harmless.diagnostic.message);
        }
        out.push('\n');
    }
    let count = diagnostics.len();
    if count > MOST {
        out.push_str(&format!("and {} more\n", count - MOST));
    }
    let warnings = diagnostics
        .iter()
        .filter(|found| found.is_warning())
        .count();
    let mut counts = Vec::new();
    for (count, noun) in [(count - warnings, "error"), (warnings, "warning")] {
        let plural = if count == 1 { "" } else { "s" };
        if count > 0 {
            counts.push(format!("{count} {noun}{plural}"));
        }
    }
    out.push_str(&format!("{path}: {}", counts.join(", ")));
    out
}

/// So many that are shown, in their order: no warning in place of an error.
pub(super) fn foremost(
    diagnostics: &[SourceDiagnostic],
    most: usize,
) -> impl Iterator<Item = &SourceDiagnostic> {
    let errors = diagnostics.iter().filter(|found| !found.is_warning());
    let mut errors = errors.count().min(most);
    let mut warnings = most - errors;
    diagnostics.iter().filter(move |found| {
        let left = match found.is_warning() {
            true => &mut warnings,
            false => &mut errors,
        };
        let is_shown = *left > 0;
        *left = left.saturating_sub(1);
        is_shown
    })
}

fn harmless(diagnostic: &SourceDiagnostic) -> SourceDiagnostic {
    let line = |text: &String| escape_line(text).into_owned();
    let mut harmless = diagnostic.clone();
    let inner = &mut harmless.diagnostic;
    inner.message = escape_line(&inner.message).into_owned();
    inner.help = inner.help.as_deref().map(|help| escape_line(help).into());
    harmless.label.1 = line(&harmless.label.1);
    if let Some((_, label)) = &mut harmless.related {
        *label = line(label);
    }
    for (_, label) in &mut harmless.notes {
        *label = line(label);
    }
    harmless
}

#[cfg(test)]
mod tests {
    use beskid_frontend::{SourceDiagnostic, Span};
    use beskid_plugin_api::codes::Code;

    use super::{MOST, excerpts};

    fn found(code: Code, start: usize, end: usize) -> SourceDiagnostic {
        let span = Span {
            start: start as u32,
            end: end as u32,
        };
        SourceDiagnostic::new(code, format!("at {start}"), span, "here")
    }

    #[test]
    fn errors_are_shown_before_the_warnings_around_them() {
        let text = "let x;\n".repeat(3 * MOST);
        let mut all = (0..2 * MOST)
            .map(|n| found(Code::E1102, n * 7, n * 7 + 3).as_warning())
            .collect::<Vec<_>>();
        all.push(found(Code::E1101, 2 * MOST * 7, 2 * MOST * 7 + 3));
        let out = excerpts("a.bd", &text, &all);
        assert_eq!(out.matches("E1102").count(), MOST - 1, "{out}");
        assert_eq!(out.matches("E1101").count(), 1, "{out}");
        assert!(out.contains("\nand 101 more\n"), "{out}");
        assert!(out.ends_with("a.bd: 1 error, 200 warnings"), "{out}");
    }

    /// Of a line of a megabyte what is around the place is shown, with its column.
    #[test]
    fn a_wide_line_is_cut() {
        let text = format!(
            "first\n{}é = bad;{}\nlast",
            "1 + ".repeat(1 << 18),
            " ".repeat(99)
        );
        let at = text.find("bad").unwrap();
        let mut one = found(Code::E1101, at, at + 3);
        one.notes
            .push((Span { start: 7, end: 8 }, "far away".to_owned()));
        let out = excerpts("a.bd", &text, &[one]);
        assert!(out.len() < 1_000, "{}", out.len());
        // The `é` before it has two bytes.
        let column = at - 6;
        assert!(out.contains(&format!("a.bd:2:{column}]")), "{out}");
        assert!(out.contains("+ é = bad;") && out.contains("here"), "{out}");
        assert!(!out.contains("far away"), "{out}");
        let all = found(Code::E1101, 0, text.len());
        assert!(excerpts("a.bd", &text, &[all]).len() < 1_000);
    }
}
