//! Plugins that can be asked: in this process, or in one of their own.

use std::sync::Arc;

use beskid_plugin_api::abi::{BackendClient, LinkerClient, ServicesRef};
use beskid_plugin_api::backend::{
    BackendDescription, CompileRequest, Compiled, OptionDescription, OutputForm,
};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{LinkPlan, LinkRequest, LinkerDescription, OutputKind};

use super::at_work::Task;
use super::isolate::{Answer, Call, Process};

/// Where a plugin's code is.
#[derive(Clone)]
enum Place<C> {
    /// In this process.
    Here(C),
    /// In its own.
    Apart(Arc<Process>),
}

/// A backend, wherever its code is.
#[derive(Clone)]
pub struct BackendHandle(Place<BackendClient>);

/// A linker strategy, wherever its code is.
#[derive(Clone)]
pub struct LinkerHandle(Place<LinkerClient>);

impl BackendHandle {
    pub(super) const fn here(client: BackendClient) -> Self {
        Self(Place::Here(client))
    }

    pub(super) const fn apart(process: Arc<Process>) -> Self {
        Self(Place::Apart(process))
    }

    /// What it is and can do.
    ///
    /// # Errors
    /// As for [`BackendClient::describe`]; E5162 to E5164 if its process fails.
    pub fn describe(&self) -> Result<BackendDescription, Diagnostic> {
        let process = match &self.0 {
            Place::Here(client) => return client.describe(),
            Place::Apart(process) => process,
        };
        match process.ask(Task::Describe, &Call::Describe, &[])?.0 {
            Answer::Backend(description) => Ok(description),
            _ => Err(process.rubbish(Task::Describe)),
        }
    }

    /// The options that it takes; `None` if it was built before there was such a
    /// question.
    ///
    /// # Errors
    /// As for [`Self::describe`].
    pub fn options(&self) -> Result<Option<Vec<OptionDescription>>, Diagnostic> {
        let process = match &self.0 {
            Place::Here(client) => return client.options(),
            Place::Apart(process) => process,
        };
        match process.ask(Task::Describe, &Call::Options, &[])?.0 {
            Answer::Options(options) => Ok(options),
            _ => Err(process.rubbish(Task::Describe)),
        }
    }

    /// Compiles an artifact.
    ///
    /// # Errors
    /// As for [`BackendClient::compile`]; E5162 to E5164 if its process fails, E5113
    /// if it makes a session there.
    pub fn compile(
        &self,
        artifact: &[u8],
        request: &CompileRequest,
        services: ServicesRef,
    ) -> Result<Compiled, Diagnostic> {
        let process = match &self.0 {
            Place::Here(client) => return client.compile(artifact, request, services),
            Place::Apart(process) => process,
        };
        if request.output != OutputForm::Object {
            return Err(Diagnostic::new(
                Code::E5161,
                "code in memory cannot come from another process",
            ));
        }
        let call = Call::Compile(Box::new(request.clone()));
        match process.ask(Task::Compile, &call, artifact)? {
            (Answer::Object(digest), object) => Ok(Compiled::Object { digest, object }),
            (Answer::Session(_), _) => Err(Diagnostic::new(
                Code::E5113,
                "the backend answered with a session instead of an object file",
            )
            .help("report this to the author of the backend")),
            _ => Err(process.rubbish(Task::Compile)),
        }
    }
}

impl LinkerHandle {
    pub(super) const fn here(client: LinkerClient) -> Self {
        Self(Place::Here(client))
    }

    pub(super) const fn apart(process: Arc<Process>) -> Self {
        Self(Place::Apart(process))
    }

    /// What it is.
    ///
    /// # Errors
    /// As for [`LinkerClient::describe`]; E5162 to E5164 if its process fails.
    pub fn describe(&self) -> Result<LinkerDescription, Diagnostic> {
        let process = match &self.0 {
            Place::Here(client) => return client.describe(),
            Place::Apart(process) => process,
        };
        match process.ask(Task::Describe, &Call::Describe, &[])?.0 {
            Answer::Linker(description) => Ok(description),
            _ => Err(process.rubbish(Task::Describe)),
        }
    }

    /// Whether it links a kind of output for a target.
    ///
    /// # Errors
    /// What it says; as for [`Self::describe`].
    pub fn supports(&self, target: &str, kind: OutputKind) -> Result<(), Diagnostic> {
        match &self.0 {
            Place::Here(client) => client.supports(target, kind),
            Place::Apart(process) => {
                let call = Call::Supports(target.to_owned(), kind);
                done(process, Task::Support, &call)
            }
        }
    }

    /// Plans a link.
    ///
    /// # Errors
    /// What it says; as for [`Self::describe`].
    pub fn plan(&self, request: &LinkRequest) -> Result<LinkPlan, Diagnostic> {
        let process = match &self.0 {
            Place::Here(client) => return client.plan(request),
            Place::Apart(process) => process,
        };
        let call = Call::Plan(Box::new(request.clone()));
        match process.ask(Task::Plan, &call, &[])?.0 {
            Answer::Plan(plan) => Ok(plan),
            _ => Err(process.rubbish(Task::Plan)),
        }
    }

    /// Does a step of its plan.
    ///
    /// # Errors
    /// What it says; as for [`Self::describe`].
    pub fn callback(&self, request: &LinkRequest, step: u32) -> Result<(), Diagnostic> {
        match &self.0 {
            Place::Here(client) => client.callback(request, step),
            Place::Apart(process) => {
                let call = Call::Callback(Box::new(request.clone()), step);
                done(process, Task::Callback, &call)
            }
        }
    }
}

fn done(process: &Process, task: Task, call: &Call) -> Result<(), Diagnostic> {
    match process.ask(task, call, &[])?.0 {
        Answer::Done => Ok(()),
        _ => Err(process.rubbish(task)),
    }
}
