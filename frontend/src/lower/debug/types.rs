//! The types of the language as debuggers see them.
//!
//! What is an object is a pointer of the type's name to a struct of that name, so that
//! a debugger shows the object for `*value` and its fields for `value->field`.

use beskid_plugin_api::artifact::debug::{DebugType, Encoding, Field, TypeKind, Variant};
use beskid_plugin_api::runtime_abi::{
    ARRAY_CAP_OFFSET, ARRAY_LEN_OFFSET, ARRAY_PTR_OFFSET, BeskidArray, BeskidStr, HEAP_HEADER_SIZE,
    STR_LEN_OFFSET, STR_PTR_OFFSET,
};

use super::tables::Tables;
use crate::lower::descriptors::METHODS;
use crate::types::{
    CELL_ADDRESS, Contract, EnumId, Kind, Layout, SignatureId, StructId, Ty, Types, WORD,
};

const ADDRESS: u64 = WORD as u64;

impl Tables {
    /// The number of a type; `None` for types without values.
    pub(super) fn ty(&mut self, types: &Types, ty: Ty) -> Option<u32> {
        if let Some(known) = self.types.get(&ty) {
            return Some(*known);
        }
        let base = |encoding| TypeKind::Base(encoding);
        let kind = match types.kind(ty) {
            Kind::Bool => base(Encoding::Bool),
            Kind::I32 | Kind::I64 => base(Encoding::Signed),
            Kind::U8 => base(Encoding::Unsigned),
            Kind::F64 => base(Encoding::Float),
            Kind::Char => {
                // By this name GDB knows that a number is shown as a character.
                let of = self.info.ty(DebugType {
                    name: "char32_t".to_owned(),
                    size: u64::from(types.size(ty)),
                    kind: base(Encoding::Char),
                });
                TypeKind::Alias { of }
            }
            Kind::Unit | Kind::Never | Kind::Error | Kind::Param(_) => return None,
            Kind::RefU8 => {
                let to = self.ty(types, Ty::U8);
                TypeKind::Pointer { to }
            }
            // What it points to is found out when all else is.
            _ => return Some(self.pointer_to_object(types, ty)),
        };
        let described = DebugType {
            name: types.name(ty),
            size: u64::from(types.size(ty)),
            kind,
        };
        let number = self.info.ty(described);
        self.types.insert(ty, number);
        Some(number)
    }

    /// The object itself, and not a pointer to it.
    pub(super) fn object(&mut self, types: &Types, ty: Ty) -> Option<u32> {
        let pointer = self.ty(types, ty)?;
        match self.info.types.get(pointer as usize)?.kind {
            TypeKind::Pointer { to } => to,
            _ => None,
        }
    }

    /// A pointer, and behind it what it is to, of which only the size is known yet.
    fn pointer_to_object(&mut self, types: &Types, ty: Ty) -> u32 {
        let name = types.name(ty);
        let number = self.info.types.len() as u32;
        let to = Some(number + 1);
        self.info.ty(pointer(&name, to));
        self.types.insert(ty, number);
        self.info.ty(DebugType {
            name,
            size: object_size(types, ty),
            kind: TypeKind::Struct { fields: Vec::new() },
        });
        self.unfilled.push((ty, number + 1));
        number
    }

    /// Finds out what all types contain.
    pub(in crate::lower) fn fill(&mut self, types: &Types) {
        while let Some((ty, number)) = self.unfilled.pop() {
            let kind = self.contents(types, ty);
            self.info.types[number as usize].kind = kind;
        }
    }

    fn contents(&mut self, types: &Types, ty: Ty) -> TypeKind {
        let fields = match types.kind(ty) {
            Kind::Str => {
                let byte = self.info.ty(DebugType {
                    name: "char8".to_owned(),
                    size: 1,
                    kind: TypeKind::Base(Encoding::Char),
                });
                let bytes = self.info.ty(pointer("", Some(byte)));
                let length = self.number(types);
                vec![
                    field("ptr", STR_PTR_OFFSET as u64, bytes),
                    field("len", STR_LEN_OFFSET as u64, length),
                ]
            }
            Kind::Array(of) => {
                let to = self.ty(types, of);
                let elements = self.info.ty(pointer("", to));
                let length = self.number(types);
                vec![
                    field("ptr", ARRAY_PTR_OFFSET as u64, elements),
                    field("len", ARRAY_LEN_OFFSET as u64, length),
                    field("cap", ARRAY_CAP_OFFSET as u64, length),
                ]
            }
            Kind::Cell(of) | Kind::Out(of) => {
                let to = self.ty(types, of);
                let value = self.info.ty(pointer("", to));
                vec![field("value", u64::from(CELL_ADDRESS), value)]
            }
            Kind::Struct(id) => self.struct_fields(types, id),
            Kind::Enum(id) => return self.variants(types, id),
            Kind::Function(id) => {
                let code = self.code(types, id);
                let code = self.info.ty(pointer("", Some(code)));
                vec![field("code", HEAP_HEADER_SIZE as u64, code)]
            }
            Kind::Code(id) => return self.subroutine(types, id),
            Kind::Contract(id) => {
                let methods = self.methods(types, types.contract(id));
                vec![field("methods", 0, methods)]
            }
            _ => Vec::new(),
        };
        TypeKind::Struct { fields }
    }

    fn number(&mut self, types: &Types) -> u32 {
        self.ty(types, Ty::I64).unwrap_or_default()
    }

    fn struct_fields(&mut self, types: &Types, id: StructId) -> Vec<Field> {
        let layout = Layout::of_struct(types, id);
        let fields = types.structure(id).fields.iter().zip(&layout.offsets);
        let fields = fields.filter_map(|(of, offset)| {
            let ty = self.ty(types, of.ty)?;
            Some(field(&of.name, u64::from(*offset), ty))
        });
        fields.collect()
    }

    fn variants(&mut self, types: &Types, id: EnumId) -> TypeKind {
        let tag = self.ty(types, Ty::I32);
        let base = Layout::of_variant(types, &[]).base;
        let variants = types.enumeration(id).variants.iter().enumerate();
        let variants = variants.map(|(number, variant)| {
            let layout = Layout::of_variant(types, &variant.payload);
            let parts = variant.payload.iter().zip(&layout.offsets);
            let parts = parts.zip(&variant.names).enumerate();
            let fields = parts.filter_map(|(index, ((of, offset), name))| {
                let ty = self.ty(types, *of)?;
                let name = name.clone().unwrap_or_else(|| format!("_{index}"));
                Some(field(&name, u64::from(*offset), ty))
            });
            Variant {
                name: variant.name.clone(),
                value: Some(number as u64),
                fields: fields.collect(),
            }
        });
        TypeKind::Variants {
            variants: variants.collect(),
            discriminant: tag.map(|tag| field("tag", u64::from(base), tag)),
        }
    }

    /// A pointer to what a contract needs of the descriptor of an object.
    fn methods(&mut self, types: &Types, contract: &Contract) -> u32 {
        let code = self.info.ty(pointer("", None));
        let methods = contract.methods.iter();
        let methods = methods.filter_map(|number| {
            let offset = METHODS + number * WORD;
            let name = types.method_names.get(*number as usize)?;
            Some((name, u64::from(offset)))
        });
        let size = methods.clone().map(|(_, offset)| offset + ADDRESS).max();
        let fields = methods.map(|(name, offset)| field(name, offset, code));
        let table = DebugType {
            name: String::new(),
            size: size.unwrap_or_default(),
            kind: TypeKind::Struct {
                fields: fields.collect(),
            },
        };
        let table = self.info.ty(table);
        self.info.ty(pointer("", Some(table)))
    }

    fn code(&mut self, types: &Types, id: SignatureId) -> u32 {
        let kind = self.subroutine(types, id);
        self.info.ty(DebugType {
            name: String::new(),
            size: 0,
            kind,
        })
    }

    fn subroutine(&mut self, types: &Types, id: SignatureId) -> TypeKind {
        let signature = types.signature(id);
        let params = signature.params.iter();
        let params = params.filter_map(|param| self.ty(types, *param)).collect();
        TypeKind::Subroutine {
            params,
            result: self.ty(types, signature.result),
        }
    }
}

/// Bytes of what a value of this type points to.
fn object_size(types: &Types, ty: Ty) -> u64 {
    match types.kind(ty) {
        Kind::Str => size_of::<BeskidStr>() as u64,
        Kind::Array(_) => size_of::<BeskidArray>() as u64,
        Kind::Cell(of) | Kind::Out(of) => u64::from(Layout::of_cell(types, of).size),
        Kind::Struct(id) => u64::from(Layout::of_struct(types, id).size),
        Kind::Enum(id) => {
            let variants = types.enumeration(id).variants.iter();
            let sizes = variants.map(|variant| Layout::of_variant(types, &variant.payload).size);
            u64::from(sizes.max().unwrap_or(2 * WORD))
        }
        Kind::Contract(_) => HEAP_HEADER_SIZE as u64,
        Kind::Function(_) => HEAP_HEADER_SIZE as u64 + ADDRESS,
        _ => 0,
    }
}

fn pointer(name: &str, to: Option<u32>) -> DebugType {
    DebugType {
        name: name.to_owned(),
        size: ADDRESS,
        kind: TypeKind::Pointer { to },
    }
}

fn field(name: &str, offset: u64, ty: u32) -> Field {
    Field {
        name: name.to_owned(),
        offset,
        ty,
    }
}
