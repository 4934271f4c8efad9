//! What objects for several architectures do once a C compiler has linked them:
//! thread-local data and exceptions. Programs for other machines run under QEMU.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::process::Command;

use beskid_tests::by_hand::thread_local;
use beskid_tests::command::{beskid, end, run};
use beskid_tests::machines::{MACHINES, Machine};
use beskid_tests::workshop::Workshop;

fn object(machine: Machine, workshop: &Workshop, source: &str, output: &str) {
    let args = ["--backend", "aot", "build", source, "--kind", "object"];
    let rest = ["--target-triple", machine.target, "-o", output];
    run(workshop.folder(), args.into_iter().chain(rest)).succeeds();
}

/// Two threads, of which each has numbers of its own.
const THREADS: &str = "\
#include <pthread.h>
#include <stdio.h>
long bump(void);
static void *other(void *sum) { *(long *)sum = bump() * 100 + bump(); return 0; }
int main(void) {
    long sum = 0;
    pthread_t thread;
    long before = bump();
    if (pthread_create(&thread, 0, other, &sum) || pthread_join(thread, 0)) return 1;
    printf(\"%ld %ld %ld\\n\", before, sum, bump());
    return 0;
}
";

const SAID: &str = "43 4346 46\n";

/// The data in C, the code in CLIF.
const IMPORTING: &str = "\
function %bump() -> i64 system_v {
    gv0 = symbol tls %counter
block0:
    v0 = tls_value.i64 gv0
    v1 = load.i64 v0
    v2 = iconst.i64 3
    v3 = iadd v1, v2
    store v3, v0
    return v3
}
";

#[test]
fn thread_local_data_is_each_threads_own_however_it_is_linked() {
    for machine in MACHINES {
        let Some(workshop) = machine.workshop() else {
            continue;
        };
        workshop.write("p.bska", thread_local().bytes());
        workshop.write("i.clif", IMPORTING);
        workshop.write("main.c", THREADS);
        workshop.write("counter.c", "__thread long counter = 40;\n");
        object(machine, &workshop, "p.bska", "own.o");
        object(machine, &workshop, "i.clif", "imports.o");
        workshop.sh(&format!("{} -c -fPIC counter.c", machine.cc));
        for objects in ["own.o", "imports.o counter.o"] {
            for form in ["-static", "-pie", "-no-pie"] {
                let line = format!("{} {form} -pthread main.c {objects} -o p", machine.cc);
                workshop.sh(&line);
                assert_eq!(machine.run(&workshop, &workshop.path("p")), SAID, "{line}");
            }
            workshop.sh(&format!("{} -shared {objects} -o libp.so", machine.cc));
            let rest = "-pthread main.c -L. -lp -Wl,-rpath,$ORIGIN -o p";
            workshop.sh(&format!("{} {rest}", machine.cc));
            assert_eq!(
                machine.run(&workshop, &workshop.path("p")),
                SAID,
                "shared {objects}"
            );
        }
    }
}

#[test]
fn thread_local_data_is_built_and_run_by_aot_and_refused_by_jit() {
    let Some(workshop) = MACHINES[0].workshop() else {
        return;
    };
    workshop.write("p.bska", thread_local().bytes());
    let folder = workshop.folder();
    let ended = run(folder, ["--backend", "aot", "run", "p.bska"]);
    assert_eq!(ended.succeeds(), "43\n");
    run(folder, ["build", "p.bska"]).succeeds();
    let ended = end(&mut Command::new(workshop.path("p")));
    assert_eq!(ended.status, Some(43), "{ended:#?}");
    workshop.write("main.c", THREADS);
    for (kind, file) in [("shared", "libp.so"), ("static", "libp.a")] {
        run(folder, ["build", "p.bska", "--kind", kind]).succeeds();
        workshop.sh(&format!(
            "cc -pthread main.c {file} -Wl,-rpath,$ORIGIN -o program"
        ));
        let ended = end(&mut Command::new(workshop.path("program")));
        assert_eq!(ended.succeeds(), SAID, "{kind}");
    }
    let message = end(beskid(folder).args(["--backend", "jit", "run", "p.bska"]));
    assert!(message.fails_with("E5008").contains("tls"));
}

const EXCEPTIONS: &str = include_str!("../cases/clif/exceptions.clif");

#[test]
fn exceptions_are_thrown_and_caught_on_every_architecture() {
    for machine in MACHINES {
        let Some(workshop) = machine.workshop() else {
            continue;
        };
        // As C calls it.
        let named = "function %entry(i32, i64) -> i64 {";
        assert!(EXCEPTIONS.contains(named));
        let text = EXCEPTIONS.replace(named, "function %entry(i32, i64) -> i64 system_v {");
        workshop.write("p.clif", text);
        workshop.write(
            "main.c",
            "#include <stdio.h>\nlong entry(int, long);\nint main(void) {\n    \
             printf(\"%ld %ld\\n\", entry(1, 42), entry(2, 42));\n    return 0;\n}\n",
        );
        object(machine, &workshop, "p.clif", "p.o");
        for form in ["-static", "-pie"] {
            workshop.sh(&format!("{} {form} main.c p.o -o p", machine.cc));
            assert_eq!(
                machine.run(&workshop, &workshop.path("p")),
                "1100 -1084\n",
                "{form}"
            );
        }
    }
}
