//! Type arguments that are being found.

use super::shared::Shared;
use crate::types::Ty;

/// What type arguments are known so far, by the place of their parameter.
#[derive(Debug, Clone)]
pub(super) struct Bindings {
    pub(super) params: Shared<Ty>,
    pub(super) known: Vec<Option<Ty>>,
}

impl Bindings {
    pub(super) fn new(params: Shared<Ty>) -> Self {
        let known = vec![None; params.len()];
        Self { params, known }
    }

    /// Those that are known, the parameters themselves for the others.
    pub(super) fn args(&self) -> Vec<Ty> {
        let both = self.params.iter().zip(&self.known);
        both.map(|(param, known)| known.unwrap_or(*param)).collect()
    }

    /// The arguments, if all are known.
    pub(super) fn complete(&self) -> Option<Shared<Ty>> {
        self.known.iter().copied().collect()
    }

    pub(super) fn index(&self, ty: Ty) -> Option<usize> {
        self.params.iter().position(|param| *param == ty)
    }
}
