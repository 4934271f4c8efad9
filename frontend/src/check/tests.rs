//! Tests (TST).

use beskid_syntax::literal;
use beskid_syntax::views::{self, Entry};
use beskid_syntax::{Node, NodeKind, TokenKind};
use rustc_hash::FxHashSet;

use super::callable::{Callable, CallableId};
use super::shared::Shared;
use super::state::{At, Checker};
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir;
use crate::packages::PackageId;
use crate::resolve::{ItemId, ItemKind};
use crate::types::Ty;

impl<'t> Checker<'t> {
    /// A test is a unit function without parameters.
    pub(super) fn declare_test(&mut self, id: ItemId) {
        let item = self.names.item(id);
        let callable = self.callables.len() as CallableId;
        self.callables.push(Callable {
            name: item.name,
            span: item.span,
            node: item.node,
            base: item.base,
            module: item.module,
            public: false,
            item: Some(id),
            owner: None,
            params: Shared::default(),
            param_names: Shared::default(),
            owners: 0,
            takes: Shared::default(),
            placed: None,
            result: Ty::UNIT,
            this: None,
            symbol: None,
            foreign: false,
            broken: false,
            function: None,
        });
        self.of_item[id as usize] = Some(callable);
    }

    /// The tests of the program's own package, in the order of the texts.
    pub(super) fn tests(&mut self) -> Vec<hir::Test> {
        let mut tests = Vec::new();
        for id in 0..self.names.items.len() as ItemId {
            let item = self.names.item(id);
            let package = self.names.module(item.module).package;
            if item.kind != ItemKind::Test || package != PackageId::ENTRY {
                continue;
            }
            let (node, base, module, name) = (item.node, item.base, item.module, item.name);
            self.at = At {
                module,
                base,
                ..At::default()
            };
            let mut test = hir::Test {
                name: self.test_name(module, name),
                function: 0,
                tags: Vec::new(),
                group: None,
                skip: None,
            };
            self.sections(node, &mut test);
            let callable = self.of_item[id as usize];
            let function = callable.and_then(|id| self.callables[id as usize].function);
            if let Some(function) = function {
                test.function = function;
                tests.push(test);
            }
        }
        tests
    }

    /// TST-3: the inline modules, then the name.
    fn test_name(&self, module: crate::resolve::ModuleId, name: &str) -> String {
        let mut parts = vec![name];
        let mut module = module;
        while self.names.module(module).inline {
            parts.push(self.names.module(module).name);
            module = self.names.module(module).parent;
        }
        parts.reverse();
        parts.join("::")
    }

    /// TST-2.
    fn sections(&mut self, node: Node<'t>, test: &mut hir::Test) {
        let mut seen = FxHashSet::default();
        let parts = views::Test::cast(node)
            .into_iter()
            .flat_map(views::Test::parts);
        for section in parts {
            let (word, keys): (_, &[&str]) = match section.kind() {
                NodeKind::Meta => ("meta", &["tags", "group"]),
                NodeKind::Skip => ("skip", &["condition", "reason"]),
                _ => continue,
            };
            if !seen.insert(word) {
                let message = format!("a second `{word}` of the test");
                self.bad_section(&message, section);
            }
            let mut given = FxHashSet::default();
            let mut condition = false;
            let mut reason = None;
            for entry in section.children().filter_map(Entry::cast) {
                let key = entry.key();
                let text = key.text();
                if !keys.contains(&text) {
                    let message = format!("`{word}` has no `{text}`: it has {}", keys.join(", "));
                    self.bad_section(&message, entry.node());
                    continue;
                }
                if !given.insert(text) {
                    let message = format!("a second `{text}`");
                    self.bad_section(&message, entry.node());
                }
                let Some(value) = entry.value() else { continue };
                let token = value.first_token();
                let kind = (value.kind() == NodeKind::Literal).then(|| token.kind());
                match (text, kind) {
                    ("condition", Some(TokenKind::True)) => condition = true,
                    ("condition", Some(TokenKind::False)) => {}
                    ("condition", _) => self.bad_section("`true` or `false` is wanted here", value),
                    (_, Some(TokenKind::Text)) => {
                        let found = literal::characters(token.text()).into_owned();
                        match text {
                            "tags" => {
                                let tags = found.split(',').map(str::trim);
                                let tags = tags.filter(|tag| !tag.is_empty());
                                test.tags = tags.map(str::to_owned).collect();
                            }
                            "group" => test.group = Some(found),
                            _ => reason = Some(found),
                        }
                    }
                    _ => self.bad_section("a text is wanted here", value),
                }
            }
            if condition {
                test.skip = Some(reason.unwrap_or_default());
            }
        }
    }

    fn bad_section(&mut self, message: &str, node: Node<'t>) {
        let span = self.span(node);
        self.report(SourceDiagnostic::new(
            codes::BAD_TEST_SECTION,
            message,
            span,
            "",
        ));
    }
}
