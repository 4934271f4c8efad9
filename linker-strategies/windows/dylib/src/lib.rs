//! The loadable form of `beskid-linker-windows`.
#![forbid(unsafe_code)]

beskid_plugin_api::export_plugin!(beskid_linker_windows::plugin);
