//! Artifacts that no frontend of ours made.

use beskid_plugin_api::artifact::*;

/// `unit main() { }`, importing a function without parameters or results that
/// nothing calls.
pub fn importing(header: Header, symbol: &str, source: ImportSource) -> CodegenArtifact {
    empty(header, CallConv::Platform, Some((symbol, source)))
}

/// `unit main() { }`, where `main` has this calling convention.
pub fn called_by(call_conv: CallConv) -> CodegenArtifact {
    empty(Header::new("by hand", "1"), call_conv, None)
}

/// `unit main() { }`, beside a data object that nothing refers to.
pub fn beside_data(init: DataInit) -> CodegenArtifact {
    let small = called_by(CallConv::Platform);
    let mut builder = ArtifactBuilder::new(small.header().clone());
    for signature in &small.module().signatures {
        builder.signature(signature);
    }
    let main = builder.add_symbol(small.module().symbols[0].clone());
    let data = builder.add_symbol(Symbol {
        name: Some("table".to_owned()),
        kind: SymbolKind::Data {
            writable: true,
            tls: false,
        },
        linkage: Linkage::Local,
    });
    builder.add_data(DataObject {
        symbol: data,
        init,
        align: None,
        section: None,
        used: false,
        relocations: Vec::new(),
        role: DataRole::Plain,
    });
    let form = builder.form(small.forms()[0].clone());
    let mut code = InstructionWriter::default();
    code.form(form);
    code.value_list([].into_iter());
    let body = Body {
        symbol: main,
        ..small.functions()[0].body.clone()
    };
    builder.add_function(body, code);
    builder.finish().expect("the artifact is sound")
}

fn empty(
    header: Header,
    call_conv: CallConv,
    import: Option<(&str, ImportSource)>,
) -> CodegenArtifact {
    let mut builder = ArtifactBuilder::new(header);
    let signature = builder.signature(&Signature {
        call_conv,
        params: Vec::new(),
        returns: Vec::new(),
    });
    let function = |name: &str, linkage| Symbol {
        name: Some(name.to_owned()),
        kind: SymbolKind::Function { signature },
        linkage,
    };
    let main = builder.add_symbol(function("entry", Linkage::Local));
    if let Some((symbol, source)) = import {
        builder.add_symbol(function(symbol, Linkage::Import(source)));
    }
    let form = builder.form(Form {
        mnemonic: "return".to_owned(),
        operands: vec![OperandKind::ValueList],
        results: Vec::new(),
    });
    let mut code = InstructionWriter::default();
    code.form(form);
    code.value_list([].into_iter());
    let block = Block {
        params: Vec::new(),
        cold: false,
        instructions: 1,
    };
    let body = Body {
        symbol: main,
        blocks: vec![block],
        ..Body::default()
    };
    builder.add_function(body, code);
    builder.set_entrypoint(Entrypoint {
        symbol: main,
        name: "main".to_owned(),
        result: ResultKind::Unit,
    });
    builder.finish().expect("the artifact is sound")
}

/// `pub i64 bump()`, also the entrypoint: adds 2 to a thread-local number that
/// begins at 40, 1 to one that begins at zero, and returns the sum of both.
pub fn thread_local() -> CodegenArtifact {
    use OperandKind::{GlobalValue as Global, Imm64, MemoryFlags, Offset32, Value, ValueList};
    let mut builder = ArtifactBuilder::new(Header::new("by hand", "1"));
    let signature = builder.signature(&Signature {
        call_conv: CallConv::Platform,
        params: Vec::new(),
        returns: vec![AbiParam::new(Type::I64)],
    });
    let bump = builder.add_symbol(Symbol {
        name: Some("bump".to_owned()),
        kind: SymbolKind::Function { signature },
        linkage: Linkage::Export,
    });
    let inits = [
        DataInit::Bytes(40_i64.to_le_bytes().to_vec()),
        DataInit::Zeroes(8),
    ];
    let places = inits.into_iter().zip(["begun", "zeroed"]);
    let globals = places.map(|(init, name)| {
        let kind = SymbolKind::Data {
            writable: true,
            tls: true,
        };
        let symbol = builder.add_symbol(Symbol {
            name: Some(name.to_owned()),
            kind,
            linkage: Linkage::Local,
        });
        builder.add_data(DataObject {
            symbol,
            init,
            align: Some(8),
            section: None,
            used: false,
            relocations: Vec::new(),
            role: DataRole::Plain,
        });
        GlobalValue::Symbol {
            name: NameRef::Symbol(symbol),
            offset: 0,
            colocated: false,
            tls: true,
        }
    });
    let globals = globals.collect::<Vec<_>>();
    let mut form = |mnemonic: &str, operands: &[OperandKind], results: &[Type]| {
        builder.form(Form {
            mnemonic: mnemonic.to_owned(),
            operands: operands.to_vec(),
            results: results.to_vec(),
        })
    };
    let one = [Type::I64];
    let address = form("tls_value", &[Global], &one);
    let load = form("load", &[MemoryFlags, Value, Offset32], &one);
    let constant = form("iconst", &[Imm64], &one);
    let add = form("iadd", &[Value, Value], &one);
    let store = form("store", &[MemoryFlags, Value, Value, Offset32], &[]);
    let ret = form("return", &[ValueList], &[]);
    let mut code = InstructionWriter::default();
    for (global, by) in [(0, 2), (1, 1)] {
        let at = global as u32 * 4;
        code.form(address);
        code.unsigned(global);
        code.define_values(1);
        code.form(load);
        code.unsigned(0);
        code.value(at);
        code.signed(0);
        code.define_values(1);
        code.form(constant);
        code.signed(by);
        code.define_values(1);
        code.form(add);
        code.value(at + 1);
        code.value(at + 2);
        code.define_values(1);
        code.form(store);
        code.unsigned(0);
        code.value(at + 3);
        code.value(at);
        code.signed(0);
    }
    code.form(add);
    code.value(3);
    code.value(7);
    code.define_values(1);
    code.form(ret);
    code.value_list([8].into_iter());
    let block = Block {
        params: Vec::new(),
        cold: false,
        instructions: 12,
    };
    let body = Body {
        symbol: bump,
        global_values: globals,
        blocks: vec![block],
        ..Body::default()
    };
    builder.add_function(body, code);
    builder.set_entrypoint(Entrypoint {
        symbol: bump,
        name: "main".to_owned(),
        result: ResultKind::I64,
    });
    builder.finish().expect("the artifact is sound")
}

/// `main`, whose result is the address of a data object.
pub fn address() -> CodegenArtifact {
    let mut builder = ArtifactBuilder::new(Header::new("by hand", "1"));
    let signature = builder.signature(&Signature {
        call_conv: CallConv::Platform,
        params: Vec::new(),
        returns: vec![AbiParam::new(Type::I64)],
    });
    let main = builder.add_symbol(Symbol {
        name: Some("entry".to_owned()),
        kind: SymbolKind::Function { signature },
        linkage: Linkage::Local,
    });
    let data = builder.add_symbol(Symbol {
        name: Some("data".to_owned()),
        kind: SymbolKind::Data {
            writable: true,
            tls: false,
        },
        linkage: Linkage::Local,
    });
    builder.add_data(DataObject {
        symbol: data,
        init: DataInit::Zeroes(8),
        align: Some(8),
        section: None,
        used: false,
        relocations: Vec::new(),
        role: DataRole::Plain,
    });
    let address = builder.form(Form {
        mnemonic: "symbol_value".to_owned(),
        operands: vec![OperandKind::GlobalValue],
        results: vec![Type::I64],
    });
    let ret = builder.form(Form {
        mnemonic: "return".to_owned(),
        operands: vec![OperandKind::ValueList],
        results: Vec::new(),
    });
    let mut code = InstructionWriter::default();
    code.form(address);
    code.unsigned(0);
    code.define_values(1);
    code.form(ret);
    code.value_list([0].into_iter());
    let block = Block {
        params: Vec::new(),
        cold: false,
        instructions: 2,
    };
    let global = GlobalValue::Symbol {
        name: NameRef::Symbol(data),
        offset: 0,
        colocated: false,
        tls: false,
    };
    let body = Body {
        symbol: main,
        global_values: vec![global],
        blocks: vec![block],
        ..Body::default()
    };
    builder.add_function(body, code);
    builder.set_entrypoint(Entrypoint {
        symbol: main,
        name: "main".to_owned(),
        result: ResultKind::Pointer,
    });
    builder.finish().expect("the artifact is sound")
}
