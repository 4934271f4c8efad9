//! Exceptions of C++ that pass through frames of programs.

use crate::{WAYS, start, workshop};

/// The catcher's values are in registers that every frame on the way has to give back.
pub const LIBRARY: &str = r#"
#include <cstdio>
struct Left { ~Left() { std::puts("left"); } };
extern "C" long inner(long n) {
    Left left;
    if (n > 0) throw n;
    return n;
}
extern "C" long guard(long (*call)(long), long n) {
    long a = n * 3, b = n * 5, c = n * 7, d = n * 11, e = n * 13;
    asm volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e));
    for (int times = 0; times < 3; times++) {
        try {
            std::printf("%ld\n", call(n - times * 6));
        } catch (long thrown) {
            std::printf("caught %ld: %ld %ld %ld %ld %ld\n", thrown, a, b, c, d, e);
        }
        std::fflush(stdout);
    }
    return 40 + 2;
}
"#;

#[test]
fn an_exception_passes_through_programs_and_is_caught_outside() {
    let Some(workshop) = workshop(LIBRARY, &[], &[]) else {
        return;
    };
    let expected = "left\ncaught 7: 21 35 49 77 91\nleft\ncaught 1: 21 35 49 77 91\nleft\n-290\n";
    for way in WAYS {
        for optimize in ["none", "speed"] {
            let ended = start(workshop.folder(), way, optimize);
            // What `run` shows of the result follows.
            let output = ended.stdout.strip_suffix("42\n").unwrap_or(&ended.stdout);
            assert_eq!(output, expected, "{way} {optimize}: {ended:#?}");
        }
    }
}
