//! The members of a runtime archive, which a static library takes over (LK-2).

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::namespace::{Part, merged};
use crate::input::read_bounded;
use crate::inspect::{MAX_IMAGE, archive_members};
use crate::output::unwritable;

/// Objects on their way from one archive into another, under names that are
/// theirs alone, with the symbols that the runtime has in a static library.
#[derive(Debug, Default)]
pub(super) struct Members {
    objects: Vec<(String, Vec<u8>)>,
}

impl Members {
    /// The members of an archive; none of them is named `taken`.
    ///
    /// # Errors
    /// E4040 if it cannot be read, E5202 if it is no archive.
    pub(super) fn of(archive: &Path, taken: &str) -> Result<Self, Diagnostic> {
        let bytes = read_bounded(archive, MAX_IMAGE)?;
        let found = archive_members(&bytes).map_err(|reason| {
            let message = format!("cannot read archive `{}`: {reason}", archive.display());
            Diagnostic::new(Code::E5202, message)
        })?;
        let mut names = BTreeSet::from([taken.to_owned()]);
        let mut objects = Vec::new();
        for (name, contents) in found {
            let name = unique(name, &names);
            names.insert(name.clone());
            let renamed = merged(contents, Part::Runtime).map_err(|reason| {
                let archive = archive.display();
                let message = format!("cannot take `{name}` from `{archive}`: {reason}");
                Diagnostic::new(Code::E5202, message)
            })?;
            objects.push((name, renamed.into_owned()));
        }
        Ok(Self { objects })
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// The names, in the archive's order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.objects.iter().map(|(name, _)| name.as_str())
    }

    /// Writes the objects into a folder.
    ///
    /// # Errors
    /// E4040 names the path and the cause.
    pub(super) fn write(&self, folder: &Path) -> Result<(), Diagnostic> {
        for (name, contents) in &self.objects {
            let path = folder.join(name);
            fs::write(&path, contents).map_err(|error| unwritable(&path, &error))?;
        }
        Ok(())
    }
}

/// The file name of a member, changed if it is taken.
fn unique(name: &str, taken: &BTreeSet<String>) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let name = name.replace(|c| !plain(c), "_");
    let stem = name.strip_suffix(".o").unwrap_or(&name);
    let numbered = (2..).map(|number| format!("{stem}-{number}.o"));
    std::iter::once(format!("{stem}.o"))
        .chain(numbered)
        .find(|name| !taken.contains(name))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lk_2_every_member_has_a_name_of_its_own() {
        let taken = ["a.o", "a-2.o", "hello.o"].map(str::to_owned);
        let taken = BTreeSet::from(taken);
        assert_eq!(unique("b.o", &taken), "b.o");
        assert_eq!(unique("a.o", &taken), "a-3.o");
        assert_eq!(unique("../x/hello.o", &taken), "hello-2.o");
        assert_eq!(unique("crt 1", &taken), "crt_1.o");
    }
}
