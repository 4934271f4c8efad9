//! The texts that the editor has open.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use lsp_types::{TextDocumentItem, Uri};

use super::place;
use crate::input::Buffers;

/// Which of the two languages a text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A source of a program.
    Source,
    /// The manifest of a project or workspace.
    Manifest,
}

/// A text that is open.
#[derive(Debug, Clone)]
pub(super) struct Document {
    /// As the editor names it.
    pub(super) uri: Uri,
    /// Where it lies; nowhere, if it was never saved.
    pub(super) path: Option<PathBuf>,
    pub(super) kind: Kind,
    pub(super) version: i32,
    pub(super) text: Rc<str>,
}

/// The texts that are open, by their URIs.
#[derive(Debug, Clone, Default)]
pub(super) struct Documents {
    open: BTreeMap<String, Document>,
    /// Those with a path, for who reads files.
    buffers: Rc<Buffers>,
}

impl Documents {
    pub(super) fn open(&mut self, item: TextDocumentItem) {
        let path = place::path_of(&item.uri);
        let kind = match path.as_deref() {
            Some(path) if is_manifest(path) => Kind::Manifest,
            None if item.language_id == "beskid-project" => Kind::Manifest,
            _ => Kind::Source,
        };
        let document = Document {
            path,
            kind,
            version: item.version,
            text: item.text.into(),
            uri: item.uri,
        };
        self.open.insert(document.uri.as_str().to_owned(), document);
        self.gather();
    }

    /// Replaces a text; whether it was open.
    pub(super) fn change(&mut self, uri: &Uri, version: i32, text: String) -> bool {
        let Some(document) = self.open.get_mut(uri.as_str()) else {
            return false;
        };
        document.version = version;
        document.text = text.into();
        self.gather();
        true
    }

    pub(super) fn close(&mut self, uri: &Uri) -> Option<Document> {
        let closed = self.open.remove(uri.as_str());
        self.gather();
        closed
    }

    pub(super) fn get(&self, uri: &Uri) -> Option<&Document> {
        self.open.get(uri.as_str())
    }

    /// The text that is open of a file.
    pub(super) fn at(&self, path: &Path) -> Option<&Document> {
        let mut all = self.open.values();
        all.find(|document| document.path.as_deref() == Some(path))
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Document> {
        self.open.values()
    }

    pub(super) fn buffers(&self) -> &Rc<Buffers> {
        &self.buffers
    }

    fn gather(&mut self) {
        let with_path = self.open.values().filter_map(|document| {
            let path = document.path.clone()?;
            Some((path, Rc::clone(&document.text)))
        });
        self.buffers = Rc::new(with_path.collect());
    }
}

/// Whether a path is that of a manifest.
pub(super) fn is_manifest(path: &Path) -> bool {
    let extension = path.extension();
    extension.is_some_and(|extension| ["proj", "bproj", "bws"].iter().any(|end| extension == *end))
}
