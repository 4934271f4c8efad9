//! The trees of the plugin interface have what Cranelift's functions have.

use beskid_plugin_api::artifact::{
    ArtifactBuilder, CodegenArtifact, Form, Header, OperandKind, Type,
};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::tree::{Flow, LIBCALLS, LibCallType, Trees};
use cranelift_codegen::flowgraph::ControlFlowGraph;
use cranelift_codegen::ir::{self, LibCall, Opcode};
use cranelift_codegen::isa::CallConv;
use cranelift_module::default_libcall_names;

use crate::{sample, trip};

/// Compares the tree of a function's artifact with the function that the decoder makes
/// of it.
#[track_caller]
fn compare(artifact: &CodegenArtifact) -> Vec<String> {
    let func = trip::decoded(artifact).unwrap();
    let tree = Trees::of(artifact).unwrap().remove(0);
    let flow = Flow::of(&tree);
    let graph = ControlFlowGraph::with_function(&func);
    let mut mnemonics = Vec::new();
    let blocks = func.layout.blocks().zip(&tree.blocks);
    for ((block, read), number) in blocks.zip(0..) {
        let params = func.dfg.block_params(block).iter();
        assert!(params.map(|value| value.as_u32()).eq(read.params.clone()));
        assert_eq!(func.layout.is_cold(block), read.cold);
        let mut successors = graph
            .succ_iter(block)
            .map(ir::Block::as_u32)
            .collect::<Vec<_>>();
        successors.sort_unstable();
        assert_eq!(successors, read.successors());
        assert_eq!(successors, flow.successors(number));
        let instructions = func.layout.block_insts(block).collect::<Vec<_>>();
        assert_eq!(instructions.len(), read.instructions.len());
        for (inst, instruction) in instructions.into_iter().zip(&read.instructions) {
            let data = &func.dfg.insts[inst];
            let operation = &instruction.operation;
            assert_eq!(data.opcode().to_string(), operation.mnemonic());
            assert_eq!(data.opcode().is_terminator(), operation.is_terminator());
            let results = func.dfg.inst_results(inst);
            assert!(
                results
                    .iter()
                    .map(|value| value.as_u32())
                    .eq(instruction.results.clone())
            );
            for value in results {
                let ours = tree.value_type(value.as_u32()).unwrap();
                let theirs = func.dfg.value_type(*value);
                let scaled = theirs.is_dynamic_vector();
                // Cranelift spells those as in Rust.
                let name = theirs
                    .to_string()
                    .replace("types::I", "i")
                    .replace("types::F", "f");
                assert_eq!(ours.to_string(), name);
                let bits = if scaled {
                    theirs.min_bits()
                } else {
                    theirs.bits()
                };
                assert_eq!(ours.bits(), bits);
                assert_eq!(ours.is_int(), theirs.is_int());
                assert_eq!(ours.is_float(), theirs.is_float());
            }
            let expected = func.dfg.inst_values(inst).map(|value| value.as_u32());
            let mut expected = expected.collect::<Vec<_>>();
            let mut uses = operation.uses();
            expected.sort_unstable();
            uses.sort_unstable();
            assert_eq!(uses, expected, "{}", func.dfg.display_inst(inst));
            mnemonics.push(operation.mnemonic().to_owned());
        }
    }
    mnemonics
}

#[test]
fn every_opcode_of_cranelift_is_read_as_cranelift_has_it() {
    for opcode in Opcode::all() {
        let name = opcode.to_string();
        for func in sample::functions(*opcode) {
            let mnemonics = compare(&trip::encoded(&func).unwrap());
            assert!(mnemonics.contains(&name), "{name}: {mnemonics:?}");
        }
    }
}

fn artifact_of(form: Form) -> CodegenArtifact {
    let mut builder = ArtifactBuilder::new(Header::new("test", "1"));
    builder.form(form);
    builder.finish().unwrap()
}

#[test]
fn a_known_mnemonic_with_other_operands_or_results_is_refused_by_name() {
    let form = |operands: &[OperandKind], results: &[Type]| Form {
        mnemonic: "isub".to_owned(),
        operands: operands.into(),
        results: results.into(),
    };
    let value = OperandKind::Value;
    assert!(Trees::new(&artifact_of(form(&[value, value], &[Type::I64]))).is_ok());
    for wrong in [
        form(&[value], &[Type::I64]),
        form(&[value, value], &[]),
        form(&[value, OperandKind::Imm64], &[Type::I64]),
    ] {
        let error = Trees::new(&artifact_of(wrong)).unwrap_err();
        assert_eq!(error.code, Code::E5007);
        assert!(error.message.contains("`isub`"), "{}", error.message);
    }
}

#[test]
fn library_routines_are_cranelifts() {
    let names = default_libcall_names();
    let all = LibCall::all_libcalls();
    assert_eq!(all.len(), LIBCALLS.len());
    for (theirs, ours) in all.iter().zip(LIBCALLS) {
        assert_eq!(theirs.to_string(), ours.name);
        assert_eq!(names(*theirs), ours.symbol);
        let Some((params, returns)) = ours.signature else {
            continue;
        };
        let signature = theirs.signature(CallConv::SystemV, ir::types::I64);
        for (ours, theirs) in [(params, &signature.params), (returns, &signature.returns)] {
            let ours = ours.iter().map(|ty| match ty {
                LibCallType::Pointer => Type::I64.to_string(),
                LibCallType::Fixed(ty) => ty.to_string(),
            });
            assert!(ours.eq(theirs.iter().map(|param| param.value_type.to_string())));
        }
    }
}

#[test]
fn the_documents_say_what_each_opcode_means() {
    let page = include_str!("../../../docs/instructions.md");
    let missing = Opcode::all().iter().map(Opcode::to_string);
    let missing = missing.filter(|name| !page.contains(&format!("`{name}`")));
    assert_eq!(missing.collect::<Vec<_>>(), [""; 0]);
}
