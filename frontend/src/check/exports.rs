//! Which functions others may call, and by which symbols (FFI-5).

use beskid_syntax::views;
use rustc_hash::FxHashMap;

use super::callable::{CallableId, Mode, Param};
use super::foreign::{Place, is_reserved, wrong_symbol};
use super::state::{At, Checker};
use crate::builtins::PLACE;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::span::Span;
use crate::symbols::DEFAULT_ENTRYPOINT as MAIN;
use crate::types::Signature;

impl<'t> Checker<'t> {
    /// Gives the functions that others see their symbols: those with `Export`, and the
    /// public ones of the file that the program starts with.
    pub(super) fn declare_exports(&mut self) {
        let mut seen = FxHashMap::<String, Span>::default();
        for id in 0..self.callables.len() as CallableId {
            let of = &self.callables[id as usize];
            if of.owner.is_some() || of.node.kind() != beskid_syntax::NodeKind::Function {
                continue;
            }
            self.at = At {
                module: of.module,
                base: of.base,
                ..At::default()
            };
            let node = of.node;
            let attribute = self.known_attribute(node, "Export");
            let Some((symbol, span)) = self.export(id, attribute.as_ref()) else {
                continue;
            };
            if attribute.is_some() {
                self.make_foreign(id);
            }
            if is_reserved(&symbol) {
                let message = format!("`{symbol}` cannot be exported: the runtime owns the name");
                let diagnostic = SourceDiagnostic::new(codes::RESERVED_NAME, message, span, "");
                self.report(diagnostic.help("choose another name, or leave out `pub`"));
                continue;
            }
            let first = seen.insert(symbol.clone(), span);
            // Functions of one name were reported already.
            if let Some(first) = first {
                if attribute.is_some() {
                    let message = format!("a second export of the symbol `{symbol}`");
                    let code = codes::DUPLICATE;
                    let again = SourceDiagnostic::new(code, message, span, "again here");
                    self.report(again.related(first, "first here"));
                }
                continue;
            }
            if let Some(declared) = self.foreign.declared(&symbol) {
                let message = format!("`{symbol}` is exported and foreign");
                let code = codes::CONFLICTING_FOREIGN;
                let both = SourceDiagnostic::new(code, message, span, "exported here");
                self.report(both.related(declared, "foreign here"));
            }
            self.callables[id as usize].symbol = Some(symbol);
        }
    }

    /// The symbol that a function asks for, and where it does.
    fn export(
        &mut self,
        id: CallableId,
        attribute: Option<&super::known::Known<'t>>,
    ) -> Option<(String, Span)> {
        let of = &self.callables[id as usize];
        let (name, span, public) = (of.name, of.span, of.public);
        let Some(attribute) = attribute else {
            let first = of.base == 0 && !self.names.module(of.module).inline;
            let exported = public && first && name != MAIN && of.params.is_empty();
            return exported.then(|| (name.to_owned(), span));
        };
        let generic = !of.params.is_empty();
        let found = self.known_texts(attribute, &["Abi", "Symbol"]);
        self.check_abi(attribute, found[0].as_ref());
        if !public || name == MAIN || generic {
            let message = "`Export` is for `pub` functions other than `main`";
            let code = codes::MISPLACED_EXPORT;
            let diagnostic = SourceDiagnostic::new(code, message, attribute.span, "");
            self.report(diagnostic.help(if name == MAIN {
                "leave it out: programs start at `main` without it"
            } else if generic {
                "a generic function is many: export one that calls it"
            } else {
                "write `pub` before the function"
            }));
        }
        if name == MAIN {
            return None;
        }
        let (symbol, span) = found[1].clone().unwrap_or_else(|| (name.to_owned(), span));
        if let Some(wrong) = wrong_symbol(&symbol, span) {
            self.report(wrong);
            return None;
        }
        Some((symbol, span))
    }

    /// The signature of a function that C calls.
    fn make_foreign(&mut self, id: CallableId) {
        let of = &self.callables[id as usize];
        let (node, span, takes) = (of.node, of.span, of.takes.clone());
        if let Some(place) = of.placed {
            self.check_reserved(PLACE, place);
        }
        let Some(view) = views::Function::cast(node) else {
            return;
        };
        // Types that do not exist were reported with the function.
        let result = view.ty();
        let result = result.map(|ty| self.crossing(ty, Place::Result, of_result(self, id)));
        let nodes = view.params().into_iter().flat_map(views::Params::params);
        let nodes = nodes.filter_map(views::Param::ty).collect::<Vec<_>>();
        let mut crossing = Vec::<Param<'t>>::with_capacity(takes.len());
        for (param, node) in takes.iter().zip(nodes) {
            let ty = self.crossing(node, Place::Param, param.ty);
            crossing.push(Param {
                ty,
                mode: match param.mode {
                    Mode::Mutable => Mode::Mutable,
                    _ => Mode::Value,
                },
                ..*param
            });
        }
        let signature = Signature {
            params: crossing.iter().map(|param| param.ty).collect(),
            result: result.unwrap_or(crate::types::Ty::ERROR),
        };
        self.check_size(&signature, span);
        let of = &mut self.callables[id as usize];
        of.takes = crossing.into();
        of.result = signature.result;
        of.foreign = true;
    }

    fn crossing(
        &mut self,
        node: beskid_syntax::Node<'t>,
        place: Place,
        known: crate::types::Ty,
    ) -> crate::types::Ty {
        if known == crate::types::Ty::ERROR {
            return known;
        }
        self.foreign_type(node, place)
    }
}

fn of_result(checker: &Checker<'_>, id: CallableId) -> crate::types::Ty {
    checker.callables[id as usize].result
}
