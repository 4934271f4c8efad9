//! A feature that the backend claims is compiled for every target, or refused
//! there as the feature that it is.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use beskid_clif::text::parse;
use beskid_plugin_api::abi::{Silent, services_table};
use beskid_plugin_api::artifact::{CodegenArtifact, Feature};
use beskid_plugin_api::backend::{Backend, CompileRequest};
use beskid_plugin_api::services::Services;

const TARGETS: [&str; 7] = [
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "riscv64gc-unknown-linux-gnu",
    "x86_64-apple-darwin",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-msvc",
    "x86_64-unknown-uefi",
];

/// What a program does that uses the feature.
const fn uses(feature: Feature) -> &'static str {
    match feature {
        Feature::Simd => {
            "function %f(i32x4, i32x4) -> i32x4 {\nblock0(v0: i32x4, v1: i32x4):\n    v2 = iadd v0, v1\n    return v2\n}\n"
        }
        Feature::Atomics => {
            "function %f(i64, i32) -> i32 {\nblock0(v0: i64, v1: i32):\n    v2 = atomic_rmw.i32 add v0, v1\n    fence\n    return v2\n}\n"
        }
        Feature::Tls => {
            "function %f() -> i64 {\n    gv0 = symbol tls %each\nblock0:\n    v0 = tls_value.i64 gv0\n    return v0\n}\n"
        }
        Feature::Exceptions => {
            "function %f() -> i64 tail {\n    sig0 = () -> i64 tail\n    fn0 = %g() -> i64 tail\nblock0:\n    try_call fn0(), sig0, block1(ret0), [ default: block2(exn0) ]\nblock1(v0: i64):\n    return v0\nblock2(v1: i64):\n    return v1\n}\n"
        }
        Feature::I128 => {
            "function %f(i128, i128) -> i128 {\nblock0(v0: i128, v1: i128):\n    v2 = imul v0, v1\n    return v2\n}\n"
        }
        Feature::F16 => {
            "function %f(f16, i64) -> f16 {\nblock0(v0: f16, v1: i64):\n    v2 = load.f16 v1\n    store v0, v1\n    return v2\n}\n"
        }
        Feature::F128 => {
            "function %f(f128, i64) -> f128 {\nblock0(v0: f128, v1: i64):\n    v2 = load.f128 v1\n    store v0, v1\n    return v2\n}\n"
        }
        Feature::TailCalls => {
            "function %f(i64) -> i64 tail {\n    fn0 = %f(i64) -> i64 tail\nblock0(v0: i64):\n    return_call fn0(v0)\n}\n"
        }
        // Shown by nothing in CLIF's text, or claimed by nobody.
        _ => "function %f() {\nblock0:\n    return\n}\n",
    }
}

fn artifact(feature: Feature) -> CodegenArtifact {
    parse(uses(feature), None).unwrap()
}

#[test]
fn a_claimed_feature_is_compiled_or_refused_as_that_feature() {
    let backend = beskid_backend_aot::ObjectBackend;
    let claimed = backend.describe().features;
    let services = Services::from_table(services_table::<Silent>());
    let mut compiled = 0;
    let mut wrong = Vec::new();
    for feature in claimed {
        let artifact = artifact(feature);
        let shown = artifact.header().features.contains(&feature);
        assert!(shown || feature == Feature::SysvAmd64, "{feature:?}");
        for target in TARGETS {
            let request = CompileRequest::object(Some(target));
            match backend.compile(artifact.bytes(), &request, &services) {
                Ok(_) => compiled += 1,
                Err(error) if error.code == "E5008" => {
                    assert!(error.message.contains(feature.name()), "{error}");
                }
                Err(error) => wrong.push(format!("{} for {target}: {error}", feature.name())),
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(compiled >= 45, "{compiled}");
}
