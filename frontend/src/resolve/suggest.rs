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
    let nearest = nearest(name, candidates, reported)?;
    Some(format!("did you mean `{nearest}`?"))
}

/// The candidate that was probably meant.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl Iterator<Item = &'a str>,
    reported: &[SourceDiagnostic],
) -> Option<&'a str> {
    match reported.len() {
        0..PROBLEMS => closest(name, candidates),
        _ => None,
    }
}

/// The candidate that is the fewest edits away, if that is few enough. A name of one letter
/// is near no other one; what differs in its writing alone is nearest.
pub(super) fn closest<'a>(
    name: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let limit = match name.len() {
        0 => return None,
        1 => 0,
        len => len.div_ceil(3),
    };
    let candidates = candidates.filter(|candidate| *candidate != name);
    let candidates = candidates.filter(|candidate| candidate.len() <= LONGEST);
    let scored = candidates.filter_map(|candidate| match is_same_word(name, candidate) {
        true => Some((0, candidate)),
        false if candidate.len().abs_diff(name.len()) > limit => None,
        false => Some((distance(name, candidate), candidate)),
    });
    let (distance, nearest) = scored.min()?;
    (distance <= limit).then_some(nearest)
}

/// Whether names differ in capitals and in `_` alone: `MAX_SIZE`, `MaxSize`.
fn is_same_word(one: &str, other: &str) -> bool {
    let mut rest = letters(one).peekable();
    rest.peek().is_some() && rest.eq(letters(other))
}

fn letters(name: &str) -> impl Iterator<Item = u8> {
    let bytes = name.bytes().filter(|byte| *byte != b'_');
    bytes.map(|byte| byte.to_ascii_lowercase())
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
        assert_eq!(closest("conter", names.into_iter()), Some("counter"));
        assert_eq!(closest("totals", names.into_iter()), Some("total"));
        assert_eq!(closest("banana", names.into_iter()), None);
        assert_eq!(closest("z", names.into_iter()), None);
        assert_eq!(closest("total", names.into_iter()), None);
        assert_eq!(closest("COUNTER", names.into_iter()), Some("counter"));
        assert_eq!(closest("X", names.into_iter()), Some("x"));
        let names = ["MaxSize", "f64", "i64", "__"];
        assert_eq!(closest("MAX_SIZE", names.into_iter()), Some("MaxSize"));
        assert_eq!(closest("I64", names.into_iter()), Some("i64"));
        assert_eq!(closest("_", names.into_iter()), None);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("retrun", "return"), 1);
        assert_eq!(distance("ab", "ba"), 1);
    }
}
