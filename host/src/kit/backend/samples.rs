//! The programs that backends are given.

use beskid_clif::text;
use beskid_plugin_api::Digest;
use beskid_plugin_api::artifact::{
    AbiParam, ArtifactBuilder, Block, Body, CallConv, CodegenArtifact, Entrypoint, Feature, Form,
    Header, ImportSource, InstructionWriter, Linkage, OperandKind, ResultKind, Signature, Symbol,
    SymbolKind, Type,
};

use crate::kit::outcome::Finding;

/// The function of the runtime that says its version.
const VERSION_SYMBOL: &str = "beskid_runtime_abi_version";

/// Integers, branches and calls, with directives.
pub(super) const PLAIN: &str = include_str!("../samples/plain.clif");
/// What `main` of that returns.
pub(super) const PLAIN_RESULT: u64 = 30;
/// The functions that it exports.
pub(super) const PLAIN_EXPORTS: [&str; 1] = ["steps"];
/// Functions of each linkage.
pub(super) const EXPORTS: &str = include_str!("../samples/exports.clif");
/// A program that adds 1 to data that it exports, 5 at first, and returns the sum.
pub(super) const DATA: &str = include_str!("../samples/data.clif");
/// A program that defines what the entry shims would.
pub(super) const TAKEN: &str = include_str!("../samples/taken.clif");
/// A program that calls what is nowhere.
pub(super) const NOWHERE: &str = include_str!("../samples/nowhere.clif");

/// A program that uses a feature, and no other.
///
/// # Errors
/// A finding, which would be the kit's own.
pub(super) fn using(feature: Feature) -> Result<CodegenArtifact, Finding> {
    of(match feature {
        Feature::Simd => include_str!("../samples/features/simd.clif"),
        Feature::ScalableSimd => include_str!("../samples/features/scalable-simd.clif"),
        Feature::Atomics => include_str!("../samples/features/atomics.clif"),
        Feature::Tls => include_str!("../samples/features/tls.clif"),
        Feature::Exceptions => include_str!("../samples/features/exceptions.clif"),
        Feature::I128 => include_str!("../samples/features/i128.clif"),
        Feature::F16 => include_str!("../samples/features/f16.clif"),
        Feature::F128 => include_str!("../samples/features/f128.clif"),
        Feature::TailCalls => include_str!("../samples/features/tail-calls.clif"),
        Feature::SysvAmd64 => include_str!("../samples/features/sysv-amd64.clif"),
        _ => return Err(own("there is none for this feature")),
    })
}

/// A program that every backend compiles.
///
/// # Errors
/// A finding, which would be the kit's own.
pub(super) fn plain() -> Result<CodegenArtifact, Finding> {
    of(PLAIN)
}

/// A program of which `main` returns a number.
///
/// # Errors
/// A finding, which would be the kit's own.
pub(super) fn returning(number: usize) -> Result<CodegenArtifact, Finding> {
    of(&format!(
        "function %main() -> i64 {{\nblock0:\n    v0 = iconst.i64 {number}\n    return v0\n}}\n"
    ))
}

/// A program of so many functions.
///
/// # Errors
/// A finding, which would be the kit's own.
pub(super) fn large(functions: usize) -> Result<CodegenArtifact, Finding> {
    let functions = (0..functions).map(|number| {
        format!(
            "function %f{number}(i64) -> i64 {{\nblock0(v0: i64):\n    v1 = iconst.i64 {number}\n    \
             v2 = iadd v0, v1\n    v3 = imul v2, v0\n    return v3\n}}\n\n"
        )
    });
    of(&functions.collect::<String>())
}

/// The program of a text.
///
/// # Errors
/// A finding, which would be the kit's own.
pub(super) fn of(text: &str) -> Result<CodegenArtifact, Finding> {
    let parsed = text::parse(text, None);
    parsed.map_err(|error| own(&error.to_string()))
}

/// A program whose entrypoint traps, with this header otherwise; it imports the
/// runtime if the header requires one.
///
/// # Errors
/// A finding, which would be the kit's own.
pub(super) fn headed(header: Header) -> Result<CodegenArtifact, Finding> {
    let requires_runtime = header.runtime_abi.is_some();
    let mut builder = ArtifactBuilder::new(header);
    let mut function = |name: &str, result, linkage| {
        let signature = builder.signature(&Signature {
            call_conv: CallConv::Platform,
            params: Vec::new(),
            returns: vec![AbiParam::new(result)],
        });
        builder.add_symbol(Symbol {
            name: Some(name.to_owned()),
            kind: SymbolKind::Function { signature },
            linkage,
        })
    };
    if requires_runtime {
        let runtime = Linkage::Import(ImportSource::Runtime);
        function(VERSION_SYMBOL, Type::I32, runtime);
    }
    let symbol = function("beskid_kit_main", Type::I64, Linkage::Export);
    builder.set_entrypoint(Entrypoint {
        symbol,
        name: "main".to_owned(),
        result: ResultKind::I64,
    });
    let trap = builder.form(Form {
        mnemonic: "trap".to_owned(),
        operands: vec![OperandKind::TrapCode],
        results: Vec::new(),
    });
    let mut code = InstructionWriter::default();
    code.form(trap);
    code.unsigned(1);
    let block = Block {
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
    builder.finish().map_err(|error| own(&error.to_string()))
}

/// Changed bytes with the digest that makes an artifact of them.
pub(super) fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let contents = bytes.len().saturating_sub(Digest::LEN);
    let digest = Digest::of(&bytes[..contents]);
    bytes.truncate(contents);
    bytes.extend(digest.as_bytes());
    bytes
}

fn own(error: &str) -> Finding {
    Finding::new("the kit's own program to be one", error)
}
