//! This process's end of the socket to a plugin's, and of what that one writes to
//! its streams. Nothing is waited for longer than until a deadline, and nothing is
//! kept beyond what is bounded.

use std::io::{self, ErrorKind, PipeReader, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::ioctl_fionbio;

use super::frame::{Frame, HEAD, Lengths};

/// Most bytes of the streams that are kept: the last.
const KEPT: usize = 16 << 10;
/// Bytes that are read at once.
const PART: usize = 64 << 10;

/// Why nothing comes any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Silence {
    /// The other end is closed, or its process has ended.
    Over,
    /// The deadline has passed.
    Late,
    /// What came is no frame.
    Rubbish,
}

#[derive(Debug)]
pub(super) struct Wire {
    socket: UnixStream,
    streams: PipeReader,
    /// Readable once the process has ended, where the system has that.
    end: Option<OwnedFd>,
    inbox: Vec<u8>,
    said: Vec<u8>,
}

impl Wire {
    pub(super) fn new(
        socket: UnixStream,
        streams: PipeReader,
        end: Option<OwnedFd>,
    ) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        ioctl_fionbio(&streams, true)?;
        Ok(Self {
            socket,
            streams,
            end,
            inbox: Vec::new(),
            said: Vec::new(),
        })
    }

    /// What the process wrote last to its streams.
    pub(super) fn said(&mut self) -> &[u8] {
        self.listen();
        &self.said
    }

    /// Sends bytes.
    pub(super) fn send(&mut self, mut bytes: &[u8], deadline: Instant) -> Result<(), Silence> {
        while !bytes.is_empty() {
            match self.socket.write(bytes) {
                Ok(sent) => bytes = &bytes[sent..],
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    if self.wait(PollFlags::OUT, deadline)? {
                        return Err(Silence::Over);
                    }
                }
                Err(_) => return Err(Silence::Over),
            }
        }
        Ok(())
    }

    /// The next message, and the bytes beside it.
    pub(super) fn receive(&mut self, deadline: Instant) -> Result<Frame, Silence> {
        let mut is_over = false;
        loop {
            if let Some(frame) = self.whole()? {
                return Ok(frame);
            }
            if Instant::now() >= deadline {
                return Err(Silence::Late);
            }
            let before = self.inbox.len();
            self.inbox.resize(before + PART, 0);
            let read = self.socket.read(&mut self.inbox[before..]);
            let count = read.as_ref().copied().unwrap_or_default();
            self.inbox.truncate(before + count);
            match read {
                Ok(0) => return Err(Silence::Over),
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    // What it sent before its end was read.
                    if is_over {
                        return Err(Silence::Over);
                    }
                    is_over = self.wait(PollFlags::IN, deadline)?;
                }
                Err(_) => return Err(Silence::Over),
            }
        }
    }

    /// Takes a frame that has come as a whole.
    fn whole(&mut self) -> Result<Option<Frame>, Silence> {
        let Some(head) = self.inbox.first_chunk::<HEAD>() else {
            return Ok(None);
        };
        let lengths = Lengths::read(*head).ok_or(Silence::Rubbish)?;
        if self.inbox.len() < lengths.total() {
            return Ok(None);
        }
        let rest = self.inbox.split_off(lengths.total());
        let mut frame = std::mem::replace(&mut self.inbox, rest);
        let bytes = frame.split_off(HEAD + lengths.message);
        Ok(Some((frame.split_off(HEAD), bytes)))
    }

    /// Waits until the socket is ready, or the process has ended; says whether it
    /// has.
    fn wait(&mut self, wanted: PollFlags, deadline: Instant) -> Result<bool, Silence> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Silence::Late);
            }
            let most = Timespec {
                tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
                tv_nsec: left.subsec_nanos().into(),
            };
            let mut files = vec![
                PollFd::new(&self.socket, wanted),
                PollFd::new(&self.streams, PollFlags::IN),
            ];
            let end = self.end.as_ref();
            files.extend(end.map(|end| PollFd::from_borrowed_fd(end.as_fd(), PollFlags::IN)));
            // A signal interrupts it, and then everything is looked at again.
            let _ = poll(&mut files, Some(&most));
            let happened = |at: usize| {
                let file = files.get(at);
                file.is_some_and(|file| !file.revents().is_empty())
            };
            let (is_ready, has_said, is_over) = (happened(0), happened(1), happened(2));
            drop(files);
            if has_said {
                self.listen();
            }
            if is_over || is_ready {
                return Ok(is_over);
            }
        }
    }

    /// Reads what the process has written to its streams, and keeps the end of it.
    fn listen(&mut self) {
        let mut part = [0; PART];
        for _ in 0..PART {
            match self.streams.read(&mut part) {
                Ok(0) | Err(_) => break,
                Ok(count) => self.said.extend_from_slice(&part[..count]),
            }
            let surplus = self.said.len().saturating_sub(KEPT);
            self.said.drain(..surplus);
            if surplus > 0 {
                // Who floods a stream does not keep this process from its deadline.
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::frame::write_frame;
    use super::*;

    fn wire() -> (Wire, UnixStream, io::PipeWriter) {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let (reader, writer) = io::pipe().unwrap();
        (Wire::new(ours, reader, None).unwrap(), theirs, writer)
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_millis(50)
    }

    #[test]
    fn frames_come_one_by_one_however_they_are_cut() {
        let (mut wire, mut theirs, _streams) = wire();
        let mut sent = Vec::new();
        write_frame(&mut sent, b"one", b"bytes").unwrap();
        write_frame(&mut sent, b"two", b"").unwrap();
        theirs.write_all(&sent[..14]).unwrap();
        assert_eq!(wire.receive(soon()), Err(Silence::Late));
        theirs.write_all(&sent[14..]).unwrap();
        let first = wire.receive(soon()).unwrap();
        assert_eq!(first, (b"one".to_vec(), b"bytes".to_vec()));
        assert_eq!(wire.receive(soon()).unwrap().0, b"two");
        drop(theirs);
        assert_eq!(wire.receive(soon()), Err(Silence::Over));
    }

    #[test]
    fn rubbish_is_told_from_silence() {
        let (mut wire, mut theirs, _streams) = wire();
        theirs.write_all(&[b'x'; HEAD]).unwrap();
        assert_eq!(wire.receive(soon()), Err(Silence::Rubbish));
    }

    #[test]
    fn who_reads_nothing_is_late() {
        let (mut wire, _theirs, _streams) = wire();
        let much = vec![0; 8 << 20];
        assert_eq!(wire.send(&much, soon()), Err(Silence::Late));
    }

    #[test]
    fn of_a_flood_the_end_is_kept() {
        let (mut wire, _theirs, mut streams) = wire();
        let flood = std::thread::spawn(move || {
            for _ in 0..100 {
                streams.write_all(&[b'x'; 4096]).unwrap();
            }
            streams.write_all(b"end").unwrap();
        });
        while !flood.is_finished() {
            assert_eq!(wire.receive(soon()), Err(Silence::Late));
        }
        flood.join().unwrap();
        for _ in 0..100 {
            wire.said();
        }
        let said = wire.said();
        assert!(said.len() <= KEPT && said.ends_with(b"xend"));
    }
}
