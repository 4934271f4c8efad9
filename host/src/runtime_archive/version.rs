//! The ABI version of a runtime, read from its archive or shared library
//! (ABI-7).
//!
//! The version is what `beskid_runtime_abi_version` returns. Nothing of the
//! runtime is run: the function of any compiler returns a constant, and the
//! few instructions that do so are recognised.

use goblin::elf::Elf;
use goblin::elf::header::{EM_AARCH64, EM_RISCV, EM_X86_64};
use goblin::elf::section_header::SHN_UNDEF;
use goblin::elf::sym::{STT_FUNC, Symtab};
use goblin::strtab::Strtab;

use super::VERSION_SYMBOL;
use crate::inspect::archive_members;

/// Most instructions that are looked at.
const MOST_INSTRUCTIONS: usize = 16;

/// The version, or `None` if there is no such function or it does more than
/// return a constant.
///
/// # Errors
/// Why the bytes are no archive of ELF objects.
pub(super) fn read(archive: &[u8]) -> Result<Option<u32>, String> {
    for (member, object) in archive_members(archive)? {
        let elf = Elf::parse(object).map_err(|error| format!("member `{member}`: {error}"))?;
        if let Some(code) = function(&elf, object) {
            return Ok(constant(elf.header.e_machine, code));
        }
    }
    Ok(None)
}

/// What a shared library tells of its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// There is no such function.
    Nothing,
    /// The function returns this.
    Version(u32),
    /// The function does more than return a constant.
    WhenCalled,
}

/// The version of an ELF shared library.
pub(super) fn read_image(image: &[u8]) -> Told {
    let elf = Elf::parse(image).ok();
    let code = elf.and_then(|elf| Some((elf.header.e_machine, function(&elf, image)?)));
    let Some((machine, code)) = code else {
        return Told::Nothing;
    };
    constant(machine, code).map_or(Told::WhenCalled, Told::Version)
}

/// The code of the function, up to the end of its section.
fn function<'a>(elf: &Elf<'_>, object: &'a [u8]) -> Option<&'a [u8]> {
    let named = |symbols: &Symtab<'_>, names: &Strtab<'_>| {
        symbols.iter().find(|symbol| {
            symbol.st_type() == STT_FUNC
                && symbol.st_shndx != SHN_UNDEF as usize
                && names.get_at(symbol.st_name) == Some(VERSION_SYMBOL)
        })
    };
    let symbol = named(&elf.dynsyms, &elf.dynstrtab).or_else(|| named(&elf.syms, &elf.strtab))?;
    let section = elf.section_headers.get(symbol.st_shndx)?;
    // Sections of relocatable objects have no address.
    let inside = symbol.st_value.checked_sub(section.sh_addr)?;
    let start = usize::try_from(section.sh_offset.checked_add(inside)?).ok()?;
    let end = usize::try_from(section.sh_offset.checked_add(section.sh_size)?).ok()?;
    object.get(start..end)
}

/// The constant that the code returns.
fn constant(machine: u16, code: &[u8]) -> Option<u32> {
    match machine {
        EM_X86_64 => x86_64(code),
        EM_AARCH64 => aarch64(code),
        EM_RISCV => riscv64(code),
        _ => None,
    }
}

fn x86_64(mut code: &[u8]) -> Option<u32> {
    let mut value = None;
    for _ in 0..MOST_INSTRUCTIONS {
        code = match code {
            // ret
            [0xc3, ..] => return value,
            // endbr64
            [0xf3, 0x0f, 0x1e, 0xfa, rest @ ..]
            // mov rbp, rsp, in its two encodings
            | [0x48, 0x89, 0xe5, rest @ ..]
            | [0x48, 0x8b, 0xec, rest @ ..]
            // push rbp; pop rbp; leave; nop
            | [0x55 | 0x5d | 0xc9 | 0x90, rest @ ..] => rest,
            // mov eax, imm32
            [0xb8, a, b, c, d, rest @ ..] => {
                value = Some(u32::from_le_bytes([*a, *b, *c, *d]));
                rest
            }
            // xor eax, eax
            [0x31 | 0x33, 0xc0, rest @ ..] => {
                value = Some(0);
                rest
            }
            // push imm8; pop rax
            [0x6a, small @ 0..0x80, 0x58, rest @ ..] => {
                value = Some(u32::from(*small));
                rest
            }
            _ => return None,
        };
    }
    None
}

fn aarch64(code: &[u8]) -> Option<u32> {
    let mut value = None;
    for word in code.chunks_exact(4).take(MOST_INSTRUCTIONS) {
        let word = u32::from_le_bytes([word[0], word[1], word[2], word[3]]);
        match word {
            // ret
            0xd65f_03c0 => return value,
            // nop, and the landing pads and signatures among the hints
            _ if word & 0xffff_f01f == 0xd503_201f => {}
            // movz w0, imm16
            _ if word & 0xffe0_001f == 0x5280_0000 => value = Some(word >> 5 & 0xffff),
            _ => return None,
        }
    }
    None
}

fn riscv64(mut code: &[u8]) -> Option<u32> {
    let mut value = None;
    for _ in 0..MOST_INSTRUCTIONS {
        let [low, high, rest @ ..] = code else {
            return None;
        };
        let half = u16::from_le_bytes([*low, *high]);
        match half {
            // c.ret
            0x8082 => return value,
            // c.li a0, imm6, not negative
            _ if half & 0xff83 == 0x4501 => {
                value = Some(u32::from(half >> 2 & 0x1f));
                code = rest;
                continue;
            }
            _ => {}
        }
        let [third, fourth, rest @ ..] = rest else {
            return None;
        };
        match u32::from_le_bytes([*low, *high, *third, *fourth]) {
            // ret
            0x0000_8067 => return value,
            // addi a0, zero, imm12, not negative
            word if word & 0x800f_ffff == 0x0000_0513 => value = Some(word >> 20),
            _ => return None,
        }
        code = rest;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abi_7_a_constant_is_recognised_however_it_is_returned() {
        let optimized = [0xb8, 3, 0, 0, 0, 0xc3];
        let plain = [
            0xf3, 0x0f, 0x1e, 0xfa, 0x55, 0x48, 0x89, 0xe5, 0xb8, 7, 1, 0, 0, 0x5d, 0xc3,
        ];
        assert_eq!(x86_64(&optimized), Some(3));
        assert_eq!(x86_64(&plain), Some(0x107));
        assert_eq!(x86_64(&[0x6a, 2, 0x58, 0xc3]), Some(2));
        assert_eq!(x86_64(&[0x31, 0xc0, 0xc3]), Some(0));
        let words = |words: &[u32]| -> Vec<u8> {
            words.iter().flat_map(|word| word.to_le_bytes()).collect()
        };
        assert_eq!(
            aarch64(&words(&[0xd503_245f, 0x5280_0040, 0xd65f_03c0])),
            Some(2)
        );
        assert_eq!(riscv64(&[0x09, 0x45, 0x82, 0x80]), Some(2));
        assert_eq!(riscv64(&words(&[0x0020_0513, 0x0000_8067])), Some(2));
    }

    #[test]
    fn abi_7_whatever_else_is_no_version() {
        // mov eax, [rip]; a jump; nothing at all; no end
        assert_eq!(x86_64(&[0x8b, 0x05, 0, 0, 0, 0, 0xc3]), None);
        assert_eq!(x86_64(&[0xeb, 0xfe]), None);
        assert_eq!(x86_64(&[]), None);
        assert_eq!(x86_64(&[0x90; 99]), None);
        assert_eq!(x86_64(&[0xc3]), None);
        assert_eq!(aarch64(&[0; 8]), None);
        assert_eq!(riscv64(&[0x82]), None);
    }
}
