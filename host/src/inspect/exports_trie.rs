//! The trie of symbols that a Mach-O image exports.
//!
//! A node is: size of what it exports (0: nothing), that, number of children,
//! and for each child the text that leads there and its offset. goblin follows
//! it without end if it runs in a circle, so it is walked here.

use std::collections::BTreeSet;

use super::bounds::{Work, utf8};

/// The names in a trie, in no order.
pub(super) fn names(trie: &[u8], work: &mut Work) -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    let mut seen = BTreeSet::new();
    let mut open = vec![(0, Vec::new())];
    if trie.is_empty() {
        return Ok(names);
    }
    while let Some((start, prefix)) = open.pop() {
        if !seen.insert(start) {
            return Err("its exports are no tree".to_owned());
        }
        let mut offset = start;
        let size = number(trie, &mut offset)?;
        if size != 0 {
            names.push(utf8(&prefix)?.to_owned());
        }
        offset = offset.checked_add(size).ok_or(OUTSIDE)?;
        let children = *trie.get(offset).ok_or(OUTSIDE)?;
        offset += 1;
        for _ in 0..children {
            let text = work.text(trie, offset)?.as_bytes();
            offset += text.len() + 1;
            let child = number(trie, &mut offset)?;
            work.spend(prefix.len())?;
            open.push((child, [&prefix, text].concat()));
        }
    }
    Ok(names)
}

const OUTSIDE: &str = "its exports are not in it";

/// A number in groups of seven bits, the least significant first.
fn number(bytes: &[u8], offset: &mut usize) -> Result<usize, String> {
    let mut value = 0_usize;
    for shift in (0..usize::BITS).step_by(7) {
        let byte = *bytes.get(*offset).ok_or(OUTSIDE)?;
        *offset += 1;
        value |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err("a number is too long".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(trie: &[u8]) -> Result<Vec<String>, String> {
        names(trie, &mut Work::for_file(trie.len()))
    }

    #[test]
    fn names_are_put_together() {
        let trie = b"\0\x01_a\0\x06\x02\0\x10\x02b\0\x10c\0\x14\x02\0\x11\0\x02\0\x12\0";
        let mut found = read(trie).unwrap();
        found.sort();
        assert_eq!(found, ["_a", "_ab", "_ac"]);
        assert_eq!(read(b"").unwrap(), [""; 0]);
        assert_eq!(read(b"\0\0").unwrap(), [""; 0]);
    }

    #[test]
    fn circles_and_ends_are_errors() {
        assert!(read(b"\0\x01x\0\0").unwrap_err().contains("no tree"));
        for trie in [
            &b"\x01"[..],
            b"\0",
            b"\0\x01x\0\x70",
            b"\xff\xff",
            b"\0\x01x",
        ] {
            assert!(read(trie).is_err(), "{trie:?}");
        }
        assert!(read(&[0xff; 64]).is_err());
    }
}
