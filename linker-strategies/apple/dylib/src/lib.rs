//! The loadable form of `beskid-linker-apple`.
