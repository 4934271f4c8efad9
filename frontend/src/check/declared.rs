//! Structs, enums and contracts as they are declared, with their type parameters.

use beskid_syntax::views;
use beskid_syntax::{Node, NodeKind, Token};

use super::declaration::Declared;
use super::owner::Owner;
use super::places::Places;
use super::shared::Shared;
use super::state::{At, Checker};
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::resolve::{ItemId, ItemKind};
use crate::source::shifted;
use crate::span::Span;
use crate::types::{Contract, Event, Field, Form, Kind, Ty, Variant};

impl<'t> Checker<'t> {
    /// The parameters of every type, so that types can be named.
    pub(super) fn declare_types(&mut self) {
        self.declared.reserve(self.names.items.len());
        for id in 0..self.names.items.len() as ItemId {
            let item = self.names.item(id);
            let (node, base) = (item.node, item.base);
            self.at.module = item.module;
            let generics = match item.kind {
                ItemKind::Struct => views::Type::cast(node).and_then(|view| view.generics()),
                ItemKind::Enum => views::Enum::cast(node).and_then(|view| view.generics()),
                _ => None,
            };
            let (params, names) = self.type_params(generics, base);
            self.declared.push(Declared {
                params: params.into(),
                param_names: names.into(),
                ..Declared::default()
            });
            let item = self.names.item(id);
            if matches!(item.kind, ItemKind::Contract | ItemKind::Foreign) {
                let contract = self.types.contracts.len() as u32;
                let name = item.name.to_owned();
                self.types.contracts.push(Contract {
                    name,
                    item: id,
                    methods: Vec::new(),
                });
                let ty = self.types.of(Kind::Contract(contract));
                self.declared[id as usize].ty = Some(ty);
            }
        }
        for id in 0..self.names.items.len() as ItemId {
            let item = self.names.item(id);
            if matches!(item.kind, ItemKind::Struct | ItemKind::Enum) {
                let params = self.declared[id as usize].params.clone();
                let ty = self.applied(id, params);
                self.declared[id as usize].ty = Some(ty);
            }
        }
    }

    /// New type parameters, with their names.
    pub(super) fn type_params(
        &mut self,
        generics: Option<views::Generics<'t>>,
        base: u32,
    ) -> (Vec<Ty>, Vec<(&'t str, Ty)>) {
        let mut params = Vec::new();
        let mut names = Vec::<(&str, Ty)>::new();
        let Some(generics) = generics else {
            return (params, names);
        };
        let mut places = Places::default();
        for token in generics.names() {
            let span = shifted(token.span(), base);
            if let Some(first) = places.insert(token.text(), span) {
                self.duplicate("type parameter", token, span, first);
            }
            self.check_reserved(token.text(), span);
            if self.names.has_type(self.at.module, token.text()) {
                let message = format!("`{}` hides a type of the same name", token.text());
                self.report(SourceDiagnostic::new(codes::SHADOWING, message, span, ""));
            }
            let number = self.types.params.len() as u32;
            self.types.params.push(token.text().to_owned());
            self.saw_param(number, span);
            let ty = self.types.of(Kind::Param(number));
            params.push(ty);
            names.push((token.text(), ty));
        }
        (params, names)
    }

    pub(super) fn duplicate(&mut self, what: &str, token: Token<'t>, span: Span, first: Span) {
        let message = format!("a second {what} `{}`", token.text());
        let again = SourceDiagnostic::new(codes::DUPLICATE, message, span, "again here");
        self.report(again.related(first, "first here"));
    }

    /// The parts of every type.
    pub(super) fn declare_parts(&mut self) {
        for id in 0..self.names.items.len() as ItemId {
            let item = self.names.item(id);
            let (kind, node) = (item.kind, item.node);
            self.at = At {
                module: item.module,
                base: item.base,
                params: self.declared[id as usize].param_names.clone(),
                owner: None,
            };
            match kind {
                ItemKind::Struct => self.declare_struct(id, node),
                ItemKind::Enum => self.declare_enum(id, node),
                _ => {}
            }
        }
    }

    fn declare_struct(&mut self, id: ItemId, node: Node<'t>) {
        let Some(view) = views::Type::cast(node) else {
            return;
        };
        let mut places = Places::default();
        let mut fields = Vec::new();
        let mut events = Vec::new();
        for member in view.members() {
            if let Some(field) = views::Field::cast(member) {
                let (Some(name), Some(ty)) = (field.name(), field.ty()) else {
                    continue;
                };
                let span = self.placed(name.span());
                self.check_reserved(name.text(), span);
                if let Some(first) = places.insert(name.text(), span) {
                    self.duplicate("field", name, span, first);
                    continue;
                }
                let node = ty;
                let ty = self.part_type(node);
                let ty = self.no_reference(ty, node);
                fields.push(Field {
                    name: name.text().to_owned(),
                    ty,
                });
            } else if let Some(event) = views::Event::cast(member) {
                let Some(name) = event.name() else { continue };
                let span = self.placed(name.span());
                self.check_reserved(name.text(), span);
                if let Some(first) = places.insert(name.text(), span) {
                    self.duplicate("event", name, span, first);
                    continue;
                }
                events.push(self.event(&event, name));
            }
        }
        let contracts = view.contracts().filter_map(|path| self.conformance(path));
        let contracts = contracts.collect();
        let form = self.struct_form(id, node, &fields);
        let declared = &mut self.declared[id as usize];
        declared.fields = fields;
        declared.events = events;
        declared.contracts = contracts;
        declared.form = Some(form);
    }

    /// EVT-1.
    fn event(&mut self, event: &views::Event<'t>, name: Token<'t>) -> Event {
        let capacity = event.capacity();
        let number = capacity.map_or(Some(8), |token| {
            beskid_syntax::literal::integer(token.text()).0
        });
        let number = number.and_then(|number| u32::try_from(number).ok());
        let number = match number {
            Some(number) if number > 0 => number,
            _ => {
                let span = self.placed(capacity.map_or(name.span(), Token::span));
                let message = match number {
                    Some(0) => "an event has room for at least one handler".to_owned(),
                    _ => format!("an event has room for at most {} handlers", u32::MAX),
                };
                self.report(SourceDiagnostic::new(
                    codes::BAD_CAPACITY,
                    message,
                    span,
                    "",
                ));
                1
            }
        };
        let mut params = Vec::new();
        let mut places = Places::default();
        for param in event.params().into_iter().flat_map(views::Params::params) {
            let Some(ty) = param.ty() else { continue };
            let found = self.part_type(ty);
            let found = self.types.taken(found);
            params.push(match param.modifier() {
                Some(word) if word.text() == "out" => self.no_out(word),
                _ => found,
            });
            if let Some(name) = param.name() {
                let span = self.placed(name.span());
                if let Some(first) = places.insert(name.text(), span) {
                    self.duplicate("parameter", name, span, first);
                }
            }
        }
        let handler = match params.contains(&Ty::ERROR) {
            true => Ty::ERROR,
            false => self.types.function(&params, Ty::UNIT),
        };
        Event {
            name: name.text().to_owned(),
            handler,
            capacity: number,
        }
    }

    /// What nobody hears would not be assigned, and what two hear would be twice (FUN-5).
    fn no_out(&mut self, word: Token<'t>) -> Ty {
        let message = "an event has no `out` parameter: it may have no handler, or several";
        let span = self.placed(word.span());
        let diagnostic = SourceDiagnostic::new(codes::BAD_REF, message, span, "");
        self.report(diagnostic.help("give the handlers an object whose field they change"));
        Ty::ERROR
    }

    fn declare_enum(&mut self, id: ItemId, node: Node<'t>) {
        let Some(view) = views::Enum::cast(node) else {
            return;
        };
        let mut places = Places::default();
        let mut variants = Vec::new();
        for variant in view.variants() {
            let name = variant.name();
            let span = self.placed(name.span());
            self.check_reserved(name.text(), span);
            if let Some(first) = places.insert(name.text(), span) {
                let message = format!("a second variant `{}`", name.text());
                let again =
                    SourceDiagnostic::new(codes::DUPLICATE_VARIANT, message, span, "again here");
                self.report(again.related(first, "first here"));
                continue;
            }
            let mut payload = Vec::new();
            let mut names = Vec::new();
            for field in variant.fields() {
                if let Some(node) = field.ty() {
                    let ty = self.part_type(node);
                    payload.push(self.no_reference(ty, node));
                    names.push(field.name().map(|name| name.text().to_owned()));
                }
            }
            variants.push(Variant {
                name: name.text().to_owned(),
                payload,
                names,
            });
        }
        for variant in &variants {
            self.variants.entry(variant.name.clone()).or_insert(id);
        }
        self.declared[id as usize].variants = variants;
    }

    /// The type of a struct or an enum with these arguments. If one is not known, it is not
    /// either.
    pub(super) fn applied(&mut self, id: ItemId, args: Shared<Ty>) -> Ty {
        if args.contains(&Ty::ERROR) {
            return Ty::ERROR;
        }
        let plain = args.is_empty().then(|| self.declared[id as usize].ty);
        if let Some(known) = plain.flatten() {
            return known;
        }
        let key = (id, args);
        if let Some(known) = self.struct_types.get(&key) {
            return *known;
        }
        let item = self.names.item(id);
        let name = self.types.applied(item.name, &key.1);
        let ty = match item.kind {
            ItemKind::Enum => {
                let new = self.types.enums.len() as u32;
                self.types.enums.push(crate::types::Enum {
                    name,
                    item: id,
                    args: key.1.iter().copied().collect(),
                    variants: Vec::new(),
                });
                self.types.of(Kind::Enum(new))
            }
            _ => {
                let new = self.types.structs.len() as u32;
                self.types.structs.push(crate::types::Struct {
                    name,
                    item: Some(id),
                    args: key.1.iter().copied().collect(),
                    fields: Vec::new(),
                    events: Vec::new(),
                    form: Form::Managed,
                    methods: Vec::new(),
                });
                self.types.of(Kind::Struct(new))
            }
        };
        self.struct_types.insert(key, ty);
        ty
    }

    /// Puts the parts into a struct's or enum's type, if they are not there yet.
    /// They are put in when they are needed: a type may have itself with ever other
    /// arguments in it.
    pub(super) fn fill(&mut self, ty: Ty) {
        let at = ty.0 as usize;
        if self.filled.len() <= at {
            self.filled.resize(at + 1, false);
        }
        if std::mem::replace(&mut self.filled[at], true) {
            return;
        }
        match self.types.kind(ty) {
            Kind::Struct(id) => {
                let of = self.types.structure(id);
                let Some(item) = of.item else { return };
                let args = of.args.clone();
                let declared = &self.declared[item as usize];
                let params = declared.params.clone();
                let (mut fields, mut events) = (declared.fields.clone(), declared.events.clone());
                let form = declared.form.unwrap_or(Form::Managed);
                for field in &mut fields {
                    field.ty = self.substituted(field.ty, &params, &args);
                }
                for event in &mut events {
                    event.handler = self.substituted(event.handler, &params, &args);
                }
                let of = &mut self.types.structs[id as usize];
                of.fields = fields;
                of.events = events;
                of.form = form;
            }
            Kind::Enum(id) => {
                let of = self.types.enumeration(id);
                let args = of.args.clone();
                let declared = &self.declared[of.item as usize];
                let params = declared.params.clone();
                let mut variants = declared.variants.clone();
                for variant in &mut variants {
                    for ty in &mut variant.payload {
                        *ty = self.substituted(*ty, &params, &args);
                    }
                }
                self.types.enums[id as usize].variants = variants;
            }
            _ => {}
        }
    }

    /// Whose methods the values of a type have.
    pub(super) fn owner_of(&self, ty: Ty) -> Option<Owner> {
        match self.types.kind(ty) {
            Kind::Struct(id) => self.types.structure(id).item.map(Owner::Item),
            Kind::Enum(id) => Some(Owner::Item(self.types.enumeration(id).item)),
            Kind::Bool | Kind::I32 | Kind::I64 | Kind::U8 | Kind::F64 | Kind::Char | Kind::Str => {
                Some(Owner::Primitive(ty))
            }
            _ => None,
        }
    }

    /// The type arguments of a struct or an enum.
    pub(super) fn args_of(&self, ty: Ty) -> Shared<Ty> {
        match self.types.kind(ty) {
            Kind::Struct(id) => self.types.structure(id).args.iter().copied().collect(),
            Kind::Enum(id) => self.types.enumeration(id).args.iter().copied().collect(),
            _ => Shared::default(),
        }
    }

    /// Whether a node is one of the members that are functions.
    pub(super) fn is_method(node: Node<'t>) -> bool {
        node.kind() == NodeKind::Function
    }
}
