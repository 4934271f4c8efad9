//! Types, signatures and calling conventions, both ways.

use beskid_plugin_api::artifact as art;
use beskid_plugin_api::artifact::Lane;
use cranelift_codegen::ir::{self, types};
use cranelift_codegen::isa::CallConv;

/// CLIF's name for an artifact type.
pub(crate) fn to_clif_type(ty: art::Type) -> Option<ir::Type> {
    let lane = match ty.lane() {
        Lane::I8 => types::I8,
        Lane::I16 => types::I16,
        Lane::I32 => types::I32,
        Lane::I64 => types::I64,
        Lane::I128 => types::I128,
        Lane::F16 => types::F16,
        Lane::F32 => types::F32,
        Lane::F64 => types::F64,
        Lane::F128 => types::F128,
    };
    if ty.log2_lanes() == 0 && !ty.is_scalable() {
        return Some(lane);
    }
    let vector = lane.by(1 << ty.log2_lanes())?;
    match ty.is_scalable() {
        false => Some(vector),
        // Cranelift scales vectors only, and panics at a scalar.
        true if vector.is_vector() => vector.vector_to_dynamic(),
        true => None,
    }
}

/// The artifact's name for a CLIF type.
pub(crate) fn from_clif_type(ty: ir::Type) -> Option<art::Type> {
    let fixed = if ty.is_dynamic_vector() {
        ty.dynamic_to_vector()?
    } else {
        ty
    };
    let lane = match fixed.lane_type() {
        types::I8 => Lane::I8,
        types::I16 => Lane::I16,
        types::I32 => Lane::I32,
        types::I64 => Lane::I64,
        types::I128 => Lane::I128,
        types::F16 => Lane::F16,
        types::F32 => Lane::F32,
        types::F64 => Lane::F64,
        types::F128 => Lane::F128,
        _ => return None,
    };
    art::Type::vector(lane, fixed.log2_lane_count() as u8, ty.is_dynamic_vector())
}

/// Most parameters of a block, and most results of a call: Cranelift numbers
/// them with 16 bits, and panics beyond.
pub(crate) const MOST_VALUES: usize = 1 << 16;

/// A CLIF signature for an artifact signature; `platform` is the target's own
/// calling convention.
pub(crate) fn to_clif_signature(
    signature: &art::Signature,
    platform: CallConv,
) -> Option<ir::Signature> {
    let call_conv = match signature.call_conv {
        art::CallConv::Platform => platform,
        art::CallConv::SystemV => CallConv::SystemV,
        art::CallConv::WindowsFastcall => CallConv::WindowsFastcall,
        art::CallConv::AppleAarch64 => CallConv::AppleAarch64,
        art::CallConv::Fast => CallConv::Fast,
        art::CallConv::Tail => CallConv::Tail,
        art::CallConv::Probestack => CallConv::Probestack,
        art::CallConv::Winch => CallConv::Winch,
        art::CallConv::PreserveAll => CallConv::PreserveAll,
        _ => return None,
    };
    let params = |params: &[art::AbiParam]| params.iter().map(to_clif_param).collect::<Option<_>>();
    if signature.returns.len() > MOST_VALUES {
        return None;
    }
    Some(ir::Signature {
        params: params(&signature.params)?,
        returns: params(&signature.returns)?,
        call_conv,
    })
}

fn to_clif_param(param: &art::AbiParam) -> Option<ir::AbiParam> {
    Some(ir::AbiParam {
        value_type: to_clif_type(param.ty)?,
        purpose: match param.purpose {
            art::Purpose::Normal => ir::ArgumentPurpose::Normal,
            art::Purpose::StructArgument(size) => ir::ArgumentPurpose::StructArgument(size),
            art::Purpose::StructReturn => ir::ArgumentPurpose::StructReturn,
            art::Purpose::VmContext => ir::ArgumentPurpose::VMContext,
        },
        extension: match param.extension {
            art::Extension::None => ir::ArgumentExtension::None,
            art::Extension::Unsigned => ir::ArgumentExtension::Uext,
            art::Extension::Signed => ir::ArgumentExtension::Sext,
        },
    })
}

/// Conventions that may stand for the target's own, which CLIF has no word for.
const UNWRITTEN: [(art::CallConv, CallConv); 4] = [
    (art::CallConv::SystemV, CallConv::SystemV),
    (art::CallConv::Fast, CallConv::Fast),
    (art::CallConv::WindowsFastcall, CallConv::WindowsFastcall),
    (art::CallConv::AppleAarch64, CallConv::AppleAarch64),
];

/// A convention that the artifact does not use, which may stand for the target's own.
pub(crate) fn stand_in(artifact: &art::Outline) -> Option<CallConv> {
    let signatures = &artifact.module().signatures;
    let is_free = |(own, _): &&(art::CallConv, CallConv)| {
        let mut used = signatures.iter().map(|signature| signature.call_conv);
        used.all(|used| used != *own)
    };
    UNWRITTEN.iter().find(is_free).map(|(_, clif)| *clif)
}

/// An artifact signature for a CLIF signature. With `platform`, that
/// convention is written as "whatever the target's own is".
pub(crate) fn from_clif_signature(
    signature: &ir::Signature,
    platform: Option<CallConv>,
) -> Option<art::Signature> {
    let call_conv = match signature.call_conv {
        conv if Some(conv) == platform => art::CallConv::Platform,
        CallConv::SystemV => art::CallConv::SystemV,
        CallConv::WindowsFastcall => art::CallConv::WindowsFastcall,
        CallConv::AppleAarch64 => art::CallConv::AppleAarch64,
        CallConv::Fast => art::CallConv::Fast,
        CallConv::Tail => art::CallConv::Tail,
        CallConv::Probestack => art::CallConv::Probestack,
        CallConv::Winch => art::CallConv::Winch,
        CallConv::PreserveAll => art::CallConv::PreserveAll,
    };
    let params =
        |params: &[ir::AbiParam]| params.iter().map(from_clif_param).collect::<Option<_>>();
    Some(art::Signature {
        call_conv,
        params: params(&signature.params)?,
        returns: params(&signature.returns)?,
    })
}

fn from_clif_param(param: &ir::AbiParam) -> Option<art::AbiParam> {
    Some(art::AbiParam {
        ty: from_clif_type(param.value_type)?,
        purpose: match param.purpose {
            ir::ArgumentPurpose::Normal => art::Purpose::Normal,
            ir::ArgumentPurpose::StructArgument(size) => art::Purpose::StructArgument(size),
            ir::ArgumentPurpose::StructReturn => art::Purpose::StructReturn,
            ir::ArgumentPurpose::VMContext => art::Purpose::VmContext,
        },
        extension: match param.extension {
            ir::ArgumentExtension::None => art::Extension::None,
            ir::ArgumentExtension::Uext => art::Extension::Unsigned,
            ir::ArgumentExtension::Sext => art::Extension::Signed,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_a_counterpart_or_none() {
        for ty in (0..=u16::MAX).filter_map(art::Type::from_code) {
            if let Some(clif) = to_clif_type(ty) {
                assert_eq!(from_clif_type(clif), Some(ty), "{ty}");
            } else {
                assert!(ty.is_scalable() || ty.log2_lanes() > 0, "{ty}");
            }
        }
    }
}
