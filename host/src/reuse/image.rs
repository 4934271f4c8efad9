//! Outputs of links: whether a link would give one that was made before.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use beskid_plugin_api::Digest;
use beskid_plugin_api::linker::{LinkPlan, LinkStep, ToolCall};
use serde::{Deserialize, Serialize};

use super::build_cache::{BuildCache, Kind};
use super::object::Identity;
use super::surroundings;
use crate::image::Expectations;
use crate::link::{Link, Seen, Told, Warning, in_path};
use crate::output::{self, Mode};
use crate::plugins::{Entry, digest_of, seen_digest};

/// Variables that tools obey.
const OBEYED: [&str; 9] = [
    "PATH",
    "GCC_EXEC_PREFIX",
    "COMPILER_PATH",
    "LIBRARY_PATH",
    "LIB",
    "SDKROOT",
    "MACOSX_DEPLOYMENT_TARGET",
    "SOURCE_DATE_EPOCH",
    "ZERO_AR_DATE",
];
/// Beginnings of the names of others.
const OBEYED_PREFIXES: [&str; 2] = ["COLLECT_", "LD_"];

/// All that decides about an output and is known before it is linked.
#[derive(Serialize)]
struct Question {
    /// The object's own.
    object: Digest,
    strategy: Identity,
    request: String,
    plan: String,
    driver: String,
    expected: String,
    variables: Vec<(String, String)>,
    /// Contents of all files that the plan names, and that are there.
    files: Vec<(PathBuf, Digest)>,
}

/// The question which output a link gives.
pub(crate) struct ImageQuestion<'c> {
    cache: &'c BuildCache,
    key: Digest,
}

impl<'c> ImageQuestion<'c> {
    /// `None` where the answer depends on what is not known.
    pub(crate) fn new(
        cache: &'c BuildCache,
        object: Digest,
        link: &Link,
        strategy: &Entry,
        expected: &Expectations,
    ) -> Option<Self> {
        let request = link.request();
        let plain = |text: String| text.replace(&request.scratch, "\0");
        let question = Question {
            object,
            strategy: Identity::of(strategy)?,
            request: plain(serde_json::to_string(request).ok()?),
            plan: plain(serde_json::to_string(link.plan()).ok()?),
            driver: format!("{:?}", link.driver()),
            expected: format!("{expected:?}"),
            variables: variables(),
            files: files(link)?,
        };
        let key = cache.key(&question)?;
        Some(Self { cache, key })
    }

    /// An output that such a link has given.
    pub(crate) fn recall(&self) -> Option<Image<'c>> {
        let cache = self.cache;
        let record = cache.record::<Record>(Kind::Image, self.key)?;
        surroundings::holds(&record.around).then_some(Image { cache, record })
    }

    /// Keeps the output of such a link, and what is to be known of it.
    pub(crate) fn keep(&self, target: &str, object: &[u8], image: &Path, told: &Told) {
        let Some(around) = surroundings::around(target, told.seen.as_deref()) else {
            return;
        };
        let Ok(bytes) = std::fs::read(image) else {
            return;
        };
        let record = Record {
            object: Digest::of(object),
            image: Digest::of(&bytes),
            size: bytes.len() as u64,
            around,
            warnings: told.warnings.clone(),
        };
        if self.cache.keep(Kind::Bytes, record.image, &bytes) {
            self.cache.keep_record(Kind::Image, self.key, &record);
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Record {
    object: Digest,
    image: Digest,
    size: u64,
    around: Vec<Seen>,
    warnings: Vec<Warning>,
}

/// An output that was made and verified before.
pub(crate) struct Image<'c> {
    cache: &'c BuildCache,
    record: Record,
}

impl Image<'_> {
    /// Whether it is what lies at a path, as an output of this mode.
    pub(crate) fn is_at(&self, path: &Path, mode: Mode) -> bool {
        if !output::is_file_of(path, self.record.size, mode) {
            return false;
        }
        let file = std::fs::File::open(path);
        let digest = file.ok().and_then(|file| digest_of(&file).ok());
        digest == Some(self.record.image)
    }

    /// Its contents, if they were kept.
    pub(crate) fn bytes(&self) -> Option<Vec<u8>> {
        let bytes = self.cache.bytes(Kind::Bytes, self.record.image)?;
        (Digest::of(&bytes) == self.record.image).then_some(bytes)
    }

    /// Says again what the tools warned of.
    pub(crate) fn warn(&self) {
        self.record.warnings.iter().for_each(Warning::tell);
    }
}

fn variables() -> Vec<(String, String)> {
    let set = std::env::vars_os().filter_map(|(name, value)| {
        let name = name.into_string().ok()?;
        let is_obeyed = OBEYED.contains(&name.as_str())
            || OBEYED_PREFIXES.iter().any(|start| name.starts_with(start));
        is_obeyed.then(|| (name, format!("{value:?}")))
    });
    let mut set = set.collect::<Vec<_>>();
    set.sort();
    set
}

/// The files that a plan names, and the libraries that its linker finds. `None` if a tool
/// is not known.
fn files(link: &Link) -> Option<Vec<(PathBuf, Digest)>> {
    let request = link.request();
    let mut named = BTreeSet::from_iter(link.library_files());
    named.extend(request.runtime_archive.iter().map(PathBuf::from));
    for call in calls(link.plan()) {
        named.insert(in_path(&call.program)?);
        for arg in &call.args {
            named.extend(paths(arg));
        }
    }
    // What an output calls itself is no file that is read.
    let (scratch, own) = (Path::new(&request.scratch), Path::new(&request.output_name));
    let named = named.into_iter();
    let named = named.filter(|path| !path.starts_with(scratch) && path != own);
    let read = named.map(|path| {
        // A file of that name that is none, as a folder is.
        let digest = path.is_file().then(|| seen_digest(&path))??;
        Some((path, digest))
    });
    Some(read.flatten().collect())
}

fn calls(plan: &LinkPlan) -> impl Iterator<Item = &ToolCall> {
    plan.steps.iter().filter_map(|step| match step {
        LinkStep::Run(call) | LinkStep::Drive(call) => Some(call),
        LinkStep::Query(query) => Some(&query.call),
        _ => None,
    })
}

/// The paths that an argument may hold: as a whole, behind an option of a letter, in a
/// list.
fn paths(arg: &str) -> Vec<PathBuf> {
    let parts = arg.split([',', '=']);
    let parts = parts.flat_map(|part| {
        let behind = part.strip_prefix('-').and_then(|part| part.get(1..));
        [Some(part), part.strip_prefix('@'), behind]
    });
    let parts = parts.flatten().filter(|part| !part.is_empty());
    std::iter::once(arg)
        .chain(parts)
        .map(PathBuf::from)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_arguments_are_found() {
        for (arg, path) in [
            ("/a/libx.a", "/a/libx.a"),
            ("-Wl,--version-script=/a/b.map", "/a/b.map"),
            ("-Wl,-T,a.ld", "a.ld"),
            ("-Ta.ld", "a.ld"),
            ("@/a/rsp", "/a/rsp"),
        ] {
            assert!(paths(arg).contains(&PathBuf::from(path)), "{arg}");
        }
    }
}
