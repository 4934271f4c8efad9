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
    let wanted = format(target, report.kind);
    if found != wanted {
        differences.push(format!("its format is {found}, not {wanted}"));
    }
    let wanted = architecture(target);
    if report.architecture != wanted {
        differences.push(format!("it is for {}, not {wanted}", report.architecture));
    }
    differences
}

/// The format of images, objects or members of archives for a target.
fn format(target: &str, kind: ImageKind) -> FileFormat {
    if target.contains("-apple-") {
        FileFormat::MachO
    } else if !target.contains("-windows") {
        FileFormat::Elf
    } else if matches!(kind, ImageKind::Executable | ImageKind::Shared) {
        FileFormat::Pe
    } else {
        FileFormat::Coff
    }
}

/// The architecture that a target triple names.
pub(crate) fn architecture(target: &str) -> &str {
    match target.split('-').next().unwrap_or(target) {
        "arm64" => "aarch64",
        first if first.starts_with("riscv64") => "riscv64",
        first => first,
    }
}
