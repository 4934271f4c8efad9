//! The loadable form of `beskid-linker-apple`.
#![forbid(unsafe_code)]

beskid_plugin_api::export_plugin!(beskid_linker_apple::plugin);
