//! The process that runs directives of one file in one engine.

use std::path::PathBuf;

use beskid_clif::text::tests::{Backends, Tests, Verdict};
use beskid_plugin_api::artifact::CodegenArtifact;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use serde::{Deserialize, Serialize};

use super::INTERPRETER;
use super::settings::Asked;
use crate::config::{Config, Extern};
use crate::failure::Failure;
use crate::foreign::Extra;
use crate::lower;
use crate::plugins::accepted_options;
use crate::run::{Capture, Invocation, execute};
use crate::source::Source;
use crate::toolchain::Toolchain;

/// What one process is to do.
#[derive(Debug, Clone)]
pub struct Task {
    /// The `.clif` file.
    pub input: PathBuf,
    /// Backend, or [`INTERPRETER`].
    pub engine: String,
    /// Which of the file's variants.
    pub variant: usize,
    /// Which of the file's directives.
    pub directives: Vec<usize>,
    /// What is linked or loaded besides what the file names.
    pub extra: Extra,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Digest of the artifact that was run.
    pub digest: String,
    /// A verdict for each directive of the task, or why there are none.
    pub verdicts: Result<Vec<Verdict>, Diagnostic>,
}

/// Does a task in this process. `toolchain` gives the engine by its name.
///
/// # Errors
/// What is wrong with the file; what the engine says is in the report.
pub fn work<'t>(
    task: &Task,
    toolchain: impl FnOnce(&str) -> Result<Toolchain<'t>, Diagnostic>,
) -> Result<Report, Failure> {
    let source = Source::read(&task.input)?;
    let tests = lower::directives(&source)?;
    let artifact = lower::directives_artifact(&source, &tests, &task.directives)?;
    let verdicts = if task.engine == INTERPRETER {
        tests
            .interpret(&artifact, &task.directives)
            .map_err(Diagnostic::from)
    } else {
        toolchain(&task.engine).and_then(|tools| compiled(task, &tests, &artifact, tools))
    };
    Ok(Report {
        digest: artifact.digest().to_string(),
        verdicts,
    })
}

fn compiled(
    task: &Task,
    tests: &Tests,
    artifact: &CodegenArtifact,
    tools: Toolchain<'_>,
) -> Result<Vec<Verdict>, Diagnostic> {
    let variant = match tests.backends() {
        Backends::Run(variants) => variants.get(task.variant),
        Backends::Skip(_) => None,
    };
    let variant = variant.ok_or_else(|| {
        let message = format!("the file has no variant {}", task.variant);
        Diagnostic::new(Code::E4041, message)
    })?;
    let asked = Asked::of(variant, &accepted_options(tools.backend)?);
    let settings = tools.settings()?.with_options(asked.options);
    let settings = settings.with_optimization(asked.optimization);
    // Directives may call the C library, which a linker would find too.
    let config = Config {
        r#extern: Extern { dlopen: true },
        ..tools.config.clone()
    };
    let tools = Toolchain {
        config: &config,
        ..tools
    };
    let invocation = Invocation {
        arguments: &[task.input.clone().into()],
        runtime: None,
        extra: &task.extra,
        capture: Capture::Memory(tests.results_len(&task.directives)),
    };
    let finished = execute(tools, artifact, &settings, invocation)?;
    match finished.fault {
        None => Ok(tests.judge(&task.directives, &finished.memory)),
        Some(fault) => Err(fault),
    }
}
