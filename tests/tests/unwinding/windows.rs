//! Frames of programs for Windows: walks come through them, and jumps over them give
//! back the registers that they have saved.

use beskid_tests::command::run;
use beskid_tests::workshop::Workshop;

use crate::PROGRAM;

const MAIN: &str = r#"
#include <stdio.h>
#include <setjmp.h>
#include <windows.h>
long long middle(long long);
static jmp_buf place;
static unsigned long long begin_of(unsigned long long code) {
    unsigned long long base;
    RUNTIME_FUNCTION *entry = RtlLookupFunctionEntry(code, &base, 0);
    return entry ? base + entry->BeginAddress : 0;
}
__attribute__((noinline)) int guard(long long n);
/* How far out `guard` is, and what is in the registers that it gives back, as the
   unwinder says. */
long long inner(long long n) {
    CONTEXT context;
    RtlCaptureContext(&context);
    int frames = 1;
    while (frames < 9 && begin_of(context.Rip) != (unsigned long long)guard) {
        unsigned long long base, frame;
        void *data;
        RUNTIME_FUNCTION *entry = RtlLookupFunctionEntry(context.Rip, &base, 0);
        if (!entry) { context.Rip = *(unsigned long long *)context.Rsp; context.Rsp += 8; }
        else RtlVirtualUnwind(0, base, context.Rip, entry, &context, &data, &frame, 0);
        frames++;
    }
    printf("%d: %lld %lld %lld\n", frames, context.R12, context.R13, context.R14);
    fflush(stdout);
    if (n > 0) longjmp(place, (int)n);
    return n;
}
int guard(long long n) {
    int thrown = setjmp(place);
    if (thrown) { printf("caught %d\n", thrown); return 0; }
    register long long a asm("r12") = 21, b asm("r13") = 35, c asm("r14") = 49;
    asm volatile("" : "+r"(a), "+r"(b), "+r"(c));
    printf("%lld\n", middle(n));
    asm volatile("" : "+r"(a), "+r"(b), "+r"(c));
    return (int)(a + b + c);
}
int main(void) {
    printf("%d\n", guard(7));
    printf("%d\n", guard(-5));
    return 0;
}
"#;

/// The functions of the program in the target's own convention, without `main`.
pub fn program() -> String {
    let (functions, _) = PROGRAM.split_once("function %main").unwrap();
    let functions = functions.replace(" system_v", "");
    let lines = functions.lines();
    let lines = lines.filter(|line| !line.starts_with("; extern"));
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn walks_and_long_jumps_come_through_frames_on_windows() {
    let tools = ["x86_64-w64-mingw32-gcc", "wine64"];
    let Some(workshop) = Workshop::with(&tools) else {
        return;
    };
    workshop.write("p.clif", program());
    workshop.write("main.c", MAIN);
    let target = ["--target-triple", "x86_64-pc-windows-gnu"];
    for optimize in ["none", "size"] {
        let build = [
            "--optimize",
            optimize,
            "build",
            "p.clif",
            "--kind",
            "object",
        ];
        let rest = ["-o", "p.obj"];
        let args = build.iter().chain(&rest).chain(&target);
        run(workshop.folder(), args).succeeds();
        workshop.sh("x86_64-w64-mingw32-gcc -O1 main.c p.obj -o p.exe");
        let output = workshop.run("wine64", ["p.exe"]).replace('\r', "");
        let expected = "4: 21 35 49\ncaught 7\n0\n4: 21 35 49\n-290\n105\n";
        assert_eq!(output, expected, "{optimize}");
    }
}
