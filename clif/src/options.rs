//! The options of the Cranelift backends: Cranelift's settings, by its names.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use beskid_plugin_api::backend::OptionDescription;
use cranelift_codegen::isa;
use cranelift_codegen::settings::{self, Configurable, SetError, SetResult, SettingKind};

use crate::error::ClifError;

/// Prefix of the options that set Cranelift's flags, as in
/// `cranelift.opt_level`.
pub const SETTING: &str = "cranelift.";

/// The option by which the host names a file for machine code of earlier compilations.
pub const KEPT_CODE: &str = "kept-code";

/// Flags that are no options, because a program would mean something else with
/// another value, or would not link: the backend alone chooses them.
const CHOSEN: [&str; 11] = [
    "enable_llvm_abi_extensions",
    "enable_multi_ret_implicit_sret",
    "enable_probestack",
    "is_pic",
    "libcall_call_conv",
    "probestack_size_log2",
    "probestack_strategy",
    "stack_switch_model",
    "tls_model",
    "unwind_info",
    "use_colocated_libcalls",
];

/// The numbers that the options take which count something. Code is aligned to
/// a page at most, in memory as in every object format; padding, 8 MiB behind
/// each block at most, is for trying out the longest branches that there are.
const RANGES: [(&str, RangeInclusive<u8>); 2] = [
    ("bb_padding_log2_minus_one", 0..=24),
    ("log2_min_function_alignment", 0..=12),
];

/// The architectures that have flags of their own.
const ARCHITECTURES: [&str; 3] = ["x86_64", "aarch64", "riscv64"];

/// Most names that a refusal suggests.
const SUGGESTIONS: usize = 3;

/// Whether Cranelift's flag of this name is the backend's to choose, and so no
/// option.
pub fn is_chosen(name: &str) -> bool {
    CHOSEN.contains(&name)
}

/// Sets the flags that options name, of all targets or of this one. Presets come
/// first: a flag that is named itself has its own value.
///
/// # Errors
/// [`ClifError::Option`] names the nearest options, or the values that this one
/// takes.
pub(crate) fn set(
    options: &BTreeMap<String, String>,
    flags: &mut settings::Builder,
    builder: &mut isa::Builder,
) -> Result<(), ClifError> {
    for is_preset in [true, false] {
        for (option, value) in options.iter().filter(|(option, _)| *option != KEPT_CODE) {
            let name = option.strip_prefix(SETTING).unwrap_or_default();
            let shared = kind(flags, name);
            match shared.or_else(|| kind(builder, name)) {
                None => return Err(unknown(option, name, builder)),
                Some(SettingKind::Preset) if is_preset => preset(option, name, value, builder)?,
                Some(SettingKind::Preset) => {}
                Some(_) if is_preset => {}
                Some(_) if is_chosen(name) => return Err(chosen(option)),
                Some(_) => match shared {
                    Some(_) => flag(option, name, value, flags)?,
                    None => flag(option, name, value, builder)?,
                },
            }
        }
    }
    Ok(())
}

/// An option of the Cranelift backends.
struct Row {
    /// The architectures that have it, or `all`.
    places: Vec<&'static str>,
    values: String,
    description: &'static str,
}

/// Every option by its name.
fn rows() -> BTreeMap<&'static str, Row> {
    let mut rows = BTreeMap::new();
    let mut add = |setting: settings::Setting, place: &'static str| {
        let values = match (setting.kind, setting.values) {
            (_, Some(values)) => values.join(", "),
            (SettingKind::Bool, _) => "true, false".to_owned(),
            (SettingKind::Preset, _) => "true: it sets others".to_owned(),
            _ => {
                let range = RANGES.iter().find(|(name, _)| *name == setting.name);
                let range = range.map(|(_, range)| format!("{} to {}", range.start(), range.end()));
                range.unwrap_or_else(|| "a number".to_owned())
            }
        };
        let row = rows.entry(setting.name).or_insert(Row {
            places: Vec::new(),
            values,
            description: setting.description,
        });
        row.places.push(place);
    };
    let shared = settings::builder();
    let shared = shared.iter().filter(|setting| !is_chosen(setting.name));
    shared.for_each(|setting| add(setting, "all"));
    for target in ARCHITECTURES {
        if let Ok(builder) = isa::lookup_by_name(target) {
            builder.iter().for_each(|setting| add(setting, target));
        }
    }
    rows
}

/// The options of the Cranelift backends, for their descriptions. The flags that
/// are the backend's to choose are among them, without values: it says why.
pub fn options() -> Vec<OptionDescription> {
    let rows = rows().into_iter().map(|(name, row)| {
        let description = row.description.trim_end_matches('.');
        let help = match row.places.join(", ") {
            all if all == "all" => description.to_owned(),
            places => format!("{description} ({places})"),
        };
        OptionDescription::new(format!("{SETTING}{name}"), help, row.values)
    });
    let chosen = CHOSEN.map(|name| {
        let help = "not for the user to set: programs rely on its value";
        OptionDescription::new(format!("{SETTING}{name}"), help, "")
    });
    let help = "not for the user to set: the host names a file in its cache";
    let kept = OptionDescription::new(KEPT_CODE, help, "");
    rows.chain(chosen).chain([kept]).collect()
}

/// What both kinds of builders know of their settings.
trait Settings: Configurable {
    fn settings(&self) -> Vec<settings::Setting>;
}

impl Settings for settings::Builder {
    fn settings(&self) -> Vec<settings::Setting> {
        self.iter().collect()
    }
}

impl Settings for isa::Builder {
    fn settings(&self) -> Vec<settings::Setting> {
        self.iter().collect()
    }
}

fn kind(of: &dyn Settings, name: &str) -> Option<SettingKind> {
    let settings = of.settings();
    let found = settings.iter().find(|setting| setting.name == name);
    found.map(|setting| setting.kind)
}

/// An empty value enables a flag or a preset, as in a `set` line.
fn preset(
    option: &str,
    name: &str,
    value: &str,
    builder: &mut isa::Builder,
) -> Result<(), ClifError> {
    if !["", "true", "on", "yes", "1"].contains(&value) {
        let help = "its value is true: it sets other options; leave it out otherwise";
        return Err(not_taken(option, value, help));
    }
    let enabled = builder.enable(name);
    enabled.map_err(|error| not_taken(option, value, &error.to_string()))
}

fn flag(option: &str, name: &str, value: &str, to: &mut dyn Configurable) -> Result<(), ClifError> {
    let range = RANGES.iter().find(|(known, _)| *known == name);
    if let Some((_, range)) = range
        && !value.parse().is_ok_and(|number| range.contains(&number))
    {
        let help = format!("its values: {} to {}", range.start(), range.end());
        return Err(not_taken(option, value, &help));
    }
    let result: SetResult<()> = match value {
        "" => to.enable(name),
        value => to.set(name, value),
    };
    let help = match result {
        Ok(()) => return Ok(()),
        Err(SetError::BadValue(expected)) if expected != "bool" => {
            format!("its values: {}", expected.to_lowercase())
        }
        Err(_) => "its values: true, false".to_owned(),
    };
    Err(not_taken(option, value, &help))
}

fn not_taken(option: &str, value: &str, help: &str) -> ClifError {
    ClifError::Option {
        reason: format!("the backend's option `{option}` does not take `{value}`"),
        help: help.to_owned(),
    }
}

fn chosen(option: &str) -> ClifError {
    ClifError::Option {
        reason: format!("`{option}` is not for the user to set: programs rely on its value"),
        help: "leave it out; `docs/options.md` lists what can be set".to_owned(),
    }
}

fn unknown(option: &str, name: &str, builder: &isa::Builder) -> ClifError {
    let own = builder.triple().architecture;
    let has = |other: &&&str| {
        let other = isa::lookup_by_name(other);
        other.is_ok_and(|other| kind(&other, name).is_some())
    };
    if let Some(other) = ARCHITECTURES.iter().find(has) {
        return ClifError::Option {
            reason: format!("`{option}` is an option of {other}, and the target is {own}"),
            help: "leave it out for this target".to_owned(),
        };
    }
    let shared = settings::builder();
    let names = shared.iter().chain(builder.iter());
    let mut names = names
        .filter(|setting| !is_chosen(setting.name))
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

    use super::{CHOSEN, SETTING, options, rows};
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

    const TARGETS: [&str; 5] = [
        "x86_64-unknown-linux-gnu",
        "x86_64-pc-windows-msvc",
        "aarch64-unknown-linux-gnu",
        "aarch64-apple-darwin",
        "riscv64gc-unknown-linux-gnu",
    ];

    #[test]
    fn what_programs_rely_on_is_no_option() {
        for name in CHOSEN {
            let (reason, _) = refused(&format!("{SETTING}{name}"), "true");
            assert!(reason.contains("not for the user"), "{reason}");
        }
        for target in TARGETS {
            let isa = for_objects(target, Optimization::None, &BTreeMap::new()).unwrap();
            let flags = isa.flags();
            assert!(flags.enable_probestack() && flags.unwind_info(), "{target}");
            let strategy = flags.probestack_strategy();
            assert_eq!(strategy, settings::ProbestackStrategy::Inline, "{target}");
            assert_eq!(flags.probestack_size_log2(), 12, "{target}");
        }
    }

    #[test]
    fn every_option_takes_a_value_or_says_which() {
        let names = documented();
        let names = names.lines().map(|row| row.split('`').nth(1).unwrap());
        let chosen = CHOSEN.map(|name| format!("{SETTING}{name}"));
        let names = names.chain(chosen.iter().map(String::as_str));
        for name in names {
            for value in [
                "", "0", "1", "2", "8", "12", "31", "63", "64", "255", "x", "true",
            ] {
                for target in TARGETS {
                    let options = BTreeMap::from([(name.to_owned(), value.to_owned())]);
                    let isa = for_objects(target, Optimization::None, &options);
                    let is_answer = matches!(isa, Ok(_) | Err(ClifError::Option { .. }));
                    assert!(is_answer, "{name}={value} {target}: {:?}", isa.err());
                }
            }
        }
    }

    #[test]
    fn a_flag_has_its_own_value_whatever_a_preset_sets() {
        let options = [("skylake", "true"), ("has_avx2", "false")];
        let options = options.map(|(name, value)| (format!("{SETTING}{name}"), value.to_owned()));
        let target = "x86_64-unknown-linux-gnu";
        let isa = for_objects(target, Optimization::None, &BTreeMap::from(options)).unwrap();
        let has = |name| {
            let flags = isa.isa_flags();
            let flag = flags.iter().find(|flag| flag.name == name);
            flag.unwrap().as_bool().unwrap()
        };
        assert!(has("has_avx") && !has("has_avx2"));
        let (_, help) = refused("cranelift.skylake", "false");
        assert!(help.contains("true"), "{help}");
        let (reason, _) = refused("cranelift.use_bti", "true");
        assert!(reason.contains("is an option of aarch64"), "{reason}");
    }

    /// The rows of the page.
    fn documented() -> String {
        let rows = rows().into_iter().map(|(name, row)| {
            let description = row.description.trim_end_matches('.').replace('|', "/");
            let (places, values) = (row.places.join(", "), row.values);
            format!("| `{SETTING}{name}` | {places} | {values} | {description} |\n")
        });
        rows.collect()
    }

    #[test]
    fn every_option_is_described_and_so_is_what_is_none() {
        let described = options();
        let of = |name: &str| {
            let key = format!("{SETTING}{name}");
            let found = described.iter().find(|option| option.key == key);
            found.unwrap_or_else(|| panic!("{key}"))
        };
        assert_eq!(described.len(), rows().len() + CHOSEN.len() + 1);
        assert_eq!(of("opt_level").values, "none, speed, speed_and_size");
        assert!(
            of("has_avx2").help.ends_with(" (x86_64)"),
            "{:?}",
            of("has_avx2")
        );
        assert_eq!(of("is_pic").values, "");
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
