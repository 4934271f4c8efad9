//! What a target triple says: the format of its files, the processor, the
//! system, whose C library; and how files are called there.
//!
//! Triples are read as `ARCHITECTURE-VENDOR-SYSTEM-ENVIRONMENT`, where the vendor
//! may be left out and the system may have a version, as in
//! `x86_64-unknown-freebsd14`. Every triple can be read; what is not known is
//! [`System::Other`].
//!
//! ```
//! use beskid_plugin_api::linker::OutputKind;
//! use beskid_plugin_api::target::{Environment, Format, System, Target};
//!
//! let target = Target::of("aarch64-apple-ios-sim");
//! assert_eq!(target.architecture(), "aarch64");
//! assert_eq!(target.system(), &System::Ios);
//! assert_eq!(target.environment(), Environment::Simulator);
//! assert_eq!(target.format(), Format::MachO);
//!
//! let target = Target::of("x86_64-pc-windows-msvc");
//! assert_eq!(target.file_name("hello", OutputKind::Shared), "hello.dll");
//! ```

mod names;
mod system;

pub use system::{Environment, System};

use crate::manifest::TARGET;

/// A target, read from its triple.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    architecture: String,
    system: System,
    environment: Environment,
    format: Format,
}

/// The format of a target's objects and images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// ELF.
    Elf,
    /// Apple's.
    MachO,
    /// COFF objects and PE images.
    Coff,
    /// WebAssembly.
    Wasm,
    /// AIX's.
    Xcoff,
}

impl Target {
    /// Reads a triple.
    pub fn of(triple: &str) -> Self {
        let mut words = triple.split('-');
        let written = words.next().unwrap_or_default();
        let words = words.collect::<Vec<_>>();
        let (system, environment) = system::read(&words);
        let last = words.last().copied().unwrap_or_default();
        let format = match &system {
            _ if last.ends_with("macho") => Format::MachO,
            _ if last.ends_with("coff") => Format::Coff,
            _ if last.ends_with("elf") => Format::Elf,
            system if system.is_apple() => Format::MachO,
            System::Windows | System::Cygwin | System::Uefi => Format::Coff,
            System::Aix => Format::Xcoff,
            _ if written.starts_with("wasm") => Format::Wasm,
            _ => Format::Elf,
        };
        Self {
            architecture: architecture(written).to_owned(),
            system,
            environment,
            format,
        }
    }

    /// The target of this build of the host or the plugin.
    pub fn host() -> Self {
        Self::of(TARGET)
    }

    /// Whether programs for it are programs for this machine's own target, by
    /// whatever triple it is named.
    pub fn is_host(&self) -> bool {
        *self == Self::host()
    }

    /// The processor: `x86_64`, `aarch64`, `riscv64`, or as the triple has it.
    pub fn architecture(&self) -> &str {
        &self.architecture
    }

    /// The system.
    pub const fn system(&self) -> &System {
        &self.system
    }

    /// Whose C library and tools.
    pub const fn environment(&self) -> Environment {
        self.environment
    }

    /// The format of its files.
    pub const fn format(&self) -> Format {
        self.format
    }

    /// Whether it is one of Apple's systems.
    pub const fn is_apple(&self) -> bool {
        self.system.is_apple()
    }

    /// Whether it is Windows, whoever's C library it has.
    pub const fn is_windows(&self) -> bool {
        matches!(self.system, System::Windows)
    }
}

/// One name for what is written in several ways. An extension or a version of
/// the processor is no other processor.
fn architecture(written: &str) -> &str {
    match written {
        "arm64" | "arm64e" | "aarch64v8r" => "aarch64",
        "amd64" | "x86_64h" => "x86_64",
        written if written.starts_with("riscv64") => "riscv64",
        written if written.starts_with("riscv32") => "riscv32",
        written => written,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(triple: &str) -> (String, System, Environment, Format) {
        let target = Target::of(triple);
        let architecture = target.architecture().to_owned();
        let (environment, format) = (target.environment(), target.format());
        (architecture, target.system, environment, format)
    }

    #[test]
    fn every_part_of_a_triple_is_read() {
        use Format::{Coff, Elf, MachO, Wasm, Xcoff};
        let other = |name: &str| System::Other(name.to_owned());
        for (triple, architecture, system, environment, format) in [
            (
                "x86_64-unknown-linux-gnu",
                "x86_64",
                System::Linux,
                Environment::Gnu,
                Elf,
            ),
            (
                "x86_64-linux-gnu",
                "x86_64",
                System::Linux,
                Environment::Gnu,
                Elf,
            ),
            (
                "riscv64gc-unknown-linux-musl",
                "riscv64",
                System::Linux,
                Environment::Musl,
                Elf,
            ),
            (
                "armv7-unknown-linux-gnueabihf",
                "armv7",
                System::Linux,
                Environment::Gnu,
                Elf,
            ),
            (
                "aarch64-linux-android",
                "aarch64",
                System::Linux,
                Environment::Android,
                Elf,
            ),
            (
                "aarch64-unknown-linux",
                "aarch64",
                System::Linux,
                Environment::None,
                Elf,
            ),
            (
                "x86_64-unknown-freebsd",
                "x86_64",
                System::FreeBsd,
                Environment::None,
                Elf,
            ),
            (
                "x86_64-unknown-freebsd14.1",
                "x86_64",
                System::FreeBsd,
                Environment::None,
                Elf,
            ),
            (
                "aarch64_be-unknown-netbsd",
                "aarch64_be",
                System::NetBsd,
                Environment::None,
                Elf,
            ),
            (
                "x86_64-unknown-openbsd7.5",
                "x86_64",
                System::OpenBsd,
                Environment::None,
                Elf,
            ),
            (
                "arm64-apple-macosx11.0",
                "aarch64",
                System::MacOs,
                Environment::None,
                MachO,
            ),
            (
                "aarch64-apple-darwin",
                "aarch64",
                System::MacOs,
                Environment::None,
                MachO,
            ),
            (
                "x86_64-apple-ios-macabi",
                "x86_64",
                System::Ios,
                Environment::MacAbi,
                MachO,
            ),
            (
                "aarch64-apple-tvos-sim",
                "aarch64",
                System::TvOs,
                Environment::Simulator,
                MachO,
            ),
            (
                "x86_64-pc-windows-msvc",
                "x86_64",
                System::Windows,
                Environment::Msvc,
                Coff,
            ),
            (
                "arm64-windows-gnullvm",
                "aarch64",
                System::Windows,
                Environment::Gnu,
                Coff,
            ),
            (
                "x86_64-win7-windows-msvc",
                "x86_64",
                System::Windows,
                Environment::Msvc,
                Coff,
            ),
            (
                "x86_64-pc-cygwin",
                "x86_64",
                System::Cygwin,
                Environment::None,
                Coff,
            ),
            (
                "aarch64-unknown-uefi",
                "aarch64",
                System::Uefi,
                Environment::None,
                Coff,
            ),
            (
                "wasm32-wasip1",
                "wasm32",
                System::Wasi,
                Environment::None,
                Wasm,
            ),
            (
                "wasm32-unknown-unknown",
                "wasm32",
                other("unknown"),
                Environment::None,
                Wasm,
            ),
            (
                "powerpc64-ibm-aix",
                "powerpc64",
                System::Aix,
                Environment::None,
                Xcoff,
            ),
            (
                "riscv64gc-unknown-none-elf",
                "riscv64",
                System::None,
                Environment::None,
                Elf,
            ),
            (
                "x86_64-unknown-none",
                "x86_64",
                System::None,
                Environment::None,
                Elf,
            ),
            (
                "x86_64-unknown-none-macho",
                "x86_64",
                System::None,
                Environment::None,
                MachO,
            ),
            (
                "x86_64-unknown-redox",
                "x86_64",
                other("redox"),
                Environment::None,
                Elf,
            ),
            ("s390x", "s390x", other(""), Environment::None, Elf),
            ("", "", other(""), Environment::None, Elf),
        ] {
            let expected = (architecture.to_owned(), system, environment, format);
            assert_eq!(read(triple), expected, "{triple}");
        }
    }

    #[test]
    fn a_word_that_only_contains_a_systems_name_is_no_system() {
        for triple in ["x86_64-notwindows-none", "x86_64-windowsish-linux-gnu"] {
            assert!(!Target::of(triple).is_windows(), "{triple}");
        }
    }

    #[test]
    fn this_machines_target_is_known_by_each_of_its_names() {
        assert!(Target::host().is_host());
        let without_vendor = TARGET.replacen("-unknown-", "-", 1);
        assert!(Target::of(&without_vendor).is_host());
        assert!(!Target::of("powerpc64-ibm-aix").is_host());
    }
}
