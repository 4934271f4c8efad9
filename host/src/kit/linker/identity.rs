//! What a strategy says of itself.

use std::collections::BTreeSet;

use super::bench::Bench;
use super::requests::{KINDS, TARGETS};
use crate::kit::case::Test;
use crate::kit::outcome::{Checked, Outcome, holds};
use crate::kit::subject::Subject;

pub(super) fn tests() -> Vec<Test> {
    vec![
        Test::new(
            "identity/description",
            "manifest and description agree, and the description is one",
            description,
        ),
        Test::new(
            "identity/tools",
            "each tool has a key of its own and a line of help",
            tools,
        ),
        Test::new(
            "identity/targets",
            "something is linked for one of the targets of the kit",
            targets,
        ),
    ]
}

fn is_line(text: &str) -> bool {
    !text.trim().is_empty() && !text.contains('\n')
}

fn description(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    let said = &bench.description;
    let about = format!("{:?}", said.about);
    holds(is_line(&said.about), "one line about the strategy", about)?;
    let again = Bench::of(subject)?.description;
    holds(
        *said == again,
        "the same description each time",
        format!("{said:?}, and then {again:?}"),
    )?;
    Ok(Outcome::Passed)
}

fn tools(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    let mut seen = BTreeSet::new();
    for tool in &bench.description.tools {
        let key = &tool.key;
        let is_key = !key.is_empty() && !key.contains(char::is_whitespace);
        holds(is_key, "a key without spaces", format!("`{key}`"))?;
        holds(seen.insert(key), "each key once", format!("`{key}` twice"))?;
        let help = format!("{:?}", tool.help);
        holds(
            is_line(&tool.help),
            format!("one line of help for `{key}`"),
            help,
        )?;
    }
    Ok(Outcome::Passed)
}

fn targets(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    let mut pairs = TARGETS
        .iter()
        .flat_map(|target| KINDS.map(|kind| (target, kind)));
    let any = pairs.any(|(target, kind)| bench.supports(target, kind).is_ok());
    holds(any, "support for one of the targets of the kit", "none")?;
    Ok(Outcome::Passed)
}
