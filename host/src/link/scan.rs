//! Which symbols the inputs of a link leave undefined, and who needs them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::LinkRequest;

use crate::image::ObjectFile;
use crate::input::read_bounded;
use crate::inspect::{MAX_IMAGE, inspect};

/// What a look at the inputs tells before any tool runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SymbolScan {
    /// Each undefined symbol, with the inputs that need it.
    pub undefined: BTreeMap<String, Vec<String>>,
    /// The library of each foreign function, by its symbol.
    pub libraries: BTreeMap<String, String>,
    /// Libraries that may define them and were not looked into. If there are
    /// any, the scan is not authoritative.
    pub unsearched: Vec<String>,
}

impl SymbolScan {
    /// Scans the program's object and the runtime.
    ///
    /// # Errors
    /// E4040 or E5202 if the runtime cannot be read.
    pub(super) fn of(
        request: &LinkRequest,
        object: &ObjectFile,
        libraries: &BTreeMap<String, String>,
    ) -> Result<Self, Diagnostic> {
        let mut inputs = Vec::new();
        if let Some(path) = request.objects.first() {
            inputs.push((file_name(path), object.report().clone()));
        }
        if let Some(path) = &request.runtime_archive {
            let report = inspect(&read_bounded(Path::new(path), MAX_IMAGE)?)?.into_one()?;
            inputs.push((file_name(path), report));
        }
        let defined = inputs.iter().flat_map(|(_, report)| &report.exports);
        let defined = defined.cloned().collect::<BTreeSet<_>>();
        let mut undefined = BTreeMap::<_, Vec<_>>::new();
        for (input, report) in &inputs {
            for symbol in report
                .imports
                .iter()
                .filter(|name| !defined.contains(*name))
            {
                let needed_by = undefined.entry(symbol.clone()).or_default();
                needed_by.push(input.clone());
            }
        }
        let mut unsearched = request.libraries.clone();
        unsearched.push("those that the tools add".to_owned());
        Ok(Self {
            undefined,
            libraries: libraries.clone(),
            unsearched,
        })
    }

    /// The inputs that need a symbol, in words.
    pub(super) fn needed_by(&self, symbol: &str) -> Option<String> {
        let needed_by = self.undefined.get(symbol)?.join(", ");
        Some(match self.libraries.get(symbol) {
            Some(library) => format!("foreign, of `{library}`, for {needed_by}"),
            None => needed_by,
        })
    }
}

impl fmt::Display for SymbolScan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (symbol, needed_by) in &self.undefined {
            write!(f, "undefined: {symbol}, needed by {}", needed_by.join(", "))?;
            match self.libraries.get(symbol) {
                Some(library) => writeln!(f, ", of `{library}`")?,
                None => writeln!(f)?,
            }
        }
        let unsearched = self.unsearched.join(", ");
        write!(f, "not authoritative: libraries not searched: {unsearched}")
    }
}

fn file_name(path: &str) -> String {
    let name = Path::new(path).file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
