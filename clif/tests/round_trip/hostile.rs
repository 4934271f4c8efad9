//! Artifacts that a writer other than ours may have made.

use beskid_plugin_api::artifact::*;
use cranelift_codegen::ir::{self, Opcode};

use crate::sample;
use crate::trip::{decoded, encoded};

/// A function of an `i64` with one instruction, and what the change adds.
fn artifact(
    form: Form,
    operands: impl FnOnce(&mut InstructionWriter),
    change: impl FnOnce(&mut Body),
) -> Result<CodegenArtifact, String> {
    let mut builder = ArtifactBuilder::new(Header::new("test", "1"));
    let signature = builder.signature(&Signature {
        call_conv: CallConv::SystemV,
        params: vec![AbiParam::new(Type::I64)],
        returns: Vec::new(),
    });
    let symbol = builder.add_symbol(Symbol {
        name: Some("own".to_owned()),
        kind: SymbolKind::Function { signature },
        linkage: Linkage::Export,
    });
    let mut code = InstructionWriter::default();
    code.define_values(1);
    let results = form.results.len() as u32;
    code.form(builder.form(form));
    operands(&mut code);
    code.define_values(results);
    let mut body = Body {
        symbol,
        signatures: vec![signature],
        blocks: vec![Block {
            params: vec![Type::I64],
            cold: false,
            instructions: 1,
        }],
        stack_slots: vec![StackSlot {
            size: 8,
            align_shift: 0,
            key: None,
        }],
        ..Body::default()
    };
    change(&mut body);
    builder.add_function(body, code);
    builder.finish().map_err(|error| error.to_string())
}

fn form(mnemonic: &str, operands: &[OperandKind]) -> Form {
    Form {
        mnemonic: mnemonic.to_owned(),
        operands: operands.to_vec(),
        results: Vec::new(),
    }
}

#[test]
fn a_stack_map_on_what_is_no_call_is_refused_by_the_opcodes_name() {
    let artifact = artifact(
        form("nop", &[]),
        |_| {},
        |body| {
            body.stack_maps.push(StackMapEntry {
                instruction: 0,
                ty: Type::I64,
                slot: 0,
                offset: 0,
            });
        },
    );
    let error = decoded(&artifact.unwrap()).unwrap_err();
    assert!(error.contains("`nop` cannot have a stack map"), "{error}");
}

#[test]
fn debug_tags_may_come_in_any_order() {
    let tag = |instruction, tag| InstructionTag {
        instruction,
        tag: DebugTag::User(tag),
    };
    let artifact = artifact(
        form("sequence_point", &[]),
        |_| {},
        |body| body.debug_tags = vec![tag(0, 2), tag(0, 1), tag(0, 3)],
    );
    let func = decoded(&artifact.unwrap()).unwrap();
    let tags = func.debug_tags.get(ir::Inst::from_u32(0));
    assert!(tags == [2, 1, 3].map(ir::DebugTag::User));
}

#[test]
fn a_constant_of_the_wrong_size_is_refused_before_anything_prints_it() {
    let mut form = form("f128const", &[OperandKind::Constant]);
    form.results = vec![Type::scalar(Lane::F128)];
    let artifact = artifact(
        form,
        |code| code.unsigned(0),
        |body| body.constants.push(vec![0; 15]),
    );
    let error = decoded(&artifact.unwrap()).unwrap_err();
    assert!(
        error.contains("`f128const` has a constant of 15 bytes"),
        "{error}"
    );
}

fn table(items: Vec<ExceptionItem>) -> ExceptionTable {
    ExceptionTable {
        signature: 0,
        normal: BlockCall {
            block: 0,
            args: vec![BlockArg::Value(0)],
        },
        items,
    }
}

const TRY_INDIRECT: [OperandKind; 2] = [OperandKind::ValueList, OperandKind::ExceptionTable];

#[test]
fn a_call_that_may_throw_needs_its_address_and_its_arguments() {
    let call = |values: &'static [u32]| {
        artifact(
            form("try_call_indirect", &TRY_INDIRECT),
            |code| {
                code.value_list(values.iter().copied());
                code.unsigned(0);
            },
            |body| body.exception_tables.push(table(Vec::new())),
        )
    };
    let error = call(&[]).unwrap_err();
    assert!(
        error.contains("an indirect call without an address"),
        "{error}"
    );
    let error = call(&[0]).unwrap_err();
    assert!(
        error.contains("arguments do not match the signature"),
        "{error}"
    );
    decoded(&call(&[0, 0]).unwrap()).unwrap();
}

#[test]
fn a_payload_that_cranelift_cannot_count_is_refused() {
    let artifact = artifact(
        form("try_call_indirect", &TRY_INDIRECT),
        |code| {
            code.value_list([0, 0].into_iter());
            code.unsigned(0);
        },
        |body| {
            let args = vec![BlockArg::ExceptionPayload(1 << 30)];
            let call = BlockCall { block: 0, args };
            let items = vec![ExceptionItem::Default(call)];
            body.exception_tables.push(table(items));
        },
    );
    let error = decoded(&artifact.unwrap()).unwrap_err();
    assert!(
        error.contains("block argument 1073741824 is too large"),
        "{error}"
    );
}

/// Cranelift computes the results of an instruction from its type, and panics
/// at types that the instruction cannot have.
#[test]
fn no_type_of_an_instruction_makes_the_decoder_panic() {
    let types = sample::all_types(|ty| {
        let lanes = if ty.is_dynamic_vector() {
            ty.min_lane_count()
        } else {
            ty.lane_count()
        };
        [1, 2, 16, 256].contains(&lanes)
    });
    let (mut accepted, mut refused) = (0, 0);
    for opcode in Opcode::all() {
        for ty in &types {
            let Some(func) = sample::of_any_type(*opcode, *ty) else {
                continue;
            };
            let Ok(artifact) = encoded(&func) else {
                continue;
            };
            match decoded(&artifact) {
                Ok(_) => accepted += 1,
                Err(reason) => {
                    assert!(
                        reason.contains(&format!("`{opcode}`")),
                        "{opcode}: {reason}"
                    );
                    refused += 1;
                }
            }
        }
    }
    assert!(accepted > 100 && refused > 1000, "{accepted}, {refused}");
}
