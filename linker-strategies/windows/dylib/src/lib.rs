//! The loadable form of `beskid-linker-windows`.
