//! The tests of each kind of plugin.

use std::path::Path;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::PluginKind;

use super::backend;
use super::case::Test;
use super::linker;

/// Every test of a kind of plugin, in the order in which they are run.
///
/// # Errors
/// E4040 if the folder of directives cannot be read, E5185 if it has none, or the plugin is
/// no backend.
pub(crate) fn tests(kind: PluginKind, corpus: Option<&Path>) -> Result<Vec<Test>, Diagnostic> {
    match (kind, corpus) {
        (PluginKind::Backend, _) => backend::tests(corpus),
        (PluginKind::Linker, None) => Ok(linker::tests()),
        (PluginKind::Linker, Some(_)) => {
            let message = "a linker strategy compiles no programs of a folder";
            let help = "leave out `--corpus`, which is for backends";
            Err(Diagnostic::new(Code::E5185, message).help(help))
        }
    }
}

/// The test of a name, among those that no list shows too.
///
/// # Errors
/// E5184 if there is none.
pub(crate) fn test_of(
    kind: PluginKind,
    corpus: Option<&Path>,
    name: &str,
) -> Result<Test, Diagnostic> {
    let mut all = tests(kind, corpus)?;
    all.extend(match kind {
        PluginKind::Backend => backend::questions(),
        PluginKind::Linker => linker::questions(),
    });
    let found = all.into_iter().find(|test| test.name == name);
    found.ok_or_else(|| unknown(name))
}

/// E5184 for a name or a part of one.
pub(crate) fn unknown(name: &str) -> Diagnostic {
    let message = format!("no test of the kit is called `{name}`");
    Diagnostic::new(Code::E5184, message)
        .help("`beskid plugin check PLUGIN --list` shows the tests")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_test_has_a_name_of_its_own_and_is_found_by_it() {
        for kind in [PluginKind::Backend, PluginKind::Linker] {
            let all = tests(kind, None).unwrap();
            let names = all.iter().map(|test| &test.name).collect::<BTreeSet<_>>();
            assert_eq!(names.len(), all.len());
            for name in names {
                assert_eq!(&test_of(kind, None, name).unwrap().name, name);
            }
            let error = test_of(kind, None, "no such test").err().unwrap();
            assert_eq!(error.code, Code::E5184);
        }
    }
}
