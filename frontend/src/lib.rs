//! The Beskid language: source text to artifact.
//!
//! [`analyze`] checks a program and returns every problem that it finds;
//! [`Program::lower`] makes the artifact. Lowering never asks which backend
//! will run (BK-1).
//!
//! Data flows one way: files become trees (`beskid_syntax`), `resolve` finds the files
//! that belong to the program and what names mean, `check` makes the typed tree of
//! `hir`, `lower` the artifact.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod api;
mod builtins;
mod check;
pub mod codes;
mod diagnostic;
mod directives;
mod hir;
mod lints;
mod lower;
mod packages;
pub mod references;
mod resolve;
mod source;
mod span;
mod symbols;
mod types;

pub use diagnostic::{Report, SourceDiagnostic};
pub use hir::{Program, Test};

pub use lints::Lints;
pub use packages::PackageId;
pub use resolve::own_root;
pub use source::{Alone, Entry, FileOf, Loaded, Loader, Sources};
pub use span::{LineIndex, Span};
pub use symbols::{DEFAULT_ENTRYPOINT, test_symbol};

pub use beskid_plugin_api::artifact::debug::SourceFile as DebugFile;

use std::time::{Duration, Instant};

use beskid_plugin_api::artifact::CodegenArtifact;
use beskid_syntax::Tree;

/// Largest source, in bytes.
pub const MAX_SOURCE: usize = 64 << 20;

/// What the frontend found out about a program.
#[derive(Debug)]
pub struct Analysis {
    /// The program, if nothing is wrong with it.
    pub program: Option<Program>,
    /// What is wrong, and what may be, in source order. Spans count from the begin
    /// of the first file: [`Sources::file_of`] says in which file one is.
    pub diagnostics: Vec<SourceDiagnostic>,
    /// The files.
    pub sources: Sources,
    /// How long it took.
    pub took: Took,
}

/// How long the phases of an analysis took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Took {
    /// To read the files and make their trees.
    pub parse: Duration,
    /// To find out what names and types mean, and what is wrong.
    pub semantic: Duration,
}

/// Checks a program of one file. `file` is the file name for messages at run time; it
/// gets into the artifact, so it must not be a path.
pub fn analyze(file: &str, source: &[u8]) -> Analysis {
    analyze_program(&Entry::of_file(file, source), &mut Alone, &Lints::default())
}

/// Checks a program that starts with a file, and whose other modules a loader finds.
/// What may be wrong with packages that it depends on is their own affair: warnings are
/// about the package of the entry.
pub fn analyze_program(entry: &Entry<'_>, loader: &mut dyn Loader, lints: &Lints) -> Analysis {
    analyzed(entry, loader, lints, true)
}

/// What is wrong with a program: as [`analyze_program`], but faster, since there is no
/// program.
pub fn diagnose(entry: &Entry<'_>, loader: &mut dyn Loader, lints: &Lints) -> Analysis {
    analyzed(entry, loader, lints, false)
}

fn analyzed(entry: &Entry<'_>, loader: &mut dyn Loader, lints: &Lints, keep: bool) -> Analysis {
    let (program, mut analysis) = judged(entry, loader, lints, |sources, names, diagnostics| {
        check::check(sources, names, keep, diagnostics)
    });
    let mut all = analysis.diagnostics.iter();
    let good = all.all(SourceDiagnostic::is_warning);
    analysis.program = program.filter(|_| good && keep);
    analysis
}

/// What is wrong with a program, as [`diagnose`] finds it, and what its names refer to: for
/// editors.
pub fn explore(
    entry: &Entry<'_>,
    loader: &mut dyn Loader,
    lints: &Lints,
) -> (Analysis, references::References) {
    let (found, analysis) = judged(entry, loader, lints, |sources, names, diagnostics| {
        let observed = check::observe(sources, names, diagnostics);
        references::References::of(sources, observed)
    });
    (analysis, found.unwrap_or_default())
}

/// Reads a program, and judges it when its names are known.
fn judged<T>(
    entry: &Entry<'_>,
    loader: &mut dyn Loader,
    lints: &Lints,
    judge: impl FnOnce(&Sources, resolve::Names<'_>, &mut Vec<SourceDiagnostic>) -> T,
) -> (Option<T>, Analysis) {
    let mut diagnostics = Vec::new();
    let mut sources = Sources::default();
    let mut judgement = None;
    let begun = Instant::now();
    let mut took = Took::default();
    if let Some(text) = text(entry.bytes, &mut diagnostics) {
        start(entry, text, loader, &mut sources, &mut diagnostics);
        took.parse = begun.elapsed();
        let names = resolve::names(&sources, &mut diagnostics);
        judgement = Some(judge(&sources, names, &mut diagnostics));
        resolve::suggest_imports(&sources, loader, &mut diagnostics);
    }
    sort(&mut diagnostics, &sources);
    lints.apply(&mut diagnostics);
    took.semantic = begun.elapsed().saturating_sub(took.parse);
    let analysis = Analysis {
        program: None,
        diagnostics,
        sources,
        took,
    };
    (judgement, analysis)
}

/// Reads the files of a program.
fn start(
    entry: &Entry<'_>,
    text: &str,
    loader: &mut dyn Loader,
    sources: &mut Sources,
    diagnostics: &mut Vec<SourceDiagnostic>,
) {
    let place = resolve::Place {
        package: PackageId::ENTRY,
        name: entry.name.clone(),
        module: entry.module.clone(),
    };
    resolve::add(sources, place, text, diagnostics);
    resolve::discover(sources, loader, diagnostics);
}

/// Source order, and each thing once; no warnings about other packages.
fn sort(diagnostics: &mut Vec<SourceDiagnostic>, sources: &Sources) {
    diagnostics.retain(|found| !found.is_warning() || !sources.is_elsewhere(found.span()));
    diagnostics.sort_by_key(SourceDiagnostic::span);
    // All of a run of documentation is told at one place; only there, messages differ.
    diagnostics.dedup_by(|a, b| {
        let (one, other) = (&a.diagnostic, &b.diagnostic);
        let same = !codes::is_about_docs(&one.code) || one.message == other.message;
        a.span() == b.span() && one.code == other.code && same
    });
}

/// What there is to read about a program that starts with a file: its items, unless an
/// error leaves open what names mean; those of its own package. Of the diagnostics about a program whose names
/// are known, there are those about documentation (DOC-4); there is no program.
pub fn document(entry: &Entry<'_>, loader: &mut dyn Loader) -> (Option<Vec<api::Item>>, Analysis) {
    let mut diagnostics = Vec::new();
    let mut sources = Sources::default();
    let mut items = None;
    if let Some(text) = text(entry.bytes, &mut diagnostics) {
        start(entry, text, loader, &mut sources, &mut diagnostics);
        let names = resolve::names(&sources, &mut diagnostics);
        if diagnostics.iter().all(SourceDiagnostic::is_warning) {
            items = Some(api::items(&sources, &names));
            check::check(&sources, names, false, &mut diagnostics);
            diagnostics.retain(|found| codes::is_about_docs(&found.diagnostic.code));
        }
    }
    sort(&mut diagnostics, &sources);
    let analysis = Analysis {
        program: None,
        diagnostics,
        sources,
        took: Took::default(),
    };
    (items, analysis)
}

/// The files of a program that starts with a file, those of other packages too, as the
/// loader names them.
pub fn files(entry: &Entry<'_>, loader: &mut dyn Loader) -> Vec<(PackageId, String)> {
    let mut diagnostics = Vec::new();
    let mut sources = Sources::default();
    if let Some(text) = text(entry.bytes, &mut diagnostics) {
        start(entry, text, loader, &mut sources, &mut diagnostics);
    }
    let files = sources.files.into_iter();
    files.map(|file| (file.package, file.name)).collect()
}

/// Reads one source without its program: its tree, if it is a text, and what does not
/// follow the grammar.
pub fn parse(source: &[u8]) -> (Option<Tree>, Vec<SourceDiagnostic>) {
    let mut diagnostics = Vec::new();
    let tree = text(source, &mut diagnostics).map(beskid_syntax::parse);
    if let Some(tree) = &tree {
        diagnostics.extend(resolve::syntax_errors(tree, 0));
    }
    (tree, diagnostics)
}

/// The text of a source.
fn text<'s>(source: &'s [u8], diagnostics: &mut Vec<SourceDiagnostic>) -> Option<&'s str> {
    if source.len() > MAX_SOURCE {
        let message = format!(
            "the source has {} bytes, more than {MAX_SOURCE}",
            source.len()
        );
        diagnostics.push(
            SourceDiagnostic::new(codes::TOO_LARGE, message, Span::new(0, 0), "")
                .help("split the program into several files"),
        );
        return None;
    }
    match std::str::from_utf8(source) {
        Ok(text) => Some(text),
        Err(error) => {
            let at = error.valid_up_to();
            let message = format!("the source is not UTF-8: invalid byte at offset {at}");
            diagnostics.push(
                SourceDiagnostic::new(codes::NOT_UTF8, message, Span::of(at..at + 1), "")
                    .help("save the file as UTF-8"),
            );
            None
        }
    }
}

impl Program {
    /// Makes the artifact. It starts at the function named `entrypoint`, or
    /// at `main` if there is one.
    ///
    /// # Errors
    /// E4030 if the named function does not exist, E4041 if it takes
    /// parameters.
    pub fn lower(
        &self,
        entrypoint: Option<&str>,
    ) -> Result<CodegenArtifact, beskid_plugin_api::diagnostic::Diagnostic> {
        lower::lower(self, entrypoint)
    }

    /// The same program, whose artifacts say what debuggers want to know: the places
    /// of the code, and where the locals are. `file` says what each file is called, from
    /// its package and its name in messages.
    #[must_use]
    pub fn with_debug_info(mut self, file: impl Fn(PackageId, &str) -> DebugFile) -> Self {
        let files = self.files.iter();
        let files = files.map(|known| file(known.package, &known.name));
        self.debug_files = Some(files.collect());
        self
    }

    /// Makes the artifact of some of its tests, given by their places in
    /// [`tests`](Self::tests). It has no entrypoint: each test is exported by the
    /// name that [`test_symbol`] gives it (TST-6).
    ///
    /// # Errors
    /// None but those of a bug of this crate.
    pub fn lower_tests(
        &self,
        tests: &[usize],
    ) -> Result<CodegenArtifact, beskid_plugin_api::diagnostic::Diagnostic> {
        lower::lower_tests(self, tests)
    }
}
