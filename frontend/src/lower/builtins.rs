//! Calls of the low level.

use beskid_plugin_api::runtime_abi::STR_PTR_OFFSET;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value, types};

use super::context::is_safepoint;
use super::function::Lowering;
use super::unit::Lowered;
use crate::builtins::{Builtin, Operation};
use crate::hir::List;
use crate::types::Ty;

impl Lowering<'_, '_, '_> {
    pub(super) fn builtin(&mut self, builtin: &Builtin, args: List) -> Lowered<Option<Value>> {
        let args = self.values(args)?;
        let flags = MemFlagsData::new();
        Ok(match (builtin.does, args.as_slice()) {
            (Operation::Runtime(symbol), args) => {
                self.runtime_call(symbol, args, builtin.result)?
            }
            (Operation::StrPtr, [text]) => {
                // Who has the address may use it as long as the function runs.
                self.roots.kept.push(*text);
                Some(self.load_constant(*text, STR_PTR_OFFSET))
            }
            (Operation::Cast, [value]) => Some(*value),
            (Operation::Load(ty), [address]) => {
                let ty = self.machine_type(ty);
                ty.map(|ty| self.builder.ins().load(ty, flags, *address, 0))
            }
            (Operation::Store, [address, value]) => {
                self.builder.ins().store(flags, *value, *address, 0);
                None
            }
            (Operation::Number, [value]) => {
                let from = builtin.params.first().copied().unwrap_or(Ty::ERROR);
                Some(self.as_number(*value, from, builtin.result))
            }
            // The checker has counted the arguments.
            _ => None,
        })
    }

    /// A number or a character as another type. Nothing traps: a float that has no
    /// integer becomes the nearest one, or 0 if it is not a number.
    fn as_number(&mut self, value: Value, from: Ty, to: Ty) -> Value {
        match (from, to) {
            (Ty::I64, Ty::F64) => self.builder.ins().fcvt_from_sint(types::F64, value),
            (Ty::F64, Ty::I64) => self.builder.ins().fcvt_to_sint_sat(types::I64, value),
            (Ty::I64, Ty::CHAR) => self.builder.ins().ireduce(types::I32, value),
            (Ty::CHAR, Ty::I64) => self.builder.ins().uextend(types::I64, value),
            _ => self.converted(value, from, to),
        }
    }

    fn runtime_call(
        &mut self,
        symbol: &'static str,
        args: &[Value],
        ty: Ty,
    ) -> Lowered<Option<Value>> {
        let callee = self.runtime(symbol)?;
        let call = self.builder.ins().call(callee, args);
        self.safepoint(call, is_safepoint(symbol));
        let result = self.builder.inst_results(call).first().copied();
        if ty == Ty::NEVER {
            self.never();
        }
        Ok(result)
    }
}
