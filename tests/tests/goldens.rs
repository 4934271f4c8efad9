//! Artifacts of earlier releases are read and run for ever.
//!
//! `tests/goldens/vN` holds artifacts of format version N, the sources they
//! were made from, and what they print. A release that writes other bytes for
//! the same source has another format, and keeps the old goldens beside its
//! own; if it only lowers the source in another way, it keeps the old ones in
//! the folder `earlier`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::{Path, PathBuf};

use beskid_plugin_api::artifact::{CodegenArtifact, FORMAT_VERSION};
use beskid_tests::built::root;
use beskid_tests::command::{beskid, end};

/// The artifacts of one format version, as this release writes them.
fn goldens(version: u32) -> Vec<PathBuf> {
    let folder = root().join("tests/goldens").join(format!("v{version}"));
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let files = files.map(|file| file.unwrap().path());
    let is_artifact = |path: &PathBuf| path.extension().is_some_and(|found| found == "bska");
    let mut goldens = files.filter(is_artifact).collect::<Vec<_>>();
    goldens.sort();
    assert!(goldens.len() >= 6, "{goldens:?}");
    goldens
}

/// What an artifact prints: as today's of its name, or, if the language has changed
/// what its source prints, as it alone does or as earlier ones did.
fn expected(artifact: &Path) -> String {
    let name = artifact.file_name().unwrap().to_str().unwrap();
    let stem = name.split('.').next().unwrap();
    let own = artifact.with_extension("expected");
    let beside = artifact.with_file_name(format!("{stem}.expected"));
    let today = artifact
        .parent()
        .unwrap()
        .with_file_name(format!("{stem}.expected"));
    let mut files = [own, beside].into_iter();
    let file = files.find(|file| file.exists()).unwrap_or(today);
    fs::read_to_string(file).unwrap()
}

/// What was written for the same source before: `NAME.bska`, `NAME.2.bska` and so on.
fn earlier(golden: &Path) -> Vec<PathBuf> {
    let stem = golden.file_stem().unwrap().to_str().unwrap();
    let files = fs::read_dir(golden.with_file_name("earlier")).unwrap();
    let files = files.map(|file| file.unwrap().path()).filter(|path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name.split('.').next() == Some(stem) && name.ends_with(".bska")
    });
    files.collect()
}

#[test]
fn every_golden_artifact_is_read_and_does_what_it_did() {
    let folder = tempfile::tempdir().unwrap();
    for version in 1..=FORMAT_VERSION {
        for golden in goldens(version) {
            for artifact in earlier(&golden).into_iter().chain([golden]) {
                let expected = expected(&artifact);
                CodegenArtifact::decode(fs::read(&artifact).unwrap()).unwrap();
                for backend in ["jit", "aot"] {
                    let mut command = beskid(folder.path());
                    let ended = end(command.args(["--backend", backend, "run"]).arg(&artifact));
                    assert_eq!(ended.succeeds(), expected, "{artifact:?} [{backend}]");
                }
            }
        }
    }
}

#[test]
fn the_bytes_of_the_current_format_do_not_change() {
    let folder = tempfile::tempdir().unwrap();
    let written = folder.path().join("written.bska");
    for golden in goldens(FORMAT_VERSION) {
        let sources = ["bd", "clif"].map(|extension| golden.with_extension(extension));
        let source = sources.iter().find(|path| path.exists()).unwrap();
        let mut command = beskid(folder.path());
        end(command
            .args(["artifact", "emit", "-g=none"])
            .arg(source)
            .arg("-o")
            .arg(&written))
        .succeeds();
        let same = fs::read(&written).unwrap() == fs::read(&golden).unwrap();
        assert!(
            same,
            "{golden:?}: the written bytes changed. If the format did, give it a new version and \
             goldens of its own; if only the lowering did, or the producer's version, write this \
             artifact again and keep the old one in `earlier`"
        );
    }
}
