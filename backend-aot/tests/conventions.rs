//! Calls of the runtime follow the convention of the target's C, however the
//! text writes it, and the target decides by which an entrypoint is called.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use beskid_clif::text::parse;
use beskid_plugin_api::abi::{Silent, services_table};
use beskid_plugin_api::artifact::{
    ArtifactBuilder, Body, CallConv, CodegenArtifact, Entrypoint, Form, Header, InstructionWriter,
    Linkage, OperandKind, ResultKind, Signature, Symbol, SymbolKind,
};
use beskid_plugin_api::backend::{Backend, CompileRequest, Compiled};
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::services::Services;

const WINDOWS: &str = "x86_64-pc-windows-msvc";
const LINUX: &str = "x86_64-unknown-linux-gnu";

fn object(artifact: &CodegenArtifact, target: &str) -> Result<Vec<u8>, Diagnostic> {
    let request = CompileRequest::object(Some(target));
    let services = Services::from_table(services_table::<Silent>());
    match beskid_backend_aot::ObjectBackend.compile(artifact.bytes(), &request, &services)? {
        Compiled::Object { object, .. } => Ok(object),
        Compiled::Session { .. } => panic!("a session"),
    }
}

fn holds(object: &[u8], code: &[u8]) -> bool {
    object.windows(code.len()).any(|part| part == code)
}

#[test]
fn abi_002_runtime_imports_are_called_by_the_targets_convention() {
    // `mov ecx, 0x1234567`, and the same for edi: where the first argument goes.
    let [fastcall, system_v] = [0xb9, 0xbf].map(|opcode| [opcode, 0x67, 0x45, 0x23, 0x01]);
    for (directive, import, convention, on_windows) in [
        ("", "str_len", "", &fastcall),
        ("", "str_len", " system_v", &fastcall),
        ("; extern: %its libc.so\n", "its", "", &fastcall),
        // What the text says of another's function is so.
        ("; extern: %its libc.so\n", "its", " system_v", &system_v),
        ("", "its", " system_v", &system_v),
    ] {
        let text = format!(
            "{directive}function %f() -> i64 {{\n    fn0 = %{import}(i64) -> i64{convention}\n\
             block0:\n    v0 = iconst.i64 0x123_4567\n    v1 = call fn0(v0)\n    return v1\n}}\n"
        );
        let artifact = parse(&text, None).unwrap();
        let code = object(&artifact, WINDOWS).unwrap();
        assert!(holds(&code, on_windows), "{text}");
        assert!(
            holds(&object(&artifact, LINUX).unwrap(), &system_v),
            "{text}"
        );
    }
}

/// `unit main() { }` of a convention.
fn entrypoint(call_conv: CallConv) -> CodegenArtifact {
    let mut builder = ArtifactBuilder::new(Header::new("test", "1"));
    let signature = builder.signature(&Signature {
        call_conv,
        params: Vec::new(),
        returns: Vec::new(),
    });
    let symbol = builder.add_symbol(Symbol {
        name: Some("entry".to_owned()),
        kind: SymbolKind::Function { signature },
        linkage: Linkage::Local,
    });
    let form = builder.form(Form {
        mnemonic: "return".to_owned(),
        operands: vec![OperandKind::ValueList],
        results: Vec::new(),
    });
    let mut code = InstructionWriter::default();
    code.form(form);
    code.value_list([].into_iter());
    let block = beskid_plugin_api::artifact::Block {
        params: Vec::new(),
        cold: false,
        instructions: 1,
    };
    let body = Body {
        symbol,
        blocks: vec![block],
        ..Body::default()
    };
    builder.add_function(body, code);
    builder.set_entrypoint(Entrypoint {
        symbol,
        name: "main".to_owned(),
        result: ResultKind::Unit,
    });
    builder.finish().unwrap()
}

#[test]
fn bk_3_the_target_decides_by_which_conventions_an_entrypoint_is_called() {
    for (target, convention, is_accepted) in [
        (LINUX, CallConv::SystemV, true),
        (LINUX, CallConv::WindowsFastcall, false),
        (WINDOWS, CallConv::SystemV, false),
        (WINDOWS, CallConv::WindowsFastcall, true),
        (WINDOWS, CallConv::Platform, true),
        ("x86_64-unknown-uefi", CallConv::SystemV, false),
        ("aarch64-apple-darwin", CallConv::SystemV, true),
    ] {
        match object(&entrypoint(convention), target) {
            Ok(_) => assert!(is_accepted, "{target} {convention:?}"),
            Err(error) => {
                assert!(!is_accepted, "{target} {convention:?}: {error}");
                assert_eq!(error.code, "E4041");
                assert!(
                    error.message.contains(&format!("{convention:?}")),
                    "{error}"
                );
            }
        }
    }
}
