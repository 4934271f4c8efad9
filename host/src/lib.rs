//! The Beskid host: finds, vets and loads plugins, takes programs through
//! them, and verifies what comes out.
//!
//! The stages are types, each made from the one before: [`Source`] →
//! `CodegenArtifact` → `ObjectFile` → `LinkedImage` → `VerifiedImage`.
#![deny(missing_docs)]
#![cfg_attr(
    not(feature = "cli"),
    allow(
        dead_code,
        unused_imports,
        reason = "some of what the stages give is asked for by commands alone"
    )
)]

mod at_exit;
mod build;
mod cache;
mod child;
#[cfg(feature = "cli")]
mod cli;
mod compile;
mod config;
#[cfg(feature = "cli")]
mod diff;
mod directives;
#[cfg(feature = "cli")]
mod docs;
pub mod embed;
mod end;
mod entrypoint;
mod exports;
mod failure;
mod foreign;
#[cfg(feature = "cli")]
mod hunt;
mod image;
mod input;
mod inspect;
mod jobs;
#[cfg(feature = "cli")]
mod kit;
#[cfg(feature = "cli")]
mod language_server;
mod last_words;
mod link;
mod lower;
#[cfg(feature = "cli")]
mod out_of_memory;
mod output;
mod plugins;
mod project;
mod reuse;
mod run;
mod runtime_archive;
mod scratch;
mod signals;
mod source;
mod target;
mod timings;
mod toolchain;
mod tools;
#[cfg(feature = "cli")]
mod trials;

pub use build::{BuildRequest, build};
#[cfg(feature = "cli")]
pub use cli::main as command;
pub use compile::{CompileSettings, ObjectTarget, object};
pub use config::{Config, Extern, PluginSettings};
pub use foreign::Extra;
pub use inspect::inspect;
pub use lower::lower;
#[cfg(feature = "cli")]
pub use out_of_memory::Allocator;
pub use plugins::{Containment, Registry, vet};
pub use reuse::BuildCache;
pub use run::{Capture, Finished, Invocation, execute, runtime_symbols};
pub use runtime_archive::embedded as embedded_runtime;
pub use source::{DebugPaths, Source};
pub use toolchain::Toolchain;
