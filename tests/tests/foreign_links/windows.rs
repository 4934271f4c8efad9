//! PE images, made by MinGW's driver and by lld-link, and run under Wine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use beskid_plugin_api::linker::{Exports, OutputKind};
use beskid_tests::command::end;
use beskid_tests::tools::tool;
use goblin::Object;

use crate::links::{LIBRARY, Links, PROGRAM};
use crate::{MINGW, MSVC};

/// Calls the library; ends with status 42 if all is well, 2 or 3 if not: 1 is Wine's own.
const CALLER: &str = "\
long long weigh(long long, long long, long long, long long, long long);
double mix(long long, double, long long, double, long long, double);
int main(void) {
    return weigh(1, 2, 3, 4, 5) != 12345 ? 2 : mix(1, 2.0, 3, 4.0, 5, 0.5) != 8.5 ? 3 : 42;
}
";

/// As much of a C library as starts a program and a DLL.
const START: &str = "\
extern int main(int, char **);
int mainCRTStartup(void) { return main(0, 0); }
";
const START_DLL: &str = "int _DllMainCRTStartup(void *a, unsigned b, void *c) { return 1; }\n";

/// Name of the DLL and its exports.
fn dll(path: &Path) -> (String, Vec<String>) {
    let bytes = fs::read(path).unwrap();
    let Object::PE(image) = Object::parse(&bytes).unwrap() else {
        panic!("{path:?} is no PE image");
    };
    assert!(image.is_64 && image.is_lib);
    let exports = image.exports.iter().filter_map(|export| export.name);
    let name = image.name.unwrap_or_default().to_owned();
    (name, exports.map(str::to_owned).collect())
}

/// A folder with libraries that Microsoft's C library would be.
pub fn c_library(folder: &Path, compiler: &Path, linker: &Path) -> PathBuf {
    let library = folder.join("library");
    fs::create_dir_all(&library).unwrap();
    let mut archive = Command::new(linker);
    archive
        .current_dir(&library)
        .args(["/lib", "/NOLOGO", "/OUT:msvcrt.lib"]);
    for (name, source) in [("start", START), ("dll", START_DLL)] {
        fs::write(library.join(format!("{name}.c")), source).unwrap();
        let mut compile = Command::new(compiler);
        compile.current_dir(&library).args(["-O1", "-c"]);
        end(compile.arg(format!("{name}.c"))).succeeds();
        archive.arg(format!("{name}.o"));
    }
    end(&mut archive).succeeds();
    library
}

/// Wine with a folder of its own for what it keeps.
struct Wine {
    program: PathBuf,
    prefix: tempfile::TempDir,
}

impl Wine {
    fn start() -> Option<Self> {
        let program = tool("wine64")?;
        let prefix = tempfile::tempdir().unwrap();
        Some(Self { program, prefix })
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env("WINEPREFIX", self.prefix.path())
            .env("WINEDEBUG", "-all");
        command
    }

    #[track_caller]
    fn runs(&self, image: &Path) {
        let mut command = self.command(&self.program);
        let ended = end(command.arg(image));
        assert_eq!(ended.status, Some(42), "{image:?}: {ended:#?}");
    }
}

impl Drop for Wine {
    /// What Wine leaves running for this prefix ends before the folder goes.
    fn drop(&mut self) {
        let server = self.program.with_file_name("wineserver");
        let _ = self.command(&server).arg("-k").output();
        let _ = self.command(&server).arg("-w").output();
    }
}

#[test]
fn lk_3_dlls_of_mingw_export_what_was_asked_for() {
    let Some(_) = tool("x86_64-w64-mingw32-gcc") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let link = |exports: &[&str]| {
        let links = Links::new(MINGW, OutputKind::Shared, LIBRARY).exporting(exports);
        dll(&links.link_alike(folder.path(), "numbers.dll"))
    };
    let (name, exports) = link(&["weigh", "mix"]);
    assert_eq!(name, "numbers.dll");
    assert_eq!(exports, ["mix", "weigh"]);
    assert_eq!(link(&[]).1, [""; 0]);
    let mut all = Links::new(MINGW, OutputKind::Shared, LIBRARY);
    all.exports = Exports::All;
    let (_, exports) = dll(&all.link(folder.path(), "numbers.dll"));
    assert_eq!(exports, ["mix", "other", "weigh"]);
}

#[test]
fn lk_3_dlls_of_lld_link_export_what_was_asked_for() {
    let (Some(gcc), Some(lld)) = (tool("x86_64-w64-mingw32-gcc"), tool("lld-link")) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let library = c_library(folder.path(), &gcc, &lld);
    let link = |exports: &[&str]| {
        let mut links = Links::new(MSVC, OutputKind::Shared, LIBRARY).exporting(exports);
        links.search = Some(&library);
        links.tools = vec![("link", lld.display().to_string())];
        dll(&links.link_alike(folder.path(), "numbers.dll"))
    };
    let (name, exports) = link(&["weigh", "mix"]);
    assert_eq!(name, "numbers.dll");
    assert_eq!(exports, ["mix", "weigh"]);
    assert_eq!(link(&[]).1, [""; 0]);
}

/// Executables give the program's status; functions of DLLs are called from C,
/// by the calling convention of Windows.
#[test]
fn lk_1_images_for_windows_run() {
    let (Some(gcc), Some(lld)) = (tool("x86_64-w64-mingw32-gcc"), tool("lld-link")) else {
        return;
    };
    let Some(wine) = Wine::start() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let library = c_library(folder.path(), &gcc, &lld);
    fs::write(folder.path().join("caller.c"), CALLER).unwrap();
    for target in [MINGW, MSVC] {
        let link = |kind, source, exports: &[&str], name| {
            let mut links = Links::new(target, kind, source).exporting(exports);
            if target == MSVC {
                links.search = Some(&library);
                links.tools = vec![("link", lld.display().to_string())];
            }
            links.link_alike(folder.path(), name)
        };
        wine.runs(&link(OutputKind::Exe, PROGRAM, &[], "program.exe"));
        let dll = link(
            OutputKind::Shared,
            LIBRARY,
            &["weigh", "mix"],
            "numbers.dll",
        );
        let caller = dll.with_file_name("caller.exe");
        let mut compile = Command::new(&gcc);
        compile.current_dir(folder.path()).arg("caller.c").arg(&dll);
        end(compile.arg("-o").arg(&caller)).succeeds();
        wine.runs(&caller);
    }
}
