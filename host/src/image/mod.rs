//! The stages of a linked program, each made from the one before: object file,
//! linked image, verified image. Only a verified image can be put in place or
//! executed.

mod linked;
mod object;
#[cfg(test)]
mod tests;
mod verified;

pub use linked::LinkedImage;
pub use object::ObjectFile;
pub use verified::{Expectations, VerifiedImage};

use beskid_plugin_api::linker::OutputKind;
use beskid_plugin_api::target::{Format, Target};

use crate::inspect::{FileFormat, ImageKind, ImageReport};

/// How a file differs from what is wanted for a target, by format, kind and
/// architecture.
fn differences(report: &ImageReport, kind: OutputKind, target: &str) -> Vec<String> {
    let mut differences = Vec::new();
    let wanted = match kind {
        OutputKind::Exe => ImageKind::Executable,
        OutputKind::Shared => ImageKind::Shared,
        OutputKind::Static => ImageKind::Static,
        OutputKind::Object => ImageKind::Object,
    };
    if report.kind != wanted {
        differences.push(format!("its kind is {}, not {wanted}", report.kind));
    }
    let found = report.member_format.unwrap_or(report.format);
    let target = Target::of(target);
    let wanted = format(&target, report.kind);
    if wanted != Some(found) {
        let wanted = wanted.map_or_else(|| "known".to_owned(), |wanted| wanted.to_string());
        differences.push(format!("its format is {found}, not {wanted}"));
    }
    let wanted = target.architecture();
    if report.architecture != wanted {
        differences.push(format!("it is for {}, not {wanted}", report.architecture));
    }
    differences
}

/// The format of images, objects or members of archives for a target.
/// `None`: one that this host does not read.
fn format(target: &Target, kind: ImageKind) -> Option<FileFormat> {
    let is_image = matches!(kind, ImageKind::Executable | ImageKind::Shared);
    Some(match target.format() {
        Format::Elf => FileFormat::Elf,
        Format::MachO => FileFormat::MachO,
        Format::Coff if is_image => FileFormat::Pe,
        Format::Coff => FileFormat::Coff,
        _ => return None,
    })
}
