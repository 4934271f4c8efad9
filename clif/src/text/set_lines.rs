//! The `set` lines of a `.clif` file, and which of them belong to the program.

use std::collections::BTreeSet;

use beskid_plugin_api::artifact::Setting;

use super::file::File;

/// What changes the meaning of the functions, and Cranelift's name for it. The
/// other settings are for the compilation: they are options of a backend.
const SETTINGS: [(&str, Setting); 3] = [
    ("enable_nan_canonicalization", Setting::CanonicalNans),
    ("preserve_frame_pointers", Setting::FramePointers),
    ("enable_pinned_reg", Setting::PinnedRegister),
];

/// Cranelift's name for a setting.
pub(super) fn name(setting: Setting) -> &'static str {
    let known = SETTINGS.iter().find(|(_, own)| *own == setting);
    known.map_or("unknown", |(name, _)| *name)
}

/// The settings that belong to the program: those that hold for each of the
/// file's targets.
pub(super) fn of_program(file: &File) -> BTreeSet<Setting> {
    let mut written = Vec::new();
    let mut of_targets = None::<BTreeSet<Setting>>;
    for words in &file.header {
        let mut words = words.iter().map(String::as_str);
        match words.next() {
            Some("set") => written.extend(flags(words)),
            Some("target") => {
                let own = in_force(&written);
                of_targets = Some(match of_targets {
                    Some(others) => others.intersection(&own).copied().collect(),
                    None => own,
                });
            }
            _ => {}
        }
    }
    of_targets.unwrap_or_else(|| in_force(&written))
}

fn in_force(written: &[(String, String)]) -> BTreeSet<Setting> {
    let in_force = last_of_each(written.to_vec()).into_iter();
    let in_force = in_force.filter_map(|(name, value)| {
        let (_, setting) = SETTINGS.iter().find(|(known, _)| *known == name)?;
        ["", "true", "on", "yes", "1"]
            .contains(&value.as_str())
            .then_some(*setting)
    });
    in_force.collect()
}

/// The words of a `set` line, or those behind the triple of a `target` line.
pub(super) fn flags<'t>(
    words: impl Iterator<Item = &'t str>,
) -> impl Iterator<Item = (String, String)> {
    words.map(|word| match word.split_once('=') {
        Some((name, value)) => (name.to_owned(), value.to_owned()),
        None => (word.to_owned(), String::new()),
    })
}

/// A later setting replaces an earlier one.
pub(super) fn last_of_each(settings: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut kept = Vec::<(String, String)>::new();
    for (name, value) in settings {
        kept.retain(|(earlier, _)| *earlier != name);
        kept.push((name, value));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(header: &str) -> Vec<Setting> {
        let text = format!("test run\n{header}\nfunction %f() {{\nblock0:\n    return\n}}\n");
        let file = File::read(&text).map_err(|error| error.to_string());
        of_program(&file.unwrap()).into_iter().collect()
    }

    #[test]
    fn settings_that_change_the_program_are_its_own_and_others_are_not() {
        let nans = "set enable_nan_canonicalization";
        for (header, expected) in [
            (nans.to_owned(), vec![Setting::CanonicalNans]),
            (format!("{nans}=0"), vec![]),
            (format!("{nans}=true\n{nans}=false"), vec![]),
            ("set opt_level=speed is_pic=true".to_owned(), vec![]),
            (
                "set enable_pinned_reg=1 preserve_frame_pointers=on".to_owned(),
                vec![Setting::FramePointers, Setting::PinnedRegister],
            ),
            (
                format!("{nans}\ntarget x86_64"),
                vec![Setting::CanonicalNans],
            ),
            (format!("target x86_64\n{nans}\ntarget aarch64"), vec![]),
        ] {
            assert_eq!(settings(&header), expected, "{header}");
        }
    }
}
