//! The Beskid host: finds, vets and loads plugins, takes programs through
//! them, and verifies what comes out.
//!
//! The stages are types, each made from the one before: [`Source`] →
//! `CodegenArtifact` → `ObjectFile` → `LinkedImage` → `VerifiedImage`.
#![deny(missing_docs)]

mod at_exit;
mod build;
mod cache;
mod child;
mod cli;
mod compile;
mod config;
mod diff;
mod directives;
mod docs;
pub mod embed;
mod end;
mod entrypoint;
mod exports;
mod failure;
mod foreign;
mod hunt;
mod image;
mod input;
mod inspect;
mod jobs;
mod kit;
mod language_server;
mod last_words;
mod link;
mod lower;
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
mod trials;

pub use build::{BuildRequest, build};
pub use cli::main as command;
pub use compile::{CompileSettings, ObjectTarget, object};
pub use config::{Config, Extern, PluginSettings};
pub use foreign::Extra;
pub use inspect::inspect;
pub use lower::lower;
pub use out_of_memory::Allocator;
pub use plugins::{Containment, Registry, vet};
pub use reuse::BuildCache;
pub use run::{Capture, Finished, Invocation, execute, runtime_symbols};
pub use runtime_archive::embedded as embedded_runtime;
pub use source::{DebugPaths, Source};
pub use toolchain::Toolchain;
