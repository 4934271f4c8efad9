//! Artifacts that somebody damaged, or made up: refused with an error that
//! says where, never a panic.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use beskid_plugin_api::Digest;
use beskid_plugin_api::artifact::*;
use proptest::prelude::*;

fn header() -> Header {
    Header {
        producer: Producer {
            name: "test".to_owned(),
            version: "1".to_owned(),
        },
        pointer_width: 64,
        endianness: Endianness::Little,
        runtime_abi: None,
        entrypoint: None,
        features: Default::default(),
    }
}

fn form(mnemonic: &str, operands: &[OperandKind], results: &[Type]) -> Form {
    Form {
        mnemonic: mnemonic.to_owned(),
        operands: operands.to_vec(),
        results: results.to_vec(),
    }
}

fn symbol(name: &str, kind: SymbolKind, linkage: Linkage) -> Symbol {
    Symbol {
        name: Some(name.to_owned()),
        kind,
        linkage,
    }
}

/// What a test may change in the program before it is written.
struct Parts {
    header: Header,
    body: Body,
    code: InstructionWriter,
    symbols: Vec<Symbol>,
    data: DataObject,
}

/// `i64 main()` that calls an import and branches; two symbols of data.
fn build(change: impl FnOnce(&mut Parts)) -> Result<CodegenArtifact, ArtifactError> {
    let mut builder = ArtifactBuilder::new(header());
    let none = builder.signature(&Signature {
        call_conv: CallConv::Platform,
        params: Vec::new(),
        returns: vec![AbiParam::new(Type::I64)],
    });
    let unary = builder.signature(&Signature {
        call_conv: CallConv::Platform,
        params: vec![AbiParam::new(Type::I64)],
        returns: vec![AbiParam::new(Type::I64)],
    });
    let iconst = builder.form(form("iconst", &[OperandKind::Imm64], &[Type::I64]));
    let call_operands = [OperandKind::Callee, OperandKind::ValueList];
    let call = builder.form(form("call", &call_operands, &[Type::I64]));
    let jump = builder.form(form("jump", &[OperandKind::BlockCall], &[]));
    let ret = builder.form(form("return", &[OperandKind::ValueList], &[]));
    let mut code = InstructionWriter::default();
    code.form(iconst);
    code.signed(-5);
    code.define_values(1);
    code.form(call);
    code.unsigned(0);
    code.value_list([0].into_iter());
    code.define_values(1);
    code.form(jump);
    code.block_call(1, [BlockArg::Value(1)].into_iter());
    code.define_values(1);
    code.form(ret);
    code.value_list([2].into_iter());
    let block = |params: &[Type], instructions| Block {
        params: params.to_vec(),
        cold: false,
        instructions,
    };
    let callee = Callee {
        target: NameRef::Symbol(1),
        signature: 0,
        colocated: false,
        patchable: false,
    };
    let mut parts = Parts {
        header: header(),
        body: Body {
            symbol: 0,
            signatures: vec![unary],
            callees: vec![callee],
            blocks: vec![block(&[], 3), block(&[Type::I64], 1)],
            ..Body::default()
        },
        code,
        symbols: vec![
            symbol(
                "main",
                SymbolKind::Function { signature: none },
                Linkage::Local,
            ),
            symbol(
                "foreign",
                SymbolKind::Function { signature: unary },
                Linkage::Import(ImportSource::Plain),
            ),
            symbol(
                "data",
                SymbolKind::Data {
                    writable: false,
                    tls: false,
                },
                Linkage::Export,
            ),
        ],
        data: DataObject {
            symbol: 2,
            init: DataInit::Bytes(vec![0; 24]),
            align: Some(8),
            section: None,
            used: false,
            relocations: vec![DataRelocation {
                offset: 16,
                target: 0,
                addend: -1,
            }],
            role: DataRole::Plain,
        },
    };
    parts.header.entrypoint = Some(Entrypoint {
        symbol: 0,
        name: "main".to_owned(),
        result: ResultKind::I64,
    });
    change(&mut parts);
    if let Some(entrypoint) = parts.header.entrypoint {
        builder.set_entrypoint(entrypoint);
    }
    for symbol in parts.symbols {
        builder.add_symbol(symbol);
    }
    builder.add_data(parts.data);
    builder.add_function(parts.body, parts.code);
    builder.finish()
}

fn sample() -> Vec<u8> {
    build(|_| ()).unwrap().bytes().to_vec()
}

/// Makes the digest right again, so that what comes after it is tested.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let contents = bytes.len().saturating_sub(Digest::LEN);
    let digest = Digest::of(&bytes[..contents]);
    bytes.truncate(contents);
    bytes.extend_from_slice(digest.as_bytes());
    bytes
}

/// The same file with one more section.
fn with_section(tag: &[u8; 4], flags: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = sample();
    bytes.truncate(bytes.len() - Digest::LEN);
    bytes[8] += 1;
    bytes.extend_from_slice(tag);
    bytes.push(flags);
    bytes.extend_from_slice(&(payload.len() as u64).to_le_bytes());
    bytes.extend_from_slice(payload);
    bytes.extend_from_slice(&[0; Digest::LEN]);
    sealed(bytes)
}

#[test]
fn what_was_written_is_read() {
    let artifact = build(|_| ()).unwrap();
    let again = CodegenArtifact::decode(artifact.bytes()).unwrap();
    assert_eq!(again.digest(), artifact.digest());
    assert_eq!(again.imports().count(), 1);
    assert_eq!(again.exports().collect::<Vec<_>>(), ["data"]);
    assert_eq!(again.functions()[0].value_types(), [Type::I64; 3]);
    let text = again.to_string();
    for line in [
        "entrypoint main = s0, result I64",
        "v1: i64 = call fn0, (v0)",
        "block1(v2: i64):",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
}

#[test]
fn unknown_sections_are_skipped_or_refused_by_name() {
    assert!(CodegenArtifact::decode(with_section(b"NOTE", 0, b"text")).is_ok());
    let refused = CodegenArtifact::decode(with_section(b"FUTU", 1, b"text")).unwrap_err();
    assert_eq!(refused.code(), "E5005");
    assert!(refused.to_string().contains("`FUTU`"), "{refused}");
    let repeated = CodegenArtifact::decode(with_section(b"HEAD", 1, b"")).unwrap_err();
    assert!(
        repeated.to_string().contains("`HEAD` is repeated"),
        "{repeated}"
    );
    let mut missing = sample();
    let head = missing.windows(4).position(|tag| tag == b"HEAD").unwrap();
    missing[head..head + 4].copy_from_slice(b"XXXX");
    missing[head + 4] = 0;
    let missing = CodegenArtifact::decode(sealed(missing)).unwrap_err();
    assert!(
        missing.to_string().contains("`HEAD` is missing"),
        "{missing}"
    );
}

#[test]
fn a_newer_format_names_both_versions() {
    let mut bytes = sample();
    bytes[4] = 7;
    let message = CodegenArtifact::decode(bytes).unwrap_err().to_string();
    assert_eq!(
        message,
        "artifact format version 7; this reader knows versions 1 to 1"
    );
}

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
        ("not a power of two", change(|p| p.data.align = Some(24))),
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

#[test]
fn used_features_must_be_declared() {
    let vector = Type::vector(Lane::I32, 2, false).unwrap();
    let mut builder = ArtifactBuilder::new(header());
    builder.signature(&Signature {
        call_conv: CallConv::Tail,
        params: vec![AbiParam::new(vector)],
        returns: vec![AbiParam::new(Type::scalar(Lane::I128))],
    });
    let artifact = builder.finish().unwrap();
    let declared = artifact
        .header()
        .features
        .iter()
        .map(|feature| feature.name());
    assert_eq!(declared.collect::<Vec<_>>(), ["simd", "i128"]);
    // The header's last byte is the last declared feature; drop it.
    let mut bytes = artifact.bytes().to_vec();
    let head = bytes.windows(4).position(|tag| tag == b"HEAD").unwrap();
    let length = usize::from(bytes[head + 5]);
    bytes[head + 5] -= 1;
    let last = head + 13 + length - 1;
    bytes[last - 2] = 1;
    bytes.remove(last);
    let message = CodegenArtifact::decode(sealed(bytes))
        .unwrap_err()
        .to_string();
    assert!(message.contains("used but not declared: i128"), "{message}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    /// Whatever the bytes, decoding decides.
    #[test]
    fn resealed_mutations_never_panic(edits in prop::collection::vec((12_usize..4096, any::<u8>()), 1..6)) {
        let mut bytes = sample();
        let end = bytes.len() - Digest::LEN;
        for (at, value) in edits {
            let at = 12 + (at - 12) % (end - 12);
            bytes[at] = value;
        }
        if let Ok(artifact) = CodegenArtifact::decode(sealed(bytes)) {
            // What was accepted can be shown.
            let _ = artifact.to_string();
        }
    }

    #[test]
    fn resealed_truncations_and_insertions_never_panic(at in 0_usize..400, cut in 0_usize..64, add in prop::collection::vec(any::<u8>(), 0..16)) {
        let mut bytes = sample();
        let end = bytes.len() - Digest::LEN;
        let at = at.min(end);
        let upto = (at + cut).min(end);
        bytes.splice(at..upto, add);
        let _ = CodegenArtifact::decode(sealed(bytes));
    }

    #[test]
    fn unsealed_changes_are_noticed(at in 0_usize..4096, bit in 0_u8..8) {
        let mut bytes = sample();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        prop_assert!(CodegenArtifact::decode(bytes).is_err());
    }
}
