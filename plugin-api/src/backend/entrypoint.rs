//! BK-3: an entrypoint is called from C, by hosts and by the functions of
//! [`EntryShim`](super::EntryShim) alike.

use crate::artifact::{CallConv, Outline, SymbolKind};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::target::{Format, Target};

/// Refuses an entrypoint that C code of the target does not call.
pub(super) fn check(artifact: &Outline, target: &Target) -> Result<(), Diagnostic> {
    let Some(entrypoint) = &artifact.header().entrypoint else {
        return Ok(());
    };
    let module = artifact.module();
    let symbol = module.symbols.get(entrypoint.symbol as usize);
    let Some(SymbolKind::Function { signature }) = symbol.map(|symbol| &symbol.kind) else {
        return Err(
            Diagnostic::new(Code::E4030, "the entrypoint is not a function")
                .help("name a function of the artifact"),
        );
    };
    let signature = module.signatures.get(*signature as usize);
    match signature.map(|signature| signature.call_conv) {
        None => Ok(()),
        Some(convention) if is_of_c(convention, target) => Ok(()),
        Some(other) => {
            let name = &entrypoint.name;
            let message = format!(
                "the entrypoint `{name}` has calling convention {other:?}, by which it cannot be called from C"
            );
            Err(Diagnostic::new(Code::E4041, message)
                .help("give the entrypoint the platform's C calling convention"))
        }
    }
}

/// Whether C has the convention on the target, for a function without parameters.
fn is_of_c(convention: CallConv, target: &Target) -> bool {
    let is_windows = target.format() == Format::Coff;
    match convention {
        CallConv::Platform => true,
        CallConv::SystemV => !is_windows,
        CallConv::WindowsFastcall => is_windows && target.architecture() == "x86_64",
        CallConv::AppleAarch64 => target.is_apple() && target.architecture() == "aarch64",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bk_3_the_target_decides_which_conventions_are_cs() {
        let all = [
            CallConv::Platform,
            CallConv::SystemV,
            CallConv::WindowsFastcall,
            CallConv::AppleAarch64,
            CallConv::Fast,
            CallConv::Tail,
        ];
        for (triple, expected) in [
            ("x86_64-unknown-linux-gnu", &all[..2]),
            ("riscv64gc-unknown-linux-gnu", &all[..2]),
            ("x86_64-apple-darwin", &all[..2]),
            ("aarch64-apple-darwin", &[all[0], all[1], all[3]]),
            ("x86_64-pc-windows-msvc", &[all[0], all[2]]),
            ("x86_64-pc-windows-gnu", &[all[0], all[2]]),
            ("x86_64-unknown-uefi", &[all[0], all[2]]),
            ("aarch64-pc-windows-msvc", &all[..1]),
        ] {
            let target = Target::of(triple);
            let found = all.into_iter().filter(|conv| is_of_c(*conv, &target));
            assert_eq!(found.collect::<Vec<_>>(), expected, "{triple}");
        }
    }
}
