//! Packages of new plugins, which build and pass the tests as they are.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::PluginKind;

use crate::input::{parent, read_bounded};
use crate::scratch::Reserved;

/// Longest name of a plugin, in bytes.
const LONGEST: usize = 64;
/// Largest `Cargo.toml` that is read, in bytes.
const LARGEST: u64 = 1 << 20;
/// The package that plugins are built against.
const API: &str = "beskid-plugin-api";
/// What `--api` is to be.
const RIGHT_API: &str = "give the folder `plugin-api` of a checkout of beskid with `--api`";

/// A file of a package: its path, and its text with what is filled in between `{{` and
/// `}}`.
type Template = (&'static str, &'static str);

const COMMON: &[Template] = &[
    (".gitignore", include_str!("../../templates/gitignore.tmpl")),
    ("README.md", include_str!("../../templates/README.md.tmpl")),
];

const BACKEND: &[Template] = &[
    (
        "Cargo.toml",
        include_str!("../../templates/backend/Cargo.toml.tmpl"),
    ),
    (
        "src/lib.rs",
        include_str!("../../templates/backend/lib.rs.tmpl"),
    ),
    (
        "src/operation.rs",
        include_str!("../../templates/backend/operation.rs.tmpl"),
    ),
    (
        "src/unit.rs",
        include_str!("../../templates/backend/unit.rs.tmpl"),
    ),
];

const LINKER: &[Template] = &[
    (
        "Cargo.toml",
        include_str!("../../templates/linker/Cargo.toml.tmpl"),
    ),
    (
        "src/lib.rs",
        include_str!("../../templates/linker/lib.rs.tmpl"),
    ),
];

/// A package to be made.
#[derive(Debug, Clone)]
pub(crate) struct NewPlugin<'a> {
    /// What it is to be.
    pub(crate) kind: PluginKind,
    /// Its id.
    pub(crate) id: &'a str,
    /// Its folder, which is not there yet.
    pub(crate) folder: &'a Path,
    /// The folder of `beskid-plugin-api`; `None`: the registry's.
    pub(crate) api: Option<&'a Path>,
    /// Whether a built-in of the kind has the id.
    pub(crate) is_builtin: bool,
}

impl NewPlugin<'_> {
    /// Makes it; gives the name of its package.
    ///
    /// # Errors
    /// E5182 if there can be no such plugin, or no such folder.
    pub(crate) fn make(&self) -> Result<String, Diagnostic> {
        check_id(self.id)?;
        if self.is_builtin {
            let (kind, id) = (self.kind, self.id);
            let reason = format!("`{id}` is a {kind} that is built in, which this one would hide");
            let help = "give another name; whoever means it changes the name in the sources";
            return Err(refused(reason, help));
        }
        let api = self.dependency()?;
        if self.folder.symlink_metadata().is_ok() {
            let shown = self.folder.display();
            let reason = format!("`{shown}` is there already");
            return Err(refused(reason, "give another folder with `--path`"));
        }
        let package = format!("beskid-{}-{}", self.kind, self.id);
        let own = match self.kind {
            PluginKind::Backend => BACKEND,
            PluginKind::Linker => LINKER,
        };
        let kind = self.kind.to_string();
        let words = [
            ("{{id}}", self.id),
            ("{{library}}", &self.id.replace('-', "_")),
            ("{{kind}}", &kind),
            ("{{package}}", &package),
            ("{{crate}}", &package.replace('-', "_")),
            ("{{api}}", &api),
        ];
        let filled = own.iter().chain(COMMON).map(|(path, text)| {
            let text = words
                .iter()
                .fold((*text).to_owned(), |text, (word, value)| {
                    text.replace(word, value)
                });
            (*path, text)
        });
        self.write(filled)?;
        Ok(package)
    }

    /// All files or none: they are written aside, and the folder is renamed.
    fn write(&self, files: impl Iterator<Item = (&'static str, String)>) -> Result<(), Diagnostic> {
        let shown = self.folder.display();
        let failed = |error: io::Error| {
            let reason = format!("cannot make `{shown}`: {error}");
            refused(reason, "give a folder that can be made with `--path`")
        };
        let around = parent(self.folder);
        if !around.is_dir() {
            let around = around.display();
            let reason = format!("the folder `{around}` does not exist");
            return Err(refused(
                reason,
                "make it, or give another one with `--path`",
            ));
        }
        let aside = Reserved::beside(around).make();
        let aside = aside.map_err(|error| {
            refused(
                error.message,
                "give a folder that can be made with `--path`",
            )
        })?;
        let package = aside.path().join("package");
        for (path, text) in files {
            let path = package.join(path);
            fs::create_dir_all(parent(&path)).map_err(failed)?;
            fs::write(&path, text).map_err(failed)?;
        }
        // Of two at once the second finds that it is not empty.
        fs::rename(&package, self.folder).map_err(failed)
    }

    /// What stands behind `beskid-plugin-api =`.
    fn dependency(&self) -> Result<String, Diagnostic> {
        let Some(folder) = self.api else {
            return Ok(format!("{:?}", env!("CARGO_PKG_VERSION")));
        };
        let shown = folder.display();
        let manifest = read_bounded(&folder.join("Cargo.toml"), LARGEST);
        let manifest = manifest.map_err(|error| refused(error.message, RIGHT_API))?;
        let table = String::from_utf8(manifest).ok();
        let table = table.and_then(|text| text.parse::<toml::Table>().ok());
        let name = table
            .as_ref()
            .and_then(|table| table.get("package")?.get("name")?.as_str());
        if name != Some(API) {
            let reason = format!("`{shown}` is not the folder of `{API}`");
            return Err(refused(reason, RIGHT_API));
        }
        let whole = fs::canonicalize(folder).unwrap_or_else(|_| PathBuf::from(folder));
        let Some(whole) = whole.to_str() else {
            let reason = format!("the path of `{shown}` is not UTF-8");
            return Err(refused(reason, "give that folder another name"));
        };
        Ok(format!("{{ path = {} }}", toml::Value::from(whole)))
    }
}

fn check_id(id: &str) -> Result<(), Diagnostic> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_word = id.starts_with(|c: char| c.is_ascii_lowercase()) && !id.ends_with('-');
    if is_word && id.len() <= LONGEST && id.bytes().all(allowed) {
        return Ok(());
    }
    let reason = format!("`{}` is no name of a plugin", id.escape_default());
    let help = format!(
        "a name is up to {LONGEST} lowercase letters, digits and `-`, a letter first and no `-` \
         last"
    );
    Err(refused(reason, &help))
}

fn refused(reason: String, help: &str) -> Diagnostic {
    Diagnostic::new(Code::E5182, reason).help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_a_manifest_may_have() {
        for id in ["a", "tiny", "a-1", &"x".repeat(LONGEST)] {
            check_id(id).unwrap();
        }
        for id in [
            "",
            "A",
            "1a",
            "-a",
            "a-",
            "a_b",
            "a b",
            "a/b",
            "ä",
            &"x".repeat(LONGEST + 1),
        ] {
            assert_eq!(check_id(id).unwrap_err().code, Code::E5182, "{id}");
        }
    }

    #[test]
    fn nothing_is_left_to_be_filled_in() {
        for kind in [PluginKind::Backend, PluginKind::Linker] {
            let place = tempfile::tempdir().unwrap();
            let folder = place.path().join("new");
            let plugin = NewPlugin {
                kind,
                id: "tiny-1",
                folder: &folder,
                api: None,
                is_builtin: false,
            };
            assert_eq!(plugin.make().unwrap(), format!("beskid-{kind}-tiny-1"));
            for file in ["Cargo.toml", "README.md", ".gitignore", "src/lib.rs"] {
                let text = fs::read_to_string(folder.join(file)).unwrap();
                for word in ["id", "library", "kind", "package", "crate", "api"] {
                    let left = format!("{{{{{word}}}}}");
                    assert!(!text.contains(&left), "{file}: {left}");
                }
            }
            let names = fs::read_dir(place.path()).unwrap().count();
            assert_eq!(names, 1, "something is left aside");
            assert_eq!(plugin.make().unwrap_err().code, Code::E5182);
        }
    }
}
