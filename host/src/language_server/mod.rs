//! The language server: what editors ask about programs, answered on standard input and
//! output by what the compiler knows (LSP-1 to LSP-4).
//!
//! `wire` has the bytes, `inbox` the messages in their order, `session` the life of a server;
//! `documents` are the texts of the editor, `programs` what the compiler found out about them.
//! Each of the others is something that an editor asks for.

mod actions;
mod answers;
mod asked;
mod calls;
mod capabilities;
mod colours;
mod completion;
mod documents;
mod formatting;
mod hover;
mod inbox;
mod labels;
mod manifests;
mod navigation;
mod place;
mod programs;
mod publish;
mod reached;
mod renamed;
mod renaming;
mod reply;
mod session;
mod symbols;
mod text;
mod typed;
mod unfinished;
mod wire;
mod workspace;

pub(crate) use session::serve;
