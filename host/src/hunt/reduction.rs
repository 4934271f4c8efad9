//! A smaller artifact that two engines disagree about in the same way.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use beskid_clif::reduce::reduce;
use beskid_plugin_api::artifact::CodegenArtifact;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::engine::Engine;
use super::outcome::{Disagreement, disagreements};

/// The smallest artifact found, and how the two disagree about it; `None` if they do
/// not in new processes.
///
/// # Errors
/// As for [`Engine::ask`].
pub(super) fn smallest(
    engines: &mut [Engine],
    artifact: &CodegenArtifact,
    seen: &Disagreement,
    most: Duration,
) -> Result<Option<(CodegenArtifact, Disagreement)>, Diagnostic> {
    let until = Instant::now() + most;
    let mut pair = engines
        .iter_mut()
        .filter(|engine| engine.name == seen.expected_by || engine.name == seen.found_by);
    let mut pair = pair.by_ref().collect::<Vec<_>>();
    pair.iter_mut().for_each(|engine| engine.renew());
    let started = Instant::now();
    let Some(first) = again(&mut pair, artifact, seen)? else {
        return Ok(None);
    };
    // A smaller program may loop where this one does not.
    let patience = started.elapsed() * 3 + Duration::from_millis(300);
    let before = pair.iter().map(|engine| engine.timeout).collect::<Vec<_>>();
    for engine in &mut pair {
        engine.timeout = engine.timeout.min(patience);
    }
    let mut failure = None;
    let mut best = first;
    let reduced = reduce(artifact, &mut |candidate| {
        if Instant::now() >= until {
            return ControlFlow::Break(());
        }
        match again(&mut pair, candidate, seen) {
            Ok(Some(still)) => {
                best = still;
                ControlFlow::Continue(true)
            }
            Ok(None) => ControlFlow::Continue(false),
            Err(diagnostic) => {
                failure = Some(diagnostic);
                ControlFlow::Break(())
            }
        }
    });
    for (engine, timeout) in pair.iter_mut().zip(before) {
        engine.timeout = timeout;
    }
    match failure {
        Some(diagnostic) => Err(diagnostic),
        None => Ok(Some((reduced?, best))),
    }
}

/// The same disagreement about another artifact, if there is one.
fn again(
    pair: &mut [&mut Engine],
    artifact: &CodegenArtifact,
    seen: &Disagreement,
) -> Result<Option<Disagreement>, Diagnostic> {
    for engine in &mut *pair {
        engine.give(artifact)?;
    }
    let mut outcomes = Vec::new();
    for engine in &mut *pair {
        outcomes.push((engine.name.clone(), engine.outcome()?));
    }
    let found = disagreements(&outcomes);
    // Of two that differ it is the same one that is odd.
    let found = found.into_iter().find(|found| {
        found.kind == seen.kind
            && [&found.found_by, &found.expected_by].contains(&&seen.found_by)
            && (found.expected_by != "nobody" || seen.expected_by == "nobody")
    });
    Ok(found.map(|found| match found.found_by == seen.found_by {
        true => found,
        false => Disagreement {
            kind: found.kind,
            expected_by: found.found_by,
            expected: found.found,
            found_by: found.expected_by,
            found: found.expected,
        },
    }))
}
