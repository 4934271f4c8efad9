//! The object file of a session: its code where it is, with names, frames and what
//! the artifact tells debuggers.

use std::borrow::Cow;

use beskid_clif::debug;
use cranelift_codegen::gimli::SectionId;
use object::Endianness;
use object::elf::{
    EM_AARCH64, EM_RISCV, EM_X86_64, ET_DYN, SHF_ALLOC, SHF_EXECINSTR, SHT_NOBITS, SHT_PROGBITS,
    STB_GLOBAL, STT_FUNC,
};
use object::write::elf::{FileHeader, SectionHeader, Sym, Writer};

use crate::addresses::{Addresses, Placed};

/// An ELF file, with the table by which frames are left; `None` if there is no code.
pub(super) fn of(code: Addresses<'_>, unwind: Option<&[u8]>) -> Option<Vec<u8>> {
    let functions = code.functions();
    let start = functions.iter().map(|function| function.address).min()?;
    let ends = functions.iter();
    let end = ends
        .map(|function| function.address + u64::from(function.length))
        .max()?;
    // What does not fit DWARF's numbers is no reason not to run.
    let told = debug::sections(code.artifact, code.defined).unwrap_or_default();
    let told = told.into_iter().filter_map(|section| code.fill(section));
    let told = told.map(|(id, bytes)| (id.name(), Cow::Owned(bytes)));
    let unwind = unwind.map(|table| (SectionId::EhFrame.name(), Cow::Borrowed(table)));
    let sections = unwind.into_iter().chain(told).collect::<Vec<_>>();
    write(&functions, start..end, &sections)
}

fn write(
    functions: &[Placed],
    code: std::ops::Range<u64>,
    sections: &[(&'static str, Cow<'_, [u8]>)],
) -> Option<Vec<u8>> {
    let mut file = Vec::new();
    let mut writer = Writer::new(Endianness::Little, true, &mut file);
    writer.reserve_file_header();
    writer.reserve_null_section_index();
    let text_name = writer.add_section_name(b".text");
    let text = writer.reserve_section_index();
    let mut placed = Vec::new();
    for (name, bytes) in sections {
        let name = writer.add_section_name(name.as_bytes());
        writer.reserve_section_index();
        placed.push((name, writer.reserve(bytes.len(), ALIGNMENT)));
    }
    writer.reserve_null_symbol_index();
    let named = functions.iter().map(|function| {
        writer.reserve_symbol_index(Some(text));
        writer.add_string(function.name.as_bytes())
    });
    let names = named.collect::<Vec<_>>();
    writer.reserve_symtab_section_index();
    writer.reserve_symtab();
    writer.reserve_strtab_section_index();
    writer.reserve_strtab();
    writer.reserve_shstrtab_section_index();
    writer.reserve_shstrtab();
    writer.reserve_section_headers();

    let header = FileHeader {
        os_abi: 0,
        abi_version: 0,
        // Addresses stay as they are in such a file.
        e_type: ET_DYN,
        e_machine: MACHINE,
        e_entry: 0,
        e_flags: 0,
    };
    writer.write_file_header(&header).ok()?;
    for ((_, bytes), (_, offset)) in sections.iter().zip(&placed) {
        writer.pad_until(*offset);
        writer.write(bytes);
    }
    writer.write_null_symbol();
    for (function, name) in functions.iter().zip(names) {
        writer.write_symbol(&Sym {
            name: Some(name),
            section: Some(text),
            st_info: (STB_GLOBAL << 4) | STT_FUNC,
            st_other: 0,
            st_shndx: 0,
            st_value: function.address,
            st_size: function.length.into(),
        });
    }
    writer.write_strtab();
    writer.write_shstrtab();
    writer.write_null_section_header();
    let section = SectionHeader {
        name: Some(text_name),
        sh_type: SHT_NOBITS,
        sh_flags: u64::from(SHF_ALLOC | SHF_EXECINSTR),
        sh_addr: code.start,
        sh_offset: 0,
        sh_size: code.end - code.start,
        sh_link: 0,
        sh_info: 0,
        sh_addralign: ALIGNMENT as u64,
        sh_entsize: 0,
    };
    writer.write_section_header(&section);
    for ((_, bytes), (name, offset)) in sections.iter().zip(&placed) {
        writer.write_section_header(&SectionHeader {
            name: Some(*name),
            sh_type: SHT_PROGBITS,
            sh_flags: 0,
            sh_addr: 0,
            sh_offset: *offset as u64,
            sh_size: bytes.len() as u64,
            ..section.clone()
        });
    }
    writer.write_symtab_section_header(1);
    writer.write_strtab_section_header();
    writer.write_shstrtab_section_header();
    Some(file)
}

const ALIGNMENT: usize = 8;

/// The number of this machine.
const MACHINE: u16 = if cfg!(target_arch = "aarch64") {
    EM_AARCH64
} else if cfg!(target_arch = "riscv64") {
    EM_RISCV
} else {
    EM_X86_64
};
