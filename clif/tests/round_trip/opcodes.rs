//! Every opcode of Cranelift comes back from an artifact, or is refused by its
//! name.

use std::collections::BTreeSet;
use std::str::FromStr;

use cranelift_codegen::ir::Opcode;
use cranelift_codegen::isa::{self, OwnedTargetIsa};
use cranelift_codegen::settings::{self, Configurable};
use cranelift_codegen::verify_function;

use crate::{sample, trip};

/// Opcodes that no artifact carries.
const REFUSED: [&str; 0] = [];

/// A target on which every opcode may be used.
fn permissive() -> OwnedTargetIsa {
    let mut flags = settings::builder();
    for flag in ["enable_pinned_reg", "preserve_frame_pointers"] {
        flags.enable(flag).unwrap();
    }
    let isa = isa::lookup_by_name("aarch64-unknown-linux-gnu").unwrap();
    isa.finish(settings::Flags::new(flags)).unwrap()
}

#[test]
fn cranelifts_list_of_opcodes_has_no_gaps() {
    let all = Opcode::all();
    // Opcodes count from 1; the last one's number is the length of the tables
    // that Cranelift keeps for them.
    let numbers = all.iter().map(|opcode| *opcode as usize);
    assert!(numbers.eq(1..=all.len()));
    assert!(all.len() >= 163, "{}", all.len());
    for opcode in all {
        assert_eq!(Opcode::from_str(&opcode.to_string()), Ok(*opcode));
    }
    let names = all.iter().map(Opcode::to_string).collect::<BTreeSet<_>>();
    assert_eq!(names.len(), all.len());
}

#[test]
fn every_opcode_comes_back_exactly_or_is_refused_by_name() {
    let isa = permissive();
    let mut formats = BTreeSet::new();
    let mut refused = BTreeSet::new();
    let mut functions = 0;
    for opcode in Opcode::all() {
        let name = opcode.to_string();
        let mut legal = 0;
        for func in sample::functions(*opcode) {
            functions += 1;
            legal += usize::from(verify_function(&func, &*isa).is_ok());
            match trip::encoded(&func) {
                Ok(_) => {
                    trip::survives(&func);
                }
                Err(reason) => {
                    assert!(reason.contains(&format!("`{name}`")), "{name}: {reason}");
                    refused.insert(name.clone());
                }
            }
        }
        // What Cranelift itself would not take proves nothing.
        assert!(legal > 0, "no function with `{name}` is valid");
        formats.insert(format!("{:?}", opcode.format()));
    }
    assert_eq!(formats.len(), 36, "{formats:?}");
    assert!(refused.iter().eq(REFUSED.iter()), "{refused:?}");
    println!("{} opcodes in {functions} functions", Opcode::all().len());
}
