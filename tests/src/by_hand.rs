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
