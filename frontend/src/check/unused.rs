//! Imports and private items that nothing uses (USE-3, VIS-3).

use super::state::Checker;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::resolve::{ItemId, ItemKind};
use crate::symbols::DEFAULT_ENTRYPOINT as MAIN;

impl Checker<'_> {
    pub(super) fn warn_unused(&mut self) {
        let meant = self.probably_meant();
        let is_open = |name: &str| self.names.unread.contains(name) || meant.contains(name);
        let mut warnings = Vec::new();
        for import in &self.names.uses {
            let name = import.alias.or_else(|| import.path.last().copied());
            let unread = name.is_some_and(|(name, _)| is_open(name));
            if import.good && !import.public && !import.used.get() && !unread {
                let message = "nothing uses this import";
                let warning = SourceDiagnostic::new(codes::UNUSED_IMPORT, message, import.span, "");
                warnings.push(warning.help("remove it"));
            }
        }
        for id in 0..self.names.items.len() as ItemId {
            let item = self.names.item(id);
            let called = item.name == MAIN && item.kind == ItemKind::Function;
            let used = item.used.get() || is_open(item.name);
            if item.public || used || called || item.kind == ItemKind::Test {
                continue;
            }
            let message = format!("nothing uses the {} `{}`", item.kind.noun(), item.name);
            let warning = SourceDiagnostic::new(codes::UNUSED_ITEM, message, item.span, "");
            warnings.push(warning.help("remove it, or write `pub` before it"));
        }
        self.diagnostics.extend(warnings);
    }
}
