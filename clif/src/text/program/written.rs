//! What a file's comments say of symbols, put into its program.

use beskid_plugin_api::artifact as art;
use beskid_plugin_api::artifact::SymbolId;

use super::{Name, Program, SourceError};
use crate::text::symbols::WrittenEntry;

impl Program<'_> {
    /// The data objects, before anything mentions them.
    pub(super) fn declare_data(&mut self) -> Result<(), SourceError> {
        for data in &self.written.data {
            let name = Name::Text(data.name.clone().into_bytes());
            if self.symbols.contains_key(&name) {
                let message = format!("a second `%{}`", data.name);
                let line = data.line;
                return Err(SourceError::Syntax { line, message });
            }
            let (writable, tls) = (data.writable, data.tls);
            let own = data.symbol.name.as_ref().unwrap_or(&data.name);
            let linkage = data.symbol.linkage.clone();
            let symbol = self.builder.add_symbol(art::Symbol {
                name: Some(own.clone()),
                kind: art::SymbolKind::Data { writable, tls },
                linkage: linkage.unwrap_or(art::Linkage::Local),
            });
            self.symbols.insert(name, symbol);
        }
        Ok(())
    }

    /// What they hold, once every name is known.
    pub(super) fn define_data(&mut self) -> Result<(), SourceError> {
        let written = std::mem::take(&mut self.written.data);
        for data in written {
            let symbol = self.known(&data.name, data.line)?;
            let addresses = data.addresses.into_iter();
            let addresses = addresses.map(|(offset, name, addend)| {
                Ok(art::DataRelocation {
                    offset,
                    target: self.known(&name, data.line)?,
                    addend,
                })
            });
            let relocations = addresses.collect::<Result<_, SourceError>>()?;
            self.builder.add_data(art::DataObject {
                symbol,
                init: data.init,
                align: data.align,
                section: data.section,
                used: data.used,
                relocations,
                role: data.role,
            });
        }
        Ok(())
    }

    /// What debuggers are told, once every name is known.
    pub(super) fn define_debug(&mut self) -> Result<(), SourceError> {
        let written = std::mem::take(&mut self.written.debug);
        let no_name = |line| SourceError::Syntax {
            line,
            message: "a symbol is the number of a name before it".to_owned(),
        };
        let debug = written.finish(|name, line| self.known(name, line), no_name)?;
        if let Some(debug) = debug {
            self.builder.set_debug(debug);
        }
        Ok(())
    }

    /// Starts the artifact where a comment says.
    pub(super) fn start_as_written(&mut self, entry: &WrittenEntry) -> Result<(), SourceError> {
        let symbol = self.known(&entry.function, entry.line)?;
        self.start_at(symbol, &entry.name, entry.result);
        Ok(())
    }

    fn known(&self, name: &str, line: usize) -> Result<SymbolId, SourceError> {
        let found = self.symbols.get(&Name::Text(name.as_bytes().to_vec()));
        found.copied().ok_or_else(|| SourceError::Syntax {
            line,
            message: format!("there is no `%{name}` in this file"),
        })
    }
}
