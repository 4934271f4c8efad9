//! A feature that the backend claims runs and gives the right answer; one that
//! it does not claim is refused by its name.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use beskid_clif::text::parse;
use beskid_plugin_api::abi::{Silent, services_table};
use beskid_plugin_api::artifact::{CodegenArtifact, Feature};
use beskid_plugin_api::backend::{Backend, CompileRequest, Compiled};
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::services::Services;

/// A program whose `%main` uses the feature and returns 42.
const fn uses(feature: Feature) -> Option<&'static str> {
    Some(match feature {
        Feature::Simd => {
            "function %main() -> i32 {\nblock0:\n    v0 = iconst.i32 14\n    v1 = splat.i32x4 v0\n    \
             v2 = iadd v1, v1\n    v3 = iadd v2, v1\n    v4 = extractlane v3, 3\n    return v4\n}\n"
        }
        Feature::ScalableSimd => {
            "function %main() -> i32 {\n    gv0 = dyn_scale_target_const.i32x4\n    \
             dt0 = i32x4*gv0\nblock0:\n    v0 = iconst.i32 42\n    v1 = splat.dt0 v0\n    \
             v2 = extract_vector v1, 0\n    v3 = extractlane v2, 0\n    return v3\n}\n"
        }
        Feature::Atomics => {
            "function %main() -> i64 {\n    ss0 = explicit_slot 8\nblock0:\n    \
             v0 = stack_addr.i64 ss0\n    v1 = iconst.i64 40\n    atomic_store v1, v0\n    fence\n    \
             v2 = iconst.i64 2\n    v3 = atomic_rmw.i64 add v0, v2\n    v4 = atomic_load.i64 v0\n    \
             return v4\n}\n"
        }
        Feature::Tls => {
            "function %main() -> i64 {\n    gv0 = symbol tls %each\nblock0:\n    \
             v0 = tls_value.i64 gv0\n    v1 = load.i64 v0\n    return v1\n}\n"
        }
        Feature::Exceptions => include_str!("exceptions.clif"),
        Feature::I128 => {
            "function %wide(i128, i128) -> i128 {\nblock0(v0: i128, v1: i128):\n    \
             v2 = imul v0, v1\n    return v2\n}\n\
             function %main() -> i64 {\n    fn0 = %wide(i128, i128) -> i128\nblock0:\n    \
             v0 = iconst.i64 0\n    v1 = iconst.i64 21\n    v2 = iconcat v0, v1\n    \
             v3 = iconst.i64 2\n    v4 = iconcat v3, v0\n    v5 = call fn0(v2, v4)\n    \
             v6, v7 = isplit v5\n    return v7\n}\n"
        }
        Feature::F16 => {
            "function %half(f16) -> f16 {\nblock0(v0: f16):\n    return v0\n}\n\
             function %main() -> i32 {\n    fn0 = %half(f16) -> f16\nblock0:\n    \
             v0 = iconst.i16 42\n    v1 = bitcast.f16 v0\n    v2 = call fn0(v1)\n    \
             v3 = bitcast.i16 v2\n    v4 = uextend.i32 v3\n    return v4\n}\n"
        }
        Feature::F128 => {
            "function %quad(f128) -> f128 {\nblock0(v0: f128):\n    return v0\n}\n\
             function %main() -> i64 {\n    fn0 = %quad(f128) -> f128\nblock0:\n    \
             v0 = iconst.i64 42\n    v1 = iconcat v0, v0\n    v2 = bitcast.f128 v1\n    \
             v3 = call fn0(v2)\n    v4 = bitcast.i128 v3\n    v5, v6 = isplit v4\n    return v6\n}\n"
        }
        Feature::TailCalls => {
            "function %count(i64, i64) -> i64 tail {\n    fn0 = %count(i64, i64) -> i64 tail\n\
             block0(v0: i64, v1: i64):\n    v2 = iconst.i64 -1\n    v3 = iadd v0, v2\n    \
             v4 = isub v1, v2\n    brif v3, block1, block2\nblock1:\n    return_call fn0(v3, v4)\n\
             block2:\n    v5 = iconst.i64 9999958\n    v6 = isub v4, v5\n    return v6\n}\n\
             function %main() -> i64 {\n    fn0 = %count(i64, i64) -> i64 tail\nblock0:\n    \
             v0 = iconst.i64 10000000\n    v1 = iconst.i64 0\n    v2 = call fn0(v0, v1)\n    \
             return v2\n}\n"
        }
        // Signatures of foreign functions, which CLIF's text does not mark.
        _ => return None,
    })
}

fn run(artifact: &CodegenArtifact) -> Result<u64, Diagnostic> {
    let request = CompileRequest::session();
    let services = Services::from_table(services_table::<Silent>());
    match beskid_backend_jit::JitBackend.compile(artifact.bytes(), &request, &services)? {
        Compiled::Session { mut session, .. } => session.run(),
        Compiled::Object { .. } => panic!("an object"),
    }
}

#[test]
fn every_feature_runs_or_is_refused_by_name() {
    let backend = beskid_backend_jit::JitBackend;
    let claimed = backend.describe().features;
    let mut shown = 0;
    for feature in Feature::ALL {
        let Some(text) = uses(feature) else {
            continue;
        };
        let artifact = parse(text, None).unwrap_or_else(|error| panic!("{feature:?}: {error}"));
        assert!(artifact.header().features.contains(&feature), "{feature:?}");
        shown += 1;
        match run(&artifact) {
            Ok(result) => {
                assert!(claimed.contains(&feature), "{feature:?} is not claimed");
                assert_eq!(result, 42, "{feature:?}");
            }
            Err(error) => {
                assert!(!claimed.contains(&feature), "{feature:?}: {error}");
                assert_eq!(error.code, "E5008", "{feature:?}: {error}");
                assert!(error.message.contains(feature.name()), "{error}");
            }
        }
    }
    assert_eq!(shown, Feature::ALL.len() - 1);
}

/// The backend is of one architecture, and says which.
#[test]
fn the_architecture_is_that_of_the_process() {
    let claimed = beskid_backend_jit::JitBackend.describe().architectures;
    assert_eq!(claimed, [std::env::consts::ARCH]);
}
