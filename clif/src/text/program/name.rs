//! Names in CLIF text.

use cranelift_codegen::ir::{ExternalName, Function, GlobalValueData, UserFuncName};

/// A name in CLIF text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Name {
    /// `%name`.
    Text(Vec<u8>),
    /// `u0:n`.
    Numbered(u32, u32),
}

impl Name {
    pub(super) fn of_function(func: &Function) -> Self {
        match &func.name {
            UserFuncName::User(user) => Self::Numbered(user.namespace, user.index),
            UserFuncName::Testcase(name) => Self::Text(name.raw().to_vec()),
        }
    }

    pub(super) fn of_reference(name: &ExternalName, func: &Function) -> Option<Self> {
        match name {
            ExternalName::User(reference) => {
                let user = func.params.user_named_funcs().get(*reference)?;
                Some(Self::Numbered(user.namespace, user.index))
            }
            ExternalName::TestCase(name) => Some(Self::Text(name.raw().to_vec())),
            ExternalName::LibCall(_) | ExternalName::KnownSymbol(_) => None,
        }
    }

    /// The names that a function mentions, and whether it says that they are in
    /// the same file.
    pub(super) fn all_in(func: &Function) -> impl Iterator<Item = (Self, bool)> {
        let callees = func.dfg.ext_funcs.values();
        let callees = callees.map(|callee| (&callee.name, callee.colocated));
        let data = func.global_values.values().filter_map(|value| match value {
            GlobalValueData::Symbol {
                name, colocated, ..
            } => Some((name, *colocated)),
            _ => None,
        });
        let all = callees.chain(data);
        all.filter_map(|(name, colocated)| Some((Self::of_reference(name, func)?, colocated)))
    }

    pub(super) fn text(&self) -> String {
        match self {
            Self::Text(name) => String::from_utf8_lossy(name).into_owned(),
            Self::Numbered(namespace, index) => format!("u{namespace}:{index}"),
        }
    }
}
