//! Structs that C knows (FFI-4).

use beskid_syntax::Node;

use super::known::{ArgumentValue, Known};
use super::state::Checker;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::resolve::ItemId;
use crate::types::{Field, Form, Kind, Layout, StructId, Ty};

/// Largest alignment of a struct that crosses the boundary to C, in bytes: that of
/// the stack.
const WIDEST: u64 = 16;

/// Largest struct that crosses the boundary to C by value, in bytes.
const LARGEST: u32 = 4096;

impl<'t> Checker<'t> {
    /// Who may see a struct, by its attributes.
    pub(super) fn struct_form(&mut self, id: ItemId, node: Node<'t>, fields: &[Field]) -> Form {
        let Some(attribute) = self.known_attribute(node, "CLayout") else {
            return Form::Managed;
        };
        let parts = node
            .children()
            .filter_map(beskid_syntax::views::Field::cast);
        let types = parts.filter_map(|field| field.ty()).collect::<Vec<_>>();
        for (field, node) in fields.iter().zip(types) {
            self.check_primitive(field.ty, node);
        }
        let types = fields.iter().map(|field| field.ty);
        let natural = types.clone().map(|ty| self.types.size(ty)).max();
        let natural = natural.unwrap_or(1).max(1);
        let align = self.alignment(&attribute, natural);
        let c_size = Layout::of_fields(&self.types, types, align).c_size;
        if c_size > LARGEST {
            let item = self.names.item(id);
            let message = format!("`{}` has {c_size} bytes, more than {LARGEST}", item.name);
            let diagnostic = SourceDiagnostic::new(codes::BAD_LAYOUT, message, item.span, "");
            let help = "values this large cross by their address: a `ref u8` or an i64";
            self.report(diagnostic.help(help));
        }
        Form::CLayout { align }
    }

    fn check_primitive(&mut self, ty: Ty, node: Node<'t>) {
        let what = match ty {
            Ty::BOOL | Ty::U8 | Ty::I32 | Ty::I64 | Ty::F64 | Ty::UNIT => return,
            Ty::ERROR => return,
            ty => match self.types.kind(ty) {
                Kind::Struct(_) => format!("a nested struct, {}", self.name(ty)),
                Kind::Enum(_) => "an enum".to_owned(),
                _ if self.types.is_managed(ty) => format!("a managed value, {}", self.name(ty)),
                _ => self.with_article(ty),
            },
        };
        let message = format!("a field of a `CLayout` type is {what}");
        let span = self.span(node);
        let diagnostic = SourceDiagnostic::new(codes::BAD_LAYOUT, message, span, "");
        let help = match self.types.kind(ty) {
            Kind::Struct(_) => "write its fields here instead",
            _ => "the fields of such a type are bool, u8, i32, i64 and f64; a pointer is an i64",
        };
        self.report(diagnostic.help(help));
    }

    /// The alignment that `CLayout` asks for.
    fn alignment(&mut self, attribute: &Known<'t>, natural: u32) -> u32 {
        let found = self.known_arguments(attribute, &["Align"]);
        let Some(argument) = &found[0] else {
            return 1;
        };
        if let ArgumentValue::Int(align) = argument.value
            && align.is_power_of_two()
            && (u64::from(natural)..=WIDEST).contains(&align)
        {
            return align as u32;
        }
        let message = format!("`Align` is a power of two from {natural} to {WIDEST}");
        let label = format!("the fields need {natural}");
        let diagnostic = SourceDiagnostic::new(codes::BAD_LAYOUT, message, argument.span, label);
        self.report(diagnostic.help("leave it out for the alignment of the fields"));
        1
    }

    /// Size in bytes of a struct as C sees it.
    pub(super) fn c_size(&mut self, id: StructId) -> u64 {
        let ty = self.types.of(Kind::Struct(id));
        self.fill(ty);
        u64::from(Layout::of_struct(&self.types, id).c_size)
    }
}
