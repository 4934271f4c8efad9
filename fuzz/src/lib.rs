//! What the fuzz targets share: containers, the programs around the fuzzer's
//! section, mutations that keep lengths right, and compiling.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod compile;
pub mod container;
pub mod mutate;
pub mod rewrite;
pub mod shells;
