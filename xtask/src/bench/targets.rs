//! What each comparison is to reach, at most.

use std::fmt::{self, Display};

/// A bound of a comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Target {
    /// Ours ÷ theirs.
    Ratio(f64),
    /// Seconds that ours may take more than theirs.
    More(f64),
}

use Target::{More, Ratio};

/// A row's words, and what it is to reach.
const TARGETS: &[(&str, Target)] = &[
    ("session ÷ JITModule, none, 1 job", Ratio(1.05)),
    ("session ÷ JITModule, none, 2 jobs", Ratio(0.58)),
    ("object ÷ ObjectModule, none, 1 job", Ratio(1.05)),
    ("object ÷ ObjectModule, none, 2 jobs", Ratio(0.58)),
    ("session ÷ JITModule, speed, 1 job", Ratio(1.05)),
    ("session ÷ JITModule, speed, 2 jobs", Ratio(0.58)),
    ("object ÷ ObjectModule, speed, 1 job", Ratio(1.05)),
    ("object ÷ ObjectModule, speed, 2 jobs", Ratio(0.58)),
    ("encode, decode, verify, bodies ÷ compile", Ratio(0.06)),
    ("bytes to ir::Function ÷ cranelift-reader", Ratio(0.12)),
    (
        "size of the artifact ÷ postcard of ir::Function",
        Ratio(0.2),
    ),
    ("size of the artifact ÷ CLIF text", Ratio(0.14)),
    ("run hello ÷ tcc -run, CPU", Ratio(0.8)),
    ("run hello ÷ tcc -run, wall", Ratio(0.8)),
    ("build hello ÷ cc -O0, ld.bfd", Ratio(0.8)),
    ("build hello ÷ cc -O0, mold", Ratio(0.8)),
    ("plugin load and gate, used ÷ dlopen, wall", More(0.004)),
    ("plugin load and gate, not used ÷ dlopen, wall", More(0.004)),
    (
        "run, time per function, 100,000 ÷ 1,000 functions",
        Ratio(1.1),
    ),
    (
        "build, time per function, 100,000 ÷ 1,000 functions",
        Ratio(1.1),
    ),
    ("run ÷ JITModule, peak memory, 20,000 functions", Ratio(1.5)),
    (
        "run ÷ JITModule, peak memory, 100,000 functions",
        Ratio(1.5),
    ),
    (
        "build ÷ ObjectModule, peak memory, 20,000 functions",
        Ratio(1.5),
    ),
    (
        "build ÷ ObjectModule, peak memory, 100,000 functions",
        Ratio(1.5),
    ),
    ("analyze 100,000 lines ÷ tcc -c", Ratio(3.0)),
    (
        "analyze 100,000 mixed lines ÷ a million lines a second",
        Ratio(1.0),
    ),
    ("geometric mean ÷ clang -O2", Ratio(1.4)),
    ("geometric mean llvm ÷ clang -O2", Ratio(1.1)),
    ("geometric mean ÷ optimize none", Ratio(1.0)),
    ("trees of depth 18 ÷ malloc and free", Ratio(1.0)),
    ("trees of depth 18 ÷ Boehm", Ratio(0.7)),
    ("collecting ÷ all, 10 GB with 10 MB live, kept", Ratio(0.25)),
    (
        "peak memory ÷ 64 MB, 10 GB with 10 MB live, kept",
        Ratio(1.0),
    ),
    (
        "peak memory ÷ 64 MB, 10 GB with 10 MB live, replaced",
        Ratio(1.0),
    ),
];

/// The target of a comparison, if it has one.
pub fn of(what: &str) -> Option<Target> {
    let found = TARGETS.iter().find(|(name, _)| *name == what);
    found.map(|(_, target)| *target)
}

impl Target {
    /// Whether a comparison reaches it.
    pub fn is_met(self, ours: f64, theirs: f64) -> bool {
        match self {
            Ratio(most) => ours / theirs <= most,
            More(most) => ours - theirs <= most,
        }
    }
}

impl Display for Target {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ratio(most) => write!(out, "≤ {most}"),
            More(most) => write!(out, "≤ {} ms more", most * 1e3),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_bounds_a_ratio_or_a_difference() {
        let plugin = of("plugin load and gate, used ÷ dlopen, wall").unwrap();
        assert_eq!(plugin.to_string(), "≤ 4 ms more");
        assert!(plugin.is_met(0.0045, 0.001) && !plugin.is_met(0.0055, 0.001));
        let mean = of("geometric mean ÷ clang -O2").unwrap();
        assert!(mean.is_met(1.4, 1.0) && !mean.is_met(1.41, 1.0));
        assert_eq!(of("fib ÷ clang -O2"), None);
    }
}
