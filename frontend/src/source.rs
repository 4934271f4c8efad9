//! The files of a program.

use beskid_syntax::Tree;

use crate::packages::{PackageId, Packages};
use crate::span::{LineIndex, Span};

/// The file that a program starts with.
#[derive(Debug, Clone)]
pub struct Entry<'s> {
    /// As messages at run time say it. It gets into the artifact, so it must not be a
    /// path of the machine that compiles.
    pub name: String,
    /// The path of its module (MOD-1): `Net/Main.bd` is `Net.Main`.
    pub module: Vec<String>,
    /// What is in it.
    pub bytes: &'s [u8],
}

impl<'s> Entry<'s> {
    /// A file in the root of its package: its module has the name of the file.
    pub fn of_file(name: &str, bytes: &'s [u8]) -> Self {
        Self {
            name: name.to_owned(),
            module: vec![name.strip_suffix(".bd").unwrap_or(name).to_owned()],
            bytes,
        }
    }
}

/// Where the modules of a program come from.
pub trait Loader {
    /// The file of a package's module, by the parts of the module's path.
    ///
    /// # Errors
    /// Why a file that is there cannot be read.
    fn load(&mut self, package: PackageId, module: &[&str]) -> Result<Option<Loaded>, String>;

    /// The files of a package that name their own module, wherever they lie (MOD-3), if
    /// the first part of its path is this one. Asked for paths that lead to no other
    /// file.
    fn named(&mut self, package: PackageId, first: &str) -> Vec<Loaded> {
        let _ = (package, first);
        Vec::new()
    }

    /// The paths of a package's modules, by where their files lie. Asked when something is
    /// named that may be in one of them which is not imported.
    fn modules(&mut self, package: PackageId) -> Vec<Vec<String>> {
        let _ = package;
        Vec::new()
    }

    /// The packages that a package depends on directly, with the labels by which it
    /// names them. Asked once for each package, when one of its names leads to nothing
    /// in itself.
    fn dependencies(&mut self, package: PackageId) -> Vec<(String, PackageId)> {
        let _ = package;
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
    fn load(&mut self, _: PackageId, _: &[&str]) -> Result<Option<Loaded>, String> {
        Ok(None)
    }
}

/// A file and its tree.
#[derive(Debug)]
pub(crate) struct SourceFile {
    pub(crate) name: String,
    pub(crate) package: PackageId,
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
    pub(crate) packages: Packages,
}

/// A file of a program, for messages.
#[derive(Debug, Clone, Copy)]
pub struct FileOf<'s> {
    /// The package that it belongs to.
    pub package: PackageId,
    /// Its name, as the loader gave it.
    pub name: &'s str,
    /// What is in it.
    pub text: &'s str,
    /// Where it begins among all texts.
    pub base: u32,
}

impl Sources {
    /// Where the next file begins.
    pub(crate) fn end(&self) -> u32 {
        let last = self.files.last();
        // One more, so that the end of a file is not the begin of the next.
        last.map_or(0, |last| last.base + last.tree.text().len() as u32 + 1)
    }

    /// The file in which a span lies.
    pub fn file_of(&self, span: Span) -> Option<FileOf<'_>> {
        let index = self.files.partition_point(|file| file.base <= span.start);
        let file = self.files.get(index.checked_sub(1)?)?;
        Some(FileOf {
            package: file.package,
            name: &file.name,
            text: file.tree.text(),
            base: file.base,
        })
    }

    /// The files, the one that the program begins with first.
    pub fn files(&self) -> impl Iterator<Item = FileOf<'_>> {
        self.files.iter().map(|file| FileOf {
            package: file.package,
            name: &file.name,
            text: file.tree.text(),
            base: file.base,
        })
    }

    /// The path of a file's module by where it lies, by where it begins among all texts.
    pub fn module_of(&self, base: u32) -> Option<&[String]> {
        let mut files = self.files.iter();
        Some(&files.find(|file| file.base == base)?.module)
    }

    /// The syntax tree of a file, by where it begins among all texts.
    pub fn tree(&self, base: u32) -> Option<&Tree> {
        let mut files = self.files.iter();
        Some(&files.find(|file| file.base == base)?.tree)
    }

    /// Whether a span lies in a package that the first one depends on.
    pub(crate) fn is_elsewhere(&self, span: Span) -> bool {
        let file = self.file_of(span);
        file.is_some_and(|file| file.package != PackageId::ENTRY)
    }

    /// The names and line starts of all files.
    pub(crate) fn lines(&self) -> Vec<crate::hir::File> {
        let files = self.files.iter().map(|file| crate::hir::File {
            name: file.name.clone(),
            package: file.package,
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
