//! What the compiler says of the program that begins with a file, as `beskid analyze` does.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use beskid_frontend::references::{Declaration, DeclarationKind, References};
use beskid_frontend::{Lints, SourceDiagnostic, Sources, Span};
use beskid_plugin_api::diagnostic::Diagnostic;

use super::documents::{Document, Documents, Kind, is_manifest};
use super::place;
use super::reached::{Reached, Searching};
use crate::failure::{Failure, Findings};
use crate::input::over;
use crate::lower;
use crate::project::{Resolved, Wanted};
use crate::source::{Modules, Source};

/// What there is to say of a file.
#[derive(Debug)]
pub(super) struct Told {
    /// Where it lies; nowhere, if it was never saved.
    pub(super) path: Option<PathBuf>,
    pub(super) text: String,
    pub(super) diagnostics: Vec<SourceDiagnostic>,
}

/// A program that was looked at.
#[derive(Debug, Default)]
pub(super) struct Program {
    pub(super) told: Vec<Told>,
    /// What its names mean, if the text that it begins with is open.
    pub(super) explored: Option<Explored>,
    /// What it was made of.
    reached: Reached,
}

/// What the names of a program mean.
#[derive(Debug)]
pub(super) struct Explored {
    pub(super) sources: Sources,
    pub(super) references: References,
    /// Where its files lie, by where they begin among all texts; those that are part of this
    /// command lie nowhere.
    paths: HashMap<u32, PathBuf>,
}

impl Explored {
    /// Where a file lies, by where it begins among all texts.
    pub(super) fn path(&self, base: u32) -> Option<&PathBuf> {
        self.paths.get(&base)
    }

    /// A span of a file, among all texts, if the file is one of the program's.
    pub(super) fn global(&self, path: &Path, span: Span) -> Option<Span> {
        let mut all = self.paths.iter();
        let (base, _) = all.find(|(_, known)| *known == path)?;
        Some(Span::new(span.start + base, span.end + base))
    }

    /// Whether something that documentation may refer to has a name.
    pub(super) fn declares(&self, name: &str) -> bool {
        use DeclarationKind::{Local, Parameter, TypeParameter};
        let named = |of: &&Declaration| !matches!(of.kind, Local | Parameter | TypeParameter);
        let mut all = self.references.declarations().iter().filter(named);
        all.any(|of| match of.name.is_empty() {
            false => self.text(of.name) == name,
            true => self
                .sources
                .module_of(of.base)
                .is_some_and(|path| path.iter().any(|part| part == name)),
        })
    }

    /// The text of a span.
    pub(super) fn text(&self, span: Span) -> &str {
        let file = self.sources.file_of(span);
        file.map_or("", |file| {
            Span::new(span.start - file.base, span.end - file.base).text(file.text)
        })
    }
}

/// The programs that were looked at, by the file that each begins with.
#[derive(Debug, Default)]
pub(super) struct Programs {
    known: HashMap<PathBuf, Rc<Program>>,
}

impl Programs {
    /// Forgets all of them: something was written that may concern each (LSP-4).
    pub(super) fn forget(&mut self) {
        self.known.clear();
    }

    /// Forgets those that the text of a file is part of: it was there, and is another now.
    pub(super) fn forget_those_with(&mut self, path: &Path) {
        match is_manifest(path) {
            true => self.forget(),
            false => self.known.retain(|_, program| !program.reached.has(path)),
        }
    }

    /// Whether the program of a file need not be looked at again.
    pub(super) fn has(&self, path: &Path) -> bool {
        self.known.contains_key(path)
    }

    /// The program that begins with a file.
    pub(super) fn of_file(&mut self, path: &Path, documents: &Documents) -> Rc<Program> {
        if let Some(known) = self.known.get(path) {
            return Rc::clone(known);
        }
        let depth = match documents.at(path) {
            Some(_) => Depth::Names,
            None => Depth::Diagnostics,
        };
        let new = Rc::new(look(path, depth, documents));
        self.known.insert(path.to_owned(), Rc::clone(&new));
        new
    }

    /// The program of a text that is open.
    pub(super) fn of_document(
        &mut self,
        document: &Document,
        documents: &Documents,
    ) -> Rc<Program> {
        match (&document.path, document.kind) {
            (Some(path), _) => self.of_file(path, documents),
            (None, Kind::Manifest) => Rc::default(),
            (None, Kind::Source) => {
                let bytes = document.text.as_bytes().to_vec();
                Rc::new(of_program(&Source::unsaved(bytes), None, Depth::Names))
            }
        }
    }

    /// The paths of the modules that a text may name.
    pub(super) fn modules(document: &Document, documents: &Documents) -> Vec<Vec<String>> {
        let Some(path) = &document.path else {
            return Modules::of(&Source::unsaved(Vec::new())).paths();
        };
        let found = over(documents.buffers(), || source(path));
        found.map_or_else(|_| Vec::new(), |(source, _)| Modules::of(&source).paths())
    }

    /// The program of a text that is open, as if it were another text.
    pub(super) fn imagined(document: &Document, text: String, documents: &Documents) -> Program {
        let mut imagined = documents.clone();
        imagined.change(&document.uri, document.version, text);
        match (&document.path, imagined.get(&document.uri)) {
            (Some(path), _) => look(path, Depth::Names, &imagined),
            (None, Some(document)) => {
                let bytes = document.text.as_bytes().to_vec();
                of_program(&Source::unsaved(bytes), None, Depth::Names)
            }
            (None, None) => Program::default(),
        }
    }

    /// What the names of the program mean that begins with a file, which need not be open.
    pub(super) fn explored(&mut self, path: &Path, documents: &Documents) -> Rc<Program> {
        match documents.at(path) {
            Some(_) => self.of_file(path, documents),
            // All that is known of it would be much to keep for each file.
            None => Rc::new(look(path, Depth::Names, documents)),
        }
    }
}

/// How much is wanted of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    Diagnostics,
    /// What its names mean, too.
    Names,
}

fn look(path: &Path, depth: Depth, documents: &Documents) -> Program {
    over(documents.buffers(), || match is_manifest(path) {
        true => of_manifest(path),
        false => of_source(path, depth),
    })
}

/// What is wrong with a manifest and those that it leads to.
fn of_manifest(path: &Path) -> Program {
    let wanted = Wanted {
        project: Some(path),
        ..Wanted::default()
    };
    let told = match Resolved::around(wanted) {
        Ok(found) => found.map(|found| found.warnings).unwrap_or_default(),
        Err(failure) => findings(path, failure),
    };
    Program {
        told: told
            .into_iter()
            .map(|found| Told::new(found, None))
            .collect(),
        ..Program::default()
    }
}

/// A source that sees the project around it (RES-3), and what may be wrong with that.
fn source(path: &Path) -> Result<(Source, Vec<Findings>), Failure> {
    let source = Source::read(path)?;
    let wanted = Wanted {
        input: Some(path),
        ..Wanted::default()
    };
    let Some(around) = Resolved::around(wanted)? else {
        return Ok((source, Vec::new()));
    };
    Ok((source.within(around.packages(), None), around.warnings))
}

fn of_source(path: &Path, depth: Depth) -> Program {
    let (source, warnings) = match source(path) {
        Ok(found) => found,
        Err(failure) => {
            let found = findings(path, failure).into_iter();
            return Program {
                told: found.map(|found| Told::new(found, None)).collect(),
                ..Program::default()
            };
        }
    };
    let mut program = of_program(&source, Some(path), depth);
    program
        .told
        .extend(warnings.into_iter().map(|found| Told::new(found, None)));
    program
}

fn of_program(source: &Source, path: Option<&Path>, depth: Depth) -> Program {
    let mut modules = Modules::of(source);
    let (entry, lints) = (source.entry(), Lints::default());
    let mut loader = Searching::new(&mut modules);
    let (analysis, references) = match depth {
        Depth::Diagnostics => {
            let analysis = beskid_frontend::diagnose(&entry, &mut loader, &lints);
            (analysis, None)
        }
        Depth::Names => {
            let (analysis, names) = beskid_frontend::explore(&entry, &mut loader, &lints);
            (analysis, Some(names))
        }
    };
    let reached = match loader.searched {
        true => Reached::Anything,
        false => {
            let files = analysis.sources.files();
            let paths = files.map(|file| lower::path_of(source, &modules, Some(&file)));
            Reached::Files(
                paths
                    .map(|path| place::canonical(Path::new(&path)))
                    .collect(),
            )
        }
    };
    let found = lower::findings(source, &modules, &analysis).into_iter();
    let told = found.map(|found| Told::new(found, path)).collect();
    let explored = references.map(|references| {
        let files = analysis.sources.files();
        let paths = files.filter_map(|file| {
            let shown = lower::path_of(source, &modules, Some(&file));
            Some((file.base, place_of(&shown, path)?))
        });
        Explored {
            paths: paths.collect(),
            references,
            sources: analysis.sources,
        }
    });
    Program {
        told,
        explored,
        reached,
    }
}

/// Where a file lies that the compiler names, or the one with the path `own`.
fn place_of(shown: &str, own: Option<&Path>) -> Option<PathBuf> {
    let path = Path::new(shown);
    match own {
        Some(own) if path == own => Some(own.to_owned()),
        _ => path.is_file().then(|| place::canonical(path)),
    }
}

impl Told {
    /// What was found of a file, or of the one with the path `own`.
    fn new(found: Findings, own: Option<&Path>) -> Self {
        let path = place_of(&found.path, own);
        Self {
            path,
            text: found.text,
            diagnostics: found.diagnostics,
        }
    }
}

/// A failure as findings: what has no place in a text stands at its begin.
fn findings(path: &Path, failure: Failure) -> Vec<Findings> {
    match failure {
        Failure::Source(found) => found,
        Failure::Diagnostic(found) => vec![at_begin(path, found)],
    }
}

fn at_begin(path: &Path, found: Diagnostic) -> Findings {
    let message = found.message.to_string();
    let mut placed = SourceDiagnostic::new(found.code.clone(), message, Span::new(0, 0), "");
    let named = found.path.as_ref().map(ToString::to_string);
    placed.diagnostic = found;
    Findings {
        path: named.unwrap_or_else(|| path.display().to_string()),
        text: String::new(),
        diagnostics: vec![placed],
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn dia_3_an_edit_forgets_the_programs_that_it_may_concern() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let write = |name: &str, text: &str| {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            path
        };
        let base = write("Base.bd", "pub i64 One() { return 1; }\n");
        let user = write("User.bd", "use Base;\ni64 main() { return One(); }\n");
        let alone = write("Alone.bd", "i64 main() { return 1; }\n");
        // Any file may say next that it is the module.
        let lost = write("Lost.bd", "use Nowhere;\ni64 main() { return 1; }\n");
        let broken = write("in/Project.proj", "project {\n");
        let inner = write("in/Src/Main.bd", "i64 main() { return 1; }\n");
        let documents = Documents::default();
        let all = [&base, &user, &alone, &lost, &inner];
        let mut programs = Programs::default();
        let mut known_after = |edited: &Path| {
            for path in all {
                programs.of_file(path, &documents);
            }
            programs.forget_those_with(edited);
            all.map(|path| programs.has(path))
        };
        assert_eq!(known_after(&base), [false, false, true, false, false]);
        assert_eq!(known_after(&user), [true, false, true, false, false]);
        assert_eq!(known_after(&alone), [true, true, false, false, false]);
        assert_eq!(known_after(&broken), [false; 5]);
    }
}
