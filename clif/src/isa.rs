//! Choosing and configuring Cranelift's target ISA.

use std::collections::BTreeMap;

use cranelift_codegen::isa::{self, CallConv, OwnedTargetIsa, TargetIsa};
use cranelift_codegen::settings::{self, Configurable};
use target_lexicon::{Architecture, BinaryFormat, Triple};

use beskid_plugin_api::artifact::{Feature, Outline};
use beskid_plugin_api::backend::Optimization;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use crate::error::ClifError;
use crate::{needs, options, triples};

pub use crate::options::{SETTING, is_chosen};

/// The ISA for a target triple, position-independent, for object files.
///
/// # Errors
/// E4001 if the triple is not one, or Cranelift has no support for it.
pub fn for_objects(
    target: &str,
    optimization: Optimization,
    options: &BTreeMap<String, String>,
) -> Result<OwnedTargetIsa, ClifError> {
    let builder = triples::builder(target)?;
    finish(target, builder, optimization, &[PIC], options)
}

/// As [`for_objects`], with the flags that the artifact needs.
///
/// # Errors
/// E4001 as for [`for_objects`].
pub fn for_artifact(
    artifact: &Outline,
    target: &str,
    optimization: Optimization,
    options: &BTreeMap<String, String>,
) -> Result<OwnedTargetIsa, ClifError> {
    let builder = triples::builder(target)?;
    let mut flags = needed_flags(artifact, builder.triple());
    flags.push(PIC);
    finish(target, builder, optimization, &flags, options)
}

/// The flags that an artifact needs on a target, whatever the user asked for.
pub fn needed_flags(artifact: &Outline, target: &Triple) -> Vec<(&'static str, &'static str)> {
    needs::flags(artifact, target)
}

/// Whether the target's objects may refer to what is not there.
pub(crate) fn has_weak_imports(isa: &dyn TargetIsa) -> bool {
    isa.triple().binary_format == BinaryFormat::Elf
}

const PIC: (&str, &str) = ("is_pic", "true");

/// Whether signatures that were laid out for System V AMD64 mean the same to
/// the target (FFI-4).
///
/// # Errors
/// E5008 if the artifact has such signatures and the target is another.
pub fn check_conventions(artifact: &Outline, isa: &dyn TargetIsa) -> Result<(), Diagnostic> {
    let features = &artifact.header().features;
    let matches = isa.triple().architecture == Architecture::X86_64
        && isa.default_call_conv() == CallConv::SystemV;
    if matches || !features.contains(&Feature::SysvAmd64) {
        return Ok(());
    }
    let target = isa.triple();
    let message =
        format!("the program passes structs by value to foreign code, as `{target}` does not");
    Err(Diagnostic::new(Code::E5008, message)
        .help("pass the fields one by one, or choose an x86-64 target other than Windows"))
}

/// Whether the target has the features that the artifact uses: RISC-V has
/// vectors with an extension only.
///
/// # Errors
/// E5008 names the feature and the option that gives it.
pub fn check_features(artifact: &Outline, isa: &dyn TargetIsa) -> Result<(), Diagnostic> {
    if !artifact.header().features.contains(&Feature::Simd) {
        return Ok(());
    }
    let flags = isa.isa_flags();
    let lacks_vectors = flags
        .iter()
        .any(|flag| flag.name == "has_v" && flag.as_bool() == Some(false));
    if !lacks_vectors {
        return Ok(());
    }
    let (target, feature) = (isa.triple(), Feature::Simd.name());
    let message = format!("`{target}` lacks: {feature}");
    Err(Diagnostic::new(Code::E5008, message).help(
        "set the backend's option `cranelift.has_v` if the processor has vectors, or compute lane \
         by lane",
    ))
}

/// Whether the target has the pointers that the artifact was written for.
///
/// # Errors
/// E4041 names both widths.
pub fn check_pointer_width(
    artifact: &Outline,
    isa: &dyn TargetIsa,
    target: &str,
) -> Result<(), Diagnostic> {
    let (width, bits) = (artifact.header().pointer_width, isa.pointer_bits());
    if width == bits {
        return Ok(());
    }
    let message = format!("the artifact is for {width}-bit pointers, `{target}` has {bits} bits");
    Err(Diagnostic::new(Code::E4041, message).help("compile the source again for this target"))
}

/// Completes an ISA builder with the user's `options`, with the flags that all
/// our backends share and with `extra` ones.
///
/// # Errors
/// E4004 if an option is unknown or does not take the value, or if they do not fit
/// together; E4001 if Cranelift has no such target.
pub fn finish(
    target: &str,
    mut builder: isa::Builder,
    optimization: Optimization,
    extra: &[(&str, &str)],
    options: &BTreeMap<String, String>,
) -> Result<OwnedTargetIsa, ClifError> {
    let level = match optimization {
        Optimization::Speed => "speed",
        Optimization::SpeedAndSize => "speed_and_size",
        _ => "none",
    };
    let level = Some(("opt_level", level)).filter(|_| optimization != Optimization::None);
    let mut flags = settings::builder();
    for (name, value) in needs::DEFAULTS {
        flags
            .set(name, value)
            .map_err(|error| refused(target, error))?;
    }
    options::set(options, &mut flags, &mut builder)?;
    for (name, value) in needs::ALWAYS.iter().chain(&level).chain(extra) {
        flags
            .set(name, value)
            .map_err(|error| refused(target, error))?;
    }
    let finished = builder.finish(settings::Flags::new(flags));
    finished.map_err(|error| match options.is_empty() {
        true => refused(target, error),
        false => ClifError::Option {
            reason: format!("the backend's options do not fit together for `{target}`: {error}"),
            help: "leave out those that turn something off".to_owned(),
        },
    })
}

/// An instruction-set feature of an ISA that this machine's processor lacks.
pub fn missing_on_host(isa: &dyn TargetIsa) -> Option<&'static str> {
    let host = cranelift_native::builder().ok()?;
    let host = host
        .finish(settings::Flags::new(settings::builder()))
        .ok()?;
    let available = host.isa_flags();
    let has = |name: &str| {
        available
            .iter()
            .any(|flag| flag.name == name && flag.as_bool() == Some(true))
    };
    let wanted = isa.isa_flags().into_iter();
    let mut missing = wanted.filter(|flag| {
        flag.as_bool() == Some(true) && flag.name.starts_with("has_") && !has(flag.name)
    });
    missing.next().map(|flag| flag.name)
}

fn refused(target: &str, reason: impl ToString) -> ClifError {
    ClifError::Isa {
        target: target.to_owned(),
        reason: reason.to_string(),
    }
}
