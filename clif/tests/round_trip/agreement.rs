//! What the decoder's own verifier accepts, Cranelift's accepts too, and the functions
//! are the same; and it leaves to others only what takes more than one look.

use beskid_clif::decode::Decoder;
use beskid_plugin_api::Digest;
use beskid_plugin_api::artifact::*;
use cranelift_codegen::ir::{self, Opcode, UserExternalName};
use cranelift_codegen::isa::{self, TargetIsa};
use cranelift_codegen::settings::{self, Configurable, Flags};
use cranelift_codegen::verify_function;

use crate::{sample, trip};

/// What the decoder says of a body that it cannot judge by one look.
const UNDECIDED: [&str; 2] = [
    "uses a value before its definition",
    "has a table that nothing uses",
];

/// How often each side accepted and refused.
#[derive(Debug, Default)]
pub struct Tally {
    pub accepted: usize,
    pub refused: usize,
    pub undecided: usize,
}

/// Targets that differ in what they allow.
pub fn targets() -> [isa::OwnedTargetIsa; 3] {
    let target = |triple: &str, generous: bool| {
        let mut flags = settings::builder();
        for flag in ["enable_pinned_reg", "preserve_frame_pointers"] {
            let value = if generous { "true" } else { "false" };
            flags.set(flag, value).unwrap();
        }
        let isa = isa::lookup_by_name(triple).unwrap();
        isa.finish(Flags::new(flags)).unwrap()
    };
    [
        target("x86_64-unknown-linux-gnu", true),
        target("aarch64-unknown-linux-gnu", true),
        target("riscv64gc-unknown-linux-gnu", false),
    ]
}

fn external(symbol: SymbolId) -> UserExternalName {
    UserExternalName::new(0, symbol)
}

/// The verdict of the two verifiers that see a body as a whole.
fn by_both(
    located: &LocatedArtifact,
    index: usize,
    decoder: &Decoder<'_>,
    isa: &dyn TargetIsa,
) -> Result<ir::Function, String> {
    let function = located.function(index).map_err(|error| error.to_string())?;
    let func = decoder.function(&function, &external);
    let func = func.map_err(|error| error.to_string())?;
    match verify_function(&func, isa) {
        Ok(()) => Ok(func),
        Err(errors) => Err(errors.to_string()),
    }
}

/// Compares the verdicts on all functions of an artifact.
pub fn compare(bytes: &[u8], isa: &dyn TargetIsa, tally: &mut Tally) {
    let Ok(located) = LocatedArtifact::locate(bytes) else {
        return;
    };
    let Ok(decoder) = Decoder::for_target(&located, isa) else {
        return;
    };
    for index in 0..located.function_count() {
        let ours = located.body(index).map_err(|error| error.to_string());
        let ours = ours.and_then(|body| {
            let func = decoder.checked(&body, &external);
            func.map_err(|error| error.to_string())
        });
        let theirs = by_both(&located, index, &decoder, isa);
        match (ours, theirs) {
            (Ok(ours), Ok(theirs)) => {
                tally.accepted += 1;
                // Printing takes longer than all the rest.
                if tally.accepted.is_multiple_of(8) {
                    assert_eq!(ours.to_string(), theirs.to_string());
                }
            }
            (Ok(ours), Err(reason)) => panic!("accepted: {reason}\n{ours}"),
            (Err(_), Err(_)) => tally.refused += 1,
            (Err(reason), Ok(theirs)) => {
                tally.undecided += 1;
                let is_known = UNDECIDED.iter().any(|known| reason.contains(known));
                assert!(is_known, "refused: {reason}\n{theirs}");
            }
        }
    }
}

#[test]
fn on_every_opcode_of_every_type() {
    let targets = targets();
    let mut tally = Tally::default();
    for opcode in Opcode::all() {
        let mut funcs = sample::functions(*opcode);
        let any = sample::all_types(|_| true).into_iter();
        funcs.extend(any.filter_map(|ty| sample::of_any_type(*opcode, ty)));
        for (number, func) in funcs.iter().enumerate() {
            if let Ok(artifact) = trip::encoded(func) {
                let isa = &*targets[number % targets.len()];
                compare(artifact.bytes(), isa, &mut tally);
            }
        }
    }
    assert!(tally.accepted > 1_000 && tally.refused > 1_000, "{tally:?}");
    assert_eq!(tally.undecided, 0, "{tally:?}");
    println!("{tally:?}");
}

/// The artifacts that are kept, in each version of each program.
fn goldens() -> Vec<Vec<u8>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/goldens");
    let mut open = vec![std::path::PathBuf::from(folder)];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|name| name == "bska") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect()
}

/// The programs of the cases, and those that are kept.
fn programs() -> Vec<Vec<u8>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/cases/clif");
    let texts = std::fs::read_dir(folder).unwrap();
    let mut paths = texts.map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    paths.retain(|path| path.extension().is_some_and(|name| name == "clif"));
    paths.sort();
    let mut programs = goldens();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        if let Ok(artifact) = beskid_clif::text::parse(&text, None) {
            programs.push(artifact.bytes().to_vec());
        }
    }
    programs
}

#[test]
fn on_the_programs_that_there_are() {
    let mut tally = Tally::default();
    for program in programs() {
        for isa in &targets() {
            compare(&program, &**isa, &mut tally);
        }
    }
    assert!(tally.accepted > 1_000, "{tally:?}");
    // What frontends write is judged by one look.
    assert!(tally.undecided * 50 < tally.accepted, "{tally:?}");
    println!("{tally:?}");
}

fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let contents = bytes.len() - Digest::LEN;
    let digest = Digest::of(&bytes[..contents]);
    bytes[contents..].copy_from_slice(digest.as_bytes());
    bytes
}

/// Where the functions' bytes are.
fn bodies(bytes: &[u8]) -> std::ops::Range<usize> {
    let at = bytes.windows(4).rposition(|tag| tag == b"BODY").unwrap();
    at + 13..bytes.len() - Digest::LEN
}

#[test]
fn on_programs_with_some_bytes_changed() {
    let targets = targets();
    let mut tally = Tally::default();
    let mut seed = 1_u32;
    let mut below = |limit: usize| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as usize % limit
    };
    let mut programs = programs();
    for opcode in Opcode::all() {
        let funcs = sample::functions(*opcode);
        let artifacts = funcs.iter().filter_map(|func| trip::encoded(func).ok());
        programs.extend(artifacts.take(2).map(|artifact| artifact.bytes().to_vec()));
    }
    for program in &programs {
        let range = bodies(program);
        for _ in 0..40 {
            let mut changed = program.clone();
            for _ in 0..=below(2) {
                let at = range.start + below(range.len());
                changed[at] = match below(3) {
                    0 => changed[at] ^ 1 << below(8),
                    1 => below(128) as u8,
                    _ => changed[range.start + below(range.len())],
                };
            }
            let isa = &*targets[below(targets.len())];
            compare(&sealed(changed), isa, &mut tally);
        }
    }
    assert!(tally.accepted > 1_000 && tally.refused > 1_000, "{tally:?}");
    println!("{tally:?}");
}
