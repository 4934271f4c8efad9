//! What `@ref` means (DOC-6).

use rustc_hash::FxHashMap;

use super::collect::Found;
use super::doc::Target;
use super::item::Kind;

/// Qualified names, to be found by what is written.
#[derive(Default)]
pub(super) struct References {
    names: Vec<String>,
    /// How many of the names are of the package that is documented.
    own: usize,
    whole: FxHashMap<String, usize>,
    /// Those with a last part, in the order of the names.
    last: FxHashMap<String, Vec<usize>>,
}

impl References {
    /// Of items of the package that is documented, and those of others, both sorted. A
    /// name means a module if it means nothing in one (MOD-8).
    pub(super) fn new<'f>(mut own: Vec<&'f Found<'f>>, mut others: Vec<&'f Found<'f>>) -> Self {
        let count = own.len();
        for found in [&mut own, &mut others] {
            found.sort_by_key(|found| found.item.kind == Kind::Module);
        }
        let all = own.into_iter().chain(others);
        Self::of(all.map(|found| found.item.qualified.clone()), count)
    }

    fn of(names: impl Iterator<Item = String>, own: usize) -> Self {
        let mut references = Self {
            own,
            ..Self::default()
        };
        for name in names {
            let index = references.names.len();
            references.whole.entry(name.clone()).or_insert(index);
            let last = last_part(&name).to_owned();
            references.last.entry(last).or_default().push(index);
            references.names.push(name);
        }
        references
    }

    /// The item that a path means: the one of this qualified name, else one whose name
    /// ends in it, else one whose last part is that of the path.
    pub(super) fn find(&self, path: &str) -> Target<'_> {
        let path = path.replace("::", ".").replace('.', "::");
        let whole = self.whole.get(&path).copied();
        let last = self.last.get(last_part(&path));
        let suffix = format!("::{path}");
        let ends = |index: &&usize| {
            let name = self.names.get(**index);
            name.is_some_and(|name| name.ends_with(&suffix))
        };
        let found = whole.or_else(|| {
            let last = last?;
            last.iter().find(ends).or(last.first()).copied()
        });
        match found.and_then(|index| Some((index, self.names.get(index)?))) {
            Some((index, name)) if index < self.own => Target::Item(name),
            Some(_) => Target::Elsewhere,
            None => Target::Nothing,
        }
    }
}

fn last_part(name: &str) -> &str {
    name.rsplit("::").next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doc_6_a_reference_is_the_name_then_its_end_then_its_last_part() {
        let names = ["A::B::C", "A::C", "B", "B::C", "X::B::D"];
        let references = References::of(names.into_iter().map(str::to_owned), 4);
        assert_eq!(references.find("B.C"), Target::Item("B::C"));
        assert_eq!(references.find("A"), Target::Nothing);
        assert_eq!(references.find("C"), Target::Item("A::B::C"));
        assert_eq!(references.find("Z.C"), Target::Item("A::B::C"));
        assert_eq!(references.find("B::D"), Target::Elsewhere);
        assert_eq!(references.find("Z.D"), Target::Elsewhere);
        assert_eq!(references.find(""), Target::Nothing);
    }
}
