//! The documentation of a program, written to a folder.
//!
//! `api.json` is for programs (API-1), `index.md` for everybody (API-3), and the pages
//! of `site` for browsers, which need no server and no network.

mod escape;
mod index;
mod json;
mod markdown;
mod place;
mod site;

use std::fs;
use std::path::{Path, PathBuf};

use beskid_frontend::{FileOf, api};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use tracing::info_span;

use crate::failure::{Failure, Findings};
use crate::lower::{findings, path_of};
use crate::output;
use crate::source::{Language, Modules, Source};
use place::{Place, places};

/// Documentation in Markdown, its directives as lists.
pub(crate) fn described(doc: &api::Doc) -> String {
    index::described(doc)
}

/// A program's items, with their documentation.
pub struct Documented {
    /// As the user gave it.
    source: String,
    title: String,
    items: Vec<api::Item>,
    /// Where each item is.
    places: Vec<Place>,
}

/// Reads what there is to say about a program, whose title may be another than its
/// file's; with it comes what may be wrong with
/// its documentation.
///
/// # Errors
/// What leaves open what names mean.
pub fn read(
    source: &Source,
    title: Option<String>,
) -> Result<(Documented, Vec<Findings>), Failure> {
    let shown = source.path().display().to_string();
    if source.language() != Language::Beskid {
        let message = format!("`{shown}` is not a Beskid source");
        let refusal = Diagnostic::new(Code::E4041, message).path(shown);
        return Err(refusal
            .help("give a source `.bd`, which has documentation")
            .into());
    }
    let _span = info_span!("document").entered();
    let mut modules = Modules::of(source);
    let entry = source.entry();
    let title = title.or_else(|| entry.module.last().cloned());
    let (items, analysis) = beskid_frontend::document(&entry, &mut modules);
    let findings = findings(source, &modules, &analysis);
    let Some(items) = items else {
        return Err(Failure::Source(findings));
    };
    let of = |file: &FileOf<'_>| path_of(source, &modules, Some(file));
    let documented = Documented {
        source: shown,
        title: title.unwrap_or_default(),
        places: places(&items, &analysis, of),
        items,
    };
    Ok((documented, findings))
}

impl Documented {
    /// Writes all files to a folder, which is made if it is not there. Gives the paths
    /// of those to begin with: `api.json`, `index.md`, `index.html`.
    ///
    /// # Errors
    /// E4040 for what cannot be written.
    pub fn write(&self, folder: &Path) -> Result<[PathBuf; 3], Diagnostic> {
        let unwritable = |error: std::io::Error| {
            let path = folder.display().to_string();
            let message = format!("cannot make the folder `{path}`: {error}");
            let diagnostic = Diagnostic::new(Code::E4040, message).path(path);
            diagnostic.help("choose another folder with `--out`")
        };
        fs::create_dir_all(folder).map_err(unwritable)?;
        let put = |name: &str, text: &str| {
            let path = folder.join(name);
            output::update(&path, text.as_bytes()).map(|()| path)
        };
        for (name, text) in site::files(self) {
            put(&name, &text)?;
        }
        Ok([
            put("api.json", &json::api(self)?)?,
            put("index.md", &index::index(self))?,
            folder.join(site::FIRST),
        ])
    }
}
