//! What a request is about: a place in a text that is open, and the program that begins with
//! it.

use std::rc::Rc;

use beskid_frontend::Span;
use beskid_frontend::references::References;
use lsp_server::ErrorCode;
use lsp_types::{Location, Position, TextDocumentIdentifier, TextDocumentPositionParams, Uri};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::documents::Document;
use super::programs::{Explored, Program};
use super::reply::Refusal;
use super::text::Lines;
use super::workspace::Workspace;

/// The parameters of a request.
pub(super) fn params<P: DeserializeOwned>(params: Value) -> Result<P, Refusal> {
    let read = serde_json::from_value(params);
    read.map_err(|error| Refusal::new(ErrorCode::InvalidParams, error.to_string()))
}

/// The text that a request is about.
pub(super) fn document(
    workspace: &Workspace,
    named: &TextDocumentIdentifier,
) -> Result<Document, Refusal> {
    let found = workspace.documents.get(&named.uri).cloned();
    found.ok_or_else(|| {
        let message = format!("`{}` is not open", named.uri.as_str());
        Refusal::new(ErrorCode::InvalidParams, message)
    })
}

/// A place in a source that is open.
pub(super) struct Asked {
    pub(super) document: Document,
    pub(super) offset: u32,
    program: Rc<Program>,
}

impl Asked {
    /// The place that a request is about.
    pub(super) fn new(
        workspace: &mut Workspace,
        at: &TextDocumentPositionParams,
    ) -> Result<Self, Refusal> {
        Self::at(workspace, &at.text_document, at.position)
    }

    pub(super) fn at(
        workspace: &mut Workspace,
        named: &TextDocumentIdentifier,
        position: Position,
    ) -> Result<Self, Refusal> {
        let document = document(workspace, named)?;
        let offset = Lines::new(&document.text).offset(position);
        let program = workspace.program(&document);
        Ok(Self {
            document,
            offset,
            program,
        })
    }

    pub(super) fn program(&self) -> &Program {
        &self.program
    }

    /// What is known of the program's names; nothing, if its text is none.
    pub(super) fn explored(&self) -> Option<&Explored> {
        self.program.explored.as_ref()
    }

    pub(super) fn references(&self) -> Option<&References> {
        Some(&self.explored()?.references)
    }

    /// The name at the place, and the name of what it means.
    pub(super) fn meaning(&self) -> Option<(Span, Span)> {
        self.references()?.meaning(self.offset)
    }
}

/// Where a span of a program is, if it is in a file that an editor can open.
pub(super) fn location(
    workspace: &Workspace,
    explored: &Explored,
    span: Span,
    own: &Uri,
) -> Option<Location> {
    let file = explored.sources.file_of(span)?;
    let uri = match explored.path(file.base) {
        _ if file.base == 0 => own.clone(),
        Some(path) => workspace.uri(path)?,
        None => return None,
    };
    let local = Span::new(span.start - file.base, span.end - file.base);
    Some(Location::new(uri, Lines::new(file.text).range(local)))
}
