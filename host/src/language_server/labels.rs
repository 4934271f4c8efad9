//! Where sources name the projects that theirs needs, by the labels of the manifest.

use beskid_frontend::Span;
use beskid_syntax::TokenKind;
use lsp_types::Location;

use super::documents::Document;
use super::manifests;
use super::place;
use super::workspace::Workspace;
use crate::source;

/// The places where paths begin with a label of a manifest, in the sources of its project.
pub(super) fn uses(workspace: &Workspace, manifest: &Document, label: &str) -> Vec<Location> {
    let folder = manifest.path.as_ref().and_then(|path| path.parent());
    let Some(folder) = folder else {
        return Vec::new();
    };
    let root = folder.join(manifests::root(&manifest.text));
    let files = source::sources(&root).unwrap_or_default().into_iter();
    let found = files.filter_map(|file| {
        let file = place::canonical(&file);
        let text = workspace.text(&file);
        let spans = named(&text, label);
        let uri = workspace.uri(&file).filter(|_| !spans.is_empty())?;
        Some(manifests::locations(&uri, &text, &spans))
    });
    found.flatten().collect()
}

/// Where a name stands first in a path.
fn named(text: &str, name: &str) -> Vec<Span> {
    if !text.contains(name) {
        return Vec::new();
    }
    let tree = beskid_syntax::parse(text);
    let mut tokens = tree.tokens().peekable();
    let mut found = Vec::new();
    let mut before = TokenKind::End;
    while let Some(token) = tokens.next() {
        let follows = tokens.peek().map(|next| next.kind());
        let is_first = !matches!(before, TokenKind::Dot | TokenKind::PathSeparator);
        before = token.kind();
        if is_first
            && before == TokenKind::Name
            && token.text() == name
            && follows == Some(TokenKind::Dot)
        {
            found.push(token.span());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_what_a_path_begins_with() {
        let text = "use Lib.Tools;\ni64 f(x.Lib.T a) => \"${Lib.Tools.one()}\" + Lib + a.Lib.b;\n";
        let found = named(text, "Lib");
        let starts = found.iter().map(|span| span.start as usize);
        let expected = [
            text.find("Lib").unwrap(),
            text.find("Lib.Tools.one").unwrap(),
        ];
        assert_eq!(starts.collect::<Vec<_>>(), expected);
        assert!(named(text, "Li").is_empty());
    }
}
