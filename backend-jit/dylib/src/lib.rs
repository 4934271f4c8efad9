//! The loadable form of `beskid-backend-jit`.
