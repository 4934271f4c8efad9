//! Where a program starts.

use beskid_plugin_api::artifact as art;
use beskid_plugin_api::artifact::{ImportSource, SymbolId};
use beskid_plugin_api::codes::Code;
use cranelift_codegen::ir::{self, Function};

use super::{Name, Program, SourceError};
use crate::text::entry::{self, Form};

impl Program<'_> {
    /// Functions of a file may name a convention, so the
    /// entrypoint is a function of the platform's convention that calls the
    /// one named, with the arguments of the process if it takes them as C's
    /// `main` does.
    pub(in crate::text) fn set_entrypoint<'f>(
        &mut self,
        mut functions: impl Iterator<Item = &'f Function>,
        wanted: Option<&str>,
    ) -> Result<(), SourceError> {
        let entry = self.written.entry.take();
        if let Some(entry) = entry.filter(|entry| wanted.is_none_or(|name| name == entry.name)) {
            return self.start_as_written(&entry);
        }
        let name = self.entrypoint;
        let refused = |code, reason| Err(SourceError::Entrypoint { code, reason });
        let Some(func) = functions.find(|func| Name::of_function(func).text() == name) else {
            return match wanted {
                Some(_) => refused(
                    Code::E4030,
                    format!("Missing entrypoint: there is no function `%{name}`"),
                ),
                None => Ok(()),
            };
        };
        let Some((form, result)) = entry::form(&func.signature) else {
            return match wanted {
                Some(_) => refused(
                    Code::E4041,
                    format!(
                        "the entrypoint `%{name}` must take no parameters and return nothing, i8, i32, i64 or f64, \
                         or be `(i32, i64) -> i32` as C's `main`"
                    ),
                ),
                None => Ok(()),
            };
        };
        let mut targets = vec![self.symbols[&Name::of_function(func)]];
        if form == Form::C {
            for symbol in entry::ARGUMENTS {
                targets
                    .push(self.runtime_import(symbol, &entry::arguments_signature(self.platform))?);
            }
        }
        let call = entry::caller(&func.signature, form, self.platform);
        let mut names = entry::Targets(targets);
        let symbol = self.entry_function(&call, &format!("entry.{name}"), &mut names)?;
        self.start_at(symbol, name, result);
        Ok(())
    }

    /// The import of a runtime symbol, which the file may have itself.
    fn runtime_import(
        &mut self,
        symbol: &str,
        signature: &ir::Signature,
    ) -> Result<SymbolId, SourceError> {
        let name = Name::Text(symbol.as_bytes().to_vec());
        match self.symbols.get(&name) {
            Some(id) if self.imports.contains(symbol) => Ok(*id),
            Some(_) => Err(SourceError::Entrypoint {
                code: Code::E4041,
                reason: format!(
                    "the entrypoint `%{}` needs the runtime's `%{symbol}`, but the file defines one",
                    self.entrypoint
                ),
            }),
            None => {
                let signature = self.signature(signature, &name)?;
                let kind = art::SymbolKind::Function { signature };
                Ok(self.import(name, kind, ImportSource::Runtime))
            }
        }
    }
}
