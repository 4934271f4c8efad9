//! What each comparison is to reach, at most.

/// The end of a row's words, and the ratio that it is to reach.
const TARGETS: &[(&str, f64)] = &[
    ("session ÷ JITModule, none, 1 job", 1.05),
    ("session ÷ JITModule, none, 2 jobs", 0.58),
    ("object ÷ ObjectModule, none, 1 job", 1.05),
    ("object ÷ ObjectModule, none, 2 jobs", 0.58),
    ("session ÷ JITModule, speed, 1 job", 1.05),
    ("session ÷ JITModule, speed, 2 jobs", 0.58),
    ("object ÷ ObjectModule, speed, 1 job", 1.05),
    ("object ÷ ObjectModule, speed, 2 jobs", 0.58),
    ("encode, decode, verify, bodies ÷ compile", 0.06),
    ("bytes to ir::Function ÷ cranelift-reader", 0.12),
    ("size of the artifact ÷ postcard of ir::Function", 0.2),
    ("size of the artifact ÷ CLIF text", 0.14),
    ("run hello ÷ tcc -run, CPU", 0.8),
    ("run hello ÷ tcc -run, wall", 0.8),
    ("build hello ÷ cc -O0", 0.8),
    ("build hello ÷ cc -O0, ld.bfd", 0.8),
    ("build hello ÷ cc -O0, mold", 0.8),
    ("session, time per function, 100,000 ÷ 1,000 functions", 1.1),
    ("object, time per function, 100,000 ÷ 1,000 functions", 1.1),
    ("session, peak memory ÷ JITModule, 10,000 functions", 1.5),
    ("session, peak memory ÷ JITModule, 100,000 functions", 1.5),
    ("object, peak memory ÷ ObjectModule, 10,000 functions", 1.5),
    ("object, peak memory ÷ ObjectModule, 100,000 functions", 1.5),
    ("analyze 100,000 lines ÷ tcc -c", 3.0),
    ("geometric mean ÷ clang -O2", 1.4),
    ("geometric mean ÷ optimization none", 1.0),
];

/// The target of a comparison, if it has one.
pub fn of(what: &str) -> Option<f64> {
    let found = TARGETS.iter().find(|(name, _)| *name == what);
    found.map(|(_, target)| *target)
}
