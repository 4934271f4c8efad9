//! Target triples as Cranelift has to see them for code that fits what other
//! compilers make for the same triple.

use std::str::FromStr;

use cranelift_codegen::isa;
use target_lexicon::{
    Aarch64Architecture, Architecture, BinaryFormat, Environment, OperatingSystem,
    Riscv64Architecture, Triple,
};

use crate::error::ClifError;

/// The ISA of a target.
///
/// # Errors
/// E4001 says why there is no right code for it.
pub(crate) fn builder(target: &str) -> Result<isa::Builder, ClifError> {
    let refused = |reason: String| ClifError::Isa {
        target: target.to_owned(),
        reason,
    };
    let mut triple = Triple::from_str(target).map_err(|error| refused(error.to_string()))?;
    if let Some(reason) = unfit(target, &triple) {
        return Err(refused(reason.to_owned()));
    }
    set_format(&mut triple);
    isa::lookup(triple).map_err(|_| {
        refused("Cranelift generates code for x86_64, aarch64 and riscv64 only".to_owned())
    })
}

/// Why Cranelift's code would not be what the triple asks for.
fn unfit(written: &str, triple: &Triple) -> Option<&'static str> {
    let architecture = written.split('-').next().unwrap_or_default();
    if matches!(
        triple.environment,
        Environment::Gnux32 | Environment::GnuIlp32
    ) {
        return Some("it has pointers of 32 bits on a processor of 64, as Cranelift does not");
    }
    match triple.architecture {
        Architecture::Aarch64(Aarch64Architecture::Aarch64be) => {
            Some("Cranelift generates no big-endian code for aarch64")
        }
        _ if architecture == "arm64e" => {
            Some("its pointers are signed, as Cranelift's are not; take `aarch64`")
        }
        _ if architecture == "arm64ec" => Some("Cranelift has no code for its calling convention"),
        _ if written.ends_with("softfloat") => {
            Some("floats are passed in integer registers there, as Cranelift does not")
        }
        Architecture::Riscv64(version) if !has_doubles(version, triple) => Some(
            "Cranelift needs the extensions IMAFD of RISC-V and passes floats in their registers; \
             take `riscv64gc`",
        ),
        // Cranelift lacks the relocations of the format for this processor.
        _ if is_coff(triple) && matches!(triple.architecture, Architecture::Aarch64(_)) => {
            Some("Cranelift makes no COFF objects for aarch64")
        }
        _ => None,
    }
}

/// Without extensions in the triple, systems have IMAFDC, and bare machines no
/// floats.
fn has_doubles(version: Riscv64Architecture, triple: &Triple) -> bool {
    use Riscv64Architecture::{Riscv64, Riscv64a23, Riscv64gc};
    let bare = matches!(
        triple.operating_system,
        OperatingSystem::None_ | OperatingSystem::Unknown
    );
    match version {
        Riscv64a23 | Riscv64gc => true,
        Riscv64 => !bare,
        _ => false,
    }
}

fn is_coff(triple: &Triple) -> bool {
    matches!(
        triple.operating_system,
        OperatingSystem::Windows | OperatingSystem::Uefi | OperatingSystem::Cygwin
    )
}

/// The format, and with it the calling convention.
fn set_format(triple: &mut Triple) {
    match triple.operating_system {
        // Both have Windows' files and its calling convention.
        OperatingSystem::Uefi | OperatingSystem::Cygwin => {
            triple.operating_system = OperatingSystem::Windows;
            triple.binary_format = BinaryFormat::Coff;
        }
        OperatingSystem::None_ if triple.binary_format == BinaryFormat::Unknown => {
            triple.binary_format = BinaryFormat::Elf;
        }
        // Only simulators of these devices have such a processor.
        OperatingSystem::IOS(_) | OperatingSystem::TvOS(_) | OperatingSystem::WatchOS(_)
            if triple.architecture == Architecture::X86_64
                && triple.environment == Environment::Unknown =>
        {
            triple.environment = Environment::Sim;
        }
        _ => {}
    }
}
