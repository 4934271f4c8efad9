//! What the header of an ELF object says of its target and Cranelift leaves
//! out: the system's number and RISC-V's extensions.

use target_lexicon::{Architecture, BinaryFormat, OperatingSystem, Triple};

/// Offset of the system's number.
const OS_ABI: usize = 7;
/// Offset of the flags in files for 64 bits, four bytes.
const FLAGS: usize = 48;

const FREEBSD: u8 = 9;
const SOLARIS: u8 = 6;
const STANDALONE: u8 = 255;

/// Compressed instructions, and doubles in registers: with what the triples
/// that are taken have in common.
const RISCV_FLAGS: u32 = 1 | 4;

/// Completes the header of an object for the target.
pub(crate) fn complete(object: &mut [u8], target: &Triple) {
    if target.binary_format != BinaryFormat::Elf {
        return;
    }
    let system = match target.operating_system {
        OperatingSystem::Freebsd => FREEBSD,
        OperatingSystem::Solaris | OperatingSystem::Illumos => SOLARIS,
        OperatingSystem::Hermit => STANDALONE,
        _ => 0,
    };
    if let Some(byte) = object.get_mut(OS_ABI) {
        *byte = system;
    }
    if let Architecture::Riscv64(_) = target.architecture
        && let Some(flags) = object.get_mut(FLAGS..FLAGS + 4)
    {
        flags.copy_from_slice(&RISCV_FLAGS.to_le_bytes());
    }
}
