//! The loadable form of `beskid-backend-llvm`.
#![forbid(unsafe_code)]

beskid_plugin_api::export_plugin!(beskid_backend_llvm::plugin);
