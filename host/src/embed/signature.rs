//! The types of calls, as an artifact says them and as an embedder does.

use std::fmt;

use beskid_plugin_api::artifact as art;
use beskid_plugin_api::artifact::{CallConv, Purpose, Type};

/// The type of a function in machine types; displays as `(i64, f64) -> i64`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionType {
    /// What it takes, in order.
    pub params: Vec<Type>,
    /// What it returns; functions that Rust calls return at most one value.
    pub results: Vec<Type>,
}

impl FunctionType {
    /// The type that an artifact gives a function.
    ///
    /// # Errors
    /// Why Rust cannot call such a function.
    pub(super) fn of(signature: &art::Signature) -> Result<Self, String> {
        if !is_of_c(signature.call_conv) {
            let found = signature.call_conv;
            return Err(format!("it has the calling convention {found:?}, not C's"));
        }
        let mut all = signature.params.iter().chain(&signature.returns);
        if let Some(param) = all.find(|param| param.purpose != Purpose::Normal) {
            let (ty, purpose) = (param.ty, param.purpose);
            return Err(format!("it takes or returns {ty} for {purpose:?}"));
        }
        let types = |list: &[art::AbiParam]| list.iter().map(|param| param.ty).collect();
        Ok(Self {
            params: types(&signature.params),
            results: types(&signature.returns),
        })
    }
}

/// Whether the functions of this process's C code are called so.
const fn is_of_c(convention: CallConv) -> bool {
    match convention {
        CallConv::Platform => true,
        CallConv::SystemV => !cfg!(target_vendor = "apple") || cfg!(target_arch = "x86_64"),
        CallConv::AppleAarch64 => {
            cfg!(all(target_vendor = "apple", target_arch = "aarch64"))
        }
        _ => false,
    }
}

impl fmt::Display for FunctionType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        list(f, &self.params)?;
        match self.results.as_slice() {
            [] => Ok(()),
            [result] => write!(f, " -> {result}"),
            results => {
                f.write_str(" -> ")?;
                list(f, results)
            }
        }
    }
}

fn list(f: &mut fmt::Formatter<'_>, types: &[Type]) -> fmt::Result {
    f.write_str("(")?;
    for (index, ty) in types.iter().enumerate() {
        let comma = if index > 0 { ", " } else { "" };
        write!(f, "{comma}{ty}")?;
    }
    f.write_str(")")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_shown_as_people_write_them() {
        let shown = |params: &[Type], results: &[Type]| {
            let (params, results) = (params.to_vec(), results.to_vec());
            FunctionType { params, results }.to_string()
        };
        assert_eq!(shown(&[], &[]), "()");
        assert_eq!(
            shown(&[Type::I64, Type::F64], &[Type::I8]),
            "(i64, f64) -> i8"
        );
        assert_eq!(shown(&[], &[Type::I64, Type::I64]), "() -> (i64, i64)");
    }

    #[test]
    fn what_rust_cannot_call_says_why() {
        let mut signature = art::Signature {
            call_conv: CallConv::Tail,
            params: Vec::new(),
            returns: Vec::new(),
        };
        let why = FunctionType::of(&signature).unwrap_err();
        assert!(why.contains("Tail"), "{why}");
        signature.call_conv = CallConv::Platform;
        let mut param = art::AbiParam::new(Type::I64);
        param.purpose = Purpose::StructArgument(16);
        signature.params.push(param);
        let why = FunctionType::of(&signature).unwrap_err();
        assert!(why.contains("StructArgument"), "{why}");
    }
}
