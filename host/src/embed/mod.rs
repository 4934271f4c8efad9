//! Programs compiled and called from Rust.
//!
//! An [`Engine`] has plugins and a [`Config`]. It makes artifacts of sources that are in
//! memory, and compiles artifacts to [`Instance`]s. An instance gives its exported
//! functions by name and type; a call returns what the function returns, or the [`Trap`]
//! that ended it.
//!
//! ```
//! use beskid_host::embed::{Config, Engine, Imports};
//!
//! let engine = Engine::new(Config::new())?;
//! let text = "[Export(Abi: \"C\")]\npub i64 add(i64 a, i64 b) { return a + b; }\n";
//! let instance = engine.compile(&engine.artifact_of_source("sum.bd", text)?, Imports::new())?;
//! let add = instance.function::<(i64, i64), i64>("add")?;
//! assert_eq!(add.call((40, 2))?, 42);
//!
//! let wrong = instance.function::<(i64, f64), i64>("add").unwrap_err();
//! assert_eq!(wrong.to_string(),
//!     "E4052: `add` is `(i64, i64) -> i64`, and is asked for as `(i64, f64) -> i64`");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Nothing here reads configuration files, variables or command lines, and nothing is
//! shared between engines but what a process has once: its signals, and the heap of the
//! runtime.
//!
//! # Trust
//!
//! An artifact is code. Decoding makes sure that it is well-formed, not that it is
//! benign: a program may write to any memory of the process. Embed programs that are
//! trusted as much as a library would be.

mod allowance;
mod arguments;
mod backtrace;
mod boundary;
mod caller;
mod code;
mod config;
mod data;
mod deadline;
mod dynamic;
mod engine;
mod entry;
mod exports;
mod faults;
mod frames;
mod function;
mod handler_stack;
mod host_function;
mod imports;
mod instance;
mod interrupt;
mod linked;
mod panics;
mod params;
mod program;
mod registers;
mod scalar;
mod signature;
mod sources;
mod text;
mod told;
mod trap;

pub use caller::Caller;
pub use config::{Catch, Config};
pub use data::Data;
pub use dynamic::{CallError, DynamicFunction, Value};
pub use engine::Engine;
pub use function::Function;
pub use host_function::{Answer, HostFunction};
pub use imports::Imports;
pub use instance::Instance;
pub use interrupt::InterruptHandle;
pub use params::{Params, Results};
pub use scalar::Scalar;
pub use signature::FunctionType;
pub use text::{text_of, view};
pub use trap::{Trap, TrapKind};

/// The programs of the page are tests.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/embedding.md")]
mod page {}
