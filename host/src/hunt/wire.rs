//! What goes between a hunt and its engines: lengths, and so many bytes.

use std::io::{self, Read, Write};

use beskid_plugin_api::diagnostic::Diagnostic;
use serde::{Deserialize, Serialize};

/// Longest message, in bytes: 16 MiB.
const LONGEST: u32 = 16 << 20;

/// What the process of an engine says of one artifact, if it comes to that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Answer {
    /// It returned, with this formatted result.
    Returned(String),
    /// It trapped, as an interpreter does that goes on.
    Trapped,
    /// The engine did not take it.
    Refused(Diagnostic),
    /// The interpreter does not know something; why.
    GaveUp(String),
}

/// Sends a message.
pub(super) fn send(stream: &mut impl Write, message: &[u8]) -> io::Result<()> {
    let length = u32::try_from(message.len()).ok();
    let length = length.filter(|length| *length <= LONGEST);
    let length = length.ok_or(io::ErrorKind::FileTooLarge)?;
    stream.write_all(&length.to_le_bytes())?;
    stream.write_all(message)
}

/// Receives a message; `None` if the other side has ended.
pub(super) fn receive(stream: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match stream.read_exact(&mut length) {
        Err(error) if is_end(&error) => return Ok(None),
        read => read?,
    }
    let length = u32::from_le_bytes(length);
    if length > LONGEST {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut message = Vec::new();
    stream.take(length.into()).read_to_end(&mut message)?;
    if message.len() as u64 == u64::from(length) {
        Ok(Some(message))
    } else {
        Ok(None)
    }
}

/// Whether the other side is gone.
pub(super) fn is_end(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), UnexpectedEof | ConnectionReset | BrokenPipe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_arrives_as_it_was_sent() {
        let mut bytes = Vec::new();
        send(&mut bytes, b"one").unwrap();
        send(&mut bytes, b"").unwrap();
        let mut stream = bytes.as_slice();
        assert_eq!(receive(&mut stream).unwrap(), Some(b"one".to_vec()));
        assert_eq!(receive(&mut stream).unwrap(), Some(Vec::new()));
        assert_eq!(receive(&mut stream).unwrap(), None);
    }

    #[test]
    fn part_of_a_message_is_an_end_and_a_huge_one_an_error() {
        let mut bytes = Vec::new();
        send(&mut bytes, b"one").unwrap();
        for length in 0..bytes.len() {
            assert_eq!(receive(&mut &bytes[..length]).unwrap(), None, "{length}");
        }
        let huge = u32::MAX.to_le_bytes();
        assert!(receive(&mut huge.as_slice()).is_err());
    }
}
