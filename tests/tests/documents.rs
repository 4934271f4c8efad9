//! What a reader copies from the documents works as they say.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use beskid_plugin_api::runtime_abi::BUILTIN_SPECS;
use beskid_tests::built::{built, root, third_party_linker};
use beskid_tests::command::{beskid, end, run};
use beskid_tests::document::{Block, blocks};
use beskid_tests::tools::{find, library};
use snapbox::IntoData;

/// The libraries that the programs of the page on foreign functions call.
const LIBRARIES: [&str; 2] = ["libz.so.1", "libsqlite3.so.0"];
const FOREIGN: &str = "docs/ffi.md";

fn read(page: &str) -> Vec<Block> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(page);
    blocks(&fs::read_to_string(path).unwrap())
}

/// Does what a page says; it has so many commands.
fn follow(page: &str, commands: usize) {
    let folder = tempfile::tempdir().unwrap();
    follow_in(folder.path(), page, read(page), commands);
}

/// Does what blocks of a page say, in a folder.
fn follow_in(folder: &Path, page: &str, blocks: Vec<Block>, commands: usize) {
    follow_by(folder, page, blocks, commands, |folder, command| {
        shell_with(folder, command, &[])
    });
}

/// The same by a shell.
fn follow_by(
    folder: &Path,
    page: &str,
    blocks: Vec<Block>,
    commands: usize,
    shell: impl Fn(&Path, &str) -> String,
) {
    let mut followed = 0;
    for block in blocks {
        match block {
            Block::File { name, contents } => {
                fs::write(folder.join(name), contents).unwrap();
            }
            Block::Command {
                line,
                command,
                output,
            } => {
                followed += 1;
                let found = shell(folder, &command);
                snapbox::Assert::new()
                    .try_eq(
                        Some(&format!("{page}:{line}")),
                        found.into_data(),
                        output.into_data(),
                    )
                    .unwrap_or_else(|error| panic!("`{command}`:\n{error}"));
            }
        }
    }
    assert_eq!(followed, commands, "{page}");
}

/// What a shell command prints, with these variables in its environment.
fn shell_with(folder: &Path, command: &str, variables: &[(&str, &str)]) -> String {
    let mut shell = Command::new("sh");
    // The settings of the user and the machine stay out of it.
    for (name, value) in beskid(folder).get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    let beskid = built().beskid();
    let tools = std::env::var_os("PATH").unwrap_or_default();
    let tools = std::env::split_paths(&tools);
    let path = std::iter::once(beskid.parent().unwrap().to_owned()).chain(tools);
    shell.env("PATH", std::env::join_paths(path).unwrap());
    shell.envs(variables.iter().copied());
    let script = format!("{{ {command}; }} 2>&1");
    let ended = end(shell.current_dir(folder).args(["-c", &script]));
    ended.stdout
}

#[test]
fn a_plugin_is_installed_locked_and_brought_up_to_date_by_copy_and_paste() {
    if find("mold").is_none() {
        println!("skipped: mold not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let plugin = folder.join("libbeskid_linker_mold.so");
    fs::copy(third_party_linker(), plugin).unwrap();
    fs::write(folder.join("hello.bd"), "unit main() { }\n").unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/plugins.md");
    let page = fs::read_to_string(path).unwrap();
    let (_, rest) = page.split_once("## Installing plugins\n").unwrap();
    let (section, _) = rest.split_once("\n### ").unwrap();
    follow_in(folder, "docs/plugins.md", blocks(section), 12);
}

#[test]
fn the_page_on_debugging_shows_backtraces() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/debugging.md");
    let page = fs::read_to_string(path).unwrap();
    let (_, rest) = page.split_once("## Backtraces\n").unwrap();
    let (section, _) = rest.split_once("\n## ").unwrap();
    let folder = tempfile::tempdir().unwrap();
    follow_in(folder.path(), "docs/debugging.md", blocks(section), 2);
}

/// What cargo makes for others by hand, but for the last step, is used here too.
#[test]
fn plugins_are_written_checked_and_used_by_copy_and_paste() {
    let folder = tempfile::tempdir().unwrap();
    let built = third_party_linker().parent().and_then(Path::parent);
    let environment = [
        ("CARGO_BUILD_BUILD_DIR", built.unwrap().to_str().unwrap()),
        ("CARGO_PROFILE_DEV_DEBUG", "line-tables-only"),
        ("CARGO_NET_OFFLINE", "true"),
        ("CHECKOUT", root().to_str().unwrap()),
    ];
    let page = "docs/writing-a-plugin.md";
    let shell = |folder: &Path, command: &str| shell_with(folder, command, &environment);
    follow_by(folder.path(), page, read(page), 28, shell);
}

#[test]
fn ffi_2_from_getpid_to_sqlite_by_copy_and_paste() {
    if LIBRARIES.into_iter().all(library) {
        follow(FOREIGN, 20);
    }
}

#[test]
fn fmt_2_sources_are_formatted_by_copy_and_paste() {
    follow("docs/formatting.md", 6);
}

#[test]
fn api_3_programs_are_documented_by_copy_and_paste() {
    follow("docs/documentation.md", 2);
}

#[test]
fn the_language_is_learnt_by_copy_and_paste() {
    follow("docs/language.md", 19);
}

#[test]
fn projects_are_learnt_by_copy_and_paste() {
    follow("docs/projects.md", 16);
}

#[test]
fn the_core_library_is_learnt_by_copy_and_paste() {
    follow("docs/corelib.md", 8);
}

#[test]
fn ext_8_every_backend_gives_the_same_for_each_program_of_the_page() {
    if !LIBRARIES.into_iter().all(library) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut count = 0;
    for block in read(FOREIGN) {
        let Block::File { name, contents } = block else {
            continue;
        };
        if contents.contains("i32 main()") {
            fs::write(folder.path().join(&name), contents).unwrap();
            let args = ["--extern-dlopen", "diff", &name];
            let stdout = run(folder.path(), args).succeeds();
            assert!(stdout.ends_with("no difference\n"), "{stdout}");
            count += 1;
        }
    }
    assert_eq!(count, 6);
}

#[test]
fn abi_001_the_page_has_each_symbol_of_the_runtime_and_no_other() {
    let page = include_str!("../../docs/runtime-abi.md");
    let rows = page.lines().filter(|line| line.contains(") → "));
    assert_eq!(rows.count(), BUILTIN_SPECS.len());
    for spec in BUILTIN_SPECS {
        let params = spec.params.iter().map(|kind| format!("{kind:?}"));
        let params = params.collect::<Vec<_>>().join(", ");
        let (symbol, returns) = (spec.symbol, spec.returns);
        let mark = if spec.additive { "+ " } else { "" };
        let row = format!("\n| {mark}`{symbol}({params}) → {returns:?}` | ");
        assert!(page.contains(&row), "{row}");
    }
}
