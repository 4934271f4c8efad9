//! Which tests are asked for.

use crate::reuse::Listed;

/// What a test must have to be run; without any condition, all are.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// One of these tags.
    pub include_tags: Vec<String>,
    /// None of these tags.
    pub exclude_tags: Vec<String>,
    /// A group that begins so.
    pub group: Option<String>,
    /// One of these in its qualified name.
    pub names: Vec<String>,
}

impl Filter {
    /// Whether a test is asked for.
    pub(super) fn admits(&self, test: &Listed) -> bool {
        self.fits(&test.name, &test.tags, test.group.as_deref())
    }

    /// Whether a test is asked for, and does not say that it is not to be run.
    pub(super) fn runs(&self, test: &Listed) -> bool {
        test.skip.is_none() && self.admits(test)
    }

    fn fits(&self, name: &str, tags: &[String], group: Option<&str>) -> bool {
        let has = |wanted: &[String]| wanted.iter().any(|tag| tags.contains(tag));
        let in_group = |prefix: &String| group.is_some_and(|group| group.starts_with(prefix));
        let is_named = |part: &String| name.contains(part.as_str());
        (self.include_tags.is_empty() || has(&self.include_tags))
            && !has(&self.exclude_tags)
            && self.group.as_ref().is_none_or(in_group)
            && (self.names.is_empty() || self.names.iter().any(is_named))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn tst_4_every_condition_counts_and_any_of_its_words_will_do() {
        let filter = Filter {
            include_tags: words(&["fast", "small"]),
            exclude_tags: words(&["flaky"]),
            group: Some("core.".to_owned()),
            names: words(&["Adds", "In::"]),
        };
        let fits = |name, tags: &[&str], group| filter.fits(name, &words(tags), group);
        assert!(fits("Adds", &["fast"], Some("core.sums")));
        assert!(fits("In::Any", &["small", "x"], Some("core.")));
        assert!(!fits("Adds", &[], Some("core.sums")));
        assert!(!fits("Adds", &["fast", "flaky"], Some("core.sums")));
        assert!(!fits("Adds", &["fast"], Some("core")));
        assert!(!fits("Adds", &["fast"], None));
        assert!(!fits("Other", &["fast"], Some("core.sums")));
    }

    #[test]
    fn without_conditions_every_test_is_asked_for() {
        assert!(Filter::default().fits("Any", &[], None));
    }
}
