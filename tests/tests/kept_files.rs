//! What a command has read it does not overwrite, and what it cannot write as a
//! whole keeps its old contents.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use beskid_tests::built::built;
use beskid_tests::command::{beskid, end, run};
use beskid_tests::workshop::Workshop;

const PROGRAM: &str = "i32 main() { return 7; }\n";

/// The file, two links to it and a path around a corner.
fn names_of(folder: &Path, name: &str) -> [String; 4] {
    let [link, hard] = [format!("link-{name}"), format!("hard-{name}")];
    if !folder.join(&link).exists() {
        symlink(name, folder.join(&link)).unwrap();
        fs::hard_link(folder.join(name), folder.join(&hard)).unwrap();
    }
    let around = format!("./sub/../{name}");
    [name.to_owned(), link, hard, around]
}

/// Each command would write into a file that it reads.
#[track_caller]
fn refuses(folder: &Path, read: &str, args: &[&str], option: &str) {
    let before = fs::read(folder.join(read)).unwrap();
    for name in names_of(folder, read) {
        let args = args.iter().copied().chain([option, &name]);
        let message = run(folder, args).fails_with("E4041");
        let expected = format!("`{name}` is read, and would be written");
        assert!(message.contains(&expected), "{message}");
        assert_eq!(fs::read(folder.join(read)).unwrap(), before, "{name}");
    }
}

fn workshop() -> Option<Workshop> {
    let shop = Workshop::with(&["cc", "ar"])?;
    fs::create_dir(shop.path("sub")).unwrap();
    shop.write("p.bd", PROGRAM);
    Some(shop)
}

#[test]
fn a_source_is_not_overwritten_by_any_command() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("sub")).unwrap();
    for (name, command) in [
        ("a.bd", &["artifact", "emit"][..]),
        ("b.bd", &["build"]),
        ("c.bd", &["build", "--kind", "object"]),
        ("d.bd", &["diff", "--reduce"]),
    ] {
        fs::write(folder.path().join(name), PROGRAM).unwrap();
        let args = command.iter().copied().chain([name]).collect::<Vec<_>>();
        refuses(folder.path(), name, &args, "--output");
    }
    fs::write(folder.path().join("e.bd"), PROGRAM).unwrap();
    let args = ["build", "e.bd", "-o", "out"];
    refuses(folder.path(), "e.bd", &args, "--object-output");
    assert!(!folder.path().join("out").exists());
}

#[test]
fn a_redirected_source_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("p.bd");
    fs::write(&source, PROGRAM).unwrap();
    for input in ["-", "/dev/stdin"] {
        let mut command = beskid(folder.path());
        command.args(["artifact", "emit", input, "-o", "p.bd"]);
        end(command.stdin(File::open(&source).unwrap())).fails_with("E4041");
    }
    for output in ["-", "/dev/stdout"] {
        let mut command = beskid(folder.path());
        command.args(["artifact", "emit", "p.bd", "-o", output]);
        let appended = fs::OpenOptions::new().append(true).open(&source).unwrap();
        let status = command.stdout(appended).status().unwrap();
        assert_eq!(status.code(), Some(1), "{output}");
    }
    assert_eq!(fs::read_to_string(&source).unwrap(), PROGRAM);
}

#[test]
fn what_is_linked_is_not_overwritten() {
    let Some(shop) = workshop() else { return };
    shop.write("s.c", "int seven(void) { return 7; }\n");
    shop.sh("cc -shared -fPIC s.c -o libs.so");
    shop.sh("cc -c s.c -o s.o");
    shop.sh("ar rc liba.a s.o");
    let import = "; extern: %seven LIBRARY\nfunction %main() -> i32 system_v {\n    fn0 = %seven() -> i32 system_v\n\
                  block0:\n    v0 = call fn0()\n    return v0\n}\n";
    for (library, name) in [("./libs.so", "libs.so"), ("./liba.a", "liba.a")] {
        shop.write("i.clif", import.replace("LIBRARY", library));
        refuses(shop.folder(), name, &["build", "i.clif"], "-o");
        let named = ["build", "p.bd", "--link-lib", library];
        refuses(shop.folder(), name, &named, "-o");
    }
    let searched = ["build", "p.bd", "--link-search", ".", "--link-lib", "s"];
    refuses(shop.folder(), "libs.so", &searched, "-o");
    shop.write("rt.a", beskid_host::embedded_runtime());
    let runtime = ["build", "p.bd", "--runtime-archive", "rt.a"];
    refuses(shop.folder(), "rt.a", &runtime, "-o");
}

#[test]
fn plugins_and_settings_in_use_are_not_overwritten() {
    let Some(shop) = workshop() else { return };
    fs::copy(built().plugin("backend_jit"), shop.path("pl.so")).unwrap();
    let args = ["--plugin", "./pl.so", "artifact", "emit", "p.bd"];
    refuses(shop.folder(), "pl.so", &args, "-o");
    shop.write("beskid.toml", "optimize = \"speed\"\n");
    refuses(
        shop.folder(),
        "beskid.toml",
        &["artifact", "emit", "p.bd"],
        "-o",
    );
    let user = ".no-config/beskid/config.toml";
    fs::create_dir_all(shop.path(user).parent().unwrap()).unwrap();
    shop.write(user, "optimize = \"speed\"\n");
    let message = run(shop.folder(), ["artifact", "emit", "p.bd", "-o", user]);
    message.fails_with("E4041");
}

#[test]
fn what_was_not_read_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), PROGRAM).unwrap();
    for _ in 0..2 {
        for args in [
            &["build", "p.bd", "-o", "p", "--object-output", "p.o"][..],
            &["artifact", "emit", "p.bd", "-o", "p.bska"],
        ] {
            run(folder.path(), args).succeeds();
        }
    }
    // Trust is read, and then written by the host itself.
    fs::write(
        folder.path().join("beskid.toml"),
        "[extern]\ndlopen = true\n",
    )
    .unwrap();
    for _ in 0..2 {
        run(folder.path(), ["trust", "."]).succeeds();
    }
}

#[test]
fn a_redirected_file_is_a_source_without_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let clif = "function %main() -> i32 {\nblock0:\n    v0 = iconst.i32 5\n    return v0\n}\n";
    fs::write(folder.path().join("p.bd"), PROGRAM).unwrap();
    fs::write(folder.path().join("p.clif"), clif).unwrap();
    run(folder.path(), ["artifact", "emit", "p.bd", "-o", "p.bska"]).succeeds();
    let program = beskid(folder.path()).get_program().to_owned();
    for path in [
        "-",
        "/dev/stdin",
        "/dev/fd/0",
        "/proc/self/fd/0",
        "/dev/fd/3",
    ] {
        for (name, result) in [("p.bd", "7\n"), ("p.clif", "5\n"), ("p.bska", "7\n")] {
            let shell = |line: &str| {
                let mut command = Command::new("sh");
                command.current_dir(folder.path()).env("BESKID", &program);
                command.args(["-c", line, "sh", path, name]);
                end(&mut command)
            };
            let line = "exec \"$BESKID\" run \"$1\" <\"$2\" 3<\"$2\"";
            assert_eq!(shell(line).succeeds(), result, "{path} {name}");
            let line = "exec \"$BESKID\" build \"$1\" <\"$2\" 3<\"$2\"";
            let message = shell(line).fails_with("E4041");
            assert!(message.contains("--output"), "{message}");
        }
    }
}

/// A folder that nobody may make files in, with an output that everybody may
/// write and `owner` has.
fn sealed(folder: &Path, owner: u32) -> std::path::PathBuf {
    let sealed = folder.join("sealed");
    fs::create_dir(&sealed).unwrap();
    let output = sealed.join("output");
    fs::write(&output, "old").unwrap();
    std::os::unix::fs::chown(&output, Some(owner), None).unwrap();
    for (path, mode) in [(folder, 0o755), (&output, 0o666), (&sealed, 0o555)] {
        fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    }
    output
}

/// No permissions bind root, and only root can give files away.
const NOBODY: u32 = 65534;

fn as_nobody(folder: &Path) -> Option<Command> {
    let mut command = beskid(folder);
    command.uid(NOBODY).gid(NOBODY);
    let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
    let mut probe = beskid(folder);
    probe.uid(NOBODY).gid(NOBODY).arg("--version");
    if !is_root || !probe.output().is_ok_and(|output| output.status.success()) {
        println!("skipped: beskid cannot be run as another user here");
        return None;
    }
    command.env_remove("HOME").env_remove("XDG_CACHE_HOME");
    Some(command)
}

#[test]
fn an_executable_that_is_written_in_place_can_be_executed() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), PROGRAM).unwrap();
    let Some(mut command) = as_nobody(folder.path()) else {
        return;
    };
    let output = sealed(folder.path(), NOBODY);
    end(command.args(["build", "p.bd", "-o", "sealed/output"])).succeeds();
    assert_eq!(fs::metadata(&output).unwrap().mode() & 0o777, 0o777);
    assert_eq!(Command::new(&output).status().unwrap().code(), Some(7));
}

#[test]
fn who_cannot_make_an_output_executable_does_not_write_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), PROGRAM).unwrap();
    let Some(mut command) = as_nobody(folder.path()) else {
        return;
    };
    let output = sealed(folder.path(), 0);
    command.args(["build", "p.bd", "-o", "sealed/output"]);
    let message = end(&mut command).fails_with("E4040");
    assert!(message.contains("cannot be made executable"), "{message}");
    assert_eq!(fs::read(output).unwrap(), b"old");
}

#[test]
fn a_full_disk_gives_an_output_its_old_contents_back() {
    let folder = tempfile::tempdir().unwrap();
    let text = "word ".repeat(10_000);
    let program = format!(
        "pub string text() {{ return \"{text}\"; }}\n\
         i32 main() {{ __syscall_write(1, text()); return 0; }}\n"
    );
    fs::write(folder.path().join("p.bd"), program).unwrap();
    let Some(mut command) = as_nobody(folder.path()) else {
        return;
    };
    let disk = folder.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let mut mount = Command::new("mount");
    mount.args(["-t", "tmpfs", "-o", "size=16384", "tmpfs"]);
    if !mount
        .arg(&disk)
        .status()
        .is_ok_and(|status| status.success())
    {
        println!("skipped: mounting a tmpfs is not permitted");
        return;
    }
    let output = sealed(&disk, NOBODY);
    fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
    let ended = end(command
        .args(["artifact", "emit", "p.bd", "-o"])
        .arg(&output));
    let contents = fs::read(&output).unwrap();
    let unmounted = Command::new("umount").arg(&disk).status().unwrap();
    let message = ended.fails_with("E4040");
    assert!(message.contains("make room"), "{message}");
    assert_eq!(contents, b"old");
    assert!(unmounted.success());
}
