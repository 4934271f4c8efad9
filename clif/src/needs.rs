//! What a program needs of Cranelift's code generator: flags without which it
//! means something else, or does not compile.

use beskid_plugin_api::artifact::{Feature, Outline, Setting, SymbolKind};
use target_lexicon::{BinaryFormat, OperatingSystem, Triple};

/// Instructions that find their frame through the frame pointer; a tail call
/// finds the frame that it replaces in this way.
const FRAMES: [&str; 4] = [
    "get_frame_pointer",
    "get_return_address",
    "return_call",
    "return_call_indirect",
];

/// Flags that every program has, because they only add to what the calling
/// conventions can do: i128, f16 and f128 in signatures, and results beyond
/// those that fit registers. No signature without such types or results is
/// passed in another way with them, so what was compiled apart fits together.
pub(crate) const ALWAYS: [(&str, &str); 2] = [
    ("enable_llvm_abi_extensions", "true"),
    ("enable_multi_ret_implicit_sret", "true"),
];

/// Flags that every program has unless the user asks for others. A frame larger
/// than a page touches each of its pages, so that one that does not fit the
/// stack meets the page which guards it, and no other memory.
pub(crate) const DEFAULTS: [(&str, &str); 3] = [
    // Decoding has checked what Cranelift's verifier does.
    ("enable_verifier", "false"),
    ("enable_probestack", "true"),
    ("probestack_strategy", "inline"),
];

/// The flags that the artifact needs on the target, for its calling
/// conventions, its instructions and its settings.
pub(crate) fn flags(artifact: &Outline, target: &Triple) -> Vec<(&'static str, &'static str)> {
    let uses = |mnemonics: &[&str]| {
        let mut forms = artifact.forms().iter();
        forms.any(|form| mnemonics.contains(&form.mnemonic.as_str()))
    };
    let set = |setting| artifact.settings().contains(&setting);
    let mut flags = Vec::new();
    let throws = artifact.header().features.contains(&Feature::Exceptions);
    if set(Setting::FramePointers) || throws || uses(&FRAMES) {
        flags.push(("preserve_frame_pointers", "true"));
    }
    if set(Setting::PinnedRegister) || uses(&["get_pinned_reg", "set_pinned_reg"]) {
        flags.push(("enable_pinned_reg", "true"));
    }
    if set(Setting::CanonicalNans) {
        flags.push(("enable_nan_canonicalization", "true"));
    }
    if uses(&["stack_switch"]) {
        flags.push(("stack_switch_model", stack_switch_model(target)));
    }
    if has_thread_locals(artifact) {
        flags.push(("tls_model", tls_model(target)));
    }
    flags
}

fn has_thread_locals(artifact: &Outline) -> bool {
    let mut symbols = artifact.module().symbols.iter();
    symbols.any(|symbol| matches!(symbol.kind, SymbolKind::Data { tls: true, .. }))
}

fn stack_switch_model(target: &Triple) -> &'static str {
    match target.operating_system {
        OperatingSystem::Windows => "update_windows_tib",
        _ => "basic",
    }
}

fn tls_model(target: &Triple) -> &'static str {
    match target.binary_format {
        BinaryFormat::Elf => "elf_gd",
        BinaryFormat::Macho => "macho",
        BinaryFormat::Coff => "coff",
        _ => "none",
    }
}
