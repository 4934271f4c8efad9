//! The language server, by an editor that speaks the protocol with the real process.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod client;
mod diagnostics;
mod extension;
mod lifecycle;
mod manifests;
mod navigation;
mod robust;
mod sources;
