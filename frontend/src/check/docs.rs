//! Documentation comments: whether what they name exists (DOC).

use beskid_plugin_api::codes::Code;
use beskid_syntax::views;
use beskid_syntax::{Docs, Node, NodeKind};
use memchr::memmem;
use rustc_hash::FxHashSet;

use super::state::Checker;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::directives::{Directive, directives};
use crate::packages::PackageId;
use crate::source::shifted;

/// What a run of documentation belongs to.
#[derive(Default)]
pub(super) struct Subject<'t> {
    /// Of what is called: its parameters, and whether it returns something.
    pub(super) called: Option<(Vec<&'t str>, bool)>,
    /// Of an enum.
    pub(super) variants: Option<Vec<&'t str>>,
    /// The type parameters.
    pub(super) params: Vec<&'t str>,
}

impl<'t> Checker<'t> {
    /// Warns about the documentation of every item, member, variant and parameter.
    pub(super) fn check_docs(&mut self) {
        let files = self.sources.files.iter();
        let own = files.filter(|file| file.package == PackageId::ENTRY);
        let has = |text: &str, part: &str| memmem::find(text.as_bytes(), part.as_bytes()).is_some();
        let documented = own.filter(|file| has(file.tree.text(), "///"));
        let documented = documented.collect::<Vec<_>>();
        let refers = documented.iter().any(|file| has(file.tree.text(), "@ref"));
        let known = match refers {
            true => self.documentable(),
            false => FxHashSet::default(),
        };
        for file in documented {
            self.documented(file.tree.root(), file.base, &known);
        }
    }

    /// The last parts of the names that a reference may mean (DOC-6).
    fn documentable(&self) -> FxHashSet<String> {
        let items = self.names.items.iter().map(|item| item.name);
        let modules = self.names.modules.iter().map(|module| module.name);
        let callables = self.callables.iter().map(|callable| callable.name);
        let required = self.contracts.values().flat_map(|info| &info.methods);
        let foreign = self.foreign.contracts.values().flat_map(|of| of.keys());
        let plain = items
            .chain(modules)
            .chain(callables)
            .chain(required.map(|method| method.name))
            .chain(foreign.copied());
        let parts = self.declared.iter().flat_map(|of| {
            let fields = of.fields.iter().map(|field| &field.name);
            let events = of.events.iter().map(|event| &event.name);
            let variants = of.variants.iter().map(|variant| &variant.name);
            fields.chain(events).chain(variants)
        });
        plain.map(str::to_owned).chain(parts.cloned()).collect()
    }

    fn documented(&mut self, node: Node<'t>, base: u32, known: &FxHashSet<String>) {
        for child in node.children() {
            if !has_docs(child.kind()) {
                continue;
            }
            if let Some(docs) = child.docs() {
                self.run(&docs, &subject(child), base, known);
            }
            if matches!(
                child.kind(),
                NodeKind::Module
                    | NodeKind::Type
                    | NodeKind::Enum
                    | NodeKind::Contract
                    | NodeKind::Impl
                    | NodeKind::Function
                    | NodeKind::ContractMethod
                    | NodeKind::Params
            ) {
                self.documented(child, base, known);
            }
        }
    }

    fn run(
        &mut self,
        docs: &Docs<'t>,
        subject: &Subject<'t>,
        base: u32,
        known: &FxHashSet<String>,
    ) {
        let mut seen = FxHashSet::default();
        let is_known = |name: &str| known.contains(name);
        for directive in directives(&docs.lines) {
            let found = problem(&directive, subject, &mut seen, &is_known);
            let argument = directive.argument.unwrap_or_default();
            let last = argument.rsplit(['.', ':']).next().unwrap_or_default();
            let found = found.filter(|_| !self.names.unread.contains(last));
            if let Some((code, message)) = found {
                let span = shifted(docs.span, base);
                let warning = SourceDiagnostic::new(code, message, span, "");
                self.diagnostics.push(warning);
            }
        }
    }
}

/// What is wrong with a directive, if something is. `seen` are those before it.
pub(super) fn problem<'a>(
    directive: &Directive<'a>,
    subject: &Subject<'a>,
    seen: &mut FxHashSet<(&'a str, &'a str)>,
    known: &dyn Fn(&str) -> bool,
) -> Option<(Code, String)> {
    let word = directive.word;
    let argument = directive.argument.unwrap_or_default();
    let again = !seen.insert((word, argument));
    let named = |names: &[&str], unknown: Code, second: Code, what: &str| {
        if !names.contains(&argument) {
            Some((unknown, format!("there is no {what} `{argument}`")))
        } else {
            let message = format!("the {what} `{argument}` is told twice");
            again.then_some((second, message))
        }
    };
    match word {
        "ref" => {
            let last = argument.rsplit(['.', ':']).next().unwrap_or_default();
            let lost = directive.argument.is_some() && !known(last);
            let message = format!("nothing is named `{argument}`");
            (lost && !again).then_some((codes::DOC_UNKNOWN_REFERENCE, message))
        }
        "arg" if directive.argument.is_none() => None,
        "arg" => match &subject.called {
            Some((params, _)) => named(
                params,
                codes::DOC_UNKNOWN_ARGUMENT,
                codes::DOC_SECOND_ARGUMENT,
                "parameter",
            ),
            None => Some(not_called()),
        },
        "returns" => match &subject.called {
            Some((_, true)) => None,
            Some((_, false)) => {
                let message = "it returns nothing".to_owned();
                Some((codes::DOC_UNIT_RESULT, message))
            }
            None => Some(not_called()),
        },
        "variant" => match &subject.variants {
            Some(variants) => named(
                variants,
                codes::DOC_UNKNOWN_VARIANT,
                codes::DOC_SECOND_VARIANT,
                "variant",
            ),
            None => {
                let message = "this is no enum, and has no variants".to_owned();
                Some((codes::DOC_NOT_AN_ENUM, message))
            }
        },
        "par" if subject.params.is_empty() => {
            let message = "this has no type parameters".to_owned();
            Some((codes::DOC_NOT_GENERIC, message))
        }
        "par" => named(
            &subject.params,
            codes::DOC_UNKNOWN_PARAMETER,
            codes::DOC_SECOND_PARAMETER,
            "type parameter",
        ),
        // DOC-5.
        "tier" if matches!(argument, "standard" | "supported" | "unstable") => None,
        _ => {
            let message = format!("there is no directive `@{word}`");
            (!again).then_some((codes::DOC_UNKNOWN_DIRECTIVE, message))
        }
    }
}

fn not_called() -> (Code, String) {
    let message = "this is nothing that is called".to_owned();
    (codes::DOC_NOT_CALLABLE, message)
}

/// Whether nodes of a kind have documentation.
pub(super) const fn has_docs(kind: NodeKind) -> bool {
    matches!(
        kind,
        NodeKind::Function
            | NodeKind::ContractMethod
            | NodeKind::Type
            | NodeKind::Enum
            | NodeKind::Use
            | NodeKind::ModuleDeclaration
            | NodeKind::Module
            | NodeKind::Contract
            | NodeKind::AttributeDeclaration
            | NodeKind::Impl
            | NodeKind::Test
            | NodeKind::Field
            | NodeKind::Event
            | NodeKind::Variant
            | NodeKind::Params
            | NodeKind::Param
    )
}

/// What a node is for its documentation.
pub(super) fn subject(node: Node<'_>) -> Subject<'_> {
    let mut subject = Subject::default();
    let returns = |ty: Option<Node<'_>>| ty.is_some_and(|ty| ty.text() != "unit");
    if let Some(view) = views::Function::cast(node) {
        subject.called = Some((param_names(view.params()), returns(view.ty())));
        subject.params = generics(view.generics());
    } else if let Some(view) = views::ContractMethod::cast(node) {
        subject.called = Some((param_names(view.params()), returns(view.ty())));
    } else if let Some(view) = views::Type::cast(node) {
        subject.params = generics(view.generics());
    } else if let Some(view) = views::Enum::cast(node) {
        subject.params = generics(view.generics());
        let variants = view.variants().map(|variant| variant.name().text());
        subject.variants = Some(variants.collect());
    }
    subject
}

fn generics(generics: Option<views::Generics<'_>>) -> Vec<&str> {
    let names = generics.into_iter().flat_map(views::Generics::names);
    names.map(|name| name.text()).collect()
}

fn param_names(params: Option<views::Params<'_>>) -> Vec<&str> {
    let params = params.into_iter().flat_map(views::Params::params);
    let names = params.filter_map(views::Param::name);
    names.map(|name| name.text()).collect()
}
