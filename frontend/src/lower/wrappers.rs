//! Functions as others call them: the host, C.

use cranelift_codegen::ir::{InstBuilder, Value};

use super::function::Lowering;
use super::imports::crossing;
use super::unit::Lowered;
use crate::hir::{Function, FunctionId, Role};

impl Lowering<'_, '_, '_> {
    /// The body of a function that others call in place of one of the program: in
    /// between, the thread is inside.
    pub(super) fn outside(&mut self, id: FunctionId, function: &Function) -> Lowered<()> {
        let machine = self.params();
        let declared = self.unit.functions[id as usize];
        if let Some(outside) = declared.outside {
            self.show_outside(function, outside);
        }
        let before = match declared.names_functions {
            true => Some(self.named_functions()?),
            false => None,
        };
        if declared.context || function.role == Role::Foreign {
            self.context = Some(self.call_runtime("gc_enter", &[])?);
        }
        let signature = function.signature();
        let crossing = match function.role {
            Role::Foreign => Some(crossing(self.types, &signature)),
            _ => None,
        };
        let (values, address) = match &crossing {
            Some(crossing) => self.received(crossing, &signature, &machine)?,
            None => (machine, None),
        };
        let mut args = Vec::with_capacity(values.len() + 1);
        args.extend(self.context.filter(|_| declared.context));
        args.extend(values);
        let callee = self.callee(declared.id);
        let call = self.builder.ins().call(callee, &args);
        self.safepoint(call, declared.context);
        let result = self.builder.inst_results(call).first().copied();
        let results = match &crossing {
            Some(crossing) => self.machine_result(crossing, function.result, result, address),
            None => result.into_iter().collect(),
        };
        if let Some(context) = self.context {
            let leave = self.runtime("gc_leave")?;
            self.builder.ins().call(leave, &[context]);
        }
        if let Some(before) = before {
            self.call_runtime("rt_functions", &[before])?;
        }
        self.builder.ins().return_(&results);
        Ok(())
    }

    /// Names the program's functions for faults; gives those that were named before.
    fn named_functions(&mut self) -> Lowered<Value> {
        let table = self.unit.function_table()?;
        let table = self.data_address(table);
        self.call_runtime("rt_functions", &[table])
    }
}
