//! Documentation with its directives apart (DOC-2).

/// The documentation of an item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Doc {
    /// All of it as it was written.
    pub body: String,
    /// What is in no directive.
    pub summary: Text,
    /// `@returns`.
    pub returns: Option<Text>,
    /// `@arg`.
    pub arguments: Vec<(String, Text)>,
    /// `@variant`.
    pub variants: Vec<(String, Text)>,
    /// `@par`.
    pub type_parameters: Vec<(String, Text)>,
    /// `@tier`, how stable it is (DOC-5).
    pub tier: Option<String>,
}

impl Doc {
    /// What it says of parts, by the titles of the lists; no list is empty.
    pub fn lists(&self) -> impl Iterator<Item = (&'static str, &[(String, Text)])> {
        let lists = [
            ("Type parameters", self.type_parameters.as_slice()),
            ("Arguments", &self.arguments),
            ("Variants", &self.variants),
        ];
        lists.into_iter().filter(|(_, list)| !list.is_empty())
    }
}

/// Markdown with references to items.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    pieces: Vec<Piece>,
}

/// What a reference means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target<'n> {
    /// The item of this qualified name.
    Item(&'n str),
    /// An item of another package.
    Elsewhere,
    /// Nothing.
    Nothing,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Markdown(String),
    Item { written: String, name: String },
    Elsewhere(String),
    Unresolved(String),
}

impl Text {
    /// The Markdown, with what becomes of each reference, by how it is written and what
    /// it means.
    pub fn markdown(&self, mut reference: impl FnMut(&str, Target<'_>) -> String) -> String {
        let pieces = self.pieces.iter().map(|piece| match piece {
            Piece::Markdown(text) => text.clone(),
            Piece::Item { written, name } => reference(written, Target::Item(name)),
            Piece::Elsewhere(written) => reference(written, Target::Elsewhere),
            Piece::Unresolved(written) => reference(written, Target::Nothing),
        });
        pieces.collect::<String>().trim().to_owned()
    }

    pub(super) fn push(&mut self, text: &str) {
        match self.pieces.last_mut() {
            Some(Piece::Markdown(last)) => last.push_str(text),
            _ => self.pieces.push(Piece::Markdown(text.to_owned())),
        }
    }

    pub(super) fn push_reference(&mut self, written: &str, target: Target<'_>) {
        let written = written.to_owned();
        self.pieces.push(match target {
            Target::Item(name) => Piece::Item {
                written,
                name: name.to_owned(),
            },
            Target::Elsewhere => Piece::Elsewhere(written),
            Target::Nothing => Piece::Unresolved(written),
        });
    }
}
