//! The backend as a host calls it: through its table.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::process::Command;

use beskid_backend_c::plugin;
use beskid_plugin_api::abi::{BackendClient, HostServices, services_table};
use beskid_plugin_api::artifact::{
    AbiParam, ArtifactBuilder, Block, Body, CallConv, CodegenArtifact, Entrypoint, Form, Header,
    InstructionWriter, Linkage, OperandKind, ResultKind, Signature, Symbol, SymbolKind, Type,
};
use beskid_plugin_api::backend::{CompileRequest, Compiled, EntryShim, OutputForm};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::services::Level;
use beskid_plugin_api::tools::{ToolCall, ToolOutput};

/// `i64 main()` of this name, which gives the result of an instruction.
fn program(name: &str, form: Form) -> CodegenArtifact {
    let mut builder = ArtifactBuilder::new(Header::new("example", "1"));
    let ty = form.results.first().copied().unwrap_or(Type::I64);
    let signature = builder.signature(&Signature {
        call_conv: CallConv::Platform,
        params: Vec::new(),
        returns: vec![AbiParam::new(ty)],
    });
    let symbol = builder.add_symbol(Symbol {
        name: Some(name.to_owned()),
        kind: SymbolKind::Function { signature },
        linkage: Linkage::Export,
    });
    if ty == Type::I64 {
        builder.set_entrypoint(Entrypoint {
            symbol,
            name: "main".to_owned(),
            result: ResultKind::I64,
        });
    }
    let operands = form.operands.clone();
    let first = builder.form(form);
    let back = builder.form(Form {
        mnemonic: "return".to_owned(),
        operands: vec![OperandKind::ValueList],
        results: Vec::new(),
    });
    let mut code = InstructionWriter::default();
    code.form(first);
    for _ in operands {
        code.unsigned(2);
    }
    code.define_values(1);
    code.form(back);
    code.value_list([0].into_iter());
    let block = Block {
        params: Vec::new(),
        cold: false,
        instructions: 2,
    };
    let body = Body {
        symbol,
        blocks: vec![block],
        ..Body::default()
    };
    builder.add_function(body, code);
    builder.finish().unwrap()
}

/// A host that runs tools in a folder for each test.
struct Host;

thread_local! {
    static FOLDER: tempfile::TempDir = tempfile::tempdir().unwrap();
}

impl HostServices for Host {
    fn log(_: Level, _: &str) {}
    fn progress(_: u64, _: u64) {}
    fn is_cancelled() -> bool {
        false
    }
    fn scratch() -> Result<String, Diagnostic> {
        Ok(FOLDER.with(|folder| folder.path().display().to_string()))
    }
    fn run(call: &ToolCall) -> Result<ToolOutput, Diagnostic> {
        let ended = Command::new(&call.program).args(&call.args).output();
        let ended = ended.map_err(|error| {
            Diagnostic::new(
                Code::E4020,
                format!("cannot run `{}`: {error}", call.program),
            )
        })?;
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        let (stdout, stderr) = (text(ended.stdout), text(ended.stderr));
        Ok(ToolOutput::new(ended.status.code(), stdout, stderr))
    }
}

fn constant() -> Form {
    Form {
        mnemonic: "iconst".to_owned(),
        operands: vec![OperandKind::Imm64],
        results: vec![Type::I64],
    }
}

fn compile(artifact: &CodegenArtifact, request: &CompileRequest) -> Result<Vec<u8>, Diagnostic> {
    let backend = BackendClient::new(plugin::root_module());
    let compiled = backend.compile(artifact.bytes(), request, services_table::<Host>())?;
    let Compiled::Object { digest, object } = compiled else {
        panic!("an object was asked for");
    };
    assert_eq!(digest, artifact.digest());
    Ok(object)
}

fn request() -> CompileRequest {
    CompileRequest::default()
}

#[test]
fn an_object_has_the_program_and_its_entry_and_is_the_same_each_time() {
    let artifact = program("first", constant());
    let mut request = request();
    request.entry_shim = EntryShim::Bare;
    let object = compile(&artifact, &request).unwrap();
    assert_eq!(object.get(..4), Some(&b"\x7fELF"[..]));
    for name in ["first", "main"] {
        let name = format!("\0{name}\0");
        let mut found = object.windows(name.len());
        assert!(found.any(|bytes| bytes == name.as_bytes()), "{name}");
    }
    assert_eq!(compile(&artifact, &request).unwrap(), object);
}

#[test]
fn what_it_does_not_do_is_refused_by_name() {
    let refused = |artifact: &CodegenArtifact, request: &CompileRequest| {
        let error = compile(artifact, request).unwrap_err();
        (error.code.clone(), error.message)
    };
    let plain = program("f", constant());

    let mut session = request();
    session.output = OutputForm::Session;
    assert_eq!(refused(&plain, &session).0, Code::E5114);

    let mut elsewhere = request();
    elsewhere.target = Some("aarch64-unknown-linux-gnu".to_owned());
    assert_eq!(refused(&plain, &elsewhere).0, Code::E4001);

    let mut compiler = request();
    compiler.options = [("cc".to_owned(), "/nonexistent/cc".to_owned())].into();
    let (code, message) = refused(&plain, &compiler);
    assert!(
        code == Code::E4020 && message.contains("/nonexistent/cc"),
        "{message}"
    );

    let unknown = Form {
        mnemonic: "get_pinned_reg".to_owned(),
        operands: Vec::new(),
        results: vec![Type::I64],
    };
    let (code, message) = refused(&program("f", unknown), &request());
    assert!(
        code == Code::E5006 && message.contains("`get_pinned_reg`"),
        "{message}"
    );

    let half = Form {
        mnemonic: "f16const".to_owned(),
        operands: vec![OperandKind::Ieee16],
        results: vec![Type::F16],
    };
    let (code, message) = refused(&program("f", half), &request());
    assert!(code == Code::E5008 && message.contains("f16"), "{message}");

    let mut failing = request();
    failing.options = [("cc".to_owned(), "false".to_owned())].into();
    let (code, message) = refused(&plain, &failing);
    assert!(
        code == Code::E4002 && message.contains("`false` ends with status 1"),
        "{message}"
    );

    let mut main = request();
    main.entry_shim = EntryShim::Bare;
    assert_eq!(refused(&program("main", constant()), &main).0, Code::E5007);
}
