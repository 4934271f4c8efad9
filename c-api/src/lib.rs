//! Embedding from C: `include/beskid.h`, over `beskid_host::embed`.
#![deny(missing_docs)]

mod array;
mod call;
mod compile;
mod engine;
mod error;
mod help;
mod imports;
mod instance;
mod text;
mod types;
