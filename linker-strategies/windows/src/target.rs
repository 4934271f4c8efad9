//! Which Windows a target triple means.

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::target;

/// A Windows target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Target {
    /// The processor.
    pub(crate) architecture: Architecture,
    /// Whose C library and tools.
    pub(crate) environment: Environment,
}

/// The processors for which there are objects in COFF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Architecture {
    /// x86-64.
    X86_64,
    /// AArch64.
    Aarch64,
}

/// Whose C library and tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Environment {
    /// Microsoft's.
    Msvc,
    /// MinGW-w64's.
    Gnu,
}

impl Target {
    /// Reads a triple.
    pub(crate) fn parse(triple: &str) -> Result<Self, Diagnostic> {
        let refused = || {
            let message = format!("linker strategy `windows` does not link for target `{triple}`");
            Diagnostic::new(Code::E4023, message).help(
                "it is for x86_64 and aarch64, on `windows-msvc` and `windows-gnu`, such as \
                 x86_64-pc-windows-msvc",
            )
        };
        let target = target::Target::of(triple);
        let architecture = match target.architecture() {
            "x86_64" => Architecture::X86_64,
            "aarch64" => Architecture::Aarch64,
            _ => return Err(refused()),
        };
        let environment = match target.environment() {
            _ if !target.is_windows() => return Err(refused()),
            target::Environment::Msvc => Environment::Msvc,
            target::Environment::Gnu => Environment::Gnu,
            _ => return Err(refused()),
        };
        Ok(Self {
            architecture,
            environment,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(triple: &str) -> Option<(Architecture, Environment)> {
        let target = Target::parse(triple).ok()?;
        Some((target.architecture, target.environment))
    }

    #[test]
    fn lk_1_the_triple_decides() {
        use Architecture::{Aarch64, X86_64};
        use Environment::{Gnu, Msvc};
        assert_eq!(parse("x86_64-pc-windows-msvc"), Some((X86_64, Msvc)));
        assert_eq!(parse("arm64-windows-msvc"), Some((Aarch64, Msvc)));
        assert_eq!(parse("x86_64-pc-windows-gnu"), Some((X86_64, Gnu)));
        assert_eq!(parse("aarch64-pc-windows-gnullvm"), Some((Aarch64, Gnu)));
    }

    #[test]
    fn lk_1_other_triples_are_refused() {
        for triple in [
            "x86_64-unknown-linux-gnu",
            "aarch64-apple-darwin",
            "x86_64-pc-windows",
            "riscv64-pc-windows-msvc",
            "windows",
            "",
        ] {
            let refused = Target::parse(triple).unwrap_err();
            assert_eq!(refused.code, "E4023");
            assert!(refused.message.contains(&format!("`{triple}`")));
        }
    }
}
