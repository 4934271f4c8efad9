//! The loadable form of `beskid-linker-unix`.
#![forbid(unsafe_code)]

beskid_plugin_api::export_plugin!(beskid_linker_unix::plugin);
