//! The functions of a program by address.

use crate::layout::{FunctionEntry, FunctionTable};

/// A function of a program.
#[derive(Clone, Copy)]
pub(super) struct Function<'t> {
    /// Where its code begins.
    pub(super) begin: usize,
    /// What the program says of it, nothing if it is not to be told.
    pub(super) text: &'t [u8],
}

impl<'t> Function<'t> {
    /// Its name, and the file and the line of its declaration, if the text is of the form
    /// `name (file:line)`.
    pub(super) fn parts(&self) -> Option<(&'t [u8], &'t [u8], &'t [u8])> {
        let open = self.text.windows(2).position(|two| two == b" (")?;
        let (name, place) = self.text.split_at_checked(open)?;
        let place = place.get(2..)?.strip_suffix(b")")?;
        let colon = place.iter().rposition(|byte| *byte == b':')?;
        let (file, line) = place.split_at_checked(colon)?;
        let line = line.get(1..)?;
        let is_number = !line.is_empty() && line.iter().all(u8::is_ascii_digit);
        is_number.then_some((name, file, line))
    }
}

/// The functions of a table.
pub(super) struct Functions<'t> {
    entries: &'t [FunctionEntry],
    end: usize,
    /// The one that was found last, and where its code ends.
    known: Option<(Function<'t>, usize)>,
}

impl<'t> Functions<'t> {
    pub(super) fn new(table: &'t FunctionTable) -> Self {
        // SAFETY: the program's table is as it says.
        let entries = unsafe { core::slice::from_raw_parts(table.entries.as_ptr(), table.count) };
        Self {
            entries,
            end: table.end.addr(),
            known: None,
        }
    }

    /// The function that has this address; `None` if it is none of the table's.
    pub(super) fn of(&mut self, address: usize) -> Option<Function<'t>> {
        if let Some((function, end)) = self.known
            && (function.begin..end).contains(&address)
        {
            return Some(function);
        }
        let mut found = None::<&FunctionEntry>;
        let mut end = self.end;
        for entry in self.entries {
            let start = entry.code.addr();
            if start > address {
                end = end.min(start);
            } else if found.is_none_or(|found| found.code.addr() < start) {
                found = Some(entry);
            }
        }
        let entry = found.filter(|_| address < end)?;
        let function = Function {
            begin: entry.code.addr(),
            // SAFETY: the program's table is as it says.
            text: unsafe { core::slice::from_raw_parts(entry.name, entry.length) },
        };
        self.known = Some((function, end));
        Some(function)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_function_has_parts() {
        let parts = |text: &'static str| {
            let text = text.as_bytes();
            let (name, file, line) = Function { begin: 1, text }.parts()?;
            let str = |bytes| core::str::from_utf8(bytes).unwrap();
            Some((str(name), str(file), str(line)))
        };
        let expected = Some(("Deep", "p.bd", "12"));
        assert_eq!(parts("Deep (p.bd:12)"), expected);
        let expected = Some(("A.Map<i64, i64(i64)>", "C:/a (b)/p.bd", "7"));
        assert_eq!(parts("A.Map<i64, i64(i64)> (C:/a (b)/p.bd:7)"), expected);
        for text in [
            "", "main", "f (", "f ()", "f (x)", "f (x:)", "f (x:1", "f (x:1a)",
        ] {
            assert_eq!(parts(text), None, "{text}");
        }
    }
}
