//! Diagnostics about source text, with excerpts.

use std::fmt;

use miette::{LabeledSpan, Severity, SourceCode};

use crate::span::Span;

/// What is wrong in the source, where, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// One of [`codes`](crate::codes).
    pub code: &'static str,
    /// What is wrong, in one line.
    pub message: String,
    /// Where, and what is there.
    pub label: (Span, String),
    /// Another place that has to do with it.
    pub related: Option<(Span, String)>,
    /// How to mend it.
    pub help: Option<String>,
}

impl Diagnostic {
    pub(crate) fn new(
        code: &'static str,
        message: impl Into<String>,
        span: Span,
        label: impl Into<String>,
    ) -> Self {
        Self {
            code,
            message: message.into(),
            label: (span, label.into()),
            related: None,
            help: None,
        }
    }

    pub(crate) fn related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related = Some((span, label.into()));
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Where the problem starts.
    pub const fn span(&self) -> Span {
        self.label.0
    }

    /// The diagnostic together with the source, for rendering by miette.
    pub fn with_source<'a>(&'a self, source: &'a dyn SourceCode) -> Report<'a> {
        Report {
            diagnostic: self,
            source,
        }
    }
}

/// A diagnostic that miette can render.
pub struct Report<'a> {
    diagnostic: &'a Diagnostic,
    source: &'a dyn SourceCode,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.diagnostic.message)
    }
}

impl fmt::Debug for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.diagnostic, f)
    }
}

impl std::error::Error for Report<'_> {}

impl miette::Diagnostic for Report<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.diagnostic.code))
    }

    fn severity(&self) -> Option<Severity> {
        Some(Severity::Error)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = self.diagnostic.help.as_ref()?;
        Some(Box::new(help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = std::iter::once(&self.diagnostic.label);
        let labels = label.chain(self.diagnostic.related.as_ref());
        Some(Box::new(labels.map(|(span, text)| {
            let text = Some(text.clone()).filter(|text| !text.is_empty());
            LabeledSpan::new(text, span.start, span.end - span.start)
        })))
    }
}
