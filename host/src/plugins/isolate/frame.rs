//! The form of what goes through the socket: the lengths of a message and of the
//! bytes beside it, the message, the bytes.

use std::io::{self, Read, Write};

/// A message, and the bytes beside it.
pub(in crate::plugins) type Frame = (Vec<u8>, Vec<u8>);

/// Bytes of the two lengths.
pub(super) const HEAD: usize = 12;
/// Longest message, in bytes: 64 MiB.
const LONGEST_MESSAGE: u32 = 64 << 20;
/// Most bytes beside it: 1 GiB.
const MOST_BYTES: u64 = 1 << 30;

/// The lengths of a frame that begins, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lengths {
    pub(super) message: usize,
    pub(super) bytes: usize,
}

impl Lengths {
    /// Reads them, if nobody exaggerates.
    pub(super) fn read(head: [u8; HEAD]) -> Option<Self> {
        let [a, b, c, d, bytes @ ..] = head;
        let message = u32::from_le_bytes([a, b, c, d]);
        let bytes = u64::from_le_bytes(bytes);
        let is_bounded = message <= LONGEST_MESSAGE && bytes <= MOST_BYTES;
        is_bounded.then_some(Self {
            message: message as usize,
            bytes: bytes as usize,
        })
    }

    /// Of the whole frame.
    pub(super) const fn total(self) -> usize {
        HEAD + self.message + self.bytes
    }

    /// As they are written, if a frame may be so long.
    pub(super) fn written(message: &[u8], bytes: &[u8]) -> Option<[u8; HEAD]> {
        let mut head = [0; HEAD];
        let message = u32::try_from(message.len()).ok()?;
        head[..4].copy_from_slice(&message.to_le_bytes());
        head[4..].copy_from_slice(&(bytes.len() as u64).to_le_bytes());
        Self::read(head).map(|_| head)
    }
}

/// Writes a frame.
///
/// # Errors
/// As for writing; [`io::ErrorKind::InvalidInput`] if it is too long.
pub(in crate::plugins) fn write_frame(
    to: &mut impl Write,
    message: &[u8],
    bytes: &[u8],
) -> io::Result<()> {
    let head = Lengths::written(message, bytes).ok_or(io::ErrorKind::InvalidInput)?;
    to.write_all(&head)?;
    to.write_all(message)?;
    to.write_all(bytes)?;
    to.flush()
}

/// Reads a frame of one that is trusted; `None` if there are no more.
///
/// # Errors
/// As for reading; [`io::ErrorKind::InvalidData`] if it is too long.
pub(in crate::plugins) fn read_frame(from: &mut impl Read) -> io::Result<Option<Frame>> {
    let mut head = [0; HEAD];
    if from.read(&mut head[..1])? == 0 {
        return Ok(None);
    }
    from.read_exact(&mut head[1..])?;
    let lengths = Lengths::read(head).ok_or(io::ErrorKind::InvalidData)?;
    let mut message = vec![0; lengths.message];
    from.read_exact(&mut message)?;
    let mut bytes = vec![0; lengths.bytes];
    from.read_exact(&mut bytes)?;
    Ok(Some((message, bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut stream = Vec::new();
        write_frame(&mut stream, b"message", b"bytes").unwrap();
        write_frame(&mut stream, b"", b"").unwrap();
        let mut rest = stream.as_slice();
        let first = read_frame(&mut rest).unwrap().unwrap();
        assert_eq!(first, (b"message".to_vec(), b"bytes".to_vec()));
        let second = read_frame(&mut rest).unwrap().unwrap();
        assert_eq!(second, (Vec::new(), Vec::new()));
        assert!(read_frame(&mut rest).unwrap().is_none());
        assert!(read_frame(&mut &stream[..9]).is_err());
    }

    #[test]
    fn lengths_are_bounded() {
        assert_eq!(Lengths::read([0xff; HEAD]), None);
        let mut head = [0; HEAD];
        head[..4].copy_from_slice(&LONGEST_MESSAGE.to_le_bytes());
        head[4..].copy_from_slice(&MOST_BYTES.to_le_bytes());
        let lengths = Lengths::read(head).unwrap();
        assert_eq!(lengths.total(), HEAD + (64 << 20) + (1 << 30));
        head[4..].copy_from_slice(&(MOST_BYTES + 1).to_le_bytes());
        assert_eq!(Lengths::read(head), None);
        assert!(read_frame(&mut head.as_slice()).is_err());
    }
}
