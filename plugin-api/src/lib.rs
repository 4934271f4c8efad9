//! The contract between the Beskid host and its plugins.
//!
//! Beskid compiles a program once, into a
//! [`CodegenArtifact`](artifact::CodegenArtifact): bytes with a digest that name
//! no backend. A *backend* turns the identical bytes into an object file or into
//! code in memory. A *linker strategy* plans how object files become an
//! executable or a library. The *host* finds the plugins, hands the bytes on,
//! carries plans out, and inspects every output.
//!
//! This crate holds the types and traits on which all of them agree, and
//! nothing else: it does no I/O, and no type of a code generator is in it. Who
//! writes a frontend, a backend or a linker strategy depends on this crate
//! alone.
//!
//! # Modules
//!
//! | module | holds | for whom |
//! |---|---|---|
//! | [`artifact`] | the program as every backend receives it: types, builder, decoder, verification | frontends, backends |
//! | [`tree`] | the functions of an artifact as typed instructions, control flow | backends |
//! | [`runtime_abi`] | the symbols that the runtime exports, their signatures, the layouts it shares with programs | frontends |
//! | [`backend`] | the trait [`Backend`](backend::Backend), its request and its answer | backends |
//! | [`linker`] | the trait [`LinkerStrategy`](linker::LinkerStrategy), its request and its plan | linker strategies |
//! | [`target`] | what a target triple says: format, processor, system, names of files | linker strategies |
//! | [`services`] | log, progress, cancellation, a scratch folder and tools, for a plugin at work | backends |
//! | [`tools`] | programs that the host runs for a plugin | backends, linker strategies |
//! | [`diagnostic`] | the one error type that crosses every boundary | all |
//! | [`codes`] | the error codes, with what each means | all |
//! | [`sdk`] | what turns an implementation into a plugin; calling code | plugins |
//! | [`panics`] | making a panic of others an error | plugins, hosts |
//! | [`manifest`] | what a plugin file says of itself before it is loaded | hosts, the curious |
//! | [`abi`] | the binary boundary: clients, tables, messages | hosts, tests of plugins |
//!
//! The macros [`backend_plugin!`], [`linker_plugin!`] and [`export_plugin!`]
//! belong to [`sdk`].
//!
//! # Where to begin
//!
//! **A frontend** makes artifacts.
//!
//! 1. Read the model at [`artifact`]; its example builds a whole program.
//! 2. Collect the program in an [`ArtifactBuilder`](artifact::ArtifactBuilder).
//!    [`finish`](artifact::ArtifactBuilder::finish) verifies what it wrote.
//! 3. Import what the program needs of the runtime by the table at
//!    [`runtime_abi`].
//!
//! A frontend that already writes to a `cranelift_module::Module` needs none of
//! this: `ArtifactModule` of the crate `beskid-clif` is such a module and writes
//! an artifact.
//!
//! **A backend** reads artifacts.
//!
//! 1. Implement [`Backend`](backend::Backend). Begin `compile` with
//!    [`accept`](backend::accept), which decodes, verifies, and refuses what the
//!    backend lacks.
//! 2. Read each function as a [`tree`]; or walk it with an
//!    [`InstructionReader`](artifact::InstructionReader), where
//!    [`OperandKind`](artifact::OperandKind) says what to read for each operand.
//! 3. Make a plugin of it with [`backend_plugin!`]. [`backend`] has a whole one
//!    as its example, called as a host calls it.
//!
//! **A linker strategy** plans links.
//!
//! 1. Implement [`LinkerStrategy`](linker::LinkerStrategy): which targets and
//!    kinds it links, and the steps for a request. It touches no file and runs
//!    no tool.
//! 2. Make a plugin of it with [`linker_plugin!`]. [`linker`] has an example.
//!
//! A plugin that is loaded at run time also needs a crate of type `cdylib` with
//! one line, [`export_plugin!`]; see [`sdk`].
//!
//! # Conventions
//!
//! - Sizes and offsets are in bytes unless a name or a comment says bits.
//! - Addresses cross the boundary as `u64`.
//! - Errors have codes such as [`E4022`](codes::Code::E4022); [`codes`] lists them all.
//! - Ids in parentheses, such as (BK-2) or (ABI-003), are rules of the platform's
//!   specification. Tests name the rules that they prove.
#![deny(missing_docs)]

pub mod abi;
pub mod artifact;
pub mod backend;
pub mod codes;
pub mod diagnostic;
mod digest;
pub mod linker;
pub mod manifest;
pub mod panics;
pub mod runtime_abi;
pub mod sdk;
pub mod services;
pub mod target;
pub mod tools;
pub mod tree;

pub use digest::Digest;
