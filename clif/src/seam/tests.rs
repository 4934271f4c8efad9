//! What sewing leaves as it was.

use beskid_plugin_api::artifact::{CodegenArtifact, Function};

use super::*;
use crate::text::parse;

const PROGRAM: &str = r#"; debug: language 29 "by hand"
; debug: file {"path":"a.c","directory":"/src","md5":null}
; debug: type {"name":"long","size":8,"kind":{"Base":"Signed"}}
; debug: scope %count {"Function":{"symbol":0,"name":"count","declared":{"file":0,"line":3,"column":6},"result":0}}
; debug: variable {"name":"n","ty":0,"scope":0,"declared":{"file":0,"line":3,"column":8},"parameter":true,"pieces":[{"offset":0,"size":8,"storage":{"Slot":7}}]}
; debug: position {"at":{"file":0,"line":4,"column":3},"scope":0}
; debug: position {"at":{"file":0,"line":5,"column":3},"scope":0}

function %count(i64) -> i64 system_v {
    ss0 = explicit_slot 8, key = 7

block0(v0: i64):
@0000    v1 = stack_addr.i64 ss0
@0000    store v0, v1
@0000    jump block1(v0)

block1(v2: i64):
@0001    v3 = iconst.i64 -1
@0001    v4 = iadd v2, v3
@0001    brif v4, block1(v4), block2

block2:
@0001    return v4
}
"#;

/// The positions of a function in the order of its instructions.
fn positions(artifact: &CodegenArtifact, symbol: SymbolId) -> Vec<u32> {
    let function = artifact.functions().iter();
    let mut function = function.filter(|function| function.body.symbol == symbol);
    let of = |function: &Function| {
        let positions = function.body.positions.iter();
        positions.map(|(_, position)| *position).collect()
    };
    function.next().map(of).unwrap()
}

#[test]
fn debuggers_are_told_the_same_of_a_program_with_a_seam() {
    let artifact = parse(PROGRAM, None).unwrap();
    let count = find(artifact.module(), "count").unwrap();
    let seam = Seam {
        polls: true,
        called: vec!["count".to_owned()],
        ..Seam::default()
    };
    let sewn = sew(&artifact, &seam).unwrap();
    assert!(artifact.debug().is_some());
    assert_eq!(sewn.debug(), artifact.debug());
    let slots = |artifact: &CodegenArtifact| {
        let mut functions = artifact.functions().iter();
        let function = functions.find(|function| function.body.symbol == count);
        let slots = function.unwrap().body.stack_slots.iter();
        slots.map(|slot| slot.key).collect::<Vec<_>>()
    };
    assert_eq!(slots(&sewn), slots(&artifact));
    // Where a block was parted the parts have its positions; what stops the program stands
    // behind, with those of the places that it is for.
    let before = positions(&artifact, count);
    let after = positions(&sewn, count);
    assert_eq!(after[..before.len()], before);
    let mut more = after[before.len()..].to_vec();
    more.sort_unstable();
    assert_eq!(more, [before[0], before[1]], "{after:?}");
}
