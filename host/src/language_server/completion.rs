//! What may be written at a place.

use std::collections::HashSet;

use beskid_frontend::Span;
use beskid_frontend::references::{Declaration, DeclarationKind, predeclared, primitives};
use beskid_syntax::views::{self, Postfix};
use beskid_syntax::{Node, NodeKind, Token, TokenId, TokenKind, Tree};
use lsp_types::{CompletionItem, CompletionItemKind, TextDocumentPositionParams};
use serde_json::{Value, json};

use super::asked::{document, params};
use super::documents::Kind;
use super::hover;
use super::manifests;
use super::programs::Explored;
use super::reply::Reply;
use super::text::Lines;
use super::typed::{MARK, marked};
use super::workspace::Workspace;

/// The answer to `textDocument/completion`.
pub(super) fn completion(workspace: &mut Workspace, of: Value) -> Reply {
    let TextDocumentPositionParams {
        text_document,
        position,
    } = params(of)?;
    let document = document(workspace, &text_document)?;
    let offset = Lines::new(&document.text).offset(position) as usize;
    if document.kind == Kind::Manifest {
        return Ok(json!(manifests::completion(&document.text, offset as u32)));
    }
    let (start, marked) = marked(&document.text, offset);
    let program = workspace.imagined(&document, marked);
    let place = program.explored.as_ref();
    let place = place.and_then(|explored| Place::new(explored, start));
    let found = place.map(|place| {
        let mut items = place.items();
        if let Some(path) = place.path() {
            let modules = workspace.modules_below(&document, &path);
            let new = modules
                .into_iter()
                .filter(|name| !items.iter().any(|item| item.label == *name));
            let new = new.map(|name| item(&name, CompletionItemKind::MODULE));
            items.extend(new.collect::<Vec<_>>());
        }
        items
    });
    Ok(json!(found.unwrap_or_default()))
}

/// The place that is written at.
struct Place<'e> {
    explored: &'e Explored,
    /// The mark.
    name: Token<'e>,
    /// The nodes around it, the outermost first.
    around: Vec<Node<'e>>,
}

impl<'e> Place<'e> {
    /// The place of the mark; none, if it stands in a comment or a text.
    fn new(explored: &'e Explored, start: u32) -> Option<Self> {
        let tree = explored.sources.tree(0)?;
        let mut tokens = tree.tokens();
        let name = tokens.find(|token| token.span().start == start && token.text() == MARK)?;
        Some(Self {
            explored,
            name,
            around: around(tree, start),
        })
    }

    fn items(&self) -> Vec<CompletionItem> {
        if let Some(fields) = self.fields() {
            return fields;
        }
        let before = self.before();
        match before.map(|token| token.kind()) {
            Some(TokenKind::Dot) => self.members(),
            Some(TokenKind::PathSeparator) => self.variants(),
            _ => self.names(),
        }
    }

    /// The token before the mark.
    fn before(&self) -> Option<Token<'e>> {
        let id = self.name.id().0.checked_sub(1)?;
        Some(self.name_tree()?.token(TokenId(id)))
    }

    fn name_tree(&self) -> Option<&'e Tree> {
        self.explored.sources.tree(0)
    }

    /// The names before the mark, if it ends a path that may be one of modules: of an import, or
    /// of names that mean nothing else.
    fn path(&self) -> Option<Vec<String>> {
        let tree = self.name_tree()?;
        let mut names = Vec::new();
        let mut id = self.name.id().0;
        while let Some(dot) = id.checked_sub(1).map(|id| tree.token(TokenId(id)))
            && dot.kind() == TokenKind::Dot
        {
            id = id.checked_sub(2)?;
            let name = tree.token(TokenId(id));
            if name.kind() != TokenKind::Name {
                return None;
            }
            names.push(name.text().to_owned());
        }
        names.reverse();
        let imports = self.around.iter().any(|node| node.kind() == NodeKind::Use);
        let means = self
            .left()
            .is_some_and(|of| of.kind != DeclarationKind::Module);
        let is_value = self
            .receiver()
            .is_some_and(|value| self.explored.references.members(value).is_some());
        (imports || !names.is_empty() && !means && !is_value).then_some(names)
    }

    /// What the name two tokens before the mark means.
    fn left(&self) -> Option<&'e Declaration> {
        let id = self.name.id().0.checked_sub(2)?;
        let token = self.name_tree()?.token(TokenId(id));
        let (place, declared) = self.explored.references.meaning(token.span().start)?;
        let of = self.explored.references.declaration(declared)?;
        (place == token.span()).then_some(of)
    }

    /// Behind a dot: what is in a module, beside a type, or what a value has.
    fn members(&self) -> Vec<CompletionItem> {
        let references = &self.explored.references;
        match self.left() {
            Some(of) if of.kind == DeclarationKind::Module => {
                return self.listed(references.module_names(of.name));
            }
            Some(of) if of.kind == DeclarationKind::Contract => {
                return self.declared(references.methods_of(of.name).iter().copied());
            }
            Some(of) if matches!(of.kind, DeclarationKind::Type | DeclarationKind::Enum) => {
                let beside = references.parts(of.container.unwrap_or_default());
                let functions = beside.filter(|part| part.kind == DeclarationKind::Function);
                return self.declared(functions.map(|part| part.name));
            }
            _ => {}
        }
        let Some((ty, members)) = self.receiver().and_then(|value| references.members(value))
        else {
            return Vec::new();
        };
        let mut items = self.declared(members.into_iter());
        if ty == "string" || ty.ends_with("[]") {
            items.push(CompletionItem {
                detail: Some("i64 len()".to_owned()),
                ..item("len", CompletionItemKind::METHOD)
            });
        }
        items
    }

    /// Where a field of a value is named: those that have no value yet.
    fn fields(&self) -> Option<Vec<CompletionItem>> {
        let [.., value, field] = self.around.as_slice() else {
            return None;
        };
        let named = views::FieldValue::cast(*field)?.name();
        let value = views::StructValue::cast(*value)?;
        if named.id() != self.name.id() {
            return None;
        }
        let references = &self.explored.references;
        let ty = value.path()?.names().last()?;
        let (_, ty) = references.meaning(ty.span().start)?;
        let given = value.fields().map(|field| field.name().text());
        let given = given.collect::<Vec<_>>();
        let fields = references.parts(ty).filter(|part| {
            part.kind == DeclarationKind::Field && !given.contains(&self.explored.text(part.name))
        });
        Some(self.declared(fields.map(|part| part.name)))
    }

    /// The value before the dot, as the checker knows it.
    fn receiver(&self) -> Option<Span> {
        let mut postfixes = self.around.iter().rev().copied();
        let postfix = postfixes.find_map(Postfix::cast)?;
        let mut base = postfix.base()?;
        let mut end = None;
        for suffix in postfix.suffixes() {
            if suffix.span().end >= self.name.span().end {
                break;
            }
            end = Some(suffix.span());
        }
        if let Some(end) = end {
            return Some(base.span().to(end));
        }
        while base.kind() == NodeKind::Paren {
            base = base.children().next()?;
        }
        Some(base.span())
    }

    fn variants(&self) -> Vec<CompletionItem> {
        let Some(of) = self.left().filter(|of| of.kind == DeclarationKind::Enum) else {
            return Vec::new();
        };
        let parts = self.explored.references.parts(of.name);
        let variants = parts.filter(|part| part.kind == DeclarationKind::Variant);
        self.declared(variants.map(|part| part.name))
    }

    /// Names without a path: those of the function first, then those of the type, of the
    /// module, of the language.
    fn names(&self) -> Vec<CompletionItem> {
        let references = &self.explored.references;
        let mut items = self.declared(self.locals().into_iter().rev());
        items.extend(self.declared(self.own().into_iter()));
        let module = self.module();
        items.extend(self.listed(references.shown_in(module)));
        items.extend(primitives().map(|name| item(name, CompletionItemKind::KEYWORD)));
        items.extend(predeclared().map(|name| item(name, CompletionItemKind::ENUM)));
        let words = TokenKind::WORDS.iter().filter_map(|word| word.spelling());
        items.extend(words.map(|word| item(word, CompletionItemKind::KEYWORD)));
        let mut known = HashSet::new();
        items.retain(|item| item.label != MARK && known.insert(item.label.clone()));
        for (at, item) in items.iter_mut().enumerate() {
            item.sort_text = Some(format!("{at:05}"));
        }
        items
    }

    /// The locals, parameters and type parameters that are declared before.
    fn locals(&self) -> Vec<Span> {
        let mut found = Vec::new();
        for node in &self.around {
            let names = match node.kind() {
                NodeKind::Block | NodeKind::Test => {
                    let locals = node.children().filter_map(views::Local::cast);
                    let done =
                        locals.filter(|local| local.node().span().end <= self.name.span().start);
                    done.filter_map(views::Local::name).collect()
                }
                NodeKind::For => views::For::cast(*node)
                    .map(views::For::variable)
                    .into_iter()
                    .collect(),
                NodeKind::Arm => {
                    let pattern = views::Arm::cast(*node).and_then(views::Arm::pattern);
                    let mut names = Vec::new();
                    pattern
                        .into_iter()
                        .for_each(|pattern| bound(pattern, &mut names));
                    names
                }
                NodeKind::Lambda => {
                    let params = views::Lambda::cast(*node).into_iter();
                    params
                        .flat_map(views::Lambda::params)
                        .map(views::LambdaParam::name)
                        .collect()
                }
                NodeKind::Function | NodeKind::Type | NodeKind::Enum => {
                    let generics = node
                        .child(NodeKind::Generics)
                        .and_then(views::Generics::cast);
                    let mut names = generics
                        .into_iter()
                        .flat_map(views::Generics::names)
                        .collect::<Vec<_>>();
                    let params = node.child(NodeKind::Params).and_then(views::Params::cast);
                    let params = params.into_iter().flat_map(views::Params::params);
                    names.extend(params.filter_map(views::Param::name));
                    names
                }
                _ => Vec::new(),
            };
            found.extend(names.into_iter().map(Token::span));
        }
        found
    }

    /// The members of the type in whose method this is.
    fn own(&self) -> Vec<Span> {
        let references = &self.explored.references;
        let ty = self.around.iter().rev().find_map(|node| match node.kind() {
            NodeKind::Type => Some(views::Type::cast(*node)?.name().span()),
            NodeKind::Impl => {
                let path = views::Impl::cast(*node)?.ty()?.child(NodeKind::Path)?;
                let name = views::Path::cast(path)?.names().last()?;
                Some(references.meaning(name.span().start)?.1)
            }
            _ => None,
        });
        let within = self
            .around
            .iter()
            .any(|node| node.kind() == NodeKind::Function);
        let ty = ty.filter(|_| within);
        ty.map(|ty| references.members_of(ty)).unwrap_or_default()
    }

    /// The module: the innermost in the text.
    fn module(&self) -> Span {
        let mut modules = self
            .around
            .iter()
            .rev()
            .copied()
            .filter_map(views::Module::cast);
        modules
            .next()
            .map_or(Span::new(0, 0), |module| module.name().span())
    }

    fn declared(&self, names: impl Iterator<Item = Span>) -> Vec<CompletionItem> {
        let items = names.filter_map(|name| self.one(self.explored.text(name), name));
        items.collect()
    }

    fn listed(&self, names: &[(String, Span)]) -> Vec<CompletionItem> {
        let items = names
            .iter()
            .filter_map(|(text, name)| self.one(text, *name));
        let mut items = items.collect::<Vec<_>>();
        items.sort_by(|a, b| a.label.cmp(&b.label));
        items
    }

    fn one(&self, text: &str, name: Span) -> Option<CompletionItem> {
        let of = self.explored.references.declaration(name)?;
        Some(CompletionItem {
            detail: Some(hover::line(self.explored, of)),
            ..item(text, kind(of.kind))
        })
    }
}

/// The nodes around an offset, the outermost first.
fn around(tree: &Tree, offset: u32) -> Vec<Node<'_>> {
    let mut nodes = vec![tree.root()];
    while let Some(inner) = nodes.last().and_then(|node| {
        let mut children = node.children();
        children.find(|child| child.span().range().contains(&(offset as usize)))
    }) {
        nodes.push(inner);
    }
    nodes
}

/// The names that a pattern binds.
fn bound<'t>(pattern: Node<'t>, names: &mut Vec<Token<'t>>) {
    if pattern.kind() == NodeKind::NamePattern {
        names.push(pattern.first_token());
    }
    for inner in pattern.children() {
        bound(inner, names);
    }
}

fn item(label: &str, kind: CompletionItemKind) -> CompletionItem {
    CompletionItem {
        label: label.to_owned(),
        kind: Some(kind),
        ..CompletionItem::default()
    }
}

const fn kind(of: DeclarationKind) -> CompletionItemKind {
    match of {
        DeclarationKind::Module => CompletionItemKind::MODULE,
        DeclarationKind::Type => CompletionItemKind::STRUCT,
        DeclarationKind::Field => CompletionItemKind::FIELD,
        DeclarationKind::Event => CompletionItemKind::EVENT,
        DeclarationKind::Enum => CompletionItemKind::ENUM,
        DeclarationKind::Variant => CompletionItemKind::ENUM_MEMBER,
        DeclarationKind::Contract => CompletionItemKind::INTERFACE,
        DeclarationKind::Attribute => CompletionItemKind::CLASS,
        DeclarationKind::Function | DeclarationKind::Test => CompletionItemKind::FUNCTION,
        DeclarationKind::Method => CompletionItemKind::METHOD,
        DeclarationKind::TypeParameter => CompletionItemKind::TYPE_PARAMETER,
        DeclarationKind::Parameter | DeclarationKind::Local => CompletionItemKind::VARIABLE,
    }
}
