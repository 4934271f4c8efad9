//! How to leave the frames of functions, in the words of each format.

use beskid_clif::Defined;
use beskid_clif::unwind::{Pointers, eh_frame};
use cranelift_codegen::isa::TargetIsa;
use cranelift_object::ObjectProduct;
use object::BinaryFormat;
use object::write::{self, StandardSection};

use crate::sections;

/// Adds the table of all functions' frames.
///
/// # Errors
/// What the format has no relocation for.
pub(crate) fn add(
    product: &mut ObjectProduct,
    defined: &Defined,
    isa: &dyn TargetIsa,
) -> write::Result<()> {
    if product.object.format() != BinaryFormat::Elf {
        return Ok(());
    }
    let Some(section) = eh_frame(isa, defined.frames(), Pointers::Near) else {
        return Ok(());
    };
    let place = product.object.section_id(StandardSection::EhFrame);
    sections::fill(product, defined, &section, place, 8, &|_| None)
}
