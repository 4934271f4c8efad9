//! The loadable form of `beskid-backend-jit`.
#![forbid(unsafe_code)]

beskid_plugin_api::export_plugin!(beskid_backend_jit::plugin);
