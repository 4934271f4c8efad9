//! The options that a backend takes, by what it says of them.

use std::collections::{BTreeMap, BTreeSet};

use beskid_plugin_api::backend::OptionDescription;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::at_work::Task;
use super::entry::Entry;

/// Most options that a refusal lists one by one.
const MOST_LISTED: usize = 8;
/// Most changes of letters between an option and what was meant.
const MOST_CHANGES: usize = 4;

/// Refuses options that a backend does not have. One that was built before backends
/// listed their options checks them itself.
///
/// # Errors
/// E4004 names the option and the one that was meant, if any is near; why the backend
/// cannot be loaded.
pub(crate) fn check_options(
    backend: &Entry,
    given: &BTreeMap<String, String>,
) -> Result<(), Diagnostic> {
    if given.is_empty() {
        return Ok(());
    }
    let Some(options) = described(backend)? else {
        return Ok(());
    };
    let has = |key: &str| options.iter().any(|option| option.key == key);
    match given.keys().find(|key| !has(key)) {
        Some(key) => Err(unknown(&backend.manifest().id, key, &options)),
        None => Ok(()),
    }
}

/// The names of the options that a backend takes; none if it was built before
/// backends listed them.
///
/// # Errors
/// Why the backend cannot be loaded.
pub(crate) fn accepted_options(backend: &Entry) -> Result<BTreeSet<String>, Diagnostic> {
    let options = described(backend)?.unwrap_or_default();
    Ok(options.into_iter().map(|option| option.key).collect())
}

fn described(backend: &Entry) -> Result<Option<Vec<OptionDescription>>, Diagnostic> {
    let client = backend.backend()?;
    backend.working(Task::Describe, || client.options())
}

fn unknown(backend: &str, key: &str, options: &[OptionDescription]) -> Diagnostic {
    let message = format!("backend `{backend}` has no option `{key}`");
    let keys = options.iter().map(|option| option.key.as_str());
    // Without the part before the dot it is the most common slip.
    let distance = |known: &str| {
        let bare = known.rsplit('.').next().unwrap_or(known);
        let distance = strsim::damerau_levenshtein(key, known);
        distance.min(strsim::damerau_levenshtein(key, bare))
    };
    let nearest = keys.clone().map(|known| (distance(known), known)).min();
    let help = match nearest {
        None => format!("leave it out: `{backend}` takes no options"),
        Some((distance, known)) if distance <= MOST_CHANGES => {
            format!("did you mean `{known}`?")
        }
        Some(_) if options.len() <= MOST_LISTED => {
            let keys = keys.map(|key| format!("`{key}`")).collect::<Vec<_>>();
            format!("its options: {}", keys.join(", "))
        }
        Some(_) => format!("`beskid plugin inspect {backend} --ask` lists its options"),
    };
    Diagnostic::new(Code::E4004, message).help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn help(key: &str, known: &[&str]) -> String {
        let options = known.iter().map(|key| OptionDescription::new(*key, "", ""));
        let error = unknown("mine", key, &options.collect::<Vec<_>>());
        assert_eq!(error.code, "E4004");
        assert_eq!(
            error.message,
            format!("backend `mine` has no option `{key}`")
        );
        error.help.unwrap().into()
    }

    #[test]
    fn an_option_that_a_backend_lacks_is_named_with_the_one_that_was_meant() {
        let known = ["cranelift.opt_level", "cranelift.has_avx2"];
        for (key, meant) in [
            ("cranelift.opt_levle", known[0]),
            ("opt_level", known[0]),
            ("cranelift.has_avx22", known[1]),
        ] {
            assert_eq!(help(key, &known), format!("did you mean `{meant}`?"));
        }
        let far = help("something-else-entirely", &known);
        assert_eq!(
            far,
            "its options: `cranelift.opt_level`, `cranelift.has_avx2`"
        );
        assert_eq!(help("x", &[]), "leave it out: `mine` takes no options");
        let many = ["a-long-name"; 9];
        assert!(help("something-else-entirely", &many).contains("plugin inspect"));
    }
}
