//! Values, and types as they are written.

use beskid_host::embed::{FunctionType, Value};
use beskid_plugin_api::artifact::Type;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

/// What `beskid_value` is: a type, and 8 bytes that have its bits lowest.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct CValue {
    of_type: u32,
    bits: u64,
}

impl From<Value> for CValue {
    fn from(value: Value) -> Self {
        Self {
            of_type: u32::from(value.of_type().code()),
            bits: value.word(),
        }
    }
}

impl CValue {
    /// Nothing yet.
    pub(crate) const NONE: Self = Self {
        of_type: 0,
        bits: 0,
    };

    /// # Errors
    /// E4041 for a type that no value has.
    pub(crate) fn value(self) -> Result<Value, Diagnostic> {
        let code = u16::try_from(self.of_type).ok();
        let of_type = code.and_then(Type::from_code);
        let value = of_type.and_then(|of_type| Value::of_word(of_type, self.bits));
        value.ok_or_else(|| {
            let message = format!("a value has the type {}, which none has", self.of_type);
            Diagnostic::new(Code::E4041, message).help("use a `beskid_type`")
        })
    }
}

/// A type of a function as it is written: `(i64, f64) -> i64`.
///
/// # Errors
/// E4041 for what is none.
pub(crate) fn parse(written: &str) -> Result<FunctionType, Diagnostic> {
    let refused = || {
        Diagnostic::new(Code::E4041, format!("`{written}` is no type of a function"))
            .help("write it as `(i64, f64) -> i64`; there are i8, i16, i32, i64, f32 and f64")
    };
    let (params, result) = match written.split_once("->") {
        Some((params, result)) => (params, Some(result)),
        None => (written, None),
    };
    let params = params
        .trim()
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'));
    let params = params.ok_or_else(refused)?.trim();
    let of_name = |name: &str| {
        let known = [
            Type::I8,
            Type::I16,
            Type::I32,
            Type::I64,
            Type::F32,
            Type::F64,
        ];
        known
            .into_iter()
            .find(|known| known.to_string() == name.trim())
    };
    let params = match params.is_empty() {
        true => Some(Vec::new()),
        false => params.split(',').map(of_name).collect(),
    };
    let results = result.map(of_name).into_iter().collect::<Option<_>>();
    match (params, results) {
        (Some(params), Some(results)) => Ok(FunctionType { params, results }),
        _ => Err(refused()),
    }
}
