//! Run directives: `; run: %f(1, 2) == 3` behind the functions of a `.clif`
//! file, in the form of Cranelift's own test files.
//!
//! All directives of a file become one artifact: an entrypoint that makes each
//! call with its arguments and stores the results. So every backend runs them
//! by the same bytes.

use std::str::FromStr;

use cranelift_codegen::data_value::{DataValue, DisplayDataValues};
use cranelift_codegen::ir::{self, ArgumentPurpose};
use cranelift_reader::{
    IsaSpec, ParseOptions, RunCommand, TestFile, parse_run_command, parse_test,
};
use target_lexicon::{Architecture, Triple};

use super::parse::SourceError;

/// Bytes that each argument and each result takes.
pub(super) const SLOT: usize = 16;

/// The directives of one file.
#[derive(Debug)]
pub struct Directives {
    list: Vec<Directive>,
    settings: Vec<(String, String)>,
}

/// One directive.
#[derive(Debug)]
pub struct Directive {
    pub(super) function: usize,
    pub(super) command: RunCommand,
    pub(super) returns: Vec<ir::Type>,
    /// Number of results of all directives before this one.
    pub(super) first_result: usize,
}

/// How a directive ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The results are as expected.
    Passed,
    /// It asked for the results to be printed.
    Printed(String),
    /// The results are not as expected.
    Failed(String),
}

/// What a file asks for.
#[derive(Debug)]
pub enum TestPlan {
    /// Nothing can be run here, for this reason.
    Skip(String),
    /// These directives.
    Run(Directives),
}

impl Directives {
    /// Number of directives.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Settings that the file asks for: Cranelift's name and value of each.
    pub fn settings(&self) -> &[(String, String)] {
        &self.settings
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Directive> {
        self.list.iter()
    }

    /// Size of the results of all directives, in bytes.
    pub fn results_len(&self) -> usize {
        let last = self.list.last();
        last.map_or(0, |last| (last.first_result + last.returns.len()) * SLOT)
    }

    /// Compares what the entrypoint stored with what was expected: each
    /// directive as it is written, and its verdict.
    pub fn judge(&self, results: &[u8]) -> Vec<(String, Verdict)> {
        let judged = self.list.iter().map(|directive| {
            let values = directive.returns.iter().enumerate().map(|(index, ty)| {
                let start = (directive.first_result + index) * SLOT;
                let bytes = results.get(start..start + SLOT)?;
                Some(DataValue::read_from_slice_ne(bytes, *ty))
            });
            let verdict = match values.collect::<Option<Vec<_>>>() {
                Some(values) => directive.verdict(&values),
                None => Verdict::Failed("the results are not there".to_owned()),
            };
            (directive.command.to_string(), verdict)
        });
        judged.collect()
    }
}

impl Directive {
    pub(super) fn args(&self) -> &[DataValue] {
        match &self.command {
            RunCommand::Print(invocation) | RunCommand::Run(invocation, ..) => &invocation.args,
        }
    }

    fn verdict(&self, actual: &[DataValue]) -> Verdict {
        let shown = || DisplayDataValues(actual).to_string();
        match &self.command {
            RunCommand::Print(_) => Verdict::Printed(shown()),
            RunCommand::Run(..) => match self.command.run(|_, _| Ok(actual.to_vec())) {
                Ok(()) => Verdict::Passed,
                Err(_) => Verdict::Failed(shown()),
            },
        }
    }
}

/// Reads the directives of a `.clif` file.
///
/// # Errors
/// [`SourceError::Syntax`] with the line.
pub(super) fn read<'t>(text: &'t str) -> Result<(TestFile<'t>, TestPlan), SourceError> {
    let file = parse_test(text, ParseOptions::default()).map_err(|error| SourceError::Syntax {
        line: error.location.line_number,
        message: error.message,
    })?;
    let plan = plan(text, &file)?;
    Ok((file, plan))
}

fn plan(text: &str, file: &TestFile<'_>) -> Result<TestPlan, SourceError> {
    let runs = file
        .commands
        .iter()
        .any(|command| matches!(command.command, "run" | "interpret"));
    if !runs && !file.commands.is_empty() {
        return Ok(TestPlan::Skip("it has no `test run` line".to_owned()));
    }
    // The parser leaves out targets that this Cranelift was built without, so
    // the lines themselves are asked first.
    let mut targets = header(text).filter_map(target_architecture).peekable();
    if targets.peek().is_some() && !targets.any(is_host) {
        let host = Triple::host().architecture;
        return Ok(TestPlan::Skip(format!("it has no target line for {host}")));
    }
    if let IsaSpec::Some(isas) = &file.isa_spec {
        let isa = isas.iter().find(|isa| is_host(isa.triple().architecture));
        if let Some(missing) = isa.and_then(|isa| missing_feature(&**isa)) {
            return Ok(TestPlan::Skip(format!("this machine lacks {missing}")));
        }
    }
    let mut list = Vec::new();
    let mut first_result = 0;
    for (index, (func, details)) in file.functions.iter().enumerate() {
        for comment in &details.comments {
            let command = parse_run_command(comment.text, &func.signature);
            let command = command.map_err(|error| SourceError::Syntax {
                line: line_of(text, comment.text),
                message: error.message,
            })?;
            let Some(command) = command else { continue };
            let special = |param: &ir::AbiParam| param.purpose != ArgumentPurpose::Normal;
            if func.signature.params.iter().any(special) {
                return Ok(TestPlan::Skip(
                    "a tested function takes a special parameter".to_owned(),
                ));
            }
            let returns = func
                .signature
                .returns
                .iter()
                .map(|result| result.value_type);
            let returns = returns.collect::<Vec<_>>();
            let count = returns.len();
            let directive = Directive {
                function: index,
                command,
                returns,
                first_result,
            };
            let (found, wanted) = (directive.args().len(), func.signature.params.len());
            if found != wanted {
                return Err(SourceError::Syntax {
                    line: line_of(text, comment.text),
                    message: format!("the function takes {wanted} arguments, not {found}"),
                });
            }
            list.push(directive);
            first_result += count;
        }
    }
    if list.is_empty() {
        return Ok(TestPlan::Skip("it has no run directive".to_owned()));
    }
    let settings = settings(text);
    Ok(TestPlan::Run(Directives { list, settings }))
}

/// Line of a part of the text, from 1.
fn line_of(text: &str, part: &str) -> usize {
    let offset = part.as_ptr() as usize - text.as_ptr() as usize;
    let before = text.get(..offset).unwrap_or_default();
    before.bytes().filter(|byte| *byte == b'\n').count() + 1
}

/// The first feature that a target line asks for and this machine lacks.
fn missing_feature(isa: &dyn cranelift_codegen::isa::TargetIsa) -> Option<String> {
    let host = cranelift_native::builder().ok()?;
    let flags = cranelift_codegen::settings::builder();
    let host = host
        .finish(cranelift_codegen::settings::Flags::new(flags))
        .ok()?;
    let available = host.isa_flags();
    let has = |name: &str| {
        available
            .iter()
            .any(|flag| flag.name == name && flag.as_bool() == Some(true))
    };
    let wanted = isa
        .isa_flags()
        .into_iter()
        .filter(|flag| flag.as_bool() == Some(true));
    let mut missing = wanted.filter(|flag| flag.name.starts_with("has_") && !has(flag.name));
    missing.next().map(|flag| flag.name.to_owned())
}

/// The lines before the first function, in words, without comments.
fn header(text: &str) -> impl Iterator<Item = std::str::SplitWhitespace<'_>> {
    let lines = text
        .lines()
        .take_while(|line| !line.starts_with("function"));
    lines.map(|line| {
        line.split(';')
            .next()
            .unwrap_or_default()
            .split_whitespace()
    })
}

/// The architecture of a `target` line.
fn target_architecture(mut words: std::str::SplitWhitespace<'_>) -> Option<Architecture> {
    if words.next() != Some("target") {
        return None;
    }
    let triple = words.next()?;
    Architecture::from_str(triple.split('-').next()?).ok()
}

/// Whether it is this machine's, whatever the version of the instruction set.
fn is_host(architecture: Architecture) -> bool {
    let host = Triple::host().architecture;
    std::mem::discriminant(&architecture) == std::mem::discriminant(&host)
}

/// What the `set` lines say, and the flags of the target line for this
/// architecture.
fn settings(text: &str) -> Vec<(String, String)> {
    let mut settings = Vec::new();
    for words in header(text) {
        let mut flags = words.clone();
        let skipped = match flags.next() {
            Some("set") => 0,
            Some("target") if target_architecture(words).is_some_and(is_host) => 1,
            _ => continue,
        };
        settings.extend(flags.skip(skipped).map(|word| match word.split_once('=') {
            Some((name, value)) => (name.to_owned(), value.to_owned()),
            None => (word.to_owned(), String::new()),
        }));
    }
    settings
}
