//! Whether a program means the same when names in it are others.

use beskid_frontend::{SourceDiagnostic, Span};
use lsp_server::ErrorCode;
use lsp_types::Range;

use super::asked::Asked;
use super::programs::{Explored, Program};
use super::reply::Refusal;
use super::text::Lines;
use super::workspace::Workspace;

/// Looks at the program with the new name in place of each of the names, and refuses if any
/// name of it means something else then, or if it has an error that it had not.
pub(super) fn check(
    workspace: &Workspace,
    asked: &Asked,
    ranges: &[Range],
    new: &str,
) -> Result<(), Refusal> {
    let Some(before) = asked.explored() else {
        return Ok(());
    };
    let text = &asked.document.text;
    let change = Change::new(text, ranges, new);
    let after = workspace.imagined(&asked.document, change.applied(text, new));
    let refused = |why: &str| {
        let message = format!("`{new}` cannot be its name: {why}");
        Err(Refusal::new(ErrorCode::RequestFailed, message))
    };
    let old = errors(asked.program()).map(message).collect::<Vec<_>>();
    if errors(&after).count() > old.len() {
        let mut all = errors(&after).map(message);
        let first = all.find(|message| !old.contains(message));
        return refused(first.unwrap_or("the program would have one more error"));
    }
    let after = after.explored.as_ref().map(uses).unwrap_or_default();
    let expected = uses(before).into_iter();
    let mut expected = expected.map(|(name, meant)| (change.moved(name), change.moved(meant)));
    match expected.all(|pair| after.binary_search(&pair).is_ok()) {
        true => Ok(()),
        false => refused("a name would mean something else"),
    }
}

fn errors(program: &Program) -> impl Iterator<Item = &SourceDiagnostic> {
    let all = program.told.iter().flat_map(|told| &told.diagnostics);
    all.filter(|found| !found.is_warning())
}

fn message(found: &SourceDiagnostic) -> &str {
    &found.diagnostic.message
}

/// Where names begin, and where begins what they mean; in ascending order.
fn uses(explored: &Explored) -> Vec<(u32, u32)> {
    let uses = explored.references.uses().iter();
    let mut uses = uses
        .map(|(name, meant)| (name.start, meant.start))
        .collect::<Vec<_>>();
    uses.sort_unstable();
    uses
}

/// Names of a text that get another one.
struct Change {
    /// Where they stand, in ascending order.
    names: Vec<Span>,
    /// Bytes of the new name.
    new: u32,
}

impl Change {
    fn new(text: &str, ranges: &[Range], new: &str) -> Self {
        let lines = Lines::new(text);
        let names = ranges.iter();
        let names =
            names.map(|range| Span::new(lines.offset(range.start), lines.offset(range.end)));
        let mut names = names.collect::<Vec<_>>();
        names.sort_unstable();
        Self {
            names,
            new: new.len() as u32,
        }
    }

    fn applied(&self, text: &str, new: &str) -> String {
        let mut applied = text.to_owned();
        for name in self.names.iter().rev() {
            applied.replace_range(name.start as usize..name.end as usize, new);
        }
        applied
    }

    /// Where an offset of the program is afterwards; the text is its first one.
    fn moved(&self, offset: u32) -> u32 {
        let before = self.names.iter().take_while(|name| name.start < offset);
        let (mut added, mut removed) = (0, 0);
        for name in before {
            added += self.new;
            removed += name.end - name.start;
        }
        offset + added - removed
    }
}

#[cfg(test)]
mod tests {
    use lsp_types::Position;

    use super::*;

    #[test]
    fn offsets_move_with_the_names_before_them() {
        let at = |character| Position::new(0, character);
        let ranges = [Range::new(at(8), at(10)), Range::new(at(0), at(2))];
        let change = Change::new("ab + c, ab", &ranges, "long");
        assert_eq!(change.applied("ab + c, ab", "long"), "long + c, long");
        let moved = [0, 5, 8, 10, 100].map(|offset| change.moved(offset));
        assert_eq!(moved, [0, 7, 10, 14, 104]);
    }
}
