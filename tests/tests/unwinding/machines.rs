//! Frames of programs for every machine: walks come through them, and exceptions of the
//! program give back the registers that they have saved.

use std::fs;

use beskid_tests::built::root;
use beskid_tests::command::run;
use beskid_tests::machines::{MACHINES, Machine};
use beskid_tests::workshop::Workshop;

use crate::windows;

const WALKS: &str = r#"
#include <stdio.h>
#include <unwind.h>
long middle(long);
long guard(long n);
static int frames, at;
static _Unwind_Reason_Code step(struct _Unwind_Context *context, void *nothing) {
    frames++;
    if (!at && _Unwind_GetRegionStart(context) == (_Unwind_Ptr)guard) at = frames;
    return _URC_NO_REASON;
}
long inner(long n) {
    _Unwind_Backtrace(step, 0);
    printf("%d\n", at);
    return n;
}
__attribute__((noinline)) long guard(long n) {
    long result = middle(n);
    __asm__ volatile("" : "+r"(result));
    return result;
}
int main(void) { return (int)(guard(1) - 58); }
"#;

const CATCHES: &str = r#"
#include <stdio.h>
long catches(long);
int main(void) {
    double kept = 1.5;
    long more[3] = {1, 2, 3};
    for (long i = 0; i < 3; i++) printf("%ld ", catches(i == 2 ? 100 : i) + more[i]);
    printf("%g\n", kept);
    return 0;
}
"#;

/// Links `p.clif`, optimized or not, with `main.c`, and runs what comes of it.
fn output(machine: &Machine, workshop: &Workshop, optimize: &str) -> String {
    let build = [
        "--optimize",
        optimize,
        "build",
        "p.clif",
        "--kind",
        "object",
    ];
    let rest = ["-o", "p.o", "--target-triple", machine.target];
    run(workshop.folder(), build.iter().chain(&rest)).succeeds();
    // The unwinder's tables are asked of C only if it is told so.
    workshop.sh(&format!(
        "{} -O1 -funwind-tables main.c p.o -o p",
        machine.cc
    ));
    machine.run(workshop, &workshop.path("p"))
}

#[test]
fn walks_come_through_programs_of_every_machine() {
    for machine in &MACHINES {
        let Some(workshop) = machine.workshop() else {
            continue;
        };
        workshop.write("p.clif", windows::program());
        workshop.write("main.c", WALKS);
        assert_eq!(output(machine, &workshop, "none"), "4\n", "{machine:?}");
    }
}

#[test]
fn exceptions_give_registers_back_on_every_machine() {
    let case = root().join("tests/cases/clif/exceptions_registers.clif");
    let case = fs::read_to_string(case).unwrap();
    let (_, functions) = case.split_once("function").unwrap();
    let by_c = "function %catches(i64) -> i64 system_v {";
    let functions = functions.replace("function %catch(i64) -> i64 {", by_c);
    for machine in &MACHINES {
        let Some(workshop) = machine.workshop() else {
            continue;
        };
        workshop.write("p.clif", format!("function{functions}"));
        workshop.write("main.c", CATCHES);
        for optimize in ["none", "speed"] {
            let said = output(machine, &workshop, optimize);
            assert_eq!(said, "1 57 2003 1.5\n", "{machine:?} {optimize}");
        }
    }
}
