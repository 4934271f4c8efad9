//! The tests of backends.

mod bench;
mod bytes;
mod features;
mod identity;
mod load;
mod outputs;
mod quiet;
mod results;
mod same;
mod samples;
mod sessions;
mod symbols;

use std::path::Path;

use beskid_plugin_api::diagnostic::Diagnostic;

use super::case::Test;

/// Every test.
///
/// # Errors
/// E4040 if the folder of directives cannot be read, E5185 if it has none.
pub(super) fn tests(corpus: Option<&Path>) -> Result<Vec<Test>, Diagnostic> {
    let mut all = identity::tests();
    all.extend(quiet::tests());
    all.extend(outputs::tests());
    all.extend(features::tests());
    all.extend(symbols::tests());
    all.extend(sessions::tests());
    all.extend(same::tests());
    all.extend(bytes::tests());
    all.extend(load::tests());
    all.extend(results::tests(corpus)?);
    Ok(all)
}

/// What tests ask in processes of their own; no list shows it.
pub(super) fn questions() -> Vec<Test> {
    same::questions()
}
