//! The lines before the functions: which tests, which targets, which settings.

use std::str::FromStr;

use target_lexicon::{Architecture, Triple};

use crate::isa::missing_on_host;
use crate::text::file::File;
use crate::text::set_lines::{flags, last_of_each};

/// Settings to run the directives of a file with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// Cranelift's name and value of each; an empty value enables it.
    pub settings: Vec<(String, String)>,
    /// An instruction-set feature that is asked for and this machine lacks.
    pub missing: Option<String>,
}

/// What backends are to do with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Backends {
    /// Run it, once for each of these; there is at least one.
    Run(Vec<Variant>),
    /// Nothing, for this reason.
    Skip(String),
}

/// Whether the file has a `test interpret` line.
pub(super) fn interpreted(file: &File) -> bool {
    has_test(file, "interpret")
}

fn has_test(file: &File, name: &str) -> bool {
    file.tests.iter().any(|test| test == name)
}

/// What the `test`, `set` and `target` lines mean for backends on this
/// machine. A file without any `test` line is run.
pub(super) fn backends(file: &File) -> Backends {
    if !has_test(file, "run") && !file.tests.is_empty() {
        return Backends::Skip("it has no `test run` line".to_owned());
    }
    if let Some(name) = &file.needed {
        return Backends::Skip(format!("it needs the feature `{name}`"));
    }
    // The parser keeps no settings as they are written, so the lines are read
    // again.
    let mut settings = Vec::new();
    let mut targets = Vec::new();
    let mut other_targets = false;
    for words in &file.header {
        let mut words = words.iter().map(String::as_str);
        match words.next() {
            Some("set") => settings.extend(flags(words)),
            Some("target") if words.next().is_some_and(is_host) => {
                targets.push(settings.iter().cloned().chain(flags(words)).collect());
            }
            Some("target") => other_targets = true,
            _ => {}
        }
    }
    if targets.is_empty() && other_targets {
        let host = Triple::host().architecture;
        return Backends::Skip(format!("it has no target line for {host}"));
    }
    if targets.is_empty() {
        targets.push(settings);
    }
    let isas = file.isas.iter();
    let mut isas = isas.filter(|isa| same_architecture(isa.triple().architecture));
    let variants = targets.into_iter().map(|settings| Variant {
        settings: last_of_each(settings),
        missing: isas
            .next()
            .and_then(|isa| missing_on_host(&**isa))
            .map(str::to_owned),
    });
    Backends::Run(variants.collect())
}

/// Whether the triple of a `target` line is for this machine.
fn is_host(triple: &str) -> bool {
    let architecture = triple.split('-').next().unwrap_or_default();
    Architecture::from_str(architecture).is_ok_and(same_architecture)
}

/// Whether it is this machine's, whatever the version of the instruction set.
fn same_architecture(architecture: Architecture) -> bool {
    let host = Triple::host().architecture;
    std::mem::discriminant(&architecture) == std::mem::discriminant(&host)
}
