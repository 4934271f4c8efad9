//! Where items are: files, lines and columns.

use beskid_frontend::api::Item;
use beskid_frontend::{Analysis, FileOf, LineIndex};

/// Where an item is; lines and columns count from 1 (API-2).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: String,
    pub(super) start: (usize, usize),
    pub(super) end: (usize, usize),
}

/// The places of items; `path` gives the path of a file.
pub(super) fn places(
    items: &[Item],
    analysis: &Analysis,
    path: impl Fn(&FileOf<'_>) -> String,
) -> Vec<Place> {
    let mut known = Vec::<(u32, String, LineIndex)>::new();
    let places = items.iter().map(|item| {
        let Some(file) = analysis.sources.file_of(item.span) else {
            return Place::default();
        };
        let base = file.base;
        let index = known.iter().position(|(known, ..)| *known == base);
        let index = index.unwrap_or_else(|| {
            known.push((base, path(&file), LineIndex::new(file.text)));
            known.len() - 1
        });
        let (_, file, lines) = &known[index];
        Place {
            file: file.clone(),
            start: lines.position(item.span.start - base),
            end: lines.position(item.span.end - base),
        }
    });
    places.collect()
}
