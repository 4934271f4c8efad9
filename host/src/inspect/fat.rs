//! Fat files: Mach-O files or archives for several architectures in one.

use goblin::mach::fat::FAT_MAGIC;

use super::bounds::{Work, big_u32_at, big_u64_at, part};
use super::macho;
use super::report::{FileFormat, ImageReport};

/// More architectures than there are: Java classes begin with the same bytes,
/// and have their version, at least 45, where the number of slices would be.
const MAX_SLICES: u32 = 40;

/// Inspects each slice with `thin`.
pub(super) fn inspect(
    bytes: &[u8],
    work: &mut Work,
    thin: fn(&[u8], &mut Work) -> Result<ImageReport, String>,
) -> Result<Vec<ImageReport>, String> {
    let count = big_u32_at(bytes, 4)?;
    if count == 0 || count > MAX_SLICES {
        return Err(format!("as a fat file it would have {count} architectures"));
    }
    let wide = big_u32_at(bytes, 0)? != FAT_MAGIC;
    let mut slices = Vec::<ImageReport>::new();
    for number in 0..count as usize {
        let at = 8 + number * if wide { 32 } else { 20 };
        let name = macho::architecture(big_u32_at(bytes, at)?, big_u32_at(bytes, at + 4)?)?;
        let (offset, size) = if wide {
            (big_u64_at(bytes, at + 8)?, big_u64_at(bytes, at + 16)?)
        } else {
            let offset = big_u32_at(bytes, at + 8)?.into();
            (offset, big_u32_at(bytes, at + 12)?.into())
        };
        let report = part(bytes, offset, size)
            .and_then(|slice| thin(slice, work))
            .map_err(|reason| format!("the slice for {name}: {reason}"))?;
        let format = report.member_format.unwrap_or(report.format);
        if format != FileFormat::MachO || report.architecture != name {
            let found = &report.architecture;
            return Err(format!("the slice for {name} is {format} for {found}"));
        }
        if slices.iter().any(|slice| slice.architecture == name) {
            return Err(format!("it has two slices for {name}"));
        }
        slices.push(report);
    }
    Ok(slices)
}
