//! Digests as files have them: 64 hexadecimal digits.

use beskid_plugin_api::Digest;

/// The digest that a text is, if it is one.
pub(super) fn parse_digest(text: &str) -> Option<Digest> {
    let mut bytes = [0; Digest::LEN];
    if text.len() != 2 * Digest::LEN || !text.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        let digits = text.get(2 * at..2 * at + 2)?;
        if digits.starts_with('+') {
            return None;
        }
        *byte = u8::from_str_radix(digits, 16).ok()?;
    }
    Some(Digest::from_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_read_as_it_was_written() {
        let digest = Digest::of(b"text");
        assert_eq!(parse_digest(&digest.to_string()), Some(digest));
        for odd in [
            "",
            "00",
            &"0g".repeat(32),
            &"+0".repeat(32),
            &"é".repeat(32),
        ] {
            assert_eq!(parse_digest(odd), None, "{odd}");
        }
    }
}
