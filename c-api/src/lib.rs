//! Embedding from C: `include/beskid.h`, over `beskid_host::embed`.
#![deny(missing_docs)]

mod call;
mod compile;
mod engine;
mod error;
mod imports;
mod instance;
mod text;
mod types;
