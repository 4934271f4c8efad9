//! The Beskid host: finds, vets and loads plugins, takes programs through
//! them, and verifies what comes out.
//!
//! The stages are types, each made from the one before: [`source::Source`] →
//! `CodegenArtifact` → [`image::ObjectFile`] → [`image::LinkedImage`] →
//! [`image::VerifiedImage`].
#![deny(missing_docs)]

pub mod build;
pub mod cache;
pub mod child;
pub mod cli;
pub mod compile;
pub mod config;
pub mod diff;
pub mod directives;
pub mod end;
pub mod exports;
pub mod externs;
pub mod failure;
pub mod image;
pub mod input;
pub mod inspect;
pub mod link;
pub mod lower;
mod output;
pub mod plugins;
pub mod run;
pub mod runtime_archive;
pub mod scratch;
mod signals;
pub mod source;
pub mod target;
pub mod toolchain;
