//! Items, and a word about those that the checker does not know.

use beskid_syntax::views::{self, Field, Params};
use beskid_syntax::{Node, NodeKind};

use super::{Reader, first_angle, name};
use crate::ast::{
    Attribute, Block, Contract, Expr, Function, Method, Param, Source, Statement, Struct,
};
use crate::codes;
use crate::diagnostic::SourceDiagnostic;

impl Reader<'_> {
    pub(super) fn item<'t>(&mut self, item: Node<'t>, source: &mut Source<'t>) {
        let what = match item.kind() {
            NodeKind::Function => {
                source.functions.extend(self.function(item));
                return;
            }
            NodeKind::Type => {
                source.structs.extend(self.declared_type(item));
                return;
            }
            NodeKind::Contract => {
                source.contracts.extend(self.contract(item));
                return;
            }
            NodeKind::Error => return,
            NodeKind::Enum => {
                let declared = views::Enum::cast(item).map(views::Enum::name);
                source.enums.extend(declared.map(name));
                "enums"
            }
            NodeKind::AttributeDeclaration => "attribute declarations",
            NodeKind::Impl => "methods",
            NodeKind::Test => "tests",
            _ => "modules",
        };
        // What is wrong with its attributes was reported.
        let _ = self.attribute(item, &[]);
        self.unsupported(what, item.keyword().span());
    }

    fn function<'t>(&mut self, item: Node<'t>) -> Option<Function<'t>> {
        let function = views::Function::cast(item)?;
        let export = self.attribute(item, &[Attribute::EXPORT]).unwrap_or(None);
        if let Some(generics) = function.generics() {
            self.unsupported("generic functions", first_angle(generics.node()));
            return None;
        }
        Some(Function {
            public: item.is_public(),
            export,
            result: self.type_name(function.ty()?),
            name: name(function.name()?),
            params: self.params(function.params()?)?,
            body: function.body()?,
        })
    }

    /// The parameters; `None` if one of them is unlike those that there are.
    fn params<'t>(&mut self, params: Params<'t>) -> Option<Vec<Param<'t>>> {
        let mut all = Vec::new();
        let mut known = true;
        for param in params.params() {
            let modifier = param.modifier();
            if let Some(out) = modifier.filter(|modifier| modifier.text() == "out") {
                self.unsupported("`out` parameters", out.span());
                known = false;
            }
            if let Some(attribute) = param.node().attributes().next() {
                self.unsupported("attributes of parameters", attribute.span());
            }
            all.push(Param {
                mutable: modifier.is_some(),
                ty: self.type_name(param.ty()?),
                name: name(param.name()?),
            });
        }
        known.then_some(all)
    }

    /// The body of a function. `=> value;` returns the value, or, of a function
    /// without a result, only finds it (FUN-2).
    pub(super) fn body<'t>(&mut self, function: &Function<'t>) -> Block<'t> {
        let node = function.body;
        if node.kind() != NodeKind::ExpressionBody {
            return self.block(node);
        }
        let span = node.span();
        let value = node.children().next();
        let value = value.map_or_else(|| Expr::broken(span), |value| self.expression(value));
        let statement = match function.result.kind {
            crate::ast::TypeKind::Named("unit") => Statement::Expr(value),
            _ => Statement::Return {
                value: Some(value),
                span,
            },
        };
        Block {
            statements: vec![statement],
            span,
        }
    }

    fn declared_type<'t>(&mut self, item: Node<'t>) -> Option<Struct<'t>> {
        let declared = views::Type::cast(item)?;
        let layout = self.attribute(item, &[Attribute::LAYOUT]);
        let before = self.diagnostics.len();
        if let Some(generics) = declared.generics() {
            self.unsupported("generic types", first_angle(generics.node()));
            return None;
        }
        if let Some(contract) = declared.contracts().next() {
            let span = contract.node().span();
            self.unsupported("types that conform to contracts", span);
        }
        let mut fields = Vec::new();
        let mut broken = false;
        for member in declared.members() {
            match member.kind() {
                NodeKind::Field => fields.extend(self.field(member)),
                NodeKind::Event => self.unsupported("events", member.keyword().span()),
                NodeKind::Function => {
                    let method = views::Function::cast(member).and_then(views::Function::name);
                    let span = method.map_or_else(|| member.span(), |name| name.span());
                    self.unsupported("methods", span);
                }
                _ => broken = true,
            }
        }
        let name = name(declared.name());
        if fields.is_empty() {
            if !broken && self.diagnostics.len() == before {
                self.unsupported("types without fields", name.span);
            }
            return None;
        }
        Some(Struct {
            name,
            layout: layout.ok()?,
            fields,
        })
    }

    fn field<'t>(&mut self, member: Node<'t>) -> Option<Param<'t>> {
        let field = Field::cast(member)?;
        // What is wrong with its attributes was reported.
        let _ = self.attribute(member, &[]);
        Some(Param {
            mutable: false,
            ty: self.type_name(field.ty()?),
            name: name(field.name()?),
        })
    }

    fn contract<'t>(&mut self, item: Node<'t>) -> Option<Contract<'t>> {
        let contract = views::Contract::cast(item)?;
        let allowed = [Attribute::EXTERN, Attribute::CALLBACK];
        let Some(foreign) = self.attribute(item, &allowed).ok()? else {
            let span = item.keyword().span();
            self.unsupported("contracts without `Extern` or `Callback`", span);
            return None;
        };
        let mut methods = Vec::new();
        for member in contract.members() {
            match member.kind() {
                NodeKind::ContractMethod => methods.extend(self.method(member)),
                NodeKind::Embedding => self.unsupported("embedded contracts", member.span()),
                _ => {}
            }
        }
        Some(Contract {
            name: name(contract.name()),
            foreign,
            methods,
        })
    }

    fn method<'t>(&mut self, member: Node<'t>) -> Option<Method<'t>> {
        let method = views::ContractMethod::cast(member)?;
        let params = self.params(method.params()?)?;
        for param in params.iter().filter(|param| param.mutable) {
            let message = "a foreign function has no `mut` parameters";
            let span = param.name.span;
            self.report(SourceDiagnostic::new(codes::UNEXPECTED, message, span, ""));
        }
        Some(Method {
            foreign: self.attribute(member, &[Attribute::EXTERN]).ok()?,
            result: self.type_name(method.ty()?),
            name: name(method.name()?),
            params,
        })
    }
}
