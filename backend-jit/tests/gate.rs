//! What the JIT backend refuses before any code runs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use beskid_plugin_api::abi::{BackendClient, Silent, services_table};
use beskid_plugin_api::artifact::*;
use beskid_plugin_api::backend::{CompileRequest, Compiled};
use beskid_plugin_api::diagnostic::Diagnostic;

extern "C" fn version_2() -> u32 {
    2
}

extern "C" fn version_3() -> u32 {
    3
}

/// `i64 main() { return 42; }`, importing `import` if there is one.
fn program(import: Option<(&str, ImportSource)>) -> ArtifactBuilder {
    let mut builder = ArtifactBuilder::new(Header::new("test", "1"));
    let signature = builder.signature(&Signature {
        call_conv: CallConv::Platform,
        params: Vec::new(),
        returns: vec![AbiParam::new(Type::I64)],
    });
    let main = builder.add_symbol(Symbol {
        name: Some("main".to_owned()),
        kind: SymbolKind::Function { signature },
        linkage: Linkage::Local,
    });
    if let Some((name, source)) = import {
        builder.add_symbol(Symbol {
            name: Some(name.to_owned()),
            kind: SymbolKind::Function { signature },
            linkage: Linkage::Import(source),
        });
    }
    let iconst = builder.form(Form {
        mnemonic: "iconst".to_owned(),
        operands: vec![OperandKind::Imm64],
        results: vec![Type::I64],
    });
    let ret = builder.form(Form {
        mnemonic: "return".to_owned(),
        operands: vec![OperandKind::ValueList],
        results: Vec::new(),
    });
    let mut code = InstructionWriter::default();
    code.form(iconst);
    code.signed(42);
    code.define_values(1);
    code.form(ret);
    code.value_list([0].into_iter());
    let block = Block {
        params: Vec::new(),
        cold: false,
        instructions: 2,
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
        result: ResultKind::I64,
    });
    builder
}

fn compile(artifact: &[u8], imports: &[(&str, u64)]) -> Result<Compiled, Diagnostic> {
    let imports = imports
        .iter()
        .map(|(name, address)| ((*name).to_owned(), *address));
    let request = CompileRequest::session();
    // SAFETY: the tests give functions of the runtime, or none that is called.
    let request = unsafe { request.with_imports(imports.collect()) };
    let backend = BackendClient::new(beskid_backend_jit::plugin::root_module());
    backend.compile(artifact, &request, services_table::<Silent>())
}

fn refused(artifact: &[u8], imports: &[(&str, u64)]) -> Diagnostic {
    match compile(artifact, imports) {
        Ok(_) => panic!("expected a diagnostic"),
        Err(diagnostic) => diagnostic,
    }
}

#[test]
fn bk_3_a_hand_made_artifact_runs_and_proves_its_digest() {
    let artifact = program(None).finish().unwrap();
    let Ok(Compiled::Session {
        digest,
        mut session,
    }) = compile(artifact.bytes(), &[])
    else {
        panic!("expected a session");
    };
    assert_eq!(digest, artifact.digest());
    assert_ne!(session.symbol("main"), None);
    assert_eq!(session.symbol("other"), None);
    assert_eq!(session.run(), Ok(42));
    assert_eq!(session.run(), Ok(42));
}

#[test]
fn abi_003_a_runtime_of_another_version_is_refused_before_main() {
    let import = Some(("rt_future", ImportSource::Runtime));
    let artifact = program(import).finish().unwrap();
    assert_eq!(artifact.header().runtime_abi, Some(2));
    let future = ("rt_future", version_2 as *const () as u64);
    let version = |function: extern "C" fn() -> u32| {
        ("beskid_runtime_abi_version", function as *const () as u64)
    };
    let right = [future, version(version_2)];
    assert!(compile(artifact.bytes(), &right).is_ok());
    let wrong = refused(artifact.bytes(), &[future, version(version_3)]);
    assert_eq!(wrong.code, "E4012");
    assert!(
        wrong.message.contains('3') && wrong.message.contains('2'),
        "{wrong}"
    );
    assert!(wrong.help.unwrap().contains("align the releases"));
    let none = refused(artifact.bytes(), &[future]);
    assert_eq!(none.code, "E4012");
}

#[test]
fn ext_001_every_unresolved_import_is_listed() {
    let source = ImportSource::Extern {
        library: "libm.so.6".to_owned(),
        abi: "C".to_owned(),
    };
    let artifact = program(Some(("cos", source))).finish().unwrap();
    let diagnostic = refused(artifact.bytes(), &[]);
    assert_eq!(diagnostic.code, "E5120");
    assert_eq!(diagnostic.notes, ["unresolved: `cos` of `libm.so.6`"]);
    assert!(diagnostic.help.unwrap().contains("extern.dlopen"));
}

#[test]
fn what_the_backend_lacks_is_named_before_anything_is_compiled() {
    let mut builder = program(None);
    let data = builder.add_symbol(Symbol {
        name: Some("per_thread".to_owned()),
        kind: SymbolKind::Data {
            writable: true,
            tls: true,
        },
        linkage: Linkage::Local,
    });
    builder.add_data(DataObject {
        symbol: data,
        init: DataInit::Zeroes(8),
        align: None,
        section: None,
        used: false,
        relocations: Vec::new(),
        role: DataRole::Plain,
    });
    let artifact = builder.finish().unwrap();
    let diagnostic = refused(artifact.bytes(), &[]);
    assert_eq!(diagnostic.code, "E5008");
    assert!(diagnostic.message.ends_with("lacks: tls"), "{diagnostic}");
}

#[test]
fn bytes_that_are_no_artifact_are_refused() {
    assert_eq!(refused(b"", &[]).code, "E5001");
    assert_eq!(refused(b"BSKA", &[]).code, "E5003");
}

#[test]
fn an_unknown_mnemonic_is_refused_by_name() {
    let mut builder = program(None);
    builder.form(Form {
        mnemonic: "frobnicate".to_owned(),
        operands: vec![OperandKind::Value],
        results: Vec::new(),
    });
    let artifact = builder.finish().unwrap();
    let diagnostic = refused(artifact.bytes(), &[]);
    assert_eq!(diagnostic.code, "E5006");
    assert!(diagnostic.message.contains("`frobnicate`"), "{diagnostic}");
}

#[test]
fn bk_7_an_object_is_not_what_this_backend_makes() {
    let artifact = program(None).finish().unwrap();
    let backend = BackendClient::new(beskid_backend_jit::plugin::root_module());
    let request = CompileRequest::default();
    let result = backend.compile(artifact.bytes(), &request, services_table::<Silent>());
    assert_eq!(result.err().unwrap().code, "E5114");
}

#[test]
fn ext_002_a_foreign_function_of_other_values_is_refused_even_if_nothing_calls_it() {
    let foreign = |abi: &str| ImportSource::Extern {
        library: "libx.so".to_owned(),
        abi: abi.to_owned(),
    };
    let import = |params: &[Type], abi: &str| {
        let mut builder = program(None);
        let signature = builder.signature(&Signature {
            call_conv: CallConv::Platform,
            params: params.iter().copied().map(AbiParam::new).collect(),
            returns: Vec::new(),
        });
        builder.add_symbol(Symbol {
            name: Some("odd".to_owned()),
            kind: SymbolKind::Function { signature },
            linkage: Linkage::Import(foreign(abi)),
        });
        refused(builder.finish().unwrap().bytes(), &[("odd", 1)])
    };
    let narrow = import(&[Type::I64, Type::scalar(Lane::I16)], "C");
    assert_eq!(narrow.code, "E5010");
    assert_eq!(
        narrow.message,
        "the foreign function `odd` has parameter 2 of type i16"
    );
    let other = import(&[], "stdcall");
    assert!(other.message.contains("the ABI `stdcall`"), "{other}");
}
