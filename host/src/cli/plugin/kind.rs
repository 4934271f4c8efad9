//! Kinds of plugins on the command line.

use beskid_plugin_api::manifest::PluginKind;

use super::super::args::KindOfPlugin;

/// The kind that an argument names.
pub(super) fn kind_of(kind: KindOfPlugin) -> PluginKind {
    match kind {
        KindOfPlugin::Backend => PluginKind::Backend,
        KindOfPlugin::Linker => PluginKind::Linker,
    }
}
