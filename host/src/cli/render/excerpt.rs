//! What is wrong with a source, shown in the source.

use beskid_frontend::SourceDiagnostic;
use miette::{GraphicalReportHandler, GraphicalTheme, NamedSource};

use super::escape::{cover, escape_line};
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
    let source = NamedSource::new(&path, cover(text).into_owned());
    let mut out = String::new();
    for diagnostic in diagnostics.iter().take(MOST) {
        let harmless = harmless(diagnostic);
        let report = harmless.with_source(&source);
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
