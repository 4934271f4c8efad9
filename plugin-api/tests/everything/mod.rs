//! An artifact with every variant of every structure and every kind of operand,
//! most of which no program of the goldens has. Its instructions mean nothing.

use beskid_plugin_api::artifact::*;

const I64: Type = Type::I64;

/// Builds it.
pub fn everything() -> CodegenArtifact {
    let mut builder = ArtifactBuilder::new(Header::new("everything", "1"));
    builder.require(Feature::SysvAmd64);
    let signatures = signatures(&mut builder);
    symbols(&mut builder, &signatures);
    builder.set_entrypoint(Entrypoint {
        symbol: 0,
        name: "main".to_owned(),
        result: ResultKind::Pointer,
    });
    let code = code(&mut builder);
    builder.add_function(body(&signatures), code);
    builder.finish().unwrap()
}

/// `() -> i64` in every calling convention, then one with every purpose and
/// extension, then those of `str_len` and of the platform again.
fn signatures(builder: &mut ArtifactBuilder) -> Vec<SignatureId> {
    let conventions = [
        CallConv::Platform,
        CallConv::SystemV,
        CallConv::WindowsFastcall,
        CallConv::AppleAarch64,
        CallConv::Fast,
        CallConv::Tail,
        CallConv::Probestack,
        CallConv::Winch,
        CallConv::PreserveAll,
    ];
    let mut all = conventions
        .map(|call_conv| Signature {
            call_conv,
            params: Vec::new(),
            returns: vec![AbiParam::new(I64)],
        })
        .to_vec();
    let purposes = [
        Purpose::Normal,
        Purpose::StructArgument(300),
        Purpose::StructReturn,
        Purpose::VmContext,
    ];
    let extensions = [Extension::None, Extension::Unsigned, Extension::Signed];
    let params = purposes.iter().zip(extensions.iter().cycle());
    let params = params.map(|(purpose, extension)| AbiParam {
        ty: I64,
        purpose: *purpose,
        extension: *extension,
    });
    all.push(Signature {
        call_conv: CallConv::Platform,
        params: params.collect(),
        returns: Vec::new(),
    });
    all.push(Signature {
        call_conv: CallConv::Platform,
        params: vec![AbiParam::new(I64)],
        returns: vec![AbiParam::new(I64)],
    });
    all.iter().map(|one| builder.signature(one)).collect()
}

fn symbols(builder: &mut ArtifactBuilder, signatures: &[SignatureId]) {
    let function = |signature| SymbolKind::Function { signature };
    let data = |writable, tls| SymbolKind::Data { writable, tls };
    let foreign = ImportSource::Extern {
        library: "libc.so.6".to_owned(),
        abi: "C".to_owned(),
    };
    let import = Linkage::Import;
    let symbols = [
        (Some("main"), function(signatures[0]), Linkage::Export),
        (
            Some("str_len"),
            function(signatures[10]),
            import(ImportSource::Runtime),
        ),
        (Some("getpid"), function(signatures[0]), import(foreign)),
        (
            Some("elsewhere"),
            data(true, false),
            import(ImportSource::Plain),
        ),
        (Some("näher"), data(true, true), Linkage::Hidden),
        (Some("table"), data(false, false), Linkage::Preemptible),
        (None, data(false, false), Linkage::Local),
    ];
    for (name, kind, linkage) in symbols {
        let name = name.map(str::to_owned);
        builder.add_symbol(Symbol {
            name,
            kind,
            linkage,
        });
    }
    let object = |symbol, init, role| DataObject {
        symbol,
        init,
        align: None,
        section: None,
        used: false,
        relocations: Vec::new(),
        role,
    };
    builder.add_data(object(4, DataInit::Zeroes(1 << 20), DataRole::Plain));
    builder.add_data(DataObject {
        align: Some(4096),
        section: Some(".init_array".to_owned()),
        used: true,
        relocations: [(0, 0, 0), (8, 4, -9)]
            .map(|(offset, target, addend)| DataRelocation {
                offset,
                target,
                addend,
            })
            .to_vec(),
        ..object(
            5,
            DataInit::Bytes(vec![0xff; 200]),
            DataRole::TypeDescriptor,
        )
    });
    let bytes = DataInit::Bytes(b"text".to_vec());
    builder.add_data(object(6, bytes, DataRole::StringLiteral));
}

fn body(signatures: &[SignatureId]) -> Body {
    let callee = |target, colocated| Callee {
        target,
        signature: 0,
        colocated,
        patchable: !colocated,
    };
    let call = |block, args: &[BlockArg]| BlockCall {
        block,
        args: args.to_vec(),
    };
    let handler = [BlockArg::ExceptionPayload(1), BlockArg::Value(0)];
    let flags = MemoryFlags {
        aligned: true,
        readonly: true,
        can_move: true,
        order: Some(Endianness::Big),
        trap: Some(255),
        region: Some(0),
    };
    let block = |params: usize, cold, instructions| Block {
        params: vec![I64; params],
        cold,
        instructions,
    };
    Body {
        symbol: 0,
        signatures: vec![signatures[0], signatures[1]],
        callees: vec![
            callee(NameRef::Symbol(0), true),
            callee(NameRef::LibCall("CeilF32".to_owned()), false),
            callee(NameRef::Known("ElfGlobalOffsetTable".to_owned()), false),
        ],
        global_values: vec![
            GlobalValue::VmContext,
            GlobalValue::Load {
                base: 0,
                offset: -8,
                ty: I64,
                flags: flags.pack(),
            },
            GlobalValue::AddImm {
                base: 1,
                offset: i64::MIN,
                ty: I64,
            },
            GlobalValue::Symbol {
                name: NameRef::Symbol(4),
                offset: 8,
                colocated: true,
                tls: true,
            },
            GlobalValue::DynamicScale {
                vector: vector(Lane::I32, 2, false),
            },
        ],
        alias_regions: vec![AliasRegion {
            id: 70,
            description: "heap".to_owned(),
        }],
        stack_slots: vec![
            StackSlot {
                size: 1000,
                align_shift: 16,
                key: Some(u64::MAX),
            },
            StackSlot {
                size: 0,
                align_shift: 0,
                key: None,
            },
        ],
        dynamic_types: vec![DynamicType {
            base: vector(Lane::I32, 2, false),
            scale: 4,
        }],
        dynamic_stack_slots: vec![0],
        stack_limit: Some(2),
        constants: vec![vec![0x80; 16], vec![1; 8]],
        immediates: vec![(0..16).collect()],
        jump_tables: vec![JumpTable {
            default: call(1, &[BlockArg::Value(0)]),
            entries: vec![call(1, &[BlockArg::Value(6)])],
        }],
        exception_tables: vec![ExceptionTable {
            signature: 1,
            normal: call(1, &[BlockArg::CallResult(0)]),
            items: vec![
                ExceptionItem::Tag(300, call(2, &handler)),
                ExceptionItem::Context(0),
                ExceptionItem::Default(call(2, &handler)),
            ],
        }],
        blocks: vec![block(0, false, 3), block(1, false, 1), block(2, true, 0)],
        positions: vec![(0, 500), (2, u32::MAX)],
        stack_maps: vec![StackMapEntry {
            instruction: 2,
            ty: I64,
            slot: 1,
            offset: 8,
        }],
        debug_tags: [DebugTag::User(9), DebugTag::StackSlot(1)]
            .map(|tag| InstructionTag {
                instruction: 2,
                tag,
            })
            .to_vec(),
        value_labels: vec![ValueLabel {
            value: 7,
            position: 500,
            label: 3,
        }],
        ..Body::default()
    }
}

fn vector(lane: Lane, log2_lanes: u8, scalable: bool) -> Type {
    Type::vector(lane, log2_lanes, scalable).unwrap()
}

/// Three instructions in block 0: one that defines v0, one with every kind of
/// operand but a list that defines v1 to v5, and a call that may throw. Block 1
/// has v6 and a tail call's name, block 2 has v7 and v8.
fn code(builder: &mut ArtifactBuilder) -> InstructionWriter {
    use OperandKind as Op;
    let mut form = |mnemonic: &str, operands: &[Op], results: &[Type]| {
        builder.form(Form {
            mnemonic: mnemonic.to_owned(),
            operands: operands.to_vec(),
            results: results.to_vec(),
        })
    };
    let iconst = form("iconst", &[Op::Imm64], &[I64]);
    let numbers = [Op::Imm8, Op::Ieee16, Op::Ieee32, Op::Ieee64];
    let indices = [
        (Op::Block, 2),
        (Op::Immediate, 0),
        (Op::Constant, 1),
        (Op::GlobalValue, 4),
        (Op::StackSlot, 1),
        (Op::DynamicStackSlot, 0),
        (Op::Callee, 2),
        (Op::Signature, 1),
        (Op::JumpTable, 0),
        (Op::ExceptionTable, 0),
        (Op::IntCondition, 9),
        (Op::FloatCondition, 13),
        (Op::AtomicOperation, 10),
        (Op::TrapCode, 250),
        (Op::MemoryFlags, 1 << 13 | 250 << 5 | 1 << 3),
    ];
    let mut operands = vec![Op::Value, Op::BlockCall, Op::Imm64, Op::Offset32];
    operands.extend(numbers);
    operands.extend(indices.map(|(kind, _)| kind));
    let types = [
        Type::scalar(Lane::F16),
        vector(Lane::F32, 8, false),
        vector(Lane::I8, 4, true),
        Type::scalar(Lane::F128),
        Type::scalar(Lane::I128),
    ];
    let every = form("atomic_everything", &operands, &types);
    let throwing = form(
        "try_call_indirect",
        &[Op::ValueList, Op::ExceptionTable],
        &[],
    );
    let tail = form("return_call", &[], &[]);

    let mut code = InstructionWriter::default();
    code.form(iconst);
    code.signed(i64::MIN);
    code.define_values(1);
    code.form(every);
    code.value(8);
    code.block_call(1, [BlockArg::Value(7)].into_iter());
    code.signed(i64::MAX);
    code.signed(i32::MIN.into());
    for number in [255, 0xffff, u32::MAX.into(), u64::MAX] {
        code.unsigned(number);
    }
    indices.iter().for_each(|(_, index)| code.unsigned(*index));
    code.define_values(types.len() as u32);
    code.form(throwing);
    code.value_list([0].into_iter());
    code.unsigned(0);
    code.define_values(1);
    code.form(tail);
    code.define_values(2);
    code
}
