//! The loadable form of `beskid-backend-aot`.
#![forbid(unsafe_code)]

beskid_plugin_api::export_plugin!(beskid_backend_aot::plugin);
