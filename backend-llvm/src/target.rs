//! Targets as LLVM has to see them.

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::target::{Format, System, Target};

/// A target that the backend compiles for.
#[derive(Debug, Clone)]
pub(crate) struct Machine {
    /// As the request has it.
    pub(crate) written: String,
    /// As LLVM has it.
    pub(crate) triple: String,
    pub(crate) architecture: Architecture,
    pub(crate) format: Format,
}

/// The processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Architecture {
    X86_64,
    Aarch64,
    Riscv64,
}

impl Architecture {
    /// What its functions in LLVM begin with.
    pub(crate) const fn component(self) -> &'static str {
        match self {
            Self::X86_64 => "X86",
            Self::Aarch64 => "AArch64",
            Self::Riscv64 => "RISCV",
        }
    }

    /// The extensions that every processor of the target has.
    pub(crate) const fn features(self) -> &'static str {
        match self {
            Self::X86_64 | Self::Aarch64 => "",
            Self::Riscv64 => "+m,+a,+f,+d,+c",
        }
    }
}

impl Machine {
    /// Reads a triple.
    ///
    /// # Errors
    /// E4001 says why there is no right code for it.
    pub(crate) fn of(written: &str) -> Result<Self, Diagnostic> {
        let refused = |reason: &str| {
            let message = format!("backend `llvm` has no code for target `{written}`: {reason}");
            Diagnostic::new(Code::E4001, message)
                .help("compile for x86_64-unknown-linux-gnu, or another triple that the help of `--target` names")
        };
        let target = Target::of(written);
        let first = written.split('-').next().unwrap_or_default();
        let architecture = match target.architecture() {
            "x86_64" => Architecture::X86_64,
            "aarch64" if first == "aarch64" || first == "arm64" => Architecture::Aarch64,
            "riscv64" => Architecture::Riscv64,
            _ => return Err(refused("it compiles for x86_64, aarch64 and riscv64 only")),
        };
        if written.ends_with("x32") || written.ends_with("ilp32") {
            return Err(refused("its pointers have 32 bits"));
        }
        if written.ends_with("softfloat") {
            return Err(refused("it passes floats in integer registers"));
        }
        let is_bare = matches!(target.system(), System::Other(_));
        if architecture == Architecture::Riscv64
            && (first != "riscv64gc" && (first != "riscv64" || is_bare))
        {
            return Err(refused("it needs the extensions IMAFD; take `riscv64gc`"));
        }
        if !matches!(target.format(), Format::Elf | Format::MachO | Format::Coff) {
            return Err(refused("its objects are neither ELF nor Mach-O nor COFF"));
        }
        let rest = written.get(first.len()..).unwrap_or_default();
        let name = match first {
            "riscv64gc" => "riscv64",
            "arm64" => "aarch64",
            "amd64" => "x86_64",
            other => other,
        };
        Ok(Self {
            written: written.to_owned(),
            triple: format!("{name}{rest}"),
            architecture,
            format: target.format(),
        })
    }
}
