//! What is written of a backtrace: a line for each function, with the line of the source
//! at which it was, or else that of its declaration. Equal ones in a row are told once,
//! with their number.

use core::ffi::c_int;

use super::calls::Calls;
use super::functions::Function;
use crate::write::write_all;

const STDERR: c_int = 2;

/// The lines of a backtrace.
pub(super) struct Told<'t> {
    calls: Calls<'t>,
    /// The function that was told last, by its begin, and the line.
    last: Option<(usize, Option<u64>)>,
    /// How many are equal to the last one.
    more: usize,
    left: usize,
    /// How many came after there was no room.
    hidden: usize,
}

impl Told<'_> {
    pub(super) const fn new(most: usize) -> Self {
        Self {
            calls: Calls::new(),
            last: None,
            more: 0,
            left: most,
            hidden: 0,
        }
    }

    /// Tells a function that was at an address, unless the program says nothing of it.
    pub(super) fn add(&mut self, function: Function<'_>, code: usize) {
        if function.text.is_empty() {
            return;
        }
        if self.left == 0 {
            self.hidden += 1;
            return;
        }
        let line = self.calls.line(function, code);
        let frame = Some((function.begin, line));
        if self.last == frame {
            self.more += 1;
            return;
        }
        self.fold();
        self.left -= 1;
        self.last = frame;
        write_frame(function, line);
    }

    /// Tells how many were equal to the last one.
    fn fold(&mut self) {
        match self.more {
            0 => {}
            more => write_count(more, b" more\n"),
        }
        self.more = 0;
    }

    pub(super) fn end(mut self) {
        self.fold();
        if self.hidden > 0 {
            write_count(self.hidden, b" more; BESKID_BACKTRACE=full shows them\n");
        }
    }
}

fn write_frame(function: Function<'_>, line: Option<u64>) {
    let mut digits = Digits::new();
    match (function.parts(), line) {
        (None, _) => write(&[b"  at ", function.text, b"\n"]),
        (Some((name, file, declared)), None) => {
            write(&[
                b"  at ",
                name,
                b" (declared at ",
                file,
                b":",
                declared,
                b")\n",
            ]);
        }
        (Some((name, file, _)), Some(line)) => {
            let line = digits.of(line, false);
            write(&[b"  at ", name, b" (", file, b":", line, b")\n"]);
        }
    }
}

/// Writes a number with commas between thousands.
fn write_count(number: usize, what: &[u8]) {
    let mut digits = Digits::new();
    write(&["  … ".as_bytes(), digits.of(number as u64, true), what]);
}

fn write(parts: &[&[u8]]) {
    for part in parts {
        let _ = write_all(STDERR, part);
    }
}

/// Room for a number with commas.
struct Digits([u8; 27]);

impl Digits {
    const fn new() -> Self {
        Self([0; 27])
    }

    /// The decimal digits of a number, with commas between thousands or without.
    fn of(&mut self, number: u64, with_commas: bool) -> &[u8] {
        let mut at = self.0.len();
        let mut rest = number;
        let mut count = 0;
        loop {
            if with_commas && count > 0 && count % 3 == 0 {
                at -= 1;
                self.0[at] = b',';
            }
            at -= 1;
            self.0[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            count += 1;
            if rest == 0 {
                break;
            }
        }
        self.0.get(at..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_decimal() {
        let text = |number, with_commas| Digits::new().of(number, with_commas).to_vec();
        assert_eq!(text(0, true), b"0");
        assert_eq!(text(1500, true), b"1,500");
        assert_eq!(text(1500, false), b"1500");
        assert_eq!(text(u64::MAX, true), b"18,446,744,073,709,551,615");
        assert_eq!(text(u64::MAX, false), b"18446744073709551615");
    }
}
