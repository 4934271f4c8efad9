//! The name that was probably meant.

use crate::diagnostic::SourceDiagnostic;

/// Longest name that is compared; longer ones are not typing errors.
const LONGEST: usize = 64;

/// Problems before which names are compared: whoever has more reads the first
/// ones, and comparing many names with many takes long.
pub(crate) const PROBLEMS: usize = 20;

/// Help for a name that was probably meant to be one of the candidates.
pub(crate) fn did_you_mean<'a>(
    name: &str,
    candidates: impl Iterator<Item = &'a str>,
    reported: &[SourceDiagnostic],
) -> Option<String> {
    if reported.len() >= PROBLEMS {
        return None;
    }
    let nearest = nearest(name, candidates)?;
    Some(format!("did you mean `{nearest}`?"))
}

/// The candidate that is the fewest edits away, if that is few enough. A name of one letter
/// is near nothing.
fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let limit = match name.len() {
        0 | 1 => return None,
        len => len.div_ceil(3),
    };
    let candidates = candidates.filter(|candidate| *candidate != name);
    let near = candidates.filter(|candidate| {
        candidate.len().abs_diff(name.len()) <= limit && candidate.len() <= LONGEST
    });
    let scored = near.map(|candidate| (distance(name, candidate), candidate));
    let (distance, nearest) = scored.min()?;
    (distance <= limit).then_some(nearest)
}

/// Number of insertions, deletions, replacements and swaps of neighbours between two names.
fn distance(left: &str, right: &str) -> usize {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let mut before = Vec::new();
    let mut last = (0..=right.len()).collect::<Vec<_>>();
    for (index, from) in left.iter().enumerate() {
        let mut row = vec![index + 1];
        for (column, to) in right.iter().enumerate() {
            let replaced = last[column] + usize::from(from != to);
            let mut least = replaced.min(last[column + 1] + 1).min(row[column] + 1);
            let is_swap =
                index > 0 && column > 0 && (left[index - 1], right[column - 1]) == (*to, *from);
            if is_swap {
                least = least.min(before[column - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let names = ["counter", "total", "x"];
        assert_eq!(nearest("conter", names.into_iter()), Some("counter"));
        assert_eq!(nearest("totals", names.into_iter()), Some("total"));
        assert_eq!(nearest("banana", names.into_iter()), None);
        assert_eq!(nearest("z", names.into_iter()), None);
        assert_eq!(nearest("total", names.into_iter()), None);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("retrun", "return"), 1);
        assert_eq!(distance("ab", "ba"), 1);
    }
}
