//! A backend at work on the programs of the kit.

use std::fmt;

use beskid_plugin_api::Digest;
use beskid_plugin_api::artifact::Outline;
use beskid_plugin_api::backend::{
    BackendDescription, CompileRequest, Compiled, OutputForm, Session,
};
use beskid_plugin_api::diagnostic::Diagnostic;

use crate::compile;
use crate::kit::outcome::{Checked, Finding, Outcome, holds, made};
use crate::kit::subject::Subject;
use crate::run::session_request;

/// A backend that can be asked.
pub(super) struct Bench<'a> {
    pub(super) subject: &'a Subject<'a>,
    pub(super) description: BackendDescription,
}

impl<'a> Bench<'a> {
    /// The backend of a subject.
    ///
    /// # Errors
    /// A finding if it cannot be loaded, or says something else of itself than its
    /// manifest does.
    pub(super) fn of(subject: &'a Subject<'a>) -> Result<Self, Finding> {
        let backend = made("the plugin to be loaded", subject.entry.backend())?;
        let description = made("a description", backend.describe())?;
        Ok(Self {
            subject,
            description,
        })
    }

    /// Its answer, whatever it is.
    ///
    /// # Errors
    /// What it says.
    pub(super) fn ask(
        &self,
        artifact: &[u8],
        request: &CompileRequest,
    ) -> Result<Compiled, Diagnostic> {
        compile::ask(self.subject.entry, artifact, request)
    }

    /// A request for what it makes: an object if it can, or else a session.
    pub(super) fn request(&self) -> CompileRequest {
        match self.description.emits_objects {
            true => CompileRequest::object(None),
            false => session_request(),
        }
    }

    /// What it makes of an artifact, which must be what was asked for and of the
    /// artifact that was given.
    ///
    /// # Errors
    /// A finding if it is not.
    pub(super) fn compile(
        &self,
        artifact: &Outline,
        request: &CompileRequest,
    ) -> Result<Made, Finding> {
        let compiled = made(
            "the program to be compiled",
            self.ask(artifact.bytes(), request),
        )?;
        let (digest, made) = Made::of(compiled);
        check_digest(artifact.digest(), digest)?;
        let wanted = request.output;
        holds(
            made.is(wanted),
            format!("{wanted:?} to be made"),
            format!("{made:?} was"),
        )?;
        Ok(made)
    }

    /// The bytes of an object.
    ///
    /// # Errors
    /// As for [`Self::compile`].
    pub(super) fn object(
        &self,
        artifact: &Outline,
        request: &CompileRequest,
    ) -> Result<Vec<u8>, Finding> {
        match self.compile(artifact, request)? {
            Made::Object(bytes) => Ok(bytes),
            Made::Session(_) => Err(Finding::new("an object file", "a session")),
        }
    }

    /// The code in memory, with the runtime for its imports.
    ///
    /// # Errors
    /// As for [`Self::compile`].
    pub(super) fn session(&self, artifact: &Outline) -> Result<Box<dyn Session>, Finding> {
        match self.compile(artifact, &session_request())? {
            Made::Session(session) => Ok(session),
            Made::Object(_) => Err(Finding::new("a session", "an object file")),
        }
    }
}

/// What a backend made.
pub(super) enum Made {
    Object(Vec<u8>),
    Session(Box<dyn Session>),
}

impl Made {
    /// What was made, and the digest of what it was made of.
    pub(super) fn of(compiled: Compiled) -> (Digest, Self) {
        match compiled {
            Compiled::Object { digest, object } => (digest, Self::Object(object)),
            Compiled::Session { digest, session } => (digest, Self::Session(session)),
        }
    }

    const fn is(&self, form: OutputForm) -> bool {
        match self {
            Self::Object(_) => matches!(form, OutputForm::Object),
            Self::Session(_) => matches!(form, OutputForm::Session),
        }
    }
}

impl fmt::Debug for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Object(_) => "Object",
            Self::Session(_) => "Session",
        })
    }
}

/// Whether a backend says the digest of what it was given.
///
/// # Errors
/// A finding if not.
pub(super) fn check_digest(given: Digest, said: Digest) -> Result<(), Finding> {
    holds(
        given == said,
        format!("the digest of the artifact, {}", given.short()),
        said.short(),
    )
}

/// The outcome for a backend that makes no object files.
pub(super) fn no_objects() -> Checked {
    Ok(Outcome::Skipped("it makes no object files".to_owned()))
}

/// The outcome for a backend that runs nothing in memory.
pub(super) fn no_sessions() -> Checked {
    Ok(Outcome::Skipped("it runs nothing in memory".to_owned()))
}
