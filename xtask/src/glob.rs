//! Path patterns: `*` stands for anything within one segment, a final `/` for all below.

/// Whether `path` (relative, `/` between segments) matches `pattern`.
pub fn matches(pattern: &str, path: &str) -> bool {
    if let Some(folder) = pattern.strip_suffix('/') {
        let depth = folder.split('/').count();
        let mut segments = path.split('/');
        let head: Vec<&str> = segments.by_ref().take(depth).collect();
        return segments.next().is_some() && matches(folder, &head.join("/"));
    }
    let mut wanted = pattern.split('/');
    let mut given = path.split('/');
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) if segment(wanted, given) => {}
            _ => return false,
        }
    }
}

/// Whether one segment matches; also used for package names.
pub fn segment(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(tail) = text.strip_prefix(head) else {
        return false;
    };
    (0..=tail.len())
        .filter(|&at| tail.is_char_boundary(at))
        .any(|at| segment(rest, &tail[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stays_within_its_segment() {
        assert!(matches(
            "host/src/plugins/load*.rs",
            "host/src/plugins/loader.rs"
        ));
        assert!(matches(
            "linker-strategies/*/dylib",
            "linker-strategies/unix/dylib"
        ));
        assert!(!matches("host/*.rs", "host/src/a.rs"));
        assert!(segment("cranelift*", "cranelift-jit"));
        assert!(!segment("goblin", "goblins"));
    }

    #[test]
    fn a_final_slash_means_everything_below() {
        assert!(matches("runtime/", "runtime/src/a.rs"));
        assert!(matches("*/tests/", "host/tests/a/b.rs"));
        assert!(!matches("runtime/", "runtime"));
        assert!(!matches("runtime/", "runtimes/a.rs"));
    }
}
