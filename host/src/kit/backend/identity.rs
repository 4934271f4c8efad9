//! What a backend says of itself.

use std::collections::BTreeSet;

use super::bench::Bench;
use crate::kit::case::Test;
use crate::kit::outcome::{Checked, Outcome, holds, made};
use crate::kit::subject::Subject;

pub(super) fn tests() -> Vec<Test> {
    vec![
        Test::new(
            "identity/description",
            "manifest and description agree, and the description is one",
            description,
        ),
        Test::new(
            "identity/options",
            "each option has a name of its own and a line of help",
            options,
        ),
    ]
}

fn description(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    let said = &bench.description;
    let is_line = !said.about.trim().is_empty() && !said.about.contains('\n');
    holds(
        is_line,
        "one line about the backend",
        format!("{:?}", said.about),
    )?;
    holds(
        said.emits_objects || said.executes,
        "capability `object` or `execute`",
        "neither",
    )?;
    let architectures = said.architectures.iter().collect::<BTreeSet<_>>();
    holds(
        !architectures.is_empty() && architectures.len() == said.architectures.len(),
        "the architectures, each once",
        format!("{:?}", said.architectures),
    )?;
    let again = Bench::of(subject)?;
    holds(
        *said == again.description,
        "the same description each time",
        format!("{said:?}, and then {:?}", again.description),
    )?;
    Ok(Outcome::Passed)
}

fn options(subject: &Subject<'_>) -> Checked {
    let backend = made("the plugin to be loaded", subject.entry.backend())?;
    let Some(options) = made("a list of options", backend.options())? else {
        let reason = "it was built before there was such a question";
        return Ok(Outcome::Skipped(reason.to_owned()));
    };
    let mut seen = BTreeSet::new();
    for option in &options {
        let key = &option.key;
        let is_key = !key.is_empty() && !key.contains(|c: char| c.is_whitespace() || c == '=');
        holds(is_key, "a name without spaces and `=`", format!("`{key}`"))?;
        holds(
            seen.insert(key),
            "each option once",
            format!("`{key}` twice"),
        )?;
        let is_line = !option.help.trim().is_empty() && !option.help.contains('\n');
        holds(
            is_line,
            format!("one line of help for option `{key}`"),
            format!("{:?}", option.help),
        )?;
    }
    Ok(Outcome::Passed)
}
