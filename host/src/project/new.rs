//! New projects, which build, run and pass their tests as they are.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Component, Path};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::find::has_manifest;
use crate::input::parent;
use crate::scratch::Reserved;

/// Longest name of a project, in bytes.
const LONGEST: usize = 64;

/// What a project begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Template {
    /// A program.
    App,
    /// A library.
    Lib,
}

/// A file: its path, and its text with `{{name}}` where the project's name comes.
type Text = (&'static str, &'static str);

const APP: &[Text] = &[
    (
        "Project.proj",
        include_str!("../../templates/project/app.proj.tmpl"),
    ),
    (
        "Src/Main.bd",
        include_str!("../../templates/project/Main.bd.tmpl"),
    ),
];

const LIB: &[Text] = &[(
    "Project.proj",
    include_str!("../../templates/project/lib.proj.tmpl"),
)];

const BOTH: &[Text] = &[
    (
        ".gitignore",
        include_str!("../../templates/project/gitignore.tmpl"),
    ),
    (
        "Src/Checks.bd",
        include_str!("../../templates/project/Checks.bd.tmpl"),
    ),
    (
        "Src/Greeting.bd",
        include_str!("../../templates/project/Greeting.bd.tmpl"),
    ),
];

impl Template {
    /// The files of its own; the first is the manifest.
    const fn own(self) -> &'static [Text] {
        match self {
            Self::App => APP,
            Self::Lib => LIB,
        }
    }

    /// The file that the first target begins with.
    const fn entry(self) -> &'static str {
        match self {
            Self::App => "Src/Main.bd",
            Self::Lib => "Src/Greeting.bd",
        }
    }
}

/// Makes a project in a folder that is there, and leaves every file as it is; gives its
/// name, which is the folder's. Where there is a source to begin with already, there is
/// no example.
///
/// # Errors
/// E5306 if there can be no such project, or there is one.
pub(crate) fn init(folder: &Path, template: Template) -> Result<String, Diagnostic> {
    let place = folder.canonicalize().map_err(|error| {
        let reason = format!("cannot find the folder `{}`: {error}", folder.display());
        refused(
            reason,
            "make it first, or begin a project in a new one: `beskid new NAME`",
        )
    })?;
    let name = place.file_name().and_then(|name| name.to_str());
    let name = name.unwrap_or_default().to_owned();
    check_name(&name)?;
    if has_manifest(&place) {
        let reason = format!("`{}` has a manifest already", folder.display());
        return Err(refused(reason, "change that one, or choose another folder"));
    }
    let is_begun = place.join(template.entry()).exists();
    let mut made = Vec::new();
    // The manifest comes last: without it there is no project.
    let files = BOTH.iter().chain(template.own().iter().rev());
    for (path, text) in files.filter(|(path, _)| !is_begun || !path.starts_with("Src/")) {
        let mut text = text.replace("{{name}}", &name);
        if is_begun && let Some((own, _)) = text.split_once("\ntarget \"Checks\"") {
            text = own.to_owned();
        }
        let path = place.join(path);
        match written_new(&path, &text) {
            Ok(()) => made.push(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                for path in made {
                    // What cannot be removed again is an example, and no project.
                    let _ = fs::remove_file(path);
                }
                return Err(failed(folder, &error));
            }
        }
    }
    Ok(name)
}

/// Writes a file that is not there yet.
fn written_new(path: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(parent(path))?;
    let mut file = File::create_new(path)?;
    file.write_all(text.as_bytes())
}

/// Makes a project in a folder that is not there, or is empty; gives its name, which
/// is the folder's.
///
/// # Errors
/// E5306 if there can be no such project, or no such folder.
pub(crate) fn new(folder: &Path, template: Template) -> Result<String, Diagnostic> {
    let last = folder.components().next_back();
    if !matches!(last, Some(Component::Normal(_))) {
        let reason = format!("`{}` names no new folder", folder.display());
        let help = "give it a name, or begin a project in a folder that is there: `beskid init`";
        return Err(refused(reason, help));
    }
    let name = folder.file_name().and_then(|name| name.to_str());
    let name = name.unwrap_or_default().to_owned();
    check_name(&name)?;
    let shown = folder.display();
    if folder.symlink_metadata().is_ok() {
        let mut entries = fs::read_dir(folder).map_err(|error| failed(folder, &error))?;
        if entries.next().is_some() {
            let reason = format!("`{shown}` is there already, and is not empty");
            let help = format!(
                "give the name of a new folder, or begin a project in this one: `beskid init {}`",
                shell_words::quote(&shown.to_string())
            );
            return Err(refused(reason, &help));
        }
    }
    let around = parent(folder);
    if !around.is_dir() {
        let reason = format!("the folder `{}` does not exist", around.display());
        return Err(refused(reason, "make it first"));
    }
    let aside = Reserved::beside(around).make();
    let aside = aside.map_err(|error| refused(error.message, "choose a folder to write in"))?;
    let project = aside.path().join("project");
    for (path, text) in template.own().iter().chain(BOTH) {
        let path = project.join(path);
        let text = text.replace("{{name}}", &name);
        let written = fs::create_dir_all(parent(&path)).and_then(|()| fs::write(&path, text));
        written.map_err(|error| failed(folder, &error))?;
    }
    // All of it or nothing: of two at once the second finds that it is not empty.
    fs::rename(&project, folder).map_err(|error| failed(folder, &error))?;
    Ok(name)
}

fn check_name(name: &str) -> Result<(), Diagnostic> {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let is_word = name.starts_with(|first: char| first.is_ascii_alphabetic());
    if is_word && name.len() <= LONGEST && name.bytes().all(is_inner) {
        return Ok(());
    }
    let reason = format!("`{}` is no name of a project", name.escape_debug());
    let help = format!(
        "a name is up to {LONGEST} letters, digits, `-` and `_`, a letter first; the folder's \
         last part is the name"
    );
    Err(refused(reason, &help))
}

fn failed(folder: &Path, error: &io::Error) -> Diagnostic {
    let reason = format!("cannot make `{}`: {error}", folder.display());
    refused(reason, "give the name of a folder that can be made")
}

fn refused(reason: String, help: &str) -> Diagnostic {
    Diagnostic::new(Code::E5306, reason).help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_word() {
        for name in ["a", "Almanac", "a-1_B", &"x".repeat(LONGEST)] {
            check_name(name).unwrap();
        }
        for name in [
            "",
            "1a",
            "-a",
            "a b",
            "a/b",
            "ä",
            "..",
            &"x".repeat(LONGEST + 1),
        ] {
            assert_eq!(check_name(name).unwrap_err().code, Code::E5306, "{name}");
        }
    }

    #[test]
    fn a_project_begins_in_a_folder_with_files_of_its_own() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("mine");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join(".gitignore"), "/target\n").unwrap();
        assert_eq!(init(&folder, Template::App).unwrap(), "mine");
        let read = |path: &str| fs::read_to_string(folder.join(path)).unwrap();
        assert_eq!(read(".gitignore"), "/target\n");
        assert!(read("Project.proj").contains("\"Checks\""));
        let again = init(&folder, Template::App).unwrap_err();
        assert_eq!(again.code, Code::E5306);
        fs::remove_file(folder.join("Project.proj")).unwrap();
        fs::remove_file(folder.join("Src/Checks.bd")).unwrap();
        fs::write(folder.join("Src/Main.bd"), "unit main() { }\n").unwrap();
        init(&folder, Template::App).unwrap();
        assert_eq!(read("Src/Main.bd"), "unit main() { }\n");
        assert!(!read("Project.proj").contains("Checks"));
        assert!(!folder.join("Src/Checks.bd").exists());
        let none = init(&place.path().join("none"), Template::App).unwrap_err();
        assert_eq!(none.code, Code::E5306);
    }

    #[test]
    fn what_names_no_new_folder_says_so() {
        for path in ["", ".", "..", "a/..", "/"] {
            let refusal = new(Path::new(path), Template::App).unwrap_err();
            assert_eq!(refusal.code, Code::E5306, "{path}");
            assert!(refusal.help.unwrap().contains("beskid init"), "{path}");
        }
    }

    #[test]
    fn a_folder_with_something_in_it_stays_as_it_is() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("empty");
        fs::create_dir(&folder).unwrap();
        assert_eq!(new(&folder, Template::Lib).unwrap(), "empty");
        let text = fs::read_to_string(folder.join("Project.proj")).unwrap();
        assert!(
            text.contains("name = \"empty\"") && !text.contains("{{"),
            "{text}"
        );
        let again = new(&folder, Template::App).unwrap_err();
        assert_eq!(again.code, Code::E5306);
        assert_eq!(
            fs::read_to_string(folder.join("Project.proj")).unwrap(),
            text
        );
        let none = new(&place.path().join("none/inner"), Template::App).unwrap_err();
        assert_eq!(none.code, Code::E5306);
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
    }
}
