//! What was found out once, as JSON. Without a note it is found out again.

use std::fs::OpenOptions;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Largest note, in bytes.
const LARGEST: u64 = 1 << 20;

/// What was noted there, if it is a note and can be read.
pub(crate) fn recall<T: DeserializeOwned>(place: &Path) -> Option<T> {
    // Opening a pipe would wait for somebody who writes.
    let mut options = OpenOptions::new();
    let file = options.read(true).custom_flags(libc::O_NONBLOCK);
    let file = file.open(place).ok()?;
    let meta = file.metadata().ok()?;
    if !meta.is_file() || meta.len() > LARGEST {
        return None;
    }
    // Its end is where the system says, or it is no note: nobody has to ask for more.
    let mut text = vec![0; meta.len() as usize];
    file.read_exact_at(&mut text, 0).ok()?;
    serde_json::from_slice(&text).ok()
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
