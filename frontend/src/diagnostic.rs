//! Diagnostics about source text, with excerpts.

use std::fmt;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use miette::{LabeledSpan, Severity, SourceCode};

use crate::span::Span;

/// A diagnostic at its place in a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceDiagnostic {
    /// What is wrong, with one of [`codes`](crate::codes), and how to mend it.
    pub diagnostic: Diagnostic,
    /// Where, and what is there.
    pub label: (Span, String),
    /// Another place that has to do with it.
    pub related: Option<(Span, String)>,
    /// How the program got there: what is instantiated, and where.
    pub notes: Vec<(Span, String)>,
    warning: bool,
    /// The name that may be one of a module that is not imported.
    sought: Option<Box<Sought>>,
}

/// A name that means nothing where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sought {
    pub(crate) name: String,
    /// The module of the core library that may have such a function, if only one may.
    pub(crate) home: Option<&'static [&'static str]>,
    /// Whether the program has imported that.
    pub(crate) is_imported: bool,
    /// The path at which it stands, if it is one of modules.
    pub(crate) path: Option<SoughtPath>,
}

/// A path of which a part leads nowhere, as far as the files that were read tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SoughtPath {
    /// The parts that lead to a module.
    pub(crate) known: Vec<String>,
    /// The one that leads nowhere, and those behind it.
    pub(crate) rest: Vec<(String, Span)>,
}

impl SourceDiagnostic {
    /// A diagnostic about what stands at a place; the label may be empty.
    pub fn new(
        code: Code,
        message: impl Into<String>,
        span: Span,
        label: impl Into<String>,
    ) -> Self {
        Self {
            warning: code.as_str().starts_with('W'),
            diagnostic: Diagnostic::new(code, short(message.into())),
            label: (span, label.into()),
            related: None,
            notes: Vec::new(),
            sought: None,
        }
    }

    /// The same, of a name that another module may have.
    pub(crate) fn seeking(mut self, sought: Sought) -> Self {
        self.sought = Some(Box::new(sought));
        self
    }

    /// The same, of a name that any other module may have, or be.
    pub(crate) fn seeking_name(self, name: &str) -> Self {
        self.seeking(Sought {
            name: name.to_owned(),
            home: None,
            is_imported: false,
            path: None,
        })
    }

    /// The same, of a name at a path that leads nowhere. `known` is the path of the module to
    /// which it leads, if it does; `rest` are the other parts.
    pub(crate) fn at_path<'p>(
        mut self,
        known: &str,
        rest: impl Iterator<Item = (&'p str, Span)>,
    ) -> Self {
        if let Some(sought) = &mut self.sought {
            let known = known.split('.').filter(|part| !part.is_empty());
            sought.path = Some(SoughtPath {
                known: known.map(str::to_owned).collect(),
                rest: rest.map(|(part, span)| (part.to_owned(), span)).collect(),
            });
        }
        self
    }

    /// Blames another place, for another reason.
    pub(crate) fn blame(&mut self, code: Code, message: String, span: Span) {
        self.diagnostic.code = code;
        self.diagnostic.message = short(message);
        self.label.0 = span;
    }

    pub(crate) fn sought(&self) -> Option<&Sought> {
        self.sought.as_deref()
    }

    pub(crate) fn related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related = Some((span, label.into()));
        self
    }

    pub(crate) fn add_note(&mut self, text: String, span: Span) {
        self.notes.push((span, text));
    }

    /// Whether it is a warning, with which a program still runs.
    pub const fn is_warning(&self) -> bool {
        self.warning
    }

    /// The same, with which a program still runs.
    #[must_use]
    pub const fn as_warning(mut self) -> Self {
        self.warning = true;
        self
    }

    pub(crate) const fn set_warning(&mut self, warning: bool) {
        self.warning = warning;
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.diagnostic = self.diagnostic.help(help);
        self
    }

    pub(crate) fn set_help(&mut self, help: Option<String>) {
        self.diagnostic.help = help.map(Into::into);
    }

    /// Where the problem starts.
    pub const fn span(&self) -> Span {
        self.label.0
    }

    /// The diagnostic together with the source, for rendering by miette.
    pub fn with_source<'a>(&'a self, source: &'a dyn SourceCode) -> Report<'a> {
        Report {
            found: self,
            source,
        }
    }
}

/// Most characters of a message: names in it may be as long as a program.
const LONGEST: usize = 1000;

/// A message that can be read.
fn short(mut message: String) -> String {
    if message.len() > LONGEST
        && let Some((end, _)) = message.char_indices().nth(LONGEST)
    {
        message.truncate(end);
        message.push('…');
    }
    message
}

/// A diagnostic that miette can render.
pub struct Report<'a> {
    found: &'a SourceDiagnostic,
    source: &'a dyn SourceCode,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.found.diagnostic.message)
    }
}

impl fmt::Debug for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.found, f)
    }
}

impl std::error::Error for Report<'_> {}

impl miette::Diagnostic for Report<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.found.diagnostic.code))
    }

    fn severity(&self) -> Option<Severity> {
        Some(if self.found.is_warning() {
            Severity::Warning
        } else {
            Severity::Error
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = self.found.diagnostic.help.as_ref()?;
        Some(Box::new(help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let place = |(span, text): &(Span, String)| {
            let text = Some(text.clone()).filter(|text| !text.is_empty());
            (text, (span.start as usize, span.len()))
        };
        let (text, span) = place(&self.found.label);
        let first = LabeledSpan::new_primary_with_span(text, span);
        let others = self.found.related.iter().chain(&self.found.notes);
        let others = others.map(move |other| {
            let (text, span) = place(other);
            LabeledSpan::new_with_span(text, span)
        });
        Some(Box::new(std::iter::once(first).chain(others)))
    }
}
