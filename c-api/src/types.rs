//! Values, and types as they are written.

use std::ops::RangeInclusive;

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

    /// Whether it is still [`Self::NONE`], as far as C says.
    pub(crate) const fn is_none(self) -> bool {
        self.of_type == 0
    }

    /// The value; `what` is which one.
    ///
    /// # Errors
    /// E4041 for a type that no value has, and for an integer that does not fit its type.
    pub(crate) fn value(self, what: &str) -> Result<Value, Diagnostic> {
        let refused = |why: String, help: String| {
            Diagnostic::new(Code::E4041, format!("{what} {why}")).help(help)
        };
        let code = u16::try_from(self.of_type).ok();
        let of_type = code.and_then(Type::from_code);
        let value = of_type.and_then(|of_type| Value::of_word(of_type, self.bits));
        let value = value.ok_or_else(|| {
            let why = format!("has the type {}, which no value has", self.of_type);
            refused(why, "use a `beskid_type`".to_owned())
        })?;
        let (of_type, integer) = (value.of_type(), self.bits.cast_signed());
        match fitting(of_type) {
            Some(fit) if !fit.contains(&integer) => {
                let why = format!("is {integer}, which does not fit an {of_type}");
                let (least, most) = fit.into_inner();
                let help = format!("from {least} to {most} do, with a sign and without");
                Err(refused(why, help))
            }
            _ => Ok(value),
        }
    }
}

/// The integers that have the bits of a type, with a sign or without; `None` if all do.
const fn fitting(of_type: Type) -> Option<RangeInclusive<i64>> {
    match of_type {
        Type::I8 => Some(i8::MIN as i64..=u8::MAX as i64),
        Type::I16 => Some(i16::MIN as i64..=u16::MAX as i64),
        Type::I32 => Some(i32::MIN as i64..=u32::MAX as i64),
        _ => None,
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
