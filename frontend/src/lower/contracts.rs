//! Values of contracts: objects whose descriptors have the methods' code.

use cranelift_codegen::ir::{AbiParam, InstBuilder, Value, types};

use super::descriptors::METHODS;
use super::function::Lowering;
use super::unit::{Lowered, Unit};
use crate::hir::{ExprId, FunctionId, List};
use crate::types::WORD;

impl Unit<'_> {
    /// Notes whose methods are behind each of the contracts' methods.
    pub(super) fn find_targets(&mut self) {
        for of in &self.program.types.structs {
            for (number, function) in &of.methods {
                let function = *function as FunctionId;
                let targets = self.targets.entry(*number).or_default();
                if !targets.contains(&function) {
                    targets.push(function);
                }
            }
        }
    }
}

impl Lowering<'_, '_, '_> {
    /// Calls the method of a contract's value.
    pub(super) fn call_contract(
        &mut self,
        object: ExprId,
        method: u32,
        args: List,
    ) -> Lowered<Option<Value>> {
        let object = self.scalar(object)?;
        let signature = &self.unit.program.contract_methods[method as usize];
        let targets = self.unit.targets.get(&method).map(Vec::as_slice);
        if let Some([only]) = targets {
            let declared = self.unit.functions[*only as usize];
            let mut values = Vec::with_capacity(args.len as usize + 2);
            values.extend(self.context.filter(|_| declared.context));
            values.push(object);
            self.add_values(args, &mut values)?;
            let callee = self.callee(declared.id);
            let call = self.builder.ins().call(callee, &values);
            self.safepoint(call, declared.context);
            return self.result_of(call, signature.result);
        }
        let mut values = Vec::with_capacity(args.len as usize + 2);
        values.extend(self.context);
        values.push(object);
        self.add_values(args, &mut values)?;
        let mut machine = self
            .unit
            .machine_signature(signature, self.context.is_some(), false);
        let own = values.len() - machine.params.len().min(values.len());
        let at = usize::from(self.context.is_some());
        for _ in 0..own {
            machine.params.insert(at, AbiParam::new(types::I64));
        }
        let machine = self.builder.import_signature(machine);
        let descriptor = self.load(types::I64, object, 0);
        let offset = (METHODS + method * WORD) as usize;
        let code = self.load_constant(descriptor, offset);
        let call = self.builder.ins().call_indirect(machine, code, &values);
        self.safepoint(call, true);
        self.result_of(call, signature.result)
    }
}
