//! Which imports may leave a program: decided by what they resolve to, in memory
//! and linked alike. The libraries are real and made on the spot.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use beskid_tests::command::{beskid, end, run};
use beskid_tests::foreign::{BUILT, LINKED, LOADED, calling, library, nothing_left, with_variable};

const ALLOW: &str = "BESKID_EXTERN_ALLOW";
const DENY: &str = "BESKID_EXTERN_DENY";
const WAYS: [&[&str]; 3] = [&LOADED, &LINKED, &BUILT];

/// Calls `symbol` by a plain import, of whichever library has it.
fn plain(symbol: &str) -> String {
    format!(
        "function %main() -> i32 system_v {{\n    fn0 = %{symbol}() -> i32 system_v\nblock0:\n    \
         v1 = call fn0()\n    return v1\n}}\n"
    )
}

fn folder_with(program: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.clif"), program).unwrap();
    folder
}

/// A library `libx.so.1` with `next`, and names that lead to it.
fn folder_with_library(spelling: &str) -> tempfile::TempDir {
    let folder = folder_with(&calling("next", spelling));
    let source = "int next(int x) { return x + 1; }\n";
    fs::write(folder.path().join("source.c"), source).unwrap();
    let soname = "-Wl,-soname,libx.so.1";
    let args = ["-shared", "-fPIC", soname, "source.c", "-o", "libreal.so"];
    end(Command::new("cc").current_dir(folder.path()).args(args)).succeeds();
    for name in ["libx.so.1", "alias.so", "libx.so"] {
        symlink("libreal.so", folder.path().join(name)).unwrap();
    }
    folder
}

#[test]
fn ext_7_plain_imports_are_refused_as_others_are_in_every_command() {
    let folder = folder_with(&plain("getpid"));
    let folder = folder.path();
    fs::write(
        folder.join("t.clif"),
        "test run\nfunction %calls() -> i32 system_v {\n    fn0 = %getpid() -> i32 system_v\n\
         block0:\n    v1 = call fn0()\n    return v1\n}\n; run: %calls() == 1\n",
    )
    .unwrap();
    let diff = ["--extern-dlopen", "diff", "p.clif"];
    let shared = ["build", "p.clif", "--kind", "shared", "-o", "out"];
    for list in ["*", "getpid", "libc.so.6:*", "c:getpid", "libc.so.6:getpid"] {
        for args in WAYS.into_iter().chain([shared.as_slice()]) {
            let message = with_variable(folder, DENY, list, args).fails_with("E5130");
            let line = "`getpid` of `libc.so.6`: denied by denylist";
            assert!(message.contains(line), "{list} {args:?}: {message}");
        }
        for args in [&diff[..], &["--extern-dlopen", "test", "t.clif"]] {
            let ended = with_variable(folder, DENY, list, args);
            let all = format!("{}{}", ended.stdout, ended.stderr);
            assert_ne!(ended.status, Some(0), "{list} {args:?}: {all}");
            assert!(all.contains("E5130"), "{list} {args:?}: {all}");
        }
    }
    nothing_left(folder);
    for args in WAYS {
        for (variable, list) in [(DENY, "libm.so.6:*"), (ALLOW, "libc.so.6:getpid")] {
            let ended = with_variable(folder, variable, list, args);
            assert_ne!(ended.status, Some(1), "{list} {args:?}: {ended:#?}");
        }
        with_variable(folder, ALLOW, "libm.so.6:*", args).fails_with("E5130");
    }
}

/// What the kernel provides is handed out by the C library.
#[test]
fn ext_7_functions_that_are_chosen_at_run_time_are_their_librarys() {
    let text = "function %main() -> i64 system_v {\n    fn0 = %time(i64) -> i64 system_v\nblock0:\n    \
                v0 = iconst.i64 0\n    v1 = call fn0(v0)\n    return v0\n}\n";
    let folder = folder_with(text);
    for program in [
        text.to_owned(),
        format!("; extern: %time libc.so.6\n{text}"),
    ] {
        fs::write(folder.path().join("p.clif"), program).unwrap();
        for args in [&LOADED[..], &LINKED] {
            with_variable(folder.path(), DENY, "libc.so.6:time", args).fails_with("E5130");
            let stdout = with_variable(folder.path(), ALLOW, "libc.so.6:*", args).succeeds();
            assert_eq!(stdout, "0\n");
        }
    }
}

#[test]
fn ext_7_a_file_is_the_same_by_each_of_its_names() {
    for spelling in ["./libx.so.1", "./alias.so", "libx.so", "x"] {
        let folder = folder_with_library(spelling);
        let folder = folder.path();
        let absolute = fs::canonicalize(folder).unwrap().join("libreal.so");
        let absolute = absolute.to_str().unwrap();
        let ways = [
            (&LOADED[..], 0),
            (&["build", "p.clif", "-o", "out", "--link-search", "."], 0),
        ];
        for (args, _) in ways {
            let with = |variable, library: &str| {
                let mut command = beskid(folder);
                command.env("LD_LIBRARY_PATH", folder);
                command.env(variable, format!("{library}:next"));
                end(command.args(args))
            };
            for library in ["libx.so.1", "libx.so", "x", absolute, "./libx.so.1"] {
                let message = with(DENY, library).fails_with("E5130");
                assert!(message.contains("`next` of `"), "{message}");
                assert_eq!(
                    with(ALLOW, library).status,
                    Some(0),
                    "{spelling} {library} {args:?}"
                );
            }
            for library in ["libc.so.6", "./source.c", "/nowhere/libx.so.1"] {
                with(ALLOW, library).fails_with("E5130");
                assert_eq!(with(DENY, library).status, Some(0), "{spelling} {library}");
            }
        }
    }
}

/// A library that borrows an allowed name is not the allowed one.
#[test]
fn ext_7_a_denied_library_is_never_loaded() {
    let folder = folder_with(&calling("next", "./libx.so"));
    let folder = folder.path();
    let source = "#include <stdio.h>\n__attribute__((constructor)) void begin(void) { \
                  fopen(\"loaded\", \"w\"); }\nint next(int x) { return x; }\n";
    library(folder, source, "libx.so");
    symlink("libx.so", folder.join("other.so")).unwrap();
    for list in ["./libx.so:*", "libx.so:*", "./other.so:*", "next", "*"] {
        with_variable(folder, DENY, list, &LOADED).fails_with("E5130");
        assert!(!folder.join("loaded").exists(), "{list}");
    }
    with_variable(folder, ALLOW, "./libx.so:next", &LOADED).succeeds();
    assert!(folder.join("loaded").exists());
}

#[test]
fn ext_7_lists_that_can_mean_nothing_are_refused() {
    let folder = folder_with(&plain("getpid"));
    for (variable, list) in [
        (DENY, "get*"),
        (DENY, "lib*.so:*"),
        (DENY, "libc.so.6"),
        (ALLOW, "getpid,**"),
        (ALLOW, ""),
        (ALLOW, " , ,"),
    ] {
        for args in WAYS {
            let message = with_variable(folder.path(), variable, list, args).fails_with("E5133");
            assert!(message.contains(variable), "{message}");
        }
    }
    let ended = with_variable(folder.path(), DENY, "", &LOADED);
    assert_eq!(ended.status, Some(0), "{ended:#?}");
}

#[test]
fn ext_7_data_is_refused_among_plain_imports() {
    let folder = folder_with(&plain("environ"));
    for args in WAYS {
        let message = run(folder.path(), args).fails_with("E5134");
        assert!(message.contains("`environ`"), "{message}");
    }
    nothing_left(folder.path());
}

/// Data of the C library that a program could read, and write, past every list.
#[test]
fn ext_7_data_does_not_leave_a_program_whatever_the_lists_say() {
    let folder = folder_with(
        "function %main() -> i64 {\n    gv0 = symbol %environ\nblock0:\n    \
         v0 = symbol_value.i64 gv0\n    v1 = load.i64 v0\n    return v1\n}\n",
    );
    let folder = folder.path();
    let shared = ["build", "p.clif", "--kind", "shared", "-o", "out"];
    for args in WAYS.into_iter().chain([shared.as_slice()]) {
        for ended in [
            run(folder, args),
            with_variable(folder, ALLOW, "libc.so.6:environ", args),
        ] {
            let message = ended.fails_with("E5134");
            assert!(message.contains("`environ`"), "{args:?}: {message}");
        }
    }
    nothing_left(folder);
    // Who links an object decides what is in reach.
    run(folder, ["build", "p.clif", "--kind", "object", "-o", "p.o"]).succeeds();
}

/// Another library calls itself, or its file, as the system's.
#[test]
fn ext_7_a_borrowed_name_is_not_allowed() {
    let folder = folder_with(&calling("evil", "./libevil.so"));
    let folder = folder.path();
    fs::write(folder.join("evil.c"), "int evil(int x) { return x + 1; }\n").unwrap();
    let soname = "-Wl,-soname,libm.so.6";
    let args = ["-shared", "-fPIC", soname, "evil.c", "-o", "libevil.so"];
    end(Command::new("cc").current_dir(folder).args(args)).succeeds();
    for list in ["libm.so.6:evil", "libm.so:evil", "m:*"] {
        for args in WAYS {
            let message = with_variable(folder, ALLOW, list, args).fails_with("E5130");
            assert!(message.contains("denied by allowlist"), "{message}");
        }
    }
    // Linked, the loader takes the file that has the name.
    for args in [&LINKED[..], &BUILT] {
        with_variable(folder, ALLOW, "./libevil.so:evil", args).fails_with("E5130");
        with_variable(folder, DENY, "libm.so.6:evil", args).fails_with("E5130");
    }
    nothing_left(folder);
    with_variable(folder, ALLOW, "./libevil.so:evil", &LOADED).succeeds();

    fs::create_dir(folder.join("fake")).unwrap();
    let source = "int getpid(int x) { return x + 1; }\n";
    library(folder, source, "fake/libc.so.6");
    fs::write(folder.join("p.clif"), calling("getpid", "./fake/libc.so.6")).unwrap();
    for list in ["libc.so.6:getpid", "libc.so:getpid", "c:getpid"] {
        for args in WAYS {
            with_variable(folder, ALLOW, list, args).fails_with("E5130");
        }
    }
    nothing_left(folder);
    with_variable(folder, ALLOW, "./fake/libc.so.6:*", &LOADED).succeeds();
}

#[test]
fn ext_7_denied_code_is_denied_by_each_of_its_names() {
    let folder = folder_with(&plain("__getpid"));
    let folder = folder.path();
    for list in ["getpid", "libc.so.6:getpid", "c:getpid", "*:getpid"] {
        for args in WAYS {
            let message = with_variable(folder, DENY, list, args).fails_with("E5130");
            let line = "`__getpid` of `libc.so.6`: denied by denylist, as `getpid`";
            assert!(message.contains(line), "{list}: {message}");
        }
    }
    let ended = with_variable(folder, DENY, "libm.so.6:getpid,getppid", &LOADED);
    assert!(ended.stderr.is_empty(), "{ended:#?}");
    // An archive of one's own, too.
    let source = "int next(int x) { return x + 1; }\n\
                  int other(int) __attribute__((alias(\"next\")));\nint third(int x) { return x; }\n";
    archive(folder, source, "libown.a");
    let build = ["build", "p.clif", "-o", "out", "--link-search", "."];
    for (symbol, denied) in [("other", true), ("third", false)] {
        fs::write(folder.join("p.clif"), calling(symbol, "own")).unwrap();
        let ended = with_variable(folder, DENY, "own:next", &build);
        assert_eq!(ended.status == Some(1), denied, "{ended:#?}");
    }
}

/// The loader finds a symbol in whatever a library needs, and a linker in
/// whatever else is linked.
#[test]
fn ffi_2_a_symbol_of_another_library_is_not_the_named_ones() {
    let folder = folder_with(&calling("abs", "libm.so.6"));
    let folder = folder.path();
    let refused = |part: &str| {
        for args in WAYS {
            let message = run(folder, args).fails_with("E5132");
            assert!(message.contains(part), "{args:?}: {message}");
        }
        nothing_left(folder);
    };
    refused("libc.so.6");
    library(folder, "int inner(int x) { return x; }\n", "libinner.so");
    fs::write(
        folder.join("outer.c"),
        "int inner(int); int outer(int x) { return inner(x); }\n",
    )
    .unwrap();
    let args = [
        "-shared",
        "-fPIC",
        "outer.c",
        "./libinner.so",
        "-o",
        "libouter.so",
    ];
    end(Command::new("cc").current_dir(folder).args(args)).succeeds();
    fs::write(folder.join("p.clif"), calling("inner", "./libouter.so")).unwrap();
    refused("inner");
    fs::write(folder.join("p.clif"), calling("outer", "./libouter.so")).unwrap();
    run(folder, LOADED).succeeds();
}

/// What glibc has moved is still found by the names of before.
#[test]
fn ffi_2_a_library_that_the_c_library_has_taken_in_still_counts() {
    let text = "; extern: %pthread_self libpthread.so.0\nfunction %main() -> i64 system_v {\n    \
                fn0 = %pthread_self() -> i64 system_v\nblock0:\n    v0 = call fn0()\n    \
                v1 = iconst.i64 5\n    return v1\n}\n";
    let folder = folder_with(text);
    for args in [&LOADED[..], &LINKED] {
        assert_eq!(run(folder.path(), args).succeeds(), "5\n");
        with_variable(folder.path(), DENY, "libc.so.6:*", args).fails_with("E5130");
        with_variable(folder.path(), DENY, "libpthread.so.0:*", args).fails_with("E5130");
        with_variable(folder.path(), ALLOW, "libpthread.so.0:*", args).fails_with("E5130");
    }
}

#[test]
fn ffi_2_linker_scripts_and_archives_are_looked_into() {
    let folder = folder_with(&calling("next", "x"));
    let folder = folder.path();
    library(
        folder,
        "int next(int x) { return x + 1; }\nint data = 3;\n",
        "libreal.so",
    );
    archive(
        folder,
        "int other(int x) { return x; }\nint fixed = 3;\n",
        "libextra.a",
    );
    let script = "/* a GNU ld script */\nGROUP ( ./libreal.so AS_NEEDED ( ./libextra.a ) )\n";
    fs::write(folder.join("libx.so"), script).unwrap();
    let build = ["build", "p.clif", "-o", "out", "--link-search", "."];
    let program = |symbol: &str, library: &str| {
        fs::write(folder.join("p.clif"), calling(symbol, library)).unwrap();
    };
    run(folder, build).succeeds();
    program("other", "x");
    run(folder, build).succeeds();
    fs::remove_file(folder.join("out")).unwrap();
    for (symbol, library, code) in [
        ("data", "x", "E5134"),
        ("fixed", "x", "E5134"),
        ("fixed", "libextra.a", "E5134"),
        ("abs", "x", "E5132"),
        ("abs", "libextra.a", "E5132"),
        ("none", "x", "E4021"),
    ] {
        program(symbol, library);
        let message = run(folder, build).fails_with(code);
        assert!(message.contains(symbol), "{message}");
    }
    program("abs", "c");
    run(folder, build).succeeds();
}

fn archive(folder: &Path, source: &str, output: &str) {
    fs::write(folder.join("member.c"), source).unwrap();
    let args = ["-c", "-fPIC", "member.c"];
    end(Command::new("cc").current_dir(folder).args(args)).succeeds();
    let args = ["rcs", output, "member.o"];
    end(Command::new("ar").current_dir(folder).args(args)).succeeds();
}

#[test]
fn ffi_2_a_symbol_that_an_earlier_library_would_provide_is_refused() {
    let folder = folder_with("");
    let folder = folder.path();
    let both = "int next(int x) { return x + 1; }\nint one(int x) { return x; }\n";
    library(folder, both, "libfirst.so");
    library(
        folder,
        "int next(int x) { return x + 2; }\n",
        "libsecond.so",
    );
    let program = |first: &str, second: &str| {
        let text = format!(
            "; extern: %one ./libfirst.so\n; extern: %next ./libsecond.so\n\
             function %main() -> i32 system_v {{\n    fn0 = %{first}(i32) -> i32 system_v\n    \
             fn1 = %{second}(i32) -> i32 system_v\nblock0:\n    v0 = iconst.i32 40\n    \
             v1 = call fn0(v0)\n    v2 = call fn1(v1)\n    return v2\n}}\n"
        );
        fs::write(folder.join("p.clif"), text).unwrap();
    };
    program("one", "next");
    for args in [&LINKED[..], &BUILT] {
        let message = run(folder, args).fails_with("E5136");
        assert!(message.contains("libfirst.so"), "{message}");
    }
    program("next", "one");
    run(folder, BUILT).succeeds();
    // One file name in two folders is one library to the linker.
    for (name, source) in [("a", "int one(int x) { return x; }\n"), ("b", both)] {
        fs::create_dir(folder.join(name)).unwrap();
        library(folder, source, &format!("{name}/libsame.so"));
    }
    let text = fs::read_to_string(folder.join("p.clif")).unwrap();
    let text = text.replace("./libfirst.so", "./a/libsame.so");
    let text = text.replace("./libsecond.so", "./b/libsame.so");
    fs::write(folder.join("q.clif"), text).unwrap();
    let message = run(folder, ["build", "q.clif"]).fails_with("E5136");
    assert!(message.contains("libsame.so"), "{message}");
    assert_eq!(end(&mut Command::new(folder.join("out"))).status, Some(42));
    assert_eq!(run(folder, LOADED).succeeds(), "42\n");
}

#[test]
fn a_run_path_that_the_loader_would_split_is_refused() {
    let folder = folder_with(&calling("next", "./a:b/libx.so"));
    let folder = folder.path();
    for odd in ["a:b", "a$b"] {
        fs::create_dir(folder.join(odd)).unwrap();
        let source = "int next(int x) { return x + 1; }\n";
        library(folder, source, &format!("{odd}/libx.so"));
        let program = calling("next", &format!("./{odd}/libx.so"));
        fs::write(folder.join("p.clif"), program).unwrap();
        for args in [&LINKED[..], &BUILT] {
            let message = run(folder, args).fails_with("E4024");
            assert!(message.contains(odd), "{message}");
        }
        assert_eq!(run(folder, LOADED).succeeds(), "42\n");
    }
    nothing_left(folder);
}

/// What only the loader's own list leads to is refused before it is loaded.
#[test]
fn ext_7_a_library_of_the_loaders_list_is_refused_before_its_code_runs() {
    let folder = folder_with(&calling("next", "liblisted.so.1"));
    let folder = folder.path();
    let source = "#include <stdio.h>\nint next(int x) { return x + 1; }\n\
                  __attribute__((constructor)) static void c(void) { fclose(fopen(\"ran\", \"w\")); }\n";
    library(folder, source, "libreal.so");
    fs::create_dir(folder.join("list")).unwrap();
    symlink("../libreal.so", folder.join("list/liblisted.so.1")).unwrap();
    // In a space of mounts of its own, where the list is another one.
    let script = "echo $PWD/list >conf && \
                  /sbin/ldconfig -X -f conf -C cache && mount --bind cache /etc/ld.so.cache && \
                  exec \"$0\" \"$@\"";
    let listed = |deny: &str| {
        let host = beskid(folder);
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", script]);
        command.arg(host.get_program()).args(LOADED);
        for (name, value) in host.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        end(command.current_dir(folder).env(DENY, deny))
    };
    let ended = listed("libm.so.6:*");
    if ended.status != Some(0) && !ended.stderr.contains("error[") {
        println!(
            "skipped: the loader's list cannot be replaced: {}",
            ended.stderr
        );
        return;
    }
    assert_eq!(ended.succeeds(), "42\n");
    fs::remove_file(folder.join("ran")).unwrap();
    let real = fs::canonicalize(folder).unwrap().join("libreal.so");
    let message = listed(&format!("{}:next", real.display())).fails_with("E5130");
    assert!(message.contains("denied by denylist"), "{message}");
    assert!(!folder.join("ran").exists());
}
