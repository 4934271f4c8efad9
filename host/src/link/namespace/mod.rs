//! Objects on their way into a static library: the runtime's symbols get the
//! names that they have there.
//!
//! Only names change. The new ones stand in a copy of the table of names at the
//! end of the file; nothing else moves, so that every offset stays right.

mod elf;
mod macho;
mod names;

pub(super) use names::Part;

use std::borrow::Cow;

use beskid_plugin_api::panics::contain_panic;
use goblin::mach::header::MH_MAGIC_64;

/// The object with the names of a static library. There are none for Windows,
/// whose strategy merges no archives.
///
/// # Errors
/// Why it is no object.
pub(super) fn merged(object: &[u8], part: Part) -> Result<Cow<'_, [u8]>, String> {
    let rename = if object.starts_with(b"\x7fELF") {
        elf::rename
    } else if object.starts_with(&MH_MAGIC_64.to_le_bytes()) {
        macho::rename
    } else {
        return Ok(Cow::Borrowed(object));
    };
    contain_panic(|| rename(object, part)).unwrap_or_else(Err)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::{archive_members, inspect, merged_name};

    fn runtime() -> Vec<u8> {
        let archive = crate::runtime_archive::embedded();
        archive_members(archive).unwrap()[0].1.to_vec()
    }

    #[test]
    fn the_runtimes_symbols_are_renamed_and_nothing_else_moves() {
        let before = runtime();
        let after = merged(&before, Part::Runtime).unwrap();
        let exports = |bytes: &[u8]| inspect(bytes).unwrap().into_one().unwrap().exports;
        let expected = exports(&before)
            .iter()
            .map(|name| merged_name(name).into_owned())
            .collect::<Vec<_>>();
        let mut expected = expected;
        expected.sort();
        assert_eq!(exports(&after), expected);
        assert!(
            expected.iter().all(|name| name.starts_with("beskid_")),
            "{expected:?}"
        );
        assert_eq!(merged(&after, Part::Runtime).unwrap(), after);
        assert!(matches!(
            merged(&before, Part::Program).unwrap(),
            Cow::Borrowed(_)
        ));
    }

    #[test]
    fn what_is_no_object_is_refused_and_other_formats_pass() {
        let object = runtime();
        for length in [5, 63, 64, 1000, object.len() - 1] {
            assert!(
                merged(&object[..length], Part::Runtime).is_err(),
                "{length}"
            );
        }
        for field in [40, 58, 60] {
            let mut object = object.clone();
            object[field..field + 2].copy_from_slice(&[0xff; 2]);
            let _ = merged(&object, Part::Runtime);
        }
        assert_eq!(merged(b"MZ", Part::Runtime).unwrap(), &b"MZ"[..]);
    }
}
