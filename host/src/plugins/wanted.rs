//! What a user calls a plugin: `NAME`, or `NAME@VERSION`.

use std::cmp::Ordering;

use semver::Version;

/// A plugin by its id, and if it matters by its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted<'a> {
    pub(crate) id: &'a str,
    /// The version, or how it begins: `0.4` is each `0.4.x`.
    pub(crate) version: Option<&'a str>,
}

impl<'a> Wanted<'a> {
    pub(crate) fn parse(text: &'a str) -> Self {
        match text.split_once('@') {
            Some((id, version)) => Self {
                id,
                version: Some(version),
            },
            None => Self {
                id: text,
                version: None,
            },
        }
    }

    /// Whether a plugin is meant.
    pub(crate) fn means(&self, id: &str, version: &str) -> bool {
        id == self.id && self.version.is_none_or(|wanted| begins(version, wanted))
    }
}

fn begins(version: &str, wanted: &str) -> bool {
    match version.strip_prefix(wanted) {
        // Whoever leaves numbers out means no version before its release.
        Some(rest) if rest.starts_with('.') => !wanted.is_empty() && !is_before_release(version),
        Some(rest) => !wanted.is_empty() && (rest.is_empty() || rest.starts_with(['-', '+'])),
        None => false,
    }
}

fn is_before_release(version: &str) -> bool {
    Version::parse(version).is_ok_and(|version| !version.pre.is_empty())
}

/// The order of versions, the latest last: as of cargo's, and before them what is none.
pub(super) fn compare(one: &str, other: &str) -> Ordering {
    let versions = (Version::parse(one), Version::parse(other));
    match versions {
        (Ok(one), Ok(other)) => one.cmp(&other),
        (Ok(_), Err(_)) => Ordering::Greater,
        (Err(_), Ok(_)) => Ordering::Less,
        (Err(_), Err(_)) => one.cmp(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_meant_by_how_it_begins() {
        let means = |text: &str, version: &str| Wanted::parse(text).means("tiny", version);
        for (text, version) in [
            ("tiny", "0.4.1"),
            ("tiny@0.4", "0.4.1"),
            ("tiny@0.4.1", "0.4.1"),
            ("tiny@0", "0.4.1"),
            ("tiny@0.4.1", "0.4.1-rc1"),
        ] {
            assert!(means(text, version), "{text} {version}");
        }
        for (text, version) in [
            ("tiny@", "0.4.1"),
            ("tiny@0.4", "0.41.0"),
            ("tiny@0.4.1", "0.4.10"),
            ("tiny@0.4", "0.4.1-rc1"),
            ("other", "0.4.1"),
        ] {
            assert!(!means(text, version), "{text} {version}");
        }
    }

    #[test]
    fn the_latest_version_comes_last() {
        let mut versions = ["0.10.0", "1.0.0", "0.9.0", "of old", "1.0.0-rc1"];
        versions.sort_by(|one, other| compare(one, other));
        assert_eq!(
            versions,
            ["of old", "0.9.0", "0.10.0", "1.0.0-rc1", "1.0.0"]
        );
    }
}
