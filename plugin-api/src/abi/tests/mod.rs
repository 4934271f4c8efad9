//! What the boundary is made of, and how it may grow.

mod growth;
mod interface;
