//! What a front end asked for files, and what it was told: the same questions with the
//! same answers lead to the same program.

use beskid_frontend::{Loaded, Loader, PackageId};
use beskid_plugin_api::Digest;
use serde::{Deserialize, Serialize};

use crate::source::Modules;

/// A question about files, and the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Answered {
    package: u32,
    question: Question,
    /// The digest of names and contents; `None`: there is nothing.
    answer: Option<Digest>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Question {
    /// The file of a module.
    Module(Vec<String>),
    /// The files that name their own module, which begins so.
    Named(String),
}

/// A loader that keeps in mind what it was asked.
pub(crate) struct Asked<'m> {
    modules: &'m mut Modules,
    /// Nothing that came from this program itself: that is in every question.
    pub(crate) answered: Vec<Answered>,
}

impl<'m> Asked<'m> {
    pub(crate) const fn new(modules: &'m mut Modules) -> Self {
        Self {
            modules,
            answered: Vec::new(),
        }
    }

    fn keep(&mut self, package: PackageId, question: Question, answer: Option<Digest>) {
        self.answered.push(Answered {
            package: package.0,
            question,
            answer,
        });
    }
}

impl Loader for Asked<'_> {
    fn load(&mut self, package: PackageId, module: &[&str]) -> Result<Option<Loaded>, String> {
        let loaded = self.modules.load(package, module)?;
        if !self.modules.is_embedded(package) {
            let parts = module.iter().map(|part| (*part).to_owned()).collect();
            let answer = loaded.as_ref().map(|loaded| digest(&[loaded]));
            self.keep(package, Question::Module(parts), answer);
        }
        Ok(loaded)
    }

    fn named(&mut self, package: PackageId, first: &str) -> Vec<Loaded> {
        let found = self.modules.named(package, first);
        if !self.modules.is_embedded(package) {
            let answer = digest(&found.iter().collect::<Vec<_>>());
            self.keep(package, Question::Named(first.to_owned()), Some(answer));
        }
        found
    }

    fn modules(&mut self, package: PackageId) -> Vec<Vec<String>> {
        self.modules.modules(package)
    }

    fn dependencies(&mut self, package: PackageId) -> Vec<(String, PackageId)> {
        self.modules.dependencies(package)
    }
}

impl Answered {
    /// Whether the answer is the same now.
    pub(super) fn holds(&self, modules: &mut Modules) -> bool {
        let package = PackageId(self.package);
        let now = match &self.question {
            Question::Module(parts) => {
                let parts = parts.iter().map(String::as_str).collect::<Vec<_>>();
                let Ok(loaded) = modules.load(package, &parts) else {
                    return false;
                };
                loaded.map(|loaded| digest(&[&loaded]))
            }
            Question::Named(first) => {
                let found = modules.named(package, first);
                Some(digest(&found.iter().collect::<Vec<_>>()))
            }
        };
        now == self.answer
    }
}

/// The digest of files: of digests, so that none can pass for another's end.
fn digest(files: &[&Loaded]) -> Digest {
    let parts = files.iter().flat_map(|file| {
        let parts = [file.name.as_bytes(), &file.bytes];
        parts.map(|part| *Digest::of(part).as_bytes())
    });
    Digest::of(&parts.collect::<Vec<_>>().concat())
}
