//! The same compiler with two modules: the value is the same.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use beskid_clif::{ArtifactModule, ModuleOptions, isa};
use beskid_example_calculator::{Error, compile};
use beskid_plugin_api::abi::{BackendClient, Silent, services_table};
use beskid_plugin_api::artifact::ResultKind;
use beskid_plugin_api::backend::{CompileRequest, Compiled, Optimization};
use beskid_plugin_api::sdk::call_entrypoint;
use cranelift_jit::{JITBuilder, JITModule};

/// As the program was before: into memory.
fn with_jit_module(expression: &str) -> i64 {
    let builder = JITBuilder::new(cranelift_module::default_libcall_names()).unwrap();
    let mut module = JITModule::new(builder);
    let id = compile(&mut module, "value", expression).unwrap();
    module.finalize_definitions().unwrap();
    let address = module.get_finalized_function(id);
    // SAFETY: the function takes nothing, returns `i64`, and follows the
    // platform's convention.
    unsafe { call_entrypoint(address, ResultKind::I64) as i64 }
}

/// With another module: into an artifact, which a backend runs.
fn with_artifact_module(expression: &str) -> i64 {
    let target = beskid_plugin_api::manifest::TARGET;
    let isa = isa::for_objects(target, Optimization::None, &Default::default()).unwrap();
    let options = ModuleOptions {
        producer: "calculator".to_owned(),
        version: "1".to_owned(),
        target_neutral: true,
    };
    let mut module = ArtifactModule::new(isa, options);
    let id = compile(&mut module, "value", expression).unwrap();
    module.set_entrypoint(id, "value", ResultKind::I64);
    let artifact = module.finish().unwrap();
    let request = CompileRequest::session();
    let backend = BackendClient::new(beskid_backend_jit::plugin::root_module());
    let compiled = backend.compile(artifact.bytes(), &request, services_table::<Silent>());
    let Ok(Compiled::Session { mut session, .. }) = compiled else {
        panic!("expected a session");
    };
    session.run().unwrap() as i64
}

#[test]
fn the_value_is_the_same_with_either_module() {
    for (expression, value) in [
        ("1", 1),
        ("1 + 2 * 3", 7),
        ("(1 + 2) * (3 - 10)", -21),
        ("9223372036854775807 + 1", i64::MIN),
        ("2*2*2*2 - ((5))", 11),
    ] {
        assert_eq!(with_jit_module(expression), value, "{expression}");
        assert_eq!(with_artifact_module(expression), value, "{expression}");
    }
}

#[test]
fn what_is_no_expression_is_refused_at_its_offset() {
    let target = beskid_plugin_api::manifest::TARGET;
    for (expression, offset) in [("", 0), ("1 +", 3), ("(1", 2), ("1 2", 2), ("x", 0)] {
        let isa = isa::for_objects(target, Optimization::None, &Default::default()).unwrap();
        let options = ModuleOptions {
            producer: "calculator".to_owned(),
            version: "1".to_owned(),
            target_neutral: true,
        };
        let mut module = ArtifactModule::new(isa, options);
        match compile(&mut module, "value", expression) {
            Err(Error::Syntax(found)) => assert_eq!(found, offset, "{expression}"),
            other => panic!("{expression}: {other:?}"),
        }
    }
}
