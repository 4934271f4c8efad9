//! A linker strategy at work on the requests of the kit.

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{
    LinkPlan, LinkRequest, LinkStep, LinkerDescription, OutputKind, ToolCall,
};

use crate::kit::outcome::{Finding, made, shown};
use crate::kit::subject::Subject;
use crate::link::check_plan;
use crate::plugins::{LinkerHandle, Task};

/// What a strategy may refuse a request with that asks for more than the least.
const REFUSALS: [Code; 3] = [Code::E4022, Code::E4023, Code::E4041];

/// A strategy that can be asked.
pub(super) struct Bench<'a> {
    pub(super) subject: &'a Subject<'a>,
    pub(super) description: LinkerDescription,
    handle: LinkerHandle,
}

impl<'a> Bench<'a> {
    /// The strategy of a subject.
    ///
    /// # Errors
    /// A finding if it cannot be loaded, or says something else of itself than its
    /// manifest does.
    pub(super) fn of(subject: &'a Subject<'a>) -> Result<Self, Finding> {
        let handle = made("the plugin to be loaded", subject.entry.linker())?;
        let description = made("a description", handle.describe())?;
        Ok(Self {
            subject,
            description,
            handle,
        })
    }

    /// Whether it links a kind for a target.
    ///
    /// # Errors
    /// What it says.
    pub(super) fn supports(&self, target: &str, kind: OutputKind) -> Result<(), Diagnostic> {
        let entry = self.subject.entry;
        entry.working(Task::Support, || self.handle.supports(target, kind))
    }

    /// Its plan, whatever is in it.
    ///
    /// # Errors
    /// What it says.
    pub(super) fn ask(&self, request: &LinkRequest) -> Result<LinkPlan, Diagnostic> {
        let entry = self.subject.entry;
        entry.working(Task::Plan, || self.handle.plan(request))
    }

    /// What it says to a step of a plan that is its to do.
    ///
    /// # Errors
    /// What it says.
    pub(super) fn callback(&self, request: &LinkRequest, step: u32) -> Result<(), Diagnostic> {
        let entry = self.subject.entry;
        entry.working(Task::Callback, || self.handle.callback(request, step))
    }

    /// A plan that there must be, and that the host carries out.
    ///
    /// # Errors
    /// A finding if there is none, or if the host refuses it.
    pub(super) fn plan(&self, what: &str, request: &LinkRequest) -> Result<LinkPlan, Finding> {
        let expected = format!("a plan for {what}");
        let plan = made(&expected, self.ask(request))?;
        self.check(&expected, &plan, request)?;
        Ok(plan)
    }

    /// The same for a request that a strategy need not have a plan for.
    ///
    /// # Errors
    /// A finding if it is refused as no request may be, or if the host refuses the plan.
    pub(super) fn plan_or_refuse(
        &self,
        what: &str,
        request: &LinkRequest,
    ) -> Result<Option<LinkPlan>, Finding> {
        let codes = REFUSALS.each_ref().map(Code::as_str).join(", ");
        let expected = format!("a plan for {what}, or a refusal with one of {codes}");
        match self.ask(request) {
            Ok(plan) => {
                self.check(&expected, &plan, request)?;
                Ok(Some(plan))
            }
            Err(error) if REFUSALS.contains(&error.code) => Ok(None),
            Err(error) => Err(Finding::error(expected, &error)),
        }
    }

    /// Whether the host would carry a plan out.
    ///
    /// # Errors
    /// A finding if not.
    pub(super) fn check(
        &self,
        expected: &str,
        plan: &LinkPlan,
        request: &LinkRequest,
    ) -> Result<(), Finding> {
        let id = &self.subject.entry.manifest().id;
        let checked = check_plan(plan, request, id);
        checked.map_err(|error| Finding::new(expected, shown(&error)))
    }
}

/// All that a plan has the tools do, a text for each argument, file and variable.
pub(super) fn texts(plan: &LinkPlan) -> Vec<&str> {
    let mut texts = Vec::new();
    for step in &plan.steps {
        match step {
            LinkStep::WriteFile { contents, .. } => texts.push(contents.as_str()),
            LinkStep::Run(call) | LinkStep::Drive(call) => texts.extend(of_call(call)),
            LinkStep::Query(query) => texts.extend(of_call(&query.call)),
            _ => {}
        }
    }
    texts
}

fn of_call(call: &ToolCall) -> impl Iterator<Item = &str> {
    call.args
        .iter()
        .chain(call.env.values())
        .map(String::as_str)
}

/// Whether the strategy does a step of the plan itself, of which nothing is known.
pub(super) fn calls_back(plan: &LinkPlan) -> bool {
    let is_call = |step: &LinkStep| matches!(step, LinkStep::Callback { .. });
    plan.steps.iter().any(is_call)
}

/// The programs that a plan runs.
pub(super) fn programs(plan: &LinkPlan) -> Vec<&str> {
    let calls = plan.steps.iter().filter_map(|step| match step {
        LinkStep::Run(call) | LinkStep::Drive(call) => Some(call),
        LinkStep::Query(query) => Some(&query.call),
        _ => None,
    });
    calls.map(|call| call.program.as_str()).collect()
}
