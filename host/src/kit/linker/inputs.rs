//! What is asked for is in the plan.

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::linker::{LinkPlan, LinkRequest, OutputKind};

use super::bench::{Bench, calls_back, programs, texts};
use super::requests::{ARGUMENTS, EXPORTED, KINDS, LIBRARIES, TARGETS, ordinary};
use crate::kit::case::Test;
use crate::kit::outcome::{Checked, Finding, Outcome, holds, refused};
use crate::kit::subject::Subject;

/// A folder that is not there.
const FOLDER: &str = "/kit/build";

pub(super) fn tests() -> Vec<Test> {
    vec![
        Test::new(
            "inputs/objects",
            "each object, and the runtime's archive or objects, is in the plan",
            |subject| {
                each(subject, &KINDS, |_, request, plan| {
                    let inputs = request.objects.iter().chain(&request.runtime_objects);
                    inputs
                        .chain(&request.runtime_archive)
                        .try_for_each(|path| has(plan, path))
                })
            },
        ),
        Test::new(
            "inputs/libraries",
            "each library and each folder of libraries is in the plan of what is linked",
            |subject| {
                each(
                    subject,
                    &[OutputKind::Exe, OutputKind::Shared],
                    |_, request, plan| {
                        let folders = request.search.iter().map(String::as_str);
                        let mut texts = LIBRARIES.into_iter().chain(folders);
                        texts.try_for_each(|text| has(plan, text))
                    },
                )
            },
        ),
        Test::new(
            "inputs/exports",
            "each export that is named is in the plan of a shared library",
            |subject| {
                each(subject, &[OutputKind::Shared], |_, _, plan| {
                    EXPORTED.into_iter().try_for_each(|name| has(plan, name))
                })
            },
        ),
        Test::new(
            "inputs/arguments",
            "arguments of the user's are in the plan as they are and in their order, or refused (E4041)",
            arguments,
        ),
        Test::new(
            "inputs/tools",
            "the program that the user named for a tool is the one that is run",
            tools,
        ),
    ]
}

/// Looks at the plan of each target and each of these kinds that is claimed.
fn each(
    subject: &Subject<'_>,
    kinds: &[OutputKind],
    look: impl Fn(&Bench<'_>, &LinkRequest, &LinkPlan) -> Result<(), Finding>,
) -> Checked {
    let bench = Bench::of(subject)?;
    let mut seen = false;
    for target in TARGETS {
        for kind in kinds {
            if bench.supports(target, *kind).is_err() {
                continue;
            }
            let request = ordinary(&bench.description, target, *kind, FOLDER);
            let what = format!("{kind} for {target}");
            let plan = bench.plan(&what, &request)?;
            // What the strategy does itself nobody sees.
            if !calls_back(&plan) {
                let looked = look(&bench, &request, &plan);
                looked.map_err(|finding| {
                    Finding::new(format!("{} for {what}", finding.expected), finding.found)
                })?;
                seen = true;
            }
        }
    }
    Ok(match seen {
        true => Outcome::Passed,
        false => Outcome::Skipped("there is no such plan to look at".to_owned()),
    })
}

fn has(plan: &LinkPlan, text: &str) -> Result<(), Finding> {
    let is_there = texts(plan).iter().any(|found| found.contains(text));
    holds(
        is_there,
        format!("`{text}` in the plan"),
        "a plan without it",
    )
}

fn arguments(subject: &Subject<'_>) -> Checked {
    each(subject, &KINDS, |bench, request, _| {
        let mut request = request.clone();
        request.link_args = ARGUMENTS.map(str::to_owned).to_vec();
        if request.kind == OutputKind::Static {
            let what = "an argument for the linker of a static library";
            return refused(what, &[Code::E4041], bench.ask(&request)).map(drop);
        }
        let plan = bench.plan("arguments of the user's", &request)?;
        let texts = texts(&plan);
        let expected = format!("the arguments {ARGUMENTS:?}, one behind the other,");
        let are_there = texts
            .windows(ARGUMENTS.len())
            .any(|found| found == ARGUMENTS);
        holds(are_there, expected, "a plan without them")
    })
}

fn tools(subject: &Subject<'_>) -> Checked {
    each(subject, &KINDS, |bench, request, _| {
        let mut request = request.clone();
        for (key, tool) in &mut request.tools {
            *tool = format!("/kit/tools/{key}");
        }
        let Some(plan) = bench.plan_or_refuse("tools of the user's", &request)? else {
            return Ok(());
        };
        let programs = programs(&plan);
        let named = programs
            .iter()
            .find(|program| !program.starts_with("/kit/tools/"));
        let found = named.copied().unwrap_or_default();
        holds(
            named.is_none(),
            "the tools that the user named",
            format!("`{found}`"),
        )
    })
}
