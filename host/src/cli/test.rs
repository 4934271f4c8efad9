//! `beskid test`: the run directives of `.clif` files, through every backend.

use std::fs;
use std::path::{Path, PathBuf};

use beskid_clif::isa::SETTING;
use beskid_clif::text::{Directives, TestProgram, Verdict};
use beskid_plugin_api::artifact::CodegenArtifact;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::environment::Environment;
use super::render;
use crate::build::execute;
use crate::compile::CompileSettings;
use crate::failure::Failure;
use crate::lower::clif_tests;
use crate::run::Capture;
use crate::source::Source;

/// How many directives ended how; a skipped file counts once.
#[derive(Debug, Default)]
struct Count {
    passed: usize,
    failed: usize,
    skipped: usize,
}

/// Runs the directives of all files; exit status 1 if any failed.
pub(super) fn test(
    environment: &Environment,
    inputs: &[PathBuf],
    backends: &[String],
) -> Result<u8, Failure> {
    for backend in backends {
        environment.registry.backend(backend)?;
    }
    let mut count = Count::default();
    for path in files(inputs)? {
        match clif_tests(&Source::read(&path)?) {
            Ok(TestProgram::Skip(reason)) => {
                render::line(&format!("SKIP {}: {reason}", path.display()))?;
                count.skipped += 1;
            }
            Ok(TestProgram::Run {
                artifact,
                directives,
            }) => {
                for backend in backends {
                    run(
                        environment,
                        backend,
                        &path,
                        &artifact,
                        &directives,
                        &mut count,
                    )?;
                }
            }
            Err(failure) => {
                render::failure(&failure, environment.format);
                render::line(&format!("FAIL {}", path.display()))?;
                count.failed += 1;
            }
        }
    }
    let Count {
        passed,
        failed,
        skipped,
    } = count;
    render::line(&format!(
        "{passed} passed, {failed} failed, {skipped} skipped"
    ))?;
    Ok(u8::from(failed > 0))
}

fn run(
    environment: &Environment,
    backend: &str,
    path: &Path,
    artifact: &CodegenArtifact,
    directives: &Directives,
    count: &mut Count,
) -> Result<(), Diagnostic> {
    let tools = environment.toolchain_with(backend)?;
    let options = directives.settings().iter();
    let options = options.map(|(name, value)| (format!("{SETTING}{name}"), value.clone()));
    let settings = CompileSettings::from(&environment.config).with_options(options);
    let capture = Capture::Memory(directives.results_len());
    let place = format!("{} [{backend}]", path.display());
    match execute(tools, artifact, &settings, capture) {
        Ok(finished) => {
            for (directive, verdict) in directives.judge(&finished.memory) {
                match verdict {
                    Verdict::Passed => count.passed += 1,
                    Verdict::Printed(values) => {
                        count.passed += 1;
                        render::line(&format!("{place}: {directive} -> {values}"))?;
                    }
                    Verdict::Failed(actual) => {
                        count.failed += 1;
                        render::line(&format!("FAIL {place}: {directive}, found {actual}"))?;
                    }
                }
            }
            Ok(())
        }
        Err(error) if error.code == "E5008" => {
            count.skipped += 1;
            render::line(&format!("SKIP {place}: {}", error.message))
        }
        Err(error) => {
            count.failed += directives.len();
            render::line(&format!("FAIL {place}: {error}"))
        }
    }
}

/// The files named, and the `.clif` files of the folders named, by name.
fn files(inputs: &[PathBuf]) -> Result<Vec<PathBuf>, Diagnostic> {
    let mut files = Vec::new();
    for input in inputs {
        if !input.is_dir() {
            files.push(input.clone());
            continue;
        }
        let unreadable = |error: std::io::Error| {
            let message = format!("cannot read `{}`: {error}", input.display());
            Diagnostic::new("E4040", message)
        };
        let mut found = Vec::new();
        for entry in fs::read_dir(input).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.is_dir() || path.extension().is_some_and(|found| found == "clif") {
                found.push(path);
            }
        }
        found.sort();
        files.extend(self::files(&found)?);
    }
    Ok(files)
}
