//! DWARF's line table: which line each instruction comes from. Versions 2 to 5 differ in
//! what their files are called, which nobody asks here.

use super::reader::Reader;
use super::relocations::Relocations;

/// Marks a unit whose sizes have 64 bits.
const WIDE: u64 = 0xffff_ffff;

/// The section `.debug_line`.
pub(super) struct LineTable<'i> {
    section: &'i [u8],
    relocations: Option<Relocations<'i>>,
}

/// What is looked for: an address in a function, and where the function begins.
#[derive(Clone, Copy)]
struct Search {
    address: u64,
    begin: u64,
}

/// What a row says until the next one.
#[derive(Clone, Copy)]
struct Row {
    address: u64,
    file: u64,
    line: u64,
}

/// How a unit's program is to be read.
struct Header<'i> {
    step: u64,
    line_base: i8,
    line_range: u8,
    /// The number of operands of each opcode that has a number of its own.
    operands: &'i [u8],
}

impl<'i> LineTable<'i> {
    pub(super) const fn new(section: &'i [u8], relocations: Option<Relocations<'i>>) -> Self {
        Self {
            section,
            relocations,
        }
    }

    /// The line of an address in a function that begins at another one; `None` if it is
    /// not known, or is of another file than the function.
    pub(super) fn line(&self, address: u64, begin: u64) -> Option<u64> {
        let search = Search { address, begin };
        let mut section = Reader::new(self.section);
        while !section.is_empty() {
            let mut length = section.number(4)?;
            let size = if length == WIDE { 8 } else { 4 };
            if size == 8 {
                length = section.number(8)?;
            }
            let unit = section.part(length)?;
            if let Some((row, first)) = self.unit(unit, size, search) {
                return (row.file == first.file && row.line > 0).then_some(row.line);
            }
        }
        None
    }

    /// The rows of both addresses, if the unit has them.
    fn unit(&self, mut unit: Reader<'i>, size: usize, search: Search) -> Option<(Row, Row)> {
        let header = header(&mut unit, size)?;
        while !unit.is_empty() {
            if let Some(found) = self.sequence(&mut unit, &header, search)? {
                return Some(found);
            }
        }
        None
    }

    /// The rows of both addresses, if the sequence that begins here has them; the outer
    /// `None` is for one that cannot be read.
    fn sequence(
        &self,
        unit: &mut Reader<'i>,
        header: &Header<'_>,
        search: Search,
    ) -> Option<Option<(Row, Row)>> {
        let mut now = Row {
            address: 0,
            file: 1,
            line: 1,
        };
        let mut found = Found::default();
        let special = header.operands.len() as u64 + 1;
        let advance = |opcode: u64| (opcode - special) / u64::from(header.line_range);
        loop {
            let opcode = u64::from(unit.byte()?);
            let mut steps = 0;
            match opcode {
                opcode if opcode >= special => {
                    let by = (opcode - special) % u64::from(header.line_range);
                    let by = by as i64 + i64::from(header.line_base);
                    now.line = now.line.wrapping_add_signed(by);
                    steps = advance(opcode);
                }
                0 => {
                    let length = unit.unsigned()?;
                    let mut operation = unit.part(length)?;
                    match operation.byte()? {
                        END_SEQUENCE => {
                            found.row(now, search);
                            return Some(found.both());
                        }
                        SET_ADDRESS => now.address = self.address(operation, length)?,
                        _ => {}
                    }
                }
                COPY => {}
                ADVANCE_PC => steps = unit.unsigned()?,
                ADVANCE_LINE => now.line = now.line.wrapping_add_signed(unit.signed()?),
                SET_FILE => now.file = unit.unsigned()?,
                CONST_ADD_PC => steps = advance(255),
                FIXED_ADVANCE_PC => now.address = now.address.wrapping_add(unit.number(2)?),
                other => {
                    let operands = header.operands.get(usize::try_from(other).ok()? - 1)?;
                    for _ in 0..*operands {
                        unit.unsigned()?;
                    }
                }
            }
            let by = steps.wrapping_mul(header.step);
            now.address = now.address.wrapping_add(by);
            if opcode >= special || opcode == COPY {
                found.row(now, search);
            }
        }
    }

    /// The operand of an operation of so many bytes that sets the address.
    fn address(&self, mut operation: Reader<'i>, length: u64) -> Option<u64> {
        match self.relocations {
            Some(relocations) => relocations.address(operation.at()),
            None => operation.number(usize::try_from(length).ok()?.checked_sub(1)?),
        }
    }
}

const COPY: u64 = 1;
const ADVANCE_PC: u64 = 2;
const ADVANCE_LINE: u64 = 3;
const SET_FILE: u64 = 4;
const CONST_ADD_PC: u64 = 8;
const FIXED_ADVANCE_PC: u64 = 9;
const END_SEQUENCE: u8 = 1;
const SET_ADDRESS: u8 = 2;

/// Reads a unit up to its program.
fn header<'i>(unit: &mut Reader<'i>, size: usize) -> Option<Header<'i>> {
    let version = unit.number(2)?;
    if !(2..=5).contains(&version) {
        return None;
    }
    if version == 5 && unit.number(2)? != size_of::<u64>() as u64 {
        return None;
    }
    let length = unit.number(size)?;
    let mut header = unit.part(length)?;
    let step = u64::from(header.byte()?);
    // Several operations an instruction are of no processor that we have.
    if version >= 4 && header.byte()? != 1 {
        return None;
    }
    let _is_statement = header.byte()?;
    let line_base = header.byte()? as i8;
    let line_range = header.byte()?;
    let count = header.byte()?.checked_sub(1)?;
    if line_range == 0 {
        return None;
    }
    Some(Header {
        step,
        line_base,
        line_range,
        operands: header.bytes(count.into())?,
    })
}

/// What a sequence has said of both addresses.
#[derive(Default)]
struct Found {
    last: Option<Row>,
    /// It belongs to a function that a linker left out: no code is at address 0.
    is_of_nothing: bool,
    address: Option<Row>,
    begin: Option<Row>,
}

impl Found {
    fn row(&mut self, next: Row, search: Search) {
        let Some(row) = self.last.replace(next) else {
            self.is_of_nothing = next.address == 0;
            return;
        };
        let range = row.address..next.address;
        if range.contains(&search.address) {
            self.address = Some(row);
        }
        if range.contains(&search.begin) {
            self.begin = Some(row);
        }
    }

    fn both(self) -> Option<(Row, Row)> {
        self.address.zip(self.begin).filter(|_| !self.is_of_nothing)
    }
}

#[cfg(test)]
mod tests {
    use std::vec;
    use std::vec::Vec;

    use super::*;

    /// A unit of a version: its sizes, and what comes before the file tables, which stay empty.
    fn unit(version: u16, program: &[u8]) -> Vec<u8> {
        let operands = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1];
        let mut header = vec![1];
        header.extend((version >= 4).then_some(1));
        header.extend([1, -3_i8 as u8, 12, 13]);
        header.extend(operands);
        let mut unit = version.to_le_bytes().to_vec();
        unit.extend([8, 0].iter().filter(|_| version == 5));
        unit.extend((header.len() as u32).to_le_bytes());
        unit.extend(header);
        unit.extend(program);
        let mut bytes = (unit.len() as u32).to_le_bytes().to_vec();
        bytes.extend(unit);
        bytes
    }

    /// Two functions: one at 0x1000 with lines 10, 12, 4 and 9 of another file; one at `second`.
    fn program(second: u64) -> Vec<u8> {
        let mut program = set_address(0x1000);
        program.extend([3, 9, 1]);
        program.extend([special(4, 2), special(8, -3), 3, 0x7b, 1]);
        program.extend([2, 16, 4, 2, 3, 5, 1, 2, 16, 0, 1, 1]);
        program.extend(set_address(second));
        program.extend([3, 0xe3, 0, 1, 9, 0, 2, 8, 1, 2, 1, 0, 1, 1]);
        program
    }

    fn set_address(address: u64) -> Vec<u8> {
        let mut operation = vec![0, 9, 2];
        operation.extend(address.to_le_bytes());
        operation
    }

    fn special(steps: u8, lines: i8) -> u8 {
        13 + steps * 12 + (lines + 3) as u8
    }

    #[test]
    fn the_line_of_an_address_is_that_of_its_row() {
        for version in 2..=5 {
            let mut section = unit(version, &[]);
            section.extend(unit(9, &[1, 2, 3]));
            section.extend(unit(version, &program(0x2000)));
            let table = LineTable::new(&section, None);
            for (address, line) in [
                (0x0fff, None),
                (0x1000, Some(10)),
                (0x1003, Some(10)),
                (0x1004, Some(12)),
                (0x100b, Some(12)),
                (0x100c, Some(4)),
                (0x101b, Some(4)),
                (0x101c, None),
                (0x102b, None),
                (0x102c, None),
            ] {
                let found = table.line(address, 0x1000);
                assert_eq!(found, line, "{version}: {address:#x}");
            }
            assert_eq!(table.line(0x2003, 0x2000), Some(100));
            assert_eq!(table.line(0x2000 + 0x200 + 20, 0x2000), Some(100));
            assert_eq!(table.line(0x1004, 0x2000), None, "of another function");
        }
    }

    #[test]
    fn what_a_linker_left_out_is_nowhere() {
        let section = unit(5, &program(0));
        assert_eq!(LineTable::new(&section, None).line(3, 0), None);
    }

    #[test]
    fn damaged_tables_give_a_line_or_none() {
        let section = [unit(5, &program(0x2000)), unit(4, &program(0x3000))].concat();
        for length in 0..section.len() {
            let table = LineTable::new(&section[..length], None);
            table.line(0x1004, 0x1000);
            table.line(0x3003, 0x3000);
        }
        for at in 0..section.len() {
            for byte in 0..=255 {
                let mut section = section.clone();
                section[at] = byte;
                let table = LineTable::new(&section, None);
                table.line(0x3003, 0x3000);
                table.line(u64::MAX, 0x1000);
            }
        }
    }
}
