//! Lines of calls, by what debuggers are told of the code that calls.

use super::functions::Function;
use super::line_table::LineTable;
use super::listed;
#[cfg(target_os = "linux")]
use super::loaded;

/// So many calls are remembered: those of recursion come again and again.
const KNOWN: usize = 32;

/// The lines of calls in one program.
pub(super) struct Calls<'i> {
    image: Option<Image<'i>>,
    is_looked_for: bool,
    /// By the lowest bits of their addresses.
    known: [(usize, Option<u64>); KNOWN],
}

/// The line table of a program.
struct Image<'i> {
    table: LineTable<'i>,
    /// By how much its addresses were moved.
    bias: usize,
}

impl Calls<'_> {
    pub(super) const fn new() -> Self {
        Self {
            image: None,
            is_looked_for: false,
            known: [(0, None); KNOWN],
        }
    }

    /// The line of an address in a function, if it is known.
    pub(super) fn line(&mut self, function: Function<'_>, code: usize) -> Option<u64> {
        if !self.is_looked_for {
            self.is_looked_for = true;
            self.image = image_with(code);
        }
        let image = self.image.as_ref()?;
        let place = self.known.get_mut(code % KNOWN)?;
        if place.0 != code {
            let [address, begin] = [code, function.begin].map(|at| at.wrapping_sub(image.bias));
            *place = (code, image.table.line(address as u64, begin as u64));
        }
        place.1
    }
}

fn image_with<'i>(code: usize) -> Option<Image<'i>> {
    if let Some(elf) = listed::image_with(code) {
        let table = elf.line_table()?;
        return Some(Image { table, bias: 0 });
    }
    #[cfg(target_os = "linux")]
    if let Some((elf, bias)) = loaded::image_with(code) {
        let table = elf.line_table()?;
        return Some(Image { table, bias });
    }
    None
}
