//! Settings: files, variables, options, and who is asked before they count.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, lchown, symlink};
use std::path::Path;

use beskid_tests::built::root;
use beskid_tests::command::{Ended, beskid, end, run};
use beskid_tests::tools::tool_in_path;

const PROGRAM: &str = "unit main() { }";

fn folder_with_program() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), PROGRAM).unwrap();
    folder
}

/// A C driver that leaves a mark with its arguments, and does its work.
fn marked_driver(path: &Path) {
    let script = "#!/bin/sh\necho \"$@\" > mark\nfor a in \"$@\"; do shift; \
                  case $a in --own*) ;; *) set -- \"$@\" \"$a\";; esac; done\nexec cc \"$@\"\n";
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, script).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn with(folder: &Path, variables: &[(&str, &str)], args: &[&str]) -> Ended {
    let mut command = beskid(folder);
    end(command.envs(variables.iter().copied()).args(args))
}

#[test]
fn tools_have_spaces_and_arguments_of_their_own() {
    if tool_in_path("cc").is_none() {
        return;
    }
    let folder = folder_with_program();
    let folder = folder.path();
    let driver = folder.join("my tools/c c");
    marked_driver(&driver);
    let driver = driver.to_str().unwrap();
    let mark = || {
        let mark = fs::read_to_string(folder.join("mark")).unwrap();
        fs::remove_file(folder.join("mark")).unwrap();
        mark
    };
    let build = ["build", "p.bd"];
    for variable in ["CC", "BESKID_TOOLS_CC"] {
        with(folder, &[(variable, driver)], &build).succeeds();
        assert!(!mark().contains("--own"));
        let quoted = format!("'{driver}' --own '--own two'");
        with(folder, &[(variable, &quoted)], &build).succeeds();
        assert!(mark().starts_with("--own --own two "));
        let open = format!("'{driver}");
        let message = with(folder, &[(variable, &open)], &build).fails_with("E5301");
        assert!(message.contains(variable), "{message}");
    }
    let user = folder.join(".no-config/beskid");
    fs::create_dir_all(&user).unwrap();
    for (value, own) in [
        (format!("{driver:?}"), false),
        (format!("[{driver:?}, \"--own\"]"), true),
    ] {
        let text = format!("[tools]\ncc = {value}\n");
        fs::write(user.join("config.toml"), text).unwrap();
        run(folder, build).succeeds();
        assert_eq!(mark().starts_with("--own "), own, "{value}");
    }
    // The configuration wins over `CC`.
    with(folder, &[("CC", "/nonexistent")], &build).succeeds();
}

#[test]
fn variables_are_read_as_what_they_are() {
    let folder = folder_with_program();
    let folder = folder.path();
    let config = |name: &str, value: &str| with(folder, &[(name, value)], &["config"]);
    for (value, read) in [
        ("1", true),
        ("yes", true),
        ("ON", true),
        ("0", false),
        ("off", false),
    ] {
        let shown = config("BESKID_EXTERN_DLOPEN", value).succeeds();
        let line = format!("extern.dlopen = {read}  # `BESKID_EXTERN_DLOPEN`");
        assert!(shown.contains(&line), "{shown}");
    }
    let message = config("BESKID_EXTERN_DLOPEN", "maybe").fails_with("E5301");
    assert!(message.contains("`maybe`"), "{message}");
    let shown = config("BESKID_BACKEND", "1").succeeds();
    assert!(shown.contains("backend = \"1\""), "{shown}");
    let blank = config("BESKID_BACKEND", "").succeeds();
    assert!(blank.contains("backend = null"), "{blank}");
    let odd = config("BESKID_BACKED", "jit");
    assert!(odd.stderr.starts_with("warning[E5303]: "), "{odd:#?}");
    assert!(
        odd.stderr.contains("did you mean `BESKID_BACKEND`?"),
        "{odd:#?}"
    );
    odd.succeeds();
    let nameless = config("BESKID_TOOLS_", "x");
    assert!(
        nameless.stderr.starts_with("warning[E5303]: "),
        "{nameless:#?}"
    );
    nameless.succeeds();
}

#[test]
fn a_filter_of_the_log_that_is_none_is_a_warning_said_once() {
    let folder = folder_with_program();
    let folder = folder.path();
    let odd = |args: &[&str]| with(folder, &[("BESKID_LOG", "beskid_host=loud")], args);
    for args in [["run", "p.bd"], ["diff", "p.bd"], ["explain", "E4021"]] {
        let ended = odd(&args);
        let warnings = ended.stderr.matches("warning[E5303]: ").count();
        assert_eq!(warnings, 1, "{args:?}: {ended:#?}");
        assert!(ended.stderr.contains("`BESKID_LOG`"), "{ended:#?}");
        ended.succeeds();
    }
    // It is not asked.
    assert!(!odd(&["-v", "config"]).stderr.contains("E5303"));
    for filter in ["", " ", "info", "warn,beskid_host=debug"] {
        let fine = with(folder, &[("BESKID_LOG", filter)], &["config"]);
        assert!(!fine.stderr.contains("E5303"), "{filter:?}: {fine:#?}");
        fine.succeeds();
    }
}

#[test]
fn settings_of_a_project_that_is_not_trusted_are_shown_and_not_obeyed() {
    let folder = folder_with_program();
    let folder = folder.path();
    let text = "optimize = \"size\"\nplugin-dir = [\"none\"]\n[tools]\ncc = \"tools/cc\"\n";
    fs::write(folder.join("beskid.toml"), text).unwrap();
    run(folder, ["run", "p.bd"]).fails_with("E5302");
    let shown = run(folder, ["config"]);
    let first = shown.stderr.lines().next().unwrap_or_default();
    assert!(first.starts_with("warning[E5302]: "), "{shown:#?}");
    assert!(
        first.ends_with("to set `plugin-dir`, `tools`"),
        "{shown:#?}"
    );
    let shown = shown.succeeds();
    let origin = "  # TOML file that is not trusted beskid.toml";
    for line in ["optimize = \"size\"", "tools.cc = "] {
        let found = shown.lines().find(|shown| shown.starts_with(line));
        assert!(
            found.is_some_and(|found| found.ends_with(origin)),
            "{shown}"
        );
    }
    run(folder, ["trust", "."]).succeeds();
    let trusted = run(folder, ["config"]);
    assert_eq!(trusted.stderr, "");
    assert!(!trusted.succeeds().contains("not trusted"));
}

#[test]
fn a_tool_that_warns_does_it_in_the_shape_of_every_warning() {
    if tool_in_path("cc").is_none() {
        return;
    }
    let folder = folder_with_program();
    let folder = folder.path();
    let driver = folder.join("warns");
    let script = "#!/bin/sh\necho 'so so' >&2\necho second >&2\nexec cc \"$@\"\n";
    fs::write(&driver, script).unwrap();
    fs::set_permissions(&driver, PermissionsExt::from_mode(0o755)).unwrap();
    let cc = [("CC", driver.to_str().unwrap())];
    let ended = with(folder, &cc, &["--backend", "aot", "run", "p.bd"]);
    let expected = "warning: so so\n  note: second\n  note: role=";
    assert!(ended.stderr.starts_with(expected), "{ended:#?}");
    ended.succeeds();
}

#[test]
fn a_project_is_found_from_its_subfolders() {
    let folder = folder_with_program();
    let inner = folder.path().join("a/b");
    fs::create_dir_all(&inner).unwrap();
    fs::write(folder.path().join("beskid.toml"), "optimize = \"size\"\n").unwrap();
    let shown = run(&inner, ["config"]).succeeds();
    assert!(
        shown.contains("optimize = \"size\"  # TOML file"),
        "{shown}"
    );
    fs::write(inner.join("beskid.toml"), "optimize = \"speed\"\n").unwrap();
    let shown = run(&inner, ["config"]).succeeds();
    assert!(shown.contains("optimize = \"speed\""), "{shown}");
    let paths = run(&inner, ["config", "--paths"]).succeeds();
    let project = inner.canonicalize().unwrap().join("beskid.toml");
    assert!(paths.contains(project.to_str().unwrap()), "{paths}");
    assert!(paths.contains("config.toml  (absent)"), "{paths}");
    let mut command = beskid(&inner);
    command.env("XDG_CACHE_HOME", "/opt/kept");
    let paths = end(command.args(["config", "--paths"])).succeeds();
    assert!(
        paths.contains("cache    /opt/kept/beskid  (absent)"),
        "{paths}"
    );
}

#[test]
fn a_projects_file_runs_and_loads_nothing_until_it_is_trusted() {
    if tool_in_path("cc").is_none() {
        return;
    }
    let folder = folder_with_program();
    let folder = folder.path();
    marked_driver(&folder.join("tools/cc"));
    let file = folder.join("beskid.toml");
    for (text, key) in [
        ("[tools]\ncc = \"tools/cc\"\n", "tools"),
        ("[extern]\ndlopen = true\n", "extern.dlopen"),
        ("plugin-dir = [\"plugins\"]\n", "plugin-dir"),
        ("[backend-options]\nx = true\n", "backend-options"),
    ] {
        fs::write(&file, text).unwrap();
        let message = run(folder, ["build", "p.bd"]).fails_with("E5302");
        assert!(message.contains(&format!("`{key}`")), "{message}");
        assert!(message.contains("beskid trust "), "{message}");
    }
    fs::write(&file, "[tools]\ncc = \"tools/cc\"\n").unwrap();
    let said = run(folder, ["trust", "."]).succeeds();
    assert!(said.contains("sets: tools"), "{said}");
    let inner = folder.join("inner");
    fs::create_dir(&inner).unwrap();
    let mut command = beskid(&inner);
    command.env("XDG_CONFIG_HOME", folder.join(".no-config"));
    end(command.args(["build", "../p.bd"])).succeeds();
    assert!(inner.join("mark").exists());
    let listed = run(folder, ["trust", "--list"]).succeeds();
    assert!(listed.trim_end().ends_with("  trusted"), "{listed}");

    fs::write(&file, "[tools]\ncc = \"tools/other\"\n").unwrap();
    let message = run(folder, ["build", "p.bd"]).fails_with("E5302");
    assert!(message.contains("has changed since"), "{message}");
    let listed = run(folder, ["trust", "--list"]).succeeds();
    assert!(listed.trim_end().ends_with("  changed"), "{listed}");
    run(folder, ["trust", "--remove", "."]).succeeds();
    run(folder, ["trust", "--remove", "."]).fails_with("E4041");
    assert_eq!(run(folder, ["trust", "--list"]).succeeds(), "");

    fs::write(&file, "[extern]\ndlopen = false\n").unwrap();
    run(folder, ["config"]).succeeds();
}

#[test]
fn a_file_of_another_user_holds_for_nobody_who_does_not_trust_it() {
    let folder = folder_with_program();
    let folder = folder.path();
    let file = folder.join("beskid.toml");
    let other = 65534;
    let give = |text: &str, owner| {
        let _ = fs::remove_file(&file);
        fs::write(&file, text).unwrap();
        chown(&file, Some(owner), None)
    };
    if give("optimize = \"size\"\n", other).is_err() {
        println!("skipped: files cannot be given to another user here");
        return;
    }
    let is_sized = |ended: &Ended| ended.stdout.contains("optimize = \"size\"");
    let config = || run(folder, ["config"]);
    let left_out = || {
        let ended = config();
        let told = "belongs to another user and is left out";
        assert!(ended.stderr.starts_with("warning[E5302]: "), "{ended:#?}");
        assert!(ended.stderr.contains(told), "{ended:#?}");
        assert!(ended.status == Some(0) && !is_sized(&ended), "{ended:#?}");
    };
    left_out();
    // Neither what is malformed nor what needs trust stops anybody else.
    for text in ["not TOML", "[tools]\ncc = \"/bin/false\"\n"] {
        give(text, other).unwrap();
        left_out();
    }
    give("optimize = \"size\"\n", other).unwrap();
    run(folder, ["trust", "."]).succeeds();
    let ended = config();
    assert!(is_sized(&ended) && ended.stderr.is_empty(), "{ended:#?}");
    run(folder, ["trust", "--remove", "."]).succeeds();
    // A link of somebody else to a file of root's is no better.
    let user = fs::metadata(folder).unwrap().uid();
    fs::rename(&file, folder.join("own.toml")).unwrap();
    chown(folder.join("own.toml"), Some(user), None).unwrap();
    symlink("own.toml", &file).unwrap();
    assert!(is_sized(&config()));
    lchown(&file, Some(other), None).unwrap();
    left_out();
}

#[test]
fn the_documented_settings_are_taken() {
    let folder = folder_with_program();
    let page = fs::read_to_string(root().join("docs/cli.md")).unwrap();
    let (_, section) = page.split_once("## Configuration").unwrap();
    let (_, example) = section.split_once("```toml\n").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    let user = folder.path().join(".no-config/beskid");
    fs::create_dir_all(&user).unwrap();
    fs::write(user.join("config.toml"), example).unwrap();
    let shown = run(folder.path(), ["config"]).succeeds();
    assert!(shown.contains("jobs = 4"), "{shown}");
    run(folder.path(), ["run", "p.bd"]).succeeds();
}

#[test]
fn a_wrong_setting_is_named_as_the_user_wrote_it() {
    let folder = folder_with_program();
    let file = folder.path().join("beskid.toml");
    for (text, key) in [
        ("jobs = \"many\"\n", "`jobs`"),
        ("[extern]\ndlopen = 3\n", "`extern.dlopen`"),
    ] {
        fs::write(&file, text).unwrap();
        run(folder.path(), ["trust", "."]).succeeds();
        let message = run(folder.path(), ["config"]).fails_with("E5301");
        assert!(
            message.contains(&format!("for key {key} in `")),
            "{message}"
        );
        assert!(message.contains("/beskid.toml`"), "{message}");
        assert!(!message.contains("default."), "{message}");
    }
}

#[test]
fn a_library_is_linked_by_its_path() {
    if tool_in_path("cc").is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let library = folder.join("odd folder");
    fs::create_dir(&library).unwrap();
    fs::write(library.join("t.c"), "int triple(int x) { return 3 * x; }\n").unwrap();
    let mut cc = std::process::Command::new("cc");
    cc.current_dir(&library)
        .args(["-shared", "-fPIC", "t.c", "-o", "libtriple.so"]);
    end(&mut cc).succeeds();
    let source = "function %main() -> i32 system_v {\n    fn0 = %triple(i32) -> i32 system_v\n\
                  block0:\n    v0 = iconst.i32 4\n    v1 = call fn0(v0)\n    return v1\n}\n";
    fs::write(folder.join("p.clif"), source).unwrap();
    let path = "odd folder/libtriple.so";
    run(folder, ["build", "p.clif", "--link-lib", path]).succeeds();
    let ended = end(&mut std::process::Command::new(folder.join("p")));
    assert_eq!(ended.status, Some(12), "{ended:#?}");
    let missing = ["build", "p.clif", "--link-lib", "none/libtriple.so"];
    let message = run(folder, missing).fails_with("E4040");
    assert!(message.contains("none/libtriple.so"), "{message}");
}
