//! The symbol index of an archive: which member defines which symbol.
//!
//! A linker trusts it: it neither finds what the index does not name, nor
//! looks elsewhere than where the index points.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use super::bounds::{Work, big_u32_at, big_u64_at, part, u16_at, u32_at, u64_at};

/// Most names that a message lists.
const SHOWN: usize = 5;

/// Which tools write and read the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum IndexKind {
    /// GNU and System V, and the first one of Windows.
    Gnu,
    /// The same for archives of more than 4 GiB.
    Gnu64,
    /// BSD and Apple.
    Bsd,
    /// The same for archives of more than 4 GiB.
    Bsd64,
    /// The second one of Windows.
    Coff,
}

/// The symbol index of an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ArchiveIndex {
    /// Who reads it.
    pub kind: IndexKind,
    /// Number of its entries.
    pub entries: usize,
    /// Symbols that members define for others, but that are not in it.
    pub missing: Vec<String>,
    /// Symbols that are in it, but not in the member that it points at.
    pub stale: Vec<String>,
}

impl ArchiveIndex {
    pub(super) fn problems(&self) -> Vec<String> {
        let lists = [
            (&self.missing, "the symbol index lacks"),
            (
                &self.stale,
                "the symbol index points at the wrong member for",
            ),
        ];
        let wrong = lists.iter().filter(|(names, _)| !names.is_empty());
        wrong
            .map(|(names, what)| {
                let shown = &names[..names.len().min(SHOWN)];
                let more = match names.len() - shown.len() {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                format!("{what} `{}`{more}; `ranlib` renews it", shown.join("`, `"))
            })
            .collect()
    }
}

impl fmt::Display for ArchiveIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            IndexKind::Gnu => "GNU",
            IndexKind::Gnu64 => "GNU, 64-bit",
            IndexKind::Bsd => "BSD",
            IndexKind::Bsd64 => "BSD, 64-bit",
            IndexKind::Coff => "COFF",
        };
        write!(f, "{} symbols ({kind})", self.entries)
    }
}

/// An index as it stands in the file.
#[derive(Debug)]
pub(super) struct RawIndex<'a> {
    kind: IndexKind,
    /// Name, and offset of the member's header.
    entries: Vec<(&'a str, u64)>,
}

impl<'a> RawIndex<'a> {
    /// Reads the contents of an index.
    pub(super) fn read(
        kind: IndexKind,
        contents: &'a [u8],
        work: &mut Work,
    ) -> Result<Self, String> {
        let entries = match kind {
            IndexKind::Gnu => gnu(contents, 4, |at| Ok(big_u32_at(contents, at)?.into()), work),
            IndexKind::Gnu64 => gnu(contents, 8, |at| big_u64_at(contents, at), work),
            IndexKind::Bsd => bsd(contents, 4, |at| Ok(u32_at(contents, at)?.into()), work),
            IndexKind::Bsd64 => bsd(contents, 8, |at| u64_at(contents, at), work),
            IndexKind::Coff => coff(contents, work),
        };
        let entries = entries.map_err(|reason| format!("the symbol index: {reason}"))?;
        Ok(Self { kind, entries })
    }

    /// Compares it with what is in the members. `required` must be in it,
    /// `allowed` may be; both are names with the offset of a member. What
    /// `unknown` members have is taken on trust.
    pub(super) fn compare(
        &self,
        required: &BTreeSet<(u64, &str)>,
        allowed: &BTreeSet<(u64, &str)>,
        unknown: &BTreeSet<u64>,
        written: fn(&str) -> Cow<'_, str>,
    ) -> ArchiveIndex {
        let mut indexed = BTreeSet::new();
        let mut stale = BTreeSet::new();
        for (name, member) in &self.entries {
            let name = written(name);
            let place = (*member, name.as_ref());
            let known = required.contains(&place) || allowed.contains(&place);
            if !known && !unknown.contains(member) {
                stale.insert(name.to_string());
            }
            indexed.insert(name);
        }
        let names = required
            .iter()
            .map(|(_, name)| *name)
            .collect::<BTreeSet<_>>();
        let missing = names.into_iter().filter(|name| !indexed.contains(*name));
        ArchiveIndex {
            kind: self.kind,
            entries: self.entries.len(),
            missing: missing.map(str::to_owned).collect(),
            stale: stale.into_iter().collect(),
        }
    }
}

type Entries<'a> = Result<Vec<(&'a str, u64)>, String>;

/// Number of entries, offsets of members, names.
fn gnu<'a>(
    contents: &'a [u8],
    width: usize,
    number: impl Fn(usize) -> Result<u64, String>,
    work: &mut Work,
) -> Entries<'a> {
    let count = number(0)?;
    let size = count.checked_mul(width as u64).ok_or("it is too long")?;
    let size = part(contents, width as u64, size)?.len();
    let mut name_at = width + size;
    let mut entries = Vec::new();
    for at in (width..width + size).step_by(width) {
        let name = work.text(contents, name_at)?;
        name_at += name.len() + 1;
        entries.push((name, number(at)?));
    }
    Ok(entries)
}

/// Size of the entries, entries of name and member, size of the names, names.
fn bsd<'a>(
    contents: &'a [u8],
    width: usize,
    number: impl Fn(usize) -> Result<u64, String>,
    work: &mut Work,
) -> Entries<'a> {
    let size = part(contents, width as u64, number(0)?)?.len();
    let names = contents.get(width + size + width..).unwrap_or_default();
    let names = part(names, 0, number(width + size)?)?;
    let mut entries = Vec::new();
    for at in (width..width + size).step_by(width * 2) {
        let name = work.text(names, number(at)? as usize)?;
        entries.push((name, number(at + width)?));
    }
    Ok(entries)
}

/// Number of members, their offsets, number of entries, numbers of members,
/// names.
fn coff<'a>(contents: &'a [u8], work: &mut Work) -> Entries<'a> {
    let members = part(contents, 4, u64::from(u32_at(contents, 0)?) * 4)?;
    let rest = &contents[4 + members.len()..];
    let numbers = part(rest, 4, u64::from(u32_at(rest, 0)?) * 2)?;
    let mut names = &rest[4 + numbers.len()..];
    let mut entries = Vec::new();
    for number in numbers.chunks_exact(2) {
        let name = work.text(names, 0)?;
        names = &names[name.len() + 1..];
        let number = usize::from(u16_at(number, 0)?).checked_sub(1);
        let number = number.ok_or("an entry points at no member")?;
        entries.push((name, u32_at(members, number * 4)?.into()));
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: IndexKind, contents: &[u8]) -> Entries<'_> {
        let mut work = Work::for_file(contents.len());
        RawIndex::read(kind, contents, &mut work).map(|index| index.entries)
    }

    #[test]
    fn every_kind_of_index() {
        let expected = vec![("f", 70), ("main", 200)];
        let gnu = b"\0\0\0\x02\0\0\0\x46\0\0\0\xc8f\0main\0";
        assert_eq!(read(IndexKind::Gnu, gnu).unwrap(), expected);
        let gnu_64 = b"\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\x46\0\0\0\0\0\0\0\xc8f\0main\0";
        assert_eq!(read(IndexKind::Gnu64, gnu_64).unwrap(), expected);
        let bsd = b"\x10\0\0\0\x05\0\0\0\x46\0\0\0\0\0\0\0\xc8\0\0\0\x07\0\0\0main\0f\0";
        assert_eq!(read(IndexKind::Bsd, bsd).unwrap(), expected);
        let coff = b"\x02\0\0\0\x46\0\0\0\xc8\0\0\0\x02\0\0\0\x01\0\x02\0f\0main\0";
        assert_eq!(read(IndexKind::Coff, coff).unwrap(), expected);
        for (kind, contents) in [
            (IndexKind::Gnu, &gnu[..]),
            (IndexKind::Gnu64, gnu_64),
            (IndexKind::Bsd, bsd),
            (IndexKind::Coff, coff),
        ] {
            for length in 0..contents.len() {
                assert!(
                    read(kind, &contents[..length]).is_err(),
                    "{kind:?} {length}"
                );
            }
            let huge = [&[0xff; 8], contents].concat();
            assert!(read(kind, &huge).is_err(), "{kind:?}");
        }
    }
}
