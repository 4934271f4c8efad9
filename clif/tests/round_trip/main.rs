//! CLIF survives the artifact: `ir::Function` → artifact → `ir::Function`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod agreement;
mod annotations;
mod codes;
mod constructs;
mod control;
mod entities;
mod hostile;
mod numbers;
mod opcodes;
mod refusals;
mod rules;
mod sample;
mod tree;
mod trip;
