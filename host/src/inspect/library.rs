//! What an ELF library's file says to whoever is about to load it, or to link
//! with it.

use std::collections::{BTreeMap, BTreeSet};

use beskid_plugin_api::panics::contain_panic;
use goblin::elf::Elf;
use goblin::elf::program_header::{PT_LOAD, ProgramHeader};

use super::bounds::Work;
use super::{Kind, archive_members, elf};

/// Why the loader refuses a library, or worse, as far as the first part of its
/// file tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It ends before its contents do. A loader maps what is not there, and the
    /// process dies when it looks.
    Truncated,
    /// It is for this other architecture.
    Foreign(&'static str),
}

/// The fault of an ELF file of `length` bytes that begins with `head`; `None`
/// if there is none to be seen, or it is something else.
pub(crate) fn fault(head: &[u8], length: u64, architecture: &str) -> Option<Fault> {
    contain_panic(|| {
        let header = Elf::parse_header(head).ok()?;
        let machine = elf::machine(header.e_machine);
        if let Some(machine) = machine.filter(|machine| *machine != architecture) {
            return Some(Fault::Foreign(machine));
        }
        let (offset, count) = (header.e_phoff as usize, usize::from(header.e_phnum));
        let segments = ProgramHeader::parse(head, offset, count, elf::CTX).ok()?;
        let mut loaded = segments
            .iter()
            .filter(|segment| segment.p_type == PT_LOAD)
            .map(|segment| segment.p_offset.checked_add(segment.p_filesz));
        let cut = loaded.any(|end| end.is_none_or(|end| end > length));
        cut.then_some(Fault::Truncated)
    })
    .ok()
    .flatten()
}

/// Whether each of the symbols that an ELF library or an archive defines is
/// data. A file of another format has none.
pub(crate) fn symbols_by_kind(bytes: &[u8]) -> BTreeMap<String, bool> {
    let mut kinds = BTreeMap::new();
    for symbol in definitions(bytes).into_iter().flatten() {
        // A symbol may have several versions.
        let all = kinds.entry(symbol.name).or_insert(true);
        *all &= symbol.is_data;
    }
    kinds
}

/// Every name that an ELF library or an archive has for the code of a function,
/// its own among them; none if the file does not define it.
pub(crate) fn names_of_code(bytes: &[u8], function: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for object in definitions(bytes) {
        let code = object.iter().filter(|symbol| !symbol.is_data);
        let own = code.clone().filter(|symbol| symbol.name == function);
        let places = own.map(|symbol| symbol.place).collect::<BTreeSet<_>>();
        let same = code.filter(|symbol| places.contains(&symbol.place));
        names.extend(same.map(|symbol| symbol.name.clone()));
    }
    names
}

/// What a library, or each member of an archive, defines.
fn definitions(bytes: &[u8]) -> Vec<Vec<elf::Definition>> {
    let objects = match Kind::of(bytes) {
        Kind::Elf => vec![bytes],
        Kind::Archive => {
            let members = archive_members(bytes).unwrap_or_default();
            members.into_iter().map(|(_, object)| object).collect()
        }
        _ => Vec::new(),
    };
    let mut work = Work::for_file(bytes.len());
    let defined = objects.into_iter().map(|object| {
        let defined = contain_panic(|| elf::definitions(object, &mut work));
        defined.unwrap_or_else(Err).unwrap_or_default()
    });
    defined.collect()
}
