//! The hunt itself.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use beskid_clif::generate::{Generated, Generator, Mnemonics};
use beskid_plugin_api::artifact::{CodegenArtifact, Feature};
use beskid_plugin_api::diagnostic::Diagnostic;

use super::engine::Engine;
use super::finding::{Finding, Folder, telling};
use super::outcome::{Disagreement, disagreements};
use super::reduction::smallest;
use super::tally::Tally;
use crate::signals::Work;

/// Times that a finding is made smaller again, to see whether it is the same.
const SURELY: u64 = 1;

/// Where artifacts come from.
pub enum Source {
    /// They are generated, of a seed, from this number on.
    Generated {
        /// Features that they may need.
        features: BTreeSet<Feature>,
        /// The seed.
        seed: u64,
        /// The first number.
        first: u64,
    },
    /// This one, once.
    Given(Box<CodegenArtifact>),
}

/// When a hunt is over.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// After so long.
    pub time: Option<Duration>,
    /// After so many artifacts.
    pub count: Option<u64>,
    /// Most time that an engine may take for one artifact.
    pub timeout: Duration,
    /// Most time in which what is found is made smaller.
    pub reduction: Duration,
}

/// A hunt.
pub struct Hunt {
    engines: Vec<Engine>,
    folder: Option<Folder>,
    limits: Limits,
    /// What a command that shows a finding again has before the file.
    command: String,
    findings: Vec<Finding>,
    tally: Tally,
    since: Instant,
}

impl Hunt {
    /// A hunt with these engines, each the arguments of this program that make it
    /// one. What is found goes to a folder, unless there is none: then it is only
    /// told.
    ///
    /// # Errors
    /// E4040 or E4042 if the folder cannot be used.
    pub fn new(
        engines: impl IntoIterator<Item = (String, Vec<OsString>)>,
        folder: Option<PathBuf>,
        command: String,
        limits: Limits,
    ) -> Result<Self, Diagnostic> {
        let engines = engines.into_iter();
        let engines = engines.map(|(name, args)| Engine::new(&name, args, limits.timeout));
        Ok(Self {
            engines: engines.collect(),
            folder: folder.map(|path| Folder::new(&path)).transpose()?,
            limits,
            command,
            findings: Vec::new(),
            tally: Tally::default(),
            since: Instant::now(),
        })
    }

    /// Hunts until a limit is reached. `told` is given each new finding at once.
    ///
    /// # Errors
    /// E4044 if the user wants to stop; E4040 if the machine fails, or a finding
    /// cannot be kept; what `told` says.
    pub fn run(
        &mut self,
        source: &Source,
        told: &mut dyn FnMut(&Finding) -> Result<(), Diagnostic>,
    ) -> Result<(), Diagnostic> {
        // A signal leaves what is found so far, and what it is.
        let _work = Work::begin();
        self.since = Instant::now();
        let ran = self.all(source, told);
        self.tally.took(self.since.elapsed());
        ran
    }

    /// What was done so far.
    pub const fn tally(&self) -> &Tally {
        &self.tally
    }

    /// What was found so far.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    fn all(
        &mut self,
        source: &Source,
        told: &mut dyn FnMut(&Finding) -> Result<(), Diagnostic>,
    ) -> Result<(), Diagnostic> {
        let (features, seed, first) = match source {
            Source::Given(artifact) => {
                let mnemonics = artifact.forms().iter();
                let mnemonics = mnemonics.map(|form| (form.mnemonic.clone(), 1));
                let generated = Generated {
                    artifact: (**artifact).clone(),
                    mnemonics: mnemonics.collect(),
                };
                return self.one(0, &generated, told);
            }
            Source::Generated {
                features,
                seed,
                first,
            } => (features.clone(), *seed, *first),
        };
        self.tally.seed = seed;
        let generator = Generator::new(features)?;
        for number in first.. {
            let is_late = |time| self.since.elapsed() >= time;
            let is_full = |count| number - first >= count;
            if self.limits.time.is_some_and(is_late) || self.limits.count.is_some_and(is_full) {
                break;
            }
            let generated = generator.artifact(seed, number)?;
            self.one(number, &generated, told)?;
        }
        Ok(())
    }

    fn one(
        &mut self,
        number: u64,
        generated: &Generated,
        told: &mut dyn FnMut(&Finding) -> Result<(), Diagnostic>,
    ) -> Result<(), Diagnostic> {
        for engine in &mut self.engines {
            engine.give(&generated.artifact)?;
        }
        let mut outcomes = Vec::new();
        for engine in &mut self.engines {
            outcomes.push((engine.name.clone(), engine.outcome()?));
        }
        self.tally.count(&outcomes, &generated.mnemonics);
        for found in disagreements(&outcomes) {
            self.look_into(number, generated, &found, told)?;
        }
        Ok(())
    }

    /// Whether what was found is known, if not what it is.
    fn look_into(
        &mut self,
        number: u64,
        generated: &Generated,
        found: &Disagreement,
        told: &mut dyn FnMut(&Finding) -> Result<(), Diagnostic>,
    ) -> Result<(), Diagnostic> {
        let artifact = &generated.artifact;
        if self.is_surely_known(found, &generated.mnemonics) {
            self.tally.duplicates += 1;
            return Ok(());
        }
        let engine = found.found_by.replace(':', "-");
        let name = format!("{engine}-{}-{number}", found.kind);
        // What is being made smaller is not lost if the hunt ends now.
        let command = self.command_for(&name);
        if let Some(folder) = &self.folder {
            folder.keep(&name, artifact, &found.to_string(), &command)?;
        }
        let reduced = match &self.folder {
            Some(_) => smallest(&mut self.engines, artifact, found, self.limits.reduction),
            None => Ok(Some((artifact.clone(), found.clone()))),
        };
        let (ended, reduced) = match reduced {
            Ok(reduced) => (Ok(()), reduced),
            // It is found even so.
            Err(error) => (Err(error), Some((artifact.clone(), found.clone()))),
        };
        let is_repeatable = reduced.is_some();
        let (small, disagreement) = reduced.unwrap_or_else(|| (artifact.clone(), found.clone()));
        let mnemonics = telling(&small);
        let mut known = self.findings.iter_mut();
        if let Some(known) = known.find(|known| known.is_like(found, &mnemonics)) {
            known.times += 1;
            self.tally.duplicates += 1;
            if let Some(folder) = &self.folder {
                folder.forget(&name)?;
            }
            return ended;
        }
        if let Some(folder) = &self.folder {
            folder.keep(&name, &small, &disagreement.to_string(), &command)?;
        }
        let finding = Finding {
            disagreement,
            artifact: number,
            bytes: (artifact.bytes().len(), small.bytes().len()),
            is_repeatable,
            file: self.folder.as_ref().map(|folder| folder.file(&name)),
            command,
            mnemonics,
            times: 1,
        };
        told(&finding)?;
        self.tally.findings += 1;
        self.findings.push(finding);
        ended
    }

    /// Whether it looks like something that was found often. Now and then that is
    /// looked into, for there may be something else behind it.
    fn is_surely_known(&mut self, found: &Disagreement, mnemonics: &Mnemonics) -> bool {
        let mnemonics = mnemonics.keys().cloned().collect();
        let mut known = self.findings.iter_mut();
        let known = known.find(|known| known.is_like(found, &mnemonics));
        let Some(known) = known.filter(|known| known.times > SURELY) else {
            return false;
        };
        known.times += 1;
        !known.times.is_power_of_two()
    }

    fn command_for(&self, name: &str) -> String {
        let file = self.folder.as_ref().map(|folder| folder.file(name));
        let file = file.unwrap_or_default();
        let file = file.to_string_lossy();
        format!("{} {}", self.command, shell_words::quote(&file))
    }
}
