//! The first use of a plugin file: it is loaded in another process, which ends
//! with it if its constructors, its layout check or its description do.

use std::path::Path;

use beskid_plugin_api::diagnostic::Diagnostic;

use super::load::{Loaded, load};
use super::proof::Proof;
use super::vet::vet;

/// Loads a plugin file in this process, for another one.
///
/// # Errors
/// Why [`vet`] refuses it.
pub fn probe(path: &Path) -> Result<Proof, Diagnostic> {
    let plugin = vet(path)?;
    let described = load(&plugin, None).and_then(|loaded| match loaded {
        Loaded::Backend(client) => client.describe().map(drop),
        Loaded::Linker(client) => client.describe().map(drop),
    });
    Ok(Proof {
        digest: plugin.digest()?.to_string(),
        result: described,
    })
}
