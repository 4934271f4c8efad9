//! What the settings of a file mean to a backend.

use std::collections::{BTreeMap, BTreeSet};

use beskid_clif::isa::{SETTING, is_chosen};
use beskid_clif::text::tests::Variant;
use beskid_plugin_api::backend::Optimization;

/// Cranelift's name of the setting that every backend has a form of.
const OPT_LEVEL: &str = "opt_level";

/// What a backend is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    /// How much to optimize; `None`: as the user's settings say.
    pub(super) optimization: Option<Optimization>,
    /// Its options.
    pub(super) options: BTreeMap<String, String>,
}

impl Asked {
    /// Of the settings, those that a backend takes, by the names of its options, and
    /// how much every backend is to optimize. The others are for Cranelift's own
    /// tool, which leaves to the file what the backend chooses.
    pub(super) fn of(variant: &Variant, accepted: &BTreeSet<String>) -> Self {
        let mut asked = Self {
            optimization: None,
            options: BTreeMap::new(),
        };
        for (name, value) in &variant.settings {
            let level = optimization(value).filter(|_| name == OPT_LEVEL);
            if level.is_some() {
                asked.optimization = level;
                continue;
            }
            let option = format!("{SETTING}{name}");
            if !is_chosen(name) && accepted.contains(&option) {
                asked.options.insert(option, value.clone());
            }
        }
        asked
    }
}

/// The instruction-set feature that the settings need, that a backend would use, and
/// that this machine lacks.
pub(super) fn missing<'v>(variant: &'v Variant, accepted: &BTreeSet<String>) -> Option<&'v str> {
    let missing = variant.missing.as_deref()?;
    let has_features = || accepted.iter().any(|option| option.starts_with(SETTING));
    has_features().then_some(missing)
}

fn optimization(level: &str) -> Option<Optimization> {
    match level {
        "none" => Some(Optimization::None),
        "speed" => Some(Optimization::Speed),
        "speed_and_size" => Some(Optimization::SpeedAndSize),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variant(settings: &[(&str, &str)]) -> Variant {
        let settings = settings.iter();
        let settings = settings.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Variant {
            settings: settings.collect(),
            missing: Some("has_avx512f".to_owned()),
        }
    }

    #[test]
    fn a_backend_is_asked_for_what_it_takes_and_every_backend_to_optimize() {
        let variant = variant(&[
            ("opt_level", "speed"),
            ("has_avx2", "true"),
            ("is_pic", "false"),
            ("regalloc_checker", "true"),
        ]);
        let taken = ["opt_level", "has_avx2", "is_pic"];
        let taken = taken.map(|name| format!("{SETTING}{name}")).into();
        let asked = Asked::of(&variant, &taken);
        assert_eq!(asked.optimization, Some(Optimization::Speed));
        let expected = [("cranelift.has_avx2".to_owned(), "true".to_owned())];
        assert_eq!(asked.options, expected.into());
        assert_eq!(missing(&variant, &taken), Some("has_avx512f"));

        let nothing = BTreeSet::new();
        let asked = Asked::of(&variant, &nothing);
        assert_eq!(asked.optimization, Some(Optimization::Speed));
        assert_eq!(asked.options, BTreeMap::new());
        assert_eq!(missing(&variant, &nothing), None);
    }

    #[test]
    fn settings_that_a_backend_does_not_take_make_no_difference_to_it() {
        let nothing = BTreeSet::new();
        let [plain, with] = [variant(&[]), variant(&[("has_avx2", "true")])];
        assert_eq!(Asked::of(&plain, &nothing), Asked::of(&with, &nothing));
        let taken = BTreeSet::from(["cranelift.has_avx2".to_owned()]);
        assert_ne!(Asked::of(&plain, &taken), Asked::of(&with, &taken));
    }
}
