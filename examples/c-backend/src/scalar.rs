//! Types of values in C.

use beskid_plugin_api::artifact::{AbiParam, CallConv, Extension, Purpose, Signature, Type};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

/// An error for what C, or this backend, has no words for.
pub fn unsupported(what: &str) -> Diagnostic {
    Diagnostic::new(Code::E4002, format!("backend `c` cannot compile {what}"))
        .help("use another backend, or a producer that avoids it")
}

/// The unsigned C type, or the float, of a value.
pub fn c_type(ty: Type) -> Result<&'static str, Diagnostic> {
    Ok(match ty {
        Type::I8 => "u8",
        Type::I16 => "u16",
        Type::I32 => "u32",
        Type::I64 => "u64",
        Type::I128 => "u128",
        Type::F32 => "f32",
        Type::F64 => "f64",
        other => return Err(unsupported(&format!("values of type `{other}`"))),
    })
}

/// The signed type of as many bits.
pub fn signed(ty: Type) -> String {
    format!("i{}", ty.bits())
}

/// The unsigned type of as many bits.
pub fn unsigned(ty: Type) -> String {
    format!("u{}", ty.bits())
}

/// The type of a function in C, as a cast needs it: result, and parameters in
/// parentheses.
pub fn function_type(signature: &Signature) -> Result<(String, String), Diagnostic> {
    if !matches!(
        signature.call_conv,
        CallConv::Platform | CallConv::SystemV | CallConv::Fast
    ) {
        let convention = signature.call_conv;
        return Err(unsupported(&format!("the convention {convention:?}")));
    }
    let params = signature.params.iter().map(param);
    let params = params.collect::<Result<Vec<_>, _>>()?;
    let params = match params.is_empty() {
        true => "(void)".to_owned(),
        false => format!("({})", params.join(", ")),
    };
    let result = match signature.returns.as_slice() {
        [] => "void".to_owned(),
        [one] => param(one)?.to_owned(),
        many => results(many)?.0,
    };
    Ok((result, params))
}

/// The structure of several results: its name, and its definition.
pub fn results(params: &[AbiParam]) -> Result<(String, String), Diagnostic> {
    let (mut name, mut fields) = ("results".to_owned(), String::new());
    for (index, field) in params.iter().enumerate() {
        // Each in a register of its own, as System V returns structures of 16 bytes.
        let ty = match param(field)? {
            _ if field.ty.is_int() && field.ty.bits() < 64 => "u64",
            ty => ty,
        };
        name = format!("{name}_{ty}");
        fields += &format!("{ty} f{index} __attribute__((aligned(8))); ");
    }
    let definition = format!("typedef struct {{ {fields}}} {name};");
    Ok((name, definition))
}

fn param(param: &AbiParam) -> Result<&'static str, Diagnostic> {
    if !matches!(param.purpose, Purpose::Normal | Purpose::VmContext) {
        return Err(unsupported("structures passed by value"));
    }
    Ok(match (param.extension, param.ty) {
        // The caller extends what is narrow as its type says.
        (Extension::Signed, Type::I8) => "i8",
        (Extension::Signed, Type::I16) => "i16",
        (Extension::Signed, Type::I32) => "i32",
        (_, ty) => c_type(ty)?,
    })
}
