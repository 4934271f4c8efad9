//! Types.

use beskid_plugin_api::artifact::debug::{DebugType, Encoding, Field, TypeKind, Variant};

use super::{Debug, quoted};

/// Bits of a byte.
const BYTE: u64 = 8;

impl Debug<'_> {
    /// The node of a type.
    pub(super) fn type_node(&self, ty: &DebugType) -> String {
        let (name, size) = (quoted(&ty.name), bits(ty.size));
        match &ty.kind {
            TypeKind::Base(encoding) => {
                let encoding = base(*encoding);
                format!("!DIBasicType(name: {name}, size: {size}, encoding: {encoding})")
            }
            TypeKind::Pointer { to } => {
                let to = self.maybe(*to);
                format!(
                    "!DIDerivedType(tag: DW_TAG_pointer_type, name: {name}, baseType: {to}, size: {size})"
                )
            }
            TypeKind::Struct { fields } => self.structure(&name, size, fields),
            TypeKind::Variants {
                discriminant,
                variants,
            } => {
                let part = self.variants(size, discriminant.as_ref(), variants);
                let elements = self.list([format!("!{part}")]);
                composite(&name, size, elements)
            }
            TypeKind::Array {
                element,
                count,
                stride,
            } => {
                let count = count.map_or_else(|| "-1".to_owned(), |count| count.to_string());
                let range = self.add(format_args!("!DISubrange(count: {count})"));
                let elements = self.list([format!("!{range}")]);
                let element = self.spaced(*element, *stride);
                format!(
                    "!DICompositeType(tag: DW_TAG_array_type, name: {name}, baseType: !{element}, \
                     size: {size}, elements: !{elements})"
                )
            }
            TypeKind::Alias { of } => {
                let of = self.ty(*of);
                format!("!DIDerivedType(tag: DW_TAG_typedef, name: {name}, baseType: !{of})")
            }
            TypeKind::Subroutine { params, result } => {
                let types = self.signature(*result, params.iter().copied());
                format!("!DISubroutineType(types: !{types})")
            }
        }
    }

    /// The result and the parameters of a function.
    pub(super) fn signature(
        &self,
        result: Option<u32>,
        params: impl IntoIterator<Item = u32>,
    ) -> usize {
        let params = params.into_iter().map(|ty| format!("!{}", self.ty(ty)));
        self.list([self.maybe(result)].into_iter().chain(params))
    }

    fn maybe(&self, ty: Option<u32>) -> String {
        ty.map_or_else(|| "null".to_owned(), |ty| format!("!{}", self.ty(ty)))
    }

    /// The type of elements that begin so many bytes one after the other.
    fn spaced(&self, element: u32, stride: u64) -> usize {
        let ty = self.info.types.get(element as usize);
        if ty.is_none_or(|ty| ty.size == stride) {
            return self.ty(element);
        }
        // LLVM's arrays have no stride of their own.
        let field = Field {
            name: String::new(),
            offset: 0,
            ty: element,
        };
        let node = self.structure("\"\"", bits(stride), &[field]);
        self.add(node)
    }

    fn structure(&self, name: &str, size: u64, fields: &[Field]) -> String {
        let fields = fields
            .iter()
            .map(|field| format!("!{}", self.add(self.member(field, ""))));
        let fields = self.list(fields.collect::<Vec<_>>());
        composite(name, size, fields)
    }

    fn member(&self, field: &Field, more: &str) -> String {
        let (name, ty, offset) = (quoted(&field.name), self.ty(field.ty), bits(field.offset));
        let size = self.info.types.get(field.ty as usize);
        let size = bits(size.map_or(0, |ty| ty.size));
        format!(
            "!DIDerivedType(tag: DW_TAG_member, name: {name}, baseType: !{ty}, size: {size}, \
             offset: {offset}{more})"
        )
    }

    /// Each variant is a struct of its own, as debuggers expect it.
    fn variants(&self, size: u64, discriminant: Option<&Field>, variants: &[Variant]) -> usize {
        let discriminant = discriminant.map_or_else(String::new, |field| {
            let node = self.add(self.member(field, ", flags: DIFlagArtificial"));
            format!("discriminator: !{node}, ")
        });
        let variants = variants.iter().map(|variant| {
            let name = quoted(&variant.name);
            let fields = self.add(self.structure(&name, size, &variant.fields));
            let value = variant.value.map_or_else(String::new, |value| {
                format!(", extraData: i64 {}", value.cast_signed())
            });
            let node = self.add(format_args!(
                "!DIDerivedType(tag: DW_TAG_member, name: {name}, baseType: !{fields}, \
                 size: {size}{value})"
            ));
            format!("!{node}")
        });
        let elements = self.list(variants.collect::<Vec<_>>());
        self.add(format_args!(
            "distinct !DICompositeType(tag: DW_TAG_variant_part, size: {size}, {discriminant}\
             elements: !{elements})"
        ))
    }
}

/// Distinct, since structs may contain one another through pointers.
fn composite(name: &str, size: u64, elements: usize) -> String {
    format!(
        "distinct !DICompositeType(tag: DW_TAG_structure_type, name: {name}, size: {size}, \
         elements: !{elements})"
    )
}

const fn bits(bytes: u64) -> u64 {
    bytes.saturating_mul(BYTE)
}

const fn base(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Bool => "DW_ATE_boolean",
        Encoding::Signed => "DW_ATE_signed",
        Encoding::Unsigned => "DW_ATE_unsigned",
        Encoding::Float => "DW_ATE_float",
        Encoding::Char => "DW_ATE_UTF",
        Encoding::Byte => "DW_ATE_unsigned_char",
    }
}
