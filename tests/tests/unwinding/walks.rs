//! Walks over the stack of a program, by others' unwinders.

use beskid_tests::workshop::Workshop;

use crate::{WAYS, start, workshop};

/// Counts the frames from `inner` out to `guard`, by two unwinders.
const LIBRARY: &str = r#"
#define UNW_LOCAL_ONLY
#include <cstdio>
#include <dlfcn.h>
#include <libunwind.h>
#include <unwind.h>
extern "C" long guard(long (*call)(long), long n);
struct Walk { int frames; int guard; };
static bool is_guard(void *code) {
    Dl_info info;
    return dladdr(code, &info) && info.dli_saddr == (void *)guard;
}
static _Unwind_Reason_Code step(struct _Unwind_Context *context, void *walk) {
    Walk *w = (Walk *)walk;
    w->frames++;
    if (!w->guard && is_guard((void *)(_Unwind_GetIP(context) - 1))) w->guard = w->frames;
    return _URC_NO_REASON;
}
extern "C" __attribute__((noinline)) long inner(long n) {
    Walk walk = {0, 0};
    _Unwind_Backtrace(step, &walk);
    unw_context_t context;
    unw_cursor_t cursor;
    unw_getcontext(&context);
    unw_init_local(&cursor, &context);
    int guard_at = 0;
    for (int frames = 1; !guard_at; frames++) {
        unw_word_t ip;
        unw_get_reg(&cursor, UNW_REG_IP, &ip);
        if (is_guard((void *)(ip - 1))) guard_at = frames;
        if (unw_step(&cursor) <= 0) break;
    }
    std::printf("%d %d\n", walk.guard, guard_at);
    std::fflush(stdout);
    return n;
}
extern "C" long guard(long (*call)(long), long n) {
    long result = call(n);
    asm volatile("" : "+r"(result));
    return result * 0 + 42;
}
"#;

#[test]
fn walks_by_two_unwinders_come_through_programs() {
    let probe = Workshop::with(&["c++"]).filter(|probe| {
        probe.write("probe.cpp", "#include <libunwind.h>\n");
        let path = probe.path("probe.cpp");
        let mut cpp = std::process::Command::new("c++");
        cpp.args(["-fsyntax-only"]).arg(path);
        cpp.output().is_ok_and(|output| output.status.success())
    });
    if probe.is_none() {
        println!("skipped: libunwind-dev not installed");
        return;
    }
    let Some(workshop) = workshop(LIBRARY, &[], &["-lunwind"]) else {
        return;
    };
    for way in WAYS {
        // The frames of `inner`, of the program's two functions, and of `guard`.
        let ended = start(workshop.folder(), way, "none");
        let first = ended.stdout.lines().next();
        assert_eq!(first, Some("4 4"), "{way}: {ended:#?}");
    }
}
