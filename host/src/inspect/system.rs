//! For which system an ELF image is, as far as its own bytes tell.

use beskid_plugin_api::panics::contain_panic;
use beskid_plugin_api::target::{Environment, Format, System, Target};
use goblin::elf::Elf;
use goblin::elf::header::EI_OSABI;
use goblin::elf::program_header::{PT_INTERP, PT_NOTE, ProgramHeader};

use super::bounds::{part, u32_at};
use super::elf::CTX;

/// Longest name of an interpreter, and most bytes of notes, that are looked at.
const MOST: u64 = 1 << 16;

/// Each sign that an image is for another system, or another C library, than the
/// target's; `needed` are the libraries that it names.
pub(crate) fn foreign_system(bytes: &[u8], needed: &[String], target: &Target) -> Vec<String> {
    if target.format() != Format::Elf {
        return Vec::new();
    }
    let mut signs = contain_panic(|| signs(bytes)).unwrap_or_default();
    let libraries = needed.iter();
    signs.extend(libraries.filter_map(|name| {
        let (system, environment) = of_library(name)?;
        Some((format!("it needs `{name}`"), system, environment))
    }));
    let wrong = signs.into_iter().filter(|(_, system, environment)| {
        let other_c = match (target.environment(), environment) {
            (Environment::None, _) | (_, Environment::None) => false,
            (wanted, found) => wanted != *found,
        };
        system != target.system() || other_c
    });
    let shown = wrong.map(|(sign, system, environment)| match environment {
        Environment::None => format!("{sign}, as programs for {system:?} do"),
        Environment::Gnu => format!("{sign}, as programs for {system:?} with glibc do"),
        environment => format!("{sign}, as programs for {system:?} with {environment:?} do"),
    });
    shown.collect()
}

type Sign = (String, System, Environment);

fn signs(bytes: &[u8]) -> Vec<Sign> {
    let mut signs = Vec::new();
    let Ok(header) = Elf::parse_header(bytes) else {
        return signs;
    };
    let system = match header.e_ident[EI_OSABI] {
        2 => Some(System::NetBsd),
        3 => Some(System::Linux),
        9 => Some(System::FreeBsd),
        12 => Some(System::OpenBsd),
        _ => None,
    };
    let number = header.e_ident[EI_OSABI];
    signs.extend(system.map(|system| {
        let sign = format!("its header has the system's number {number}");
        (sign, system, Environment::None)
    }));
    let (offset, count) = (header.e_phoff as usize, usize::from(header.e_phnum));
    let segments = ProgramHeader::parse(bytes, offset, count, CTX).unwrap_or_default();
    for segment in segments {
        let contents = part(bytes, segment.p_offset, segment.p_filesz.min(MOST));
        let contents = contents.unwrap_or_default();
        match segment.p_type {
            PT_INTERP => {
                let text = String::from_utf8_lossy(contents);
                let loader = text.trim_end_matches('\0');
                signs.extend(of_loader(loader).map(|(system, environment)| {
                    (format!("its loader is `{loader}`"), system, environment)
                }));
            }
            PT_NOTE => signs.extend(of_notes(contents)),
            _ => {}
        }
    }
    signs
}

/// The system whose loader has this name.
fn of_loader(path: &str) -> Option<(System, Environment)> {
    let file = path.rsplit('/').next().unwrap_or(path);
    let found = match file {
        "ld-elf.so.1" => (System::FreeBsd, Environment::None),
        "ld.elf_so" => (System::NetBsd, Environment::None),
        "ld.so" => (System::OpenBsd, Environment::None),
        "linker" | "linker64" => (System::Linux, Environment::Android),
        file if file.starts_with("ld-musl-") => (System::Linux, Environment::Musl),
        file if file.starts_with("ld-linux") => (System::Linux, Environment::Gnu),
        file if file.starts_with("ld64.so") => (System::Linux, Environment::Gnu),
        _ => return None,
    };
    Some(found)
}

/// The system whose C library has this name.
fn of_library(name: &str) -> Option<(System, Environment)> {
    let version = name.strip_prefix("libc.so.");
    Some(match version {
        _ if name.starts_with("libc.musl-") => (System::Linux, Environment::Musl),
        Some("6" | "6.1") => (System::Linux, Environment::Gnu),
        Some("7") => (System::FreeBsd, Environment::None),
        Some("12") => (System::NetBsd, Environment::None),
        Some(version) if version.contains('.') => (System::OpenBsd, Environment::None),
        _ => return None,
    })
}

/// What the start files of each system leave in the notes of an image.
fn of_notes(notes: &[u8]) -> Vec<Sign> {
    let mut signs = Vec::new();
    let mut at = 0;
    while let (Ok(name), Ok(size), Ok(kind)) = (
        u32_at(notes, at),
        u32_at(notes, at + 4),
        u32_at(notes, at + 8),
    ) {
        let padded = |length: u32| length.next_multiple_of(4) as usize;
        if name > MOST as u32 || size > MOST as u32 {
            break;
        }
        let owner = part(notes, at as u64 + 12, u64::from(name)).unwrap_or_default();
        let contents = at + 12 + padded(name);
        let found = match (owner, kind) {
            // The first word of GNU's tells the kernel.
            (b"GNU\0", 1) if u32_at(notes, contents) == Ok(0) => {
                Some((System::Linux, Environment::Gnu))
            }
            (b"Android\0", 1) => Some((System::Linux, Environment::Android)),
            (b"FreeBSD\0", 1) => Some((System::FreeBsd, Environment::None)),
            (b"NetBSD\0", 1) => Some((System::NetBsd, Environment::None)),
            (b"OpenBSD\0", 1) => Some((System::OpenBsd, Environment::None)),
            _ => None,
        };
        signs.extend(found.map(|(system, environment)| {
            let owner = String::from_utf8_lossy(owner);
            let owner = owner.trim_end_matches('\0');
            (format!("it has a note of `{owner}`"), system, environment)
        }));
        at = contents + padded(size);
    }
    signs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loaders_and_c_libraries_tell_the_system() {
        for (loader, system) in [
            ("/lib64/ld-linux-x86-64.so.2", System::Linux),
            ("/nix/store/x/lib/ld-linux-aarch64.so.1", System::Linux),
            ("/lib/ld-musl-x86_64.so.1", System::Linux),
            ("/libexec/ld-elf.so.1", System::FreeBsd),
            ("/usr/libexec/ld.elf_so", System::NetBsd),
            ("/usr/libexec/ld.so", System::OpenBsd),
        ] {
            assert_eq!(of_loader(loader).unwrap().0, system, "{loader}");
        }
        assert_eq!(of_loader("/my/own/loader"), None);
        for (name, system) in [
            ("libc.so.6", Some(System::Linux)),
            ("libc.so.7", Some(System::FreeBsd)),
            ("libc.so.97.1", Some(System::OpenBsd)),
            ("libc.so", None),
            ("libz.so.1", None),
        ] {
            assert_eq!(of_library(name).map(|found| found.0), system, "{name}");
        }
    }

    #[test]
    fn what_fits_the_target_is_no_sign_of_another() {
        let needed = ["libc.so.6".to_owned()];
        let foreign = |triple| foreign_system(b"", &needed, &Target::of(triple));
        assert_eq!(foreign("x86_64-unknown-linux-gnu"), [""; 0]);
        assert_eq!(foreign("aarch64-unknown-linux"), [""; 0]);
        assert_eq!(foreign("x86_64-pc-windows-gnu"), [""; 0]);
        assert_eq!(foreign("x86_64-unknown-linux-musl").len(), 1);
        assert_eq!(foreign("x86_64-unknown-freebsd").len(), 1);
    }

    #[test]
    fn notes_are_read_to_their_end_and_no_further() {
        let note = b"\x08\0\0\0\x04\0\0\0\x01\0\0\0FreeBSD\0\x01\0\0\0";
        let two = [&note[..], note].concat();
        assert_eq!(of_notes(&two).len(), 2);
        for length in 0..note.len() {
            assert!(of_notes(&note[..length]).len() <= 1);
        }
        assert_eq!(of_notes(&[0xff; 40]), []);
    }
}
