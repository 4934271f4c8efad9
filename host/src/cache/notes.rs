//! What was found out once, as JSON. Without a note it is found out again.

use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::input::open_bounded;

/// Largest note, in bytes.
const LARGEST: u64 = 1 << 20;

/// What was noted there, if it is a note and can be read.
pub(crate) fn recall<T: DeserializeOwned>(place: &Path) -> Option<T> {
    let (file, _) = open_bounded(place, LARGEST).ok()?;
    let text = std::io::read_to_string(std::io::Read::take(file, LARGEST)).ok()?;
    serde_json::from_str(&text).ok()
}

/// Notes it.
pub(crate) fn keep(place: &Path, found: &impl Serialize) {
    let kept = serde_json::to_vec(found).map(|text| super::write(place, &text));
    if !matches!(kept, Ok(Ok(()))) {
        tracing::debug!(path = %place.display(), "cannot be written");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_note_is_not_recalled() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("note");
        keep(&place, &7);
        assert_eq!(recall::<u32>(&place), Some(7));
        std::fs::write(&place, "{").unwrap();
        assert_eq!(recall::<u32>(&place), None);
        let file = std::fs::File::create(&place).unwrap();
        file.set_len(LARGEST + 1).unwrap();
        assert_eq!(recall::<u32>(&place), None);
        std::fs::remove_file(&place).unwrap();
        let mode = rustix::fs::Mode::from_raw_mode(0o600);
        let kind = rustix::fs::FileType::Fifo;
        rustix::fs::mknodat(rustix::fs::CWD, &place, kind, mode, 0).unwrap();
        assert_eq!(recall::<u32>(&place), None);
    }
}
