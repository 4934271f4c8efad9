//! Structural equality (EQ-1): a function for each type of objects.

use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{Block, InstBuilder, Signature, Value, types};
use cranelift_frontend::Switch;
use cranelift_module::{Linkage, Module};

use beskid_plugin_api::runtime_abi::ARRAY_PTR_OFFSET;

use super::descriptors::Shape;
use super::function::{Lowering, UNREACHABLE};
use super::unit::{Lowered, Made, Unit};
use crate::symbols::PRIVATE;
use crate::types::{EnumId, Kind, StructId, Ty};

impl Unit<'_> {
    /// The signature of functions that compare two values.
    fn equal_signature(&self) -> Signature {
        use cranelift_codegen::ir::AbiParam;
        let mut signature = self.module.make_signature();
        signature.params = vec![AbiParam::new(types::I64); 2];
        signature.returns = vec![AbiParam::new(types::I8)];
        signature
    }

    /// The function that compares two values of a type.
    fn equal_id(&mut self, ty: Ty) -> Lowered<cranelift_module::FuncId> {
        let made = Made::Equal(ty);
        if let Some(id) = self.made.get(&made) {
            return Ok(*id);
        }
        let signature = self.equal_signature();
        let name = format!("{PRIVATE}$equal.{}", ty.0);
        let linkage = Linkage::Local;
        let id = self.module.declare_function(&name, linkage, &signature)?;
        self.made.insert(made, id);
        self.to_make.push(made);
        Ok(id)
    }
}

impl Lowering<'_, '_, '_> {
    /// Whether two values of a type are equal.
    pub(super) fn equal(&mut self, left: Value, right: Value, ty: Ty) -> Lowered<Value> {
        Ok(match self.types.kind(ty) {
            Kind::F64 => self.builder.ins().fcmp(FloatCC::Equal, left, right),
            Kind::Str => self.equal_texts(left, right)?,
            Kind::Struct(_) | Kind::Enum(_) | Kind::Array(_) => {
                let id = self.unit.equal_id(ty)?;
                let callee = self.callee(id);
                let call = self.builder.ins().call(callee, &[left, right]);
                self.builder.inst_results(call)[0]
            }
            _ if self.machine_type(ty).is_none() => self.builder.ins().iconst(types::I8, 1),
            _ => self.builder.ins().icmp(IntCC::Equal, left, right),
        })
    }

    /// The body of the function that compares two values of a type. It goes on by
    /// itself with a last part of the same type, so that lists may be long.
    pub(super) fn equal_function(&mut self, ty: Ty) -> Lowered<()> {
        let params = self.params();
        let [left, right] = params[..] else {
            return Ok(());
        };
        let again = self.new_block();
        let pair = [(); 2].map(|()| self.builder.append_block_param(again, types::I64));
        self.builder.ins().jump(again, &[left.into(), right.into()]);
        self.switch_to(again);
        let differs = self.new_block();
        match self.types.kind(ty) {
            Kind::Struct(id) => self.equal_structs(ty, id, pair, again, differs)?,
            Kind::Enum(id) => self.equal_enums(ty, id, pair, again, differs)?,
            Kind::Array(element) => self.equal_arrays(element, pair, differs)?,
            _ => {
                self.builder.ins().trap(UNREACHABLE);
            }
        }
        self.switch_to(differs);
        let zero = self.builder.ins().iconst(types::I8, 0);
        self.builder.ins().return_(&[zero]);
        Ok(())
    }

    fn equal_structs(
        &mut self,
        ty: Ty,
        id: StructId,
        pair: [Value; 2],
        again: Block,
        differs: Block,
    ) -> Lowered<()> {
        let layout = self.unit.layout(Shape::Struct(id));
        let fields = &self.types.structure(id).fields;
        let parts = fields.iter().zip(&layout.offsets);
        let parts = parts.map(|(field, offset)| (field.ty, *offset));
        self.equal_parts(ty, &parts.collect::<Vec<_>>(), pair, again, differs)
    }

    /// Compares parts of two objects, and returns.
    fn equal_parts(
        &mut self,
        ty: Ty,
        parts: &[(Ty, u32)],
        pair: [Value; 2],
        again: Block,
        differs: Block,
    ) -> Lowered<()> {
        // What costs little comes first.
        let (last, parts) = match parts.split_last() {
            Some((last, before)) if last.0 == ty => (Some(*last), before),
            _ => (None, parts),
        };
        let costs = |(ty, _): &&(Ty, u32)| self.types.is_managed(*ty);
        let cheap = parts.iter().filter(|part| !costs(part));
        let order = cheap.chain(parts.iter().filter(costs)).copied();
        for (ty, offset) in order.collect::<Vec<_>>() {
            let values = pair.map(|object| self.part(object, ty, offset));
            let [Some(left), Some(right)] = values else {
                continue;
            };
            let equal = self.equal(left, right, ty)?;
            let next = self.new_block();
            self.builder.ins().brif(equal, next, &[], differs, &[]);
            self.switch_to(next);
        }
        if let Some((ty, offset)) = last {
            let values = pair.map(|object| self.part(object, ty, offset));
            let values = values.into_iter().flatten().map(Into::into);
            self.builder.ins().jump(again, &values.collect::<Vec<_>>());
        } else {
            let one = self.builder.ins().iconst(types::I8, 1);
            self.builder.ins().return_(&[one]);
        }
        Ok(())
    }

    fn equal_enums(
        &mut self,
        ty: Ty,
        id: EnumId,
        pair: [Value; 2],
        again: Block,
        differs: Block,
    ) -> Lowered<()> {
        let tags = pair.map(|object| self.tag(object, id));
        let alike = self.builder.ins().icmp(IntCC::Equal, tags[0], tags[1]);
        let (compare, equal) = (self.new_block(), self.new_block());
        self.builder.ins().brif(alike, compare, &[], differs, &[]);
        self.switch_to(compare);
        let variants = &self.types.enumeration(id).variants;
        let mut switch = Switch::new();
        let mut blocks = Vec::new();
        for (index, variant) in variants.iter().enumerate() {
            let has_value = |ty: &Ty| self.machine_type(*ty).is_some();
            if variant.payload.iter().any(has_value) {
                let block = self.new_block();
                switch.set_entry(index as u128, block);
                blocks.push((index, block));
            }
        }
        switch.emit(&mut self.builder, tags[0], equal);
        for (index, block) in blocks {
            self.switch_to(block);
            let layout = self.unit.layout(Shape::Variant(id, index as u32));
            let payload = variants[index].payload.iter().copied();
            let parts = payload.zip(layout.offsets.iter().copied());
            let parts = parts.collect::<Vec<_>>();
            self.equal_parts(ty, &parts, pair, again, differs)?;
        }
        self.switch_to(equal);
        let one = self.builder.ins().iconst(types::I8, 1);
        self.builder.ins().return_(&[one]);
        Ok(())
    }

    /// To compare elements is to read them: one that is not set ends the program (ARR-1).
    fn equal_arrays(&mut self, element: Ty, pair: [Value; 2], differs: Block) -> Lowered<()> {
        let lengths = pair.map(|array| self.array_length(array));
        let alike = self
            .builder
            .ins()
            .icmp(IntCC::Equal, lengths[0], lengths[1]);
        let (turn, compare) = (self.new_block(), self.new_block());
        let (next, equal) = (self.new_block(), self.new_block());
        let index = self.builder.append_block_param(turn, types::I64);
        let zero = self.builder.ins().iconst(types::I64, 0);
        self.builder
            .ins()
            .brif(alike, turn, &[zero.into()], differs, &[]);
        self.switch_to(turn);
        let ends = self.builder.ins().icmp(IntCC::Equal, index, lengths[0]);
        self.builder.ins().brif(ends, equal, &[], compare, &[]);
        self.switch_to(compare);
        let Some(machine) = self.machine_type(element) else {
            return Ok(());
        };
        let size = i64::from(self.types.size(element));
        let offset = self.builder.ins().imul_imm_u(index, size);
        let values = pair.map(|array| {
            let first = self.load_constant(array, ARRAY_PTR_OFFSET);
            let address = self.builder.ins().iadd(first, offset);
            self.load(machine, address, 0)
        });
        if self.types.is_managed(element) && self.types.kind(element) != Kind::Str {
            let (fail, both) = (self.new_block(), self.new_block());
            self.builder.set_cold_block(fail);
            let unset = values.map(|value| self.builder.ins().icmp_imm_u(IntCC::Equal, value, 0));
            let unset = self.builder.ins().bor(unset[0], unset[1]);
            self.builder.ins().brif(unset, fail, &[], both, &[]);
            self.switch_to(fail);
            let message = self.text("element is not set")?;
            let callee = self.runtime("panic_str")?;
            self.builder.ins().call(callee, &[message]);
            self.builder.ins().trap(UNREACHABLE);
            self.switch_to(both);
        }
        let alike = self.equal(values[0], values[1], element)?;
        self.builder.ins().brif(alike, next, &[], differs, &[]);
        self.switch_to(next);
        let behind = self.builder.ins().iadd_imm_u(index, 1);
        self.builder.ins().jump(turn, &[behind.into()]);
        self.switch_to(equal);
        let one = self.builder.ins().iconst(types::I8, 1);
        self.builder.ins().return_(&[one]);
        Ok(())
    }
}
