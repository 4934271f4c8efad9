//! Which values `==` compares (EQ-1).

use rustc_hash::FxHashSet;

use super::state::Checker;
use crate::types::{Kind, Ty};

impl Checker<'_> {
    /// Whether values of a type can be compared by structure; puts in the parts of
    /// every type on the way.
    pub(super) fn is_comparable(&mut self, ty: Ty) -> bool {
        self.comparable(ty, &mut FxHashSet::default())
    }

    fn comparable(&mut self, ty: Ty, seen: &mut FxHashSet<Ty>) -> bool {
        if !seen.insert(ty) {
            return true;
        }
        // Every type argument deeper is another type: one that never ends is not
        // comparable.
        if seen.len() > MOST {
            return false;
        }
        self.fill(ty);
        let parts = match self.types.kind(ty) {
            Kind::Function(_)
            | Kind::Code(_)
            | Kind::Contract(_)
            | Kind::Cell(_)
            | Kind::Out(_) => return false,
            Kind::Array(of) => vec![of],
            Kind::Struct(id) => {
                let fields = self.types.structure(id).fields.iter();
                fields.map(|field| field.ty).collect()
            }
            Kind::Enum(id) => {
                let variants = self.types.enumeration(id).variants.iter();
                variants
                    .flat_map(|variant| variant.payload.iter().copied())
                    .collect()
            }
            _ => return true,
        };
        parts.into_iter().all(|part| self.comparable(part, seen))
    }

    /// Whether values of a type are objects, with an identity.
    pub(super) fn has_identity(&self, ty: Ty) -> bool {
        self.types.is_managed(ty)
    }
}

/// Most types inside a type that is compared.
const MOST: usize = 4096;
