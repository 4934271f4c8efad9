//! Types where they are used.

use beskid_syntax::views::Path;
use beskid_syntax::{Node, NodeKind};

use super::{Reader, first_angle};
use crate::ast::{TypeKind, TypeName};

impl Reader<'_> {
    pub(super) fn type_name<'t>(&mut self, node: Node<'t>) -> TypeName<'t> {
        let span = node.span();
        let mut inner = node.children();
        let kind = match (node.kind(), inner.next()) {
            (NodeKind::NamedType, Some(path)) => self.named_type(path),
            (NodeKind::RefType, Some(inner)) => self.reference(inner),
            (NodeKind::ArrayType, Some(_)) => TypeKind::Array,
            (NodeKind::FunctionType, Some(result)) => {
                let params = inner.next();
                let result = self.type_name(result);
                TypeKind::Function(Box::new(result), self.type_names(params))
            }
            (NodeKind::ArrowType, Some(params)) => {
                let result = inner.next().map(|result| self.type_name(result));
                let params = self.type_names(Some(params));
                match result {
                    Some(result) => TypeKind::Function(Box::new(result), params),
                    None => TypeKind::Broken,
                }
            }
            _ => TypeKind::Broken,
        };
        TypeName { kind, span }
    }

    /// `ref R(P)` is a function whose result is a reference: a reference to a
    /// function would be the function.
    fn reference<'t>(&mut self, inner: Node<'t>) -> TypeKind<'t> {
        let referred = self.type_name(inner);
        match referred.kind {
            TypeKind::Function(result, params) if inner.kind() == NodeKind::FunctionType => {
                let span = inner.span();
                let result = TypeName {
                    kind: TypeKind::Ref(result),
                    span,
                };
                TypeKind::Function(Box::new(result), params)
            }
            TypeKind::Broken => TypeKind::Broken,
            kind => TypeKind::Ref(Box::new(TypeName {
                kind,
                span: referred.span,
            })),
        }
    }

    fn named_type<'t>(&mut self, path: Node<'t>) -> TypeKind<'t> {
        let single = Path::cast(path).and_then(Path::single);
        if let Some(single) = single {
            return TypeKind::Named(single.text());
        }
        match path.child(NodeKind::TypeArguments) {
            Some(arguments) => self.unsupported("generic types", first_angle(arguments)),
            None => self.unsupported("types of other modules", path.span()),
        }
        TypeKind::Broken
    }

    fn type_names<'t>(&mut self, list: Option<Node<'t>>) -> Vec<TypeName<'t>> {
        let types = list.into_iter().flat_map(Node::children);
        types.map(|ty| self.type_name(ty)).collect()
    }
}
