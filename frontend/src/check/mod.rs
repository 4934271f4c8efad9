//! From names and trees to the typed tree.
//!
//! Declarations come first, in tables; then bodies, each by itself. The body of a
//! generic function is checked once with its type parameters as they are, for what
//! does not depend on them, and once for each set of arguments that is reached:
//! only these are kept (GEN-2, GEN-3).

mod assignment;
mod attributes;
mod bindings;
mod callable;
mod callables;
mod calls;
mod choice;
mod compare;
mod conditions;
mod contract;
mod contracts;
mod conversions;
mod declaration;
mod declared;
mod definite;
mod discarded;
mod docs;
mod embedding;
mod events;
mod exports;
mod expressions;
mod few;
mod follow_ups;
mod foreign;
mod foreign_table;
mod frame;
mod generics;
mod inference;
mod instances;
mod instead;
mod known;
mod lambdas;
mod layouts;
mod locals;
mod loops;
mod made;
mod matching;
mod meaning;
mod means;
mod members;
mod mending;
mod operators;
mod outcome;
mod overloads;
mod owner;
mod part;
mod patterns;
mod places;
mod postfix;
mod program;
mod references;
mod returns;
mod scope;
mod seen;
mod shared;
mod sought;
mod state;
mod statements;
mod tests;
mod trial;
mod try_operator;
mod turn;
mod type_names;
mod unknown;
mod unused;
mod values;
mod witness;

pub use mending::{described, mended};
pub(crate) use program::{Has, Observed, check, observe};
