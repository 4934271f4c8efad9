//! What a process writes to a stream: the end of it is kept.

use std::io::{self, ErrorKind, PipeReader, Read};
use std::os::fd::{AsFd, BorrowedFd};

/// Most bytes of a stream that are kept: 64 KiB.
const MOST: usize = 64 << 10;
/// Most bytes that are taken at a time, so that nobody is forgotten because of one who
/// never stops writing: 1 MiB.
const TURN: usize = 1 << 20;

/// A stream, from its reading end.
pub(super) struct Output {
    /// `None` once all who could write are gone.
    reader: Option<PipeReader>,
    kept: Vec<u8>,
    left_out: u64,
}

impl Output {
    /// The stream behind a pipe that does not block.
    pub(super) fn new(reader: PipeReader) -> Self {
        Self {
            reader: Some(reader),
            kept: Vec::new(),
            left_out: 0,
        }
    }

    /// What is readable when there is more.
    pub(super) fn file(&self) -> Option<BorrowedFd<'_>> {
        self.reader.as_ref().map(AsFd::as_fd)
    }

    /// Takes what is there.
    pub(super) fn take(&mut self) -> io::Result<()> {
        let mut buffer = [0; 16 << 10];
        let mut taken = 0;
        while taken < TURN
            && let Some(reader) = &mut self.reader
        {
            match reader.read(&mut buffer) {
                Ok(0) => self.reader = None,
                Ok(count) => {
                    taken += count;
                    self.keep(&buffer[..count]);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.kept.extend_from_slice(bytes);
        if self.kept.len() > 2 * MOST {
            self.shorten();
        }
    }

    fn shorten(&mut self) {
        let excess = self.kept.len().saturating_sub(MOST);
        self.kept.drain(..excess);
        self.left_out += excess as u64;
    }

    /// Its last bytes. What is missing before them is said.
    pub(super) fn into_bytes(mut self) -> Vec<u8> {
        self.shorten();
        if self.left_out == 0 {
            return self.kept;
        }
        let note = format!("… {} bytes before this are left out\n", self.left_out);
        [note.as_bytes(), &self.kept].concat()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn of(count: usize) -> Vec<u8> {
        let (reader, mut writer) = io::pipe().unwrap();
        let mut output = Output::new(reader);
        let writing = std::thread::spawn(move || writer.write_all(&vec![b'a'; count]));
        while output.file().is_some() {
            output.take().unwrap();
        }
        writing.join().unwrap().unwrap();
        output.into_bytes()
    }

    #[test]
    fn the_end_is_kept_and_what_is_missing_is_said() {
        assert_eq!(of(0), b"");
        assert_eq!(of(MOST), vec![b'a'; MOST]);
        let long = of(10 * MOST + 1);
        let note = format!("… {} bytes before this are left out\n", 9 * MOST + 1);
        assert!(long.starts_with(note.as_bytes()), "{}", long.len());
        assert_eq!(long.len(), note.len() + MOST);
    }
}
