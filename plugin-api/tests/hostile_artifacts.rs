//! Artifacts that somebody damaged, or made up: refused with an error that
//! says where, never a panic.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod program;

use beskid_plugin_api::Digest;
use beskid_plugin_api::artifact::*;
use beskid_plugin_api::backend::{BackendDescription, accept_by_function, accept_for};
use beskid_plugin_api::diagnostic::Diagnostic;
use program::{build, header};
use proptest::prelude::*;

fn sample() -> Vec<u8> {
    build(|_| ()).unwrap().bytes().to_vec()
}

/// Makes the digest right again, so that what comes after it is tested.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let contents = bytes.len().saturating_sub(Digest::LEN);
    let digest = Digest::of(&bytes[..contents]);
    bytes.truncate(contents);
    bytes.extend_from_slice(digest.as_bytes());
    bytes
}

/// The same file with one more section.
fn with_section(tag: &[u8; 4], flags: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = sample();
    bytes.truncate(bytes.len() - Digest::LEN);
    bytes[8] += 1;
    bytes.extend_from_slice(tag);
    bytes.push(flags);
    bytes.extend_from_slice(&(payload.len() as u64).to_le_bytes());
    bytes.extend_from_slice(payload);
    bytes.extend_from_slice(&[0; Digest::LEN]);
    sealed(bytes)
}

#[test]
fn what_was_written_is_read() {
    let artifact = build(|_| ()).unwrap();
    let again = CodegenArtifact::decode(artifact.bytes()).unwrap();
    assert_eq!(again.digest(), artifact.digest());
    assert_eq!(again.imports().count(), 1);
    assert_eq!(again.exports().collect::<Vec<_>>(), ["data"]);
    assert_eq!(again.functions()[0].value_types(), [Type::I64; 3]);
    let text = again.to_string();
    for line in [
        "entrypoint main = s0, result I64",
        "v1: i64 = call fn0 <",
        "block1(v2: i64):",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
}

#[test]
fn what_breaks_the_schema_is_named_by_section_offset_and_field() {
    let data = b"\x01\x04data\x01\x00\x00\x04".as_slice();
    let block = b"\x01\x04\x00\x01".as_slice();
    for (section, around, at, field) in [
        (b"MODU", data, 9, "module.symbols[2].linkage"),
        (b"MODU", data, 7, "module.symbols[2].kind.writable"),
        (b"BODY", block, 2, "functions[0].body.blocks[1].cold"),
    ] {
        let mut bytes = sample();
        let start = bytes.windows(4).position(|tag| tag == section).unwrap() + 13;
        let found = bytes[start..]
            .windows(around.len())
            .position(|window| window == around);
        let offset = found.unwrap() + at;
        bytes[start + offset] = 99;
        let error = CodegenArtifact::decode(sealed(bytes)).unwrap_err();
        assert_eq!(error.code(), "E5004");
        let ArtifactError::Malformed {
            section: named,
            offset: read,
            field: found,
            ..
        } = &error
        else {
            panic!("{error}");
        };
        assert_eq!(
            (named.as_bytes(), found.as_str()),
            (section.as_slice(), field)
        );
        assert_eq!(*read, offset + 1, "what was read is before it: {error}");
        assert!(error.to_string().contains(&format!("field `{field}`")));
    }
    let longer = |section: &[u8; 4], field: &str| {
        let mut bytes = sample();
        let head = bytes.windows(4).position(|tag| tag == section).unwrap();
        let length = u64::from_le_bytes(bytes[head + 5..head + 13].try_into().unwrap());
        bytes[head + 5..head + 13].copy_from_slice(&(length + 1).to_le_bytes());
        bytes.insert(head + 13 + length as usize, 0);
        let error = CodegenArtifact::decode(sealed(bytes)).unwrap_err();
        let expected = format!("at offset {length}, field `{field}`: bytes after");
        assert_eq!(error.code(), "E5004");
        assert!(error.to_string().contains(&expected), "{error}");
    };
    longer(b"HEAD", "header");
    longer(b"MODU", "module");
    longer(b"FORM", "forms");
    longer(b"BODY", "functions");
}

#[test]
fn unknown_sections_are_skipped_or_refused_by_name() {
    assert!(CodegenArtifact::decode(with_section(b"NOTE", 0, b"text")).is_ok());
    let refused = CodegenArtifact::decode(with_section(b"FUTU", 1, b"text")).unwrap_err();
    assert_eq!(refused.code(), "E5005");
    assert!(refused.to_string().contains("`FUTU`"), "{refused}");
    let repeated = CodegenArtifact::decode(with_section(b"HEAD", 1, b"")).unwrap_err();
    assert!(
        repeated.to_string().contains("`HEAD` is repeated"),
        "{repeated}"
    );
    let mut missing = sample();
    let head = missing.windows(4).position(|tag| tag == b"HEAD").unwrap();
    missing[head..head + 4].copy_from_slice(b"XXXX");
    missing[head + 4] = 0;
    let missing = CodegenArtifact::decode(sealed(missing)).unwrap_err();
    assert!(
        missing.to_string().contains("`HEAD` is missing"),
        "{missing}"
    );
}

#[test]
fn a_newer_format_names_both_versions() {
    let mut bytes = sample();
    bytes[4] = 7;
    let message = CodegenArtifact::decode(bytes).unwrap_err().to_string();
    assert_eq!(
        message,
        "artifact format version 7; this reader knows versions 1 to 1"
    );
}

#[test]
fn used_features_must_be_declared() {
    let vector = Type::vector(Lane::I32, 2, false).unwrap();
    let mut builder = ArtifactBuilder::new(header());
    builder.signature(&Signature {
        call_conv: CallConv::Tail,
        params: vec![AbiParam::new(vector)],
        returns: vec![AbiParam::new(Type::scalar(Lane::I128))],
    });
    let artifact = builder.finish().unwrap();
    let declared = artifact
        .header()
        .features
        .iter()
        .map(|feature| feature.name());
    assert_eq!(declared.collect::<Vec<_>>(), ["simd", "i128"]);
    // The header's last byte is the last declared feature; drop it.
    let mut bytes = artifact.bytes().to_vec();
    let head = bytes.windows(4).position(|tag| tag == b"HEAD").unwrap();
    let length = usize::from(bytes[head + 5]);
    bytes[head + 5] -= 1;
    let last = head + 13 + length - 1;
    bytes[last - 2] = 1;
    bytes.remove(last);
    let message = CodegenArtifact::decode(sealed(bytes))
        .unwrap_err()
        .to_string();
    assert!(message.contains("used but not declared: i128"), "{message}");
}

/// Both ways of a backend to an artifact: whole, and function by function.
fn both_ways(bytes: &[u8]) -> [Result<Vec<Function>, Diagnostic>; 2] {
    let backend = BackendDescription::new("none", "1", "");
    let backend = backend.emitting_objects().with_features([Feature::I128]);
    let target = "x86_64-unknown-linux-gnu";
    let whole = accept_for(&backend, bytes, target);
    let whole = whole.map(|artifact| artifact.functions().to_vec());
    let parts = accept_by_function(&backend, bytes, target, |artifact| {
        let functions = 0..artifact.function_count();
        let functions = functions.map(|index| Ok(artifact.function(index)?));
        functions.collect::<Result<Vec<_>, Diagnostic>>()
    });
    [whole, parts]
}

#[test]
fn of_two_errors_the_one_that_counts_is_the_same_function_by_function() {
    // A body that is not valid, and a feature that the backend lacks.
    let file = build(|parts| {
        parts.symbols[2].kind = SymbolKind::Data {
            writable: false,
            tls: true,
        };
    });
    let mut bytes = file.unwrap().bytes().to_vec();
    let [whole, parts] = both_ways(&bytes);
    assert_eq!(parts, whole);
    assert_eq!(whole.unwrap_err().code, "E5008");
    let end = bytes.len() - Digest::LEN;
    bytes[end - 1] ^= 0x40;
    let [whole, parts] = both_ways(&sealed(bytes));
    assert_eq!(parts, whole);
    assert_eq!(whole.unwrap_err().code, "E5007");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    /// A backend accepts and refuses the same, however it decodes.
    #[test]
    fn function_by_function_is_as_strict_as_the_whole(edits in prop::collection::vec((12_usize..4096, any::<u8>()), 1..4)) {
        let mut bytes = sample();
        let end = bytes.len() - Digest::LEN;
        for (at, value) in edits {
            bytes[12 + (at - 12) % (end - 12)] = value;
        }
        let [whole, parts] = both_ways(&sealed(bytes));
        prop_assert_eq!(parts, whole);
    }

    /// Whatever the bytes, decoding decides.
    #[test]
    fn resealed_mutations_never_panic(edits in prop::collection::vec((12_usize..4096, any::<u8>()), 1..6)) {
        let mut bytes = sample();
        let end = bytes.len() - Digest::LEN;
        for (at, value) in edits {
            let at = 12 + (at - 12) % (end - 12);
            bytes[at] = value;
        }
        if let Ok(artifact) = CodegenArtifact::decode(sealed(bytes)) {
            // What was accepted can be shown.
            let _ = artifact.to_string();
        }
    }

    #[test]
    fn resealed_truncations_and_insertions_never_panic(at in 0_usize..400, cut in 0_usize..64, add in prop::collection::vec(any::<u8>(), 0..16)) {
        let mut bytes = sample();
        let end = bytes.len() - Digest::LEN;
        let at = at.min(end);
        let upto = (at + cut).min(end);
        bytes.splice(at..upto, add);
        let _ = CodegenArtifact::decode(sealed(bytes));
    }

    #[test]
    fn unsealed_changes_are_noticed(at in 0_usize..4096, bit in 0_u8..8) {
        let mut bytes = sample();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        prop_assert!(CodegenArtifact::decode(bytes).is_err());
    }
}
