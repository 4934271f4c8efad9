//! A small program, made by hand, that tests change before it is written.

use beskid_plugin_api::artifact::debug::DebugInfo;
use beskid_plugin_api::artifact::*;

pub fn header() -> Header {
    Header::new("test", "1")
}

pub fn form(mnemonic: &str, operands: &[OperandKind], results: &[Type]) -> Form {
    Form {
        mnemonic: mnemonic.to_owned(),
        operands: operands.to_vec(),
        results: results.to_vec(),
    }
}

pub fn symbol(name: &str, kind: SymbolKind, linkage: Linkage) -> Symbol {
    Symbol {
        name: Some(name.to_owned()),
        kind,
        linkage,
    }
}

/// What a test may change in the program before it is written.
pub struct Parts {
    pub header: Header,
    pub body: Body,
    pub code: InstructionWriter,
    pub symbols: Vec<Symbol>,
    pub data: DataObject,
    pub debug: Option<DebugInfo>,
}

/// `i64 main()` that calls an import and branches; two symbols of data.
pub fn build(change: impl FnOnce(&mut Parts)) -> Result<CodegenArtifact, ArtifactError> {
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
        debug: None,
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
    if let Some(debug) = parts.debug {
        builder.set_debug(debug);
    }
    builder.finish()
}
