//! What a target triple of Apple's says to the C driver.

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::target;

/// One of Apple's targets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// macOS, by architecture.
    MacOs(&'static str),
    /// Another system, or a version of macOS: the triple as clang spells it.
    Other(String),
}

impl Target {
    /// Reads a triple.
    pub(crate) fn parse(triple: &str) -> Result<Self, Diagnostic> {
        let refused = || {
            let message = format!("linker strategy `apple` does not link for target `{triple}`");
            Diagnostic::new(Code::E4023, message)
                .help("it is for x86_64 and aarch64, such as aarch64-apple-darwin")
        };
        let target = target::Target::of(triple);
        if !target.is_apple() {
            return Err(refused());
        }
        let (_, rest) = triple.split_once("-apple-").ok_or_else(refused)?;
        let architecture = match target.architecture() {
            "x86_64" => "x86_64",
            "aarch64" => "arm64",
            _ => return Err(refused()),
        };
        Ok(match rest {
            "darwin" | "macos" | "macosx" => Self::MacOs(architecture),
            _ => {
                let system = match rest.strip_suffix("-sim") {
                    Some(system) => format!("{system}-simulator"),
                    None => rest.to_owned(),
                };
                Self::Other(format!("{architecture}-apple-{system}"))
            }
        })
    }

    /// The driver's arguments.
    pub(crate) fn arguments(&self) -> [String; 2] {
        match self {
            Self::MacOs(architecture) => ["-arch".to_owned(), (*architecture).to_owned()],
            Self::Other(triple) => ["-target".to_owned(), triple.clone()],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lk_1_macos_is_an_architecture_and_the_rest_a_triple() {
        let arguments = |triple| Target::parse(triple).unwrap().arguments();
        assert_eq!(arguments("aarch64-apple-darwin"), ["-arch", "arm64"]);
        assert_eq!(arguments("x86_64-apple-darwin"), ["-arch", "x86_64"]);
        assert_eq!(
            arguments("x86_64-apple-macosx10.15"),
            ["-target", "x86_64-apple-macosx10.15"]
        );
        assert_eq!(
            arguments("aarch64-apple-ios-sim"),
            ["-target", "arm64-apple-ios-simulator"]
        );
    }

    #[test]
    fn lk_1_other_triples_are_refused() {
        for triple in [
            "x86_64-unknown-linux-gnu",
            "riscv64-apple-darwin",
            "aarch64-apple",
            "aarch64-apple-",
            "",
        ] {
            let refused = Target::parse(triple).unwrap_err();
            assert_eq!(refused.code, "E4023");
            assert!(refused.message.contains(&format!("`{triple}`")));
        }
    }
}
