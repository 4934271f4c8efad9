//! Making an artifact smaller while something about it stays true.

mod draft;
mod edits;
mod prune;
mod sweep;

use std::ops::ControlFlow;

use beskid_plugin_api::artifact::CodegenArtifact;

use crate::error::ClifError;
use draft::Draft;
use edits::Edit;

/// Most candidates that are tried.
const MOST_TRIES: usize = 4000;

/// Shrinks an artifact: first functions become empty, then branches go one way
/// only, then instructions give an operand or a constant, or are left out. What is
/// not needed any more after that is dropped, unless it is what matters.
///
/// `keep` says whether a smaller artifact still has what matters; the last one
/// that does is returned. It is called some thousand times at most, and not again
/// once it breaks.
///
/// # Errors
/// [`ClifError`] if the artifact cannot be decoded.
pub fn reduce(
    artifact: &CodegenArtifact,
    keep: &mut dyn FnMut(&CodegenArtifact) -> ControlFlow<(), bool>,
) -> Result<CodegenArtifact, ClifError> {
    let mut search = Search {
        best: artifact.clone(),
        draft: Draft::read(artifact)?,
        keep,
        tries: 0,
        sweeps: true,
    };
    let draft = search.draft.clone();
    search.sweeps = search.accept(draft.clone());
    if !search.sweeps {
        search.accept(draft);
    }
    let kinds = [
        edits::functions,
        edits::blocks,
        edits::operands,
        edits::instructions,
    ];
    loop {
        let mut progress = false;
        for find in kinds {
            let found = find(&search.draft);
            progress |= search.shrink(&found);
        }
        if !progress || search.tries >= MOST_TRIES {
            return Ok(search.best);
        }
    }
}

struct Search<'k> {
    best: CodegenArtifact,
    draft: Draft,
    keep: &'k mut dyn FnMut(&CodegenArtifact) -> ControlFlow<(), bool>,
    tries: usize,
    /// Whether what computes unneeded values does not matter.
    sweeps: bool,
}

impl Search<'_> {
    /// Applies as many of the edits as possible: all of them at once, or else
    /// ever smaller groups. Whether any was applied.
    fn shrink(&mut self, edits: &[Edit]) -> bool {
        let mut progress = false;
        let mut size = edits.len();
        while size > 0 {
            for group in edits.chunks(size) {
                let mut candidate = self.draft.clone();
                let changes = group.iter().filter(|edit| edit.apply(&mut candidate));
                if changes.count() > 0 && self.accept(candidate) {
                    progress = true;
                }
            }
            size /= 2;
        }
        progress
    }

    fn accept(&mut self, mut candidate: Draft) -> bool {
        if self.tries >= MOST_TRIES {
            return false;
        }
        if self.sweeps {
            candidate.sweep();
        }
        // An edit may break a rule of CLIF, for instance on unused results.
        let Ok(artifact) = candidate.write() else {
            return false;
        };
        self.tries += 1;
        match (self.keep)(&artifact) {
            ControlFlow::Continue(true) => {}
            ControlFlow::Continue(false) => return false,
            ControlFlow::Break(()) => {
                self.tries = MOST_TRIES;
                return false;
            }
        }
        self.best = artifact;
        self.draft = candidate;
        true
    }
}
