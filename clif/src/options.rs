//! The options of the Cranelift backends: Cranelift's settings, by its names.

use cranelift_codegen::isa;
use cranelift_codegen::settings::{self, Configurable, SetError, SetResult};

use crate::error::ClifError;

/// Prefix of the options that set Cranelift's flags, as in
/// `cranelift.opt_level`.
pub const SETTING: &str = "cranelift.";

/// Most names that a refusal suggests.
const SUGGESTIONS: usize = 3;

/// Sets the flag that an option names, of all targets or of this one.
///
/// # Errors
/// [`ClifError::Option`] names the nearest options, or the values that this one
/// takes.
pub(crate) fn set(
    option: &str,
    value: &str,
    flags: &mut settings::Builder,
    builder: &mut isa::Builder,
) -> Result<(), ClifError> {
    let name = option.strip_prefix(SETTING).unwrap_or_default();
    let shared = set_flag(flags, name, value);
    let result = match shared {
        Err(SetError::BadName(_)) => set_flag(builder, name, value),
        result => result,
    };
    match result {
        Ok(()) => Ok(()),
        Err(SetError::BadName(_)) => Err(unknown(option, builder)),
        Err(SetError::BadType) => {
            let reason = format!("the backend's option `{option}` does not take `{value}`");
            let help = "give it `true` or `false`, or a number if it counts something".to_owned();
            Err(ClifError::Option { reason, help })
        }
        Err(SetError::BadValue(expected)) => {
            let reason = format!("the backend's option `{option}` does not take `{value}`");
            let help = match expected.as_str() {
                "bool" => "its values: true, false".to_owned(),
                expected => format!("its values: {}", expected.to_lowercase()),
            };
            Err(ClifError::Option { reason, help })
        }
    }
}

/// An empty value enables a flag or a preset.
fn set_flag(to: &mut dyn Configurable, name: &str, value: &str) -> SetResult<()> {
    match value {
        "" => to.enable(name),
        value => to.set(name, value),
    }
}

fn unknown(option: &str, builder: &isa::Builder) -> ClifError {
    let shared = settings::builder();
    let names = shared.iter().chain(builder.iter());
    let mut names = names
        .map(|setting| format!("{SETTING}{}", setting.name))
        .collect::<Vec<_>>();
    // Without the prefix it is the most common slip.
    let written = match option.starts_with(SETTING) {
        true => option.to_owned(),
        false => format!("{SETTING}{option}"),
    };
    names.sort_by_cached_key(|name| strsim::damerau_levenshtein(&written, name));
    names.truncate(SUGGESTIONS);
    let names = names.iter().map(|name| format!("`{name}`"));
    ClifError::Option {
        reason: format!("the backend has no option `{option}`"),
        help: format!("the nearest are {}", names.collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use beskid_plugin_api::backend::Optimization;

    use cranelift_codegen::settings;

    use super::SETTING;
    use crate::error::ClifError;
    use crate::isa::for_objects;

    fn refused(option: &str, value: &str) -> (String, String) {
        let options = BTreeMap::from([(option.to_owned(), value.to_owned())]);
        let target = "x86_64-unknown-linux-gnu";
        match for_objects(target, Optimization::None, &options) {
            Err(ClifError::Option { reason, help }) => (reason, help),
            other => panic!("{option}={value}: {:?}", other.err()),
        }
    }

    #[test]
    fn an_unknown_option_is_named_with_the_nearest_ones() {
        for (option, nearest) in [
            ("cranelift.opt_levle", "`cranelift.opt_level`"),
            ("opt_level", "`cranelift.opt_level`"),
            ("cranelift.has_avx21", "`cranelift.has_avx2`"),
        ] {
            let (reason, help) = refused(option, "speed");
            assert_eq!(reason, format!("the backend has no option `{option}`"));
            assert!(
                help.starts_with(&format!("the nearest are {nearest}")),
                "{help}"
            );
        }
    }

    #[test]
    fn a_value_that_an_option_does_not_take_is_named_with_those_that_it_does() {
        let (reason, help) = refused("cranelift.opt_level", "quick");
        let expected = "the backend's option `cranelift.opt_level` does not take `quick`";
        assert_eq!(reason, expected);
        assert!(help.contains("speed_and_size"), "{help}");
        let (_, help) = refused("cranelift.has_avx", "maybe");
        assert!(help.contains("true"), "{help}");
    }

    /// Every option, with the values of each and what it does.
    fn documented() -> String {
        let mut rows = BTreeMap::new();
        let shared = settings::builder();
        let mut add = |setting: settings::Setting, place: &str| {
            let values = match (setting.kind, setting.values) {
                (_, Some(values)) => values.join(", "),
                (settings::SettingKind::Bool, _) => "true, false".to_owned(),
                (settings::SettingKind::Preset, _) => "none: it sets others".to_owned(),
                _ => "a number".to_owned(),
            };
            let name = format!("`{SETTING}{}`", setting.name);
            let (places, ..) =
                rows.entry(name)
                    .or_insert((Vec::new(), values, setting.description));
            places.push(place.to_owned());
        };
        shared.iter().for_each(|setting| add(setting, "all"));
        for target in ["x86_64", "aarch64", "riscv64"] {
            let builder = cranelift_codegen::isa::lookup_by_name(target).unwrap();
            builder.iter().for_each(|setting| add(setting, target));
        }
        let rows = rows.iter().map(|(name, (places, values, description))| {
            let description = description.trim_end_matches('.').replace('|', "/");
            format!(
                "| {name} | {} | {values} | {description} |\n",
                places.join(", ")
            )
        });
        rows.collect()
    }

    #[test]
    fn the_documents_list_every_option() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/options.md");
        let page = std::fs::read_to_string(path).unwrap();
        let head = "|---|---|---|---|\n";
        let (before, rows) = page.split_once(head).unwrap();
        let expected = documented();
        if std::env::var_os("BESKID_BLESS").is_some() {
            std::fs::write(path, format!("{before}{head}{expected}")).unwrap();
        } else {
            assert!(rows == expected, "run this test with BESKID_BLESS=1");
        }
    }
}
