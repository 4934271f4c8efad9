//! The loadable form of `beskid-linker-unix`.
