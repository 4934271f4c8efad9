//! Each rule of verification, broken once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod program;

use beskid_plugin_api::artifact::*;
use program::{Parts, build, form, header, symbol};

type Change = Box<dyn FnOnce(&mut Parts)>;

fn change(change: impl FnOnce(&mut Parts) + 'static) -> Change {
    Box::new(change)
}

#[test]
fn each_rule_of_verification_is_enforced() {
    let int = SymbolKind::Function { signature: 1 };
    let cases: Vec<(&str, Change)> = vec![
        (
            "a second symbol `main`",
            change(|p| p.symbols[2].name = p.symbols[0].name.clone()),
        ),
        (
            "has no name but is not local",
            change(|p| p.symbols[2].name = None),
        ),
        (
            "is empty or contains NUL",
            change(|p| p.symbols[2].name = Some("a\0".into())),
        ),
        (
            "symbol 1: the name \"foreign@V1\" contains `@`",
            change(|p| p.symbols[1].name = Some("foreign@V1".into())),
        ),
        (
            "symbol 2: the name \"data@@V2\" contains `@`",
            change(|p| p.symbols[2].name = Some("data@@V2".into())),
        ),
        (
            "signature 9 does not exist",
            change(|p| p.symbols[0].kind = SymbolKind::Function { signature: 9 }),
        ),
        (
            "must take no parameters",
            change(move |p| p.symbols[0].kind = int),
        ),
        (
            "does not return Unit",
            change(|p| p.header.entrypoint.as_mut().unwrap().result = ResultKind::Unit),
        ),
        (
            "is imported, not defined",
            change(|p| p.header.entrypoint.as_mut().unwrap().symbol = 1),
        ),
        (
            "another signature than the runtime's (ABI-002)",
            change(|p| {
                p.symbols[1].name = Some("str_concat".into());
                p.symbols[1].linkage = Linkage::Import(ImportSource::Runtime);
            }),
        ),
        (
            "imports data of the runtime",
            change(|p| {
                p.symbols[1].name = Some("table".into());
                p.symbols[1].linkage = Linkage::Import(ImportSource::Runtime);
                p.symbols[1].kind = SymbolKind::Data {
                    writable: false,
                    tls: false,
                };
            }),
        ),
        ("not a power of two", change(|p| p.data.align = Some(24))),
        (
            "the section name \"\" is empty",
            change(|p| p.data.section = Some(String::new())),
        ),
        (
            "contains NUL",
            change(|p| p.data.section = Some(".a\0".into())),
        ),
        (
            "relocation at 17 is out of bounds",
            change(|p| p.data.relocations[0].offset = 17),
        ),
        (
            "relocation target 3 does not exist",
            change(|p| p.data.relocations[0].target = 3),
        ),
        (
            "zero bytes in all",
            change(|p| p.data.init = DataInit::Zeroes(1 << 40)),
        ),
        ("do not match one to one", change(|p| p.body.symbol = 1)),
        (
            "symbol 2 is not a data definition",
            change(|p| p.symbols[2].linkage = Linkage::Import(ImportSource::Plain)),
        ),
        (
            "is marked as colocated",
            change(|p| p.body.callees[0].colocated = true),
        ),
        (
            "calls `foreign` with another signature than it is imported with",
            change(|p| {
                p.symbols[1].kind = SymbolKind::Function { signature: 0 };
                p.symbols[1].linkage = Linkage::Import(ImportSource::Extern {
                    library: "libx.so".into(),
                    abi: "C".into(),
                });
            }),
        ),
        (
            "which is data",
            change(|p| p.body.callees[0].target = NameRef::Symbol(2)),
        ),
        (
            "symbol 8 does not exist",
            change(|p| p.body.callees[0].target = NameRef::Symbol(8)),
        ),
        (
            "signature 1 does not exist",
            change(|p| p.body.callees[0].signature = 1),
        ),
        (
            "earlier global value 0 does not exist",
            change(|p| {
                let ty = Type::I64;
                p.body.global_values = vec![GlobalValue::AddImm {
                    base: 0,
                    offset: 1,
                    ty,
                }];
            }),
        ),
        (
            "the entry block's parameters are not the signature's",
            change(|p| p.body.blocks[0].params = vec![Type::I8]),
        ),
        ("has no blocks", change(|p| p.body.blocks.clear())),
        (
            "block 1 takes i8, not i64",
            change(|p| p.body.blocks[1].params = vec![Type::I8]),
        ),
        (
            "block 1 takes 1 arguments, not 0",
            change(|p| {
                let default = BlockCall {
                    block: 1,
                    args: vec![],
                };
                let entries = vec![];
                p.body.jump_tables = vec![JumpTable { default, entries }];
            }),
        ),
        (
            "bytes after the last instruction",
            change(|p| p.body.blocks[1].instructions = 0),
        ),
        (
            "ends inside an operand",
            change(|p| p.body.blocks[1].instructions = 2),
        ),
        (
            "instruction 9 does not exist",
            change(|p| p.body.positions = vec![(9, 0)]),
        ),
        (
            "not in ascending order",
            change(|p| p.body.positions = vec![(2, 0), (1, 0)]),
        ),
        (
            "block 7 does not exist",
            change(|p| {
                p.body.jump_tables = vec![JumpTable {
                    default: BlockCall {
                        block: 7,
                        args: vec![],
                    },
                    entries: vec![],
                }]
            }),
        ),
        (
            "outside an exception table",
            change(|p| {
                p.body.jump_tables = vec![JumpTable {
                    default: BlockCall {
                        block: 1,
                        args: vec![BlockArg::CallResult(0)],
                    },
                    entries: vec![],
                }]
            }),
        ),
    ];
    for (expected, change) in cases {
        let error = build(change).map(|artifact| artifact.to_string());
        let message = error.expect_err(expected).to_string();
        assert!(
            message.contains(expected),
            "expected `{expected}`, found `{message}`"
        );
    }
}

#[test]
fn a_call_must_fit_its_signature() {
    let error = build(|parts| {
        let mut code = InstructionWriter::default();
        code.form(0);
        code.signed(1);
        code.define_values(1);
        code.form(1);
        code.unsigned(0);
        code.value_list([0, 0].into_iter());
        code.define_values(1);
        code.form(2);
        code.block_call(1, [BlockArg::Value(1)].into_iter());
        code.define_values(1);
        code.form(3);
        code.value_list([2].into_iter());
        parts.code = code;
    });
    let message = error.unwrap_err().to_string();
    assert!(
        message.contains("`call`: arguments do not match the signature"),
        "{message}"
    );
}

/// Blocks may claim more instructions than a number holds; the stream says no.
#[test]
fn a_position_at_the_last_instruction_number_is_not_counted_further() {
    let error = build(|parts| {
        parts.body.blocks[0].instructions = u32::MAX;
        parts.body.blocks[1].instructions = u32::MAX;
        parts.body.positions = vec![(u32::MAX, 0)];
    });
    let message = error.unwrap_err().to_string();
    assert!(message.contains("the stream ends inside"), "{message}");
}

/// A row with many results must not let a short stream define values without
/// end.
#[test]
fn memory_is_bounded_by_the_size_of_the_file() {
    let mut builder = ArtifactBuilder::new(header());
    let signature = builder.signature(&Signature {
        call_conv: CallConv::Platform,
        params: Vec::new(),
        returns: Vec::new(),
    });
    builder.add_symbol(symbol(
        "f",
        SymbolKind::Function { signature },
        Linkage::Export,
    ));
    let wide = builder.form(form("wide", &[], &vec![Type::I8; 10_000]));
    let mut code = InstructionWriter::default();
    for _ in 0..10_000 {
        code.form(wide);
        code.define_values(10_000);
    }
    let block = Block {
        params: Vec::new(),
        cold: false,
        instructions: 10_000,
    };
    let body = Body {
        blocks: vec![block],
        ..Body::default()
    };
    builder.add_function(body, code);
    let message = builder.finish().unwrap_err().to_string();
    assert!(
        message.contains("more values than its size allows"),
        "{message}"
    );
}

/// `jump block1(passed)`, where `block1` takes this type, and then a constant, v2, and
/// a call with these arguments.
fn ahead(passed: u32, takes: Type, called_with: &[u32]) -> Result<CodegenArtifact, ArtifactError> {
    build(|parts| {
        let mut code = InstructionWriter::default();
        code.form(0);
        code.signed(7);
        code.define_values(1);
        code.form(2);
        code.block_call(1, [BlockArg::Value(passed)].into_iter());
        code.define_values(1);
        code.form(0);
        code.signed(8);
        code.define_values(1);
        code.form(1);
        code.unsigned(0);
        code.value_list(called_with.iter().copied());
        code.define_values(1);
        code.form(3);
        code.value_list([3].into_iter());
        parts.code = code;
        parts.body.blocks[0].instructions = 2;
        parts.body.blocks[1].instructions = 3;
        parts.body.blocks[1].params = vec![takes];
    })
}

#[test]
fn values_that_are_defined_further_on_have_the_types_they_are_passed_with() {
    let types = [Type::I64; 4];
    let artifact = ahead(2, Type::I64, &[3]).unwrap();
    assert_eq!(artifact.functions()[0].value_types(), types);
    let cases = [
        (
            2,
            Type::F64,
            &[2][..],
            "instruction 1: block 1 takes f64, not i64",
        ),
        // The first one counts, whether it was clear at once or not.
        (
            2,
            Type::F64,
            &[],
            "instruction 1: block 1 takes f64, not i64",
        ),
        (
            2,
            Type::I64,
            &[],
            "instruction 3: `call`: arguments do not match",
        ),
        (
            9,
            Type::I64,
            &[],
            "instruction 1: value 9 does not exist, there are 4",
        ),
        // Of a stream that is not well-formed nothing else is said.
        (
            2,
            Type::F64,
            &[9],
            "instruction 3: value 9 does not exist, there are 4",
        ),
    ];
    for (passed, takes, called_with, expected) in cases {
        let message = ahead(passed, takes, called_with).unwrap_err().to_string();
        assert!(message.contains(expected), "`{expected}` in `{message}`");
    }
}
