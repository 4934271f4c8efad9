//! A test of the kit.

use super::outcome::Checked;
use super::subject::Subject;

/// Looks at a plugin.
type Look = Box<dyn Fn(&Subject<'_>) -> Checked + Send + Sync>;

/// A test.
pub(crate) struct Test {
    /// Words between `/`.
    pub(crate) name: String,
    /// What a plugin must do, in one line.
    pub(crate) about: String,
    look: Look,
}

impl Test {
    /// A test that looks at a plugin.
    pub(super) fn new(
        name: impl Into<String>,
        about: impl Into<String>,
        look: impl Fn(&Subject<'_>) -> Checked + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            about: about.into(),
            look: Box::new(look),
        }
    }

    /// Runs it in this process.
    ///
    /// # Errors
    /// What is wrong with the plugin.
    pub(crate) fn run(&self, subject: &Subject<'_>) -> Checked {
        (self.look)(subject)
    }
}
