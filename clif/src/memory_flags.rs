//! Memory flags, both ways.

use std::num::NonZeroU8;

use beskid_plugin_api::artifact as art;
use cranelift_codegen::ir::{AliasRegion, Endianness, MemFlagsData, TrapCode};

/// Flags as the artifact packs them.
pub(crate) fn pack(flags: MemFlagsData) -> u32 {
    art::MemoryFlags {
        aligned: flags.aligned(),
        readonly: flags.readonly(),
        can_move: flags.can_move(),
        order: flags.explicit_endianness().map(|order| match order {
            Endianness::Little => art::Endianness::Little,
            Endianness::Big => art::Endianness::Big,
        }),
        trap: flags.trap_code().map(|code| code.as_raw().get()),
        region: flags.alias_region().map(AliasRegion::as_u32),
    }
    .pack()
}

/// Flags as Cranelift keeps them; `None` if the packed form is not valid.
pub(crate) fn unpack(bits: u32) -> Option<MemFlagsData> {
    let flags = art::MemoryFlags::unpack(bits)?;
    let trap = flags.trap.and_then(NonZeroU8::new).map(TrapCode::from_raw);
    let mut data = MemFlagsData::new()
        .with_trap_code(trap)
        .with_alias_region(flags.region.map(AliasRegion::from_u32));
    if flags.aligned {
        data = data.with_aligned();
    }
    if flags.readonly {
        data = data.with_readonly();
    }
    if flags.can_move {
        data = data.with_can_move();
    }
    match flags.order {
        Some(art::Endianness::Little) => data = data.with_endianness(Endianness::Little),
        Some(art::Endianness::Big) => data = data.with_endianness(Endianness::Big),
        None => {}
    }
    Some(data)
}
