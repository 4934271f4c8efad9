//! Calls of the low level.

use beskid_plugin_api::runtime_abi::STR_PTR_OFFSET;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value, types};

use super::function::{Lowered, Lowering, UNREACHABLE};
use super::machine::machine_type;
use crate::builtins::{Builtin, Operation};
use crate::hir::Expr;
use crate::types::Type;

impl Lowering<'_, '_, '_> {
    pub(super) fn builtin(&mut self, builtin: &Builtin, args: &[Expr]) -> Lowered<Option<Value>> {
        let args = self.values(args)?;
        let flags = MemFlagsData::new();
        Ok(match (builtin.does, args.as_slice()) {
            (Operation::Runtime(symbol), args) => {
                self.runtime_call(symbol, args, builtin.result)?
            }
            (Operation::StrPtr, [text]) => {
                let offset = STR_PTR_OFFSET as i32;
                Some(self.builder.ins().load(types::I64, flags, *text, offset))
            }
            (Operation::Cast, [value]) => Some(*value),
            (Operation::Load(ty), [address]) => {
                let ty = machine_type(ty);
                ty.map(|ty| self.builder.ins().load(ty, flags, *address, 0))
            }
            (Operation::Store, [address, value]) => {
                self.builder.ins().store(flags, *value, *address, 0);
                None
            }
            // The checker has counted the arguments.
            _ => None,
        })
    }

    fn runtime_call(
        &mut self,
        symbol: &'static str,
        args: &[Value],
        ty: Type,
    ) -> Lowered<Option<Value>> {
        let callee = self.runtime(symbol)?;
        let call = self.builder.ins().call(callee, args);
        let result = self.builder.inst_results(call).first().copied();
        if ty == Type::Never {
            self.builder.ins().trap(UNREACHABLE);
            let after = self.new_block();
            self.builder.switch_to_block(after);
        }
        Ok(result)
    }
}
