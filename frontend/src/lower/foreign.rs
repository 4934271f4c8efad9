//! Calls across the boundary to C, in both directions (FFI-2, FFI-5).

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{FuncRef, InstBuilder, MemFlagsData, SigRef, Value, types};
use cranelift_module::ModuleError;

use super::descriptors::Shape;
use super::function::Lowering;
use super::imports::signature;
use super::sysv::{Crossing, Passing, Returning};
use super::unit::Lowered;
use crate::hir::{ForeignId, List};
use crate::span::Span;
use crate::types::{Kind, Signature, StructId, Ty, WORD};

/// What a call across the boundary calls.
enum Target {
    Function(FuncRef),
    /// Code at an address.
    Code(SigRef, Value),
}

impl Lowering<'_, '_, '_> {
    /// Calls a foreign function.
    pub(super) fn foreign(&mut self, id: ForeignId, args: List) -> Lowered<Option<Value>> {
        let program = self.unit.program;
        let foreign = &program.foreign[id as usize];
        let module = &mut self.unit.module;
        let imported = self
            .unit
            .foreign
            .import(module, &program.types, id, foreign)?;
        let (id, crossing) = imported;
        let args = self.values(args)?;
        let target = Target::Function(self.callee(id));
        self.call_across(&target, &crossing, &foreign.signature, &args)
    }

    /// Calls a function with the signature of C. Objects among the arguments live
    /// as long as the call, since C may hold their addresses.
    fn call_across(
        &mut self,
        target: &Target,
        crossing: &Crossing,
        signature: &Signature,
        args: &[Value],
    ) -> Lowered<Option<Value>> {
        let (machine, result) = self.flatten(crossing, signature, args)?;
        let call = match *target {
            Target::Function(callee) => self.builder.ins().call(callee, &machine),
            Target::Code(signature, code) => {
                let ins = self.builder.ins();
                ins.call_indirect(signature, code, &machine)
            }
        };
        let called_back = self.unit.called_back;
        self.safepoint(call, called_back);
        for (arg, ty) in args.iter().zip(&signature.params) {
            if self.types.is_managed(*ty) {
                self.roots.held.push((call, *arg));
            }
        }
        if signature.result == Ty::NEVER {
            self.never();
            return Ok(None);
        }
        let returned = self.builder.inst_results(call).to_vec();
        self.returned(crossing, signature.result, &returned, result)
    }

    /// Calls the function that the host registered at an index of its table.
    pub(super) fn callback(
        &mut self,
        index: u32,
        args: List,
        span: Span,
    ) -> Lowered<Option<Value>> {
        let program = self.unit.program;
        let callback = &program.callbacks[index as usize];
        let args = self.values(args)?;
        let slot = self.builder.ins().iconst(types::I64, i64::from(index));
        let code = self.call_runtime("callback_at", &[slot])?;
        let absent = self.builder.ins().icmp_imm_u(IntCC::Equal, code, 0);
        let message = format!("callback `{}` is not registered", callback.name);
        self.panic_if(absent, &message, span)?;
        let module = &mut self.unit.module;
        let (crossing, signature) = signature(module, &program.types, &callback.signature);
        let target = Target::Code(self.builder.import_signature(signature), code);
        self.call_across(&target, &crossing, &callback.signature, &args)
    }

    /// The machine arguments, and the object for a result in memory.
    fn flatten(
        &mut self,
        crossing: &Crossing,
        signature: &Signature,
        args: &[Value],
    ) -> Lowered<(Vec<Value>, Option<Value>)> {
        let mut machine = Vec::with_capacity(crossing.machine.len());
        let mut result = None;
        if let (Returning::Memory, Kind::Struct(id)) =
            (&crossing.result, self.types.kind(signature.result))
        {
            let object = self.new_object(id)?;
            machine.push(self.fields_of(object, id));
            result = Some(object);
        }
        for ((passing, ty), arg) in crossing.params.iter().zip(&signature.params).zip(args) {
            match (passing, self.types.kind(*ty)) {
                (Passing::Registers(words), Kind::Struct(id)) => {
                    machine.extend(self.words_of(*arg, id, words));
                }
                (Passing::Stack { padded }, Kind::Struct(id)) => {
                    let fields = self.fields_of(*arg, id);
                    machine.push(fields);
                    // Whatever is there serves as padding.
                    machine.extend(padded.then_some(fields));
                }
                _ => machine.push(*arg),
            }
        }
        Ok((machine, result))
    }

    /// The result of a call, from what the machine returns.
    fn returned(
        &mut self,
        crossing: &Crossing,
        ty: Ty,
        returned: &[Value],
        result: Option<Value>,
    ) -> Lowered<Option<Value>> {
        match (&crossing.result, self.types.kind(ty)) {
            (Returning::Memory, _) => Ok(result),
            (Returning::Registers(_), Kind::Struct(id)) => {
                let object = self.new_object(id)?;
                self.store_words(object, id, returned);
                Ok(Some(object))
            }
            _ => Ok(returned.first().copied()),
        }
    }

    /// The values of an exported function's parameters, from the machine's, and
    /// the address for a result in memory.
    pub(super) fn received(
        &mut self,
        crossing: &Crossing,
        signature: &Signature,
        machine: &[Value],
    ) -> Lowered<(Vec<Value>, Option<Value>)> {
        let mut machine = machine.iter().copied();
        let mut next = || machine.next().ok_or_else(too_few);
        let result = match crossing.result {
            Returning::Memory => Some(next()?),
            _ => None,
        };
        let mut values = Vec::with_capacity(signature.params.len());
        for (passing, ty) in crossing.params.iter().zip(&signature.params) {
            let value = match (passing, self.types.kind(*ty)) {
                (Passing::Registers(words), Kind::Struct(id)) => {
                    let words = words.iter().map(|_| next()).collect::<Lowered<Vec<_>>>()?;
                    let object = self.new_object(id)?;
                    self.store_words(object, id, &words);
                    object
                }
                (Passing::Stack { padded }, Kind::Struct(id)) => {
                    if *padded {
                        next()?;
                    }
                    let passed = next()?;
                    let object = self.new_object(id)?;
                    let fields = self.fields_of(object, id);
                    let size = self.unit.layout(Shape::Struct(id)).c_size;
                    self.copy(passed, fields, size);
                    object
                }
                _ => next()?,
            };
            values.push(value);
        }
        Ok((values, result))
    }

    /// What the machine returns for the result of an exported function.
    pub(super) fn machine_result(
        &mut self,
        crossing: &Crossing,
        ty: Ty,
        value: Option<Value>,
        address: Option<Value>,
    ) -> Vec<Value> {
        match (&crossing.result, self.types.kind(ty), value) {
            (Returning::Registers(words), Kind::Struct(id), Some(object)) => {
                self.words_of(object, id, words)
            }
            (Returning::Memory, Kind::Struct(id), Some(object)) => {
                let fields = self.fields_of(object, id);
                let size = self.unit.layout(Shape::Struct(id)).c_size;
                if let Some(address) = address {
                    self.copy(fields, address, size);
                }
                address.into_iter().collect()
            }
            _ => value.into_iter().collect(),
        }
    }

    /// An object whose fields C, or what follows, fills in.
    fn new_object(&mut self, id: StructId) -> Lowered<Value> {
        self.allocate(Shape::Struct(id))
    }

    /// The words of a struct's fields.
    fn words_of(&mut self, object: Value, id: StructId, words: &[types::Type]) -> Vec<Value> {
        let base = self.unit.layout(Shape::Struct(id)).base;
        let words = (base..).step_by(WORD as usize).zip(words);
        let words = words.map(|(offset, ty)| {
            let flags = MemFlagsData::new();
            self.builder.ins().load(*ty, flags, object, offset as i32)
        });
        words.collect()
    }

    fn store_words(&mut self, object: Value, id: StructId, words: &[Value]) {
        let base = self.unit.layout(Shape::Struct(id)).base;
        for (offset, word) in (base..).step_by(WORD as usize).zip(words) {
            let flags = MemFlagsData::new();
            self.builder
                .ins()
                .store(flags, *word, object, offset as i32);
        }
    }

    /// The address of a struct as C sees it.
    fn fields_of(&mut self, object: Value, id: StructId) -> Value {
        let base = self.unit.layout(Shape::Struct(id)).base;
        self.builder.ins().iadd_imm_u(object, i64::from(base))
    }

    /// Copies bytes, in pieces as large as the rest allows.
    fn copy(&mut self, from: Value, to: Value, size: u32) {
        let pieces = [types::I64, types::I32, types::I16, types::I8];
        let mut offset = 0;
        for piece in pieces {
            while offset + piece.bytes() <= size {
                let flags = MemFlagsData::new();
                let value = self.builder.ins().load(piece, flags, from, offset as i32);
                self.builder.ins().store(flags, value, to, offset as i32);
                offset += piece.bytes();
            }
        }
    }
}

fn too_few() -> ModuleError {
    ModuleError::Undeclared("a parameter of an exported function".to_owned())
}
