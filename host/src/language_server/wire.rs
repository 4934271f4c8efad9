//! Messages as bytes: a header with the length, and JSON.

use std::io::{self, BufRead, Read, Write};

use lsp_server::Message;
use serde_json::{Value, json};

/// Largest message, in bytes: more than the JSON of the largest source.
const LARGEST: usize = 512 << 20;
/// Longest line of a header, in bytes.
const LONGEST_LINE: u64 = 64 << 10;
/// What of a message that is too large is skipped at once, in bytes.
const SKIPPED: u64 = 1 << 20;

/// What was read.
pub(super) enum Frame {
    /// A message.
    Message(Message),
    /// Something that is none: the code of the error and what is wrong.
    Wrong(i32, String),
}

/// JSON that cannot be read.
const PARSE_ERROR: i32 = -32700;
/// JSON that is no message.
const INVALID_REQUEST: i32 = -32600;

/// Reads a message; nothing at the end of the stream, which may also come within a message.
///
/// # Errors
/// Those of the stream.
pub(super) fn read(from: &mut impl BufRead) -> io::Result<Option<Frame>> {
    let mut length = None;
    loop {
        let mut line = Vec::new();
        from.take(LONGEST_LINE).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(None);
        }
        let line = line.trim_ascii();
        if line.is_empty() {
            match length {
                Some(length) => return body(from, length),
                // Blank lines between messages are none of the header's.
                None => continue,
            }
        }
        let (name, value) = match line.iter().position(|byte| *byte == b':') {
            Some(at) => (&line[..at], line[at + 1..].trim_ascii()),
            None => return Ok(Some(no_header(line))),
        };
        if name.eq_ignore_ascii_case(b"content-length") {
            let number = std::str::from_utf8(value).ok();
            let Some(number) = number.and_then(|number| number.parse::<u64>().ok()) else {
                return Ok(Some(no_header(line)));
            };
            length = Some(number);
        }
    }
}

fn no_header(line: &[u8]) -> Frame {
    let shown = String::from_utf8_lossy(&line[..line.len().min(80)]).into_owned();
    let message = format!("`{shown}` is no header: write `Content-Length: N`");
    Frame::Wrong(PARSE_ERROR, message)
}

fn body(from: &mut impl BufRead, length: u64) -> io::Result<Option<Frame>> {
    if length > LARGEST as u64 {
        let mut left = length;
        while left > 0 {
            let skipped = io::copy(&mut from.take(left.min(SKIPPED)), &mut io::sink())?;
            if skipped == 0 {
                return Ok(None);
            }
            left -= skipped;
        }
        let message = format!("the message has {length} bytes, more than {LARGEST}");
        return Ok(Some(Frame::Wrong(INVALID_REQUEST, message)));
    }
    // The room is taken as the bytes come: the length is only a claim.
    let mut bytes = Vec::new();
    from.take(length).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < length {
        return Ok(None);
    }
    Ok(Some(message(&bytes)))
}

fn message(bytes: &[u8]) -> Frame {
    let value = match serde_json::from_slice::<Value>(bytes) {
        Ok(value) => value,
        Err(error) => return Frame::Wrong(PARSE_ERROR, format!("no JSON: {error}")),
    };
    match serde_json::from_value(value) {
        Ok(message) => Frame::Message(message),
        Err(_) => {
            let message = "neither a request, nor an answer, nor a notification";
            Frame::Wrong(INVALID_REQUEST, message.to_owned())
        }
    }
}

/// Writes a message.
///
/// # Errors
/// Those of the stream.
pub(super) fn write(to: &mut impl Write, message: Message) -> io::Result<()> {
    message.write(to)?;
    to.flush()
}

/// Writes the answer to something that is no message, and so has no id.
///
/// # Errors
/// Those of the stream.
pub(super) fn write_wrong(to: &mut impl Write, code: i32, message: &str) -> io::Result<()> {
    let answer = json!({
        "jsonrpc": "2.0",
        "id": null,
        "error": { "code": code, "message": message },
    });
    let answer = answer.to_string();
    write!(to, "Content-Length: {}\r\n\r\n{answer}", answer.len())?;
    to.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Vec<String> {
        let mut from = bytes;
        let mut found = Vec::new();
        while let Some(frame) = read(&mut from).unwrap() {
            found.push(match frame {
                Frame::Message(Message::Request(request)) => request.method,
                Frame::Message(Message::Notification(told)) => told.method,
                Frame::Message(Message::Response(_)) => "answer".to_owned(),
                Frame::Wrong(code, _) => code.to_string(),
            });
        }
        found
    }

    fn framed(text: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{text}", text.len())
    }

    #[test]
    fn what_is_no_message_is_told_and_the_next_one_read() {
        let request = framed(r#"{"jsonrpc":"2.0","id":1,"method":"a"}"#);
        let lower = request.replace("Content-Length", "Content-Type: x\r\ncontent-length");
        let bad = [framed("{"), framed("[]"), framed("{\"id\":[]}")].concat();
        let bytes = format!("{request}{bad}hello\r\n\r\nContent-Length: x\r\n\r\n{lower}");
        let expected = ["a", "-32700", "-32600", "-32600", "-32700", "-32700", "a"];
        assert_eq!(all(bytes.as_bytes()), expected);
        assert_eq!(all(&framed("\"\u{e9}\"").as_bytes()[..22]), [""; 0]);
        assert_eq!(all(b"Content-Length: 5\r\n\r\n{}"), [""; 0]);
    }

    #[test]
    fn a_length_is_a_claim() {
        assert_eq!(all(b"Content-Length: 99999999999999\r\n\r\n{}"), [""; 0]);
        let large = format!("Content-Length: {}\r\n\r\n", LARGEST + 1);
        let mut from = large
            .as_bytes()
            .chain(io::repeat(b' ').take(LARGEST as u64 + 1));
        let request = framed(r#"{"jsonrpc":"2.0","method":"b"}"#);
        let frame = {
            let mut whole = io::BufReader::new(from.by_ref().chain(request.as_bytes()));
            let wrong = read(&mut whole).unwrap();
            assert!(matches!(wrong, Some(Frame::Wrong(INVALID_REQUEST, _))));
            read(&mut whole).unwrap()
        };
        assert!(matches!(frame, Some(Frame::Message(_))));
    }
}
