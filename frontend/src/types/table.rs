//! The table of types.

use rustc_hash::FxHashMap;

use super::declared::{Contract, Enum, Signature, Struct, VIEWS};
use super::kind::{ContractId, EnumId, Kind, SignatureId, StructId, Ty};

/// Every type that a program has, once.
#[derive(Debug)]
pub(crate) struct Types {
    kinds: Vec<Kind>,
    /// Whether each has a type parameter in it.
    open: Vec<bool>,
    numbers: FxHashMap<Kind, Ty>,
    /// The views, then the program's own.
    pub(crate) structs: Vec<Struct>,
    pub(crate) enums: Vec<Enum>,
    pub(crate) contracts: Vec<Contract>,
    /// The names of the methods of all contracts, by their numbers.
    pub(crate) method_names: Vec<String>,
    pub(crate) signatures: Vec<Signature>,
    signature_ids: FxHashMap<Signature, SignatureId>,
    /// The names of the type parameters, by their numbers.
    pub(crate) params: Vec<String>,
}

impl Default for Types {
    /// The plain types and the views alone.
    fn default() -> Self {
        let mut types = Self {
            kinds: Vec::new(),
            open: Vec::new(),
            numbers: FxHashMap::default(),
            structs: (0..VIEWS.len() as u32).map(Struct::view).collect(),
            enums: Vec::new(),
            contracts: Vec::new(),
            method_names: Vec::new(),
            signatures: Vec::new(),
            signature_ids: FxHashMap::default(),
            params: Vec::new(),
        };
        for kind in Ty::PLAIN {
            types.of(kind);
        }
        types
    }
}

impl Types {
    /// The type of a kind. What is made of a type that is not known is not known.
    pub(crate) fn of(&mut self, kind: Kind) -> Ty {
        if let Kind::Array(Ty::ERROR) | Kind::Cell(Ty::ERROR) | Kind::Out(Ty::ERROR) = kind {
            return Ty::ERROR;
        }
        let new = Ty(self.kinds.len() as u32);
        let ty = *self.numbers.entry(kind).or_insert(new);
        if ty == new {
            self.kinds.push(kind);
            self.open.push(self.has_open_part(kind));
        }
        ty
    }

    /// Whether a type has a type parameter in it.
    pub(crate) fn is_open(&self, ty: Ty) -> bool {
        self.open[ty.0 as usize]
    }

    fn has_open_part(&self, kind: Kind) -> bool {
        let any = |types: &[Ty]| types.iter().any(|ty| self.is_open(*ty));
        match kind {
            Kind::Param(_) => true,
            Kind::Array(of) | Kind::Cell(of) | Kind::Out(of) => self.is_open(of),
            Kind::Struct(id) => any(&self.structure(id).args),
            Kind::Enum(id) => any(&self.enumeration(id).args),
            Kind::Function(id) | Kind::Code(id) => {
                let signature = self.signature(id);
                any(&signature.params) || self.is_open(signature.result)
            }
            _ => false,
        }
    }

    /// How many types there are.
    pub(super) const fn kinds(&self) -> usize {
        self.kinds.len()
    }

    /// What a type is.
    pub(crate) fn kind(&self, ty: Ty) -> Kind {
        self.kinds[ty.0 as usize]
    }

    pub(crate) fn structure(&self, id: StructId) -> &Struct {
        &self.structs[id as usize]
    }

    pub(crate) fn enumeration(&self, id: EnumId) -> &Enum {
        &self.enums[id as usize]
    }

    pub(crate) fn contract(&self, id: ContractId) -> &Contract {
        &self.contracts[id as usize]
    }

    pub(crate) fn signature(&self, id: SignatureId) -> &Signature {
        &self.signatures[id as usize]
    }

    /// The number of a signature.
    pub(crate) fn signature_id(&mut self, signature: Signature) -> SignatureId {
        if let Some(id) = self.signature_ids.get(&signature) {
            return *id;
        }
        let id = self.signatures.len() as SignatureId;
        self.signatures.push(signature.clone());
        self.signature_ids.insert(signature, id);
        id
    }

    /// The type of closures.
    pub(crate) fn function(&mut self, params: &[Ty], result: Ty) -> Ty {
        if result == Ty::ERROR || params.contains(&Ty::ERROR) {
            return Ty::ERROR;
        }
        let params = params.into();
        let id = self.signature_id(Signature { params, result });
        self.of(Kind::Function(id))
    }

    /// The type of arrays of these elements.
    pub(crate) fn array(&mut self, element: Ty) -> Ty {
        self.of(Kind::Array(element))
    }

    /// What a parameter of a type takes: `ref` of an object is the object (TYP-6).
    pub(crate) fn taken(&self, ty: Ty) -> Ty {
        match self.kind(ty) {
            Kind::Cell(of) if self.is_managed(of) => of,
            _ => ty,
        }
    }

    /// Whether values of a type are addresses of heap objects.
    pub(crate) fn is_managed(&self, ty: Ty) -> bool {
        matches!(
            self.kind(ty),
            Kind::Str
                | Kind::Cell(_)
                | Kind::Out(_)
                | Kind::Array(_)
                | Kind::Struct(_)
                | Kind::Enum(_)
                | Kind::Contract(_)
                | Kind::Function(_)
        )
    }
}
