//! Archives of ELF objects.

use std::collections::BTreeSet;

use goblin::archive::Archive;
use goblin::elf::Elf;

use super::elf;
use super::report::{FileFormat, ImageKind, ImageReport, RuntimeSymbols};

/// Inspects an archive. What its members define for one another counts as
/// defined.
pub(super) fn inspect(bytes: &[u8]) -> Result<ImageReport, String> {
    let archive = Archive::parse(bytes).map_err(|error| error.to_string())?;
    let mut architecture = None;
    let mut global = BTreeSet::new();
    let mut defined = BTreeSet::new();
    let mut undefined = BTreeSet::new();
    let members = archive
        .members()
        .into_iter()
        .map(str::to_owned)
        .collect::<Vec<_>>();
    for member in &members {
        let contents = archive
            .extract(member, bytes)
            .map_err(|error| error.to_string())?;
        let object = Elf::parse(contents).map_err(|error| format!("member `{member}`: {error}"))?;
        let found =
            elf::architecture(&object).map_err(|error| format!("member `{member}`: {error}"))?;
        match &architecture {
            Some(known) if *known != found => {
                return Err(format!(
                    "member `{member}` is for {found}, others are for {known}"
                ));
            }
            _ => architecture = Some(found),
        }
        let names = elf::names(&object);
        global.extend(names.global);
        defined.extend(names.defined);
        undefined.extend(names.undefined);
    }
    let imports = undefined.difference(&global).cloned().collect::<Vec<_>>();
    Ok(ImageReport {
        format: FileFormat::Archive,
        kind: ImageKind::Static,
        architecture: architecture.ok_or("the archive is empty")?,
        entrypoint: None,
        defines_main: Some(defined.contains("main")),
        runtime: RuntimeSymbols::of(
            |name| global.contains(name),
            |name| undefined.contains(name),
        ),
        exports: global.into_iter().collect(),
        imports,
        needed: Vec::new(),
        members,
    })
}
