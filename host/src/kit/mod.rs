//! The conformance kit: what every backend and every linker strategy must do, as
//! tests of a plugin, each in a process of its own.

mod backend;
mod case;
mod catalog;
mod expected;
mod held;
mod linker;
mod new;
mod outcome;
mod place;
mod printed;
mod runner;
mod subject;

pub(crate) use case::Test;
pub(crate) use catalog::{test_of, tests, unknown};
pub(crate) use expected::Expected;
pub(crate) use new::NewPlugin;
pub(crate) use outcome::Finding;
pub(crate) use runner::{Process, Ran, Status, run_all};
pub(crate) use subject::Subject;
