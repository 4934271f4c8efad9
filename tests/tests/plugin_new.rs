//! `beskid plugin new` makes a whole package or nothing. That the packages build and
//! pass the kit, the test of `docs/writing-a-plugin.md` shows.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::Path;
use std::thread;

use beskid_tests::built::root;
use beskid_tests::command::{Ended, beskid, end, run};

fn new(folder: &Path, args: &[&str]) -> Ended {
    run(folder, [&["plugin", "new"], args].concat())
}

/// The names of what is in a folder.
fn names(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let mut names = names
        .map(|name| name.into_string().unwrap())
        .collect::<Vec<_>>();
    names.sort();
    names
}

#[test]
fn a_package_says_what_it_is_and_what_it_needs() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let said = new(folder, &["--kind", "linker", "my-linker", "--path", "here"]).succeeds();
    assert!(
        said.starts_with("created: linker my-linker in here\n"),
        "{said}"
    );
    assert_eq!(names(folder), ["here"]);
    assert_eq!(
        names(&folder.join("here")),
        [".gitignore", "Cargo.toml", "README.md", "src"]
    );
    let manifest = fs::read_to_string(folder.join("here/Cargo.toml")).unwrap();
    assert!(
        manifest.contains("name = \"beskid-linker-my-linker\""),
        "{manifest}"
    );
    let version = env!("CARGO_PKG_VERSION");
    assert!(
        manifest.contains(&format!("beskid-plugin-api = \"{version}\"")),
        "{manifest}"
    );

    let api = root().join("plugin-api");
    let api = api.to_str().unwrap();
    let args = [
        "--message-format",
        "json",
        "--kind",
        "backend",
        "b",
        "--api",
        api,
    ];
    let said = new(folder, &args).succeeds();
    assert!(said.contains("\"package\":\"beskid-backend-b\""), "{said}");
    let manifest = fs::read_to_string(folder.join("b/Cargo.toml")).unwrap();
    assert!(
        manifest.contains(&format!("{{ path = {api:?} }}")),
        "{manifest}"
    );
}

#[test]
fn what_cannot_be_made_is_refused_and_nothing_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::create_dir(folder.join("full")).unwrap();
    fs::write(folder.join("full/file"), "mine").unwrap();
    fs::create_dir(folder.join("empty")).unwrap();
    fs::write(folder.join("file"), "mine").unwrap();
    std::os::unix::fs::symlink("nowhere", folder.join("link")).unwrap();
    let before = names(folder);
    let here = folder.to_str().unwrap();
    let other = "help: give another folder with `--path`";
    let possible = "help: give a folder that can be made with `--path`";
    let name = "help: a name is up to 64 lowercase letters";
    let missing = "help: make it, or give another one with `--path`";
    let api = "help: give the folder `plugin-api` of a checkout of beskid with `--api`";
    for (args, help) in [
        (&["full"][..], other),
        (&["empty"], other),
        (&["file"], other),
        (&["link"], other),
        (&["Upper"], name),
        (&["a_b"], name),
        (&["jit"], "help: give another name"),
        (&["a", "--path", "missing/a"], missing),
        (&["a", "--path", "file/a"], missing),
        (&["a", "--path", "/proc/a"], possible),
        (&["a", "--api", "missing"], api),
        (&["a", "--api", here], api),
        (&["a", "--api", root().to_str().unwrap()], api),
    ] {
        let args = [&["--kind", "backend"], args].concat();
        let message = new(folder, &args).fails_with("E5182");
        assert!(message.contains(help), "{args:?}: {message}");
        assert_eq!(names(folder), before, "{args:?}");
    }
    assert_eq!(
        fs::read_to_string(folder.join("full/file")).unwrap(),
        "mine"
    );
    assert_eq!(
        new(folder, &["a"]).status,
        Some(2),
        "the kind is to be said"
    );
}

#[test]
fn what_it_says_of_the_library_is_where_cargo_puts_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let says = |id: &str, variable: Option<&str>, path: Option<&str>| {
        let mut command = beskid(folder);
        command.env_remove("CARGO_TARGET_DIR");
        command.envs(variable.map(|value| ("CARGO_TARGET_DIR", value)));
        command.envs(path.map(|path| ("PATH", path)));
        command.args(["plugin", "new", "--kind", "linker", id]);
        let said = end(&mut command).succeeds();
        let (_, file) = said.trim_end().split_once("plugin check ").unwrap();
        let name = format!("/debug/libbeskid_linker_{id}.so");
        let file = file.trim_matches('\'');
        file.strip_suffix(&name).unwrap().to_owned()
    };
    assert_eq!(says("a", None, None), "target");
    assert_eq!(says("b", Some("/some/where"), None), "/some/where");
    let shared = folder.canonicalize().unwrap().join("all of it");
    fs::create_dir(folder.join(".cargo")).unwrap();
    let settings = "[build]\ntarget-dir = \"all of it\"\n";
    fs::write(folder.join(".cargo/config.toml"), settings).unwrap();
    assert_eq!(says("c", None, None), shared.to_str().unwrap());
    assert_eq!(says("d", Some("/some/where"), None), "/some/where");
    // Without cargo nobody can say.
    assert_eq!(says("e", None, Some("/nowhere")), "target");
}

#[test]
fn of_many_at_once_one_makes_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let made = thread::scope(|scope| {
        let threads = (0..8).map(|_| scope.spawn(|| new(folder, &["--kind", "linker", "one"])));
        let threads = threads.collect::<Vec<_>>();
        let ended = threads.into_iter().map(|thread| thread.join().unwrap());
        ended.filter(|ended| ended.status == Some(0)).count()
    });
    assert_eq!(made, 1);
    assert_eq!(names(folder), ["one"]);
    assert_eq!(names(&folder.join("one")).len(), 4);
}
