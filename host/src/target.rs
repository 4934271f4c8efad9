//! Target triples as users write them.

use std::str::FromStr;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use target_lexicon::{OperatingSystem, Triple, Vendor};

/// Triples that are suggested for one that does not exist.
const KNOWN: [&str; 10] = [
    "x86_64-unknown-linux-gnu",
    "x86_64-unknown-linux-musl",
    "aarch64-unknown-linux-gnu",
    "aarch64-unknown-linux-musl",
    "riscv64gc-unknown-linux-gnu",
    "x86_64-apple-darwin",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-msvc",
    "x86_64-pc-windows-gnu",
    "x86_64-unknown-freebsd",
];

/// The triple in full: `x86_64-linux-gnu` leaves out the vendor.
///
/// # Errors
/// E4001 if there is no such triple; the help suggests the nearest.
pub fn triple(written: &str) -> Result<String, Diagnostic> {
    match Triple::from_str(written) {
        Ok(triple) if !written.trim().is_empty() && !is_odd(&triple) => Ok(triple.to_string()),
        _ => {
            let message = format!("unknown target triple `{written}`");
            let nearest = nearest(written);
            Err(Diagnostic::new(Code::E4001, message).help(format!("did you mean `{nearest}`?")))
        }
    }
}

/// Only Linux distributions are vendors of their own.
fn is_odd(triple: &Triple) -> bool {
    let custom = matches!(triple.vendor, Vendor::Custom(_));
    custom && triple.operating_system != OperatingSystem::Linux
}

fn nearest(written: &str) -> &'static str {
    let distance = |known: &&&str| strsim::damerau_levenshtein(written, known);
    KNOWN
        .iter()
        .min_by_key(distance)
        .copied()
        .unwrap_or(KNOWN[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_triple_suggests_the_nearest() {
        for (written, suggested) in [
            ("x86_64-unknown-linux-gnuu", "x86_64-unknown-linux-gnu"),
            ("x86-64-linux-gnu", "x86_64-unknown-linux-gnu"),
            ("aarch64-aple-darwin", "aarch64-apple-darwin"),
            ("x86_64-pc-window-msvc", "x86_64-pc-windows-msvc"),
        ] {
            let diagnostic = triple(written).unwrap_err();
            assert_eq!(diagnostic.code, "E4001");
            let help = diagnostic.help.unwrap();
            assert_eq!(*help, *format!("did you mean `{suggested}`?"), "{written}");
        }
    }

    #[test]
    fn known_triples_are_taken_as_they_are() {
        for known in KNOWN {
            assert_eq!(triple(known).unwrap(), known);
        }
        assert_eq!(triple("x86_64-linux-gnu").unwrap(), KNOWN[0]);
    }
}
