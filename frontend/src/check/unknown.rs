//! What is said of names that mean nothing here, or nothing that may be used.

use beskid_syntax::views::Member;
use beskid_syntax::{Node, NodeKind, Token, TokenKind, instead_of};

use super::part::Part;
use super::state::Checker;
use crate::builtins::Builtin;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::resolve::{ItemId, ModuleId, PROBLEMS, did_you_mean};
use crate::types::Ty;

/// The words of the language that look like a value, or a call, if they are misspelt.
const WORDS: [TokenKind; 5] = [
    TokenKind::True,
    TokenKind::False,
    TokenKind::Return,
    TokenKind::Break,
    TokenKind::Continue,
];

/// Problems before which a name that is not known is sought further down.
const MOST_SOUGHT: usize = 1000;

impl<'t> Checker<'t> {
    pub(super) fn ambiguous(&mut self, name: Token<'t>, first: ItemId, second: ItemId) {
        let span = self.placed(name.span());
        let text = name.text();
        let message = format!("two imported modules have a `{text}`");
        let diagnostic = SourceDiagnostic::new(codes::AMBIGUOUS, message, span, "");
        let (first, second) = (self.names.qualified(first), self.names.qualified(second));
        self.report(diagnostic.help(format!("write `{first}` or `{second}`")));
    }

    /// Says so if a path may begin in two packages; they cannot be told apart.
    pub(super) fn check_start(&mut self, name: Token<'t>, next: Option<&str>) {
        let text = name.text();
        let Some([one, other]) = self.names.shared_start(self.at.module, text, next) else {
            return;
        };
        let message = format!("the dependencies `{one}` and `{other}` both have a module `{text}`");
        let help = format!("write `{one}.{text}` or `{other}.{text}`");
        let span = self.placed(name.span());
        let diagnostic = SourceDiagnostic::new(codes::AMBIGUOUS, message, span, "");
        self.report(diagnostic.help(help));
    }

    pub(super) fn private(&mut self, name: Token<'t>, item: ItemId) {
        let span = self.placed(name.span());
        let message = format!("`{}` is private", self.names.qualified(item));
        let diagnostic = SourceDiagnostic::new(codes::PRIVATE, message, span, "");
        let declared = self.names.item(item).span;
        let diagnostic = diagnostic.related(declared, "declared here");
        self.report(diagnostic.help("write `pub` before it"));
    }

    /// A module that is not known, where nothing but a module can be: the first part of
    /// a path, or one within a module; with what follows it.
    pub(super) fn unknown_module(
        &mut self,
        name: Token<'t>,
        within: Option<ModuleId>,
        behind: &[Token<'t>],
    ) {
        let span = self.placed(name.span());
        let text = name.text();
        let is_lost = match within {
            Some(module) => self.names.has_lost(module, text),
            None => self.is_lost(name),
        };
        if is_lost {
            return;
        }
        let message = match within {
            Some(module) => {
                let path = &self.names.module(module).path;
                format!("the module `{path}` has no module `{text}`")
            }
            None => format!("there is no module `{text}`"),
        };
        let mut diagnostic = SourceDiagnostic::new(codes::UNKNOWN_MODULE, message, span, "");
        let root = self.names.root_of(self.at.module);
        let known = self.names.module(within.unwrap_or(root)).children.keys();
        let labels = self
            .names
            .packages
            .of(self.names.module(root).package)
            .iter();
        let labels = labels.filter(|_| within.is_none());
        let labels = labels.map(|(label, _)| label.as_str());
        let beside = self.names.module(self.at.module).children.keys();
        let beside = beside.copied().filter(|_| within.is_none());
        let known = known.copied().chain(labels).chain(beside);
        diagnostic.set_help(did_you_mean(text, known, self.diagnostics));
        let known = within.map_or("", |module| &self.names.module(module).path);
        let rest = std::iter::once(&name).chain(behind);
        let rest = rest.map(|part| (part.text(), self.placed(part.span())));
        let is_told = within.is_some() && diagnostic.diagnostic.help.is_some();
        self.report(match is_told {
            true => diagnostic,
            false => diagnostic.seeking_name(text).at_path(known, rest),
        });
    }

    /// A name that is nothing here, with what follows it.
    pub(super) fn unknown_start(&mut self, name: Token<'t>, suffixes: &[Node<'t>]) -> Part<'t> {
        let text = name.text();
        let next = suffixes.first().copied();
        let member = next.and_then(Member::cast);
        if let (Some(member), Some(further)) = (member, suffixes.get(1))
            && further.kind() == NodeKind::Member
            && is_module(text)
            && is_module(member.name().text())
        {
            return self.unknown_path(name, member.name());
        }
        let module = self.names.find_start(self.at.module, text, None);
        let module = module.filter(|module| !self.names.module(*module).path.is_empty());
        if let Some(module) = module {
            self.means_module(name, module);
            return Part::Module(module);
        }
        self.unknown_value(name, next.map(Node::kind))
    }

    /// A path to something in a module, of which neither the begin nor the module is known.
    fn unknown_path(&mut self, first: Token<'t>, inner: Token<'t>) -> Part<'t> {
        if !self.is_lost_item(first) {
            let span = self.placed(first.span()).to(self.placed(inner.span()));
            let message = format!("there is no module `{}.{}`", first.text(), inner.text());
            let diagnostic = SourceDiagnostic::new(codes::UNKNOWN_MODULE, message, span, "");
            let path = [first, inner].into_iter();
            let path = path.map(|part| (part.text(), self.placed(part.span())));
            self.report(diagnostic.seeking_name(first.text()).at_path("", path));
        }
        Part::Broken
    }

    /// Whether a name is that of an import which led nowhere, or may be declared in what
    /// could not be read: either was reported.
    fn is_lost(&self, name: Token<'t>) -> bool {
        let text = name.text();
        self.names.unread.contains(text) || self.names.is_lost(self.at.module, text)
    }

    /// Whether an item of a name may be what an import was to bring that led nowhere.
    pub(super) fn is_lost_item(&self, name: Token<'t>) -> bool {
        self.is_lost(name) || self.names.lacks_items(self.at.module)
    }

    pub(super) fn unknown_type(&mut self, name: Token<'t>, code: beskid_plugin_api::codes::Code) {
        if self.is_lost_item(name) {
            return;
        }
        let text = name.text();
        let span = self.placed(name.span());
        let message = format!("there is no type `{text}`");
        let mut diagnostic = SourceDiagnostic::new(code, message, span, "");
        let known = self.visible(true);
        let builtin = Ty::NAMED.iter().map(|(name, _)| *name);
        let meant = instead_of(text).map(str::to_owned);
        if meant.is_some() {
            diagnostic.set_help(meant);
            self.report(diagnostic);
            return;
        }
        let params = self.at.params.iter().map(|(name, _)| *name);
        let known = builtin.chain(known).chain(params);
        let near = || did_you_mean(text, known, self.diagnostics);
        let help = self.further(text).or_else(near);
        diagnostic.set_help(help.or_else(|| {
            Some("the types are bool, i32, i64, u8, f64, char, string, unit".to_owned())
        }));
        self.report(diagnostic.seeking_name(text));
    }

    /// What to write for a name that a module inside has.
    pub(super) fn further(&self, name: &str) -> Option<String> {
        if self.diagnostics.len() >= PROBLEMS {
            return None;
        }
        let path = self.names.further_from(self.at.module, name)?;
        Some(format!("write `{path}`"))
    }

    /// A value that is not known, with what follows it.
    fn unknown_value(&mut self, name: Token<'t>, next: Option<NodeKind>) -> Part<'t> {
        let text = name.text();
        let is_called = next == Some(NodeKind::Arguments);
        // Locals are no imports, and have small letters.
        let is_item = is_called || text.starts_with(char::is_uppercase);
        let is_lost = self.is_lost(name) || is_item && self.is_lost_item(name);
        if is_lost || self.bare_variant(name) {
            return Part::Broken;
        }
        let span = self.placed(name.span());
        if self.diagnostics.len() < MOST_SOUGHT && self.is_declared_later(text) {
            let message = format!("`{text}` is used before its declaration");
            self.report(SourceDiagnostic::new(codes::USED_EARLY, message, span, ""));
            return Part::Broken;
        }
        let message = format!("nothing is named `{text}`");
        let mut diagnostic = SourceDiagnostic::new(codes::UNKNOWN_NAME, message, span, "");
        let mut known = self.visible(false);
        known.extend(self.frames.iter().flat_map(|frame| frame.scopes.names()));
        known.extend(Builtin::ALL.iter().map(|builtin| builtin.name));
        let meant = habit(text).map(str::to_owned).or_else(|| match next {
            Some(NodeKind::Member) => beside(text),
            _ => conversion(text),
        });
        let meant = meant.or_else(|| instead_of(text).map(str::to_owned));
        // Before a member it may be a module.
        if meant.is_some() && next != Some(NodeKind::Member) {
            diagnostic.set_help(meant);
            self.report(diagnostic);
            return Part::Broken;
        }
        let word = beskid_syntax::meant_word(text, &WORDS);
        known.extend(word.and_then(TokenKind::spelling));
        let meant = meant.or_else(|| self.further(text));
        let near = || did_you_mean(text, known.into_iter(), self.diagnostics);
        diagnostic.set_help(meant.or_else(near));
        self.report(diagnostic.seeking_name(text));
        Part::Broken
    }
}

/// Whether a name with more behind it is written like that of a module.
fn is_module(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
}

/// What is written here instead of a name that has a meaning elsewhere.
fn habit(name: &str) -> Option<&'static str> {
    match name {
        "this" => Some("`this` is known in methods alone"),
        _ => None,
    }
}

/// What to write for the name of a type where a module of functions is wanted.
fn beside(name: &str) -> Option<String> {
    let help = match Ty::named(name)? {
        Ty::STR => "functions of text are of the module `Core.String`".to_owned(),
        _ => format!("`{name}` is a type; conversions are functions of `Core.Convert`"),
    };
    Some(help)
}

/// What to write for the name of a type where a value is wanted.
fn conversion(name: &str) -> Option<String> {
    let help = match Ty::named(name)? {
        Ty::UNIT => "the value of the type unit is written `()`".to_owned(),
        Ty::STR => "text of a value is `\"${value}\"`".to_owned(),
        ty if ty.is_integer() => {
            format!("an integer becomes another where it is declared: `{name} x = value;`")
        }
        _ => format!("`{name}` is a type; conversions are functions of `Core.Convert`"),
    };
    Some(help)
}
