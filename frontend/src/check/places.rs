//! Where the names of a list stand, to find those that are there twice.

use rustc_hash::FxHashMap;

use super::few::Few;
use crate::span::Span;

/// Most names that are looked at one by one.
const FEW: usize = 16;

/// The names of a list so far. Nearly every list is short and takes no memory.
#[derive(Debug, Default)]
pub(super) struct Places<'t> {
    few: Few<(&'t str, Span)>,
    /// All of them, if there are more than a few.
    many: FxHashMap<&'t str, Span>,
}

impl<'t> Places<'t> {
    /// Adds a name; where it stood before, if it did.
    pub(super) fn insert(&mut self, name: &'t str, place: Span) -> Option<Span> {
        if self.many.is_empty() {
            let mut few = self.few.iter_mut();
            if let Some((_, before)) = few.find(|(known, _)| *known == name) {
                return Some(std::mem::replace(before, place));
            }
            if self.few.len() < FEW {
                self.few.push((name, place));
                return None;
            }
            self.many.extend(self.few.drain(..));
        }
        self.many.insert(name, place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_again_however_many_there_are() {
        for many in [1, FEW - 1, FEW, FEW + 1, 4 * FEW] {
            let names = (0..many).map(|n| format!("n{n}")).collect::<Vec<_>>();
            let mut places = Places::default();
            for (at, name) in (0..).zip(&names) {
                assert_eq!(places.insert(name, Span::new(at, at + 1)), None);
            }
            let again = Span::new(1000, 1001);
            for (at, name) in (0..).zip(&names) {
                assert_eq!(places.insert(name, again), Some(Span::new(at, at + 1)));
                assert_eq!(places.insert(name, again), Some(again));
            }
        }
    }
}
