//! The files of a program.

use beskid_syntax::Tree;

use crate::span::{LineIndex, Span};

/// Where the modules of a program come from.
pub trait Loader {
    /// The file of a module, by the parts of its path.
    ///
    /// # Errors
    /// Why a file that is there cannot be read.
    fn load(&mut self, module: &[&str]) -> Result<Option<Loaded>, String>;

    /// The files that name their own module, wherever they lie (MOD-3), if the first
    /// part of its path is this one. Asked for imports that lead to no other file.
    fn named(&mut self, first: &str) -> Vec<Loaded> {
        let _ = first;
        Vec::new()
    }
}

/// A file that a [`Loader`] has found.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// As messages say it.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// No module but the one that a program starts with.
#[derive(Debug, Clone, Copy)]
pub struct Alone;

impl Loader for Alone {
    fn load(&mut self, _module: &[&str]) -> Result<Option<Loaded>, String> {
        Ok(None)
    }
}

/// A file and its tree.
#[derive(Debug)]
pub(crate) struct SourceFile {
    pub(crate) name: String,
    /// The path of its module, by where it lies.
    pub(crate) module: Vec<String>,
    pub(crate) base: u32,
    pub(crate) tree: Tree,
}

/// The files of a program, one after the other: a span counts from the begin of
/// the first.
#[derive(Debug, Default)]
pub struct Sources {
    pub(crate) files: Vec<SourceFile>,
}

impl Sources {
    /// Where the next file begins.
    pub(crate) fn end(&self) -> u32 {
        let last = self.files.last();
        // One more, so that the end of a file is not the begin of the next.
        last.map_or(0, |last| last.base + last.tree.text().len() as u32 + 1)
    }

    /// The file in which a span lies: its name, its text, and where it begins
    /// among all texts.
    pub fn file_of(&self, span: Span) -> Option<(&str, &str, u32)> {
        let index = self.files.partition_point(|file| file.base <= span.start);
        let file = self.files.get(index.checked_sub(1)?)?;
        Some((&file.name, file.tree.text(), file.base))
    }

    /// The names and line starts of all files.
    pub(crate) fn lines(&self) -> Vec<crate::hir::File> {
        let files = self.files.iter().map(|file| crate::hir::File {
            name: file.name.clone(),
            base: file.base,
            lines: LineIndex::new(file.tree.text()),
        });
        files.collect()
    }
}

/// A span of a file, among all texts.
pub(crate) const fn shifted(span: Span, base: u32) -> Span {
    Span::new(span.start + base, span.end + base)
}
