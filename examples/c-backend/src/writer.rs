//! What the statements of a function have in common: types, jumps, calls, memory.

use std::fmt::Write as _;
use std::ops::Range;

use beskid_plugin_api::artifact::{
    BlockArg, BlockCall, Endianness, GlobalValue, MemoryFlags, Outline, Purpose, Signature, Type,
};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::tree::{FunctionTree, Operation, Value};

use crate::names::address;
use crate::scalar::{c_type, function_type, unsupported};

/// A function that is being written.
pub struct Writer<'a> {
    /// What it belongs to.
    pub outline: &'a Outline,
    /// The function.
    pub tree: &'a FunctionTree<'a>,
    /// Its type.
    pub signature: &'a Signature,
}

impl Writer<'_> {
    /// The type of a value.
    pub fn ty(&self, value: Value) -> Result<Type, Diagnostic> {
        let ty = self.tree.value_type(value);
        ty.ok_or_else(|| unsupported("a value without a type"))
    }

    /// A jump that passes all arguments at once.
    pub fn goto(&self, target: &BlockCall) -> Result<String, Diagnostic> {
        let block = self.tree.blocks.get(target.block as usize);
        let params = block.map(|block| block.params.clone()).unwrap_or_default();
        let (mut before, mut after) = (String::new(), String::new());
        for (param, argument) in params.zip(&target.args) {
            let BlockArg::Value(value) = argument else {
                return Err(unsupported("exceptions"));
            };
            if param != *value {
                let ty = c_type(self.ty(param)?)?;
                let _ = write!(before, "{ty} x{param} = v{value}; ");
                let _ = write!(after, "v{param} = x{param}; ");
            }
        }
        Ok(format!("{{ {before}{after}goto b{}; }}", target.block))
    }

    /// A call of the function at an address.
    pub fn call(
        &self,
        address: &str,
        signature: &Signature,
        arguments: &[Value],
        results: Range<Value>,
    ) -> Result<String, Diagnostic> {
        let (result, params) = function_type(signature)?;
        let values = arguments.iter().map(|value| format!("v{value}"));
        let values = values.collect::<Vec<_>>().join(", ");
        let call = format!("(({result} (*){params})({address}))({values})");
        let first = results.start;
        Ok(match results.len() {
            0 => format!("{call};"),
            1 => format!("v{first} = {call};"),
            _ => {
                let each = results.enumerate();
                let each = each.map(|(index, value)| format!("v{value} = y.f{index};"));
                let each = each.collect::<Vec<_>>().join(" ");
                format!("{{ {result} y = {call}; {each} }}")
            }
        })
    }

    /// `return` of these values.
    pub fn give_back(&self, values: &[Value]) -> Result<String, Diagnostic> {
        let (result, _) = function_type(self.signature)?;
        Ok(match values {
            [] => "return;".to_owned(),
            [value] => format!("return v{value};"),
            many => {
                let values = many.iter().map(|value| format!("v{value}"));
                let values = values.collect::<Vec<_>>().join(", ");
                format!("{{ {result} y = {{ {values} }}; return y; }}")
            }
        })
    }

    /// What a global value stands for, as an integer.
    pub fn global_value(&self, index: u32) -> Result<String, Diagnostic> {
        let value = self.tree.body().global_values.get(index as usize);
        match value.ok_or_else(|| unsupported("a global value that is not there"))? {
            GlobalValue::VmContext => {
                let mut params = self.signature.params.iter();
                let index = params.position(|param| param.purpose == Purpose::VmContext);
                let index = index.ok_or_else(|| unsupported("a context that nobody passes"))?;
                Ok(format!("p{index}"))
            }
            GlobalValue::Load {
                base,
                offset,
                ty,
                flags,
            } => {
                let base = self.global_value(*base)?;
                let flags = MemoryFlags::unpack(*flags);
                let flags = flags.ok_or_else(|| unsupported("a byte order that is none"))?;
                self.load(*ty, flags, &format!("({base} + {offset}L)"))
            }
            GlobalValue::AddImm { base, offset, ty } => {
                let base = self.global_value(*base)?;
                Ok(format!("({})({base} + {offset}L)", c_type(*ty)?))
            }
            GlobalValue::Symbol {
                name, offset, tls, ..
            } => {
                if *tls {
                    return Err(unsupported("thread-local data"));
                }
                let address = address(self.outline, name)?;
                Ok(format!("((u64){address} + {offset}L)"))
            }
            GlobalValue::DynamicScale { .. } => Err(unsupported("vectors")),
        }
    }

    /// A load of this type from an address.
    pub fn load(&self, ty: Type, flags: MemoryFlags, at: &str) -> Result<String, Diagnostic> {
        let c = c_type(ty)?;
        let value = format!("*(m_{c} *)({at})");
        Ok(match flags.order {
            Some(Endianness::Big) => swapped(ty, &value)?,
            _ => value,
        })
    }

    /// A store of a value of this type.
    pub fn store(
        &self,
        ty: Type,
        flags: MemoryFlags,
        at: &str,
        value: &str,
    ) -> Result<String, Diagnostic> {
        let c = c_type(ty)?;
        let value = match flags.order {
            Some(Endianness::Big) => swapped(ty, value)?,
            _ => value.to_owned(),
        };
        Ok(format!("*(m_{c} *)({at}) = {value};"))
    }

    /// The refusal of an operation that this backend does not know.
    pub fn unknown(&self, operation: &Operation<'_>) -> Diagnostic {
        let mnemonic = operation.mnemonic();
        Diagnostic::new(
            Code::E5006,
            format!("backend `c` does not know `{mnemonic}`"),
        )
        .help("use another backend, or a producer that avoids it")
    }
}

fn swapped(ty: Type, value: &str) -> Result<String, Diagnostic> {
    let (c, bytes) = (c_type(ty)?, ty.bytes());
    Ok(match ty {
        Type::F32 => format!("f32_of(bswap(of_f32({value}), 4))"),
        Type::F64 => format!("f64_of(bswap(of_f64({value}), 8))"),
        _ => format!("({c})bswap({value}, {bytes})"),
    })
}
