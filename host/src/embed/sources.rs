//! Artifacts of sources that are in memory.

use std::collections::BTreeMap;

use beskid_clif::text::{self, SourceError};
use beskid_frontend::{
    Analysis, DebugFile, Entry, FileOf, LineIndex, Lints, Loaded, Loader, PackageId,
    SourceDiagnostic, Span,
};
use beskid_plugin_api::artifact::CodegenArtifact;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use crate::source::debug::CORELIB;
use crate::source::{candidates, corelib};

/// The package of the core library.
const CORE: PackageId = PackageId(1);

/// The files of a program by their paths, such as `Shapes/Circle.bd`, which is the
/// module `Shapes.Circle`; and the core library.
struct Files<'f>(BTreeMap<&'f str, &'f str>);

impl Loader for Files<'_> {
    fn load(&mut self, package: PackageId, module: &[&str]) -> Result<Option<Loaded>, String> {
        if package == CORE {
            let prefixed = |loaded: Loaded| Loaded {
                name: format!("Std/{}", loaded.name),
                ..loaded
            };
            return Ok(corelib::load(module).map(prefixed));
        }
        let found = candidates(module).into_iter();
        let mut found = found.filter_map(|name| {
            let bytes = self.0.get(name.as_str())?.as_bytes().to_vec();
            Some(Loaded { name, bytes })
        });
        Ok(found.next())
    }

    fn modules(&mut self, package: PackageId) -> Vec<Vec<String>> {
        match package {
            CORE => corelib::modules(),
            _ => self.0.keys().map(|path| module_of(path)).collect(),
        }
    }

    fn dependencies(&mut self, package: PackageId) -> Vec<(String, PackageId)> {
        match package {
            CORE => Vec::new(),
            _ => vec![("Std".to_owned(), CORE)],
        }
    }
}

/// The artifact of a Beskid program whose files are these, the first one first; it tells
/// debuggers of them as they are named, if it tells them anything.
///
/// # Errors
/// The first thing that is wrong with it; the others are in the notes.
pub(super) fn of_files(
    files: &[(&str, &str)],
    has_debug_info: bool,
) -> Result<CodegenArtifact, Diagnostic> {
    let Some((name, text)) = files.first() else {
        return Err(Diagnostic::new(Code::E4041, "a program of no files")
            .help("give at least one, the one that the program starts with"));
    };
    let entry = Entry {
        name: (*name).to_owned(),
        module: module_of(name),
        bytes: text.as_bytes(),
    };
    let mut loader = Files(files.iter().copied().collect());
    let analysis = beskid_frontend::analyze_program(&entry, &mut loader, &Lints::default());
    match analysis.program {
        Some(program) if has_debug_info => program.with_debug_info(debug_file).lower(None),
        Some(program) => program.lower(None),
        None => Err(first_of(name, &analysis)),
    }
}

fn debug_file(package: PackageId, name: &str) -> DebugFile {
    DebugFile {
        path: match package {
            CORE => format!("{CORELIB}/{name}"),
            _ => name.to_owned(),
        },
        directory: String::new(),
        md5: None,
    }
}

fn module_of(name: &str) -> Vec<String> {
    let name = name.strip_suffix(".bd").unwrap_or(name);
    name.split('/').map(str::to_owned).collect()
}

/// The first error, with its place, and the others in its notes.
fn first_of(name: &str, analysis: &Analysis) -> Diagnostic {
    let place = |span: Span| match analysis.sources.file_of(span) {
        Some(FileOf {
            name, text, base, ..
        }) => {
            let (line, column) = LineIndex::new(text).position(span.start - base);
            format!("{name}:{line}:{column}")
        }
        None => name.to_owned(),
    };
    let errors = analysis.diagnostics.iter();
    let mut errors = errors.filter(|found| !found.is_warning());
    let Some(first) = errors.next() else {
        return Diagnostic::new(Code::E4041, "the program was not understood").path(name);
    };
    let mut diagnostic = first.diagnostic.clone().path(place(first.span()));
    diagnostic
        .notes
        .extend(errors.map(|other: &SourceDiagnostic| {
            let found = &other.diagnostic;
            format!("{}: {}: {}", place(other.span()), found.code, found.message)
        }));
    diagnostic
}

/// The artifact of CLIF text.
///
/// # Errors
/// What is wrong with it, with its line.
pub(super) fn of_clif(text: &str) -> Result<CodegenArtifact, Diagnostic> {
    text::parse(text, None).map_err(|error| match error {
        SourceError::Clif(error) => Diagnostic::from(error),
        SourceError::Entrypoint { code, reason } => Diagnostic::new(code, reason),
        error => Diagnostic::new(Code::E0020, error.to_string()),
    })
}
