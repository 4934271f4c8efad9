//! The loadable form of `beskid-backend-aot`.
