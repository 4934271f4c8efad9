//! What debuggers are told, in the sections of each format.

use std::collections::BTreeMap;

use beskid_clif::Defined;
use beskid_clif::sections::Section;
use cranelift_object::ObjectProduct;
use object::write::{self, StandardSegment};
use object::{BinaryFormat, SectionKind};

use crate::sections;

/// Adds the sections to an object.
///
/// # Errors
/// What the format has no relocation for.
pub(crate) fn add(
    product: &mut ObjectProduct,
    defined: &Defined,
    told: &[Section],
) -> write::Result<()> {
    let object = &mut product.object;
    let places = told.iter().map(|section| {
        let name = section.id.name();
        let (segment, name) = match object.format() {
            BinaryFormat::MachO => {
                let segment = object.segment_name(StandardSegment::Debug).to_vec();
                let name = name.replacen('.', "__", 1);
                // The format's names have 16 bytes at most.
                (segment, name.get(..16).unwrap_or(&name).to_owned())
            }
            _ => (Vec::new(), name.to_owned()),
        };
        let kind = SectionKind::Debug;
        let place = object.add_section(segment, name.into_bytes(), kind);
        (section.id, place)
    });
    let places = places.collect::<BTreeMap<_, _>>();
    for section in told {
        if let Some(place) = places.get(&section.id) {
            let others = |id| places.get(&id).copied();
            sections::fill(product, defined, section, *place, 1, &others)?;
        }
    }
    Ok(())
}
