//! What the server knows: open texts, the files of the editor's folders, programs.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use beskid_frontend::MAX_SOURCE;
use lsp_server::ErrorCode;
use lsp_types::notification::{
    DidChangeTextDocument, DidChangeWatchedFiles, DidChangeWorkspaceFolders, DidCloseTextDocument,
    DidOpenTextDocument, DidSaveTextDocument, Notification,
};
use lsp_types::{InitializeParams, PublishDiagnosticsParams, Uri};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::documents::{Document, Documents};
use super::place;
use super::programs::{Program, Programs};
use super::publish::{Found, Published};
use super::reply::Refusal;
use crate::input::read_any;
use crate::source::{is_beskid, sources};

/// Most files that are not open of which diagnostics are told.
const MOST_CLOSED: usize = 2_000;

/// What was done by a look at what may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// A program was looked at; there may be others.
    More,
    /// All that is to be told is known.
    Known,
    /// It was told already.
    Done,
}

/// Of which files that which was told may no longer be so.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Stale {
    #[default]
    Nothing,
    /// Of those that are not open: what is seen was told anew.
    Closed,
    /// Of all.
    Open,
}

/// What an editor can do.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Client {
    /// It watches files for who asks.
    watches: bool,
    /// It takes symbols in symbols.
    pub(super) nested_symbols: bool,
}

/// What the server knows.
#[derive(Debug, Default)]
pub(super) struct Workspace {
    pub(super) documents: Documents,
    pub(super) programs: Programs,
    folders: BTreeSet<PathBuf>,
    /// The sources of the folders, if they were listed since something was written.
    listed: Option<BTreeSet<PathBuf>>,
    published: Published,
    stale: Stale,
    /// What the editor can do.
    pub(super) client: Client,
}

impl Workspace {
    /// Takes note of what the editor says of itself.
    pub(super) fn initialize(&mut self, params: Value) -> Result<(), Refusal> {
        let params = serde_json::from_value::<InitializeParams>(params);
        let params =
            params.map_err(|error| Refusal::new(ErrorCode::InvalidParams, error.to_string()))?;
        let folders = params.workspace_folders.unwrap_or_default().into_iter();
        let mut folders = folders.map(|folder| folder.uri).collect::<Vec<_>>();
        #[expect(deprecated, reason = "older editors name one folder, and no list")]
        if folders.is_empty() {
            folders.extend(params.root_uri);
        }
        self.folders = folders.iter().filter_map(place::path_of).collect();
        let watched = params.capabilities.workspace;
        let watched = watched.and_then(|workspace| workspace.did_change_watched_files);
        let symbols = params.capabilities.text_document;
        let symbols = symbols.and_then(|documents| documents.document_symbol);
        let nested = symbols.and_then(|symbols| symbols.hierarchical_document_symbol_support);
        self.client = Client {
            watches: watched.is_some_and(|watched| watched.dynamic_registration == Some(true)),
            nested_symbols: nested == Some(true),
        };
        self.stale = Stale::Open;
        Ok(())
    }

    /// What the editor is asked to tell of files that others write.
    pub(super) fn registration(&self) -> Option<Value> {
        let globs = ["**/*.bd", "**/*.{proj,bproj,bws}", "**/Project.lock"];
        let watchers = globs.map(|glob| json!({ "globPattern": glob }));
        self.client.watches.then(|| {
            json!({ "registrations": [{
                "id": "files",
                "method": DidChangeWatchedFiles::METHOD,
                "registerOptions": { "watchers": watchers },
            }] })
        })
    }

    /// Takes note of what a notification says. What cannot be understood changes nothing.
    pub(super) fn told(&mut self, method: &str, params: Value) {
        match method {
            DidOpenTextDocument::METHOD => {
                if let Some(params) = read::<DidOpenTextDocument>(params) {
                    self.documents.open(params.text_document);
                    self.invalidate();
                }
            }
            DidChangeTextDocument::METHOD => {
                // Each change is a whole text: the last one counts.
                if let Some(mut params) = read::<DidChangeTextDocument>(params)
                    && let Some(change) = params.content_changes.pop()
                    && change.range.is_none()
                {
                    let of = params.text_document;
                    if self.documents.change(&of.uri, of.version, change.text) {
                        let path = self.documents.get(&of.uri);
                        if let Some(path) = path.and_then(|document| document.path.as_deref()) {
                            self.programs.forget_those_with(path);
                        }
                        self.stale = Stale::Open;
                    }
                }
            }
            DidCloseTextDocument::METHOD => {
                if let Some(params) = read::<DidCloseTextDocument>(params)
                    && self.documents.close(&params.text_document.uri).is_some()
                {
                    self.invalidate();
                }
            }
            DidChangeWorkspaceFolders::METHOD => {
                if let Some(params) = read::<DidChangeWorkspaceFolders>(params) {
                    for folder in &params.event.removed {
                        place::path_of(&folder.uri).map(|path| self.folders.remove(&path));
                    }
                    let added = params.event.added.iter();
                    let added = added.filter_map(|folder| place::path_of(&folder.uri));
                    self.folders.extend(added);
                    self.invalidate();
                }
            }
            DidSaveTextDocument::METHOD | DidChangeWatchedFiles::METHOD => self.invalidate(),
            _ => {}
        }
    }

    /// LSP-4: what is on the disk may be another.
    fn invalidate(&mut self) {
        self.programs.forget();
        self.listed = None;
        self.stale = Stale::Open;
    }

    /// Looks at a program whose files may have changed; those that are open come first.
    pub(super) fn look(&mut self) -> Look {
        let files = match self.stale {
            Stale::Nothing => return Look::Done,
            Stale::Open => self.open_files(),
            Stale::Closed => self.files(),
        };
        let next = files.into_iter().find(|path| !self.programs.has(path));
        match next {
            Some(path) => {
                self.programs.of_file(&path, &self.documents);
                Look::More
            }
            None => Look::Known,
        }
    }

    /// Leaves what is told as it is, until something changes.
    pub(super) fn give_up(&mut self) {
        self.stale = Stale::Nothing;
    }

    fn open_files(&self) -> BTreeSet<PathBuf> {
        let all = self.documents.all();
        all.filter_map(|document| document.path.clone()).collect()
    }

    /// The files of the folders, which may be closed.
    pub(super) fn files(&mut self) -> BTreeSet<PathBuf> {
        let folders = &self.folders;
        let listed = self.listed.get_or_insert_with(|| {
            let all = folders.iter().filter_map(|folder| sources(folder).ok());
            let all = all.flatten().take(MOST_CLOSED);
            all.map(|path| place::canonical(&path)).collect()
        });
        listed.clone()
    }

    /// The program that begins with a text that is open.
    pub(super) fn program(&mut self, document: &Document) -> Rc<Program> {
        self.programs.of_document(document, &self.documents)
    }

    /// The program of a text that is open, as if it were another text.
    pub(super) fn imagined(&self, document: &Document, text: String) -> Program {
        Programs::imagined(document, text, &self.documents)
    }

    /// The next parts of the paths of modules that begin with these, of all packages that a
    /// text sees.
    pub(super) fn modules_below(&self, document: &Document, path: &[String]) -> BTreeSet<String> {
        let all = Programs::modules(document, &self.documents).into_iter();
        let below = all.filter(|module| module.starts_with(path));
        below
            .filter_map(|module| module.get(path.len()).cloned())
            .collect()
    }

    /// What the names of the program mean that begins with a file.
    pub(super) fn explored(&mut self, path: &Path) -> Rc<Program> {
        self.programs.explored(path, &self.documents)
    }

    /// The URI of a file, as the editor names it if it has it open.
    pub(super) fn uri(&self, path: &Path) -> Option<Uri> {
        let open = self.documents.at(path);
        let open = open.map(|document| document.uri.clone());
        open.or_else(|| place::uri_of(path))
    }

    /// The sources that are open or in the folders.
    pub(super) fn sources(&mut self) -> BTreeSet<PathBuf> {
        let mut files = self.files();
        files.extend(self.open_files());
        files.retain(|path| is_beskid(path));
        files
    }

    /// The sources in whose texts a name stands.
    pub(super) fn files_with(&mut self, name: &str) -> Vec<PathBuf> {
        let files = self.sources().into_iter();
        files
            .filter(|path| self.text(path).contains(name))
            .collect()
    }

    /// The text of a file as the editor has it, or else the disk.
    pub(super) fn text(&self, path: &Path) -> Rc<str> {
        match self.documents.at(path) {
            Some(document) => Rc::clone(&document.text),
            None => {
                let bytes = read_any(path, MAX_SOURCE as u64).map(|read| read.bytes);
                String::from_utf8_lossy(&bytes.unwrap_or_default()).into()
            }
        }
    }

    /// What is to be told, of the programs that are known and those of open texts.
    pub(super) fn news(&mut self) -> Vec<PublishDiagnosticsParams> {
        let is_whole = self.stale != Stale::Open;
        self.stale = match self.stale {
            Stale::Open => Stale::Closed,
            Stale::Closed | Stale::Nothing => Stale::Nothing,
        };
        let mut programs = Vec::new();
        let mut unsaved = Vec::new();
        for document in self.documents.all() {
            let program = self.programs.of_document(document, &self.documents);
            match &document.path {
                Some(path) => programs.push((path.clone(), program)),
                None => unsaved.push((document.uri.clone(), program)),
            }
        }
        let files = self.files();
        for path in files.iter().cloned() {
            let is_open = programs.iter().any(|(known, _)| *known == path);
            if !is_open && self.programs.has(&path) {
                let program = self.programs.of_file(&path, &self.documents);
                programs.push((path, program));
            }
        }
        let found = Found {
            programs,
            unsaved,
            files,
            is_whole,
        };
        self.published.update(&found, &self.documents)
    }
}

fn read<N: Notification>(params: Value) -> Option<N::Params>
where
    N::Params: DeserializeOwned,
{
    serde_json::from_value(params).ok()
}
