//! Mach-O objects, renamed.

use std::borrow::Cow;

use goblin::mach::header::MH_OBJECT;
use goblin::mach::load_command::LC_SYMTAB;
use goblin::mach::symbols::{N_EXT, N_STAB, N_TYPE, N_UNDF};

use super::names::{Names, Part, put};

/// Sizes of the file's header and of a symbol.
const HEADER: usize = 32;
const SYMBOL: usize = 16;

/// C's names begin with it.
const PREFIX: &str = "_";

/// The object with the names of a static library.
pub(super) fn rename(object: &[u8], part: Part) -> Result<Cow<'_, [u8]>, String> {
    if word(object, 12) != Some(MH_OBJECT) {
        return Err("it is a Mach-O file, but no object".to_owned());
    }
    let malformed = || "its tables of symbols are malformed".to_owned();
    let Some(command) = symbol_command(object).ok_or_else(malformed)? else {
        return Ok(Cow::Borrowed(object));
    };
    let field = |at| word(object, command + at).map(|word| word as usize);
    let tables = || Some([field(8)?, field(12)?, field(16)?, field(20)?]);
    let [symbols, count, names, size] = tables().ok_or_else(malformed)?;
    let part_of = |at: usize, size: usize| object.get(at..at.checked_add(size)?);
    let names = part_of(names, size).ok_or_else(malformed)?;
    let entries = count.checked_mul(SYMBOL);
    let entries = entries.and_then(|size| part_of(symbols, size));
    let mut names = Names::new(names, PREFIX);
    let mut written = object.to_vec();
    for (index, symbol) in entries
        .ok_or_else(malformed)?
        .chunks_exact(SYMBOL)
        .enumerate()
    {
        let kind = symbol[4];
        let is_global = kind & N_STAB == 0 && kind & N_EXT != 0;
        // What has a size there is data without contents.
        let is_needed = kind & N_TYPE == N_UNDF && symbol[8..] == [0; 8];
        if !is_global || part == Part::Program && !is_needed {
            continue;
        }
        let name = word(symbol, 0).ok_or_else(malformed)? as usize;
        if let Some(place) = names.renamed(name) {
            let at = symbols + index * SYMBOL;
            put(&mut written, at, &place.to_le_bytes()).ok_or_else(malformed)?;
        }
    }
    let Some(added) = names.finish() else {
        return Ok(Cow::Borrowed(object));
    };
    let fields = [written.len(), added.len()].map(u32::try_from);
    for (field, value) in [16, 20].into_iter().zip(fields) {
        let value = value.map_err(|_| malformed())?.to_le_bytes();
        put(&mut written, command + field, &value).ok_or_else(malformed)?;
    }
    written.extend(added);
    Ok(Cow::Owned(written))
}

/// Where the command is that describes the symbols; `None` if the commands are
/// not where the header says.
fn symbol_command(object: &[u8]) -> Option<Option<usize>> {
    let mut at = HEADER;
    for _ in 0..word(object, 16)? {
        let (command, size) = (word(object, at)?, word(object, at + 4)? as usize);
        if command == LC_SYMTAB {
            return Some(Some(at));
        }
        // Shorter commands would never end.
        at = at.checked_add(size).filter(|_| size >= 8)?;
    }
    Some(None)
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}
