//! What the fuzz targets share: containers, the programs around the fuzzer's
//! section, mutations that keep lengths or syntax right, and compiling.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod compile;
pub mod container;
mod dice;
pub mod mutate;
pub mod rewrite;
pub mod shells;
pub mod sources;
