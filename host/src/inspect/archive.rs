//! Archives of objects, as GNU, BSD, Apple and Microsoft tools write them.
//!
//! goblin reads the headers of members. Its view of a whole archive goes by
//! names, so that of members with the same name it shows one; here every
//! member is looked at, in order.

use std::borrow::Cow;
use std::collections::BTreeSet;

use goblin::archive::{Member, SIZEOF_MAGIC};

use super::Kind;
use super::bounds::{Work, part, utf8};
use super::index::{ArchiveIndex, IndexKind, RawIndex};
use super::macho;
use super::merged::merged_name;
use super::report::{FileFormat, ImageKind, ImageReport, RuntimeSymbols};
use super::symbols::{Import, Names, Object, Place, SLIM, owned};

/// A member that is an object.
struct ObjectMember<'a> {
    name: &'a str,
    /// Where its header begins.
    offset: u64,
    contents: &'a [u8],
    object: Object<'a>,
}

/// What is in an archive.
#[derive(Default)]
struct Contents<'a> {
    members: Vec<ObjectMember<'a>>,
    /// Names and offsets of the members that say nothing here: texts, bitcode.
    unknown: Vec<(&'a str, u64)>,
    index: Option<RawIndex<'a>>,
    /// Names that are too long for a header, in the manner of GNU and Windows.
    long_names: Option<&'a [u8]>,
}

/// What a member's header says about it.
enum Role<'a> {
    Index(IndexKind),
    LongNames,
    /// A table that only some tools read.
    Other,
    Object(&'a str),
}

/// Inspects an archive. What its members define for one another counts as
/// defined.
pub(super) fn inspect(
    bytes: &[u8],
    work: &mut Work,
    object: for<'a> fn(&'a [u8], &mut Work) -> Result<Object<'a>, String>,
) -> Result<ImageReport, String> {
    let contents = Contents::read(bytes, work, object)?;
    let members = &contents.members;
    let Some(first) = members.first() else {
        return contents.of_unknown_members();
    };
    let (format, architecture) = (first.object.format, first.object.architecture);
    let mut names = Names::default();
    for member in members {
        let (name, found) = (member.name, &member.object);
        if found.format != format {
            let found = found.format;
            return Err(format!("member `{name}` is {found}, others are {format}"));
        }
        if found.architecture != architecture {
            let found = found.architecture;
            return Err(format!(
                "member `{name}` is for {found}, others are for {architecture}"
            ));
        }
        names.add(&found.symbols);
    }
    let stands_for = members.iter().map(|member| member.object.import);
    let kind = match stands_for.clone().all(|import| import != Import::No) {
        true => ImageKind::ImportLibrary,
        false => ImageKind::Static,
    };
    let libraries = stands_for.filter_map(|import| match import {
        Import::Of(library) => Some(library),
        _ => None,
    });
    let libraries = libraries.collect::<BTreeSet<_>>();
    let imports = names.undefined.difference(&names.global).copied();
    Ok(ImageReport {
        member_format: Some(format),
        defines_main: Some(names.defined.contains("main"))
            .filter(|main| *main || contents.unknown.is_empty()),
        imports: owned(imports),
        needed: owned(libraries),
        runtime: RuntimeSymbols::of(
            |name| {
                let merged = merged_name(name);
                let merged = merged.as_ref();
                names.global.contains(merged)
                    || names.global.contains(name) && !names.undefined.contains(merged)
            },
            |name| {
                let merged = merged_name(name);
                [name, merged.as_ref()]
                    .iter()
                    .any(|name| names.undefined.contains(name))
            },
        ),
        exports: owned(names.global.iter().copied()),
        members: owned(members.iter().map(|member| member.name)),
        unknown_members: contents.unknown_members(),
        index: contents.compare_index(format),
        ..ImageReport::new(FileFormat::Archive, kind, architecture)
    })
}

/// Name and contents of each object in an archive, in its order; names may
/// repeat.
pub(super) fn members<'a>(
    bytes: &'a [u8],
    work: &mut Work,
    object: fn(&'a [u8], &mut Work) -> Result<Object<'a>, String>,
) -> Result<Vec<(&'a str, &'a [u8])>, String> {
    let found = Contents::read(bytes, work, object)?;
    let members = found.members.iter();
    Ok(members
        .map(|member| (member.name, member.contents))
        .collect())
}

impl<'a> Contents<'a> {
    fn read(
        bytes: &'a [u8],
        work: &mut Work,
        object: fn(&'a [u8], &mut Work) -> Result<Object<'a>, String>,
    ) -> Result<Self, String> {
        let mut found = Self::default();
        let mut offset = SIZEOF_MAGIC;
        while offset + 1 < bytes.len() {
            // Headers stand at even offsets.
            offset += offset & 1;
            let member = Member::parse(bytes, &mut offset).map_err(|error| error.to_string())?;
            let contents = part(bytes, member.offset, member.size() as u64)?;
            offset += contents.len();
            work.spend(0)?;
            match found.role(&member, work)? {
                Role::Index(kind) => {
                    // Windows has two of the first kind; the second one counts.
                    let kind = match (kind, &found.index) {
                        (IndexKind::Gnu, Some(_)) => IndexKind::Coff,
                        (kind, _) => kind,
                    };
                    found.index = Some(RawIndex::read(kind, contents, work)?);
                }
                Role::LongNames => found.long_names = Some(contents),
                Role::Other => {}
                Role::Object(name) if is_foreign(contents) => {
                    found.unknown.push((name, member.header_offset));
                }
                Role::Object(name) => {
                    let object = object(contents, work);
                    let mut object =
                        object.map_err(|reason| format!("member `{name}`: {reason}"))?;
                    if is_slim(&object) {
                        found.unknown.push((name, member.header_offset));
                        object.symbols.clear();
                    }
                    found.members.push(ObjectMember {
                        name,
                        offset: member.header_offset,
                        contents,
                        object,
                    });
                }
            }
        }
        Ok(found)
    }

    fn unknown_members(&self) -> Vec<String> {
        owned(self.unknown.iter().map(|(name, _)| *name))
    }

    /// The report on an archive in which nothing is an object.
    fn of_unknown_members(&self) -> Result<ImageReport, String> {
        if self.unknown.is_empty() {
            return Err("the archive has no objects".to_owned());
        }
        Ok(ImageReport {
            unknown_members: self.unknown_members(),
            ..ImageReport::new(FileFormat::Archive, ImageKind::Static, "unknown")
        })
    }

    fn role(&self, member: &Member<'a>, work: &mut Work) -> Result<Role<'a>, String> {
        let raw = member.raw_name();
        match raw.trim_end_matches(' ') {
            "/" => return Ok(Role::Index(IndexKind::Gnu)),
            "/SYM64/" => return Ok(Role::Index(IndexKind::Gnu64)),
            "//" => return Ok(Role::LongNames),
            "/<ECSYMBOLS>/" | "/<XFGHASHMAP>/" => return Ok(Role::Other),
            _ => {}
        }
        let name = match raw.strip_prefix('/') {
            Some(at) => self.long_name(at.trim_end_matches(' '), work)?,
            None => member.extended_name(),
        };
        // goblin reads a name that is longer than its member, and drops it.
        if name.starts_with("#1/") {
            return Err("a member is shorter than its name".to_owned());
        }
        Ok(match name {
            "__.SYMDEF" | "__.SYMDEF SORTED" => Role::Index(IndexKind::Bsd),
            "__.SYMDEF_64" | "__.SYMDEF_64 SORTED" => Role::Index(IndexKind::Bsd64),
            name => Role::Object(name),
        })
    }

    /// The name at an offset of the table: GNU ends it with a slash and a
    /// newline, Windows with NUL.
    fn long_name(&self, at: &str, work: &mut Work) -> Result<&'a str, String> {
        let wrong = || format!("the member's name `/{at}` is not in the table of names");
        let at = at.parse::<usize>().map_err(|_| wrong())?;
        let rest = self.long_names.and_then(|names| names.get(at..));
        let mut names = rest
            .ok_or_else(wrong)?
            .split(|byte| matches!(byte, 0 | b'\n'));
        let name = names.next().unwrap_or_default();
        work.spend(name.len())?;
        let name = utf8(name)?;
        Ok(name.strip_suffix('/').unwrap_or(name))
    }

    /// Compares the index, if there is one, with the members.
    fn compare_index(&self, format: FileFormat) -> Option<ArchiveIndex> {
        let mut required = BTreeSet::new();
        let mut allowed = BTreeSet::new();
        for member in &self.members {
            for symbol in &member.object.symbols {
                let entry = (member.offset, symbol.name.as_ref());
                match symbol.place {
                    Place::Global | Place::Hidden => required.insert(entry),
                    Place::Alias => allowed.insert(entry),
                    Place::Local | Place::Undefined => false,
                };
            }
        }
        let written = match format {
            FileFormat::MachO => macho::written,
            _ => as_is,
        };
        let index = self.index.as_ref()?;
        let unknown = self.unknown.iter().map(|(_, offset)| *offset).collect();
        Some(index.compare(&required, &allowed, &unknown, written))
    }
}

/// The name of a symbol in formats that do not change it.
fn as_is(name: &str) -> Cow<'_, str> {
    Cow::Borrowed(name)
}

/// Whether a member is in no format of objects that is read here.
fn is_foreign(contents: &[u8]) -> bool {
    matches!(
        Kind::of(contents),
        Kind::Empty | Kind::Bitcode | Kind::Unknown | Kind::Archive | Kind::ThinArchive
    )
}

/// Whether an object holds only what GCC needs to compile it at link time.
fn is_slim(object: &Object<'_>) -> bool {
    let mut symbols = object.symbols.iter();
    symbols.any(|symbol| SLIM.contains(&symbol.name.as_ref()))
}
